/** Solidity's types as the generator sees them. Every value of every type is one word of the machine; only tuples have several. */
import type {
  ContractDefinition,
  EnumDefinition,
  StructDefinition,
  UserDefinedValueTypeDefinition,
} from 'solidity-ast';

/** Where a struct, array or text lives. */
export type Location = 'storage' | 'memory' | 'calldata';

export interface IntegerType {
  readonly kind: 'integer';
  readonly bits: number;
  readonly signed: boolean;
}

export interface FixedBytesType {
  readonly kind: 'fixedBytes';
  /** 1 to 32; the bytes stand at the left of a word. */
  readonly bytes: number;
}

export interface StructType {
  readonly kind: 'struct';
  readonly definition: StructDefinition;
  readonly location: Location;
}

export interface ArrayType {
  readonly kind: 'array';
  readonly base: Type;
  /** `undefined` of a dynamic array. */
  readonly length: bigint | undefined;
  readonly location: Location;
}

export interface MappingType {
  readonly kind: 'mapping';
  readonly key: Type;
  readonly value: Type;
}

/** `string` or `bytes`: a value of up to 31 bytes in one word, as solc stores short ones (`text.ts`). */
export interface TextType {
  readonly kind: 'text';
  readonly isBytes: boolean;
  readonly location: Location;
}

export interface FunctionType {
  readonly kind: 'function';
  /** solc's kind of function: `internal`, `external`, `event`, `require`, `keccak256`, `arraypush` … */
  readonly role: string;
  readonly mutability: string;
  readonly parameters: readonly (Type | undefined)[];
  readonly returns: readonly (Type | undefined)[];
}

export type Type =
  | IntegerType
  | { readonly kind: 'bool' }
  | { readonly kind: 'address' }
  | FixedBytesType
  | { readonly kind: 'enum'; readonly definition: EnumDefinition }
  | { readonly kind: 'contract'; readonly definition: ContractDefinition; readonly isSuper: boolean }
  | {
      readonly kind: 'userValue';
      readonly definition: UserDefinedValueTypeDefinition;
      readonly underlying: Type;
    }
  | TextType
  | StructType
  | ArrayType
  | MappingType
  /** A number that solc has worked out; `value` is `undefined` of a fraction. */
  | { readonly kind: 'rational'; readonly value: bigint | undefined }
  /** The text stands in the literal. */
  | { readonly kind: 'literal' }
  | { readonly kind: 'tuple'; readonly items: readonly (Type | undefined)[] }
  | FunctionType
  | { readonly kind: 'type'; readonly of: Type }
  /** `msg`, `block`, `abi`, `type(X)`: what has members but no value. */
  | { readonly kind: 'magic'; readonly name: string }
  | { readonly kind: 'other'; readonly identifier: string };

export const UINT256: IntegerType = Object.freeze({ kind: 'integer', bits: 256, signed: false });
export const BOOL: Type = Object.freeze({ kind: 'bool' });
export const ADDRESS: Type = Object.freeze({ kind: 'address' });
export const BYTES32: FixedBytesType = Object.freeze({ kind: 'fixedBytes', bytes: 32 });
export const STRING: TextType = Object.freeze({ kind: 'text', isBytes: false, location: 'memory' });
export const BYTES: TextType = Object.freeze({ kind: 'text', isBytes: true, location: 'memory' });
export const NOTHING: Type = Object.freeze({ kind: 'tuple', items: [] });

/** How a value of a value type stands in its word. */
export interface Shape {
  /** Bits that it may use. */
  readonly bits: number;
  /** Sign-extended to the whole word. */
  readonly signed: boolean;
  /** At the left end of the word instead of the right one. */
  readonly left: boolean;
}

/** The shape of a value type, `undefined` of any other type. */
export function shapeOf(type: Type): Shape | undefined {
  if (type.kind === 'integer') return { bits: type.bits, signed: type.signed, left: false };
  if (type.kind === 'bool') return { bits: 1, signed: false, left: false };
  if (type.kind === 'address' || type.kind === 'contract') return { bits: 160, signed: false, left: false };
  if (type.kind === 'fixedBytes') return { bits: 8 * type.bytes, signed: false, left: true };
  if (type.kind === 'enum') return { bits: 8, signed: false, left: false };
  // Nothing reads a function that is a value, but it takes its place beside others: an address and a selector, or a place in code.
  if (type.kind === 'function' && type.role === 'external') return { bits: 192, signed: false, left: true };
  if (type.kind === 'function' && type.role === 'internal') return { bits: 64, signed: false, left: false };
  return type.kind === 'userValue' ? shapeOf(type.underlying) : undefined;
}

/** A value that stands in its word wherever it goes: numbers, addresses, enums … and texts up to 31 bytes. */
export function isWord(type: Type): boolean {
  return type.kind === 'text' || shapeOf(type) !== undefined;
}

/** Structs, arrays and mappings, whose word says where they are. */
export function isReference(type: Type): type is StructType | ArrayType | MappingType {
  return type.kind === 'struct' || type.kind === 'array' || type.kind === 'mapping';
}

/** The type behind a user-defined value type, or the type itself. */
export function underlying(type: Type): Type {
  return type.kind === 'userValue' ? underlying(type.underlying) : type;
}

/** The same type elsewhere: what a struct or array holds lives where it does. */
export function relocate(type: Type, location: Location): Type {
  if (type.kind === 'struct' || type.kind === 'text') return { ...type, location };
  if (type.kind === 'array') return { ...type, location, base: relocate(type.base, location) };
  return type;
}

/** A text that is equal for equal types, for naming what is generated once a type. */
export function typeKey(type: Type): string {
  switch (type.kind) {
    case 'integer':
      return `${type.signed ? 'int' : 'uint'}${type.bits}`;
    case 'fixedBytes':
      return `bytes${type.bytes}`;
    case 'enum':
    case 'contract':
    case 'userValue':
      return `${type.kind}${type.definition.id}`;
    case 'text':
      return `${type.isBytes ? 'bytes' : 'string'}@${type.location}`;
    case 'struct':
      return `struct${type.definition.id}@${type.location}`;
    case 'array':
      return `${typeKey(type.base)}[${type.length ?? ''}]@${type.location}`;
    case 'mapping':
      return `mapping(${typeKey(type.key)},${typeKey(type.value)})`;
    case 'tuple':
      return `(${type.items.map((item) => (item === undefined ? '' : typeKey(item))).join(',')})`;
    case 'type':
      return `type(${typeKey(type.of)})`;
    case 'function':
      return `${type.role} function`;
    default:
      return type.kind;
  }
}
