import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD_PRIME } from './fieldElements.js';
import {
  BETA,
  CURVE_ORDER,
  invertScalar,
  invertScalars,
  LAMBDA,
  MAX_DIGITS,
  signedDigits,
  splitScalar,
} from './scalar.js';

const scalars = fc.oneof(
  fc.bigInt({ min: 1n, max: CURVE_ORDER - 1n }),
  fc.constantFrom(1n, 2n, CURVE_ORDER - 1n, CURVE_ORDER / 2n, CURVE_ORDER / 2n + 1n, LAMBDA, CURVE_ORDER - LAMBDA),
);
const modulo = (value: bigint) => ((value % CURVE_ORDER) + CURVE_ORDER) % CURVE_ORDER;

describe('scalars', () => {
  it('have third roots of 1 that belong together', () => {
    expect([(LAMBDA ** 2n + LAMBDA + 1n) % CURVE_ORDER, (BETA ** 2n + BETA + 1n) % FIELD_PRIME]).toEqual([0n, 0n]);
  });

  it('fall into halves of 128 bits', () => {
    fc.assert(
      fc.property(scalars, (k) => {
        const [half, lambdaHalf] = splitScalar(k);
        expect(modulo(half + lambdaHalf * LAMBDA)).toBe(k);
        for (const part of [half, lambdaHalf]) expect(part < 0n ? -part : part).toBeLessThan(1n << 128n);
      }),
      { numRuns: 2000 },
    );
  });

  it('have inverses, alone and in a list', () => {
    fc.assert(
      fc.property(fc.array(scalars, { maxLength: 8 }), (values) => {
        const inverses = invertScalars(values);
        expect(inverses).toEqual(values.map(invertScalar));
        for (const [i, value] of values.entries()) expect(modulo(value * (inverses[i] as bigint))).toBe(1n);
      }),
    );
  });

  it('have sparse signed digits', () => {
    const halves = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      fc.constantFrom(0n, 1n, 2n ** 128n - 1n, 2n ** 127n, 2n ** 128n - 2n ** 64n, 2n ** 32n - 1n),
    );
    fc.assert(
      fc.property(
        halves,
        fc.boolean(),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        (half, isMinus, width, step) => {
          const k = isMinus ? -half : half;
          const interleaved = new Int8Array(step * MAX_DIGITS).fill(77);
          const count = signedDigits(interleaved, k, width, step - 1, step);
          const digits = interleaved.filter((_, i) => i % step === step - 1);
          // Those of other scalars stay as they are.
          expect(interleaved.filter((digit) => digit === 77)).toHaveLength(
            (step - 1) * MAX_DIGITS + digits.filter((digit) => digit === 77).length,
          );
          const used = [...digits.entries()].filter(([, digit]) => digit !== 0);
          expect(used.reduce((sum, [i, digit]) => sum + BigInt(digit) * 2n ** BigInt(i), 0n)).toBe(k);
          expect(count).toBe(used.length === 0 ? 0 : (used.at(-1)?.[0] as number) + 1);
          for (const [n, [i, digit]] of used.entries()) {
            expect([Math.abs(digit) % 2, Math.abs(digit) < 2 ** (width - 1)]).toEqual([1, true]);
            if (n > 0) expect(i - (used[n - 1]?.[0] as number)).toBeGreaterThanOrEqual(width);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are refused as halves when they are too large', () => {
    expect(() => signedDigits(new Int8Array(MAX_DIGITS), 1n << 128n, 5)).toThrow('128 bits');
    expect(() => signedDigits(new Int8Array(MAX_DIGITS), -(1n << 128n), 5)).toThrow('128 bits');
  });
});
