import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_UNITS, operationsOver, PRIME, renderField, unitLimb } from '../../scripts/generateField.mjs';
import { createCurve, ELEMENT, ENTRY, FIRST_FREE, MAX_MULTIPLES, ONE, POINT } from './curve.js';
import { createField, type Field } from './field.js';

/** What a limb may be. */
interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

const between = (low: bigint, high: bigint): Interval => {
  // The bound itself: nothing wraps, so arithmetic modulo 2^64 is arithmetic.
  if (low < 0n || high >= 2n ** 64n || low > high) expect.fail(`a limb from ${low} to ${high}`);
  return { low, high };
};

/** The generator's operations over intervals. */
const operations = operationsOver<Interval>({
  constant: (value) => between(value, value),
  add: (a, b) => between(a.low + b.low, a.high + b.high),
  subtract: (a, b) => between(a.low - b.high, a.high - b.low),
  multiply: (a, b) => between(a.low * b.low, a.high * b.high),
  shift: (a, bits) => between(a.low >> bits, a.high >> bits),
  mask: (a, mask) => (a.high <= mask ? a : between(0n, mask)),
  name: (value) => value,
});

/** The most that an element of so many units may be. */
const units = (count: number): Interval[] =>
  Array.from({ length: ELEMENT }, (_, i) => between(0n, BigInt(count) * unitLimb(i)));

/** A field whose elements are intervals, to run the formulas over. */
class Bounds {
  readonly #elements = new Map<number, readonly Interval[]>();
  readonly field: Field;

  constructor() {
    this.set(ONE, 1);
    const entries = Object.entries(operations).map(([name, operation]) => {
      const run = (o: number, ...places: number[]) => {
        const result = operation(...places.map((place) => this.get(place)));
        this.#elements.set(o, result);
        if (name === 'multiply' || name === 'square') this.expectWithin(o, 1);
      };
      return [name, run];
    });
    this.field = Object.fromEntries(entries) as Field;
  }

  get(place: number): readonly Interval[] {
    const element = this.#elements.get(place);
    if (element === undefined) return expect.fail(`nothing stands at ${place}`);
    return element;
  }

  /** Elements in a row of so many units. */
  set(place: number, ...counts: readonly number[]): void {
    for (const [i, count] of counts.entries()) this.#elements.set(place + i * ELEMENT, units(count));
  }

  expectWithin(place: number, ...counts: readonly number[]): void {
    for (const [i, count] of counts.entries()) {
      for (const [limb, { high }] of this.get(place + i * ELEMENT).entries()) {
        expect(high, `limb ${limb} of element ${i}`).toBeLessThanOrEqual(BigInt(count) * unitLimb(limb));
      }
    }
  }
}

describe('the bounds of limbs', () => {
  it('hold in products of elements whose units have a product below the limit', () => {
    for (let m = 1; m <= MAX_UNITS; m++) {
      const n = Math.floor(MAX_UNITS / m);
      const bounds = new Bounds();
      bounds.set(FIRST_FREE, m, n);
      bounds.field.multiply(FIRST_FREE + 50, FIRST_FREE, FIRST_FREE + ELEMENT);
      bounds.field.multiply(FIRST_FREE + 50, FIRST_FREE + ELEMENT, FIRST_FREE);
      if (m <= n) bounds.field.square(FIRST_FREE + 50, FIRST_FREE);
    }
  });

  it('are noticed when they do not hold', () => {
    const bounds = new Bounds();
    bounds.set(FIRST_FREE, 1, 550);
    expect(() => bounds.field.multiply(FIRST_FREE, FIRST_FREE, FIRST_FREE + ELEMENT)).toThrow('limb');
    bounds.set(FIRST_FREE, 1, 11);
    expect(() => bounds.field.subtractLong(FIRST_FREE, FIRST_FREE, FIRST_FREE + ELEMENT)).toThrow('a limb from');
  });

  it('hold in doublings and sums, whose results stay within what they start from', () => {
    const [p, q, moved] = [FIRST_FREE, FIRST_FREE + POINT, FIRST_FREE + POINT + ENTRY];
    const bounds = new Bounds();
    const curve = createCurve(bounds.field);
    const reset = () => {
      bounds.set(p, 10, 10, 2);
      bounds.set(q, 10, 10);
    };
    reset();
    curve.double(p);
    bounds.expectWithin(p, 10, 10, 2);
    for (const isMinus of [false, true]) {
      reset();
      curve.addEntry(p, q, isMinus);
      bounds.expectWithin(p, 10, 10, 2);
      reset();
      bounds.field.multiply(moved, p + 2 * ELEMENT, q);
      curve.addEntry(p, q, isMinus, moved);
      bounds.expectWithin(p, 10, 10, 2);
    }
    bounds.set(q, 10, 3);
    for (const isMinus of [false, true]) {
      curve.startWith(p, q, isMinus);
      bounds.expectWithin(p, 10, 10, 2);
    }
    reset();
    curve.scaleEntry(q, p, p + 2 * ELEMENT);
    bounds.expectWithin(q, 1, 1);
  });

  it('hold in a table of odd multiples, in inverses and in roots', () => {
    const [base, z, table] = [FIRST_FREE, FIRST_FREE + ENTRY, FIRST_FREE + POINT];
    const bounds = new Bounds();
    const curve = createCurve(bounds.field);
    bounds.set(base, 1, 1);
    curve.oddMultiples(table, z, base, MAX_MULTIPLES);
    for (let i = 0; i < MAX_MULTIPLES; i++) bounds.expectWithin(table + i * ENTRY, 10, 3);
    bounds.expectWithin(z, 1);
    bounds.set(base, 2);
    curve.invert(z, base);
    curve.squareRoot(z, base);
  });
});

