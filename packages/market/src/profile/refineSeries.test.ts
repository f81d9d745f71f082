import { describe, expect, it } from 'vitest';
import { parseSeries } from './parseSeries.js';
import { refineSeries } from './refineSeries.js';

const series = parseSeries({
  file: 'two.csv',
  text: 'time,tariff_usd_per_kWh,load1_kWh,load2_kWh,pv1_kWh,pv2_kWh\n2017-07-01T00:00,0.22,1.000001,0.5,0,2\n2017-07-01T01:00,0.54,0.000001,0,0.7,0\n',
});
const sum = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n);

describe('finer periods', () => {
  it.each([4, 12, 60])('%d parts of an hour sum to it exactly, drawn or even', (parts) => {
    for (const how of [{ seed: 1 }, 'even'] as const) {
      const fine = refineSeries(series, parts, how);
      expect([fine.periods.length, fine.periodSeconds]).toEqual([2 * parts, 3_600n / BigInt(parts)]);
      fine.homes.forEach((home, index) => {
        for (const column of ['producedMwh', 'consumedMwh'] as const)
          for (const hour of [0, 1])
            expect(sum(home[column].slice(hour * parts, (hour + 1) * parts))).toBe(series.homes[index]?.[column][hour]);
      });
      expect(fine.rates[0]?.values[parts]).toBe(540_000_000_000_000_000n);
    }
  });

  it('the seed decides the drawn parts; even ones differ by a unit at most', () => {
    const of = (how: Parameters<typeof refineSeries>[2]) => refineSeries(series, 4, how).homes[0]?.consumedMwh ?? [];
    expect(of({ seed: 1 })).toEqual(of({ seed: 1 }));
    expect(of({ seed: 1 })).not.toEqual(of({ seed: 2 }));
    expect(of('even').slice(0, 4)).toEqual([250_000n, 250_000n, 250_000n, 250_001n]);
  });

  it('follow each other by the clock, and parts of no whole minutes are refused', () => {
    expect(refineSeries(series, 4, 'even').periods.slice(3, 6)).toEqual([
      { start: (series.periods[0]?.start ?? 0n) + 2_700n, label: '00:45', date: '2017-07-01' },
      { start: series.periods[1]?.start, label: '01:00', date: '2017-07-01' },
      { start: (series.periods[1]?.start ?? 0n) + 900n, label: '01:15', date: '2017-07-01' },
    ]);
    for (const parts of [0, 7, 120])
      expect(() => refineSeries(series, parts, 'even')).toThrow('parts of whole minutes');
  });
});
