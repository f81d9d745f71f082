import {
  type Address,
  assert,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  keccak256,
  type StateJournal,
  textToBytes,
} from '@wattchain/core';
import { layOut, type StorageLayout } from '@wattchain/vm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeCall } from '../../../vm/src/abi.js';
import { applyMessage } from '../../../vm/src/execution/transaction.js';
import type { MachineObserver } from '../../../vm/src/machine/observer.js';
import { ALICE, CONTEXT, createWorld } from '../../../vm/testing/testSupport.js';
import { improver } from '../code/improve.js';
import { link } from '../code/link.js';
import { SourcePlaces } from '../refusal.js';
import { checkSources } from '../solc.js';
import { Declarations } from '../tree/declarations.js';
import { type ArrayType, BOOL, isReference, relocate, type StructType, shapeOf, type Type } from '../tree/types.js';
import { clearStorage, copyToMemory, copyToStorage, pushDefault, pushNewArray } from './aggregates.js';
import { elementPlace, popElement, pushElement, pushLength } from './arrays.js';
import { load, storeWord } from './place.js';
import { Routine, Unit } from './routine.js';

const GO = 0x01020304;
const HOME: Address = `0x${'c0'.repeat(20)}`;
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
type Value = bigint | readonly Value[];

let unit: Unit;
let layout: StorageLayout;
const types = new Map<string, Type>();

beforeAll(() => {
  const checked = checkSources({ name: 'shapes.sol', text: SHAPES }, () => undefined);
  const declarations = new Declarations(checked.units);
  const [contract] = checked.units[0]?.nodes.filter((node) => node.nodeType === 'ContractDefinition') ?? [];
  assert(contract?.nodeType === 'ContractDefinition', 'the source has a contract');
  layout = checked.contracts['shapes.sol']?.Shapes?.storageLayout as StorageLayout;
  const unused = (): Type => {
    assert(false, 'nothing is generated from the tree here');
    return BOOL;
  };
  const rows = { evaluate: unused, execute: unused };
  unit = new Unit(contract, declarations, new SourcePlaces(checked.files), layout, rows);
  for (const node of contract.nodes) {
    if (node.nodeType === 'VariableDeclaration') types.set(node.name, unit.typeOf(node));
  }
});

function typeOf(name: string): StructType | ArrayType {
  const type = types.get(name);
  assert(type?.kind === 'struct' || type?.kind === 'array', `${name} is a struct or array`);
  return type;
}

function inMemory<T extends Type>(type: T): T {
  return relocate(type, 'memory') as T;
}

