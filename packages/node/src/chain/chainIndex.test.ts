import { type Hash, numberToBytes, sha256, toHex } from '@wattchain/core';
import { expect, it } from 'vitest';
import { ALICE, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { ChainIndex } from './chainIndex.js';

const genesis = testGenesis();
const transaction = testTransaction(genesis, ALICE);
/** A store in which nothing can be read, so that what is found was kept. */
const unreadable = { get: () => Uint8Array.of(1) };
const hashOf = (i: number): Hash => toHex(sha256(numberToBytes(i, 4)));

/** How many of the newest blocks are kept of many whose one transaction has so many bytes. */
function blocksKept(dataBytes: number): number {
  const index = new ChainIndex(unreadable, genesis, { note: (error) => error });
  const data = new Uint8Array(dataBytes);
  const count = 200;
  for (let i = 0; i < count; i++) index.rememberTransactions(hashOf(i), [{ ...transaction, data }]);
  for (let kept = 0; ; kept++) {
    try {
      index.transactions(hashOf(count - 1 - kept));
    } catch {
      return kept;
    }
  }
}

it('keeps the transactions of 64 blocks, and of fewer when they are large: those that take 16 MiB', () => {
  expect(blocksKept(0)).toBe(64);
  expect(blocksKept(1_000_000)).toBe(16);
  expect(blocksKept(3_000_000)).toBe(5);
});
