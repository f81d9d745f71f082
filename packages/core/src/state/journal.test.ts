import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASH_TABLE_WORDS, useHashTable } from '../byteMap.js';
import { type Address, compareBytes, toHex } from '../bytes.js';
import { AssertionFailure } from '../error.js';
import { keccak256 } from '../hash.js';
import { accountKey, codeKey, encodeAccount, encodeWord, storageKey } from './account.js';
import { StateJournal } from './journal.js';
import { MemoryKeyValues } from './overlay.js';
import type { KeyValueReader } from './types.js';

const ALICE: Address = `0x${'a1'.repeat(20)}`;
const BOB: Address = `0x${'b2'.repeat(20)}`;
const CODE = Uint8Array.of(1, 2, 3);
const CODE_HASH = toHex(keccak256(CODE));

function stateWithAlice(): MemoryKeyValues {
  const state = new MemoryKeyValues();
  state.set(accountKey(ALICE), encodeAccount({ nonce: 3, balance: 100n, codeHash: null }));
  state.set(storageKey(ALICE, 7n), encodeWord(70n));
  return state;
}

class CountingReader implements KeyValueReader {
  reads = 0;
  readonly #base: KeyValueReader;
  constructor(base: KeyValueReader) {
    this.#base = base;
  }
  get(key: Uint8Array): Uint8Array | undefined {
    this.reads++;
    return this.#base.get(key);
  }
}

