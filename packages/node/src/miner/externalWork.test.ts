import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeSeal,
  fromHex,
  type Hash,
  type PowSolution,
  recoverAddress,
  search,
  targetToWords,
} from '@wattchain/core';
import { afterAll, describe, expect, it } from 'vitest';
import { ALICE, BOB, MINER, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { setUp } from '../../testing/minerKit.js';
import type { ExternalWork } from './types.js';

describe('work for miners outside the node', () => {
  const solutionOf = ({ sealHash, target, extraNonceStart }: ExternalWork): PowSolution => {
    const { solution } = search(fromHex(sealHash), targetToWords(target), extraNonceStart, 1, 0, 10_000, undefined);
    if (solution === undefined) throw new RangeError('no solution');
    return solution;
  };

  it('makes blocks of this node though its own threads are off', async () => {
    const { chain, mempool, miner, threads, genesis } = await setUp({ enabled: false });
    await miner.start();
    const transaction = testTransaction(genesis, ALICE);
    mempool.add(transaction, 'local');
    const work = await miner.getWork();
    expect(work).toMatchObject({ height: 1, parentHash: genesis.hash, target: genesis.firstTarget });
    const submission = await miner.submitWork(work.sealHash, solutionOf(work));
    expect(submission).toEqual({ accepted: true, hash: chain.head.hash });
    expect(chain.head.header).toMatchObject({ height: 1, miner: MINER.address });
    expect(chain.bodyByHash(chain.head.hash)).toEqual([transaction]);
    expect(miner.status()).toMatchObject({ enabled: false, blocksFound: 1, hashesPerSecond: 0 });
    expect(threads).toEqual([]);
    await miner.stop();
  });

  it('is one template for all who ask, with extra nonces of their own, until something is new', async () => {
    const { kit, chain, mempool, miner, genesis, runtime } = await setUp({ enabled: false });
    await miner.start();
    const works = [await miner.getWork(), await miner.getWork()];
    expect(works[0]?.sealHash).toBe(works[1]?.sealHash);
    expect(works[0]?.extraNonceStart).not.toBe(works[1]?.extraNonceStart);
    // The lower half belongs to the node's own threads.
    for (const { extraNonceStart } of works) expect(extraNonceStart >> 63n).toBe(1n);
    mempool.add(testTransaction(genesis, ALICE), 'local');
    runtime.advance(499);
    expect((await miner.getWork()).sealHash).toBe(works[0]?.sealHash);
    runtime.advance(1);
    const withTransaction = await miner.getWork();
    expect(withTransaction.sealHash).not.toBe(works[0]?.sealHash);
    runtime.advance(9_999);
    expect((await miner.getWork()).sealHash).toBe(withTransaction.sealHash);
    runtime.advance(1);
    expect((await miner.getWork()).sealHash).not.toBe(withTransaction.sealHash);
    const block = kit.mine(kit.genesisBlock);
    await chain.acceptBlock(block.header, block.body);
    expect(await miner.getWork()).toMatchObject({ height: 2, parentHash: block.hash });
    await miner.stop();
  });

  it('is refused with its reason when it is stale, unknown or no solution', async () => {
    const { kit, chain, miner } = await setUp(
      { enabled: false },
      testGenesis({ firstTarget: `0x00${'f'.repeat(62)}` }),
    );
    await miner.start();
    const work = await miner.getWork();
    const solution = solutionOf(work);
    const reasonOf = async (sealHash: Hash, given: PowSolution) => {
      const submission = await miner.submitWork(sealHash, given);
      return submission.accepted ? 'accepted' : submission.reason.code;
    };
    expect(await reasonOf(`0x${'0'.repeat(64)}`, solution)).toBe('unknownWork');
    expect(await reasonOf(work.sealHash, { ...solution, extraNonce: solution.extraNonce + 1n })).toBe('aboveTarget');
    const block = kit.mine(kit.genesisBlock);
    await chain.acceptBlock(block.header, block.body);
    expect(await reasonOf(work.sealHash, solution)).toBe('stale');
    expect([chain.head.hash, miner.status().blocksFound]).toEqual([block.hash, 0]);
    await miner.stop();
  });

  it('makes one block of two solutions that arrive together', async () => {
    const { chain, miner } = await setUp({ enabled: false });
    await miner.start();
    const works = [await miner.getWork(), await miner.getWork()];
    const submissions = await Promise.all(works.map((work) => miner.submitWork(work.sealHash, solutionOf(work))));
    expect(submissions.map(({ accepted }) => accepted)).toEqual([true, false]);
    expect(submissions[1]).toMatchObject({ reason: { code: 'stale' } });
    expect(chain.head.header.height).toBe(1);
    await miner.stop();
  });

  it('is forgotten when eight newer ones were built', async () => {
    const { miner, runtime } = await setUp({ enabled: false });
    await miner.start();
    const work = await miner.getWork();
    for (let i = 0; i < 8; i++) {
      runtime.advance(10_000);
      await miner.getWork();
    }
    expect(await miner.submitWork(work.sealHash, solutionOf(work))).toMatchObject({ reason: { code: 'unknownWork' } });
    await miner.stop();
  });

  it('obeys the reasons to pause and needs somebody who earns', async () => {
    const { kit, miner, tellPeers } = await setUp({ enabled: false });
    await expect(miner.getWork()).rejects.toMatchObject({ code: 'miningPaused', values: { reason: 'stopped' } });
    await miner.start();
    const work = await miner.getWork();
    tellPeers({ seen: 2 });
    await expect(miner.getWork()).rejects.toThrow(
      'there is no work: 2 of 4 members answer from this chain, 3 are needed',
    );
    expect(await miner.submitWork(work.sealHash, solutionOf(work))).toMatchObject({ reason: { code: 'fewMembers' } });
    tellPeers({ seen: 3, ahead: kit.mine(kit.genesisBlock).record });
    await expect(miner.getWork()).rejects.toMatchObject({ values: { reason: 'behind' } });
    await miner.stop();
    const nobody = await setUp({ enabled: false }, testGenesis(), null);
    await nobody.miner.start();
    await expect(nobody.miner.getWork()).rejects.toMatchObject({ code: 'mineAddressMissing' });
    await nobody.miner.stop();
    const keyless = await setUp({ enabled: false }, testGenesis({ miners: [ALICE.address] }));
    await keyless.miner.start();
    await expect(keyless.miner.getWork()).rejects.toMatchObject({ code: 'sealKeyMissing' });
    await keyless.miner.stop();
  });
});

describe('a network that lists its miners', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wattchain-miner-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const keyFile = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const hexOf = (key: Uint8Array) => Buffer.from(key).toString('hex');
  const genesis = testGenesis({ miners: [ALICE.address] });

  it('gets sealed blocks', async () => {
    const sealKeyPath = keyFile('seal.key', `0x${hexOf(ALICE.key)}\n`);
    const { chain, miner, threads, nextHead } = await setUp({ sealKeyPath }, genesis);
    await miner.start();
    const found = nextHead();
    threads[0]?.solve();
    await found;
    const { hash, header } = chain.head;
    const seal = decodeSeal(header.minerSeal);
    expect(seal && recoverAddress(fromHex(hash), seal.r, seal.s, seal.recovery)).toBe(ALICE.address);
    await miner.stop();
  });

  it('refuses to mine without the right key', async () => {
    await expect(setUp({}, genesis)).rejects.toMatchObject({ code: 'sealKeyMissing' });
    await expect(setUp({ sealKeyPath: keyFile('bob.key', hexOf(BOB.key)) }, genesis)).rejects.toMatchObject({
      code: 'badSealKey',
      message: expect.stringContaining(`its address ${BOB.address} is not among the miners`),
    });
    await expect(setUp({ sealKeyPath: keyFile('bad.key', 'secret') }, genesis)).rejects.toMatchObject({
      code: 'badSealKey',
    });
    await expect(setUp({ sealKeyPath: join(directory, 'none') }, genesis)).rejects.toMatchObject({
      code: 'badSealKey',
    });
    const { miner } = await setUp({ enabled: false }, genesis);
    expect(() => miner.setEnabled(true)).toThrow('genesis lists the miners');
  });
});
