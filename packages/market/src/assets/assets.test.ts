import { WattchainError } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOf } from '../input/time.js';
import { WALL_ZONE } from '../input/zone.js';
import { sum } from '../mechanism/common/split.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { type Assets, parseAssets } from './assetsFile.js';
import { dispatch } from './dispatch.js';

const KWH = 1_000_000n;
/** Hours from a Monday's midnight on. */
function seriesOf(load: readonly bigint[], pv: readonly bigint[], seconds = 3_600n): CommunitySeries {
  return {
    periodSeconds: seconds,
    periods: load.map((_, index) => {
      const start = 1_719_792_000n + seconds * BigInt(index);
      const minutes = (start / 60n) % 1_440n;
      return {
        start,
        date: dateOf(start),
        label: `${String(minutes / 60n).padStart(2, '0')}:${String(minutes % 60n).padStart(2, '0')}`,
      };
    }),
    homes: [{ name: 'ann', consumedMwh: load, producedMwh: pv }],
    rates: [],
    emptyColumns: 0,
    zone: WALL_ZONE,
  };
}
const pricesOf = (cents: readonly number[]) =>
  cents.map((cent) => ({ tariff: (BigInt(cent) * 10n ** 16n * 3n) / 20n, feedIn: 0n, gridFee: 0n, localFee: 0n }));
const assetsOf = (value: object): Assets => parseAssets('assets.json', JSON.stringify(value));
const kwh = (...values: readonly number[]) => values.map((value) => BigInt(Math.round(value * 1e6)));

