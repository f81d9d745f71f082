import { type Hash, numberToHex } from 'viem';
import { getTransactionReceipt } from 'viem/actions';
import { beforeEach, describe, expect, it } from 'vitest';
import { marketPeople } from '../../testing/marketPeople.js';
import { type MarketVm, testAccount } from '../../testing/marketVm.js';
import type { VmTransport } from '../../testing/vmTransport.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import type { TradeRules } from '../genesisRules.js';
import * as market from '../index.js';
import { parseKwh, parseTokens } from '../units.js';
import type { SigningClient } from './transaction.js';

const { tokenAddress, tradeAddress, registryAddress } = GENESIS_ADDRESSES;
const METER = numberToHex(0xa1, { size: 32 });
const BUYER_METER = numberToHex(0xa2, { size: 32 });
/** The first period that begins after the tests do. */
const START = 1_000_800n;
const DEADLINES = { acceptUntil: START, settleBy: START + 4_500n };
const GRID_PRICE = parseTokens('2');

let vm: MarketVm;
let node: VmTransport;
let operator: SigningClient;
let seller: SigningClient;
let buyer: SigningClient;
let gateway: SigningClient;

const receiptOf = async (hash: Promise<Hash>) => getTransactionReceipt(operator, { hash: await hash });
const balanceOf = (client: SigningClient) =>
  market.getTokenBalance(client, { tokenAddress, owner: client.account.address });

/** Meters of both, who have 20 tokens each. */
async function begin(rules: Partial<TradeRules> = {}, correctionSeconds = 0n): Promise<void> {
  ({ vm, node, operator, seller, buyer, gateway } = marketPeople({
    registry: { resolutionSeconds: 900n, correctionSeconds, readingLeadSeconds: 0n, marketTimeOffset: 0n },
    trade: { settlement: 'sellerMeter', bonds: false, gridPrice: GRID_PRICE, gateSeconds: 0n, ...rules },
  }));
  for (const [client, meter] of [
    [seller, METER],
    [buyer, BUYER_METER],
  ] as const) {
    const source = gateway.account.address;
    const household = client.account.address;
    await market.registerMeter(operator, {
      registryAddress,
      meter,
      household,
      source,
      isDevice: false,
      ratingMwh: parseKwh('3'),
    });
    vm.give(client.account, parseTokens('20'));
    await market.approveTokens(client, { tokenAddress, spender: tradeAddress, tokens: parseTokens('20') });
  }
}

const offer = (energy: string, change = {}) =>
  market.offerEnergy(seller, {
    tradeAddress,
    meter: METER,
    periodStart: START,
    energyMwh: parseKwh(energy),
    price: market.DEFAULT_PRICE,
    gridPrice: GRID_PRICE,
    ...DEADLINES,
    ...change,
  });
const accept = async (energy: string, offerId = 1n, more = {}) =>
  market.acceptOffer(buyer, {
    tradeAddress,
    offer: await market.getOffer(buyer, { tradeAddress, offerId }),
    energyMwh: parseKwh(energy),
    ...more,
  });
const report = (meter: Hash, produced: string, consumed: string, number = 1n, periodStart = START) => {
  vm.nowS = vm.nowS < periodStart + 900n ? periodStart + 900n : vm.nowS;
  const reading = { meter, number, periodStart, producedMwh: parseKwh(produced), consumedMwh: parseKwh(consumed) };
  return market.reportReadings(gateway, { registryAddress, readings: [reading] });
};
const settle = (...tradeIds: bigint[]) => market.settleTrades(gateway, { tradeAddress, tradeIds });
const explain = (tradeId: bigint) => market.explainTrade(buyer, { tradeAddress, tradeId });
const explainOffer = (offerId: bigint) => market.explainOffer(buyer, { tradeAddress, offerId });

