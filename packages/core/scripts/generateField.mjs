/**
 * Writes `src/crypto/field.ts`: arithmetic modulo secp256k1's prime on limbs of 26 bits, spelled out.
 *
 *   node packages/core/scripts/generateField.mjs
 *
 * Every operation is written once, over an `Algebra`: as text it becomes the module, over intervals it gives the bounds of
 * every limb (`src/crypto/field.test.ts`).
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The field's prime (SEC 2, section 2.4.1). */
export const PRIME = 2n ** 256n - 2n ** 32n - 977n;
export const LIMBS = 10;
export const LIMB_BITS = 26n;
const LIMB_MASK = 2n ** LIMB_BITS - 1n;
/** Bits of the top limb: 256 − 9 · 26. */
const TOP_BITS = 22n;
/** 2^260 ≡ FOLD_HIGH · 2^26 + FOLD_LOW, which is 16 · (2^32 + 977). */
const [FOLD_HIGH, FOLD_LOW] = [0x400n, 0x3d10n];
/** 2^256 ≡ TOP_HIGH · 2^26 + TOP_LOW, which is 2^32 + 977. */
const [TOP_HIGH, TOP_LOW] = [64n, 977n];

/**
 * What an operation is written with: numbers that must stay in 0 … 2^64 − 1.
 * @template T
 * @typedef {object} Algebra
 * @property {(value: bigint) => T} constant
 * @property {(a: T, b: T) => T} add
 * @property {(a: T, b: T) => T} subtract
 * @property {(a: T, b: T) => T} multiply
 * @property {(a: T, bits: bigint) => T} shift to the right
 * @property {(a: T, mask: bigint) => T} mask
 * @property {(value: T) => T} name keeps a value that is used more than once
 */

/**
 * Sum of some values.
 * @template T
 * @param {Algebra<T>} algebra
 * @param {readonly T[]} values
 */
function sum(algebra, values) {
  return values.reduce((left, right) => algebra.add(left, right));
}

/**
 * Columns of the product of two elements: column k has the weight 2^(26k).
 * @template T
 * @param {Algebra<T>} algebra
 * @param {readonly T[]} a
 * @param {readonly T[]} b
 */
function productColumns(algebra, a, b) {
  return Array.from({ length: 2 * LIMBS - 1 }, (_, k) => {
    const terms = a.flatMap((limb, i) => {
      const other = b[k - i];
      return other === undefined ? [] : [algebra.multiply(limb, other)];
    });
    return algebra.name(sum(algebra, terms));
  });
}

/**
 * Columns of a square: each product of two different limbs once, with one of them doubled.
 * @template T
 * @param {Algebra<T>} algebra
 * @param {readonly T[]} a
 */
function squareColumns(algebra, a) {
  const doubled = a.slice(0, -1).map((limb) => algebra.name(algebra.add(limb, limb)));
  return Array.from({ length: 2 * LIMBS - 1 }, (_, k) => {
    const terms = a.flatMap((limb, j) => {
      const i = k - j;
      if (i < 0 || i > j) return [];
      return [algebra.multiply(i === j ? limb : /** @type {T} */ (doubled[i]), limb)];
    });
    return algebra.name(sum(algebra, terms));
  });
}

/**
 * The element that 19 columns stand for, its limbs short again.
 * @template T
 * @param {Algebra<T>} algebra
 * @param {readonly T[]} columns
 */
function reduce(algebra, columns) {
  const { constant, add, multiply, shift, mask, name } = algebra;
  const column = (/** @type {number} */ k) => /** @type {T} */ (columns[k]);
  // The upper columns become limbs, one more than there were.
  /** @type {T[]} */
  const upper = [];
  let whole = column(LIMBS);
  for (let k = LIMBS + 1; k < 2 * LIMBS; k++) {
    upper.push(name(mask(whole, LIMB_MASK)));
    const carry = shift(whole, LIMB_BITS);
    whole = name(k === 2 * LIMBS - 1 ? carry : add(column(k), carry));
  }
  upper.push(whole);
  // Each folds onto the column ten below and the one after that; what the last leaves in column ten folds once more.
  const limbs = Array.from({ length: LIMBS }, (_, i) => {
    const folded = add(column(i), multiply(/** @type {T} */ (upper[i]), constant(FOLD_LOW)));
    if (i === 0) return folded;
    return add(folded, multiply(/** @type {T} */ (upper[i - 1]), constant(FOLD_HIGH)));
  });
  const rest = name(multiply(/** @type {T} */ (upper[LIMBS - 1]), constant(FOLD_HIGH)));
  limbs[0] = add(/** @type {T} */ (limbs[0]), multiply(rest, constant(FOLD_LOW)));
  limbs[1] = add(/** @type {T} */ (limbs[1]), multiply(rest, constant(FOLD_HIGH)));
  return carryThrough(algebra, limbs);
}

