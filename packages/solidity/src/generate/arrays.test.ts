import { bigIntToBytes, bytesToBigInt, keccak256 } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../../vm/testing/testSupport.js';
import {
  expectedWords,
  FIRST,
  HOME,
  inMemory,
  panic,
  pushValue,
  run,
  typeOf,
  values,
} from '../../testing/unit/storageShapes.js';
import type { ArrayType } from '../tree/types.js';
import { copyToStorage, pushNewArray } from './aggregates.js';
import { elementPlace, popElement, pushElement, pushLength } from './arrays.js';
import { load, storeWord } from './place.js';

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
