import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treeRoot } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, type TestBlock, testGenesis } from '../../testing/chainKit.js';
import { genesis, genesisBlock, kit, nonceOf, openChain } from '../../testing/openChain.js';
import { openLevelStore } from '../store/levelStore.js';
import { MemoryStore } from '../store/memoryStore.js';
import { COMMIT_KEY, GENESIS_KEY, headerKey, VERSION_KEY } from '../store/schema.js';
import type { Store } from '../store/store.js';

describe('opening again', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'wattchain-chain-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
    const store = await openLevelStore(path);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  it('continues at the head, can reorganise there and undo what was done before', async () => {
    const a = kit.mineMany(genesisBlock, 5, 'a');
    const b = kit.mineMany(a[1] as TestBlock, 4, 'b');
    await withStore(async (store) => {
      const { acceptAll } = await openChain(store);
      await acceptAll([...a, ...b.slice(0, 2)]);
    });
    await withStore(async (store) => {
      const { chain, heads, acceptAll } = await openChain(store);
      expect(chain.head).toEqual(a.at(-1)?.record);
      expect(await acceptAll(b)).toEqual(['known', 'known', 'side', 'added']);
      expect(heads[0]?.removed.map(({ record }) => record.header.height)).toEqual([3, 4, 5]);
    });
    await withStore(async (store) => {
      const { chain } = await openChain(store);
      expect(chain.head.hash).toBe(b.at(-1)?.hash);
      expect(treeRoot(store)).toBe(chain.head.header.stateRoot);
    });
  });

  it('judges by the history of every branch, whichever blocks were in memory when it was written', async () => {
    const trunk = kit.mineMany(genesisBlock, 21, 't');
    const forks = [15, 16, 19].map((height) => kit.mineMany(trunk[height - 1] as TestBlock, 7, `f${height}`));
    for (const blocks of [trunk, ...forks, ...forks.map((fork) => kit.mineMany(fork.at(-1) as TestBlock, 3, 'on'))]) {
      for (const { header, body, hash, record } of blocks) {
        await withStore(async (store) => {
          const { chain } = await openChain(store);
          expect((await chain.acceptBlock(header, body)).fault).toBeUndefined();
          // Of what is on the disk, not of the record that was just made.
          const { chain: reopened } = await openChain(store);
          expect(reopened.headerByHash(hash)?.history).toEqual(record.history);
        });
      }
      const liar = kit.mine(blocks.at(-1) as TestBlock, { tamper: { historyRoot: genesis.hash } });
      await withStore(async (store) => {
        const { accept } = await openChain(store);
        expect((await accept(liar)).fault?.code).toBe('headerHistory');
      });
    }
  });

  it('refuses a store of another version before it looks at the network, whose hash follows from the layout of headers', async () => {
    await withStore(async (store) => {
      await openChain(store);
      await store.batch([
        { key: VERSION_KEY, value: Uint8Array.of(0, 0, 0, 2) },
        { key: GENESIS_KEY, value: new Uint8Array(32) },
      ]);
      await expect(openChain(store)).rejects.toMatchObject({
        code: 'storeVersion',
        values: { stored: 2 },
        hint: expect.stringContaining('delete the folder `chain`'),
      });
    });
  });

  it('refuses the chain of another genesis and names both', async () => {
    await withStore((store) => openChain(store));
    const other = testGenesis({ name: 'other' });
    await withStore(async (store) => {
      const opening = openChain(store, other);
      await expect(opening).rejects.toMatchObject({
        code: 'genesisMismatch',
        values: { stored: genesis.hash, file: other.hash },
      });
    });
  });

  const [block] = kit.mineMany(genesisBlock, 1);
  it.each<[string, (store: Store) => Promise<void>]>([
    ['a state value', (store) => store.batch([{ key: Uint8Array.from([0x74, 0]), value: new Uint8Array(65) }])],
    ['the commit record', (store) => store.batch([{ key: COMMIT_KEY, value: new Uint8Array(132) }])],
    ['no commit record', (store) => store.batch([{ key: COMMIT_KEY, value: undefined }])],
    [
      'the header of the head',
      (store) => store.batch([{ key: headerKey((block as TestBlock).hash), value: undefined }]),
    ],
  ])('notices damage: %s', async (_what, damage) => {
    await withStore(async (store) => {
      const { acceptAll } = await openChain(store);
      await acceptAll([block as TestBlock]);
      await damage(store);
      await expect(openChain(store)).rejects.toMatchObject({
        code: 'storeDamaged',
        hint: expect.stringContaining('delete the folder `chain`'),
      });
    });
  });
});

describe('a store that fails', () => {
  it('stops the chain at the head it had', async () => {
    class FailingStore extends MemoryStore {
      isBroken = false;
      override async batch(writes: Parameters<MemoryStore['batch']>[0]): Promise<void> {
        if (this.isBroken) throw new RangeError('no space left on device');
        await super.batch(writes);
      }
    }
    const store = new FailingStore();
    const { chain, heads, accept } = await openChain(store);
    const failures: unknown[] = [];
    chain.on('failure', (error) => failures.push(error));
    const [a, b] = kit.mineMany(genesisBlock, 2) as [TestBlock, TestBlock];
    await accept(a);
    store.isBroken = true;
    await expect(accept(b)).rejects.toThrow('no space left');
    store.isBroken = false;
    await expect(accept(b)).rejects.toThrow('no space left');
    expect(chain.head.hash).toBe(a.hash);
    expect(nonceOf(chain.stateAt(a.hash), ALICE.address)).toBe(0);
    expect(heads).toHaveLength(1);
    expect(failures).toEqual([new RangeError('no space left on device')]);
  });
});
