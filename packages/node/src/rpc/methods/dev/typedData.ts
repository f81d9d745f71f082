/** The digest that EIP-712 gives to typed data, as wallets' `eth_signTypedData_v4` takes it: lists, and null for a struct that is absent. */
import { bigIntToBytes, concatBytes, fromHex, keccak256, parseAddress, textToBytes } from '@wattchain/core';
import { invalidParams } from '../../protocol/rpcError.js';

interface Field {
  readonly name: string;
  readonly type: string;
}

const DOMAIN = 'EIP712Domain';
/** What a domain has where the types do not say, in this order. */
const DOMAIN_FIELDS: readonly Field[] = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
  { name: 'salt', type: 'bytes32' },
];
const WORD_BYTES = 32;
/** Characters of the declared types: each type is hashed with all that it refers to, so work grows with their square. */
const MAX_TYPES_CHARACTERS = 16_384;
/** Fields and elements of lists in domain and message; each becomes a word to hash. */
const MAX_VALUES = 16_384;
/** Stands for a struct that is null. */
const NOTHING = new Uint8Array(WORD_BYTES);

/** keccak256(0x1901 ‖ domain ‖ message). Throws −32602 that names what is wrong. */
export function hashTypedData(typedData: unknown): Uint8Array {
  const { types, primaryType, domain = {}, message } = record(typedData, 'the typed data');
  const declared = record(types, 'types');
  const { length } = JSON.stringify(declared);
  if (length > MAX_TYPES_CHARACTERS) {
    throw invalid(`types has ${length} characters, at most ${MAX_TYPES_CHARACTERS} are taken`);
  }
  const domainValue = record(domain, 'domain');
  const hasherTypes = new Map(Object.entries(declared).map(([name, fields]) => [name, fieldsOf(name, fields)]));
  if (!hasherTypes.has(DOMAIN)) {
    hasherTypes.set(
      DOMAIN,
      DOMAIN_FIELDS.filter(({ name }) => domainValue[name] !== undefined),
    );
  }
  if (typeof primaryType !== 'string' || !hasherTypes.has(primaryType)) {
    throw invalid(`primaryType ${shown(primaryType)} is not one of the types`);
  }
  const hasher = new StructHasher(hasherTypes);
  const parts = [fromHex('0x1901'), hasher.hash(DOMAIN, domainValue, 'domain')];
  if (primaryType !== DOMAIN) parts.push(hasher.hash(primaryType, record(message, 'message'), 'message'));
  return keccak256(concatBytes(...parts));
}

class StructHasher {
  readonly #types: ReadonlyMap<string, readonly Field[]>;
  readonly #typeHashes = new Map<string, Uint8Array>();
  #values = 0;

  constructor(types: ReadonlyMap<string, readonly Field[]>) {
    this.#types = types;
  }

  /** hashStruct of the specification. */
  hash(type: string, value: Readonly<Record<string, unknown>>, path: string): Uint8Array {
    const fields = this.#types.get(type) as readonly Field[];
    const encoded = fields.map((field) =>
      this.#encode(
        field.type,
        Object.hasOwn(value, field.name) ? value[field.name] : undefined,
        `${path}.${field.name}`,
      ),
    );
    return keccak256(concatBytes(this.#typeHash(type), ...encoded));
  }

  /** A field's 32 bytes. */
  #encode(type: string, value: unknown, path: string): Uint8Array {
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw invalid(`it has more than ${MAX_VALUES} fields and elements of lists`);
    const list = /^(.+)\[(\d*)\]$/.exec(type);
    if (list !== null) {
      const [, element = '', length = ''] = list;
      if (!Array.isArray(value) || (length !== '' && value.length !== Number(length))) {
        throw invalid(`${path} is ${shown(value)}, ${type} is expected`);
      }
      return keccak256(concatBytes(...value.map((item, i) => this.#encode(element, item, `${path}[${i}]`))));
    }
    if (!this.#types.has(type)) return encodeAtom(type, value, path);
    return value === undefined || value === null ? NOTHING : this.hash(type, record(value, path), path);
  }

  /** keccak256 of the type and of those that it refers to, by name. */
  #typeHash(type: string): Uint8Array {
    const known = this.#typeHashes.get(type);
    if (known !== undefined) return known;
    const found = new Set([type]);
    // A set goes on with what is added while it is walked.
    for (const name of found) {
      for (const field of this.#types.get(name) as readonly Field[]) {
        const element = field.type.replace(/\[.*$/, '');
        if (this.#types.has(element)) found.add(element);
      }
    }
    const others = [...found].filter((name) => name !== type).sort((a, b) => (a < b ? -1 : 1));
    const text = [type, ...others].map((name) => `${name}(${this.#members(name)})`).join('');
    const hash = keccak256(textToBytes(text));
    this.#typeHashes.set(type, hash);
    return hash;
  }

  #members(type: string): string {
    return (this.#types.get(type) as readonly Field[]).map((field) => `${field.type} ${field.name}`).join(',');
  }
}

function encodeAtom(type: string, value: unknown, path: string): Uint8Array {
  const wrong = () => invalid(`${path} is ${shown(value)}, ${type} is expected`);
  if (type === 'string') {
    if (typeof value !== 'string') throw wrong();
    return keccak256(textToBytes(value));
  }
  if (type === 'bool') {
    if (typeof value !== 'boolean') throw wrong();
    return bigIntToBytes(value ? 1n : 0n, WORD_BYTES);
  }
  if (type === 'address') {
    if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value)) throw wrong();
    return bigIntToBytes(BigInt(parseAddress(value)), WORD_BYTES);
  }
  const bytes = /^bytes(\d*)$/.exec(type);
  if (bytes !== null) {
    const length = bytes[1] === '' ? undefined : Number(bytes[1]);
    if (length !== undefined && (length < 1 || length > WORD_BYTES)) throw invalid(`there is no type ${type}`);
    if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) throw wrong();
    const given = fromHex(value);
    if (length === undefined) return keccak256(given);
    if (given.length !== length) throw wrong();
    return concatBytes(given, new Uint8Array(WORD_BYTES - length));
  }
  const integer = /^(u?)int(\d*)$/.exec(type);
  const bits = Number(integer?.[2] || 256);
  if (integer === null || bits % 8 !== 0 || bits < 8 || bits > 256) throw invalid(`there is no type ${type}`);
  const number = integerOf(value);
  const [min, limit] =
    integer[1] === 'u' ? [0n, 1n << BigInt(bits)] : [-(1n << BigInt(bits - 1)), 1n << BigInt(bits - 1)];
  if (number === undefined || number < min || number >= limit) throw wrong();
  return bigIntToBytes(BigInt.asUintN(256, number), WORD_BYTES);
}

/** An exact whole number as JSON, decimal text or hex. */
function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !/^(-?\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(value)) return undefined;
  return BigInt(value);
}

function fieldsOf(type: string, fields: unknown): readonly Field[] {
  if (!Array.isArray(fields)) throw invalid(`types.${type} is ${shown(fields)}, a list of fields is expected`);
  return fields.map((field: unknown, i) => {
    const { name, type: fieldType } = record(field, `types.${type}[${i}]`);
    if (typeof name === 'string' && typeof fieldType === 'string') return { name, type: fieldType };
    throw invalid(`types.${type}[${i}] is ${shown(field)}, a name and a type are expected`);
  });
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${what} is ${shown(value)}, an object is expected`);
  }
  return value as Record<string, unknown>;
}

function invalid(detail: string): Error {
  return invalidParams(`the typed data cannot be hashed: ${detail}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'absent';
}
