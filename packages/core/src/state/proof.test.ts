import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesEqual, type Hash, ZERO_HASH } from '../bytes.js';
import { treeKey } from './account.js';
import { commitState } from './commit.js';
import { MemoryKeyValues } from './overlay.js';
import { proveKey, type StateProof, verifyStateProof } from './proof.js';

const keyAt = (index: number) => Uint8Array.of(0x61, index >> 8, index & 0xff);
const valueAt = (index: number) => Uint8Array.of(index & 0xff, 1, 2, 3);

function stateOf(indexes: readonly number[]): { state: MemoryKeyValues; root: Hash } {
  const state = new MemoryKeyValues();
  const changes = indexes.map((index) => ({ key: keyAt(index), before: undefined, after: valueAt(index) }));
  const { root, writes } = commitState(state, changes);
  state.apply(writes);
  return { state, root };
}

/** Every way to change one thing in a proof: a bit of a hash, a hash more, a hash less, two exchanged, another end. */
function mutationsOf(proof: StateProof): StateProof[] {
  const { siblings, leaf } = proof;
  const mutations: StateProof[] = [];
  for (let i = 0; i < siblings.length; i++) {
    for (const digit of [2, 33, 65])
      mutations.push({ siblings: siblings.with(i, flip(siblings[i] as Hash, digit)), leaf });
    mutations.push({ siblings: siblings.toSpliced(i, 1), leaf });
    if (i > 0 && siblings[i] !== siblings[i - 1]) {
      mutations.push({ siblings: siblings.toSpliced(i - 1, 2, siblings[i] as Hash, siblings[i - 1] as Hash), leaf });
    }
  }
  for (const extra of [ZERO_HASH, `0x${'77'.repeat(32)}` as const]) {
    mutations.push({ siblings: [...siblings, extra], leaf }, { siblings: [extra, ...siblings], leaf });
  }
  mutations.push({ siblings: [...siblings, ...Array<Hash>(257).fill(ZERO_HASH)], leaf });
  mutations.push({ siblings: [...siblings, '0x12' as Hash], leaf });
  if (leaf === null) {
    mutations.push({ siblings, leaf: { treeKey: ZERO_HASH, valueHash: ZERO_HASH } });
  } else {
    mutations.push({ siblings, leaf: null });
    for (const digit of [2, 33, 65]) {
      mutations.push({ siblings, leaf: { ...leaf, treeKey: flip(leaf.treeKey, digit) } });
      mutations.push({ siblings, leaf: { ...leaf, valueHash: flip(leaf.valueHash, digit) } });
    }
    mutations.push({ siblings, leaf: { ...leaf, valueHash: '0x' as Hash } });
  }
  return mutations;
}

function flip(hash: Hash, digit: number): Hash {
  const flipped = (Number.parseInt(hash[digit] as string, 16) ^ 1).toString(16);
  return `${hash.slice(0, digit)}${flipped}${hash.slice(digit + 1)}` as Hash;
}

describe('state proofs', () => {
  const { state, root } = stateOf(Array.from({ length: 300 }, (_, i) => i));

  it('prove presence with the value and nothing else', () => {
    const proof = proveKey(state, keyAt(17));
    expect(verifyStateProof(root, keyAt(17), valueAt(17), proof)).toBe(true);
    expect(verifyStateProof(root, keyAt(17), valueAt(18), proof)).toBe(false);
    expect(verifyStateProof(root, keyAt(17), undefined, proof)).toBe(false);
    expect(verifyStateProof(root, keyAt(18), valueAt(17), proof)).toBe(false);
    expect(verifyStateProof(root, keyAt(18), undefined, proof)).toBe(false);
    expect(verifyStateProof(ZERO_HASH, keyAt(17), valueAt(17), proof)).toBe(false);
  });

  it('prove absence, both by nothing and by another leaf', () => {
    const ends = { nothing: 0, otherLeaf: 0 };
    for (let index = 300; index < 400; index++) {
      const proof = proveKey(state, keyAt(index));
      expect(verifyStateProof(root, keyAt(index), undefined, proof)).toBe(true);
      expect(verifyStateProof(root, keyAt(index), valueAt(index), proof)).toBe(false);
      ends[proof.leaf === null ? 'nothing' : 'otherLeaf']++;
    }
    expect(ends.nothing).toBeGreaterThan(0);
    expect(ends.otherLeaf).toBeGreaterThan(0);
  });

  it('do not hold after any mutation', () => {
    for (let index = 280; index < 340; index++) {
      const value = index < 300 ? valueAt(index) : undefined;
      const proof = proveKey(state, keyAt(index));
      for (const mutation of mutationsOf(proof)) {
        expect(verifyStateProof(root, keyAt(index), value, mutation), JSON.stringify(mutation)).toBe(false);
      }
    }
  });

  it('cannot show absence with a true leaf from elsewhere', () => {
    // The proof of a present key, offered as "another leaf" for every key that does not end there.
    const proof = proveKey(state, keyAt(3));
    let refused = 0;
    for (let index = 0; index < 300; index++) {
      if (bytesEqual(treeKey(keyAt(index)), treeKey(keyAt(3)))) continue;
      if (!verifyStateProof(root, keyAt(index), undefined, proof)) refused++;
    }
    expect(refused).toBe(299);
  });

  it('work for an empty state and a state of one value', () => {
    const empty = new MemoryKeyValues();
    expect(proveKey(empty, keyAt(1))).toEqual({ siblings: [], leaf: null });
    expect(verifyStateProof(ZERO_HASH, keyAt(1), undefined, { siblings: [], leaf: null })).toBe(true);
    const one = stateOf([1]);
    const leaf = { treeKey: proveKey(one.state, keyAt(1)).leaf?.treeKey, valueHash: expect.anything() };
    expect(proveKey(one.state, keyAt(2))).toEqual({ siblings: [], leaf });
    expect(verifyStateProof(one.root, keyAt(2), undefined, proveKey(one.state, keyAt(2)))).toBe(true);
    expect(verifyStateProof(one.root, keyAt(1), valueAt(1), proveKey(one.state, keyAt(1)))).toBe(true);
  });

  it('tell presence from absence in any state', () => {
    const indexes = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
    fc.assert(
      fc.property(indexes, fc.integer({ min: 0, max: 60 }), (present, index) => {
        const { state: some, root: someRoot } = stateOf(present);
        const proof = proveKey(some, keyAt(index));
        const has = present.includes(index);
        expect(verifyStateProof(someRoot, keyAt(index), valueAt(index), proof)).toBe(has);
        expect(verifyStateProof(someRoot, keyAt(index), undefined, proof)).toBe(!has);
      }),
    );
  });
});
