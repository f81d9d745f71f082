import { type Hash, numberToHex, parseTransaction, zeroHash } from 'viem';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { CHAIN_ID, type MarketVm } from '../../testing/marketVm.js';
import type { VmTransport } from '../../testing/vmTransport.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import { parseTokens } from '../units.js';
import type { SigningClient } from './transaction.js';

const { tokenAddress, bankAddress, tradeAddress } = GENESIS_ADDRESSES;
const reference = (n: number) => numberToHex(n, { size: 32 });

let vm: MarketVm;
let node: VmTransport;
let operator: SigningClient;
let secondOperator: SigningClient;
let seller: SigningClient;
let buyer: SigningClient;

beforeEach(() => {
  ({ vm, node, operator, secondOperator, seller, buyer } = marketPeople());
});

const receiptOf = async (hash: Promise<Hash>) => getTransactionReceipt(operator, { hash: await hash });
const balanceOf = (client: SigningClient) =>
  market.getTokenBalance(client, { tokenAddress, owner: client.account.address });

describe('the token', () => {
  it('moves and is approved with legacy transactions of this chain', async () => {
    await market.buyTokens(buyer, { bankAddress, valueWei: 6_000_000n });
    await market.transferTokens(buyer, { tokenAddress, to: seller.account.address, tokens: parseTokens('1') });
    await market.approveTokens(seller, { tokenAddress, spender: buyer.account.address, tokens: 5n });
    expect([await balanceOf(buyer), await balanceOf(seller)]).toEqual([parseTokens('2'), parseTokens('1')]);
    const [owner, spender] = [seller.account.address, buyer.account.address];
    expect(await market.getAllowance(operator, { tokenAddress, owner, spender })).toBe(5n);
    expect(await market.getAllowance(operator, { tokenAddress, owner: spender, spender: owner })).toBe(0n);
    for (const raw of node.sent) expect(parseTransaction(raw)).toMatchObject({ type: 'legacy', chainId: CHAIN_ID });
  });

  it('says a refusal in words, with the figures and what to do', async () => {
    const call = market.transferTokens(buyer, { tokenAddress, to: seller.account.address, tokens: parseTokens('1.5') });
    await expect(call).rejects.toMatchObject({
      code: 'refused',
      message: `${buyer.account.address} has 0 tokens, 1.5 tokens are needed`,
      hint: 'buy tokens at the bank first',
      values: { error: 'ERC20InsufficientBalance' },
    });
    expect(node.sent).toHaveLength(0);
  });

  it('takes gas, nonce and gas price as given, and then asks for no estimate', async () => {
    const options = { gas: 77_777n, nonce: 0, gasPriceWei: 3n };
    await market.approveTokens(buyer, { tokenAddress, spender: tradeAddress, tokens: 1n, ...options });
    expect(parseTransaction(node.sent[0] ?? '0x')).toMatchObject({ gas: 77_777n, gasPrice: 3n });
  });
});

