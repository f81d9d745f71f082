/**
 * Values of the ABI's types, for whoever has an artifact and no client library: tests in a sandbox, traces. Programs that talk to
 * a node use viem or ethers.
 */
import {
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  fromHex,
  type Hex,
  textToBytes,
  toChecksumAddress,
  toHex,
  WattchainError,
} from '@wattchain/core';
import { type AbiEntry, type AbiParameter, decodeText, selectorOf, selectorToHex, signatureOf } from './abi.js';
import { wordToHash } from './machine/words.js';

/**
 * `uintN`, `intN`: bigint; `bool`: boolean; `address` (EIP-55), `bytesN`, `bytes`, `string`: text; a list: an array; a tuple: a
 * record by the names of its members, by their positions where they have none.
 */
export type AbiValue = bigint | boolean | string | readonly AbiValue[] | { readonly [name: string]: AbiValue };
/** What may be given for an {@link AbiValue}: whole numbers too, and a list for a tuple. */
export type AbiInput = AbiValue | number | readonly AbiInput[] | { readonly [name: string]: AbiInput };

type NamedEntry<Kind extends AbiEntry['type']> = Extract<AbiEntry, { readonly type: Kind }>;

const WORD_BYTES = 32;

/** What a type is made of. */
type Shape =
  | { readonly kind: 'number'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'bool' | 'address' | 'bytes' | 'string' }
  | { readonly kind: 'fixedBytes'; readonly length: number }
  | { readonly kind: 'list'; readonly item: AbiParameter; readonly length: number | undefined }
  | { readonly kind: 'tuple'; readonly members: readonly AbiParameter[] };

function shapeOf(parameter: AbiParameter): Shape | undefined {
  const { type, components = [] } = parameter;
  const list = /^(.+)\[(\d{0,9})\]$/.exec(type);
  if (list !== null) {
    const [, item = '', length] = list;
    return { kind: 'list', item: { ...parameter, type: item }, length: length === '' ? undefined : Number(length) };
  }
  if (type === 'tuple') return { kind: 'tuple', members: components };
  if (type === 'bool' || type === 'address' || type === 'bytes' || type === 'string') return { kind: type };
  const [, name, digits] = /^(u?int|bytes)([1-9]\d{0,2})$/.exec(type) ?? [];
  const size = Number(digits);
  if (name === 'bytes') return size <= WORD_BYTES ? { kind: 'fixedBytes', length: size } : undefined;
  if (name === undefined || size > 256 || size % 8 !== 0) return undefined;
  return { kind: 'number', bits: size, isSigned: name === 'int' };
}

/** Bytes that a value takes in the head; of a dynamic type those of its offset. */
function headBytes(parameter: AbiParameter): number {
  const shape = shapeOf(parameter);
  if (isDynamic(parameter)) return WORD_BYTES;
  if (shape?.kind === 'list') return (shape.length ?? 0) * headBytes(shape.item);
  if (shape?.kind === 'tuple') return shape.members.reduce((sum, member) => sum + headBytes(member), 0);
  return WORD_BYTES;
}

function isDynamic(parameter: AbiParameter): boolean {
  const shape = shapeOf(parameter);
  if (shape?.kind === 'bytes' || shape?.kind === 'string') return true;
  if (shape?.kind === 'list') return shape.length === undefined || isDynamic(shape.item);
  return shape?.kind === 'tuple' && shape.members.some(isDynamic);
}

/** A type as signatures hash it: a tuple is its members in parentheses. */
function canonicalType({ type, components = [] }: AbiParameter): string {
  return type.replace(/^tuple/, () => `(${components.map(canonicalType).join(',')})`);
}

/** The canonical signature of a function, event or error. */
export function signatureOfEntry(entry: { readonly name: string; readonly inputs: readonly AbiParameter[] }): string {
  return signatureOf(entry.name, entry.inputs.map(canonicalType));
}

/**
 * Arguments as calldata holds them behind the selector.
 *
 * @throws WattchainError `badArguments` that names the argument
 */
export function encodeArguments(parameters: readonly AbiParameter[], values: readonly AbiInput[]): Uint8Array {
  if (values.length !== parameters.length) {
    const wanted = parameters.map(({ type, name }) => `${type} ${name}`.trim()).join(', ');
    throw badArguments(`${parameters.length} arguments are taken (${wanted}), ${values.length} are given`);
  }
  return encodeAll(
    parameters,
    values,
    parameters.map(({ type, name }, i) => `argument ${i + 1} (${`${type} ${name}`.trim()})`),
  );
}

