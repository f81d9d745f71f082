import * as secp from '@noble/secp256k1';
import { assert } from '../error.js';
import { createCurve, ELEMENT, ENTRY, FIRST_FREE, MAX_MULTIPLES, ONE, POINT } from './curve.js';
import { FIELD_PRIME, field, LIMB_COUNT, readElement, storeElement } from './fieldElements.js';
import { BETA, CURVE_ORDER, HALF_BITS, invertScalars, MAX_DIGITS, signedDigits, splitScalar } from './scalar.js';

/**
 * Public keys recovered from ECDSA signatures (SEC 1, section 4.1.6): Q = (s / r) · R − (z / r) · G, where R is the point whose
 * x is r. For public data only: how long it takes depends on the values. `nobleRecover.ts` is its readable twin, and every
 * answer is the same.
 *
 * Both products are made in one walk of doublings. Half as many are needed as a scalar has bits: s / r is split into two
 * halves, of R and of λ · R, which costs one product to make; z / r falls into two halves of G and of 2^128 · G, whose tables
 * are made once. Inverses are taken for a whole list at once.
 */

/** A signature of a 32-byte digest. `yParity` tells which of the two points with x = r is meant. */
export interface RecoverySource {
  readonly digest: Uint8Array;
  readonly r: bigint;
  readonly s: bigint;
  readonly yParity: 0 | 1;
}

/** Signatures that are worked on together: their points stay in the processor's first cache. */
const CHUNK = 32;
/** Width of the digits for R: its table of eight is made for each signature. */
const R_WIDTH = 5;
const R_MULTIPLES = MAX_MULTIPLES;
/** Width of the digits for G, whose tables are made once. */
const G_WIDTH = 8;
const G_MULTIPLES = 1 << (G_WIDTH - 2);

const { multiply, square } = field;
const curve = createCurve(field);

const Y = ELEMENT;
const Z = 2 * ELEMENT;
let nextPlace = FIRST_FREE;
const reserve = (size: number) => {
  nextPlace += size;
  assert(nextPlace <= LIMB_COUNT, 'the places fit the limbs');
  return nextPlace - size;
};
const BETA_PLACE = reserve(ELEMENT);
const [U, V, W] = [reserve(ELEMENT), reserve(ELEMENT), reserve(ELEMENT)];
/** Z of the curve on which R's table is one of entries. A point (X, Y, Z) there has Z times this on the curve itself, where G's entries are. */
const COMMON_Z = reserve(ELEMENT);
const MOVED_Z = reserve(ELEMENT);
/** An entry of G that was brought to R's curve. */
const MOVED = reserve(ENTRY);
const BASE = reserve(ENTRY);
const SUM = reserve(POINT);
const R_TABLE = reserve(R_MULTIPLES * ENTRY);
const LAMBDA_R_TABLE = reserve(R_MULTIPLES * ENTRY);
const LOW_G_TABLE = reserve(G_MULTIPLES * ENTRY);
const HIGH_G_TABLE = reserve(G_MULTIPLES * ENTRY);
const RESULTS = reserve(CHUNK * POINT);
const PRODUCTS = reserve(CHUNK * ELEMENT);

storeElement(ONE, 1n);
storeElement(BETA_PLACE, BETA);

/** Of the four halves: the table of its base's multiples, and the width of its digits. */
const TABLES = [R_TABLE, LAMBDA_R_TABLE, LOW_G_TABLE, HIGH_G_TABLE] as const;
const WIDTHS = [R_WIDTH, R_WIDTH, G_WIDTH, G_WIDTH] as const;
const HALVES = TABLES.length;
/** The halves from here on are of G, whose entries are those of the curve itself; R's are not. */
const FIRST_OF_G = 2;
/** Digits of the halves, those of one place next to each other. */
const digits = new Int8Array(HALVES * MAX_DIGITS);

/**
 * The public keys, x 32 ‖ y 32, that made the signatures; `undefined` where no key fits: r or s is not in 1 … n − 1, r is no
 * point's x, or the sum is no key. A high s is taken.
 */
export function recoverPublicKeys(sources: readonly RecoverySource[]): (Uint8Array | undefined)[] {
  const keys: (Uint8Array | undefined)[] = [];
  for (let i = 0; i < sources.length; i += CHUNK) keys.push(...recoverChunk(sources.slice(i, i + CHUNK)));
  return keys;
}

function recoverChunk(sources: readonly RecoverySource[]): (Uint8Array | undefined)[] {
  makeTables();
  const inRange = (scalar: bigint) => scalar > 0n && scalar < CURVE_ORDER;
  const usable = sources.map(({ r, s }) => inRange(r) && inRange(s));
  const inverses = invertScalars(sources.map(({ r }, i) => (usable[i] ? r : 1n)));
  const found = sources.map((source, i) => {
    return usable[i] === true && recoverPoint(RESULTS + i * POINT, source, inverses[i] as bigint);
  });
  return toKeys(found);
}

