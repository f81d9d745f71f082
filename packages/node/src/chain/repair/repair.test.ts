import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountKey, groupKey, type KeyValueWrite, parseGenesis, treeKey, treeRoot } from '@wattchain/core';
import { Level } from 'level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  ChainKit,
  crowdedGenesis,
  TEST_START_MS,
  type TestBlock,
  testTransaction,
} from '../../../testing/chainKit.js';
import { ManualRuntime } from '../../../testing/manualRuntime.js';
import { silentLogger } from '../../base/log.js';
import { seal, unseal } from '../../store/envelope.js';
import { LISTING_FILE } from '../../store/fileListing.js';
import { openLevelStore } from '../../store/levelStore.js';
import { bodyKey, canonicalKey, headerKey, placeKey, receiptsKey, VERSION_KEY } from '../../store/schema.js';
import { Chain } from '../chain.js';
import { MARK_FILE } from '../headMark.js';
import { finishReindex, reindexStore } from './reindex.js';
import { verifyStore } from './verify.js';

const kit = new ChainKit(crowdedGenesis());
const { genesis } = kit;
const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
const log = silentLogger;
const blocks: TestBlock[] = [];
/** Enough in a block that those of each opening fill more than one of LevelDB's blocks of 4 KB. */
const PER_BLOCK = 4;
for (let height = 1; height <= 12; height++) {
  const nonces = Array.from({ length: PER_BLOCK }, (_, i) => (height - 1) * PER_BLOCK + i);
  const transactions = nonces.map((nonce) => testTransaction(genesis, ALICE, { nonce }));
  blocks.push(kit.mine(blocks.at(-1) ?? kit.genesisBlock, { transactions }));
}
const tip = blocks.at(-1) as TestBlock;
const side = kit.mine(blocks[9] as TestBlock, { transactions: [testTransaction(genesis, BOB)] });
const third = blocks[2] as TestBlock;

let dataDir: string;
let folder: string;

/** Opens the chain as a node does, gives it blocks and closes it; its head. */
async function run(given: readonly TestBlock[]): Promise<TestBlock['record']> {
  const store = await openLevelStore(folder);
  try {
    const chain = await Chain.open({ store, genesis, runtime, log });
    for (const { header, body } of given) await chain.acceptBlock(header, body);
    expect(treeRoot(store)).toBe(chain.head.header.stateRoot);
    return chain.head;
  } finally {
    await store.close();
  }
}

