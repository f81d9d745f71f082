import { type Hash, numberToHex, parseTransaction, toFunctionSelector, zeroHash } from 'viem';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { CHAIN_ID, type MarketVm, NOTICE } from '../../testing/marketVm.js';
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

const buy = async (client: SigningClient, valueWei: bigint) => {
  const { leastTokens, until } = await market.limitBuying(client, { bankAddress, valueWei });
  return market.buyTokens(client, { bankAddress, valueWei, leastTokens, until });
};

describe('the token', () => {
  it('moves and is approved with legacy transactions of this chain', async () => {
    await buy(buyer, 6_000_000n);
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
    await buy(buyer, 20_000_000n);
    await market.deposit(operator, { bankAddress, valueWei: 8_000_000n });
    await market.attestPurchase(operator, {
      bankAddress,
      to: seller.account.address,
      tokens: parseTokens('4'),
      reference: reference(1),
    });
    const tokens = parseTokens('2');
    const { coinsWei, leastCoinsWei, until } = await market.limitRedeeming(buyer, { bankAddress, tokens });
    expect([coinsWei, leastCoinsWei, until]).toEqual([3_800_000n, 3_762_000n, vm.nowS + 600n]);
    await market.redeemForCoins(buyer, { bankAddress, tokens, leastCoinsWei, until });
    expect(await market.getBankFigures(buyer, { bankAddress })).toEqual({
      issuedForCoins: parseTokens('10'),
      issuedOutside: parseTokens('4'),
      redeemedForCoins: parseTokens('2'),
      paidOutside: 0n,
      pendingPayouts: 0n,
      outstanding: parseTokens('12'),
      coinReserveWei: 23_800_000n,
      coinCoverNeededWei: 22_800_000n,
      coinSurplusWei: 1_000_000n,
      coinDepositsWei: 400_000n,
      buyRateWei: 2_000_000n,
      redeemRateWei: 1_900_000n,
    });
  });

  it('keeps to the limits of an exchange', async () => {
    const valueWei = 20_000_000n;
    const limits = await market.limitBuying(buyer, { bankAddress, valueWei, tolerance: 250n, waitSeconds: 30n });
    expect(limits).toEqual({ tokens: parseTokens('10'), leastTokens: parseTokens('9.75'), until: vm.nowS + 30n });
    const ask = (leastTokens: bigint, until: bigint) =>
      market.buyTokens(buyer, { bankAddress, valueWei, leastTokens, until });
    await expect(ask(parseTokens('10') + 1n, limits.until)).rejects.toMatchObject({
      code: 'refused',
      message: 'the coins buy 10 tokens now, fewer than the 10.000000000000000001 tokens that were asked for at least',
    });
    await expect(ask(0n, vm.nowS - 1n)).rejects.toMatchObject({
      message: 'this holds until 1970-01-12T13:46:39Z, and it is 1970-01-12T13:46:40Z',
    });
    await ask(limits.leastTokens, limits.until);
    const redeem = (leastCoinsWei: bigint) =>
      market.redeemForCoins(buyer, { bankAddress, tokens: parseTokens('1'), leastCoinsWei, until: limits.until });
    await expect(redeem(1_900_001n)).rejects.toMatchObject({
      message: 'the tokens bring 1900000 wei now, less than the 1900001 wei that were asked for at least',
    });
    await redeem(1_900_000n);
  });

  it('reads a tolerance in percent, and rounds the least up', () => {
    expect(['1', '0.5', '0', '100', '0.05'].map(market.parseTolerance)).toEqual([100n, 50n, 0n, 10_000n, 5n]);
    for (const text of ['101', '0.001', '-1', 'much', '']) {
      expect(() => market.parseTolerance(text)).toThrow(expect.objectContaining({ code: 'badTolerance' }));
    }
    expect([market.leastOf(1_000n), market.leastOf(1n), market.leastOf(999n, 1n)]).toEqual([990n, 1n, 999n]);
    expect([market.leastOf(7n, 0n), market.leastOf(7n, 10_000n)]).toEqual([7n, 0n]);
    for (const tolerance of [-1n, 10_001n]) {
      expect(() => market.leastOf(1n, tolerance)).toThrow(expect.objectContaining({ code: 'badTolerance' }));
    }
  });
});

