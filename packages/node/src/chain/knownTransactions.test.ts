import {
  concatBytes,
  createUnsignedTransaction,
  numberToBytes,
  signTransaction,
  type Transaction,
  type TransactionFields,
} from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { ALICE, BOB, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { KnownTransactions } from './knownTransactions.js';

const genesis = testGenesis();
const { chainId } = genesis;
const transfer = (nonce: number) => testTransaction(genesis, ALICE, { nonce });

describe('known transactions', () => {
  it('are found by their bytes, and by nothing that only looks like them', () => {
    const known = new KnownTransactions();
    const transaction = transfer(0);
    known.remember(transaction);
    expect(known.find(transaction.raw.slice())).toBe(transaction);
    // Anybody can put a signature that he saw under something else.
    for (let i = 0; i < transaction.raw.length; i++) {
      const changed = transaction.raw.slice();
      changed[i] = (changed[i] as number) ^ 1;
      expect(known.find(changed)).toBeUndefined();
    }
    expect(known.find(transaction.raw.subarray(1))).toBeUndefined();
  });

  it('stay as long as the pool has them, whoever floods the node, and are bounded otherwise', () => {
    const known = new KnownTransactions();
    const [held, passing] = [transfer(0), transfer(1)];
    known.hold(held);
    known.remember(passing);
    const data = new Uint8Array(100_000);
    const flood = (count: number) => {
      for (let nonce = 0; nonce < count; nonce++) {
        known.remember({ ...held, raw: data.map((_, i) => (i < 4 ? nonce >> (8 * i) : 0)) });
      }
    };
    flood(100);
    expect([known.find(held.raw), known.find(passing.raw)]).toEqual([held, undefined]);
    known.release(held);
    expect(known.find(held.raw)).toBe(held);
    flood(100);
    expect(known.find(held.raw)).toBeUndefined();
  });

  it('take the memory that they are given, counted as what they are decoded', () => {
    const known = new KnownTransactions();
    const { raw, ...rest } = transfer(0);
    const raws = Array.from({ length: 8_000 }, (_, i) => concatBytes(raw, numberToBytes(i, 4)));
    for (const each of raws) known.remember({ ...rest, raw: each });
    const kept = raws.filter((each) => known.find(each) !== undefined).length;
    // A decoded transfer takes two kilobytes, most of them not its bytes.
    expect(kept * 2_000).toBeLessThanOrEqual(8 * 1_024 * 1_024);
    expect(kept).toBeGreaterThan(2_000);
    expect(known.find(raws.at(-1) as Uint8Array)).toBeDefined();
  });

  it('are those that somebody signed: what a development chain makes itself is not taken for signed', () => {
    const known = new KnownTransactions();
    const fields = { nonce: 0, gasPrice: 1n, gasLimit: 21_000, to: BOB.address, value: 1n, data: new Uint8Array(0) };
    const unsigned = createUnsignedTransaction({ ...fields, chainId }, ALICE.address);
    known.remember(unsigned);
    known.hold(unsigned);
    expect(known.find(unsigned.raw)).toBeUndefined();
    expect(known.decode([unsigned.raw], chainId)[0]?.fault?.code).toBe('txSignature');
  });

  it('are decoded together, each with its own outcome and the same bytes once', () => {
    const known = new KnownTransactions();
    const [first, second] = [transfer(0), transfer(1)];
    known.hold(first);
    const foreign = signTransaction({ ...(second as TransactionFields), gasPrice: 1n, type: 0, chainId: 5 }, ALICE.key);
    const raws = [second.raw, Uint8Array.of(1), first.raw, second.raw.slice(), foreign.raw];
    const outcomes = known.decode(raws, chainId);
    expect(outcomes.map(({ value, fault }) => value?.hash ?? fault?.code)).toEqual([
      second.hash,
      'txEncoding',
      first.hash,
      second.hash,
      'txChainId',
    ]);
    expect(outcomes[2]?.value).toBe(first);
    expect(outcomes[3]?.value).toBe(outcomes[0]?.value as Transaction);
    expect(known.find(second.raw)).toBe(outcomes[0]?.value);
  });
});
