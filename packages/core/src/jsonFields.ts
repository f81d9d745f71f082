import type { Address } from './bytes.js';
import { type ErrorDetails, WattchainError } from './error.js';
import { parseAddress } from './keys.js';

/** Refuses a value: throws, naming the place, what stands there and what is expected. */
export type Refuse = (path: string, value: unknown, expected: string, details?: ErrorDetails) => never;

/** Makes the {@link Refuse} of one kind of document: error code, the document's name in a sentence, what its reader can do. */
export function createRefuse(code: string, document: string, hint: string): Refuse {
  return (path, value, expected, details = {}) => {
    const field = path === '' ? document : `${path} in ${document}`;
    const state = value === undefined ? 'is missing' : `is ${showValue(value)}`;
    throw new WattchainError(code, `${field} ${state}, expected ${expected}`, {
      hint,
      ...details,
      values: { field: path, value, expected },
    });
  };
}

/** A JSON object read field by field; what is not read in the end is a mistake of its author, and refused. */
export class JsonFields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #taken = new Set<string>();
  #areAllTaken = false;
  readonly #path: string;
  readonly #refuse: Refuse;

  /** `path` is where the object stands, empty for the whole document. */
  constructor(value: unknown, path: string, refuse: Refuse) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, value, 'an object');
    this.#object = value as Readonly<Record<string, unknown>>;
    this.#path = path;
    this.#refuse = refuse;
  }

  /** Where a field stands: `contracts[0].code`, `alloc["0x…"].balance`. */
  pathOf(name: string): string {
    if (!/^[A-Za-z]\w*$/.test(name)) return `${this.#path}[${JSON.stringify(name)}]`;
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** Whether a field is there and not yet taken. */
  has(name: string): boolean {
    return !this.#areAllTaken && !this.#taken.has(name) && Object.hasOwn(this.#object, name);
  }

  /** Takes a field; `undefined` when it is absent. */
  take(name: string): unknown {
    if (!this.has(name)) return undefined;
    this.#taken.add(name);
    return this.#object[name];
  }

  /** Takes all fields that are left, in the order of the document, one after the other: there may be a million. */
  *takeAll(): Generator<readonly [name: string, value: unknown], void, undefined> {
    const names = Object.keys(this.#object).filter((name) => this.has(name));
    this.#areAllTaken = true;
    for (const name of names) yield [name, this.#object[name]];
  }

  /** A whole number from `min` to `max`; `fallback` when absent, if there is one. */
  integer(name: string, min: number, max: number, fallback?: number): number {
    const value = this.take(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      this.#refuse(this.pathOf(name), value, `a whole number from ${min} to ${max}`);
    }
    return value as number;
  }

  /** An amount below 2^128 as decimal text, because JSON numbers lose digits above 2^53. */
  amount(name: string): bigint {
    const value = this.take(name);
    if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,38})$/.test(value) || BigInt(value) >= AMOUNT_LIMIT) {
      this.#refuse(this.pathOf(name), value, 'an amount below 2^128 as decimal text, such as "1000"');
    }
    return BigInt(value as string);
  }

  /** A 256-bit word as `0x` and 1 to 64 hex digits. */
  word(name: string): bigint {
    return this.asWord(this.pathOf(name), this.take(name));
  }

  /** Reads a value that {@link takeAll} gave, or a key, as a word. */
  asWord(path: string, value: unknown): bigint {
    if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) {
      this.#refuse(path, value, '0x and 1 to 64 hexadecimal digits');
    }
    return BigInt(value as string);
  }

  /** Reads an address, wherever it stands. */
  asAddress(path: string, value: unknown): Address {
    const expected = 'an address: 0x and 40 hexadecimal digits, in lower case or with the EIP-55 checksum';
    try {
      return parseAddress(value as string);
    } catch (cause) {
      if (cause instanceof WattchainError) return this.#refuse(path, value, expected, { cause });
      throw cause;
    }
  }

  /** Text of 1 to `maxLength` characters without control characters. */
  text(name: string, maxLength: number): string {
    const value = this.take(name);
    if (typeof value !== 'string' || value.length < 1 || value.length > maxLength || /\p{Cc}/u.test(value)) {
      this.#refuse(this.pathOf(name), value, `a text of 1 to ${maxLength} characters`);
    }
    return value as string;
  }

  /** One of some texts. */
  oneOf<T extends string>(name: string, texts: readonly T[]): T {
    const value = this.take(name);
    const text = texts.find((candidate) => candidate === value);
    return text ?? this.#refuse(this.pathOf(name), value, texts.map((candidate) => `"${candidate}"`).join(' or '));
  }

  /** `true` or `false`; `false` when absent. */
  flag(name: string): boolean {
    const value = this.take(name) ?? false;
    if (typeof value !== 'boolean') this.#refuse(this.pathOf(name), value, 'true or false');
    return value as boolean;
  }

  /** A list of at most `maxLength` elements; empty when absent. */
  list(name: string, maxLength: number): unknown[] {
    const value = this.take(name) ?? [];
    if (!Array.isArray(value) || value.length > maxLength) {
      this.#refuse(this.pathOf(name), value, `a list of at most ${maxLength} elements`);
    }
    return value as unknown[];
  }

  /** Refuses what nobody has read. */
  end(): void {
    for (const name of Object.keys(this.#object)) {
      if (this.has(name)) this.#refuse(this.pathOf(name), this.#object[name], 'no field of this name');
    }
  }
}

/** Amounts stay below 2^128: then no sum of balances, rewards of 2^32 blocks and fees can pass a word of 256 bits. */
const AMOUNT_LIMIT = 1n << 128n;

function showValue(value: unknown): string {
  const text = typeof value === 'bigint' ? `the bigint ${value}` : (JSON.stringify(value) ?? `a ${typeof value}`);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
