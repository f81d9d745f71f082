import { type Abi, encodeAbiParameters, encodeEventTopics, type Hex, type Log } from 'viem';
import { describe, expect, test } from 'vitest';
import { callAuctionAbi, communityRegistryAbi, gridAbi, peerChoiceAbi } from '../contracts/communityGenerated.js';
import { ACT_KINDS, actWord } from '../orders/orderActs.js';
import {
  curveOf,
  localMarketOf,
  localTotals,
  meteredOrders,
  type PoolTerms,
  poolTrades,
  tariffAt,
} from './localMarket.js';

const HOUR = 3_600n;
const [ANN, BOB] = [
  '0x00000000000000000000000000000000000000a1',
  '0x00000000000000000000000000000000000000b2',
] as const;
const meterOf = (owner: Hex): Hex => `0x${owner.slice(2).padStart(64, '0')}`;
const FIRST = { from: 0n, tariff: 33n, feedIn: 6n };

/** An event as a node gives it. */
function log(abi: Abi, eventName: string, args: Record<string, unknown>): Log {
  const event = abi.find((item) => item.type === 'event' && item.name === eventName);
  if (event?.type !== 'event') throw new TypeError(eventName);
  const inputs = event.inputs.filter(({ indexed }) => !indexed);
  const data = encodeAbiParameters(
    inputs,
    inputs.map(({ name }) => args[name ?? '']),
  );
  const topics = encodeEventTopics({ abi: [event], eventName, args } as never);
  return { address: ANN, topics, data } as unknown as Log;
}

const joined = (owner: Hex, number: bigint) =>
  log(callAuctionAbi as Abi, 'Joined', { owner, number, meter: meterOf(owner), from: HOUR });
const posted = (member: bigint, kind: bigint, energyMwh: bigint, price: bigint, about = 0n) =>
  log(callAuctionAbi as Abi, 'Posted', { act: actWord({ member, kind, number: 2n, energyMwh, price, about }) });
const reported = (owner: Hex, from: bigint, readings: bigint[]) =>
  log(communityRegistryAbi as Abi, 'ReadingsReported', {
    meter: meterOf(owner),
    from,
    source: ANN,
    firstNumber: 1,
    readings,
  });
const settled = (until: bigint, changes: bigint[]) =>
  log(callAuctionAbi as Abi, 'Settled', {
    from: HOUR,
    until,
    changes,
    supplierChange: 0n,
    gridOperatorChange: 0n,
    fundChange: 0n,
  });
const fill = (member: bigint, kind: bigint, energyMwh: bigint, amount: bigint) =>
  (member << 240n) | (kind << 232n) | (energyMwh << 176n) | (amount << 80n);
const reading = (produced: bigint, consumed: bigint) => (produced << 64n) | consumed;
const { bid, ask, cancel } = ACT_KINDS;

