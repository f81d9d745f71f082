/** Checkers of single values, which those of parameters are made of. Each throws −32602 with what was expected and what came. */
import { type Address, fromHex, type Hash, isHexOf, parseAddress, WattchainError, WORD_LIMIT } from '@wattchain/core';
import { invalidParams } from './rpcError.js';

/** An object. */
export function readObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unexpected('an object', value);
  return value as Record<string, unknown>;
}

/** An own field of an object, `undefined` when it is absent or `null`; a message about it begins with its name. */
export function readField<T>(
  fields: Record<string, unknown>,
  name: string,
  read: (value: unknown) => T,
): T | undefined {
  if (!Object.hasOwn(fields, name)) return undefined;
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  return namingTheCause(`"${name}"`, () => read(value));
}

/** Runs a checker so that its −32602 begins with what it was about. */
export function namingTheCause<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WattchainError && error.code === 'rpcInvalidParams') {
      throw invalidParams(`${what}: ${error.message}`);
    }
    throw error;
  }
}

/** A list of at most `maxLength` elements. */
export function readList<T>(
  value: unknown,
  what: string,
  maxLength: number,
  read: (element: unknown, index: number, all: readonly unknown[]) => T,
): T[] {
  if (!Array.isArray(value)) throw unexpected(`a list of ${what}`, value);
  if (value.length > maxLength) throw invalidParams(`${value.length} ${what}, at most ${maxLength} are taken`);
  return value.map((element: unknown, index) => read(element, index, value));
}

/** 20 bytes of hex, a checksum right if there is one. */
export function readAddress(value: unknown): Address {
  if (typeof value !== 'string') throw unexpected('an address, 0x and 40 hexadecimal digits', value);
  try {
    return parseAddress(value);
  } catch (error) {
    if (error instanceof WattchainError) throw invalidParams(error.message);
    throw error;
  }
}

/** 32 bytes of hex. */
export function readHash(value: unknown): Hash {
  if (!isHexOf(value, 32)) throw unexpected('a hash, 0x and 64 hexadecimal digits', value);
  return value.toLowerCase() as Hash;
}

/** A quantity below 2^53. */
export function readNumber(value: unknown): number {
  const quantity = readQuantity(value);
  if (quantity > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidParams(`${quantity} is too large, at most 2^53 − 1`);
  return Number(quantity);
}

/** A number as Ethereum writes it: hex without leading zeros, below 2^256. */
export function readQuantity(value: unknown): bigint {
  if (typeof value !== 'string' || !/^0x(0|[1-9a-fA-F][0-9a-fA-F]*)$/.test(value)) {
    throw unexpected('a number as hexadecimal text without leading zeros, such as "0x1f"', value);
  }
  if (value.length > 66 || BigInt(value) >= WORD_LIMIT) throw invalidParams('the number is 2^256 or more');
  return BigInt(value);
}

/** Bytes of any length up to `maxBytes`. */
export function readBytes(value: unknown, maxBytes: number): Uint8Array {
  const expected = 'bytes, 0x and an even number of hexadecimal digits';
  if (typeof value !== 'string') throw unexpected(expected, value);
  const bytes = (value.length - 2) / 2;
  if (bytes > maxBytes) throw invalidParams(`${Math.ceil(bytes)} bytes are too many, at most ${maxBytes} are taken`);
  try {
    return fromHex(value);
  } catch (error) {
    throw error instanceof WattchainError ? unexpected(expected, value) : error;
  }
}

/** −32602: what a parameter should be and what came instead. */
export function unexpected(expected: string, got: unknown): WattchainError {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got);
  return invalidParams(`expected ${expected}; got ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`);
}
