/**
 * Reads solc's type identifiers, such as `t_mapping$_t_address_$_t_struct$_Offer_$12_storage_$`: constructors with their arguments
 * between `$_` and `_$`, separated by `_$_`, then a declaration's number, an array's length, a location.
 */
import { assert } from '@wattchain/core';
import type { NodeIndex } from './nodes.js';
import type { Location, Type } from './types.js';

/** The type that an identifier names. */
export function parseTypeIdentifier(identifier: string, declarations: NodeIndex): Type {
  return new Parser(identifier, declarations).whole();
}

const ELEMENTARY: readonly (readonly [RegExp, (match: RegExpExecArray) => Type])[] = [
  [/^t_bool/, () => ({ kind: 'bool' })],
  [/^t_address(_payable)?/, () => ({ kind: 'address' })],
  [/^t_(u?)int(\d+)/, ([, u, bits]) => ({ kind: 'integer', bits: Number(bits), signed: u === '' })],
  [/^t_bytes(\d+)/, ([, bytes]) => ({ kind: 'fixedBytes', bytes: Number(bytes) })],
  [/^t_(bytes|string)_(storage|memory|calldata)(_ptr)?(_slice)?/, ([, name, location]) => text(name, location)],
  [/^t_stringliteral_[0-9a-f]+/, () => ({ kind: 'literal' })],
  [/^t_rational_(minus_)?(\d+)_by_(\d+)/, ([, minus, value = '', by]) => rational(minus, value, by)],
  [/^t_magic_(?!meta_type)([a-z]+)/, ([, name = '']) => ({ kind: 'magic', name })],
  // What other types hold without being values of the language.
  [/^t_(error|inaccessible)/, ([identifier]) => ({ kind: 'other', identifier })],
];

function text(name: string | undefined, location: string | undefined): Type {
  return { kind: 'text', isBytes: name === 'bytes', location: location as Location };
}

function rational(minus: string | undefined, value: string, by: string | undefined): Type {
  const whole = minus === undefined ? BigInt(value) : -BigInt(value);
  return { kind: 'rational', value: by === '1' ? whole : undefined };
}

class Parser {
  #rest: string;

  constructor(
    readonly identifier: string,
    readonly declarations: NodeIndex,
  ) {
    this.#rest = identifier;
  }

  /** The type that the whole identifier names. */
  whole(): Type {
    const type = this.#type();
    assert(this.#rest === '', `${this.identifier} is read to its end`);
    return type;
  }

  #type(): Type {
    for (const [pattern, make] of ELEMENTARY) {
      const match = pattern.exec(this.#rest);
      if (match === null) continue;
      this.#rest = this.#rest.slice(match[0].length);
      return make(match);
    }
    if (this.#take(/^t_magic_meta_type_/)) {
      this.#type();
      return { kind: 'magic', name: 'type' };
    }
    const name = this.#take(/^t_([A-Za-z]+)/)?.[1];
    if (name === 'array') return this.#array();
    if (name === 'mapping') return this.#mapping();
    if (name === 'tuple') return { kind: 'tuple', items: this.#list() };
    if (name === 'type') return { kind: 'type', of: this.#list()[0] ?? { kind: 'other', identifier: this.identifier } };
    if (name === 'function') return this.#function();
    if (
      name === 'struct' ||
      name === 'enum' ||
      name === 'contract' ||
      name === 'super' ||
      name === 'userDefinedValueType'
    )
      return this.#declared(name);
    // Modules and modifiers stand alone.
    this.#rest = '';
    return { kind: 'other', identifier: this.identifier };
  }

  #array(): Type {
    const [base] = this.#list();
    const match = this.#take(/^(dyn|\d+)_(storage|memory|calldata)(_ptr)?(_slice)?/);
    assert(base !== undefined && match !== undefined, `${this.identifier} is an array`);
    const length = match[1] === 'dyn' ? undefined : BigInt(match[1] as string);
    return { kind: 'array', base, length, location: match[2] as Location };
  }

  #mapping(): Type {
    const [key, value] = this.#list();
    assert(key !== undefined && value !== undefined, `${this.identifier} is a mapping`);
    return { kind: 'mapping', key, value };
  }

  #function(): Type {
    const match = this.#take(/^_([a-z0-9]+)_(pure|view|payable|nonpayable)/);
    assert(match !== undefined, `${this.identifier} is a function`);
    const parameters = this.#list();
    const returns = this.#take(/^returns/) ? this.#list() : [];
    // Options that are set already and what a library's function is bound to: both are read from the tree.
    while (this.#take(/^(gas|value|salt)/));
    if (this.#take(/^(bound_to|attached_to)/)) this.#list();
    return { kind: 'function', role: match[1] as string, mutability: match[2] as string, parameters, returns };
  }

  #declared(name: string): Type {
    // Of names that contain `$`, solc writes `$$$`; the number behind says which declaration it is.
    const match = this.#take(/^\$_.*?_\$(\d+)/);
    assert(match !== undefined, `${this.identifier} names a declaration`);
    const id = Number(match[1]);
    if (name === 'struct') {
      const place = this.#take(/^_(storage|memory|calldata)(_ptr)?/);
      const definition = this.declarations.get(id, 'StructDefinition');
      return { kind: 'struct', definition, location: (place?.[1] ?? 'storage') as Location };
    }
    if (name === 'enum') return { kind: 'enum', definition: this.declarations.get(id, 'EnumDefinition') };
    if (name === 'userDefinedValueType') {
      const definition = this.declarations.get(id, 'UserDefinedValueTypeDefinition');
      return { kind: 'userValue', definition, underlying: this.declarations.typeOf(definition.underlyingType) };
    }
    const definition = this.declarations.get(id, 'ContractDefinition');
    return { kind: 'contract', definition, isSuper: name === 'super' };
  }

  /** `$_` item `_$_` item … `_$`; an item may be missing. */
  #list(): (Type | undefined)[] {
    assert(this.#take(/^\$_/), `${this.identifier} has arguments`);
    if (this.#take(/^_\$(?!_)|^_\$(?=_\$|_(storage|memory|calldata))/)) return [];
    const items: (Type | undefined)[] = [];
    for (;;) {
      items.push(this.#rest.startsWith('t_') ? this.#type() : undefined);
      if (!/^_\$_(t_|_\$)/.test(this.#rest)) break;
      this.#take(/^_\$_/);
    }
    assert(this.#take(/^_\$/), `the arguments of ${this.identifier} end`);
    return items;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.#rest);
    if (match === null) return undefined;
    this.#rest = this.#rest.slice(match[0].length);
    return match;
  }
}
