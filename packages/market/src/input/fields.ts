import { WattchainError } from '@wattchain/core';
import { type DecimalKind, readDecimal } from './decimal.js';
import { shown } from './slip.js';

/** Longest JSON text of settings, characters. */
const MAX_CHARACTERS = 1_000_000;
/** Most entries of a list. */
const MAX_ENTRIES = 10_000;

/** The fields of an object in a JSON file, read one by one; every error names the file and the way to the field. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #asked = new Set<string>();

  /**
   * @param place of the object: `tariff.json, energy[1]`
   * @param code of errors
   */
  private constructor(
    value: unknown,
    readonly place: string,
    readonly code: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.bad(place, 'it is no object', 'write it as { "name": value }');
    this.#values = new Map(Object.entries(value));
  }

  /** The object that a file's text holds. */
  static parse(file: string, text: string, code: string, mostCharacters = MAX_CHARACTERS): Fields {
    if (text.length > mostCharacters)
      throw new WattchainError(code, `${file}: it has ${text.length} characters`, {
        hint: `the limit is ${mostCharacters}`,
      });
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new WattchainError(code, `${file}: it is no JSON: ${(cause as Error).message.slice(0, 120)}`, {
        hint: 'check commas and quotation marks there',
        cause,
      });
    }
    return new Fields(value, file, code);
  }

  has(name: string): boolean {
    return this.#read(name) !== undefined;
  }

  /** Whether a list stands in a field, and not one value. */
  isList(name: string): boolean {
    return Array.isArray(this.#read(name));
  }

  /** A text; numbers are taken as they are written. */
  text(name: string): string | undefined {
    const value = this.#read(name);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    throw this.wrong(name, 'it is no text', 'write it between quotation marks');
  }

  requiredText(name: string): string {
    const text = this.text(name);
    if (text !== undefined && text.trim() !== '') return text;
    throw this.wrong(name, 'it is missing', 'it is needed');
  }

  flag(name: string): boolean | undefined {
    const value = this.#read(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.wrong(name, 'it is neither true nor false', 'write true or false, without quotation marks');
  }

  /** A figure in smallest units, exactly; a minus where it may have one. */
  decimal(name: string, kind: DecimalKind, isSigned = false): bigint | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const isNegative = isSigned && text.trim().startsWith('-');
    const { value, fault } = readDecimal(isNegative ? text.trim().slice(1) : text, kind);
    if (fault !== undefined) throw this.wrong(name, fault.what, fault.hint);
    return isNegative ? -value : value;
  }

  requiredDecimal(name: string, kind: DecimalKind): bigint {
    const value = this.decimal(name, kind);
    if (value !== undefined) return value;
    throw this.wrong(name, 'it is missing', `it is ${kind.name}`);
  }

  /** One of some words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const found = words.find((word) => word === text);
    if (text === undefined || found !== undefined) return found;
    throw this.wrong(name, `${shown(text)} is unknown`, `it is one of ${words.join(', ')}`);
  }

  /** The object in a field. */
  object(name: string): Fields | undefined {
    const value = this.#read(name);
    return value === undefined ? undefined : new Fields(value, `${this.place}, ${name}`, this.code);
  }

  /** The objects in a list; none where there is no list. */
  objects(name: string): Fields[] {
    return this.#list(name).map((entry, index) => new Fields(entry, `${this.place}, ${name}[${index}]`, this.code));
  }

  /** The texts in a list; none where there is no list. */
  texts(name: string): string[] {
    return this.#list(name).map((entry, index) => {
      if (typeof entry === 'string') return entry;
      throw this.wrong(`${name}[${index}]`, 'it is no text', 'write it between quotation marks');
    });
  }

  /** Refuses fields that nobody asked for: a slip in a name would be ignored otherwise. */
  finish(): void {
    const stray = [...this.#values.keys()].find((name) => !this.#asked.has(name) && name !== 'comment');
    if (stray === undefined) return;
    throw this.wrong(stray.slice(0, 40), 'it is unknown', `fields here are ${[...this.#asked].join(', ')}, comment`);
  }

  /** The error of a field. */
  wrong(name: string, what: string, hint: string): WattchainError {
    return this.bad(`${this.place}, ${name}`, what, hint);
  }

  private bad(place: string, what: string, hint: string): WattchainError {
    return new WattchainError(this.code, `${place}: ${what}`, { values: { place }, hint });
  }

  #list(name: string): readonly unknown[] {
    const value = this.#read(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'it is no list', 'write it as [ … ]');
    if (value.length > MAX_ENTRIES)
      throw this.wrong(name, `it has ${value.length} entries`, `the limit is ${MAX_ENTRIES}`);
    return value;
  }

  #read(name: string): unknown {
    this.#asked.add(name);
    return this.#values.get(name) ?? undefined;
  }
}
