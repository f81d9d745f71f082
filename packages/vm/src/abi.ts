/**
 * Solidity's ABI as far as the machine and the assembler need it: its JSON, the assembly's types, signatures, selectors, topics,
 * reasons of failure. `abiValues.ts` knows all values. Source: docs.soliditylang.org, "Contract ABI Specification".
 */
import {
  bytesToBigInt,
  concatBytes,
  type Hash,
  type Hex,
  keccak256,
  numberToBytes,
  textToBytes,
  toHex,
  WORD_BYTES,
  writeWord,
} from '@wattchain/core';

/** A type of the assembly: a word, a list of words, or `string` (which contracts only return, as a constant). */
export interface AbiType {
  /** Canonical name, as signatures hash it: `uint256`, `address[]`. */
  readonly name: string;
  /** How many low bits of a word the type (or an element of the list) may use. */
  readonly bits: number;
  readonly kind: 'word' | 'list' | 'string';
}

/** One argument, result or member of a struct in Solidity's JSON. */
export interface AbiParameter {
  readonly name: string;
  /** `uint256`, `bytes4[3][]`, `tuple`, `tuple[]`. */
  readonly type: string;
  /** Solidity's own word for the type: `contract IERC20`, `enum State`. */
  readonly internalType?: string;
  /** Members of a tuple. */
  readonly components?: readonly AbiParameter[];
  /** Of an event's values alone. */
  readonly indexed?: boolean;
}

/** One entry of Solidity's JSON. */
export type AbiEntry =
  | {
      readonly type: 'constructor';
      readonly inputs: readonly AbiParameter[];
      readonly stateMutability: 'nonpayable' | 'payable';
    }
  | {
      readonly type: 'function';
      readonly name: string;
      readonly inputs: readonly AbiParameter[];
      readonly outputs: readonly AbiParameter[];
      readonly stateMutability: 'nonpayable' | 'payable' | 'view' | 'pure';
    }
  | {
      readonly type: 'event';
      readonly name: string;
      readonly inputs: readonly AbiParameter[];
      readonly anonymous: boolean;
    }
  | { readonly type: 'receive'; readonly stateMutability: 'payable' }
  | { readonly type: 'error'; readonly name: string; readonly inputs: readonly AbiParameter[] };

/** Whether JSON data are an entry of that kind. */
export function isAbiEntry(value: unknown): value is AbiEntry {
  if (!isRecord(value)) return false;
  if (value.type === 'receive') return true;
  if (!isParameterList(value.inputs)) return false;
  const isNamed = typeof value.name === 'string' && value.name !== '';
  switch (value.type) {
    case 'constructor':
      return true;
    case 'function':
      return isNamed && isParameterList(value.outputs);
    case 'event':
    case 'error':
      return isNamed;
    default:
      return false;
  }
}

function isParameterList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isParameter);
}

function isParameter(value: unknown): boolean {
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.type !== 'string') return false;
  return value.type.startsWith('tuple') ? isParameterList(value.components) : value.components === undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Panic of checked arithmetic: overflow or underflow. */
export const PANIC_ARITHMETIC = 0x11;
/** Panic of a division or remainder by zero. */
export const PANIC_DIVISION = 0x12;

/** Solidity's words for the codes of a panic. */
const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x01n, 'an assertion does not hold'],
  [BigInt(PANIC_ARITHMETIC), 'arithmetic overflow or underflow'],
  [BigInt(PANIC_DIVISION), 'division by zero'],
  [0x21n, 'a number that is no member of the enum'],
  [0x22n, 'bytes in storage that are not encoded as they must be'],
  [0x31n, 'pop from an empty array'],
  [0x32n, 'an index beyond the end of the array'],
  [0x41n, 'too much memory'],
  [0x51n, 'a call of a function that was never set'],
]);

/** What a panic's code says. Source: docs.soliditylang.org, "Panic via assert and Error via require". */
export function describePanic(code: bigint): string {
  return PANICS.get(code) ?? `panic 0x${code.toString(16)}`;
}

/** Most bytes of a text in a contract: one ABI word. */
export const MAX_TEXT_BYTES = 32;

const SELECTOR_BYTES = 4;
const ERROR_SELECTOR = selectorOf('Error(string)');
const PANIC_SELECTOR = selectorOf('Panic(uint256)');