describe('StateJournal', () => {
  it('reads what is stored and the defaults of what is not', () => {
    const journal = new StateJournal(stateWithAlice());
    expect(journal.account(ALICE)).toEqual({ nonce: 3, balance: 100n, codeHash: null });
    expect(journal.account(BOB)).toBeUndefined();
    expect([journal.balance(BOB), journal.nonce(BOB), journal.code(BOB).length]).toEqual([0n, 0, 0]);
    expect([journal.storage(ALICE, 7n), journal.storage(ALICE, 8n), journal.storage(BOB, 7n)]).toEqual([70n, 0n, 0n]);
    expect(journal.changes()).toEqual([]);
  });

  it('reads nothing before it is asked and each key once', () => {
    const reader = new CountingReader(stateWithAlice());
    const journal = new StateJournal(reader);
    expect(reader.reads).toBe(0);
    for (let i = 0; i < 3; i++) {
      journal.addBalance(ALICE, 1n);
      journal.balance(BOB);
      journal.storage(ALICE, 7n);
      journal.storage(BOB, 7n);
    }
    journal.changes();
    expect(reader.reads).toBe(4);
  });

  it('gives net changes in the order of keys', () => {
    const journal = new StateJournal(stateWithAlice());
    journal.setStorage(BOB, 1n, 11n);
    journal.setStorage(ALICE, 7n, 0n);
    journal.setStorage(ALICE, 9n, 5n);
    journal.setStorage(ALICE, 9n, 0n);
    journal.addBalance(BOB, 40n);
    journal.subBalance(ALICE, 40n);
    journal.incrementNonce(ALICE);
    const changes = journal.changes();
    expect(changes).toEqual([
      {
        key: accountKey(ALICE),
        before: encodeAccount({ nonce: 3, balance: 100n, codeHash: null }),
        after: encodeAccount({ nonce: 4, balance: 60n, codeHash: null }),
      },
      { key: accountKey(BOB), before: undefined, after: encodeAccount({ nonce: 0, balance: 40n, codeHash: null }) },
      { key: storageKey(ALICE, 7n), before: encodeWord(70n), after: undefined },
      { key: storageKey(BOB, 1n), before: undefined, after: encodeWord(11n) },
    ]);
    expect([...changes].sort((a, b) => compareBytes(a.key, b.key))).toEqual(changes);
  });

  it('leaves out what ends as it began', () => {
    const journal = new StateJournal(stateWithAlice());
    journal.subBalance(ALICE, 10n);
    journal.addBalance(ALICE, 10n);
    journal.addBalance(BOB, 0n);
    journal.setStorage(ALICE, 7n, 70n);
    expect(journal.changes()).toEqual([]);
  });

  it('removes an account that becomes empty', () => {
    const journal = new StateJournal(stateWithAlice());
    journal.setAccount(ALICE, { nonce: 0, balance: 0n, codeHash: null });
    expect(journal.account(ALICE)).toBeUndefined();
    expect(journal.changes().map(({ after }) => after)).toEqual([undefined]);
  });

  it('keeps new codes until they are undone', () => {
    const journal = new StateJournal(stateWithAlice());
    const start = journal.checkpoint();
    journal.setCode(ALICE, CODE);
    const inner = journal.checkpoint();
    journal.setCode(BOB, CODE);
    expect(journal.code(BOB)).toEqual(CODE);
    journal.revertTo(inner);
    expect(journal.code(BOB)).toHaveLength(0);
    expect(journal.account(ALICE)?.codeHash).toBe(CODE_HASH);
    expect(journal.codes()).toEqual([{ key: codeKey(CODE_HASH), value: CODE }]);
    journal.revertTo(start);
    expect(journal.account(ALICE)?.codeHash).toBeNull();
    expect(journal.codes()).toEqual([]);
  });

  it('does not write a code again that is stored', () => {
    const state = stateWithAlice();
    state.set(codeKey(CODE_HASH), CODE);
    const journal = new StateJournal(state);
    journal.setCode(BOB, CODE);
    expect(journal.codes()).toEqual([]);
    expect(journal.code(BOB)).toEqual(CODE);
  });

  it('nests checkpoints', () => {
    const journal = new StateJournal(stateWithAlice());
    journal.addBalance(ALICE, 1n);
    const outer = journal.checkpoint();
    journal.setStorage(ALICE, 7n, 71n);
    const inner = journal.checkpoint();
    journal.setStorage(ALICE, 7n, 72n);
    journal.addBalance(BOB, 5n);
    journal.revertTo(inner);
    expect([journal.storage(ALICE, 7n), journal.balance(BOB)]).toEqual([71n, 0n]);
    journal.addBalance(BOB, 6n);
    journal.revertTo(outer);
    expect([journal.storage(ALICE, 7n), journal.balance(BOB), journal.balance(ALICE)]).toEqual([70n, 0n, 101n]);
    expect(() => journal.revertTo(inner)).toThrow(AssertionFailure);
  });

  it('undoes nothing that was kept, whatever was written since', () => {
    const journal = new StateJournal(stateWithAlice());
    const start = journal.checkpoint();
    journal.addBalance(ALICE, 1n);
    journal.setStorage(ALICE, 7n, 71n);
    journal.setCode(BOB, CODE);
    const before = journal.checkpoint();
    journal.keep();
    const kept = journal.checkpoint();
    journal.setStorage(ALICE, 7n, 72n);
    journal.addBalance(ALICE, 1n);
    expect(() => journal.revertTo(start)).toThrow(AssertionFailure);
    journal.revertTo(kept);
    expect(kept).toBe(before);
    expect([journal.storage(ALICE, 7n), journal.balance(ALICE)]).toEqual([71n, 101n]);
    expect(journal.codes()).toEqual([{ key: codeKey(CODE_HASH), value: CODE }]);
    expect(() => journal.revertTo(start)).toThrow(AssertionFailure);
  });

  it('tells words apart that are asked for one after the other', () => {
    const journal = new StateJournal(stateWithAlice());
    const slots = [7n, 7n + 2n ** 64n, 7n + 2n ** 200n];
    for (const [i, slot] of slots.entries()) {
      expect(journal.storage(ALICE, slot)).toBe(i === 0 ? 70n : 0n);
      journal.setStorage(ALICE, slot, BigInt(i + 1));
      journal.setStorage(BOB, slot, BigInt(i + 11));
    }
    expect(slots.map((slot) => journal.storage(ALICE, slot))).toEqual([1n, 2n, 3n]);
    expect(slots.map((slot) => journal.storage(BOB, slot))).toEqual([11n, 12n, 13n]);
    expect(journal.changes().map(({ key }) => key.length)).toEqual(new Array(6).fill(53));
  });

  it('asserts what its callers promise', () => {
    const journal = new StateJournal(stateWithAlice());
    expect(() => journal.subBalance(ALICE, 101n)).toThrow(AssertionFailure);
    expect(() => journal.subBalance(ALICE, -1n)).toThrow(AssertionFailure);
    expect(() => journal.addBalance(ALICE, 2n ** 256n - 100n)).toThrow(AssertionFailure);
    expect(() => journal.setStorage(ALICE, 0n, 2n ** 256n)).toThrow(AssertionFailure);
    expect(() => journal.storage(ALICE, 2n ** 256n)).toThrow(AssertionFailure);
    expect(() => journal.storage(ALICE, -1n)).toThrow(AssertionFailure);
    expect(() => journal.setCode(ALICE, new Uint8Array(0))).toThrow(AssertionFailure);
    expect(journal.changes()).toEqual([]);
  });

  it('comes back from any writes to any checkpoint as if they had not been', () => {
    const address = fc.constantFrom<Address>(ALICE, BOB, `0x${'c3'.repeat(20)}`);
    const small = fc.bigInt({ min: 0n, max: 4n });
    const write = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), address, amount: small }),
      fc.record({ kind: fc.constant('nonce' as const), address }),
      fc.record({ kind: fc.constant('code' as const), address, byte: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('store' as const), address, slot: small, word: small }),
    );
    const apply = (
      journal: StateJournal,
      writes: (typeof write extends fc.Arbitrary<infer Write> ? Write : never)[],
    ) => {
      for (const w of writes) {
        if (w.kind === 'add') journal.addBalance(w.address, w.amount);
        else if (w.kind === 'nonce') journal.incrementNonce(w.address);
        else if (w.kind === 'code') journal.setCode(w.address, Uint8Array.of(w.byte));
        else journal.setStorage(w.address, w.slot, w.word);
      }
    };
    const someWrites = fc.array(write, { maxLength: 12 });
    fc.assert(
      fc.property(someWrites, someWrites, someWrites, (kept, undone, later) => {
        const journal = new StateJournal(stateWithAlice());
        apply(journal, kept);
        const checkpoint = journal.checkpoint();
        apply(journal, undone);
        journal.revertTo(checkpoint);
        apply(journal, later);
        const straight = new StateJournal(stateWithAlice());
        apply(straight, [...kept, ...later]);
        expect(journal.changes()).toEqual(straight.changes());
        expect(journal.codes()).toEqual(straight.codes());
      }),
    );
  });

  it('places words by a table that contracts do not know, whatever their slots have in common', () => {
    // A block can read some ten thousand words at slots of a contract's choice: each must be found without a look at all others.
    const table = new Uint32Array(HASH_TABLE_WORDS).map((_, i) => Math.imul(i + 1, 2_654_435_761));
    let looks = 0;
    const watched = new Proxy(table, {
      get(words, index) {
        looks++;
        return Reflect.get(words, index);
      },
    });
    useHashTable(watched);
    try {
      const journal = new StateJournal(new MemoryKeyValues());
      journal.storage(ALICE, 1n << 64n);
      journal.storage(ALICE, 2n << 64n);
      looks = 0;
      journal.storage(ALICE, 1n << 64n);
      expect(looks).toBe(32);
    } finally {
      useHashTable(table);
    }
  });
});
