import { type Hash, numberToHex } from 'viem';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { type MarketVm, testAccount } from '../../testing/marketVm.js';
import type { VmTransport } from '../../testing/vmTransport.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import * as market from '../index.js';
import { parseKwh, parseTokens } from '../units.js';
import type { SigningClient } from './transaction.js';

const { tokenAddress, tradeAddress } = GENESIS_ADDRESSES;
const METER = numberToHex(0xa1, { size: 32 });
const PERIOD = { periodStart: 3600n, periodSeconds: 3600n };
const reference = (n: number) => numberToHex(n, { size: 32 });

let vm: MarketVm;
let node: VmTransport;
let operator: SigningClient;
let secondOperator: SigningClient;
let seller: SigningClient;
let buyer: SigningClient;
let gateway: SigningClient;

beforeEach(() => {
  ({ vm, node, operator, secondOperator, seller, buyer, gateway } = marketPeople());
});

const receiptOf = async (hash: Promise<Hash>) => getTransactionReceipt(operator, { hash: await hash });
const balanceOf = (client: SigningClient) =>
  market.getTokenBalance(client, { tokenAddress, owner: client.account.address });

describe('a trade', () => {
  beforeEach(async () => {
    const [household, reporter] = [seller.account.address, gateway.account.address];
    await market.registerMeter(operator, { tradeAddress, meter: METER, household, reporter });
    vm.give(buyer.account, parseTokens('20'));
    await market.approveTokens(buyer, { tokenAddress, spender: tradeAddress, tokens: parseTokens('20') });
  });

  const offer = (energy: string) =>
    market.offerEnergy(seller, {
      tradeAddress,
      meter: METER,
      ...PERIOD,
      energyMwh: parseKwh(energy),
      price: market.DEFAULT_PRICE,
      acceptUntil: vm.nowS + 100n,
      settleBy: vm.nowS + 1000n,
    });
  const accept = (energy: string, offerId = 1n) =>
    market.acceptOffer(buyer, { tradeAddress, offerId, energyMwh: parseKwh(energy) });
  const report = (producedMwh: bigint) =>
    market.reportReadings(gateway, {
      tradeAddress,
      readings: [{ meter: METER, number: 1n, ...PERIOD, producedMwh, consumedMwh: 50_000n }],
    });
  const settle = () => market.settlePeriod(gateway, { tradeAddress, meter: METER, ...PERIOD, maxTrades: 50n });
  const explain = (tradeId: bigint) => market.explainTrade(buyer, { tradeAddress, tradeId });

  it('is offered, accepted, read, settled, and explained at every step', async () => {
    expect(market.offerIdOf(await receiptOf(offer('1')))).toBe(1n);
    expect(market.tradeIdOf(await receiptOf(accept('0.6')))).toBe(1n);
    await accept('0.3');
    expect(await market.getOffer(buyer, { tradeAddress, offerId: 1n })).toMatchObject({
      seller: seller.account.address,
      ...PERIOD,
      energyMwh: 1_000_000n,
      remainingMwh: 100_000n,
      cancelledMwh: 0n,
      state: 'open',
    });
    expect(await explain(1n)).toBe(
      "Trade 1, 0.600000 kWh for 4 tokens: waiting for the meter's reading of the period, which must be in by 1970-01-12T14:03:20Z; 4 tokens are in escrow.",
    );
    await report(800_000n);
    expect(await explain(2n)).toBe(
      'Trade 2, 0.300000 kWh for 2 tokens: Reading 1 says 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered; anyone can settle it now, after 1 trade accepted before it.',
    );
    await settle();
    expect(await explain(1n)).toBe(
      'Trade 1, 0.600000 kWh for 4 tokens: settled. Reading 1 says 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered, which covered all of it; the seller got 4 tokens.',
    );
    expect(await explain(2n)).toBe(
      'Trade 2, 0.300000 kWh for 2 tokens: settled short. Reading 1 says 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered, of which 0.150000 kWh were left for this trade; the seller got 1 token, the buyer 1 token back.',
    );
    expect(await balanceOf(seller)).toBe(parseTokens('5'));
    expect(await market.getMeter(buyer, { tradeAddress, meter: METER })).toEqual({
      meter: METER,
      household: seller.account.address,
      reporter: gateway.account.address,
      lastNumber: 1n,
      readUntil: 7200n,
    });
    const known = await market.getMeter(buyer, { tradeAddress, meter: METER });
    expect(await market.getResolution(buyer, { tradeAddress, ...known })).toBe(PERIOD.periodSeconds);
    const unread = { ...known, lastNumber: 0n, readUntil: 0n };
    expect(await market.getResolution(buyer, { tradeAddress, ...unread })).toBeUndefined();
  });

  it('is refunded without a reading', async () => {
    await offer('1');
    await accept('0.15');
    await expect(market.refundTrade(gateway, { tradeAddress, tradeId: 1n })).rejects.toMatchObject({
      message: 'settleBy has not passed',
    });
    vm.nowS += 1001n;
    expect(await explain(1n)).toBe(
      'Trade 1, 0.150000 kWh for 1 token: no reading came by 1970-01-12T14:03:20Z; anyone can trigger the refund of 1 token to the buyer.',
    );
    await market.refundTrade(gateway, { tradeAddress, tradeId: 1n });
    expect(await explain(1n)).toBe(
      'Trade 1, 0.150000 kWh for 1 token: refunded. No reading came by 1970-01-12T14:03:20Z, and the buyer got 1 token back.',
    );
    expect(await balanceOf(buyer)).toBe(parseTokens('20'));
  });

  it('can no longer be delivered once the meter was read past its beginning', async () => {
    await offer('1');
    await accept('0.15');
    await market.reportReadings(gateway, {
      tradeAddress,
      readings: [{ meter: METER, number: 1n, periodStart: 0n, periodSeconds: 5000n, producedMwh: 9n, consumedMwh: 0n }],
    });
    expect(await explain(1n)).toMatch(/so none can come; after 1970-01-12T14:03:20Z anyone can trigger the refund/);
    await expect(accept('0.1')).rejects.toMatchObject({
      message: `meter ${METER} was read until 5000, the period begins at 3600`,
    });
  });

  it('and its offers are listed and filtered', async () => {
    await offer('1');
    await offer('0.5');
    await accept('0.5', 2n);
    await accept('0.2', 1n);
    await market.cancelOffer(seller, { tradeAddress, offerId: 1n });
    await offer('0.1');
    const offers = await market.listOffers(buyer, { tradeAddress, seller: seller.account.address });
    expect(offers.map(({ offerId, state }) => [offerId, state])).toEqual([
      [1n, 'cancelled'],
      [2n, 'soldOut'],
      [3n, 'open'],
    ]);
    expect(await market.listOffers(buyer, { tradeAddress, state: 'open', meter: METER })).toHaveLength(1);
    expect(await market.listOffers(buyer, { tradeAddress, seller: buyer.account.address })).toEqual([]);
    const trades = await market.listTrades(buyer, { tradeAddress, buyer: buyer.account.address });
    expect(trades.map(({ tradeId, offerId, energyMwh }) => [tradeId, offerId, energyMwh])).toEqual([
      [1n, 2n, 500_000n],
      [2n, 1n, 200_000n],
    ]);
    expect(await market.listTrades(buyer, { tradeAddress, state: 'settled' })).toEqual([]);
    expect(await market.listTrades(buyer, { tradeAddress, seller: buyer.account.address })).toEqual([]);
  });

  it('is read by whoever reports for the meter now', async () => {
    const reporter = seller.account.address;
    await market.changeReporter(secondOperator, { tradeAddress, meter: METER, reporter });
    await expect(report(1n)).rejects.toMatchObject({ message: "only the meter's reporter" });
    expect(await market.getMeter(buyer, { tradeAddress, meter: METER })).toMatchObject({ reporter });
    await expect(market.changeReporter(seller, { tradeAddress, meter: METER, reporter })).rejects.toMatchObject({
      message: 'only a registrar may do this',
    });
  });

  it('is listed however many there are, without events, and little at a time', async () => {
    const period = (n: number) => [BigInt(n) * 3600n, 3600n, 1_000_000n, market.DEFAULT_PRICE];
    const deadlines = [vm.nowS + 100n, vm.nowS + 1000n];
    for (let n = 1; n <= 120; n += 1) {
      vm.send(testAccount(3), 'trade', 'offer', [METER, ...period(n), ...deadlines]);
      vm.send(testAccount(4), 'trade', 'accept', [BigInt(n), n === 77 ? 1_000_000n : 1n]);
    }
    const offers = await market.listOffers(buyer, { tradeAddress });
    const trades = await market.listTrades(buyer, { tradeAddress });
    const ids = Array.from({ length: 120 }, (_, index) => BigInt(index + 1));
    expect(offers.map(({ offerId }) => offerId)).toEqual(ids);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(ids);
    expect(trades.map(({ offerId, periodStart }) => periodStart / offerId)).toEqual(ids.map(() => 3600n));
    expect(node.methods).not.toContain('eth_getLogs');
    expect(node.mostInFlight()).toBe(50);

    const page = { tradeAddress, fromId: 76n, limit: 2 };
    expect((await market.listOffers(buyer, page)).map(({ offerId }) => offerId)).toEqual([76n, 77n]);
    const open = await market.listOffers(buyer, { ...page, state: 'open' });
    expect(open.map(({ offerId }) => offerId)).toEqual([76n, 78n]);
    expect((await market.listTrades(buyer, { ...page, fromId: 120n })).map(({ tradeId }) => tradeId)).toEqual([120n]);
    expect(await market.listTrades(buyer, { ...page, fromId: 121n })).toEqual([]);
    const before = node.methods.length;
    await market.listOffers(buyer, { tradeAddress, limit: 1 });
    expect(node.methods.length - before).toBeLessThan(60);
  });

  it('and meters and offers that do not exist are said so', async () => {
    await expect(explain(1n)).rejects.toMatchObject({
      code: 'unknownTrade',
      message: 'there is no trade 1',
      values: { tradeId: 1n, tradeCount: 0n },
      hint: expect.stringContaining('list of trades'),
    });
    await expect(market.getOffer(buyer, { tradeAddress, offerId: 0n })).rejects.toMatchObject({
      code: 'unknownOffer',
      hint: expect.stringContaining('list of offers'),
    });
    await expect(market.getMeter(buyer, { tradeAddress, meter: reference(9) })).rejects.toMatchObject({
      code: 'unknownMeter',
    });
    await expect(accept('1')).rejects.toMatchObject({
      code: 'refused',
      message: 'there is no such offer',
      hint: 'look its number up in the list of offers',
    });
    // Nothing stands at this address: that is another error than an offer that is not there.
    await expect(market.getOffer(buyer, { tradeAddress: buyer.account.address, offerId: 1n })).rejects.toMatchObject({
      name: 'ContractFunctionExecutionError',
    });
    await offer('1');
    await expect(accept('1.1')).rejects.toMatchObject({
      message: '1.000000 kWh are left of the offer, not 1.100000 kWh',
    });
  });
});

describe('deadlines of an offer', () => {
  const within = { acceptWithin: 3_600n, settleWithin: 86_400n };

  it('leave a day for the reading, after a period to come and after one that is over', () => {
    const ahead = { periodStart: 1_000_000n, periodSeconds: 3_600n };
    expect(market.deadlinesOfOffer(900_000n, ahead, within)).toEqual({
      acceptUntil: 903_600n,
      settleBy: 1_000_000n + 3_600n + 86_400n,
    });
    expect(market.deadlinesOfOffer(2_000_000n, ahead, within)).toEqual({
      acceptUntil: 2_003_600n,
      settleBy: 2_086_400n,
    });
  });
});
