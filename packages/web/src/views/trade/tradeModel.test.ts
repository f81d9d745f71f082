import { type CommunityMeter, type MarketEvent, PAPER_ZONE, type Trade, type TradeState } from '@wattchain/market';
import { type Address, type Hex, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { meterClock } from '../../model/meterTime.js';
import { bondText } from './tradeContext.js';
import { marketOf, readUntil, summaryOf } from './tradeModel.js';
import { reasonOf, summaryWords } from './tradeWords.js';

const METER: Hex = `0x${'6d'.repeat(32)}`;
const [SELLER, BUYER, OTHER] = ['a', 'b', 'c'].map((digit): Address => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
];
const START = 7200n;
const TOKEN = 10n ** 18n;

const event = (eventName: string, args: object) => ({ eventName, args, blockNumber: 5n }) as MarketEvent;

const PRICES = { price: TOKEN, gridPrice: 2n * TOKEN };
const offered = event('Offered', {
  meter: METER,
  periodStart: START,
  offerId: 1n,
  seller: SELLER,
  energyMwh: 1_000_000n,
  ...PRICES,
  acceptUntil: 200n,
  settleBy: 300n,
});
const accepted = (tradeId: bigint, buyer: Address, energyMwh: bigint) =>
  event('Accepted', {
    meter: METER,
    periodStart: START,
    tradeId,
    offerId: 1n,
    seller: SELLER,
    buyer,
    energyMwh,
    ...PRICES,
    settleBy: 300n,
  });
const meters = (...starts: readonly bigint[]): CommunityMeter[] => {
  const readings = starts.map((start) => ({ start, producedMwh: 900_000n, consumedMwh: 0n, corrections: [] }));
  return [{ meter: METER, owner: SELLER, source: OTHER, isDevice: false, readings }];
};
const NO_PAYMENTS = { shortMwh: 0n, paid: 0n, returned: 0n, compensation: 0n };
const settled = (tradeId: bigint, buyer: Address, settledMwh: bigint, payments: Partial<typeof NO_PAYMENTS>) =>
  event('Settled', { tradeId, seller: SELLER, buyer, settledMwh, ...NO_PAYMENTS, ...payments });

describe('the market, from its events', () => {
  const offerAt = (now: bigint, ...events: MarketEvent[]) => marketOf([offered, ...events], meters(), now).offers[0];
  const tradeOf = (...events: MarketEvent[]) =>
    marketOf([offered, accepted(1n, BUYER, 600_000n), ...events], meters(0n, START), 0n).trades[0];

  it('knows what is left of an offer and whether it can be accepted', () => {
    expect(offerAt(200n)).toMatchObject({ state: 'open', remainingMwh: 1_000_000n, ...PRICES });
    expect(offerAt(201n)?.state).toBe('expired');
    expect(offerAt(150n, accepted(1n, BUYER, 600_000n))).toMatchObject({ state: 'open', remainingMwh: 400_000n });
    expect(offerAt(150n, accepted(1n, BUYER, 1_000_000n))?.state).toBe('soldOut');
    const cancelled = event('OfferCancelled', { offerId: 1n, seller: SELLER, energyMwh: 1_000_000n, bond: 0n });
    expect(offerAt(150n, cancelled)).toMatchObject({ state: 'cancelled', remainingMwh: 0n });
    expect(marketOf([offered], meters(0n), 150n).offers[0]?.state).toBe('open');
    expect(marketOf([offered], meters(0n, START), 150n).offers[0]?.state).toBe('periodRead');
    expect(marketOf([offered], meters(START + 3600n), 150n).offers[0]?.state).toBe('periodRead');
  });

  it('knows what a trade is about, its reading, and how it ended', () => {
    expect(tradeOf()).toMatchObject({ end: undefined, escrow: 4n * TOKEN, reading: { start: START } });
    expect(tradeOf(settled(1n, BUYER, 600_000n, { paid: 4n * TOKEN }))?.end).toMatchObject({ state: 'settled' });
    const short = { shortMwh: 450_000n, paid: TOKEN, returned: 3n * TOKEN, compensation: 3n * TOKEN };
    expect(tradeOf(settled(1n, BUYER, 150_000n, short))?.end).toEqual({
      state: 'short',
      settledMwh: 150_000n,
      ...short,
    });
    const refunded = event('Refunded', {
      tradeId: 1n,
      seller: SELLER,
      buyer: BUYER,
      escrow: 4n * TOKEN,
      compensation: 1n,
    });
    expect(tradeOf(refunded)?.end).toMatchObject({
      state: 'refunded',
      returned: 4n * TOKEN,
      paid: 0n,
      compensation: 1n,
    });
    expect(marketOf([accepted(1n, BUYER, 1n)], meters(0n, START + 3600n), 0n).trades[0]?.reading).toBeUndefined();
  });

  it('calls a trade short that a meter of either side left short, as the contract does', () => {
    const ofBuyer = settled(1n, BUYER, 500_000n, { paid: 1n, returned: 1n });
    expect(tradeOf(ofBuyer)?.end?.state).toBe('short');
  });

  it('knows how far a meter was read', () => {
    const [unread, read] = [...meters(), ...meters(START)] as [CommunityMeter, CommunityMeter];
    expect([readUntil(unread, 3600n), readUntil(read, 3600n)]).toEqual([0n, 10_800n]);
  });

  it('sums up what somebody sold and bought, and what bonds paid', () => {
    const { trades } = marketOf(
      [
        offered,
        accepted(1n, BUYER, 600_000n),
        accepted(2n, OTHER, 300_000n),
        settled(1n, BUYER, 600_000n, { paid: 4n * TOKEN }),
        settled(2n, OTHER, 150_000n, { shortMwh: 150_000n, paid: TOKEN, returned: TOKEN, compensation: TOKEN }),
      ],
      meters(),
      260n,
    );
    expect(summaryWords(summaryOf(trades, SELLER))).toBe(
      'You sold 0.750 kWh to two neighbours for 5.000 ENT. Your bonds paid 1.000 ENT for what was not delivered.',
    );
    expect(summaryWords(summaryOf(trades, BUYER))).toBe('You bought 0.600 kWh from one neighbour for 4.000 ENT.');
    expect(summaryWords(summaryOf(trades, OTHER))).toBe(
      "You bought 0.150 kWh from one neighbour for 1.000 ENT. Sellers' bonds paid you 1.000 ENT.",
    );
    expect(summaryWords(summaryOf([], BUYER))).toMatch(/neither sold nor bought/);
  });

  it('says what a bond does for the buyer, where there is one', () => {
    expect(bondText(PRICES, 300_000n, { bonds: false })).toMatch(/no bond stands behind/);
    expect(bondText(PRICES, 300_000n, { bonds: true })).toMatch(/a bond of 2\.000 ENT of the seller pays/);
    expect(bondText({ ...PRICES, price: 3n * TOKEN }, 1n, { bonds: true })).toMatch(/no bond is needed/);
  });
});

describe('where a trade stands', () => {
  const reader = { clock: meterClock(PAPER_ZONE, 3600n), nameOf: () => 'node-1' };
  const reading = { isFinal: true, producedMwh: 900_000n, consumedMwh: 0n };
  const trade: Trade = {
    offerId: 1n,
    tradeId: 7n,
    seller: SELLER,
    meter: METER,
    periodStart: START,
    ...PRICES,
    acceptUntil: 0n,
    // 4 July 2018, 8:00 in San Diego.
    settleBy: 1_530_716_400n,
    buyer: BUYER,
    buyerMeter: undefined,
    energyMwh: 1_200_000n,
    escrow: 8n * TOKEN,
    bond: 8n * TOKEN,
    state: 'short',
    settledMwh: 900_000n,
    shortMwh: 300_000n,
    paidToSeller: 6n * TOKEN,
    returnedToBuyer: 2n * TOKEN,
    compensation: 2n * TOKEN,
    aheadMwh: 0n,
    soldMwh: 1_200_000n,
    boughtMwh: 0n,
    previousTradeId: 6n,
    sellersReading: reading,
    buyersReading: undefined,
    meterReadUntil: START + 3600n,
  };
  const said = (state: TradeState, changes: Partial<Trade> = {}) => reasonOf({ ...trade, state, ...changes }, reader);

  it('is the sentence of explainTrade, with times by the clock of the community', () => {
    expect(said('short')).toMatch(/^Settled short\..*bond paid the buyer 2\.000 ENT/);
    expect(said('refundable', { sellersReading: undefined })).toMatch(
      /came by 4 July 2018, 08:00 \(UTC-07:00\); anyone/,
    );
    expect(said('readingNotFinal')).toMatch(/until that is final it can be corrected, and 8\.000 ENT are in escrow/);
    expect(said('waitingForEarlierTrade')).toMatch(/^Waiting for an earlier trade of the buyer.*trade 6/);
    const all: TradeState[] = ['awaitingReading', 'readyToSettle', 'settled', 'refunded'];
    for (const state of all)
      expect(said(state, { sellersReading: state === 'awaitingReading' ? undefined : reading })).toMatch(/^[A-Z].*\.$/);
    expect(said('settled')).not.toContain(zeroAddress.slice(0, 6));
  });
});