describe('payouts outside', () => {
  const destination = reference(7);

  /** A payout of the buyer. */
  async function requested(tokens: string): Promise<market.Payout> {
    const hash = market.requestPayout(buyer, { bankAddress, tokens: parseTokens(tokens), destination });
    const payoutId = market.payoutIdOf(await receiptOf(hash)) ?? 0n;
    return market.getPayout(buyer, { bankAddress, payoutId });
  }

  beforeEach(async () => {
    vm.give(buyer.account, parseTokens('9'));
  });

  it('are requested, marked as paid, closed, cancelled, and listed', async () => {
    await expect(requested('5')).rejects.toMatchObject({
      hint: expect.stringMatching(/^their owner must allow it to take so many tokens first/),
    });
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const payout = await requested('5');
    const holder = buyer.account.address;
    expect(payout).toEqual({
      payoutId: 1n,
      holder,
      tokens: parseTokens('5'),
      destination,
      state: 'pending',
      payer: 0n,
      reference: zeroHash,
      closesAt: 0n,
      objector: 0n,
    });
    const explain = () => market.explainPayout(buyer, { bankAddress, payoutId: 1n });
    const about = `Payout 1, 5 tokens of ${holder}:`;
    expect(await explain()).toBe(
      `${about} no operator has paid it yet; the bank holds the tokens, and their holder can cancel it.`,
    );
    await market.markPayoutPaid(operator, { bankAddress, ...payout, reference: reference(8) });
    expect(await explain()).toBe(
      `${about} operator 1 says that it was paid with ${reference(8)}. Until 1970-01-12T13:56:40Z the holder, or another operator, can object; then anyone can close it.`,
    );
    await expect(market.closePayout(seller, { bankAddress, payoutId: 1n })).rejects.toMatchObject({
      message: 'this can be done from 1970-01-12T13:56:40Z on, and it is 1970-01-12T13:46:40Z',
    });
    vm.nowS += NOTICE;
    await market.closePayout(seller, { bankAddress, payoutId: 1n });
    expect(await explain()).toMatch(/: paid by operator 1 with 0x0+8; the tokens are gone/);
    const second = await requested('3');
    const other = market.cancelPayout(buyer, { bankAddress, ...second, tokens: parseTokens('4') });
    await expect(other).rejects.toMatchObject({
      message: `payout 2 is one of 3 tokens of ${holder} to ${destination}, not the one that was described`,
      hint: 'numbers can move when blocks are replaced: look the payout up again',
    });
    await market.cancelPayout(buyer, { bankAddress, ...second });
    const all = await market.listPayouts(operator, { bankAddress });
    expect(all.entries.map(({ payoutId, state }) => [payoutId, state])).toEqual([
      [2n, 'cancelled'],
      [1n, 'paid'],
    ]);
    const listed = async (filter: Omit<market.ListPayoutsParameters, 'bankAddress'>) =>
      (await market.listPayouts(operator, { bankAddress, ...filter })).entries.map(({ payoutId }) => payoutId);
    expect(await listed({ state: 'paid' })).toEqual([1n]);
    expect(await listed({ holder, before: 2n })).toEqual([1n]);
    expect(await listed({ holder: seller.account.address })).toEqual([]);
    expect(await balanceOf(buyer)).toBe(parseTokens('4'));
    await expect(market.getPayout(buyer, { bankAddress, payoutId: 3n })).rejects.toMatchObject({
      code: 'unknownPayout',
    });
  });

  it('are disputed and decided', async () => {
    await market.approveTokens(buyer, { tokenAddress, spender: bankAddress, tokens: parseTokens('9') });
    const marked = async () => {
      const { payoutId } = await requested('2');
      const payout = await market.getPayout(buyer, { bankAddress, payoutId });
      await market.markPayoutPaid(operator, { bankAddress, ...payout, reference: reference(8) });
      await market.objectToPayout(buyer, { bankAddress, ...payout, reference: reference(8) });
      return market.getPayout(buyer, { bankAddress, payoutId });
    };
    const [first, second] = [await marked(), await marked()];
    expect(await market.explainPayout(buyer, { bankAddress, payoutId: 1n })).toMatch(
      /: operator 1 says that it was paid with 0x0+8, and the holder denied it\. Another operator decides/,
    );
    await expect(market.decidePayout(operator, { bankAddress, ...first, wasPaid: true })).rejects.toMatchObject({
      message: 'nobody decides for itself',
      hint: 'who neither paid nor objected decides; the payer can only say that it was not paid, who objected that it was',
    });
    await market.decidePayout(secondOperator, { bankAddress, ...first, wasPaid: true });
    await market.decidePayout(secondOperator, { bankAddress, ...second, wasPaid: false });
    const third = await market.getPayout(buyer, { bankAddress, payoutId: 2n });
    await market.markPayoutPaid(operator, { bankAddress, ...third, reference: reference(9) });
    await market.objectToPayout(secondOperator, { bankAddress, ...third, reference: reference(9) });
    expect(await market.explainPayout(buyer, { bankAddress, payoutId: 2n })).toMatch(
      /and operator 2 denied it\. The holder or another operator decides; operator 2 can still say yes, the payer no\.$/,
    );
    await market.decidePayout(buyer, { bankAddress, ...third, reference: reference(9), wasPaid: false });
    const states = await market.listPayouts(operator, { bankAddress });
    expect(states.entries.map(({ state, payer }) => [state, payer])).toEqual([
      ['pending', 0n],
      ['paid', 1n],
    ]);
    await expect(market.objectToPayout(buyer, { bankAddress, ...second })).rejects.toMatchObject({
      hint: 'look the payout up again: it may have been decided, or marked with another reference',
    });
  });

  it('come of standing orders that are due', async () => {
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
    await market.cancelStandingOrder(buyer, {
      bankAddress,
      orderId: 3n,
      tokens: parseTokens('2'),
      destination: reference(7),
    });
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
    const { entries: orders } = await market.listStandingOrders(operator, { bankAddress });
    expect(orders.map(({ orderId, nextDue }) => [orderId, nextDue])).toEqual([
      [2n, vm.nowS + 600n],
      [1n, vm.nowS + 60n],
    ]);
    expect(orders[0]).toMatchObject({
      holder: buyer.account.address,
      tokens: parseTokens('2'),
      intervalSeconds: 600n,
      destination: reference(7),
    });
    expect(await market.listStandingOrders(operator, { bankAddress, holder: seller.account.address })).toEqual({
      entries: [],
    });
    vm.nowS += 60n;
    const reads = countReads(operator);
    const orderIds = await market.listDueStandingOrders(operator, { bankAddress });
    expect(orderIds).toEqual([1n]);
    // Which are due the contract says; and of a list it reads no more than is in it.
    expect(reads('standingOrders(uint256)')).toBe(0);
    await market.listStandingOrders(operator, { bankAddress });
    expect(reads('standingOrders(uint256)')).toBe(2);
    await market.runStandingOrders(secondOperator, { bankAddress, orderIds });
    expect(await balanceOf(buyer)).toBe(parseTokens('7'));
    expect(await market.listDueStandingOrders(operator, { bankAddress })).toEqual([]);
    expect(await market.listPayouts(operator, { bankAddress, state: 'paid' })).toEqual({ entries: [] });
    expect(reads('payouts(uint256)')).toBe(0);
    const pending = await market.listPayouts(operator, { bankAddress, state: 'pending' });
    expect([pending.entries.length, reads('payouts(uint256)')]).toEqual([1, 1]);
  });
});

