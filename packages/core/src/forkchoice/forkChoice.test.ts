import { describe, expect, it } from 'vitest';
import { appendToHistory } from '../block/history.js';
import type { HeaderRecord } from '../block/types.js';
import { type Hash, ZERO_ADDRESS, ZERO_HASH } from '../bytes.js';
import { AssertionFailure } from '../error.js';
import { findFork, isBetter, validateReorg } from './forkChoice.js';

/** Chains over one-letter names: `chain('abc', …)` makes a ← b ← c. */
function chainsOf(...chains: string[]): Map<Hash, HeaderRecord> {
  const records = new Map<Hash, HeaderRecord>();
  for (const names of chains) {
    let parentHash = ZERO_HASH;
    [...names].forEach((name, height) => {
      const hash = hashOf(name);
      records.set(hash, recordOf(hash, parentHash, height, BigInt(height)));
      parentHash = hash;
    });
  }
  return records;
}

function hashOf(name: string): Hash {
  return `0x${name.charCodeAt(0).toString(16).padStart(64, '0')}`;
}

function recordOf(hash: Hash, parentHash: Hash, height: number, totalWork: bigint): HeaderRecord {
  const header = {
    version: 2,
    parentHash,
    height,
    timestampMs: height,
    target: 1n,
    miner: ZERO_ADDRESS,
    transactionsRoot: ZERO_HASH,
    receiptsRoot: ZERO_HASH,
    stateRoot: ZERO_HASH,
    historyRoot: ZERO_HASH,
    gasLimit: 0,
    gasUsed: 0,
    transactionCount: 0,
    extra: new Uint8Array(0),
    extraNonce: 0n,
    headerNonce: 0,
    minerSeal: new Uint8Array(0),
  };
  // Nothing here looks at the history.
  return { header, hash, totalWork, activeMs: 0, history: appendToHistory(undefined, { hash, work: 0n, activeMs: 0 }) };
}

function namesOf(fork: ReturnType<typeof findFork>) {
  const name = ({ hash }: HeaderRecord) => String.fromCharCode(Number(hash));
  return { ancestor: name(fork.ancestor), removed: fork.removed.map(name), added: fork.added.map(name) };
}

describe('isBetter', () => {
  it('wants strictly more work, whatever the height', () => {
    const current = recordOf(hashOf('a'), ZERO_HASH, 9, 100n);
    expect(isBetter(recordOf(hashOf('b'), ZERO_HASH, 3, 101n), current)).toBe(true);
    expect(isBetter(recordOf(hashOf('b'), ZERO_HASH, 30, 100n), current)).toBe(false);
    expect(isBetter(recordOf(hashOf('b'), ZERO_HASH, 30, 99n), current)).toBe(false);
  });
});

describe('findFork', () => {
  const records = chainsOf('abcde', 'abcxyzw', 'aq');
  const fork = (from: string, to: string) =>
    namesOf(
      findFork(
        (hash) => records.get(hash),
        records.get(hashOf(from)) as HeaderRecord,
        records.get(hashOf(to)) as HeaderRecord,
      ),
    );

  it.each([
    ['e', 'w', { ancestor: 'c', removed: ['d', 'e'], added: ['x', 'y', 'z', 'w'] }],
    ['w', 'e', { ancestor: 'c', removed: ['x', 'y', 'z', 'w'], added: ['d', 'e'] }],
    ['b', 'e', { ancestor: 'b', removed: [], added: ['c', 'd', 'e'] }],
    ['e', 'b', { ancestor: 'b', removed: ['c', 'd', 'e'], added: [] }],
    ['d', 'd', { ancestor: 'd', removed: [], added: [] }],
    ['q', 'w', { ancestor: 'a', removed: ['q'], added: ['b', 'c', 'x', 'y', 'z', 'w'] }],
  ])('from %s to %s, oldest first', (from, to, expected) => {
    expect(fork(from, to)).toEqual(expected);
  });

  it('asserts when an ancestor is missing', () => {
    const strangers = new Map([...records, ...chainsOf('mn')]);
    expect(() =>
      findFork(
        (hash) => strangers.get(hash),
        strangers.get(hashOf('e')) as HeaderRecord,
        strangers.get(hashOf('n')) as HeaderRecord,
      ),
    ).toThrow(AssertionFailure);
  });
});

describe('validateReorg', () => {
  it('lets 11 blocks go and no confirmed one', () => {
    expect(validateReorg(0, 12)).toBeUndefined();
    expect(validateReorg(11, 12)).toBeUndefined();
    expect(validateReorg(12, 12)).toEqual({ code: 'reorgTooDeep', got: 12, expected: 11 });
  });
});
