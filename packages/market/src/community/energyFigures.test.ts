import fc from 'fast-check';
import { type Address, stringToHex } from 'viem';
import { describe, expect, test } from 'vitest';
import { communityAt, communityOf as communityOfEvents, exchangesOf, householdsOf } from './community.js';
import { communityFigures, energyFigures, formatShare, homesOf } from './energyFigures.js';
import type { MarketEvent } from './marketEvents.js';

const person = (digit: string): Address => `0x${digit.repeat(40)}`;
const [ANN, BOB, GATEWAY, STRANGER] = [person('a'), person('b'), person('c'), person('d')];
const meter = (name: string) => stringToHex(name, { size: 32 });
const event = (eventName: string, args: object) => ({ eventName, args }) as unknown as MarketEvent;
const registered = (name: string, household: Address) =>
  event('MeterRegistered', { meter: meter(name), household, source: GATEWAY, isDevice: false });
const HOUR = 3600n;
const communityOf = (events: readonly MarketEvent[]) => communityOfEvents(events, HOUR);
const read = (name: string, periodStart: bigint, producedMwh: bigint, consumedMwh: bigint) =>
  event('Reading', { meter: meter(name), periodStart, producedMwh, consumedMwh });
const corrected = (name: string, periodStart: bigint, oldProducedMwh: bigint, newProducedMwh: bigint) =>
  event('Corrected', {
    meter: meter(name),
    periodStart,
    registrar: STRANGER,
    source: GATEWAY,
    oldProducedMwh,
    oldConsumedMwh: 0n,
    newProducedMwh,
    newConsumedMwh: 0n,
  });
let lastTrade = 0n;
function traded(name: string, seller: Address, buyer: Address, periodStart: bigint, energyMwh: bigint): MarketEvent[] {
  lastTrade += 1n;
  return [
    event('Accepted', { tradeId: lastTrade, meter: meter(name), periodStart, seller, buyer }),
    event('Settled', { tradeId: lastTrade, seller, buyer, settledMwh: energyMwh, paid: energyMwh }),
  ];
}
const ann = registered('ann', ANN);
const bob = registered('bob', BOB);

describe('a community from its events', () => {
  test('knows meters with their owner and the source of their readings, these, and what was delivered', () => {
    const events = [
      ann,
      event('SourceChanged', { meter: meter('ann'), source: STRANGER, isDevice: true }),
      read('ann', 0n, 900n, 200n),
      ...traded('ann', ANN, BOB, 0n, 600n),
      ...traded('ann', ANN, BOB, 0n, 0n),
    ];
    const { meters, flows } = communityOf(events);
    expect(meters).toEqual([
      {
        meter: meter('ann'),
        owner: ANN,
        source: STRANGER,
        isDevice: true,
        readings: [{ start: 0n, producedMwh: 900n, consumedMwh: 200n, corrections: [] }],
      },
    ]);
    expect(flows.map(({ energyMwh }) => energyMwh)).toEqual([600n, 0n]);
    expect(exchangesOf(flows)).toEqual([{ seller: ANN, buyer: BOB, energyMwh: 600n, paid: 600n }]);
  });

  test('a corrected reading counts as it is now, and knows what it was; a skipped period comes in where it belongs', () => {
    const events = [ann, read('ann', 0n, 900n, 0n), read('ann', 2n * HOUR, 5n, 0n)];
    const after = [corrected('ann', 0n, 900n, 700n), corrected('ann', HOUR, 0n, 4n), corrected('ann', 0n, 700n, 800n)];
    const community = communityOf([...events, ...after]);
    expect(community.meters[0]?.readings.map(({ start, producedMwh }) => [start, producedMwh])).toEqual([
      [0n, 800n],
      [HOUR, 4n],
      [2n * HOUR, 5n],
    ]);
    const changes = community.meters[0]?.readings.map(({ corrections }) =>
      corrections.map(({ oldProducedMwh, newProducedMwh }) => [oldProducedMwh, newProducedMwh]),
    );
    expect(changes).toEqual([
      [
        [900n, 700n],
        [700n, 800n],
      ],
      [[0n, 4n]],
      [],
    ]);
    expect(communityFigures(community)).toMatchObject({ producedMwh: 809n, readings: 3, missing: 0 });
  });

  test('a household with two meters is one home', () => {
    const community = communityOf([ann, registered('garage', ANN), bob]);
    expect(householdsOf(community).map(({ meters }) => meters.length)).toEqual([2, 1]);
    const [home] = homesOf(communityOf([...[ann, registered('garage', ANN)], read('garage', 0n, 0n, 400n)]));
    expect(home?.periods).toMatchObject([{ unread: 1, readings: [{ consumedMwh: 400n }] }]);
  });

  test('what was settled without the acceptance that a page has not read yet is left out', () => {
    expect(communityOf(traded('ann', ANN, BOB, 0n, 600n).slice(1)).flows).toEqual([]);
  });
});