/**
 * Limbs of 26 bits from longer ones; the third may keep some bits more.
 * @template T
 * @param {Algebra<T>} algebra
 * @param {readonly T[]} limbs
 */
function carryThrough(algebra, limbs) {
  const { constant, add, multiply, shift, mask, name } = algebra;
  /** @type {T[]} */
  const short = [];
  let whole = name(/** @type {T} */ (limbs[0]));
  for (let i = 0; i < LIMBS - 1; i++) {
    short.push(name(mask(whole, LIMB_MASK)));
    whole = name(add(/** @type {T} */ (limbs[i + 1]), shift(whole, LIMB_BITS)));
  }
  short.push(name(mask(whole, 2n ** TOP_BITS - 1n)));
  const over = name(shift(whole, TOP_BITS));
  const [first, second, third, ...others] = /** @type {[T, T, T, ...T[]]} */ (short);
  const low = name(add(first, multiply(over, constant(TOP_LOW))));
  const next = name(add(add(second, multiply(over, constant(TOP_HIGH))), shift(low, LIMB_BITS)));
  return [mask(low, LIMB_MASK), mask(next, LIMB_MASK), add(third, shift(next, LIMB_BITS)), ...others];
}

/** Units of the factors of a product, multiplied; the formulas need less than half of it. */
export const MAX_UNITS = 300;
/** The most that limb i of a product is. */
export const unitLimb = (/** @type {number} */ i) => {
  if (i === LIMBS - 1) return 2n ** TOP_BITS - 1n;
  return i === 2 ? LIMB_MASK + 2n ** 22n : LIMB_MASK;
};

/** Limb i of the prime. */
export const primeLimb = (/** @type {number} */ i) => (PRIME >> (LIMB_BITS * BigInt(i))) & LIMB_MASK;

/**
 * Sums limb by limb, without carries: `o = times[0] · a + times[1] · b + … + primes · p`. The prime's multiple keeps every
 * limb from going below zero.
 * @type {Record<string, { times: readonly bigint[], primes: bigint, prose: string }>}
 */
const SUMS = {
  add: { times: [1n, 1n], primes: 0n, prose: 'a + b' },
  twice: { times: [2n], primes: 0n, prose: '2a' },
  thrice: { times: [3n], primes: 0n, prose: '3a' },
  copy: { times: [1n], primes: 0n, prose: 'a' },
  negate: { times: [-1n], primes: 4n, prose: '−a, for a of at most 3 units' },
  subtractShort: { times: [1n, -1n], primes: 2n, prose: 'a − b, for a product b' },
  subtractX: { times: [1n, -1n], primes: 6n, prose: 'a − b, for b of at most 5 units' },
  subtractLong: { times: [1n, -1n], primes: 11n, prose: 'a − b, for b of at most 10 units' },
  negateSum: { times: [-1n, -1n], primes: 12n, prose: '−a − b, for a and b of at most 11 units together' },
  subtractEight: { times: [1n, -8n], primes: 9n, prose: 'a − 8b, for a product b' },
  fourMinus: { times: [4n, -1n], primes: 11n, prose: '4a − b, for b of at most 10 units' },
  subtractTwo: { times: [1n, -1n, -2n], primes: 4n, prose: 'a − b − 2c, for products b and c' },
};

/**
 * One limb of a sum.
 * @template T
 * @param {Algebra<T>} algebra
 * @param {{ times: readonly bigint[], primes: bigint }} form
 * @param {readonly T[]} values one limb of each argument
 * @param {number} i
 */
function sumLimb(algebra, { times, primes }, values, i) {
  const { constant, subtract, multiply } = algebra;
  const scaled = times.map((time, which) => {
    const value = /** @type {T} */ (values[which]);
    const size = time < 0n ? -time : time;
    return { isMinus: time < 0n, term: size === 1n ? value : multiply(value, constant(size)) };
  });
  const plus = scaled.filter(({ isMinus }) => !isMinus).map(({ term }) => term);
  if (primes > 0n) plus.push(constant(primes * primeLimb(i)));
  return scaled.filter(({ isMinus }) => isMinus).reduce((left, { term }) => subtract(left, term), sum(algebra, plus));
}

/**
 * Every operation over an algebra: limbs of the arguments to limbs of the result.
 * @template T
 * @param {Algebra<T>} algebra
 * @returns {Record<string, (...elements: readonly (readonly T[])[]) => T[]>}
 */