async function change(...writes: KeyValueWrite[]): Promise<void> {
  const store = await openLevelStore(folder);
  await store.batch(writes);
  await store.close();
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wattchain-repair-'));
  folder = join(dataDir, 'chain');
  // Each opening puts what stood in the log into a table.
  await run(blocks.slice(0, 6));
  await run([...blocks.slice(6), side]);
  await run([]);
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Flips a bit in the first block of every table, where accounts and bodies stand. */
function harmFirstBlocks(): string[] {
  const tables = readdirSync(folder).filter((name) => name.endsWith('.ldb'));
  for (const name of tables) {
    const bytes = readFileSync(join(folder, name));
    bytes[20] = (bytes[20] as number) ^ 4;
    writeFileSync(join(folder, name), bytes);
  }
  return tables;
}

const verify = () => verifyStore({ folder, genesis });
const reindex = () => reindexStore({ folder, genesis, runtime, log });

/** Writes the store as an older version did: the keys of the state's records began with their depth up to version 5, and had it last since. */
async function makeOlder(version: number): Promise<void> {
  const level = new Level<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' });
  for await (const [key, stored] of level.iterator({ gte: Uint8Array.of(0x74), lt: Uint8Array.of(0x75) })) {
    const older = Uint8Array.of(0x74, key.at(-1) as number, ...key.subarray(1, -1));
    const value = unseal(key, stored) as Uint8Array;
    await level.batch([
      { type: 'del', key },
      { type: 'put', key: older, value: seal(older, value) },
    ]);
  }
  await level.put(VERSION_KEY, seal(VERSION_KEY, Uint8Array.of(0, 0, 0, version)));
  await level.close();
  await rm(join(folder, LISTING_FILE));
}

/** Alice's account and those that share four bits with it. */
const alicesRecord = groupKey(4, treeKey(accountKey(ALICE.address)));

describe('verifyStore', () => {
  it('counts what there is in a store that is whole', async () => {
    const report = await verify();
    expect(report).toMatchObject({ healthy: true, files: [], lost: [], values: [], valueCount: 0 });
    expect(report.counts).toMatchObject({ header: 14, body: 14, 'canonical block of height': 13, 'commit record': 1 });
  });

  it.each<[string, () => KeyValueWrite, RegExp]>([
    ['a body', () => ({ key: bodyKey(third.hash), value: undefined }), /the body of block 3 is missing/],
    ['a header', () => ({ key: headerKey(third.hash), value: undefined }), /the header of block 3 is missing/],
    ['receipts', () => ({ key: receiptsKey(third.hash), value: undefined }), /the receipts of block 3 are missing/],
    [
      'a place in the chain',
      () => ({ key: canonicalKey(3), value: undefined }),
      /canonical block of height 3 is missing/,
    ],
    [
      'a place of a transaction',
      () => ({ key: placeKey(third.transactions[0]?.hash ?? '0x'), value: undefined }),
      /the place of transaction .* in block 3 is missing/,
    ],
    [
      'a record of the state tree',
      () => ({ key: alicesRecord, value: undefined }),
      /^record of the state tree 0x00 is wrong/m,
    ],
    [
      'one as it was',
      () => ({ key: alicesRecord, value: kit.stateAfter(third).get(alicesRecord) }),
      /^record of the state tree 0x[0-9a-f]004 is wrong/m,
    ],
    [
      'the whole state tree',
      () => ({ key: groupKey(0, new Uint8Array(32)), value: undefined }),
      /the state has root 0x0{64}, the head/,
    ],
  ])('names what is missing or wrong: %s', async (_what, write, sentence) => {
    await change(write());
    const report = await verify();
    expect(report.healthy).toBe(false);
    expect(report.values.join('\n')).toMatch(sentence);
  });

  it('names the files, and what stood in the parts that cannot be read', async () => {
    const tables = harmFirstBlocks();
    const report = await verify();
    expect(report.files.map(({ file }) => file)).toEqual(tables);
    expect(report.lost.join('\n')).toMatch(
      /checksum of a block at byte 0 does not fit; there stood .*body of block (\d+, )+\d+.*perhaps code/,
    );
  });

  it('says that there is no database, and leaves a running node alone', async () => {
    await expect(verifyStore({ folder: join(dataDir, 'nothing'), genesis })).rejects.toMatchObject({
      code: 'storeUnavailable',
    });
    const store = await openLevelStore(folder);
    await expect(verify()).rejects.toMatchObject({ code: 'storeLocked' });
    await expect(reindex()).rejects.toMatchObject({ code: 'storeLocked' });
    await store.close();
    expect((await verify()).healthy).toBe(true);
  });
});

describe('reindexStore', () => {
  it('makes the same store of a whole one, with the blocks beside the chain', async () => {
    const { head, missing, blocks: count } = await reindex();
    expect([head.hash, missing, count]).toEqual([tip.hash, undefined, 13]);
    expect(await verify()).toMatchObject({ healthy: true });
    expect((await run([])).hash).toBe(tip.hash);
  });

  it('mends state, receipts, places and the canonical map', async () => {
    await change(
      { key: accountKey(BOB.address), value: undefined },
      { key: receiptsKey(third.hash), value: undefined },
      { key: canonicalKey(3), value: undefined },
      { key: placeKey(third.transactions[0]?.hash ?? '0x'), value: undefined },
      { key: Uint8Array.of(0x74, 0, 0), value: undefined },
    );
    await expect(run([])).rejects.toMatchObject({ code: 'storeDamaged' });
    expect(await reindex()).toMatchObject({ missing: undefined, head: { hash: tip.hash } });
    expect(await verify()).toMatchObject({ healthy: true });
    expect((await run([])).hash).toBe(tip.hash);
  });

  it('goes as far as blocks can be read, says which is missing and keeps the old files', async () => {
    harmFirstBlocks();
    await expect(run([])).rejects.toMatchObject({ code: 'storeDamaged' });
    const { head, oldHead, missing, oldFolder } = await reindex();
    expect(oldHead?.hash).toBe(tip.hash);
    expect(head.header.height).toBeLessThan(12);
    expect(missing).toBe(`header or body of block ${head.header.height + 1} cannot be read`);
    expect(readdirSync(oldFolder)).toContain('CURRENT');
    expect(readdirSync(dataDir).sort()).toEqual(['chain', 'chain.old']);
    expect(await verify()).toMatchObject({ healthy: true });
    // What is missing comes from peers.
    expect((await run(blocks.slice(head.header.height))).hash).toBe(tip.hash);
  });

  it('says that blocks are lost of which nothing is left in the database, where the mark beside it knows', async () => {
    const lost = kit.mine(tip);
    writeFileSync(join(folder, MARK_FILE), `${tip.hash}\n`);
    expect(await reindex()).toMatchObject({ head: { hash: tip.hash }, missing: undefined });
    writeFileSync(join(folder, MARK_FILE), `${lost.hash}\n`);
    expect(await reindex()).toMatchObject({
      head: { hash: tip.hash },
      missing: expect.stringContaining(`nothing can be read of block ${lost.hash}`),
    });
  });

  it('needs nothing of LevelDB’s own files', async () => {
    for (const name of readdirSync(folder).filter((file) => /^(MANIFEST|CURRENT)/.test(file))) {
      await rm(join(folder, name));
    }
    await expect(run([])).rejects.toMatchObject({ code: 'storeDamaged' });
    expect(await reindex()).toMatchObject({ head: { hash: tip.hash }, missing: undefined });
    expect((await run([])).hash).toBe(tip.hash);
  });
});

describe('a store of an older version', () => {
  it.each([4, 5])('%i is refused with the command that makes it new, and reindex does', async (version) => {
    await makeOlder(version);
    const refusal = {
      code: 'storeVersion',
      message: expect.stringContaining(`has schema version ${version}`),
      hint: expect.stringContaining('`wattchain db reindex --data DIR`'),
    };
    await expect(run([])).rejects.toMatchObject(refusal);
    await expect(verify()).rejects.toMatchObject(refusal);
    const { head, missing, blocks: count } = await reindex();
    expect([head.hash, missing, count]).toEqual([tip.hash, undefined, 13]);
    expect(await verify()).toMatchObject({ healthy: true, head: { height: 12, hash: tip.hash } });
    expect((await run([])).hash).toBe(tip.hash);
  });

  it('written by a program of version 5 comes to the head that it had', async () => {
    const vectors = new URL('../../../../../test/vectors/store-5/', import.meta.url).pathname;
    await rm(folder, { recursive: true });
    await cp(join(vectors, 'chain'), folder, { recursive: true });
    const old = { folder, genesis: parseGenesis(JSON.parse(readFileSync(join(vectors, 'genesis.json'), 'utf8'))) };
    await expect(verifyStore(old)).rejects.toMatchObject({ code: 'storeVersion', values: { stored: 5 } });
    // What that program said when it closed the store.
    const head = { height: 12, hash: '0x189641f427de23e6d0d41b8a1daf7e89319aea1d842e05a622f5ac70906cdb52' };
    expect(await reindexStore({ ...old, runtime, log })).toMatchObject({
      oldHead: head,
      missing: undefined,
      blocks: 13,
    });
    expect(await verifyStore(old)).toMatchObject({ healthy: true, head });
  });

  it('whose blocks are of another form is refused with what remains, and left as it is', async () => {
    await makeOlder(3);
    const refusal = { code: 'storeVersion', hint: expect.stringContaining('delete the folder `chain`') };
    await expect(run([])).rejects.toMatchObject(refusal);
    await expect(reindex()).rejects.toMatchObject(refusal);
    expect(readdirSync(dataDir)).toEqual(['chain']);
  });
});

describe('reindexStore, before it replaces anything,', () => {
  it('refuses the genesis of another network', async () => {
    const other = crowdedGenesis(1n);
    await expect(reindexStore({ folder, genesis: other, runtime, log })).rejects.toMatchObject({
      code: 'genesisMismatch',
    });
    expect(readdirSync(dataDir)).toEqual(['chain']);
    expect((await run([])).hash).toBe(tip.hash);
  });

  it('has a complete store, which is put in place where the process ended in between', async () => {
    await reindex();
    await rename(folder, `${folder}.new`);
    expect(await finishReindex(folder)).toBe(true);
    expect((await run([])).hash).toBe(tip.hash);
    expect(await finishReindex(folder)).toBe(false);
    await rename(folder, `${folder}.new`);
    expect(await reindex()).toMatchObject({ head: { hash: tip.hash }, missing: undefined });
    expect(readdirSync(dataDir).sort()).toEqual(['chain', 'chain.old']);
  });
});
