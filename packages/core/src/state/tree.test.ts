import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/stateTree.json' with { type: 'json' };
import { concatBytes, fromHex, toHex, ZERO_HASH } from '../bytes.js';
import { AssertionFailure } from '../error.js';
import { sha256 } from '../hash.js';
import { commitState, commitStateInPieces, revertChanges } from './commit.js';
import { GroupHashes } from './groupHashes.js';
import { MemoryKeyValues } from './overlay.js';
import { type TreeChange, treeRoot, updateLeaves, updateTree, updateTreeInPieces } from './tree.js';
import type { KeyValueReader, StateChange } from './types.js';

/** Values by tree keys as texts of 256 bits, so that the reference shares nothing with the tree's own bit handling. */
type Leaves = Map<string, Uint8Array>;

/** Root and records of a set of leaves, straight from docs/protocol.md; of values without zero bytes, which are packed as `0 ‖ length ‖ value`. */
function reference(leaves: Leaves): { root: string; records: string } {
  const records = new Map<string, string>();
  const under = (path: string) => [...leaves].filter(([key]) => key.startsWith(path));
  const hashes = new Map<string, Uint8Array>();
  const hashOf = (path: string): Uint8Array => {
    const known = hashes.get(path) ?? hashFrom(path);
    hashes.set(path, known);
    return known;
  };
  const hashFrom = (path: string): Uint8Array => {
    const below = under(path);
    const [first] = below;
    if (first === undefined) return new Uint8Array(32);
    if (below.length === 1) return sha256(Uint8Array.of(0), bytesOf(first[0]), sha256(first[1]));
    return sha256(Uint8Array.of(1), hashOf(`${path}0`), hashOf(`${path}1`));
  };
  const addGroup = (path: string): void => {
    const slots = Array.from({ length: 16 }, (_, slot) => path + slot.toString(2).padStart(4, '0'));
    const kinds = slots.map((slot) => ['00', '01'][under(slot).length] ?? '10').join('');
    const parts = slots.map((slot) => {
      const below = under(slot);
      const [first] = below;
      if (first === undefined) return new Uint8Array(0);
      if (below.length > 1) return hashOf(slot);
      const [key, value] = first;
      const rest = bytesOf(key).subarray(Math.floor(slot.length / 8));
      return concatBytes(rest, Uint8Array.of(value.length + 2, 0, value.length), value);
    });
    const place = toHex(concatBytes(Uint8Array.of(0x74), bytesOf(path), Uint8Array.of(path.length)));
    records.set(place, toHex(concatBytes(bytesOf(kinds), ...parts)));
    for (const slot of slots) if (under(slot).length > 1) addGroup(slot);
  };
  if (leaves.size > 0) addGroup('');
  return { root: toHex(hashOf('')), records: linesOf(records) };
}

function bytesOf(bits: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++)
    if (bits[i] === '1') bytes[i >> 3] = (bytes[i >> 3] as number) + 2 ** (7 - (i % 8));
  return bytes;
}

/** One line a record, which compares much faster than maps do. */
function recordsOf(memory: MemoryKeyValues): string {
  return linesOf(memory.entries().map(({ key, value }) => [toHex(key), toHex(value)]));
}

function linesOf(records: Iterable<readonly [string, string]>): string {
  return Array.from(records, ([key, value]) => `${key} ${value}\n`)
    .sort()
    .join('');
}

/** Keys that share short, long and nearly whole prefixes. */
const treeKeys = fc
  .tuple(
    fc.constantFrom('', '0', '1', '10110', '1'.repeat(100), '0'.repeat(100), '01'.repeat(127), '1'.repeat(255)),
    fc.constantFrom('', '0', '1', '00', '01', '10', '11', '0101', '1111'),
    fc.constantFrom('0', '1'),
  )
  .map(([prefix, middle, fill]) => (prefix + middle).slice(0, 256).padEnd(256, fill));
const values = fc.integer({ min: 1, max: 4 }).map((value) => new Uint8Array(value).fill(value));
/** Batches of key → value, `undefined` deletes. */
const batches = fc.array(
  fc.uniqueArray(fc.tuple(treeKeys, fc.option(values, { nil: undefined })), {
    selector: ([key]) => key,
    maxLength: 12,
  }),
  { minLength: 1, maxLength: 6 },
);

/** Accounts that are in many slots of the topmost group. */
const SOME_ACCOUNTS = Array.from({ length: 40 }, (_, i): StateChange => {
  return {
    key: Uint8Array.of(0x61, ...sha256(Uint8Array.of(i)).subarray(12)),
    before: undefined,
    after: Uint8Array.of(1),
  };
});

function changesOf(batch: readonly [string, Uint8Array | undefined][]): TreeChange[] {
  return batch.map(([key, value]) => ({ treeKey: bytesOf(key), value }));
}

describe('commitStateInPieces', () => {
  it('gives what one piece gives, and rests after so many keys', () => {
    const memory = new MemoryKeyValues();
    const changesOf = (from: number, to: number): StateChange[] =>
      Array.from({ length: to - from }, (_, i) => {
        const key = Uint8Array.of(0x61, ...sha256(Uint8Array.of(from + i)).subarray(12));
        return { key, before: memory.get(key), after: Uint8Array.of(7, from + i) };
      });
    memory.apply(commitState(memory, changesOf(0, 120)).writes);
    const changes = changesOf(60, 250);
    const whole = commitState(memory, changes);
    for (const [pieceKeys, least, most] of [
      [1, 15, 15],
      [40, 2, 5],
      [1_000, 0, 0],
    ] as const) {
      const pieces = commitStateInPieces(memory, changes, pieceKeys);
      let rests = 0;
      let next = pieces.next();
      for (; !next.done; next = pieces.next()) rests += 1;
      expect(next.value).toEqual(whole);
      expect(rests).toBeGreaterThanOrEqual(least);
      expect(rests).toBeLessThanOrEqual(most);
    }
  });
});

