/**
 * Values of the ABI types that contracts here use, for whoever has an artifact and no client library: tests in a sandbox, traces.
 * Programs that talk to a node use viem or ethers.
 */
import { bytesToBigInt, fromHex, toChecksumAddress, toHex, WattchainError } from '@wattchain/core';
import {
  type AbiEntry,
  type AbiParameter,
  decodeText,
  encodeWords,
  parseAbiType,
  selectorOf,
  selectorToHex,
  signatureOf,
} from './abi.js';
import { addressToWord, wordToHash } from './machine/words.js';

/** `uintN`: bigint; `bool`: boolean; `address` (EIP-55), `bytes32`, `string`: text; a list: an array. */
export type AbiValue = bigint | boolean | string | readonly AbiValue[];
/** What may be given for an {@link AbiValue}: whole numbers too. */
export type AbiInput = AbiValue | number | readonly AbiInput[];

type NamedEntry<Kind extends AbiEntry['type']> = Extract<AbiEntry, { readonly type: Kind }>;

const WORD_BYTES = 32;

/** The canonical signature of a function, event or error. */
export function signatureOfEntry(entry: { readonly name: string; readonly inputs: readonly AbiParameter[] }): string {
  return signatureOf(
    entry.name,
    entry.inputs.map((input) => input.type),
  );
}

/**
 * Arguments as calldata holds them behind the selector: a head word each, lists behind all heads.
 *
 * @throws WattchainError `badArguments` that names the argument
 */
export function encodeArguments(parameters: readonly AbiParameter[], values: readonly AbiInput[]): Uint8Array {
  const wanted = parameters.map(({ type, name }) => `${type} ${name}`.trim()).join(', ');
  if (values.length !== parameters.length) {
    throw badArguments(`${parameters.length} arguments are taken (${wanted}), ${values.length} are given`);
  }
  const heads: bigint[] = [];
  const tails: bigint[] = [];
  for (const [i, { type, name }] of parameters.entries()) {
    const value = values[i] as AbiInput;
    const what = `argument ${i + 1} (${type} ${name})`;
    if (!type.endsWith('[]')) {
      heads.push(wordOf(type, value, what));
      continue;
    }
    if (!Array.isArray(value)) throw badArguments(`${what} is not a list`);
    heads.push(BigInt((parameters.length + tails.length) * WORD_BYTES));
    tails.push(BigInt(value.length), ...value.map((item: AbiInput) => wordOf(type.slice(0, -2), item, what)));
  }
  return encodeWords([...heads, ...tails]);
}

function wordOf(type: string, value: AbiInput, what: string): bigint {
  const bits = parseAbiType(type)?.bits ?? 0;
  if (type === 'bool' && typeof value === 'boolean') return value ? 1n : 0n;
  const isHex = type === 'address' || type === 'bytes32';
  const isText = isHex && typeof value === 'string' && new RegExp(`^0x[0-9a-fA-F]{${bits / 4}}$`).test(value);
  if (isText) return addressToWord(value as `0x${string}`);
  const isNumber = type.startsWith('uint') && (typeof value === 'bigint' || Number.isSafeInteger(value));
  const word = isNumber ? BigInt(value as bigint) : -1n;
  if (word < 0n || word >> BigInt(bits) !== 0n) throw badArguments(`${what}: ${String(value)} is no ${type}`);
  return word;
}

function badArguments(problem: string): WattchainError {
  return new WattchainError('badArguments', problem, {
    hint: 'numbers are bigints or whole numbers, addresses and bytes32 hexadecimal text',
  });
}

/** Results or the words of an error; `undefined` when the bytes are not of these types. A string is the only value. */
export function decodeValues(parameters: readonly AbiParameter[], data: Uint8Array): AbiValue[] | undefined {
  if (parameters.length === 1 && parameters[0]?.type === 'string') {
    const text = decodeString(data);
    return text === undefined ? undefined : [text];
  }
  if (data.length !== parameters.length * WORD_BYTES) return undefined;
  return parameters.map(({ type }, i) => wordToValue(type, wordAt(data, i)));
}

function decodeString(data: Uint8Array): string | undefined {
  if (data.length < 2 * WORD_BYTES || wordAt(data, 0) !== 32n) return undefined;
  const length = wordAt(data, 1);
  if (length > BigInt(data.length - 2 * WORD_BYTES)) return undefined;
  return decodeText(data.subarray(2 * WORD_BYTES, 2 * WORD_BYTES + Number(length)));
}

function wordAt(data: Uint8Array, index: number): bigint {
  return bytesToBigInt(data.subarray(index * WORD_BYTES, (index + 1) * WORD_BYTES));
}

/** A word as a value of that type. */
export function wordToValue(type: string, word: bigint): AbiValue {
  if (type === 'bool') return word !== 0n;
  if (type === 'address') return toChecksumAddress(toHex(fromHex(wordToHash(word)).subarray(12)));
  return type === 'bytes32' ? wordToHash(word) : word;
}

/** The error of the interface whose data this is, with its values; `undefined` when it is none of them. */
export function decodeCustomError(
  abi: readonly AbiEntry[],
  data: Uint8Array,
): { readonly entry: NamedEntry<'error'>; readonly values: readonly AbiValue[] } | undefined {
  const selector = toHex(data.subarray(0, 4));
  for (const entry of abi) {
    if (entry.type !== 'error' || selectorToHex(selectorOf(signatureOfEntry(entry))) !== selector) continue;
    const values = decodeValues(entry.inputs, data.subarray(4));
    if (values !== undefined) return { entry, values };
  }
  return undefined;
}
