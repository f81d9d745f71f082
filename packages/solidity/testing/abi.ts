/** Solidity's ABI for any type that contracts have: what arguments are made of, and their bytes. */
import { bigIntToBytes, concatBytes, type Hex, keccak256, textToBytes, toHex } from '@wattchain/core';

/** An argument or result in Solidity's JSON. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly components?: readonly AbiParameter[];
}

/** An entry of Solidity's JSON. */
export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

/** A word (signed numbers as two's complement, bytesN on the left), bytes of `bytes` or `string`, or a list of values. */
export type Value = bigint | Uint8Array | readonly Value[];

const WORD_BYTES = 32;

/** The type's name as signatures hash it. */
export function canonicalType({ type, components = [] }: AbiParameter): string {
  return type.startsWith('tuple') ? `(${components.map(canonicalType).join(',')})${type.slice(5)}` : type;
}

/** The four bytes by which calldata names a function. */
export function selectorOf({ name = '', inputs = [] }: AbiItem): Uint8Array {
  return keccak256(textToBytes(`${name}(${inputs.map(canonicalType).join(',')})`)).subarray(0, 4);
}

/** A list type's element and its length, `undefined` for a dynamic one; nothing for another type. */
export function listOf(
  parameter: AbiParameter,
): { readonly element: AbiParameter; readonly length: number | undefined } | undefined {
  const match = /^(.*)\[(\d*)\]$/.exec(parameter.type);
  if (match === null) return undefined;
  const internalType = parameter.internalType?.replace(/\[\d*\]$/, '') ?? '';
  const element = { ...parameter, type: match[1] as string, internalType };
  return { element, length: match[2] === '' ? undefined : Number(match[2]) };
}

/** Whether values of the type have no fixed size. */
export function isDynamic(parameter: AbiParameter): boolean {
  const list = listOf(parameter);
  if (list !== undefined) return list.length === undefined || isDynamic(list.element);
  if (parameter.type === 'tuple') return (parameter.components ?? []).some(isDynamic);
  return parameter.type === 'string' || parameter.type === 'bytes';
}

/** Values one after the other, as calldata and results hold them. */
export function encodeValues(parameters: readonly AbiParameter[], values: readonly Value[]): Uint8Array {
  const parts = parameters.map((parameter, i) => encodeValue(parameter, values[i] as Value));
  const headBytes = parameters.reduce((sum, p, i) => sum + (isDynamic(p) ? WORD_BYTES : (parts[i]?.length ?? 0)), 0);
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let tailBytes = 0;
  for (const [i, parameter] of parameters.entries()) {
    const part = parts[i] as Uint8Array;
    if (!isDynamic(parameter)) {
      heads.push(part);
      continue;
    }
    heads.push(word(BigInt(headBytes + tailBytes)));
    tails.push(part);
    tailBytes += part.length;
  }
  return concatBytes(...heads, ...tails);
}

function encodeValue(parameter: AbiParameter, value: Value): Uint8Array {
  if (typeof value === 'bigint') return word(value);
  if (value instanceof Uint8Array) {
    const padding = new Uint8Array((WORD_BYTES - (value.length % WORD_BYTES)) % WORD_BYTES);
    return concatBytes(word(BigInt(value.length)), value, padding);
  }
  const list = listOf(parameter);
  if (list === undefined) return encodeValues(parameter.components ?? [], value);
  const items = encodeValues(
    value.map(() => list.element),
    value,
  );
  return list.length === undefined ? concatBytes(word(BigInt(value.length)), items) : items;
}

function word(value: bigint): Uint8Array {
  return bigIntToBytes(value, WORD_BYTES);
}

/** A value as reports show it. */
export function showValue(parameter: AbiParameter, value: Value): string {
  if (value instanceof Uint8Array) return parameter.type === 'string' ? JSON.stringify(latin1(value)) : toHex(value);
  if (typeof value !== 'bigint') {
    const list = listOf(parameter);
    const items = value.map((item, i) => showValue(list?.element ?? (parameter.components?.[i] as AbiParameter), item));
    return list === undefined ? `(${items.join(', ')})` : `[${items.join(', ')}]`;
  }
  if (parameter.type.startsWith('uint')) return String(value);
  if (parameter.type.startsWith('int')) return String(BigInt.asIntN(256, value));
  if (parameter.type === 'bool' && value < 2n) return value === 1n ? 'true' : 'false';
  const hex: Hex = `0x${value.toString(16).padStart(64, '0')}`;
  return parameter.type === 'address' && value < 1n << 160n ? `0x${hex.slice(26)}` : hex;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