describe('the generated field', () => {
  const memory = new BigUint64Array(100);
  const field = createField(memory);
  const read = (place: number) =>
    Array.from({ length: ELEMENT }, (_, i) => (memory[place + i] as bigint) << BigInt(26 * i)).reduce((a, b) => a + b);
  const modulo = (value: bigint) => ((value % PRIME) + PRIME) % PRIME;

  it('is committed as the generator writes it (else run scripts/generateField.mjs)', () => {
    expect(readFileSync(new URL('./field.ts', import.meta.url), 'utf8')).toBe(renderField());
  });

  /** Limbs up to so many units, with the extremes more often than chance has them. */
  const elements = (count: number) =>
    fc.tuple(
      ...Array.from({ length: ELEMENT }, (_, i) => {
        const max = BigInt(count) * unitLimb(i);
        return fc.oneof(fc.constantFrom(0n, 1n, max - 1n, max), fc.bigInt({ min: 0n, max }));
      }),
    );

  const SIZES: Record<keyof Field, readonly number[]> = {
    multiply: [15, 20],
    square: [17],
    add: [10, 10],
    twice: [10],
    thrice: [10],
    copy: [10],
    negate: [3],
    subtractShort: [10, 1],
    subtractX: [10, 5],
    subtractLong: [10, 10],
    negateSum: [1, 10],
    subtractEight: [10, 1],
    fourMinus: [10, 10],
    subtractTwo: [10, 1, 1],
  };
  const VALUES: Record<keyof Field, (a: bigint, b: bigint, c: bigint) => bigint> = {
    multiply: (a, b) => a * b,
    square: (a) => a * a,
    add: (a, b) => a + b,
    twice: (a) => 2n * a,
    thrice: (a) => 3n * a,
    copy: (a) => a,
    negate: (a) => -a,
    subtractShort: (a, b) => a - b,
    subtractX: (a, b) => a - b,
    subtractLong: (a, b) => a - b,
    negateSum: (a, b) => -a - b,
    subtractEight: (a, b) => a - 8n * b,
    fourMinus: (a, b) => 4n * a - b,
    subtractTwo: (a, b, c) => a - b - 2n * c,
  };

  it.each(Object.keys(SIZES) as (keyof Field)[])('computes %s as whole numbers do, also in place', (name) => {
    const sizes = SIZES[name];
    fc.assert(
      fc.property(fc.tuple(...sizes.map(elements)), fc.integer({ min: 0, max: sizes.length }), (values, target) => {
        for (const [i, value] of values.entries()) memory.set(value, i * ELEMENT);
        const [a = 0n, b = 0n, c = 0n] = values.map((_, i) => read(i * ELEMENT));
        const places = values.map((_, i) => i * ELEMENT);
        (field[name] as (o: number, ...places: number[]) => void)(target * ELEMENT, ...places);
        expect(modulo(read(target * ELEMENT))).toBe(modulo(VALUES[name](a, b, c)));
      }),
      { numRuns: 300 },
    );
  });
});
