import { assert, bigIntToBytes, bytesToBigInt, keccak256, textToBytes } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../../vm/testing/testSupport.js';
import {
  expectedWords,
  FIRST,
  HOME,
  inMemory,
  pushValue,
  run,
  SECOND,
  THIRD,
  typeOf,
  type Value,
  values,
} from '../../testing/unit/storageShapes.js';
import type { ArrayType } from '../tree/types.js';
import { clearStorage, copyToMemory, copyToStorage } from './aggregates.js';
import type { Routine } from './routine.js';

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