describe('a market as its events tell it', () => {
  const market = localMarketOf(
    [
      log(gridAbi as Abi, 'TariffPosted', { entry: 1n, from: 3n * HOUR, tariff: 81n, feedIn: 6n }),
      joined(ANN, 1n),
      joined(BOB, 2n),
      posted(1n, bid, 600n, 33n),
      posted(2n, ask, 900n, 6n),
      posted(1n, bid, 100n, 30n),
      posted(1n, cancel, 0n, 0n, 2n),
      log(callAuctionAbi as Abi, 'Cleared', {
        periodStart: 2n * HOUR,
        fills: [fill(1n, bid, 600n, 8n), fill(2n, ask, 600n, 7n), 0n, 0n],
      }),
      reported(ANN, 2n * HOUR, [reading(0n, 700n), reading(5n, 5n)]),
      reported(BOB, 2n * HOUR, [reading(950n, 50n)]),
      settled(3n * HOUR, [-40n, 25n]),
      settled(4n * HOUR, [-2n, 0n]),
    ],
    FIRST,
    HOUR,
  );
  const [second, third] = market.periods;

  test('members with what they have paid so far, and how far it is settled', () => {
    expect(market.members.map(({ owner, billed }) => [owner.toLowerCase(), billed])).toEqual([
      [ANN, 42n],
      [BOB, -25n],
    ]);
    expect(market.settledUntil).toBe(4n * HOUR);
  });

  test('orders without those that were taken back, fills as trades, readings after own use', () => {
    expect(market.periods.map(({ start }) => start)).toEqual([2n * HOUR, 3n * HOUR]);
    expect(second?.orders).toEqual([
      { member: 0, side: 'bid', energyMwh: 600n, price: 33n },
      { member: 1, side: 'ask', energyMwh: 900n, price: 6n },
    ]);
    expect(second?.trades).toEqual([
      { boughtMwh: 600n, soldMwh: 0n, paidToNeighbours: 8n, gotFromNeighbours: 0n },
      { boughtMwh: 0n, soldMwh: 600n, paidToNeighbours: 0n, gotFromNeighbours: 7n },
    ]);
    expect(second?.energies).toEqual([
      { needMwh: 700n, surplusMwh: 0n },
      { needMwh: 0n, surplusMwh: 900n },
    ]);
    expect([third?.trades, third?.energies]).toEqual([undefined, [{ needMwh: 0n, surplusMwh: 0n }, undefined]]);
    expect(localTotals(second?.trades ?? [])).toEqual({
      tradedMwh: 600n,
      buyersPay: 8_000_000n / 600n,
      sellersGet: 7_000_000n / 600n,
    });
    expect(localTotals([])).toEqual({ tradedMwh: 0n, buyersPay: undefined, sellersGet: undefined });
  });

  test('the tariff in force; none where nobody has said the first', () => {
    expect([tariffAt(market, 0n), tariffAt(market, 3n * HOUR)].map((tariff) => tariff?.tariff)).toEqual([33n, 81n]);
    expect(tariffAt(localMarketOf([], undefined, HOUR), 0n)).toBeUndefined();
  });

  test('who supplied whom, as a market of chosen neighbours tells it', () => {
    const supplied = log(peerChoiceAbi as Abi, 'Supplied', {
      periodStart: HOUR,
      buyer: ANN,
      seller: BOB,
      rank: 0n,
      energyMwh: 70n,
      amount: 3n,
    });
    const [period] = localMarketOf([joined(ANN, 1n), joined(BOB, 2n), supplied], FIRST, HOUR).periods;
    expect(period?.trades).toEqual([
      { boughtMwh: 70n, soldMwh: 0n, paidToNeighbours: 3n, gotFromNeighbours: 0n },
      { boughtMwh: 0n, soldMwh: 70n, paidToNeighbours: 0n, gotFromNeighbours: 3n },
    ]);
  });

  test.each([
    // A middle of 19.5 units for 150 Wh, and λs from D = S on.
    { rule: 0, traded: 700_000n, amount: 91n },
    { rule: 1, traded: 700_000n, amount: 28n },
    { rule: 3, traded: 450_000n, amount: 58n },
    { rule: 4, traded: 700_000n, amount: 91n },
    { rule: 2, traded: undefined, amount: undefined },
  ])('a pool of rule $rule trades $traded mWh', ({ rule, traded, amount }) => {
    const logs = [
      joined(ANN, 1n),
      joined(BOB, 2n),
      reported(ANN, HOUR, [reading(0n, 700_000n), reading(0n, 1n)]),
      reported(BOB, HOUR, [reading(900_000n, 0n)]),
    ];
    const pool = localMarketOf(logs, FIRST, HOUR);
    const [whole, half] = pool.periods;
    const terms: PoolTerms = { rule, localBps: 5_000n, coefficients: [] };
    const trades = whole && poolTrades(pool, whole, FIRST, terms);
    expect(trades?.[0]?.boughtMwh).toBe(traded);
    expect(trades?.[1]?.gotFromNeighbours).toBe(amount);
    // A meter that has not reported leaves the period open.
    expect(half && poolTrades(pool, half, FIRST, terms)).toBeUndefined();
    expect(whole && meteredOrders(whole, FIRST)).toEqual([
      { member: 0, side: 'bid', energyMwh: 700_000n, price: 33n },
      { member: 1, side: 'ask', energyMwh: 900_000n, price: 6n },
    ]);
  });
});

test('curves: the dearest bid and the cheapest ask first, energies added up', () => {
  const order = (side: 'bid' | 'ask', price: bigint, energyMwh: bigint) => ({ member: 0, side, energyMwh, price });
  const orders = [
    order('bid', 10n, 5n),
    order('ask', 7n, 4n),
    order('bid', 12n, 1n),
    order('ask', 3n, 2n),
    order('bid', 9n, 0n),
  ];
  expect(curveOf(orders, 'bid')).toEqual([
    { untilMwh: 1n, price: 12n },
    { untilMwh: 6n, price: 10n },
  ]);
  expect(curveOf(orders, 'ask')).toEqual([
    { untilMwh: 2n, price: 3n },
    { untilMwh: 6n, price: 7n },
  ]);
});
