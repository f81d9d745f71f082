import { describe, expect, test } from 'vitest';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { type FeederLine, feedThrough, parseFeeder } from './feeder.js';

const START = 1_498_892_400n;

/** Homes over two hours; figures in kWh, load and production by hour. */
function seriesOf(homes: Readonly<Record<string, readonly [number, number][]>>): CommunitySeries {
  const mwh = (kwh: number) => BigInt(Math.round(kwh * 1_000_000));
  return {
    periodSeconds: 3_600n,
    periods: [0n, 1n].map((hour) => ({ start: START + hour * 3_600n, label: `0${7n + hour}:00`, date: '2017-07-01' })),
    homes: Object.entries(homes).map(([name, hours]) => ({
      name,
      consumedMwh: hours.map(([load]) => mwh(load)),
      producedMwh: hours.map(([, pv]) => mwh(pv)),
    })),
    rates: [],
    emptyColumns: 0,
    zone: { kind: 'wall' },
  };
}

const feederOf = (...lines: object[]) => parseFeeder('feeder.json', JSON.stringify({ lines }));
const ROOFS = seriesOf({
  a: [
    [1, 5],
    [1, 5],
  ],
  b: [
    [1, 3],
    [1, 0],
  ],
  c: [
    [2, 0],
    [6, 0],
  ],
});
const producedBy = (series: CommunitySeries) => series.homes.map(({ producedMwh }) => producedMwh);

describe('lines of a feeder', () => {
  test('what goes out beyond a limit is not produced, each home by its surplus', () => {
    const fed = feedThrough(ROOFS, feederOf({ name: 'branch', homes: ['a', 'b'], exportKw: '3' }));
    // 4 and 2 kWh of surplus are 3 too many: 2 of the first, 1 of the second; in the second hour 4 less the load of 1.
    expect(producedBy(fed.series)).toEqual([
      [3_000_000n, 5_000_000n],
      [2_000_000n, 0n],
      [0n, 0n],
    ]);
    expect(fed.lines[0]?.curtailedMwh).toBe(3_000_000n);
    expect(fed.series.homes.map(({ consumedMwh }) => consumedMwh)).toEqual(
      ROOFS.homes.map(({ consumedMwh }) => consumedMwh),
    );
  });

  test('a neighbour behind the same line takes what would be too much', () => {
    const fed = feedThrough(ROOFS, feederOf({ name: 'transformer', homes: ['a', 'b', 'c'], exportKw: '4' }));
    expect(fed.lines[0]?.curtailedMwh).toBe(0n);
    expect(fed.series).toEqual(ROOFS);
  });

  test('lines hold in their order, and a period has limits of its own', () => {
    const fed = feedThrough(
      ROOFS,
      feederOf(
        { name: 'branch', homes: ['a', 'b'], exportKw: '3' },
        { name: 'transformer', homes: ['a', 'b', 'c'], periods: [{ start: String(START), exportKw: '0.5' }] },
      ),
    );
    // The branch leaves 3 kWh, of which c takes 2: half a kilowatt-hour more is cut, by what is left of the surpluses, 2 and 1.
    expect(fed.lines.map(({ curtailedMwh }) => curtailedMwh)).toEqual([3_000_000n, 500_000n]);
    expect(producedBy(fed.series)[0]?.[0]).toBe(2_666_666n);
    expect(producedBy(fed.series)[1]?.[0]).toBe(1_833_334n);
  });

  test('loads beyond a limit are told and not changed', () => {
    const fed = feedThrough(ROOFS, feederOf({ name: 'branch', homes: ['c'], importKw: '4' }));
    expect(fed.lines[0]).toMatchObject({ beyondMwh: 2_000_000n, beyondPeriods: 1, curtailedMwh: 0n });
    expect(fed.notes.join()).toMatch(/take 2\.000000 kWh more than it lets through, in 1 period;/);
  });

  test('the balance is between the line’s own meter and what homes told, before anything is curtailed', () => {
    const periods = [
      { start: String(START), countedKwh: '-3.9' },
      { start: String(START + 3_600n), countedKwh: '3.1' },
    ];
    const fed = feedThrough(ROOFS, feederOf({ name: 't', homes: ['a', 'b', 'c'], exportKw: '1', periods }));
    expect(fed.lines[0]).toMatchObject({ countedPeriods: 2, countedMwh: -800_000n, toldMwh: -1_000_000n });
    expect(fed.notes.join()).toContain('the balance of 0.200000 kWh');
  });

  test('parts of whole milliwatt-hours make the whole', () => {
    const odd = seriesOf({
      a: [
        [0, 1],
        [0, 0],
      ],
      b: [
        [0, 1],
        [0, 0],
      ],
      c: [
        [0, 1],
        [0, 0],
      ],
    });
    const fed = feedThrough(odd, feederOf({ name: 't', homes: ['a', 'b', 'c'], exportKw: '2' }));
    expect(producedBy(fed.series).map(([first]) => first)).toEqual([666_666n, 666_667n, 666_667n]);
  });
});

describe('what a feeder cannot be', () => {
  test.each<[string, object, RegExp]>([
    ['no homes', { name: 't' }, /names none/],
    ['a home twice', { name: 't', homes: ['a', 'a'] }, /one twice/],
    ['a number for a home', { name: 't', homes: [1] }, /homes\[0\]: it is no text/],
    ['a start twice', { name: 't', homes: ['a'], periods: [{ start: '1' }, { start: '1' }] }, /1 stands twice/],
    ['a limit below 0', { name: 't', homes: ['a'], exportKw: '-1' }, /exportKw/],
    ['a word that is none', { name: 't', homes: ['a'], exportKW: '1' }, /exportKW: it is unknown/],
  ])('%s', (_, line, message) => {
    expect(() => feederOf(line)).toThrow(message);
  });

  test('without lines, or with one twice', () => {
    expect(() => feederOf()).toThrow('there are 0');
    const line = { name: 't', homes: ['a'] };
    expect(() => feederOf(line, line)).toThrow('t stands twice');
  });

  test('with a home or a period that is not in the data', () => {
    expect(() => feedThrough(ROOFS, feederOf({ name: 't', homes: ['z'] }))).toThrow('no home called z');
    const within: FeederLine[] = feederOf({ name: 't', homes: ['a'], periods: [{ start: String(START + 60n) }] });
    expect(() => feedThrough(ROOFS, within)).toThrow(`no period begins at ${START + 60n}`);
    // Of a longer file the rest is not looked at.
    const longer = feederOf({ name: 't', homes: ['a'], periods: [{ start: String(START + 86_400n), exportKw: '0' }] });
    expect(feedThrough(ROOFS, longer).series).toEqual(ROOFS);
  });
});
