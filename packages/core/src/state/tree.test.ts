import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/stateTree.json' with { type: 'json' };
import { concatBytes, fromHex, toHex, ZERO_HASH } from '../bytes.js';
import { AssertionFailure } from '../error.js';
import { sha256 } from '../hash.js';
import { commitState, revertChanges } from './commit.js';
import { MemoryKeyValues } from './overlay.js';
import { type TreeChange, treeRoot, updateLeaves, updateTree } from './tree.js';
import type { KeyValueReader, StateChange } from './types.js';

/** Tree keys as texts of 256 bits, so that the reference shares nothing with the tree's own bit handling. */
type Leaves = Map<string, Uint8Array>;

/** Root and records of a set of leaves, straight from docs/protocol.md. */
function reference(leaves: Leaves): { root: string; records: string } {
  const records = new Map<string, string>();
  const build = (path: string, below: [string, Uint8Array][]): Uint8Array => {
    if (below.length === 0) return new Uint8Array(32);
    const depthBytes = [path.length >> 8, path.length & 0xff];
    const place = toHex(concatBytes(Uint8Array.of(0x74, ...depthBytes), bytesOf(path)));
    let record: Uint8Array;
    if (below.length === 1) {
      const [key, valueHash] = below[0] as [string, Uint8Array];
      record = concatBytes(Uint8Array.of(0), bytesOf(key), valueHash);
    } else {
      const side = (bit: string) =>
        build(
          path + bit,
          below.filter(([key]) => key[path.length] === bit),
        );
      record = concatBytes(Uint8Array.of(1), side('0'), side('1'));
    }
    records.set(place, toHex(record));
    return sha256(record);
  };
  return { root: toHex(build('', [...leaves])), records: linesOf(records) };
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
const valueHashes = fc.integer({ min: 0, max: 3 }).map((value) => sha256(Uint8Array.of(value)));
/** Batches of key → value hash, `undefined` deletes. */
const batches = fc.array(
  fc.uniqueArray(fc.tuple(treeKeys, fc.option(valueHashes, { nil: undefined })), {
    selector: ([key]) => key,
    maxLength: 12,
  }),
  { minLength: 1, maxLength: 6 },
);

function changesOf(batch: readonly [string, Uint8Array | undefined][]): TreeChange[] {
  return batch.map(([key, valueHash]) => ({ treeKey: bytesOf(key), valueHash }));
}

describe('updateLeaves', () => {
  it('equals the reference, root and records, after every batch of insertions, updates and deletions', () => {
    fc.assert(
      fc.property(batches, (history) => {
        const memory = new MemoryKeyValues();
        const leaves: Leaves = new Map();
        for (const batch of history) {
          const { root, writes } = updateLeaves(memory, changesOf(batch));
          memory.apply(writes);
          for (const [key, valueHash] of batch) {
            if (valueHash === undefined) leaves.delete(key);
            else leaves.set(key, valueHash);
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
    const change = { treeKey: new Uint8Array(32), valueHash: new Uint8Array(32) };
    expect(() => updateLeaves(new MemoryKeyValues(), [change, change])).toThrow(AssertionFailure);
  });

  it('reads only the records on the way to a change', () => {
    const memory = new MemoryKeyValues();
    const keys = Array.from({ length: 1024 }, (_, i) => sha256(Uint8Array.of(i >> 8, i & 0xff)));
    memory.apply(
      updateLeaves(
        memory,
        keys.map((treeKey) => ({ treeKey, valueHash: treeKey })),
      ).writes,
    );
    let reads = 0;
    const reader: KeyValueReader = {
      get(key) {
        reads++;
        return memory.get(key);
      },
    };
    updateLeaves(reader, [{ treeKey: keys[5] as Uint8Array, valueHash: new Uint8Array(32) }]);
    expect(reads).toBeLessThan(25);
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