/** Counts from now on how often a client reads a view. */
function countReads(client: SigningClient): (view: string) => number {
  const request = vi.spyOn(client, 'request');
  return (view) => {
    const start = `"data":"${toFunctionSelector(view)}`;
    return request.mock.calls.filter((call: unknown) => JSON.stringify(call).includes(start)).length;
  };
}

describe('rates', () => {
  const rates = { buyRateWei: 2_500_000n, redeemRateWei: 1_950_000n } as const;
  const explain = () => market.explainRates(buyer, { bankAddress });
  const NOW = 'A token costs 0.000000000002 coins and brings 0.0000000000019 coins.';

  it('of one coin are told in the singular', () => {
    const one = parseTokens('1');
    expect(market.describeRates({ buyRateWei: one, redeemRateWei: one / 2n })).toBe(
      'A token costs 1 coin and brings 0.5 coins. No change is announced.',
    );
  });

  it('are announced, confirmed, brought into force, and explained all the way', async () => {
    expect(await market.getRates(buyer, { bankAddress })).toEqual({
      buyRateWei: 2_000_000n,
      redeemRateWei: 1_900_000n,
    });
    expect(await explain()).toBe(`${NOW} No change is announced.`);
    await market.announceRates(operator, { bankAddress, ...rates });
    const { pending } = await market.getRates(buyer, { bankAddress });
    expect(pending).toEqual({
      ...rates,
      state: 'announced',
      announcedAt: vm.nowS,
      announcedBy: 1n,
      confirmedBy: 0n,
      inForceFrom: vm.nowS + NOTICE,
      inForceUntil: vm.nowS + 2n * NOTICE,
    });
    if (pending === undefined) return;
    const said = 'Operator 1 announced 0.0000000000025 and 0.00000000000195 coins at 1970-01-12T13:46:40Z';
    expect(await explain()).toBe(
      `${NOW} ${said}: with the agreement of another operator they can come into force from 1970-01-12T13:56:40Z on, and lapse after 1970-01-12T14:06:40Z.`,
    );
    await expect(market.confirmRates(operator, { bankAddress, ...pending })).rejects.toMatchObject({
      message: 'another operator confirms rates',
      hint: 'ask another operator for it',
    });
    await market.confirmRates(secondOperator, { bankAddress, ...pending });
    expect(await explain()).toBe(
      `${NOW} ${said}, operator 2 confirmed them: they can come into force from 1970-01-12T13:56:40Z on; until then the rates of today hold for everyone.`,
    );
    vm.nowS += NOTICE;
    expect(await explain()).toMatch(/operator 2 confirmed them: anyone can bring them into force until/);
    await market.applyRates(buyer, { bankAddress, ...pending });
    expect(await market.getRates(buyer, { bankAddress })).toEqual(rates);
    await expect(market.applyRates(buyer, { bankAddress, ...pending })).rejects.toMatchObject({
      message: 'no rates are announced',
    });
  });

  it('are taken back, and lapse', async () => {
    await market.announceRates(operator, { bankAddress, ...rates });
    const { pending } = await market.getRates(buyer, { bankAddress });
    if (pending === undefined) return expect(pending).toBeDefined();
    await expect(
      market.retractRates(secondOperator, { bankAddress, ...pending, buyRateWei: 3n }),
    ).rejects.toMatchObject({
      message: 'announced are 2500000 wei and 1950000 wei, at 1970-01-12T13:46:40Z: not the rates that were described',
    });
    await market.retractRates(secondOperator, { bankAddress, ...pending });
    await market.announceRates(operator, { bankAddress, ...rates });
    vm.nowS += 2n * NOTICE + 1n;
    expect(await explain()).toMatch(/were not brought into force by 1970-01-12T14:06:40Z and have lapsed\.$/);
  });

  it('need cover, which anyone can add', async () => {
    await buy(buyer, 20_000_000n);
    await market.shareSurplus(operator, { bankAddress });
    await market.announceRates(operator, { bankAddress, ...rates });
    const { pending } = await market.getRates(buyer, { bankAddress });
    if (pending === undefined) return expect(pending).toBeDefined();
    await market.confirmRates(secondOperator, { bankAddress, ...pending });
    vm.nowS += NOTICE;
    await expect(market.applyRates(buyer, { bankAddress, ...pending })).rejects.toMatchObject({
      message: 'the reserve has 19000000 wei; to cover all tokens at the new redeem rate 19500000 wei are needed',
    });
    await market.addCover(seller, { bankAddress, valueWei: 500_000n });
    await market.applyRates(buyer, { bankAddress, ...pending });
  });
});