describe("a trade by the seller's meter", () => {
  beforeEach(() => begin());

  it('is offered, accepted, read, settled, and explained at every step', async () => {
    expect(market.offerIdOf(await receiptOf(offer('1')))).toBe(1n);
    expect(market.tradeIdOf(await receiptOf(accept('0.6')))).toBe(1n);
    await accept('0.3');
    expect(await market.getOffer(buyer, { tradeAddress, offerId: 1n })).toEqual({
      offerId: 1n,
      seller: seller.account.address,
      meter: METER,
      periodStart: START,
      price: market.DEFAULT_PRICE,
      gridPrice: GRID_PRICE,
      ...DEADLINES,
      energyMwh: 1_000_000n,
      remainingMwh: 100_000n,
      cancelledMwh: 0n,
      state: 'open',
    });
    expect(await explainOffer(1n)).toBe(
      'Offer 1, 1.000000 kWh at 1 token for 150 Wh: open; 0.100000 kWh can be accepted until 1970-01-12T14:00:00Z.',
    );
    expect(await explain(1n)).toBe(
      "Trade 1, 0.600000 kWh for 4 tokens: waiting for the reading of the seller's meter, until 1970-01-12T15:15:00Z; 4 tokens are in escrow.",
    );
    await report(METER, '0.8', '0.05');
    expect(await explainOffer(1n)).toBe(
      "Offer 1, 1.000000 kWh at 1 token for 150 Wh: the meter was read beyond the period's start, so the outcome is known; 0.100000 kWh were left.",
    );
    const measured =
      "The seller's meter shows 0.800000 kWh produced and 0.050000 kWh consumed, so 0.750000 kWh delivered";
    expect(await explain(2n)).toBe(`Trade 2, 0.300000 kWh for 2 tokens: ${measured}; anyone can settle it now.`);
    await settle(1n, 2n);
    expect(await explain(1n)).toBe(
      `Trade 1, 0.600000 kWh for 4 tokens: settled. ${measured}, which covered all of it; the seller got 4 tokens.`,
    );
    expect(await explain(2n)).toBe(
      `Trade 2, 0.300000 kWh for 2 tokens: settled short. ${measured}, of which this trade got 0.150000 kWh; the seller got 1 token, the buyer 1 token back. 0.150000 kWh were short on the seller's side.`,
    );
    expect(await balanceOf(seller)).toBe(parseTokens('25'));
    await expect(settle(1n)).rejects.toMatchObject({ message: 'trade 1 is settled already' });
  });

  it('is refunded without a reading', async () => {
    await offer('1');
    await accept('0.15');
    await expect(market.refundTrade(gateway, { tradeAddress, tradeId: 1n })).rejects.toMatchObject({
      message: 'trade 1 waits for a reading, and its deadline has not passed',
    });
    vm.nowS = DEADLINES.settleBy + 1n;
    expect(await explain(1n)).toBe(
      'Trade 1, 0.150000 kWh for 1 token: no reading of the seller came by 1970-01-12T15:15:00Z; anyone can trigger the refund of 1 token to the buyer. A reading that comes before counts.',
    );
    await market.refundTrade(gateway, { tradeAddress, tradeId: 1n });
    expect(await explain(1n)).toBe(
      'Trade 1, 0.150000 kWh for 1 token: refunded. No reading of the seller came by 1970-01-12T15:15:00Z, and the buyer got 1 token back.',
    );
    expect(await balanceOf(buyer)).toBe(parseTokens('20'));
  });

  it('of a period that was passed over can only be delivered by a correction', async () => {
    await offer('1');
    await accept('0.15');
    await report(METER, '0.1', '0', 1n, START + 900n);
    expect(await explain(1n)).toMatch(
      /until 1970-01-12T15:15:00Z, which was passed over and can only come by a correction/,
    );
    await expect(accept('0.1')).rejects.toMatchObject({ message: 'the offer has expired' });
  });

  it('is not the trade of another offer that has got its number', async () => {
    await offer('1');
    const seen = await market.getOffer(buyer, { tradeAddress, offerId: 1n });
    const other = { ...seen, price: parseTokens('0.5') };
    const accepting = market.acceptOffer(buyer, { tradeAddress, offer: other, energyMwh: 150_000n });
    await expect(accepting).rejects.toMatchObject({
      code: 'refused',
      message: `the offer of that number has another price than was signed: ${parseTokens('1')}, not ${parseTokens('0.5')}`,
    });
  });

  it('and its offers are listed and filtered', async () => {
    await offer('1');
    await offer('0.5');
    await accept('0.5', 2n);
    await accept('0.2', 1n);
    await market.cancelOffer(seller, {
      tradeAddress,
      offer: await market.getOffer(seller, { tradeAddress, offerId: 1n }),
    });
    await offer('0.1');
    const offers = await market.listOffers(buyer, { tradeAddress, seller: seller.account.address });
    expect(offers.entries.map(({ offerId, state }) => [offerId, state])).toEqual([
      [3n, 'open'],
      [2n, 'soldOut'],
      [1n, 'cancelled'],
    ]);
    expect(await explainOffer(1n)).toMatch(/: cancelled; the seller has withdrawn 0.800000 kWh of it.$/);
    expect((await market.listOffers(buyer, { tradeAddress, state: 'open', meter: METER })).entries).toHaveLength(1);
    expect(await market.listOffers(buyer, { tradeAddress, seller: buyer.account.address })).toEqual({ entries: [] });
    const trades = await market.listTrades(buyer, { tradeAddress, buyer: buyer.account.address });
    expect(trades.entries.map(({ tradeId, offerId, energyMwh }) => [tradeId, offerId, energyMwh])).toEqual([
      [2n, 1n, 200_000n],
      [1n, 2n, 500_000n],
    ]);
    expect(await market.listTrades(buyer, { tradeAddress, state: 'settled' })).toEqual({ entries: [] });
    expect(await market.listTrades(buyer, { tradeAddress, seller: buyer.account.address })).toEqual({ entries: [] });
  });

  it('is listed however many there are, without events, and little at a time', async () => {
    for (let n = 1; n <= 120; n += 1) {
      await offer('0.1', { price: 0n });
      const energyMwh = n === 77 ? 100_000n : 1_000n;
      const {
        state: _state,
        energyMwh: _energy,
        remainingMwh: _rest,
        cancelledMwh: _cancelled,
        ...terms
      } = await market.getOffer(buyer, { tradeAddress, offerId: BigInt(n) });
      vm.send(testAccount(4), 'trade', 'accept', [terms, energyMwh, numberToHex(0, { size: 32 })]);
    }
    const offers = await market.readPages((page) => market.listOffers(buyer, { tradeAddress, ...page }));
    const trades = await market.readPages((page) => market.listTrades(buyer, { tradeAddress, ...page }));
    const ids = Array.from({ length: 120 }, (_, index) => BigInt(index + 1));
    expect(offers.map(({ offerId }) => offerId)).toEqual(ids);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual(ids);
    expect(node.methods).not.toContain('eth_getLogs');
    expect(node.mostInFlight()).toBe(50);

    const page = { tradeAddress, before: 79n, limit: 2 };
    const newest = await market.listOffers(buyer, page);
    expect([newest.entries.map(({ offerId }) => offerId), newest.next]).toEqual([[78n, 77n], 77n]);
    const open = await market.listOffers(buyer, { ...page, state: 'open' });
    expect(open.entries.map(({ offerId }) => offerId)).toEqual([78n, 76n]);
    const oldest = await market.listTrades(buyer, { ...page, before: 2n });
    expect(oldest.entries.map(({ tradeId }) => tradeId)).toEqual([1n]);
    const before = node.methods.length;
    const soldOut = await market.listOffers(buyer, { tradeAddress, state: 'soldOut' });
    expect(soldOut.entries.map(({ offerId }) => offerId)).toEqual([77n]);
    // The counter, the marks and the one offer.
    expect(node.methods.length - before).toBe(3);
  });

  it('and each state holds what is in it, however readings and time decide', async () => {
    await offer('1');
    await offer('0.5');
    await accept('0.5', 1n);
    await accept('0.1', 2n);
    const expectSameAsOneByOne = async () => {
      const offers = await market.readPages((page) => market.listOffers(buyer, { tradeAddress, ...page }));
      for (const state of market.OFFER_STATES.slice(1)) {
        const { entries } = await market.listOffers(buyer, { tradeAddress, state });
        expect(
          entries.map(({ offerId }) => offerId),
          state,
        ).toEqual(
          offers
            .filter((each) => each.state === state)
            .map(({ offerId }) => offerId)
            .reverse(),
        );
      }
      const trades = await market.readPages((page) => market.listTrades(buyer, { tradeAddress, ...page }));
      for (const state of market.TRADE_STATES.slice(1)) {
        const { entries } = await market.listTrades(buyer, { tradeAddress, state });
        expect(
          entries.map(({ tradeId }) => tradeId),
          state,
        ).toEqual(
          trades
            .filter((each) => each.state === state)
            .map(({ tradeId }) => tradeId)
            .reverse(),
        );
      }
      return [...offers, ...trades].map(({ state }) => state);
    };
    expect(await expectSameAsOneByOne()).toEqual(['open', 'open', 'awaitingReading', 'awaitingReading']);
    vm.nowS = DEADLINES.acceptUntil + 1n;
    expect(await expectSameAsOneByOne()).toEqual(['expired', 'expired', 'awaitingReading', 'awaitingReading']);
    vm.nowS = DEADLINES.settleBy + 1n;
    expect(await expectSameAsOneByOne()).toEqual(['expired', 'expired', 'refundable', 'refundable']);
    await market.refundTrade(buyer, { tradeAddress, tradeId: 2n });
    await report(METER, '1', '0');
    expect(await expectSameAsOneByOne()).toEqual(['periodRead', 'periodRead', 'readyToSettle', 'refunded']);
    await market.settleTrades(buyer, { tradeAddress, tradeIds: [1n] });
    expect(await expectSameAsOneByOne()).toEqual(['periodRead', 'periodRead', 'settled', 'refunded']);
  });

  it('and offers that do not exist are said so', async () => {
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

describe('a trade with a bond', () => {
  it('that falls short says what was short and what the bond paid', async () => {
    await begin({ bonds: true });
    await offer('1.2');
    expect(await explainOffer(1n)).toMatch(/ 8.0000000000004 tokens of the seller vouch for what is left.$/);
    await accept('1.2');
    expect(await explain(1n)).toMatch(/; 8 tokens are in escrow, and 8.0000000000004 tokens of the seller as a bond.$/);
    await report(METER, '0.9', '0');
    await settle(1n);
    expect(await explain(1n)).toBe(
      "Trade 1, 1.200000 kWh for 8 tokens: settled short. The seller's meter shows 0.900000 kWh produced and 0.000000 kWh consumed, so 0.900000 kWh delivered, of which this trade got 0.900000 kWh; the seller got 6 tokens, the buyer 2 tokens back. 0.300000 kWh were short on the seller's side. The seller's bond paid the buyer 2 tokens, which the grid took beyond the trade's price; 6.0000000000004 tokens of it went back to the seller.",
    );
  });

  it('needs an allowance for it', async () => {
    await begin({ bonds: true });
    await market.approveTokens(seller, { tokenAddress, spender: tradeAddress, tokens: 0n });
    await expect(offer('1.2')).rejects.toMatchObject({
      message: expect.stringContaining('8.0000000000004 tokens are needed'),
    });
  });

  it('that nobody accepted comes back by cancelling', async () => {
    await begin({ bonds: true });
    await offer('1.2');
    vm.nowS = START + 1n;
    expect(await explainOffer(1n)).toBe(
      'Offer 1, 1.200000 kWh at 1 token for 150 Wh: expired at 1970-01-12T14:00:00Z; 1.200000 kWh were left. The seller gets the bond of 8.0000000000004 tokens for what was left back by cancelling the offer.',
    );
  });
});

describe('a trade by both meters', () => {
  it('waits for both readings, until they are final, and says whose part was missing', async () => {
    await begin({ settlement: 'proRata' }, 60n);
    await offer('1');
    await expect(accept('0.6')).rejects.toMatchObject({ message: 'only a meter of the buyer' });
    await accept('0.6', 1n, { buyerMeter: BUYER_METER });
    await report(METER, '0.9', '0');
    expect(await explain(1n)).toMatch(
      /: waiting for the reading of the buyer's meter; after 1970-01-12T15:15:00Z the trade settles without it; 4 tokens are in escrow.$/,
    );
    await report(BUYER_METER, '0', '0.45');
    expect(await explain(1n)).toMatch(
      /the buyer's 0.000000 kWh produced and 0.450000 kWh consumed, so 0.450000 kWh taken; until that is final/,
    );
    await expect(settle(1n)).rejects.toMatchObject({ message: 'trade 1 has a reading that can still be corrected' });
    vm.nowS += 60n;
    await settle(1n);
    expect(await explain(1n)).toMatch(
      / of which this trade got 0.450000 kWh; the seller got 3 tokens, the buyer 1 token back. 0.150000 kWh were not taken on the buyer's side.$/,
    );
  });

  it('in the order of acceptance waits for the one before', async () => {
    await begin({ settlement: 'firstCome' });
    await offer('1');
    await accept('0.3', 1n, { buyerMeter: BUYER_METER });
    await accept('0.3', 1n, { buyerMeter: BUYER_METER });
    await report(METER, '0.9', '0');
    await report(BUYER_METER, '0', '0.45');
    expect(await explain(2n)).toMatch(
      /: waiting for an earlier trade of the buyer for the same period, the last of which is trade 1: they are settled in their order; 2 tokens are in escrow.$/,
    );
    await settle(1n, 2n);
    expect(await market.getTrade(buyer, { tradeAddress, tradeId: 2n })).toMatchObject({
      state: 'short',
      settledMwh: 150_000n,
      previousTradeId: 1n,
      boughtMwh: 600_000n,
      buyersReading: { isFinal: true, producedMwh: 0n, consumedMwh: 450_000n },
    });
  });
});
