/** Variables of every shape of a contract, their values, and where solc puts the words of them in storage. */
import {
  type Address,
  assert,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  keccak256,
  type StateJournal,
} from '@wattchain/core';
import { layOut, type StorageLayout } from '@wattchain/vm';
import fc from 'fast-check';
import { encodeCall } from '../../../vm/src/abi.js';
import { applyMessage } from '../../../vm/src/execution/transaction.js';
import type { MachineObserver } from '../../../vm/src/machine/observer.js';
import { ALICE, CONTEXT } from '../../../vm/testing/testSupport.js';
import { improver } from '../../src/code/improve.js';
import { link } from '../../src/code/link.js';
import { pushDefault, pushNewArray } from '../../src/generate/aggregates.js';
import { Routine, Unit } from '../../src/generate/routine.js';
import { SourcePlaces } from '../../src/refusal.js';
import { checkSources } from '../../src/solc.js';
import { Declarations } from '../../src/tree/declarations.js';
import {
  type ArrayType,
  BOOL,
  isReference,
  relocate,
  type StructType,
  shapeOf,
  type Type,
} from '../../src/tree/types.js';

const GO = 0x01020304;
/** Where the code of a run is, and what it stores. */
export const HOME: Address = `0x${'c0'.repeat(20)}`;
const SHAPES = `
contract Shapes {
  enum Color { Red, Green }
  struct Flat { uint8 a; int16 b; address c; bool d; uint256 e; bytes4 f; Color g; int64 h; }
  struct Deep { uint32 a; Flat flat; uint64[3] fixedList; uint8[] list; string name; bool last; }
  Flat flat;
  Deep deep;
  uint8[] bytesList;
  int24[10] signedList;
  uint256[] words;
  bool[] flags;
  string[] names;
  uint8[5][] rows;
  uint16[][3] columns;
  Flat[] flats;
  Deep[2] deeps;
  address[] people;
  bytes4[9] tags;
  int136[] wide;
  bytes20[2] digests;
  struct Holder { uint8 a; mapping(uint256 => uint256) held; uint8 b; uint8 c; mapping(uint256 => uint256)[] more; }
  Holder[] holders;
}`;

/** A word, or the values of members or elements. */
export type Value = bigint | readonly Value[];

const { unit, layout, types } = readShapes();

function readShapes(): { unit: Unit; layout: StorageLayout; types: ReadonlyMap<string, Type> } {
  const checked = checkSources({ name: 'shapes.sol', text: SHAPES }, () => undefined);
  const declarations = new Declarations(checked.units);
  const [contract] = checked.units[0]?.nodes.filter((node) => node.nodeType === 'ContractDefinition') ?? [];
  assert(contract?.nodeType === 'ContractDefinition', 'the source has a contract');
  const layout = checked.contracts['shapes.sol']?.Shapes?.storageLayout as StorageLayout;
  const unused = (): Type => {
    assert(false, 'nothing is generated from the tree here');
    return BOOL;
  };
  const rows = { evaluate: unused, execute: unused };
  const unit = new Unit(contract, declarations, new SourcePlaces(checked.files), layout, rows);
  const types = new Map<string, Type>();
  for (const node of contract.nodes) {
    if (node.nodeType === 'VariableDeclaration') types.set(node.name, unit.typeOf(node));
  }
  return { unit, layout, types };
}

/** The type of a variable of the contract. */
export function typeOf(name: string): StructType | ArrayType {
  const type = types.get(name);
  assert(type?.kind === 'struct' || type?.kind === 'array', `${name} is a struct or array`);
  return type;
}

/** The same type in memory. */
export function inMemory<T extends Type>(type: T): T {
  return relocate(type, 'memory') as T;
}