describe('a battery', () => {
  test('takes surplus and covers needs, greedily, with its loss', () => {
    const battery = { home: 'ann', capacityKwh: 3, powerKw: 2, efficiencyPercent: 90 };
    const { series, homes } = dispatch(
      seriesOf(kwh(0, 0, 1, 1, 3), kwh(2.5, 3, 0, 0, 0)),
      assetsOf({ batteries: [battery] }),
      [],
    );
    // 2 kWh in, 1.8 stored; of 3 kWh what fills it: 1.2 / 0.9 = 1.333333; then 1, 1 and the last 1 kWh out.
    expect(series.homes[0]?.consumedMwh).toEqual([...kwh(2, 1.333333), ...kwh(1, 1, 3)]);
    expect(series.homes[0]?.producedMwh).toEqual([...kwh(2.5, 3, 1, 1), 3_000_000n - 2_000_000n - 1n]);
    expect(homes[0]).toMatchObject({
      chargedMwh: 3_333_333n,
      dischargedMwh: 2_999_999n,
      endMwh: 0n,
      lostMwh: 333_334n,
    });
  });

  test('with a price signal charges while energy is cheap and gives while it is dear', () => {
    const battery = {
      home: 'ann',
      capacityKwh: 10,
      powerKw: 2,
      efficiencyPercent: 100,
      chargeBelow: '0.20',
      dischargeAbove: '0.40',
    };
    const { series } = dispatch(
      seriesOf(kwh(1, 1, 1, 1), kwh(0, 0, 0, 0)),
      assetsOf({ batteries: [battery] }),
      pricesOf([20, 21, 39, 40]),
    );
    expect(series.homes[0]?.consumedMwh).toEqual(kwh(3, 1, 1, 1));
    expect(series.homes[0]?.producedMwh).toEqual(kwh(0, 0, 0, 1));
  });

  test('keeps energy, and stays between empty and full, whatever comes', () => {
    const energies = fc.array(fc.bigInt({ min: 0n, max: 20n * KWH }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(
        energies,
        energies,
        fc.record({
          capacity: fc.integer({ min: 1, max: 30_000 }),
          power: fc.integer({ min: 1, max: 20_000 }),
          efficiency: fc.integer({ min: 1, max: 1_000_000 }),
          part: fc.integer({ min: 0, max: 1_000 }),
          isSignal: fc.boolean(),
          importW: fc.option(fc.integer({ min: 1, max: 20_000 })),
          exportW: fc.option(fc.integer({ min: 0, max: 20_000 })),
          carW: fc.integer({ min: 1, max: 22_000 }),
          when: fc.constantFrom('first', 'cheapest'),
        }),
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 40, maxLength: 40 }),
        fc.constantFrom(3_600n, 900n, 60n),
        (load, pv, given, cents, seconds) => {
          const assets = assetsOf({
            batteries: [
              {
                home: 'ann',
                capacityKwh: given.capacity / 1_000,
                powerKw: given.power / 1_000,
                efficiencyPercent: given.efficiency / 10_000,
                startKwh: Math.floor((given.capacity * given.part) / 1_000) / 1_000,
                ...(given.isSignal ? { chargeBelow: '0.2', dischargeAbove: '0.4' } : {}),
              },
            ],
            cars: [{ home: 'ann', powerKw: given.carW / 1_000, energyKwh: 9.5, hours: '22-6', when: given.when }],
            connections: [
              {
                home: 'ann',
                ...(given.importW === null ? {} : { importKw: given.importW / 1_000 }),
                ...(given.exportW === null ? {} : { exportKw: given.exportW / 1_000 }),
              },
            ],
          });
          const before = seriesOf(load, pv, seconds);
          const { series, homes } = dispatch(before, assets, pricesOf(cents));
          const [home, flows] = [series.homes[0], homes[0]];
          if (home === undefined || flows === undefined) throw new TypeError('a home is lost');
          // In = out + lost + what is in it more than before.
          expect(flows.chargedMwh).toBe(flows.dischargedMwh + flows.lostMwh + flows.endMwh - flows.startMwh);
          expect(flows.lostMwh >= 0n && flows.endMwh >= 0n).toBe(true);
          expect(flows.endMwh <= (assets.batteries[0]?.capacityMwh ?? 0n)).toBe(true);
          expect(sum(home.consumedMwh) - sum(load)).toBe(flows.chargedMwh + flows.carsMwh);
          expect(sum(home.producedMwh) - sum(pv)).toBe(flows.dischargedMwh - flows.curtailedMwh);
          const exportLimit = given.exportW === null ? undefined : (BigInt(given.exportW) * 1_000n * seconds) / 3_600n;
          home.consumedMwh.forEach((consumed, period) => {
            const produced = home.producedMwh[period] ?? 0n;
            expect(consumed >= (load[period] ?? 0n) && produced >= 0n).toBe(true);
            if (exportLimit !== undefined) expect(produced - consumed <= exportLimit).toBe(true);
            // A battery never feeds the grid, and takes from it only by a signal.
            const [was, is] = [(load[period] ?? 0n) - (pv[period] ?? 0n), consumed - produced];
            if (was > 0n) expect(is >= 0n).toBe(true);
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a car', () => {
  const day = (hours: number) =>
    seriesOf(
      Array.from({ length: hours }, () => KWH),
      Array.from({ length: hours }, () => 0n),
    );

  test('is charged when its window opens, on the days on which it begins', () => {
    // Monday to Wednesday; windows begin on Monday and Wednesday at 22:00.
    const assets = assetsOf({ cars: [{ home: 'ann', powerKw: 4, energyKwh: 10, hours: '22-6', days: 'mon,wed' }] });
    const { series, homes } = dispatch(day(72), assets, []);
    const used = series.homes[0]?.consumedMwh.flatMap((energy, hour) => (energy === KWH ? [] : [[hour, energy - KWH]]));
    expect(used).toEqual([
      [22, 4n * KWH],
      [23, 4n * KWH],
      [24, 2n * KWH],
      [70, 4n * KWH],
      [71, 4n * KWH],
    ]);
    expect(homes[0]).toMatchObject({ carsMwh: 18n * KWH, missedMwh: 2n * KWH });
  });

  test('in the cheapest hours of its window, within what the connection lets in', () => {
    const cents = Array.from({ length: 34 }, (_, hour) => (hour === 25 || hour === 27 ? 10 : 30));
    const assets = assetsOf({
      cars: [{ home: 'ann', powerKw: 11, energyKwh: 10, hours: '22-6', when: 'cheapest' }],
      connections: [{ home: 'ann', importKw: 5 }],
    });
    const { series } = dispatch(day(34), assets, pricesOf(cents));
    const used = series.homes[0]?.consumedMwh.flatMap((energy, hour) => (energy === KWH ? [] : [[hour, energy - KWH]]));
    expect(used).toEqual([
      [22, 2n * KWH],
      [25, 4n * KWH],
      [27, 4n * KWH],
    ]);
  });
});

test('a connection curtails what it does not let out, and says what a load takes beyond it', () => {
  const assets = assetsOf({ connections: [{ home: 'ann', importKw: 2, exportKw: 1 }] });
  const { series, homes, notes } = dispatch(seriesOf(kwh(0.5, 3), kwh(4, 0)), assets, []);
  expect(series.homes[0]?.producedMwh).toEqual(kwh(1.5, 0));
  expect(homes[0]).toMatchObject({ curtailedMwh: 2_500_000n, beyondLimitMwh: KWH });
  expect(notes.join()).toContain('beyond the limit');
  expect(notes[0]).toMatch(/modelled.* connections curtailed 2\.500000 kWh/);
  expect(dispatch(seriesOf(kwh(1), kwh(0)), assetsOf({}), []).notes).toEqual([]);
});

test.each([
  [
    'a home that is not there',
    { batteries: [{ home: 'ben', capacityKwh: 1, powerKw: 1 }] },
    'there is no home called ben',
  ],
  [
    'a field that is none',
    { batteries: [{ home: 'ann', capacity: 1 }] },
    'assets.json, batteries[0], capacityKwh: it is missing',
  ],
  [
    'an efficiency above all',
    { batteries: [{ home: 'ann', capacityKwh: 1, powerKw: 1, efficiencyPercent: 101 }] },
    'efficiencyPercent',
  ],
  ['more in it than it holds', { batteries: [{ home: 'ann', capacityKwh: 1, powerKw: 1, startKwh: 2 }] }, 'startKwh'],
  ['two batteries', { batteries: [1, 2].map(() => ({ home: 'ann', capacityKwh: 1, powerKw: 1 })) }, 'ann stands twice'],
  [
    'half a signal',
    { batteries: [{ home: 'ann', capacityKwh: 1, powerKw: 1, chargeBelow: '0.1' }] },
    'belong together',
  ],
  [
    'hours that are none',
    { cars: [{ home: 'ann', powerKw: 1, energyKwh: 1, hours: 'night' }] },
    'cars[0], hours: "night" are no hours',
  ],
  ['a gigawatt', { connections: [{ home: 'ann', importKw: 1_000_000 }] }, 'more than a megawatt'],
  ['panels on end', { panels: [{ home: 'ann', peakKw: 5, tilt: 91 }] }, 'panels[0], tilt: it is 91'],
])('refuses %s', (_, value, message) => {
  let told = '';
  try {
    dispatch(seriesOf([KWH], [0n]), assetsOf(value), []);
  } catch (error) {
    if (!(error instanceof WattchainError)) throw error;
    told = `${error.message} ${error.hint}`;
  }
  expect(told).toContain(message);
});
