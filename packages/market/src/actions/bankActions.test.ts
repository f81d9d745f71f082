import { numberToHex, parseTransaction } from 'viem';
import { beforeEach, describe, expect, it } from 'vitest';
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
