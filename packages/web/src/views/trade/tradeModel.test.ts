import type { MarketEvent } from '@wattchain/market';
import type { Address, Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { marketOf, summaryOf } from './tradeModel.js';
import { stateWords, summaryWords } from './tradeWords.js';

const METER: Hex = `0x${'6d'.repeat(32)}`;
const [SELLER, BUYER, OTHER] = ['a', 'b', 'c'].map((digit): Address => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
];
const PERIOD = { meter: METER, periodStart: 7200n, periodSeconds: 3600n };
const TOKEN = 10n ** 18n;

const event = (eventName: string, args: object, blockTimestamp = 100n) =>
  ({ eventName, args, blockNumber: 5n, blockTimestamp }) as MarketEvent;

const registered = event('MeterRegistered', { meter: METER, household: SELLER, reporter: OTHER });
const offered = event('Offered', {
  ...PERIOD,
  offerId: 1n,
  seller: SELLER,
  energyMwh: 1_000_000n,
  price: TOKEN,
  acceptUntil: 200n,
  settleBy: 300n,
});
const accepted = (tradeId: bigint, buyer: Address, energyMwh: bigint) =>
  event('Accepted', {
    ...PERIOD,
    tradeId,
    offerId: 1n,
    seller: SELLER,
    buyer,
    energyMwh,
    price: TOKEN,
    escrow: (energyMwh * TOKEN) / 150_000n,
    settleBy: 300n,
  });
const reading = (reportedAt: bigint) =>
  event('Reading', { ...PERIOD, reporter: OTHER, number: 1n, producedMwh: 900_000n, consumedMwh: 0n }, reportedAt);
const settled = (tradeId: bigint, buyer: Address, deliveredMwh: bigint, paid: bigint, returned: bigint) =>
  event('Settled', { tradeId, seller: SELLER, buyer, deliveredMwh, paid, returned });

describe('the market, from its events', () => {
  const offerAt = (now: bigint, ...events: MarketEvent[]) => marketOf([registered, offered, ...events], now).offers[0];
  const tradeAt = (now: bigint, ...events: MarketEvent[]) =>
    marketOf([registered, offered, accepted(1n, BUYER, 600_000n), ...events], now).trades[0];

  it('knows what is left of an offer and whether it can be accepted', () => {
    expect(offerAt(200n)).toMatchObject({ state: 'open', remainingMwh: 1_000_000n });
    expect(offerAt(201n)?.state).toBe('expired');
    expect(offerAt(150n, accepted(1n, BUYER, 600_000n))).toMatchObject({ state: 'open', remainingMwh: 400_000n });
    expect(offerAt(150n, accepted(1n, BUYER, 1_000_000n))?.state).toBe('soldOut');
    expect(offerAt(150n, reading(140n))?.state).toBe('periodRead');
    const cancelled = event('OfferCancelled', { offerId: 1n, seller: SELLER, energyMwh: 1_000_000n });
    expect(offerAt(150n, cancelled)).toMatchObject({ state: 'cancelled', remainingMwh: 0n });
  });

  it('knows where a trade stands', () => {
    expect(tradeAt(300n)?.state).toBe('awaitingReading');
    expect(tradeAt(301n)?.state).toBe('refundable');
    expect(tradeAt(999n, reading(300n))?.state).toBe('readyToSettle');
    expect(tradeAt(999n, reading(301n))?.state).toBe('refundable');
    expect(tradeAt(999n, reading(300n), settled(1n, BUYER, 600_000n, 4n * TOKEN, 0n))?.state).toBe('settled');
    expect(tradeAt(999n, reading(300n), settled(1n, BUYER, 150_000n, TOKEN, 3n * TOKEN))).toMatchObject({
      state: 'short',
      returned: 3n * TOKEN,
    });
    const refunded = event('Refunded', { tradeId: 1n, buyer: BUYER, escrow: 4n * TOKEN });
    expect(tradeAt(999n, refunded)).toMatchObject({ state: 'refunded', returned: 4n * TOKEN, paid: 0n });
  });

  it('knows how far a meter was read', () => {
    expect(marketOf([registered, reading(1n)], 0n).meters).toEqual([
      { meter: METER, household: SELLER, reporter: OTHER, readUntil: 10_800n, periodSeconds: 3600n },
    ]);
  });

  it('says who must report while it waits, and calls delivered only what was', () => {
    const [sold] = [accepted(1n, BUYER, 600_000n)];
    const words = (now: bigint, ...events: MarketEvent[]) => {
      const [trade] = marketOf([registered, offered, sold, ...events], now).trades;
      return trade && stateWords(trade, { blockText: String }, (address) => (address === OTHER ? 'the gateway' : '?'));
    };
    expect(words(150n)?.sentence).toBe(
      '4.000 ENT are in escrow until the gateway reports the meter, which is due by 300.',
    );
    expect(words(150n, event('ReporterChanged', { meter: METER, reporter: BUYER }))?.sentence).toContain('? reports');
    expect(JSON.stringify(words(250n, reading(250n)))).not.toContain('delivered');
    expect(words(260n, reading(250n), settled(1n, BUYER, 0n, 0n, 4n * TOKEN))?.sentence).toMatch(
      /^Nothing was delivered/,
    );
  });

  it('is told in words', () => {
    const { trades } = marketOf(
      [
        registered,
        offered,
        accepted(1n, BUYER, 600_000n),
        accepted(2n, OTHER, 300_000n),
        reading(250n),
        settled(1n, BUYER, 600_000n, 4n * TOKEN, 0n),
        settled(2n, OTHER, 150_000n, TOKEN, TOKEN),
      ],
      260n,
    );
    expect(summaryWords(summaryOf(trades, SELLER))).toBe('You sold 0.750 kWh to two neighbours for 5.000 ENT.');
    expect(summaryWords(summaryOf(trades, BUYER))).toBe('You bought 0.600 kWh from one neighbour for 4.000 ENT.');
    expect(summaryWords(summaryOf([], BUYER))).toMatch(/neither sold nor bought/);
    expect(trades.map((trade) => stateWords(trade, { blockText: String }, String).sentence)).toEqual([
      'Only 0.150 kWh were delivered; the seller got 1.000 ENT, the buyer 1.000 ENT back.',
      'All of it was delivered; the seller got 4.000 ENT.',
    ]);
  });
});
