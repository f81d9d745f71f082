import { runToEnd, signTransaction, type Transaction } from '@wattchain/core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, CAROL, type TestAccount } from '../../testing/chainKit.js';
import { contentOf, createPool, entryOf, genesis, hashes, PRICE, TRANSFER_COST, tx } from '../../testing/poolKit.js';
import type { PoolEntry } from './types.js';

let setup: ReturnType<typeof createPool>;

beforeEach(() => {
  setup = createPool();
});

describe('two fees', () => {
  /** A transaction of type 2 at the nonce 0. */
  const typed = (from: TestAccount, maxFeePerGas: bigint, maxPriorityFeePerGas: bigint, gasLimit = 21_000) =>
    signTransaction(
      {
        type: 2,
        nonce: 0,
        maxFeePerGas,
        maxPriorityFeePerGas,
        gasLimit,
        to: BOB.address,
        value: 1n,
        data: new Uint8Array(0),
        chainId: genesis.chainId,
        accessList: gasLimit === 21_000 ? [] : [{ address: BOB.address, storageKeys: [`0x${'01'.repeat(32)}`] }],
      },
      from.key,
    );

  it('are taken from the minimum gas price on, which is the base fee', () => {
    const { pool } = setup;
    expect(pool.add(typed(ALICE, PRICE - 1n, 0n), 'local').fault).toEqual({
      code: 'gasPriceTooLow',
      got: PRICE - 1n,
      expected: PRICE,
    });
    expect(pool.add(typed(ALICE, PRICE, 0n), 'local').value).toBe('added');
  });

  it('need coins for the higher one, and an access list needs gas', () => {
    const { pool, setAccount } = setup;
    setAccount(ALICE, 0, 21_000n * 500n);
    expect(pool.add(typed(ALICE, 500n, 0n), 'local').fault).toMatchObject({
      code: 'insufficientFunds',
      expected: 21_000n * 500n + 1n,
    });
    expect(pool.add(typed(BOB, 500n, 0n, 25_299), 'local').fault).toMatchObject({
      code: 'intrinsicGas',
      expected: 21_000 + 2_400 + 1_900,
    });
    expect(pool.add(typed(BOB, 500n, 0n, 25_300), 'local').value).toBe('added');
  });

  it('both rise by a tenth in a replacement, a gas price being both', () => {
    const { pool } = setup;
    pool.add(typed(ALICE, 1_000n, 0n), 'local');
    for (const [max, tip, field, expected] of [
      [1_099n, 500n, 'maxFeePerGas', 1_100n],
      [1_100n, 0n, 'maxPriorityFeePerGas', 1n],
    ] as const) {
      expect(pool.add(typed(ALICE, max, tip), 'local').fault).toMatchObject({
        code: 'replacementUnderpriced',
        field,
        expected,
      });
    }
    expect(pool.add(typed(ALICE, 1_100n, 1n), 'local').value).toBe('replaced');
    expect(pool.add(tx(ALICE, 0, { gasPrice: 1_210n }), 'local').value).toBe('replaced');
    // The legacy transaction's tip was 1,210 too.
    expect(pool.add(typed(ALICE, 9_000n, 1_330n), 'local').fault).toMatchObject({
      code: 'replacementUnderpriced',
      field: 'maxPriorityFeePerGas',
      expected: 1_331n,
    });
    expect(pool.add(typed(ALICE, 9_000n, 1_331n), 'local').value).toBe('replaced');
  });

  it('order transactions by what they pay, not by what they would pay', () => {
    const { pool } = setup;
    const boastful = typed(ALICE, 9_000n, 1n);
    const legacy = tx(BOB, 0, { gasPrice: PRICE + 2n });
    const capped = typed(CAROL, PRICE + 3n, 3n);
    for (const transaction of [boastful, legacy, capped]) pool.add(transaction, 'local');
    expect(hashes(pool.executable())).toEqual([capped, legacy, boastful].map(({ hash }) => hash));
  });
});