describe('figures', () => {
  test('claim nothing of a home that was not read', () => {
    // Bob bought 600, and nobody knows what bob consumed.
    const community = communityOf([ann, bob, read('ann', 0n, 900n, 280n), ...traded('ann', ANN, BOB, 0n, 600n)]);
    const figures = communityFigures(community);
    expect(figures).toMatchObject({ consumedMwh: 280n, soldMwh: 600n, boughtMwh: 600n, readings: 1, missing: 1 });
    expect(formatShare(figures.coveredMwh, figures.consumedMwh)).toBe('100.0 %');
    const [, home] = homesOf(community);
    expect(energyFigures(home?.periods ?? [])).toMatchObject({ consumedMwh: 0n, readings: 0, missing: 1 });
  });

  test('know which hours of a day a home lacks', () => {
    const events = [ann, bob, read('ann', 0n, 5n, 1n), read('ann', 3600n, 5n, 1n), read('bob', 0n, 0n, 9n)];
    expect(communityFigures(communityOf(events))).toMatchObject({ readings: 3, missing: 1 });
    expect(communityFigures(communityAt(communityOf(events), (start) => start === 0n)).missing).toBe(0);
  });

  test('what a household buys covers what its other meter consumes', () => {
    const events = [ann, bob, registered('flat', BOB), read('bob', 0n, 100n, 0n), read('flat', 0n, 0n, 700n)];
    const figures = communityFigures(communityOf([...events, ...traded('ann', ANN, BOB, 0n, 600n)]));
    expect([figures.coveredMwh, figures.consumedMwh, figures.ownUseMwh]).toEqual([600n, 700n, 0n]);
  });

  test('no share exceeds the whole, whatever was traded and read', () => {
    const energy = fc.bigInt(0n, 50n);
    const reading = fc.record({ producedMwh: energy, consumedMwh: energy });
    const period = fc.record({
      readings: fc.array(reading, { maxLength: 2 }),
      unread: fc.nat(2),
      soldMwh: energy,
      boughtMwh: energy,
    });
    fc.assert(
      fc.property(fc.array(period, { maxLength: 8 }), (periods) => {
        const all = energyFigures(periods);
        expect(all.coveredMwh <= all.consumedMwh && all.usedMwh <= all.producedMwh).toBe(true);
        expect(all.ownUseMwh <= all.coveredMwh && all.ownUseMwh <= all.usedMwh).toBe(true);
        expect(all.producedMwh - all.surplusMwh).toBe(all.consumedMwh - all.needMwh);
      }),
      { numRuns: 200 },
    );
  });
});

test('a community of many periods takes as long as its readings are many', () => {
  let looks = 0;
  const readingsOf = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      get start() {
        looks += 1;
        return BigInt(i) * HOUR;
      },
      producedMwh: 1n,
      consumedMwh: 1n,
      corrections: [],
    }));
  const home = (name: string, owner: Address, readings: ReturnType<typeof readingsOf>) => {
    return { meter: meter(name), owner, source: GATEWAY, isDevice: false, readings };
  };
  const meters = [home('ann', ANN, readingsOf(4_000)), home('bob', BOB, readingsOf(3_600))];
  const homes = homesOf({ periodSeconds: HOUR, meters, flows: [] });
  const missing = homes.map(({ periods }) => periods.filter(({ unread }) => unread > 0).length);
  expect(missing).toEqual([0, 400]);
  expect(looks).toBeLessThan(20 * 7_600);
});