interface Run {
  readonly failure: Uint8Array | undefined;
  readonly output: readonly bigint[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs what `write` writes as a function. */
function run(state: StateJournal, write: (r: Routine) => void, results = 0): Run {
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
function pushValue(r: Routine, type: Type, value: Value): void {
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

function values(type: Type): fc.Arbitrary<Value> {
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

function expectedWords(name: string, value: Value, slot: bigint, areSignsCut = false): Words {
  const words = new Words();
  words.areSignsCut = areSignsCut;
  place(words, layoutName(name), typeOf(name), value, slot);
  return words;
}

const FIRST = 1000n;
const SECOND = 2000n;
const THIRD = 3000n;

function panic(code: number): Uint8Array {
  return encodeCall(0x4e487b71, [BigInt(code)]);
}

describe('structs and arrays between memory and storage', () => {
  const NAMES = [
    'flat',
    'deep',
    'bytesList',
    'signedList',
    'words',
    'flags',
    'names',
    'rows',
    'columns',
    'flats',
    'deeps',
    'people',
    'tags',
    'wide',
    'digests',
  ];

  it.each(NAMES)('%s: written in solc’s layout, a word at a time, read back, overwritten and cleared', (name) => {
    const type = typeOf(name);
    fc.assert(
      fc.property(values(type), values(type), (first, second) => {
        const { state } = createWorld();
        const write = (value: Value, slot: bigint) => (r: Routine) => {
          pushValue(r, inMemory(type), value);
          r.push(slot);
          copyToStorage(r, inMemory(type), type);
        };
        const expectWords = (words: ReadonlyMap<bigint, bigint>) => {
          for (const [slot, word] of words) expect(state.storage(HOME, slot)).toBe(word);
        };
        const [ofFirst, ofSecond] = [expectedWords(name, first, FIRST), expectedWords(name, second, FIRST)];
        const written = run(state, write(first, FIRST));
        expect(written.failure).toBeUndefined();
        expectWords(ofFirst);
        // A word is written once; only lengths are read.
        expect(written.counts.SSTORE).toBe(ofFirst.size);

        const copied = run(state, (r) => {
          r.push(FIRST);
          copyToMemory(r, type);
          r.push(SECOND);
          copyToStorage(r, inMemory(type), type);
        });
        expect(copied.failure).toBeUndefined();
        expectWords(expectedWords(name, first, SECOND));

        const moved = run(state, (r) => {
          r.push(SECOND);
          r.push(THIRD);
          copyToStorage(r, type, type);
        });
        expect(moved.failure).toBeUndefined();
        expect(moved.counts.SSTORE).toBe(ofFirst.size);
        expectWords(expectedWords(name, first, THIRD, true));

        const read = run(state, (r) => {
          r.push(SECOND);
          copyToMemory(r, type);
          r.op('POP');
        });
        expect(read.counts.SLOAD).toBe(ofFirst.size);

        expect(run(state, write(second, FIRST)).failure).toBeUndefined();
        const zeros = new Map([...ofFirst.keys()].map((slot) => [slot, 0n]));
        expectWords(new Map([...zeros, ...ofSecond]));

        const cleared = run(state, (r) => {
          r.push(FIRST);
          clearStorage(r, type);
        });
        expect(cleared.failure).toBeUndefined();
        expectWords(new Map([...ofSecond.keys()].map((slot) => [slot, 0n])));
      }),
      { numRuns: 6 },
    );
  });

  it('a list with wider elements takes those of a narrower one, and of a shorter one of fixed length', () => {
    const { state } = createWorld();
    const [narrow, wide, fixed] = ['bytesList', 'words', 'signedList'].map((name) => typeOf(name) as ArrayType);
    assert(narrow !== undefined && wide !== undefined && fixed !== undefined, 'the lists are there');
    const write = (from: ArrayType, to: ArrayType, value: Value, slot: bigint) => (r: Routine) => {
      pushValue(r, inMemory(from), value);
      r.push(slot);
      copyToStorage(r, inMemory(from), to);
    };
    run(state, write(narrow, wide, [1n, 2n, 255n], FIRST));
    for (const [slot, word] of expectedWords('words', [1n, 2n, 255n], FIRST))
      expect(state.storage(HOME, slot)).toBe(word);
    const ones = Array.from({ length: 10 }, () => 1n);
    run(state, write(fixed, fixed, ones, SECOND));
    const minusOne = BigInt.asUintN(256, -1n);
    run(state, write({ ...fixed, length: 3n }, fixed, [minusOne, 2n, 3n], SECOND));
    const rest = [minusOne, 2n, 3n, ...Array.from({ length: 7 }, () => 0n)];
    for (const [slot, word] of expectedWords('signedList', rest, SECOND)) expect(state.storage(HOME, slot)).toBe(word);
  });

  it('a text of more than 31 bytes is not stored', () => {
    const { state } = createWorld();
    const names = typeOf('names');
    const { failure } = run(state, (r) => {
      pushValue(r, inMemory(names), [0n, 2n * 77n + 1n]);
      r.push(FIRST);
      copyToStorage(r, inMemory(names), names);
    });
    expect(failure).toEqual(keccak256(textToBytes('StringTooLong()')).subarray(0, 4));
  });

  it('mappings stay when what holds them is cleared', () => {
    const { state } = createWorld();
    const holders = typeOf('holders');
    const data = bytesToBigInt(keccak256(bigIntToBytes(FIRST, 32)));
    // The first slot of an element, that of its mapping, the one of `b` and `c`, and the length of its list of mappings.
    const words = [1n, 77n, 0x0302n, 2n];
    state.setStorage(HOME, FIRST, 1n);
    for (const [i, word] of words.entries()) state.setStorage(HOME, data + BigInt(i), word);
    run(state, (r) => {
      r.push(FIRST);
      clearStorage(r, holders);
    });
    expect(state.storage(HOME, FIRST)).toBe(0n);
    expect(words.map((_, i) => state.storage(HOME, data + BigInt(i)))).toEqual([0n, 77n, 0n, 0n]);
  });
});

describe('elements', () => {
  it.each(['bytesList', 'flags', 'words', 'names', 'people'])('%s: push, read, pop', (name) => {
    const type = typeOf(name) as ArrayType;
    fc.assert(
      fc.property(fc.array(values(type.base), { minLength: 1, maxLength: 40 }), (list) => {
        const { state } = createWorld();
        const pushed = run(state, (r) => {
          for (const value of list) {
            r.scope(() => {
              r.push(FIRST);
              const element = pushElement(r, type);
              pushValue(r, type.base, value);
              storeWord(r, element);
            });
          }
        });
        expect(pushed.failure).toBeUndefined();
        for (const [slot, word] of expectedWords(name, list, FIRST)) expect(state.storage(HOME, slot)).toBe(word);
        const last = run(
          state,
          (r) => {
            r.push(FIRST);
            r.push(list.length - 1);
            load(r, elementPlace(r, type));
            r.push(FIRST);
            pushLength(r, type);
          },
          2,
        );
        expect(last.output).toEqual([list.at(-1), BigInt(list.length)]);
        const beyond = run(state, (r) => {
          r.push(FIRST);
          r.push(list.length);
          elementPlace(r, type);
        });
        expect(beyond.failure).toEqual(panic(0x32));
        run(state, (r) => {
          r.push(FIRST);
          popElement(r, type);
        });
        const zeros = [...expectedWords(name, list, FIRST).keys()].map((slot) => [slot, 0n] as const);
        const words = new Map([...zeros, ...expectedWords(name, list.slice(0, -1), FIRST)]);
        for (const [slot, word] of words) expect(state.storage(HOME, slot)).toBe(word);
      }),
      { numRuns: 4 },
    );
  });

  it('there is nothing to pop off an empty list', () => {
    const { failure } = run(createWorld().state, (r) => {
      r.push(FIRST);
      popElement(r, typeOf('flats') as ArrayType);
    });
    expect(failure).toEqual(panic(0x31));
  });

  it('elements of structs and lists are where solc puts them, popped whole', () => {
    const { state } = createWorld();
    const flats = typeOf('flats') as ArrayType;
    const element = [1n, 2n, 3n, 1n, 4n, 5n << 224n, 1n, 6n];
    run(state, (r) => {
      pushValue(r, inMemory(flats), [element, element]);
      r.push(FIRST);
      copyToStorage(r, inMemory(flats), flats);
    });
    const { output } = run(
      state,
      (r) => {
        r.push(FIRST);
        r.push(1);
        load(r, elementPlace(r, flats));
      },
      1,
    );
    expect(output).toEqual([bytesToBigInt(keccak256(bigIntToBytes(FIRST, 32))) + 3n]);
    run(state, (r) => {
      r.push(FIRST);
      popElement(r, flats);
    });
    for (const [slot, word] of expectedWords('flats', [element], FIRST)) expect(state.storage(HOME, slot)).toBe(word);
    expect(state.storage(HOME, output[0] as bigint)).toBe(0n);
  });

  it('of lists in memory, new or literal, and no list longer than memory', () => {
    const { state } = createWorld();
    const rows = inMemory(typeOf('rows')) as ArrayType;
    const { output } = run(
      state,
      (r) => {
        r.push(2);
        pushNewArray(r, rows);
        const list = r.keep();
        r.get(list);
        r.push(1);
        const row = elementPlace(r, rows);
        load(r, row);
        r.push(4);
        const cell = elementPlace(r, rows.base as ArrayType);
        r.push(99);
        storeWord(r, cell);
        load(r, cell);
        r.get(list);
        r.push(0);
        load(r, elementPlace(r, rows));
        r.push(4);
        load(r, elementPlace(r, rows.base as ArrayType));
      },
      2,
    );
    expect(output).toEqual([99n, 0n]);
    for (const length of [65_536n, (1n << 256n) - 1n]) {
      const { failure } = run(state, (r) => {
        r.push(length);
        pushNewArray(r, rows);
      });
      expect(failure).toEqual(panic(0x41));
    }
  });
});