/** The sum for one signature, as a point at `result`; `false` when there is none. */
function recoverPoint(result: number, { digest, r, s, yParity }: RecoverySource, inverse: bigint): boolean {
  if (!liftX(BASE, r, yParity)) return false;
  curve.oddMultiples(R_TABLE, COMMON_Z, BASE, R_MULTIPLES);
  for (let entry = 0; entry < R_MULTIPLES * ENTRY; entry += ENTRY) {
    multiply(LAMBDA_R_TABLE + entry, R_TABLE + entry, BETA_PLACE);
    field.copy(LAMBDA_R_TABLE + entry + Y, R_TABLE + entry + Y);
  }
  const [half, lambdaHalf] = splitScalar((s * inverse) % CURVE_ORDER);
  const ofG = (CURVE_ORDER - ((readNumber(digest) * inverse) % CURVE_ORDER)) % CURVE_ORDER;
  const counts = [
    setDigits(0, half),
    setDigits(1, lambdaHalf),
    setDigits(2, BigInt.asUintN(HALF_BITS, ofG)),
    setDigits(3, ofG >> BigInt(HALF_BITS)),
  ];
  const top = Math.max(...counts) - 1;
  // Points that are found are equal or opposite, for signatures that were made for it; the sum then says so.
  if (!walk(top, addUnchecked) || isZero(SUM + Z)) {
    if (!walk(top, addChecked)) return false;
  }
  field.copy(result, SUM);
  field.copy(result + Y, SUM + Y);
  multiply(result + Z, SUM + Z, COMMON_Z);
  return true;
}

/** Stores the point with this x and a y of this parity as an entry; `false` when the curve has none. */
function liftX(entry: number, x: bigint, yParity: 0 | 1): boolean {
  storeElement(entry, x);
  square(U, entry);
  multiply(V, U, entry);
  storeElement(U, 7n);
  field.add(V, V, U);
  curve.squareRoot(W, V);
  square(U, W);
  if (readElement(U) !== readElement(V)) return false;
  const y = readElement(W);
  storeElement(entry + Y, Number(y & 1n) === yParity ? y : FIELD_PRIME - y);
  return true;
}

function setDigits(half: 0 | 1 | 2 | 3, scalar: bigint): number {
  return signedDigits(digits, scalar, WIDTHS[half], half, HALVES);
}

/** Adds an entry to the sum, which is a point and has this Z on the entry's curve; `false` when nothing is left of it. */
type Add = (entry: number, isMinus: boolean, z: number) => boolean;

/** Makes the sum of all four products; `false` when it is the point at infinity. */
function walk(top: number, add: Add): boolean {
  let isPoint = false;
  for (let i = top; i >= 0; i--) {
    if (isPoint) curve.double(SUM);
    for (let half = 0; half < HALVES; half++) {
      const digit = digits[HALVES * i + half] as number;
      if (digit === 0) continue;
      const isMinus = digit < 0;
      const isOfG = half >= FIRST_OF_G;
      const entry = (TABLES[half] as number) + ((isMinus ? -digit : digit) >> 1) * ENTRY;
      if (!isPoint) {
        if (isOfG) curve.scaleEntry(MOVED, entry, COMMON_Z);
        curve.startWith(SUM, isOfG ? MOVED : entry, isMinus);
        isPoint = true;
      } else if (isOfG) {
        multiply(MOVED_Z, SUM + Z, COMMON_Z);
        isPoint = add(entry, isMinus, MOVED_Z);
      } else {
        isPoint = add(entry, isMinus, SUM + Z);
      }
    }
  }
  return isPoint;
}

const addUnchecked: Add = (entry, isMinus, z) => {
  curve.addEntry(SUM, entry, isMinus, z);
  return true;
};

/** Also where the sum and the entry are equal or opposite. */
const addChecked: Add = (entry, isMinus, z) => {
  square(U, z);
  multiply(V, entry, U);
  if (readElement(V) !== readElement(SUM)) return addUnchecked(entry, isMinus, z);
  multiply(W, U, z);
  multiply(V, entry + Y, W);
  const isEqual = (readElement(V) === readElement(SUM + Y)) !== isMinus;
  if (isEqual) curve.double(SUM);
  return isEqual;
};

function isZero(element: number): boolean {
  return readElement(element) === 0n;
}

/** The keys of the points at `RESULTS`, their Z inverted together. */
function toKeys(found: readonly boolean[]): (Uint8Array | undefined)[] {
  field.copy(U, ONE);
  for (const [i, isFound] of found.entries()) {
    if (!isFound) continue;
    field.copy(PRODUCTS + i * ELEMENT, U);
    multiply(U, U, RESULTS + i * POINT + Z);
  }
  curve.invert(U, U);
  const keys = new Array<Uint8Array | undefined>(found.length).fill(undefined);
  for (let i = found.length - 1; i >= 0; i--) {
    if (found[i] !== true) continue;
    const result = RESULTS + i * POINT;
    multiply(V, U, PRODUCTS + i * ELEMENT);
    multiply(U, U, result + Z);
    curve.scaleEntry(result, result, V);
    const key = new Uint8Array(64);
    writeNumber(key, 0, readElement(result));
    writeNumber(key, 32, readElement(result + Y));
    keys[i] = key;
  }
  return keys;
}

/** A big-endian number of 32 bytes. */
function readNumber(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 64n) | view.getBigUint64(8 * i);
  return value;
}

function writeNumber(bytes: Uint8Array, offset: number, value: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, BigInt.asUintN(64, value >> BigInt(192 - 64 * i)));
}

let hasTables = false;

/** Makes G's tables at the first use, in some milliseconds that a command which recovers nothing need not spend. */
function makeTables(): void {
  if (hasTables) return;
  const { BASE: generator } = secp.Point;
  storeMultiples(LOW_G_TABLE, generator);
  storeMultiples(HIGH_G_TABLE, generator.multiplyUnsafe(1n << BigInt(HALF_BITS)));
  hasTables = true;
}

/** Stores the entries of b, 3b, 5b, … By noble: cold code is faster on whole numbers than on limbs. */
function storeMultiples(table: number, b: secp.Point): void {
  const step = b.double();
  let multiple = b;
  for (let entry = table; entry < table + G_MULTIPLES * ENTRY; entry += ENTRY) {
    const { x, y } = multiple.toAffine();
    storeElement(entry, x);
    storeElement(entry + Y, y);
    multiple = multiple.add(step);
  }
}