/** Heads, then what they point to; `names` say in messages what each value is. */
function encodeAll(
  parameters: readonly AbiParameter[],
  values: readonly AbiInput[],
  names: readonly string[],
): Uint8Array {
  const heads: Uint8Array[] = [];
  const tails: Uint8Array[] = [];
  let end = parameters.reduce((sum, parameter) => sum + headBytes(parameter), 0);
  for (const [i, parameter] of parameters.entries()) {
    const encoded = encodeValue(parameter, values[i] as AbiInput, names[i] ?? '');
    if (!isDynamic(parameter)) heads.push(encoded);
    else {
      heads.push(bigIntToBytes(BigInt(end), WORD_BYTES));
      tails.push(encoded);
      end += encoded.length;
    }
  }
  return concatBytes(...heads, ...tails);
}

function encodeValue(parameter: AbiParameter, value: AbiInput, what: string): Uint8Array {
  const shape = shapeOf(parameter);
  switch (shape?.kind) {
    case 'list':
      return encodeList(shape, value, what);
    case 'tuple':
      return encodeTuple(shape.members, value, what);
    case 'string':
      if (typeof value === 'string') return encodeBytes(textToBytes(value));
      break;
    case 'bytes':
      if (isHexText(value)) return encodeBytes(fromHex(value));
      break;
    case 'fixedBytes':
      if (isHexText(value, shape.length)) return padded(fromHex(value));
      break;
    case 'address':
      if (isHexText(value, 20)) return bigIntToBytes(BigInt(value), WORD_BYTES);
      break;
    case 'bool':
      if (typeof value === 'boolean') return bigIntToBytes(value ? 1n : 0n, WORD_BYTES);
      break;
    case 'number': {
      const number = typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as bigint) : undefined;
      if (number !== undefined && fits(number, shape)) return bigIntToBytes(BigInt.asUintN(256, number), WORD_BYTES);
    }
  }
  throw badArguments(`${what}: ${describeValue(value as AbiValue)} is no ${parameter.type}`);
}

function fits(number: bigint, { bits, isSigned }: { readonly bits: number; readonly isSigned: boolean }): boolean {
  return (isSigned ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number)) === number;
}

function isHexText(value: AbiInput, bytes?: number): value is Hex {
  if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) return false;
  return bytes === undefined || value.length === 2 + 2 * bytes;
}

function encodeList(shape: Extract<Shape, { kind: 'list' }>, value: AbiInput, what: string): Uint8Array {
  if (!Array.isArray(value)) throw badArguments(`${what} is not a list`);
  const { item, length } = shape;
  if (length !== undefined && value.length !== length) throw badArguments(`${what} is not a list of ${length}`);
  const items = encodeAll(new Array<AbiParameter>(value.length).fill(item), value, new Array(value.length).fill(what));
  return length === undefined ? concatBytes(bigIntToBytes(BigInt(value.length), WORD_BYTES), items) : items;
}

function encodeTuple(members: readonly AbiParameter[], value: AbiInput, what: string): Uint8Array {
  const isList = Array.isArray(value);
  if (typeof value !== 'object' || (isList && value.length !== members.length)) {
    throw badArguments(`${what} is no tuple of ${members.length} values`);
  }
  const record = value as { readonly [name: string]: AbiInput };
  const values = members.map(({ name }, i) => (isList ? (value[i] as AbiInput) : record[name || String(i)]));
  const missing = values.indexOf(undefined);
  if (missing !== -1) throw badArguments(`${what} has no ${members[missing]?.name || missing}`);
  return encodeAll(
    members,
    values as AbiInput[],
    members.map(({ name }, i) => `${what}, ${name || i}`),
  );
}

function encodeBytes(bytes: Uint8Array): Uint8Array {
  return concatBytes(bigIntToBytes(BigInt(bytes.length), WORD_BYTES), padded(bytes));
}

/** Zeros behind the bytes, up to whole words. */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES);
  whole.set(bytes);
  return whole;
}

function badArguments(problem: string): WattchainError {
  return new WattchainError('badArguments', problem, {
    hint: 'numbers are bigints or whole numbers, addresses and bytes hexadecimal text, lists arrays, structs objects or arrays',
  });
}

/** Results, or the values of an error; `undefined` when the bytes are not of these types. */
export function decodeValues(parameters: readonly AbiParameter[], data: Uint8Array): AbiValue[] | undefined {
  const reader = new Reader(data);
  const values = reader.values(parameters, 0);
  const isWhole = parameters.some(isDynamic) || data.length === reader.headEnd;
  return reader.isBroken || !isWhole ? undefined : values;
}

