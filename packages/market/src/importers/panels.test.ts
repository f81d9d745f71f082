import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { communityClock } from '../input/zone.js';
import { sum } from '../mechanism/common/split.js';
import { readCommunity } from './readCommunity.js';
import { sineAndCosine } from './trigonometry.js';

const EPW = {
  file: 'weather.epw',
  text: readFileSync(new URL('../../../../examples/community/formats/weather.epw', import.meta.url), 'utf8'),
};
const PACIFIC = communityClock({ kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds: -8 * 3_600 }] });

function production(date: string, minutes: number) {
  const steps = (24 * 60) / minutes;
  const rows = Array.from({ length: steps }, (_, index) => {
    const at = index * minutes;
    return `${date} ${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')},1`;
  });
  const load = { file: 'ann.csv', text: ['start,load kWh', ...rows].join('\n') };
  const panels = [{ home: 'ann', peakW: 5_000, tilt: 20, azimuth: 0, lossPercent: 14 }];
  return readCommunity([load, EPW], { clock: PACIFIC, panels }).series.homes[0]?.producedMwh ?? [];
}

test('five kilowatts in San Diego give what another model of the same hours gives, to 3 %', () => {
  // Of the column pv5kw_ac_kWh_model of san_diego_tmy3_722900_jul4-6.csv, which another program computed.
  for (const [date, kwh] of [
    ['2024-07-04', 30.148],
    ['2024-07-05', 23.085],
    ['2024-07-06', 26.359],
  ] as const) {
    const made = Number(sum(production(date, 60))) / 1e6;
    expect(Math.abs(made / kwh - 1)).toBeLessThan(0.03);
  }
});

test('shorter periods of an hour have the sun at its own place, and nearly its sum', () => {
  const [hours, quarters] = [production('2024-07-04', 60), production('2024-07-04', 15)];
  const [all, parts] = [Number(sum(hours)), Number(sum(quarters))];
  expect(Math.abs(parts / all - 1)).toBeLessThan(0.01);
  expect(new Set(quarters.slice(36, 40)).size).toBe(4);
  expect(hours.slice(0, 4)).toEqual([0n, 0n, 0n, 0n]);
});

test('the integers themselves, on every machine', () => {
  expect(production('2024-07-04', 60).slice(5, 12)).toMatchInlineSnapshot(`
    [
      125188n,
      836245n,
      1702201n,
      2462779n,
      3056195n,
      3430549n,
      3627951n,
    ]
  `);
});

test('sine and cosine are those of mathematics to 10^-14', () => {
  for (let step = -400; step <= 400; step += 1) {
    const angle = step / 31;
    const { sine, cosine } = sineAndCosine(angle);
    expect(Math.abs(sine - Math.sin(angle))).toBeLessThan(1e-14);
    expect(Math.abs(cosine - Math.cos(angle))).toBeLessThan(1e-14);
  }
});

test('weather without panels, panels without weather and hours without weather are refused', () => {
  const load = { file: 'ann.csv', text: 'start,load kWh\n2024-07-04 00:00,1\n2024-07-04 01:00,1' };
  const panels = [{ home: 'ann', peakW: 5_000, tilt: 20, azimuth: 0, lossPercent: 14 }];
  expect(() => readCommunity([load, EPW])).toThrow('nothing says which homes have panels');
  expect(() => readCommunity([load], { panels })).toThrow('no file holds weather');
  expect(() =>
    readCommunity([{ ...load, text: load.text.replaceAll('07-04', '07-09') }, EPW], { panels, clock: PACIFIC }),
  ).toThrow('no weather of month 7, day 9');
  expect(() =>
    readCommunity([load, EPW], { panels: panels.map((roof) => ({ ...roof, home: 'ben' })), clock: PACIFIC }),
  ).toThrow('no home called ben');
});