describe('order', () => {
  it('is by price, then by arrival, and by nonce within an account', () => {
    const { pool } = setup;
    const a0 = tx(ALICE, 0, { gasPrice: 200n });
    const a1 = tx(ALICE, 1, { gasPrice: 900n });
    const b0 = tx(BOB, 0, { gasPrice: 300n });
    const c0 = tx(CAROL, 0, { gasPrice: 200n });
    for (const transaction of [a1, a0, b0, c0]) pool.add(transaction, 'local');
    // Alice's first came before Carol's at the same price; her second had to wait for it.
    expect(hashes(pool.executable())).toEqual([b0, a0, a1, c0].map(({ hash }) => hash));
  });

  it('never breaks an account apart and never shows a gap, whatever comes in whatever order', () => {
    const accounts = [ALICE, BOB, CAROL];
    const step = fc.record({ who: fc.nat(2), nonce: fc.nat(6), gasPrice: fc.bigInt(PRICE, PRICE * 3n) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { pool } = createPool();
        for (const { who, nonce, gasPrice } of steps)
          pool.add(tx(accounts[who] as TestAccount, nonce, { gasPrice }), 'local');
        const ready = [...pool.executable()];
        for (const { address } of accounts) {
          const nonces = ready.filter(({ sender }) => sender === address).map(({ nonce }) => nonce);
          expect(nonces).toEqual(nonces.map((_, i) => i));
          expect(pool.pendingNonce(address)).toBe(nonces.length);
        }
        const waiting = contentOf(pool).filter(({ reason }) => reason.code === 'nonceGap');
        expect(ready.length + waiting.length).toBe(pool.size);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what waits', () => {
  it('says which nonce is missing and becomes ready when it comes', () => {
    const { pool } = setup;
    const [first, second, third] = [tx(ALICE, 0), tx(ALICE, 1), tx(ALICE, 2)];
    pool.add(first, 'local');
    pool.add(third, 'local');
    expect(entryOf(pool, third.hash)?.reason).toEqual({ code: 'nonceGap', got: 2, expected: 1 });
    expect(pool.pendingNonce(ALICE.address)).toBe(1);
    pool.add(second, 'local');
    expect(entryOf(pool, third.hash)?.reason).toEqual({ code: 'notMinedYet' });
    expect(pool.pendingNonce(ALICE.address)).toBe(3);
  });

  it('says how much money is missing and becomes ready when it comes', () => {
    const { pool, setAccount, head } = setup;
    const [first, second] = [tx(ALICE, 0), tx(ALICE, 1)];
    setAccount(ALICE, 0, 2n * TRANSFER_COST + 1n);
    pool.add(first, 'local');
    expect(pool.add(second, 'local').value).toBe('added');
    const expected = 2n * TRANSFER_COST + 2n;
    expect(entryOf(pool, second.hash)?.reason).toEqual({ code: 'insufficientFunds', got: expected - 1n, expected });
    expect(hashes(pool.executable())).toEqual([first.hash]);
    expect(pool.pendingNonce(ALICE.address)).toBe(2);
    setAccount(ALICE, 0, expected);
    head();
    expect(hashes(pool.executable())).toEqual([first.hash, second.hash]);
  });

  it('says when better paid transactions fill the block', () => {
    const { pool } = setup;
    const large = { gasLimit: 1_200_000, gasPrice: 500n };
    const [rich, poor] = [tx(ALICE, 0, large), tx(BOB, 0, { ...large, gasPrice: 400n })];
    pool.add(rich, 'local');
    pool.add(poor, 'local');
    expect(entryOf(pool, rich.hash)?.reason).toEqual({ code: 'notMinedYet' });
    expect(entryOf(pool, poor.hash)?.reason).toEqual({ code: 'blockFull' });
    expect(contentOf(pool).map(({ reason }) => reason.code)).toEqual(['notMinedYet', 'blockFull']);
    expect(entryOf(pool, tx(CAROL, 0).hash)).toBeUndefined();
  });

  it('what is read of it in pieces is what was there, without what left meanwhile', () => {
    const { pool } = createPool({ maxPerAccount: 600 });
    const sent = Array.from({ length: 600 }, (_, nonce) => tx(ALICE, nonce));
    for (const transaction of [...sent, tx(BOB, 0)]) pool.add(transaction, 'local');
    const pieces = pool.contentInPieces();
    let count = 0;
    let content: readonly PoolEntry[] | undefined;
    // The next block has room for 95, so the pieces are those of what is described.
    while (content === undefined) {
      const piece = pieces.next();
      count++;
      if (piece.done) content = piece.value;
      else if (count === 1) pool.remove((sent[599] as Transaction).hash);
    }
    expect(count).toBe(3);
    expect(hashes(content.map(({ transaction }) => transaction))).toEqual([
      ...hashes(sent.slice(0, 599)),
      tx(BOB, 0).hash,
    ]);
    expect(hashes(pool.waiting())).toEqual(hashes(content.map(({ transaction }) => transaction)));
    expect(contentOf(pool).filter(({ reason }) => reason.code === 'notMinedYet')).toHaveLength(95);
    expect(runToEnd(pool.contentInPieces(2, BOB.address))).toHaveLength(1);
    expect(runToEnd(pool.contentInPieces(2))).toHaveLength(2);
    // Of the pool as it was before the change nothing is kept.
    const status = pool.entryInPieces((sent[0] as Transaction).hash);
    expect(status.next().value).toMatchObject({ reason: { code: 'notMinedYet' } });
  });

  it('is forgotten after its lifetime, which ends when it becomes ready', () => {
    const { pool, runtime, head } = createPool({ queuedLifetimeMs: 5_000 });
    const [gap, filled] = [tx(ALICE, 1), tx(BOB, 1)];
    pool.add(gap, 'local');
    pool.add(filled, 'local');
    runtime.advance(4_000);
    pool.add(tx(BOB, 0), 'local');
    head();
    expect(pool.has(gap.hash)).toBe(true);
    runtime.advance(1_000);
    head();
    expect([pool.has(gap.hash), pool.has(filled.hash)]).toEqual([false, true]);
  });
});