/** What came of a run, and how often each opcode was executed in it. */
export interface Run {
  readonly failure: Uint8Array | undefined;
  readonly output: readonly bigint[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs what `write` writes as a function. */
export function run(state: StateJournal, write: (r: Routine) => void, results = 0): Run {
  const fresh = new Unit(unit.contract, unit.declarations, unit.places, layout, unit.rows);
  const main = new Routine(fresh, 'main', 0, 0, unit.contract);
  write(main);
  main.op('RETURN', results);
  fresh.writePending();
  const entry = { kind: 'function', selector: GO, headWords: 0, payable: false, view: false, routine: main } as const;
  const laid = layOut(link([entry], fresh.routines, improver(fresh.routines)));
  assert(laid.value !== undefined, `laid out: ${laid.fault?.problem}`);
  state.setCode(HOME, laid.value.code);
  const counts: Record<string, number> = {};
  const observer: MachineObserver = {
    enter: () => {},
    step: (_frame, { opcode }) => {
      counts[opcode.name] = (counts[opcode.name] ?? 0) + 1;
    },
    leave: () => {},
  };
  const message = { from: ALICE, to: HOME, value: 0n, data: encodeCall(GO, []), gasLimit: 19_000_000, gasPrice: 0n };
  const result = applyMessage(state, message, CONTEXT, observer);
  return { failure: result.failure?.data, output: wordsOf(result.output), counts };
}

function wordsOf(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytesToBigInt(bytes.subarray(32 * i, 32 * i + 32)));
}

/** ( -- value ) Builds a value in memory. */
export function pushValue(r: Routine, type: Type, value: Value): void {
  if (typeof value === 'bigint') {
    r.push(value);
    return;
  }
  assert(type.kind === 'struct' || type.kind === 'array', 'lists are structs and arrays');
  r.scope(() => {
    if (type.kind === 'array' && type.length === undefined) {
      r.push(value.length);
      pushNewArray(r, type);
    } else {
      pushDefault(r, type);
    }
    const pointer = r.keep();
    const added = type.kind === 'array' && type.length === undefined ? 1 : 0;
    const partTypes = partsOf(type, value.length);
    for (const [i, part] of value.entries()) {
      pushValue(r, partTypes[i] as Type, part);
      r.getPlus(pointer, i + added);
      r.op('MSTORE');
    }
    r.get(pointer);
  });
}

function partsOf(type: StructType | ArrayType, count: number): Type[] {
  if (type.kind === 'array') return Array.from({ length: count }, () => type.base);
  return unit.declarations.membersOf(type.definition, type.location).map((member) => member.type);
}

/** Random values of a type. */
export function values(type: Type): fc.Arbitrary<Value> {
  if (type.kind === 'array') {
    const length = Number(type.length ?? 0n);
    const base = values(type.base);
    return type.length === undefined
      ? fc.array(base, { maxLength: isReference(type.base) ? 3 : 40 })
      : fc.array(base, { minLength: length, maxLength: length });
  }
  if (type.kind === 'struct') {
    return fc.tuple(...unit.declarations.membersOf(type.definition, 'memory').map((member) => values(member.type)));
  }
  if (type.kind === 'text') return fc.uint8Array({ maxLength: 31 }).map(shortWord);
  if (type.kind === 'bool' || type.kind === 'enum') return fc.bigInt(0n, 1n);
  const shape = shapeOf(type);
  assert(shape !== undefined, 'a value has a shape');
  const word = fc.bigInt(0n, (1n << BigInt(shape.bits)) - 1n);
  if (shape.left) return word.map((bits) => bits << BigInt(256 - shape.bits));
  return shape.signed ? word.map((bits) => BigInt.asUintN(256, BigInt.asIntN(shape.bits, bits))) : word;
}

function shortWord(bytes: Uint8Array): bigint {
  return bytesToBigInt(concatBytes(bytes, new Uint8Array(31 - bytes.length), Uint8Array.of(2 * bytes.length)));
}

interface LayoutType {
  readonly encoding: string;
  readonly numberOfBytes: string;
  readonly base?: string;
  readonly members?: readonly { readonly slot: string; readonly offset: number; readonly type: string }[];
}

/** Words by their slots. */
class Words extends Map<bigint, bigint> {
  areSignsCut = false;
}

/** The words of a value in solc's layout, which says where everything stands. */
function place(words: Words, name: string, type: Type, value: Value, slot: bigint, offset = 0): void {
  const { members, base, numberOfBytes, encoding } = layoutType(name);
  if (typeof value === 'bigint') {
    const bits = 8 * Number(numberOfBytes);
    const word = shapeOf(type)?.left ? value >> BigInt(256 - bits) : BigInt.asUintN(bits, value);
    words.set(slot, (words.get(slot) ?? 0n) | (word << BigInt(8 * offset)));
  } else if (type.kind === 'struct') {
    const parts = partsOf(type, value.length);
    for (const [i, member] of (members ?? []).entries()) {
      place(words, member.type, parts[i] as Type, value[i] as Value, slot + BigInt(member.slot), member.offset);
    }
  } else if (type.kind === 'array') {
    let start = slot;
    if (encoding === 'dynamic_array') {
      words.set(slot, BigInt(value.length));
      start = bytesToBigInt(keccak256(bigIntToBytes(slot, 32)));
    }
    const size = Number(layoutType(base as string).numberOfBytes);
    const perSlot = Math.max(1, Math.floor(32 / size));
    for (const [i, part] of value.entries()) {
      const slots = size > 32 ? BigInt(size / 32) * BigInt(i) : BigInt(Math.floor(i / perSlot));
      if (!words.areSignsCut && typeof part === 'bigint' && perSlot === 1 && shapeOf(type.base)?.signed) {
        // solc does not cut off the sign of an element with a slot of its own, unless it copies from slot to slot.
        words.set(start + slots, part);
        continue;
      }
      place(words, base as string, type.base, part, start + slots, size > 32 ? 0 : (i % perSlot) * size);
    }
  }
}

function layoutType(name: string): LayoutType {
  const type = layout.types?.[name];
  assert(type !== undefined, `solc describes ${name}`);
  return type as LayoutType;
}

function layoutName(name: string): string {
  return layout.storage.find(({ label }) => label === name)?.type as string;
}

/** The words of a variable's value in storage from `slot` on, as solc lays them out. */
export function expectedWords(name: string, value: Value, slot: bigint, areSignsCut = false): Words {
  const words = new Words();
  words.areSignsCut = areSignsCut;
  place(words, layoutName(name), typeOf(name), value, slot);
  return words;
}

/** Slots far enough from each other for anything. */
export const FIRST = 1000n;
export const SECOND = 2000n;
export const THIRD = 3000n;

/** What a failure with `Panic(code)` returns. */
export function panic(code: number): Uint8Array {
  return encodeCall(0x4e487b71, [BigInt(code)]);
}
