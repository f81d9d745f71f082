import { addressOf, PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC, runToEnd, type Transaction } from '@wattchain/core';
import fc from 'fast-check';
import { mnemonicToAccount } from 'viem/accounts';
import { beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, CAROL, ChainKit, type TestAccount, testAccount } from '../../testing/chainKit.js';
import {
  contentOf,
  createPool,
  entryOf,
  genesis,
  genesisBlock,
  hashes,
  kit,
  PRICE,
  TRANSFER_COST,
  tx,
} from '../../testing/poolKit.js';
import { silentLogger } from '../base/log.js';
import { KnownTransactions } from '../chain/knownTransactions.js';
import { NODE_DEFAULTS } from '../config.js';
import { Mempool } from './mempool.js';

let setup: ReturnType<typeof createPool>;

beforeEach(() => {
  setup = createPool();
});

describe('admission', () => {
  it('refuses a sender whose key is published, except on a testbed', () => {
    const key = mnemonicToAccount(PUBLISHED_MNEMONIC).getHdKey().privateKey as Uint8Array;
    const published: TestAccount = { key, address: addressOf(key) };
    setup.setAccount(published, 0, 10n ** 18n);
    expect(published.address).toBe(PUBLISHED_ADDRESSES[0]);
    expect(setup.pool.add(tx(published, 0), 'local').fault).toEqual({
      code: 'publishedKey',
      sender: published.address,
    });
  });

  it('takes a transaction once and tells of it', () => {
    const { pool, added } = setup;
    const transaction = tx(ALICE, 0);
    expect(pool.add(transaction, 'local')).toEqual({ value: 'added' });
    expect(pool.add(transaction, 'gossip')).toEqual({ fault: { code: 'alreadyKnown', got: transaction.hash } });
    expect(pool.addRaw(transaction.raw, 'gossip').fault).toEqual({ code: 'alreadyKnown', got: transaction.hash });
    expect(pool.get(transaction.hash)).toBe(transaction);
    expect([pool.size, pool.has(transaction.hash), added]).toEqual([1, true, [transaction.hash]]);
  });

  it('has nothing any more once it is emptied, and begins anew', () => {
    const { pool, chain } = setup;
    const all = [tx(ALICE, 0), tx(ALICE, 1), tx(ALICE, 5), tx(BOB, 0), tx(CAROL, 3)];
    for (const transaction of all) expect(pool.add(transaction, 'local').fault).toBeUndefined();
    pool.clear();
    expect([pool.size, pool.load]).toEqual([0, { ready: 0, queued: 0, bytes: 0 }]);
    expect([hashes(pool.executable()), hashes(pool.waiting()), contentOf(pool)]).toEqual([[], [], []]);
    expect(pool.pendingNonce(ALICE.address)).toBe(0);
    // Whoever sends it again need not have it recovered again.
    expect(chain.known.find((all[0] as Transaction).raw)).toBe(all[0]);
    expect(pool.add(tx(ALICE, 0), 'local')).toEqual({ value: 'added' });
    expect(hashes(pool.executable())).toEqual([(all[0] as Transaction).hash]);
  });

  it('takes raw bytes and says what is wrong with them', () => {
    const { pool } = setup;
    const transaction = tx(ALICE, 0);
    expect(pool.addRaw(transaction.raw, 'local').value).toEqual(transaction);
    expect(pool.addRaw(tx(ALICE, 0, { chainId: 1 }).raw, 'local').fault).toMatchObject({ code: 'txChainId' });
    expect(pool.addRaw(Uint8Array.of(3, 0xc0), 'local').fault).toMatchObject({ code: 'txType' });
  });

  it.each([
    ['nonceTooLow', () => tx(ALICE, 4), { got: 4, expected: 5, sender: ALICE.address }],
    ['gasPriceTooLow', () => tx(ALICE, 5, { gasPrice: PRICE - 1n }), { got: PRICE - 1n, expected: PRICE }],
    ['intrinsicGas', () => tx(ALICE, 5, { gasLimit: 20_999 }), { got: 20_999, expected: 21_000 }],
    // 16 gas for a byte that is not zero, 4 for one that is (EIP-2028).
    ['intrinsicGas', () => tx(ALICE, 5, { data: Uint8Array.of(1, 0) }), { got: 21_000, expected: 21_020 }],
    ['gasLimitTooHigh', () => tx(ALICE, 5, { gasLimit: 2_000_001 }), { got: 2_000_001, expected: 2_000_000 }],
    [
      'insufficientFunds',
      () => tx(ALICE, 5, { value: 10n ** 18n }),
      { got: 10n ** 18n, expected: 10n ** 18n + TRANSFER_COST },
    ],
    ['nonceTooHigh', () => tx(ALICE, 70), { got: 70, expected: 5 }],
  ])('%s', (code, make, fields) => {
    setup.setAccount(ALICE, 5, 10n ** 18n);
    expect(setup.pool.add(make(), 'local').fault).toMatchObject({ code, ...fields });
    expect(setup.pool.size).toBe(0);
  });

  it('decodes no bytes twice, whatever became of the transaction', () => {
    const { pool, setAccount, head, chain } = setup;
    const { raw } = tx(ALICE, 0);
    const first = pool.addRaw(raw, 'gossip').value;
    expect(pool.findRaw(raw.slice())).toBe(first);
    setAccount(ALICE, 1, 10n ** 18n);
    head();
    expect([pool.size, pool.findRaw(raw)]).toEqual([0, undefined]);
    expect(chain.known.find(raw)).toBe(first);
    expect(pool.addRaw(raw, 'gossip').fault?.code).toBe('nonceTooLow');
    setAccount(ALICE, 0, 10n ** 18n);
    head();
    expect(pool.addRaw(raw, 'gossip').value).toBe(first);
    // One that was refused is known as well.
    const cheap = tx(BOB, 0, { gasPrice: 1n }).raw;
    expect(pool.addRaw(cheap, 'gossip').fault?.code).toBe('gasPriceTooLow');
    expect(chain.known.find(cheap)?.sender).toBe(BOB.address);
  });

  it('takes many at once as it takes them one by one', () => {
    const step = fc.record({
      account: fc.constantFrom(ALICE, BOB),
      nonce: fc.integer({ min: 0, max: 3 }),
      gasPrice: fc.constantFrom(PRICE - 1n, PRICE, 2n * PRICE),
      damage: fc.option(fc.nat(90), { nil: undefined, freq: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const raws = steps.map(({ account, nonce, gasPrice, damage }) => {
          const raw = tx(account, nonce, { gasPrice }).raw.slice();
          if (damage !== undefined) raw[damage] = (raw[damage] as number) ^ 1;
          return raw;
        });
        const [together, oneByOne] = [createPool(), createPool()];
        const outcomes = runToEnd(together.pool.addRawsInPieces(raws, 'local'));
        expect(outcomes).toEqual(raws.map((raw) => oneByOne.pool.addRaw(raw, 'local')));
        expect(contentOf(together.pool)).toEqual(contentOf(oneByOne.pool));
        expect(together.added).toEqual(oneByOne.added);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a transaction that no block has room for', () => {
    const small = new ChainKit({ ...genesis, blockByteLimit: 1_024 });
    const pool = new Mempool({
      chain: {
        genesis: small.genesis,
        head: genesisBlock.record,
        stateAt: () => kit.stateAfter(genesisBlock),
        known: new KnownTransactions(),
      },
      config: NODE_DEFAULTS.mempool,
      runtime: setup.runtime,
      log: silentLogger,
    });
    const data = new Uint8Array(900);
    expect(pool.add(tx(ALICE, 0, { data, gasLimit: 100_000 }), 'local').fault?.code).toBe('txTooLarge');
    expect(pool.add(tx(ALICE, 0, { data: data.subarray(0, 500), gasLimit: 100_000 }), 'local').value).toBe('added');
  });

  it('replaces for a tenth more, and for at least one wei more', () => {
    const { pool } = setup;
    const first = tx(ALICE, 0, { gasPrice: 1_000n });
    const nearly = tx(ALICE, 0, { gasPrice: 1_099n });
    const enough = tx(ALICE, 0, { gasPrice: 1_100n });
    pool.add(first, 'local');
    expect(pool.add(nearly, 'local').fault).toEqual({
      code: 'replacementUnderpriced',
      field: 'maxFeePerGas',
      got: 1_099n,
      expected: 1_100n,
    });
    expect(pool.add(enough, 'local')).toEqual({ value: 'replaced' });
    expect([pool.size, pool.has(first.hash), hashes(pool.executable())]).toEqual([1, false, [enough.hash]]);
    const odd = tx(BOB, 0, { gasPrice: 101n });
    pool.add(odd, 'local');
    expect(pool.add(tx(BOB, 0, { gasPrice: 111n }), 'local').fault).toMatchObject({ expected: 112n });
  });
});

describe('limits', () => {
  it('hold for the ready and the waiting transactions of an account', () => {
    const { pool } = createPool({ maxPerAccount: 2, maxQueuedPerAccount: 2 });
    const results = [0, 1, 2, 3, 4].map((nonce) => pool.add(tx(ALICE, nonce), 'local'));
    expect(results.map(({ value, fault }) => value ?? fault?.code)).toEqual([
      'added',
      'added',
      'accountLimit',
      'added',
      'added',
    ]);
    const waiting = [1, 2, 4].map((nonce) => pool.add(tx(BOB, nonce), 'local'));
    expect(waiting.map(({ value, fault }) => value ?? fault?.code)).toEqual(['added', 'added', 'nonceTooHigh']);
    expect(pool.add(tx(CAROL, 2), 'local').value).toBe('added');
  });

  it('a full pool drops what waits, then what pays least, and never its own for others', () => {
    const { pool, setAccount } = createPool({ maxTransactions: 3 });
    const [dave, erin] = [testAccount('dave'), testAccount('erin')];
    for (const account of [dave, erin]) setAccount(account, 0, 10n ** 18n);
    const waiting = tx(ALICE, 1, { gasPrice: 9_000n });
    const cheap = tx(BOB, 0, { gasPrice: 200n });
    const own = tx(CAROL, 0, { gasPrice: 150n });
    pool.add(waiting, 'gossip');
    pool.add(cheap, 'gossip');
    pool.add(own, 'local');
    expect(pool.add(tx(dave, 1, { gasPrice: 8_000n }), 'gossip').fault).toEqual({
      code: 'poolFull',
      got: 3,
      expected: 3,
    });
    expect(pool.add(tx(dave, 0, { gasPrice: 201n }), 'gossip').value).toBe('added');
    expect(pool.has(waiting.hash)).toBe(false);
    expect(pool.add(tx(erin, 0, { gasPrice: 200n }), 'gossip').fault?.code).toBe('poolFull');
    expect(pool.add(tx(erin, 0, { gasPrice: 300n }), 'gossip').value).toBe('added');
    expect([pool.has(cheap.hash), pool.has(own.hash), pool.size]).toEqual([false, true, 3]);
    expect(pool.add(tx(BOB, 0, { gasPrice: 299n }), 'local').value).toBe('added');
    expect(pool.has(own.hash)).toBe(false);
  });

  it('what waits is limited for all accounts together, and ready transactions never make room for it', () => {
    const { pool } = createPool({ maxQueued: 2, maxTransactions: 3 });
    pool.add(tx(ALICE, 0), 'gossip');
    pool.add(tx(BOB, 1, { gasPrice: 300n }), 'gossip');
    pool.add(tx(BOB, 2, { gasPrice: 200n }), 'gossip');
    expect(pool.add(tx(CAROL, 1, { gasPrice: 200n }), 'gossip').fault).toEqual({
      code: 'poolFull',
      got: 2,
      expected: 2,
    });
    expect(pool.add(tx(CAROL, 1, { gasPrice: 201n }), 'gossip').value).toBe('added');
    expect(contentOf(pool).map(({ transaction: { sender, nonce } }) => [sender, nonce])).toEqual([
      [ALICE.address, 0],
      [BOB.address, 1],
      [CAROL.address, 1],
    ]);
  });

  it('counts bytes', () => {
    const { pool } = createPool({ maxBytes: 1_000 });
    const large = (from: TestAccount, gasPrice: bigint) =>
      tx(from, 0, { data: new Uint8Array(700), gasLimit: 40_000, gasPrice });
    expect(pool.add(large(ALICE, 200n), 'gossip').value).toBe('added');
    expect(pool.add(large(BOB, 200n), 'gossip').fault?.code).toBe('poolFull');
    expect(pool.add(large(BOB, 201n), 'gossip').value).toBe('added');
    expect(pool.size).toBe(1);
  });
});

describe('a new head', () => {
  it('reads the accounts that changed, and no other', () => {
    const { pool, chain, setAccount, head, reads } = createPool({ queuedLifetimeMs: 5_000 });
    const many = Array.from({ length: 40 }, (_, i) => testAccount(`waits ${i}`));
    for (const account of many) {
      setAccount(account, 0, 10n ** 18n);
      pool.add(tx(account, 1), 'gossip');
    }
    pool.add(tx(ALICE, 0), 'local');
    setAccount(ALICE, 1, 10n ** 18n);
    setAccount(many[3] as TestAccount, 1, 10n ** 18n);
    reads.length = 0;
    const changed = [ALICE.address, (many[3] as TestAccount).address, BOB.address];
    head({ changedAccounts: new Set(changed) });
    expect(reads).toEqual(changed.slice(0, 2));
    expect([pool.size, pool.load.ready, pool.load.queued]).toEqual([40, 1, 39]);
    expect(chain.known.find(tx(ALICE, 0).raw)?.sender).toBe(ALICE.address);
  });

  it('drops what waited too long of accounts that did not change', () => {
    const { pool, runtime, head, reads } = createPool({ queuedLifetimeMs: 5_000 });
    pool.add(tx(ALICE, 1), 'local');
    runtime.advance(3_000);
    pool.add(tx(BOB, 1), 'local');
    reads.length = 0;
    for (const [advanceMs, left] of [
      [1_999, 2],
      [1, 1],
      [2_999, 1],
      [1, 0],
    ] as const) {
      runtime.advance(advanceMs);
      head({ changedAccounts: new Set() });
      expect([pool.size, pool.load.queued]).toEqual([left, left]);
    }
    expect(reads).toEqual([]);
  });

  it('drops what it includes and what its nonces use up', () => {
    const { pool, setAccount, head, block } = setup;
    const [first, second] = [tx(ALICE, 0), tx(ALICE, 1)];
    pool.add(first, 'local');
    pool.add(second, 'local');
    setAccount(ALICE, 1, 10n ** 18n);
    head({ added: [block([tx(ALICE, 0, { gasPrice: PRICE * 5n })])] });
    expect([pool.has(first.hash), hashes(pool.executable())]).toEqual([false, [second.hash]]);
    setAccount(ALICE, 2, 10n ** 18n);
    head({ added: [block([second])] });
    expect(pool.size).toBe(0);
    expect(pool.pendingNonce(ALICE.address)).toBe(2);
  });

  it('takes back what a reorganisation threw out, unless the new branch has it', () => {
    const { pool, setAccount, added, head, block } = setup;
    const [first, second, third] = [tx(ALICE, 0), tx(ALICE, 1), tx(ALICE, 2)];
    setAccount(ALICE, 2, 10n ** 18n);
    pool.add(third, 'local');
    setAccount(ALICE, 1, 10n ** 18n);
    head({ removed: [block([first]), block([second])], added: [block([first])] });
    expect(hashes(pool.executable())).toEqual([second.hash, third.hash]);
    expect(added).toEqual([third.hash, second.hash]);
  });

  it('lets what can no longer be paid wait', () => {
    const { pool, setAccount, head } = setup;
    const transaction = tx(ALICE, 0);
    pool.add(transaction, 'local');
    setAccount(ALICE, 0, 5n);
    head();
    expect(entryOf(pool, transaction.hash)?.reason).toEqual({
      code: 'insufficientFunds',
      got: 5n,
      expected: TRANSFER_COST + 1n,
    });
    expect(hashes(pool.executable())).toEqual([]);
  });
});
