import type { Field } from './field.js';

/**
 * Points of secp256k1, y² = x³ + 7, as formulas over the field's operations. An *element* is a place in the limbs of
 * `field.ts`; an *entry* is two elements in a row, x and y; a *point* is three, X, Y and Z, in Jacobian coordinates:
 * x = X / Z², y = Y / Z³.
 *
 * Bounds, which the tests prove by running these very formulas over intervals: X and Y of a point stay within 10 units, Z
 * within 2, both elements of an entry within 10; y of one that a point starts with within 3.
 */

/** Limbs of an element, and so the distance between neighbours. */
export const ELEMENT = 10;
export const ENTRY = 2 * ELEMENT;
export const POINT = 3 * ELEMENT;
const [Y, Z] = [ELEMENT, 2 * ELEMENT];

// What the formulas use on their way: places 0 to 7 in a sum or a doubling, the next in an inverse or a root.
const [T0, T1, T2, T3, T4, T5, T6, T7] = [0, 10, 20, 30, 40, 50, 60, 70];
const [X2, X3, X6, X9, X11, X22, X44, X88, X176, X220, X223] = [80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180];
const RAISED = 190;
/** Where the caller stores 1. */
export const ONE = 200;
const STEP = 210;
const RUNNING = 240;
const SCALE = 270;
const RATIOS = 280;
/** Most entries of a table of odd multiples. */
export const MAX_MULTIPLES = 8;
/** Places from here on are the caller's. */
export const FIRST_FREE: number = RATIOS + MAX_MULTIPLES * ELEMENT;

/** The formulas over these operations. */
export type Curve = ReturnType<typeof createCurve>;

/** The formulas over a field. */
export function createCurve(field: Field) {
  // Each by its own name, so that V8 knows which function it calls.
  const { multiply, square, copy, negate, twice, thrice, fourMinus } = field;
  const { subtractShort, subtractX, subtractLong, subtractTwo, subtractEight, negateSum } = field;

  /** p = 2p; no point of this curve is its own opposite. */
  function double(p: number): void {
    square(T0, p);
    thrice(T4, T0);
    square(T1, p + Y);
    multiply(T2, p, T1);
    square(T3, T1);
    multiply(T5, p + Y, p + Z);
    twice(p + Z, T5);
    square(T6, T4);
    subtractEight(p, T6, T2);
    fourMinus(T7, T2, p);
    multiply(T6, T4, T7);
    subtractEight(p + Y, T6, T3);
  }

  /**
   * p = p + q, or p − q, for an entry q of the curve that p is on; or of another one, as `oddMultiples` makes them, on which Z of p is what stands at `z`. Z of the sum is Z of p times a ratio, which is left in {@link T1}. Where p and q are
   * equal or opposite the ratio is zero, and so is Z of whatever is made of the sum: the caller sees it at the end.
   */
  function addEntry(p: number, q: number, isMinus: boolean, z: number = p + Z): void {
    square(T0, z);
    multiply(T1, q, T0);
    multiply(T2, z, T0);
    multiply(T3, q + Y, T2);
    subtractLong(T1, T1, p);
    if (isMinus) negateSum(T3, T3, p + Y);
    else subtractLong(T3, T3, p + Y);
    square(T4, T1);
    multiply(T5, T1, T4);
    multiply(T6, p, T4);
    multiply(p + Z, p + Z, T1);
    square(T0, T3);
    subtractTwo(p, T0, T5, T6);
    subtractX(T6, T6, p);
    multiply(T7, T3, T6);
    multiply(T4, p + Y, T5);
    subtractShort(p + Y, T7, T4);
  }

  /** p = q, or −q, for an entry q. */
  function startWith(p: number, q: number, isMinus: boolean): void {
    copy(p, q);
    if (isMinus) negate(p + Y, q + Y);
    else copy(p + Y, q + Y);
    copy(p + Z, ONE);
  }

  /** entry = (x · z², y · z³): the entry of a point (X, Y, 1 / z), or an entry brought to another curve, see `oddMultiples`. */
  function scaleEntry(o: number, entry: number, z: number): void {
    square(T0, z);
    multiply(T1, T0, z);
    multiply(o, entry, T0);
    multiply(o + Y, entry + Y, T1);
  }

  /**
   * Entries of b, 3b, 5b, … with one Z in common, which goes to `z`. As if it were 1, they are entries on another curve
   * y² = x³ + 7 · z⁶, on which all formulas are the same: so the table needs no inverse. A point (X, Y, Z) found there is
   * (X, Y, Z · z) here (libsecp256k1's "effective affine" coordinates).
   */
  function oddMultiples(table: number, z: number, b: number, count: number): void {
    startWith(STEP, b, false);
    double(STEP);
    // The curve on which 2b is an entry: b moves there.
    scaleEntry(table, b, STEP + Z);
    startWith(RUNNING, table, false);
    for (let i = 1; i < count; i++) {
      addEntry(RUNNING, STEP, false);
      copy(RATIOS + i * ELEMENT, T1);
      copy(table + i * ENTRY, RUNNING);
      copy(table + i * ENTRY + Y, RUNNING + Y);
    }
    multiply(z, RUNNING + Z, STEP + Z);
    // From the last, whose Z is the common one, back to the first.
    copy(SCALE, RATIOS + (count - 1) * ELEMENT);
    for (let i = count - 2; i >= 0; i--) {
      scaleEntry(table + i * ENTRY, table + i * ENTRY, SCALE);
      if (i > 0) multiply(SCALE, SCALE, RATIOS + i * ELEMENT);
    }
  }

  function squareTimes(o: number, a: number, times: number): void {
    square(o, a);
    for (let i = 1; i < times; i++) square(o, o);
  }

  /** Xk = a^(2^k − 1), up to the 223 ones in a row that p − 2 and (p + 1) / 4 begin with. */
  function raise(a: number): void {
    const join = (o: number, high: number, times: number, low: number) => {
      squareTimes(o, high, times);
      multiply(o, o, low);
    };
    join(X2, a, 1, a);
    join(X3, X2, 1, a);
    join(X6, X3, 3, X3);
    join(X9, X6, 3, X3);
    join(X11, X9, 2, X2);
    join(X22, X11, 11, X11);
    join(X44, X22, 22, X22);
    join(X88, X44, 44, X44);
    join(X176, X88, 88, X88);
    join(X220, X176, 44, X44);
    join(X223, X220, 3, X3);
    join(RAISED, X223, 23, X22);
  }

  /** o = 1 / a = a^(p − 2), and 0 for 0. */
  function invert(o: number, a: number): void {
    raise(a);
    squareTimes(RAISED, RAISED, 5);
    multiply(RAISED, RAISED, a);
    squareTimes(RAISED, RAISED, 3);
    multiply(RAISED, RAISED, X2);
    squareTimes(RAISED, RAISED, 2);
    multiply(o, RAISED, a);
  }

  /** o = a^((p + 1) / 4), whose square is a if any square is. */
  function squareRoot(o: number, a: number): void {
    raise(a);
    squareTimes(RAISED, RAISED, 6);
    multiply(RAISED, RAISED, X2);
    squareTimes(o, RAISED, 2);
  }

  return { double, addEntry, startWith, scaleEntry, oddMultiples, invert, squareRoot };
}
