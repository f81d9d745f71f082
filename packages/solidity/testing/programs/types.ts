/** The types of random programs, and casts between any two of them. */
import type { Random } from '../random.js';

/** A type whose values are one word. */
export interface WordType {
  readonly kind: 'uint' | 'int' | 'bytes' | 'bool';
  /** Of a number or of `bytesN`, N · 8. */
  readonly bits: number;
}

export const BOOL: WordType = { kind: 'bool', bits: 1 };
export const UINT256: WordType = { kind: 'uint', bits: 256 };

const NUMBER_BITS = [8, 8, 16, 24, 32, 40, 64, 96, 128, 136, 160, 200, 248, 256, 256, 256];
const BYTES = [1, 2, 4, 8, 16, 20, 31, 32];

/** Its name in Solidity. */
export function nameOf({ kind, bits }: WordType): string {
  if (kind === 'bool') return 'bool';
  return kind === 'bytes' ? `bytes${bits / 8}` : `${kind}${bits}`;
}

export function sameType(a: WordType, b: WordType): boolean {
  return a.kind === b.kind && a.bits === b.bits;
}

/** Any type; numbers most of the time. */
export function anyType(random: Random): WordType {
  const kind = random.pick(['uint', 'uint', 'uint', 'int', 'int', 'bytes', 'bool'] as const);
  if (kind === 'bool') return BOOL;
  return { kind, bits: kind === 'bytes' ? random.pick(BYTES) * 8 : random.pick(NUMBER_BITS) };
}

/** A number type, or `undefined` of bits that none of its kind has. */
export function numberType(random: Random, kind: 'uint' | 'int', most = 256): WordType {
  return { kind, bits: random.pick(NUMBER_BITS.filter((bits) => bits <= most)) };
}

/** A constant of the type. */
export function literal(random: Random, type: WordType, mayBeZero = true): string {
  const name = nameOf(type);
  if (type.kind === 'bool') return random.oneIn(2) ? 'true' : 'false';
  if (type.kind === 'int') {
    const half = 1n << BigInt(type.bits - 1);
    const edge = random.pick([half - 1n, -half, -1n, 1n, half >> 1n]);
    const small = BigInt(random.below(15)) - 7n;
    const value = random.oneIn(3) ? edge : small;
    return `${name}(${value === 0n && !mayBeZero ? 1n : value})`;
  }
  const max = (1n << BigInt(type.bits)) - 1n;
  const edge = random.pick([max, max - 1n, max >> 1n, (max >> 1n) + 1n, 1n]);
  const value = random.oneIn(3) ? edge : random.oneIn(4) ? random.bits(type.bits) : BigInt(random.below(8));
  const number = value === 0n && !mayBeZero ? 1n : value;
  return type.kind === 'bytes' ? `${name}(uint${type.bits}(${number}))` : `${name}(${number})`;
}

/** The expression as a value of another type: Solidity casts one property at a time. */
export function castTo(expression: string, from: WordType, to: WordType): string {
  if (sameType(from, to)) return expression;
  const name = nameOf(to);
  if (from.kind === 'bool') return `(${expression} ? ${oneOf(to)} : ${zeroOf(to)})`;
  if (to.kind === 'bool') return `(${expression} != ${zeroOf(from)})`;
  if (from.kind === to.kind) return `${name}(${expression})`;
  if (from.kind === 'uint') return `${name}(uint${to.bits}(${expression}))`;
  if (from.kind === 'int') {
    return to.kind === 'uint'
      ? `${name}(int${to.bits}(${expression}))`
      : `${name}(uint${to.bits}(int${to.bits}(${expression})))`;
  }
  const number = `uint${from.bits}(${expression})`;
  return to.kind === 'uint' ? `${name}(${number})` : `${name}(uint${to.bits}(${number}))`;
}

function zeroOf(type: WordType): string {
  if (type.kind === 'bool') return 'false';
  return type.kind === 'bytes' ? `${nameOf(type)}(0)` : `${nameOf(type)}(0)`;
}

function oneOf(type: WordType): string {
  return type.kind === 'bytes' ? `${nameOf(type)}(uint${type.bits}(1))` : `${nameOf(type)}(1)`;
}
