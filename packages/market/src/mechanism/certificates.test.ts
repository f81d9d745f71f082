import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issueCertificates, type ProducedPeriod } from './certificates.js';
import { sum } from './common/split.js';

const KWH = 1_000_000n;
const from = (start: bigint, resolution: bigint, produced: readonly (bigint | undefined)[]): ProducedPeriod[] =>
  produced.map((producedMwh, index) => ({ periodStart: start + BigInt(index) * resolution, producedMwh }));

describe('certificates by the hour', () => {
  // By hand: 0.4 kWh carried, then 0.7, 0, 2.3 and 0.5 kWh: 1.1, 0.1, 2.4, 0.9.
  it('carry what is below a kilowatt-hour to the next hour', () => {
    expect(issueCertificates(400_000n, from(7_200n, 3_600n, [700_000n, 0n, 2_300_000n, 500_000n]), 3_600n)).toEqual({
      hours: [
        { hour: 7_200n, certificates: 1n },
        { hour: 14_400n, certificates: 2n },
      ],
      remainderMwh: 900_000n,
    });
  });

  it('count the quarters of an hour together, and a skipped one as nothing', () => {
    const quarters = [300_000n, undefined, 400_000n, 300_000n, 0n, 0n, 0n, 999_999n];
    expect(issueCertificates(0n, from(0n, 900n, quarters), 900n)).toEqual({
      hours: [{ hour: 0n, certificates: 1n }],
      remainderMwh: 999_999n,
    });
  });

  const produced = fc.array(fc.bigInt({ min: 0n, max: 3n * KWH }), { minLength: 1, maxLength: 24 });

  it('never certify an energy twice: floor(Σ produced), however hours are cut into calls, and what is below carried', () => {
    fc.assert(
      fc.property(produced, fc.bigInt({ min: 0n, max: KWH - 1n }), fc.nat(24), (energies, remainder, cut) => {
        const hours = from(0n, 3_600n, energies);
        const whole = issueCertificates(remainder, hours, 3_600n);
        const first = issueCertificates(remainder, hours.slice(0, cut), 3_600n);
        const second = issueCertificates(first.remainderMwh, hours.slice(cut), 3_600n);
        expect([...first.hours, ...second.hours]).toEqual(whole.hours);
        expect(second.remainderMwh).toBe(whole.remainderMwh);
        const issued = sum(whole.hours.map(({ certificates }) => certificates));
        expect(issued * KWH + whole.remainderMwh).toBe(remainder + sum(energies));
        expect(whole.remainderMwh < KWH).toBe(true);
      }),
    );
  });

  it('are the same by the quarter as by the hour', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: KWH }), { minLength: 4, maxLength: 4 }), (quarters) => {
        const byQuarter = issueCertificates(5n, from(3_600n, 900n, quarters), 900n);
        expect(issueCertificates(5n, from(3_600n, 3_600n, [sum(quarters)]), 3_600n)).toEqual(byQuarter);
      }),
    );
  });

  it.each([
    ['half an hour', from(0n, 1_800n, [1n]), 1_800n],
    ['hours that begin in between', from(900n, 3_600n, [1n]), 3_600n],
    ['periods that do not make up an hour', from(0n, 1_000n, [1n]), 1_000n],
    ['a hole', [...from(0n, 3_600n, [1n]), ...from(7_200n, 3_600n, [1n])], 3_600n],
    ['a period twice', [...from(0n, 3_600n, [1n]), ...from(0n, 3_600n, [1n])], 3_600n],
  ])('refuse %s', (_, periods, resolution) => {
    expect(() => issueCertificates(0n, periods, resolution)).toThrow(/are no hours/);
  });
});