export function operationsOver(algebra) {
  /** @type {Record<string, (...elements: readonly (readonly T[])[]) => T[]>} */
  const operations = {
    multiply: (a = [], b = []) => reduce(algebra, productColumns(algebra, a, b)),
    square: (a = []) => reduce(algebra, squareColumns(algebra, a)),
  };
  for (const [name, form] of Object.entries(SUMS)) {
    operations[name] = (...elements) =>
      Array.from({ length: LIMBS }, (_, i) =>
        sumLimb(
          algebra,
          form,
          elements.map((element) => /** @type {T} */ (element[i])),
          i,
        ),
      );
  }
  return operations;
}

/**
 * The algebra whose values are source text. `lines` collects what was named.
 * @param {string[]} lines
 * @returns {Algebra<string>}
 */
function textAlgebra(lines) {
  let names = 0;
  // V8 makes one instruction of an operation on 64 bits only where both its operands and its result are wrapped.
  const wrap = (/** @type {string} */ text) => `BigInt.asUintN(64, ${text})`;
  return {
    constant: (value) => `${value}n`,
    add: (a, b) => wrap(`${a} + ${b}`),
    subtract: (a, b) => wrap(`${a} - ${b}`),
    multiply: (a, b) => wrap(`${a} * ${b}`),
    shift: (a, bits) => wrap(`${a} >> ${bits}n`),
    mask: (a, mask) => wrap(`${a} & ${mask}n`),
    name(value) {
      const name = `v${names++}`;
      lines.push(`const ${name} = ${value};`);
      return name;
    },
  };
}

/**
 * Source of one exported function.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {string} prose
 */
function render(name, args, prose) {
  /** @type {string[]} */
  const lines = [];
  const algebra = textAlgebra(lines);
  const isProduct = !(name in SUMS);
  const elements = args.map((arg) =>
    Array.from({ length: LIMBS }, (_, i) => {
      const limb = `(m[${arg} + ${i}] as bigint)`;
      if (!isProduct) return limb;
      lines.push(`const ${arg}${i} = m[${arg} + ${i}] as bigint;`);
      return `${arg}${i}`;
    }),
  );
  const result = /** @type {(...elements: readonly string[][]) => string[]} */ (operationsOver(algebra)[name])(
    ...elements,
  );
  lines.push(...result.map((value, i) => `m[o + ${i}] = ${value};`));
  const parameters = ['o', ...args].map((arg) => `${arg}: number`).join(', ');
  // So told that places are of 32 bits, V8 does not look for an overflow at each of them.
  const places = ['o', ...args].map((arg) => `${arg} |= 0;`).join(' ');
  return `  /** o = ${prose}. */
  function ${name}(${parameters}): void {
    ${places}
${lines.map((line) => `    ${line}`).join('\n')}
  }
`;
}

/** The whole text of `src/crypto/field.ts`. */
export function renderField() {
  const functions = [
    render('multiply', ['a', 'b'], 'a · b, a product'),
    render('square', ['a'], 'a², a product'),
    ...Object.entries(SUMS).map(([name, { times, prose }]) =>
      render(name, ['a', 'b', 'c'].slice(0, times.length), prose),
    ),
  ];
  return `// Generated by scripts/generateField.mjs; do not edit.
// biome-ignore-all format: every operation as the generator lays it out.

/**
 * Arithmetic modulo secp256k1's prime p = 2^256 − 2^32 − 977, for public data only: its time depends on nothing but that is
 * not looked after. An element is ten limbs of 26 bits in one array, named by the place of the lowest; a limb may hold more
 * than 26 bits, and an element more than p. All arithmetic is modulo 2^64 and never wraps:
 *
 * - A *unit* is what \`multiply\` and \`square\` leave, a *product*, at most: 2^26 − 1 in each limb, 2^22 more in the third and
 *   2^22 − 1 in the top one.
 * - Sums carry nothing, so their units add up. A difference adds a multiple of p first, each of whose limbs is at least what
 *   is taken away.
 * - The arguments of \`multiply\` may have m and n units as long as m · n ≤ ${MAX_UNITS}.
 *
 * The tests compute the bound of every limb at every step, in these operations and in the formulas that use them, with the
 * same generator. It looks as it does because TurboFan then keeps every value in a register: \`BigInt.asUintN(64, a + b)\` of
 * wrapped operands is one instruction and allocates nothing.
 */

export type Field = ReturnType<typeof createField>;

/**
 * The operations on the elements in these limbs. Made once, for V8 then knows the array while it compiles: a quarter faster
 * than with an array of the module.
 */
export function createField(m: BigUint64Array) {
${functions.join('\n')}
  return { multiply, square, ${Object.keys(SUMS).join(', ')} };
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/crypto/field.ts', import.meta.url), renderField());
}