describe("the bank's operators", () => {
  it('have seats, deposits and limits, which they set for each other', async () => {
    const other = secondOperator.account.address;
    await market.deposit(secondOperator, { bankAddress, valueWei: 10n ** 9n });
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
      {
        seat: 1n,
        operator: operator.account.address,
        isFrozen: false,
        limit: parseTokens('1000'),
        attested: 0n,
        remaining: parseTokens('1000'),
        depositWei: 0n,
      },
      {
        seat: 2n,
        operator: other,
        isFrozen: false,
        limit: 42n,
        attested: 30n,
        remaining: 12n,
        depositWei: 10n ** 9n - 1n,
      },
    ]);
    await expect(attest(13n, 2)).rejects.toMatchObject({ hint: 'another operator can raise the limit' });
    const own = market.setLimit(operator, { bankAddress, operator: operator.account.address, limit: 1n });
    await expect(own).rejects.toMatchObject({ code: 'refused', hint: 'ask another operator for it' });
    await expect(market.announceRates(buyer, { bankAddress, buyRateWei: 5n, redeemRateWei: 5n })).rejects.toMatchObject(
      {
        message: 'only an operator may do this',
        hint: "a member of the council must sign it, whose key no veto has frozen: look at the bank's operators",
      },
    );
  });

  it('withdraw their own deposit, and share what covers nothing', async () => {
    await buy(buyer, 20_000_000n);
    await market.deposit(operator, { bankAddress, valueWei: 300n });
    await market.shareSurplus(secondOperator, { bankAddress });
    expect(await market.getBankFigures(buyer, { bankAddress })).toMatchObject({
      coinReserveWei: 19_000_000n,
      coinSurplusWei: 0n,
      coinDepositsWei: 1_000_300n,
    });
    await expect(market.withdraw(operator, { bankAddress, amountWei: 500_301n })).rejects.toMatchObject({
      message: "the operator's deposit has 500300 wei, 500301 wei are needed",
    });
    const coins = () => vm.state.balance(operator.account.address.toLowerCase() as `0x${string}`);
    const before = coins();
    await market.withdraw(operator, { bankAddress, amountWei: 500_300n, gasPriceWei: 0n });
    expect(coins() - before).toBe(500_300n);
    await expect(market.shareSurplus(operator, { bankAddress })).rejects.toMatchObject({
      message: 'there is no surplus',
    });
    await expect(market.deposit(operator, { bankAddress, valueWei: 0n })).rejects.toMatchObject({
      message: 'no coins were sent',
    });
  });
});