describe('the bank', () => {
  it('sells, attests, redeems and shows its figures', async () => {
    await market.buyTokens(buyer, { bankAddress, valueWei: 20_000_000n });
    await market.attestPurchase(operator, {
      bankAddress,
      to: seller.account.address,
      tokens: parseTokens('4'),
      reference: reference(1),
    });
    await market.redeemForCoins(buyer, { bankAddress, tokens: parseTokens('2') });
    expect(await market.getBankFigures(buyer, { bankAddress })).toEqual({
      issuedForCoins: parseTokens('10'),
      issuedOutside: parseTokens('4'),
      redeemedForCoins: parseTokens('2'),
      paidOutside: 0n,
      pendingPayouts: 0n,
      outstanding: parseTokens('12'),
      backedByCoins: parseTokens('8'),
      backedOutside: parseTokens('4'),
      coinReserveWei: 16_200_000n,
      coinReserveNeededWei: 15_200_000n,
      coinWithdrawableWei: 1_000_000n,
      buyRateWei: 2_000_000n,
      redeemRateWei: 1_900_000n,
    });
    await expect(market.redeemForCoins(seller, { bankAddress, tokens: parseTokens('9') })).rejects.toMatchObject({
      message: "the bank's reserve has 16200000 wei, 17100000 wei are needed",
    });
  });

  it('pays outside', async () => {
    vm.give(buyer.account, parseTokens('9'));
    await expect(
      market.requestPayout(buyer, { bankAddress, tokens: parseTokens('5'), destination: reference(7) }),
    ).rejects.toMatchObject({ hint: expect.stringMatching(/^their owner must allow it to take so many tokens first/) });
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const request = (tokens: string) =>
      market.requestPayout(buyer, { bankAddress, tokens: parseTokens(tokens), destination: reference(7) });
    const payoutId = market.payoutIdOf(await receiptOf(request('5')));
    expect(payoutId).toBe(1n);
    expect(await market.getPayout(buyer, { bankAddress, payoutId: 1n })).toEqual({
      payoutId: 1n,
      holder: buyer.account.address,
      tokens: parseTokens('5'),
      destination: reference(7),
      state: 'pending',
      reference: zeroHash,
    });
    await market.markPayoutPaid(operator, { bankAddress, payoutId: 1n, reference: reference(8) });
    await request('3');
    await market.cancelPayout(buyer, { bankAddress, payoutId: 2n });
    const states = await Promise.all([1n, 2n].map((id) => market.getPayout(buyer, { bankAddress, payoutId: id })));
    expect(states.map(({ state }) => state)).toEqual(['paid', 'cancelled']);
    const listed = async (filter: Omit<market.ListPayoutsParameters, 'bankAddress'>) =>
      (await market.listPayouts(operator, { bankAddress, ...filter })).map((payout) => payout.payoutId);
    expect(await market.listPayouts(operator, { bankAddress })).toEqual(states);
    expect(await listed({ state: 'paid' })).toEqual([1n]);
    expect(await listed({ holder: buyer.account.address, fromId: 2n })).toEqual([2n]);
    expect(await listed({ holder: seller.account.address })).toEqual([]);
    expect(await balanceOf(buyer)).toBe(parseTokens('4'));
    await expect(market.getPayout(buyer, { bankAddress, payoutId: 3n })).rejects.toMatchObject({
      code: 'unknownPayout',
    });
  });

  it('runs standing orders that are due', async () => {
    vm.give(buyer.account, parseTokens('9'));
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const leave = (intervalSeconds: bigint) =>
      market.setStandingOrder(buyer, {
        bankAddress,
        tokens: parseTokens('2'),
        intervalSeconds,
        destination: reference(7),
      });
    expect(market.standingOrderIdOf(await receiptOf(leave(60n)))).toBe(1n);
    await leave(600n);
    await leave(60n);
    await market.cancelStandingOrder(buyer, { bankAddress, orderId: 3n });
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
    const orders = await market.listStandingOrders(operator, { bankAddress });
    expect(orders.map(({ orderId, nextDue }) => [orderId, nextDue])).toEqual([
      [1n, vm.nowS + 60n],
      [2n, vm.nowS + 600n],
    ]);
    expect(orders[1]).toMatchObject({
      holder: buyer.account.address,
      tokens: parseTokens('2'),
      intervalSeconds: 600n,
      destination: reference(7),
    });
    expect(await market.listStandingOrders(operator, { bankAddress, holder: seller.account.address })).toEqual([]);
    vm.nowS += 60n;
    const orderIds = await market.listDueStandingOrders(operator, { bankAddress });
    expect(orderIds).toEqual([1n]);
    await market.runStandingOrders(secondOperator, { bankAddress, orderIds });
    expect(await balanceOf(buyer)).toBe(parseTokens('7'));
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
  });
});

describe("the bank's operators", () => {
  it("post rates and set each other's limits", async () => {
    await market.setRates(operator, { bankAddress, buyRateWei: 5n, redeemRateWei: 4n });
    expect(await market.getBankFigures(buyer, { bankAddress })).toMatchObject({ buyRateWei: 5n, redeemRateWei: 4n });
    const other = secondOperator.account.address;
    const attest = (tokens: bigint, n: number) =>
      market.attestPurchase(secondOperator, {
        bankAddress,
        to: buyer.account.address,
        tokens,
        reference: reference(n),
      });
    await attest(30n, 1);
    await market.setLimit(operator, { bankAddress, operator: other, limit: 42n });
    expect(await market.getOperators(buyer, { bankAddress })).toEqual([
      { operator: operator.account.address, limit: parseTokens('1000'), attested: 0n, remaining: parseTokens('1000') },
      { operator: other, limit: 42n, attested: 30n, remaining: 12n },
    ]);
    await expect(attest(13n, 2)).rejects.toMatchObject({ hint: 'the other operator can raise the limit' });
    const own = market.setLimit(operator, { bankAddress, operator: operator.account.address, limit: 1n });
    await expect(own).rejects.toMatchObject({ code: 'refused', hint: 'ask the other operator for it' });
    await expect(market.setRates(buyer, { bankAddress, buyRateWei: 5n, redeemRateWei: 5n })).rejects.toMatchObject({
      message: 'only an operator may do this',
      hint: "one of the bank's two operators must sign it",
    });
  });

  it('take from the reserve what anyone put in and what backs no token', async () => {
    await market.buyTokens(buyer, { bankAddress, valueWei: 20_000_000n });
    await market.deposit(buyer, { bankAddress, valueWei: 300n });
    const free = 1_000_300n;
    expect(await market.getBankFigures(buyer, { bankAddress })).toMatchObject({
      outstanding: parseTokens('10'),
      coinReserveWei: 20_000_300n,
      coinWithdrawableWei: free,
    });
    await expect(market.withdraw(operator, { bankAddress, amountWei: free + 1n })).rejects.toMatchObject({
      message: `${free} wei of the reserve back no token, ${free + 1n} wei were asked for`,
    });
    const coins = () => vm.state.balance(operator.account.address.toLowerCase() as `0x${string}`);
    const before = coins();
    await market.withdraw(operator, { bankAddress, amountWei: free, gasPriceWei: 0n });
    expect(coins() - before).toBe(free);
    expect(await market.getBankFigures(buyer, { bankAddress })).toMatchObject({ coinReserveWei: 19_000_000n });
    await expect(market.deposit(buyer, { bankAddress, valueWei: 0n })).rejects.toMatchObject({
      message: 'no coins were sent',
    });
  });
});