/** Reads what a contract returned, which may be anything: every value read takes bytes of its own from a budget. */
class Reader {
  /** Set when the data are not of the types. */
  isBroken = false;
  /** Where the outermost heads end. */
  headEnd = 0;
  readonly #data: Uint8Array;
  /** Bytes that may still be read: well-formed data have none that are read twice. */
  #left: number;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#left = data.length;
  }

  /** Values whose heads begin at `start`, from where their offsets count. */
  values(parameters: readonly AbiParameter[], start: number): AbiValue[] {
    let head = start;
    const values: AbiValue[] = [];
    for (const parameter of parameters) {
      if (this.isBroken) break;
      values.push(this.#value(parameter, isDynamic(parameter) ? start + this.#size(head) : head));
      head += headBytes(parameter);
    }
    if (start === 0) this.headEnd = head;
    return values;
  }

  #value(parameter: AbiParameter, at: number): AbiValue {
    const shape = shapeOf(parameter);
    switch (shape?.kind) {
      case undefined:
        this.isBroken = true;
        return 0n;
      case 'tuple': {
        const values = this.values(shape.members, at);
        return Object.fromEntries(shape.members.map(({ name }, i) => [name || String(i), values[i] as AbiValue]));
      }
      case 'list': {
        const length = shape.length ?? this.#size(at);
        const start = shape.length === undefined ? at + WORD_BYTES : at;
        // Items that take no bytes would be as many as anybody says.
        if (headBytes(shape.item) === 0 || length * headBytes(shape.item) > this.#left) this.isBroken = length > 0;
        return this.isBroken ? [] : this.values(new Array<AbiParameter>(length).fill(shape.item), start);
      }
      case 'bytes':
        return toHex(this.#bytes(at + WORD_BYTES, this.#size(at)));
      case 'string': {
        const text = decodeText(this.#bytes(at + WORD_BYTES, this.#size(at)));
        if (text === undefined) this.isBroken = true;
        return text ?? '';
      }
      default: {
        const word = bytesToBigInt(this.#bytes(at, WORD_BYTES));
        if (shape === undefined || !isEncoded(shape, word)) this.isBroken = true;
        return wordToValue(parameter.type, word);
      }
    }
  }

  /** A length or an offset; none is larger than the data. */
  #size(at: number): number {
    const word = bytesToBigInt(this.#bytes(at, WORD_BYTES));
    if (word > BigInt(this.#data.length)) this.isBroken = true;
    return this.isBroken ? 0 : Number(word);
  }

  #bytes(start: number, length: number): Uint8Array {
    this.#left -= length;
    if (this.#left < 0 || start + length > this.#data.length) this.isBroken = true;
    return this.isBroken ? new Uint8Array(0) : this.#data.subarray(start, start + length);
  }
}

/** Whether a word is what a value of the type is encoded as: nothing stands in the bits that the type does not have. */
function isEncoded(shape: Shape, word: bigint): boolean {
  switch (shape.kind) {
    case 'bool':
      return word < 2n;
    case 'address':
      return word < 1n << 160n;
    case 'number':
      return fits(shape.isSigned ? BigInt.asIntN(256, word) : word, shape);
    case 'fixedBytes':
      return BigInt.asUintN(8 * (WORD_BYTES - shape.length), word) === 0n;
    default:
      return true;
  }
}

/** A word as a value of a type that fits one; of any other type, as an event's topic holds it, the word in hexadecimal. */
export function wordToValue(type: string, word: bigint): AbiValue {
  const shape = shapeOf({ name: '', type });
  if (shape?.kind === 'bool') return word !== 0n;
  if (shape?.kind === 'address') return toChecksumAddress(toHex(fromHex(wordToHash(word)).subarray(12)));
  if (shape?.kind === 'number') return shape.isSigned ? BigInt.asIntN(256, word) : word;
  const length = shape?.kind === 'fixedBytes' ? shape.length : WORD_BYTES;
  return toHex(bigIntToBytes(word, WORD_BYTES).subarray(0, length));
}

/** A value as a person reads it: `[1, 2]`, `(owner 0x…, open true)`. */
export function describeValue(value: AbiValue): string {
  if (Array.isArray(value)) return `[${value.map(describeValue).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  return `(${Object.entries(value)
    .map(([name, item]) => `${name} ${describeValue(item)}`)
    .join(', ')})`;
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