describe('updateLeaves', () => {
  it.each([
    ['nobody keeps', () => undefined],
    ['somebody keeps', () => new GroupHashes()],
  ])('equals the reference, root and records, after every batch, where %s hashes', (_, keeper) => {
    fc.assert(
      fc.property(batches, (history) => {
        const memory = new MemoryKeyValues();
        const reader: KeyValueReader = { get: (key) => memory.get(key), groupHashes: keeper() };
        const leaves: Leaves = new Map();
        for (const batch of history) {
          // What comes to nothing leaves nothing: another block, and one that is given up halfway.
          updateLeaves(reader, changesOf(history[0] ?? []));
          updateTreeInPieces(reader, SOME_ACCOUNTS, 1).next();
          const { root, writes } = updateLeaves(reader, changesOf(batch));
          memory.apply(writes);
          for (const [key, value] of batch) {
            if (value === undefined) leaves.delete(key);
            else leaves.set(key, value);
          }
          const expected = reference(leaves);
          expect(root).toBe(expected.root);
          expect(treeRoot(memory)).toBe(expected.root);
          expect(recordsOf(memory)).toBe(expected.records);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('writes each place at most once and nothing that stands there already', () => {
    fc.assert(
      fc.property(batches, (history) => {
        const memory = new MemoryKeyValues();
        for (const batch of history) {
          const { writes } = updateLeaves(memory, changesOf(batch));
          expect(new Set(writes.map(({ key }) => toHex(key))).size).toBe(writes.length);
          for (const { key, value } of writes) expect(memory.get(key)).not.toEqual(value);
          memory.apply(writes);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('asserts that no key changes twice', () => {
    const change = { treeKey: new Uint8Array(32), value: new Uint8Array(32) };
    expect(() => updateLeaves(new MemoryKeyValues(), [change, change])).toThrow(AssertionFailure);
  });

  it('reads only the records on the way to a change', () => {
    const memory = new MemoryKeyValues();
    const keys = Array.from({ length: 1024 }, (_, i) => sha256(Uint8Array.of(i >> 8, i & 0xff)));
    memory.apply(
      updateLeaves(
        memory,
        keys.map((treeKey) => ({ treeKey, value: treeKey })),
      ).writes,
    );
    let reads = 0;
    const reader: KeyValueReader = {
      get(key) {
        reads++;
        return memory.get(key);
      },
    };
    updateLeaves(reader, [{ treeKey: keys[5] as Uint8Array, value: new Uint8Array(32) }]);
    // Four levels a record.
    expect(reads).toBeLessThan(6);
  });
});

describe('updateTree', () => {
  it.each(vectors.states)('has the root of the independent vectors: $values.length values', ({ root, values }) => {
    const changes = values.map(({ key, value }) => ({ key: fromHex(key), before: undefined, after: fromHex(value) }));
    expect(updateTree(new MemoryKeyValues(), changes).root).toBe(root);
    expect(updateTree(new MemoryKeyValues(), changes.toReversed()).root).toBe(root);
  });

  it('has 32 zero bytes for the empty state', () => {
    expect(treeRoot(new MemoryKeyValues())).toBe(ZERO_HASH);
    expect(updateTree(new MemoryKeyValues(), [])).toEqual({ root: ZERO_HASH, writes: [] });
  });
});

describe('commitState and revertChanges', () => {
  const flatKeys = fc.integer({ min: 0, max: 40 }).map((index) => Uint8Array.of(0x61, index));
  const flatValues = fc.option(
    fc.integer({ min: 0, max: 200 }).map((value) => Uint8Array.of(value)),
    { nil: undefined },
  );
  const blocks = fc.array(
    fc.uniqueArray(fc.tuple(flatKeys, flatValues), { selector: ([key]) => key[1], maxLength: 20 }),
    { minLength: 1, maxLength: 6 },
  );

  it('brings back every earlier state, records and root', () => {
    fc.assert(
      fc.property(blocks, (history) => {
        const memory = new MemoryKeyValues();
        const snapshots: { records: string; root: string; changes: StateChange[] }[] = [];
        for (const block of history) {
          const changes = block
            .map(([key, after]) => ({ key, before: memory.get(key), after }))
            .filter(({ before, after }) => before?.[0] !== after?.[0]);
          snapshots.push({ records: recordsOf(memory), root: treeRoot(memory), changes });
          const { root, writes } = commitState(memory, changes);
          memory.apply(writes);
          expect(treeRoot(memory)).toBe(root);
          for (const { key, after } of changes) expect(memory.get(key)).toEqual(after);
        }
        for (const { records, root, changes } of snapshots.reverse()) {
          const undone = commitState(memory, revertChanges(changes));
          memory.apply(undone.writes);
          expect(undone.root).toBe(root);
          expect(recordsOf(memory)).toBe(records);
        }
      }),
    );
  });
});