/** The type of that name (`uint` stands for `uint256`), or `undefined` when contracts cannot use it. */
export function parseAbiType(name: string): AbiType | undefined {
  if (name === 'string') return { name, bits: 256, kind: 'string' };
  const isList = name.endsWith('[]');
  const element = isList ? name.slice(0, -2) : name;
  const bits = wordBits(element);
  if (bits === undefined) return undefined;
  const canonical = element === 'uint' ? 'uint256' : element;
  return { name: isList ? `${canonical}[]` : canonical, bits, kind: isList ? 'list' : 'word' };
}

function wordBits(name: string): number | undefined {
  if (name === 'address') return 160;
  if (name === 'bool') return 1;
  if (name === 'bytes32' || name === 'uint') return 256;
  const digits = /^uint([1-9][0-9]{0,2})$/.exec(name)?.[1];
  const bits = Number(digits);
  return digits !== undefined && bits % 8 === 0 && bits <= 256 ? bits : undefined;
}

/** `name(type,type)` with canonical types, the text that selectors and topics hash. */
export function signatureOf(name: string, types: readonly string[]): string {
  return `${name}(${types.join(',')})`;
}

/** First four bytes of the signature's keccak256, as a number. `signature` must be canonical: `transfer(address,uint256)`. */
export function selectorOf(signature: string): number {
  return Number(bytesToBigInt(keccak256(textToBytes(signature)).subarray(0, 4)));
}

/** A selector as people write it: `0xa9059cbb`. */
export function selectorToHex(selector: number): Hex {
  return toHex(numberToBytes(selector, 4));
}

/** Topic 0 of an event: the signature's keccak256. */
export function eventTopic(signature: string): Hash {
  return toHex(keccak256(textToBytes(signature)));
}

/** Words one after the other, 32 bytes each: arguments or results of word-sized types. */
export function encodeWords(words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(words.length * WORD_BYTES);
  writeWords(words, bytes, 0);
  return bytes;
}

function writeWords(words: readonly bigint[], bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < words.length; i++) writeWord(words[i] as bigint, bytes, offset + i * WORD_BYTES);
}

/** A string as the only value: offset, length, bytes padded to whole words. */
export function encodeString(text: string): Uint8Array {
  const bytes = textToBytes(text);
  const padded = new Uint8Array(Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES);
  padded.set(bytes);
  return concatBytes(encodeWords([32n, BigInt(bytes.length)]), padded);
}

/** Words behind a selector: data of a call or of a declared error. */
export function encodeCall(selector: number, words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(SELECTOR_BYTES + words.length * WORD_BYTES);
  bytes.set(numberToBytes(selector, SELECTOR_BYTES));
  writeWords(words, bytes, SELECTOR_BYTES);
  return bytes;
}

/** `Error(string)`, the reason that clients show as text. */
export function encodeError(message: string): Uint8Array {
  return concatBytes(numberToBytes(ERROR_SELECTOR, 4), encodeString(message));
}

/** `Panic(uint256)`, the reason of failed arithmetic: {@link PANIC_ARITHMETIC} or {@link PANIC_DIVISION}. */
export function encodePanic(code: number): Uint8Array {
  return encodeCall(PANIC_SELECTOR, [BigInt(code)]);
}

/** The code of `Panic(uint256)` data, or `undefined` when `data` is something else. */
export function decodePanicCode(data: Uint8Array): bigint | undefined {
  if (data.length !== 4 + WORD_BYTES || readSelector(data) !== PANIC_SELECTOR) return undefined;
  return bytesToBigInt(data.subarray(4));
}

/** The text of `Error(string)` data, or `undefined` when `data` is something else or malformed. */
export function decodeErrorText(data: Uint8Array): string | undefined {
  if (data.length < 4 + 2 * WORD_BYTES || readSelector(data) !== ERROR_SELECTOR) return undefined;
  const offset = bytesToBigInt(data.subarray(4, 4 + WORD_BYTES));
  const length = bytesToBigInt(data.subarray(4 + WORD_BYTES, 4 + 2 * WORD_BYTES));
  const available = BigInt(data.length - 4 - 2 * WORD_BYTES);
  if (offset !== 32n || length > available) return undefined;
  const start = 4 + 2 * WORD_BYTES;
  return decodeText(data.subarray(start, start + Number(length)));
}

/** UTF-8 text of bytes, or `undefined` when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    // The language's own UTF-8 decoder; TextDecoder is the host's.
    return decodeURIComponent(toHex(bytes).slice(2).replace(/../g, '%$&'));
  } catch {
    return undefined;
  }
}

function readSelector(data: Uint8Array): number {
  return Number(bytesToBigInt(data.subarray(0, 4)));
}
