import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Address,
  decodeSeal,
  fromHex,
  type Hash,
  type HeaderRecord,
  type PowSolution,
  recoverAddress,
  search,
  targetToWords,
} from '@wattchain/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ALICE, BOB, ChainKit, MINER, TEST_START_MS, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { type Logger, silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { type MineConfig, NODE_DEFAULTS } from '../config.js';
import { Mempool } from '../mempool/mempool.js';
import type { Network } from '../p2p/network.js';
import { MemoryStore } from '../store/memoryStore.js';
import type { PeerChains } from '../sync/peerChains.js';
import { Miner } from './miner.js';
import type { MinerThread } from './minerThread.js';
import type { SearchJob, SearchReport } from './searcher.js';
import type { ExternalWork } from './types.js';

/** A mining thread that searches when the test says so. */
class FakeThread implements MinerThread {
  readonly jobs: SearchJob[] = [];
  isGone = false;
  report: (report: SearchReport) => void = () => {};
  crash: (error: unknown) => void = () => {};

  post(job: SearchJob): void {
    this.jobs.push(job);
  }
  onReport(listener: (report: SearchReport) => void): void {
    this.report = listener;
  }
  onCrash(listener: (error: unknown) => void): void {
    this.crash = listener;
  }
  async terminate(): Promise<void> {
    this.isGone = true;
  }

  get job(): SearchJob {
    const job = this.jobs.at(-1);
    if (job === undefined) throw new RangeError('no job yet');
    return job;
  }

  /** Reports tries, and in how much processor time they were made. */
  tell(tries: number, cpuMs = 0): void {
    this.report({ kind: 'tries', tries, sample: { tries: cpuMs === 0 ? 0 : tries, cpuMs } });
  }

  /** Finds the solution of a job and reports it. */
  solve(job = this.job): void {
    const { sealHash, targetWords, extraNonceStart, nonceStart, nonceEnd } = job;
    const { solution } = search(sealHash, targetWords, extraNonceStart, 1, nonceStart, nonceEnd, undefined);
    if (solution !== undefined) this.report({ kind: 'solution', sealHash, solution });
  }
}

async function setUp(mine: Partial<MineConfig> = {}, genesis = testGenesis(), address: Address | null = MINER.address) {
  const kit = new ChainKit(genesis);
  const runtime = new ManualRuntime(TEST_START_MS + 60_000);
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (_fields, message) => warnings.push(message) };
  const chain = await Chain.open({ store: new MemoryStore(), genesis, runtime, log });
  const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log });
  chain.on('head', (event) => mempool.onHead(event));
  const listeners: (() => void)[] = [];
  const peers: { seen: number; ahead: HeaderRecord | undefined } = { seen: 3, ahead: undefined };
  const on = (_name: string, listener: (event: never) => void) => {
    listeners.push(listener as () => void);
    return () => {};
  };
  const network: Pick<Network, 'members' | 'on'> = {
    get members() {
      return { seen: peers.seen, needed: 3, total: 4, silent: [] };
    },
    on,
  };
  const ahead = () => ((peers.ahead?.totalWork ?? 0n) > chain.head.totalWork ? peers.ahead : undefined);
  const peerChains: Pick<PeerChains, 'ahead' | 'on'> = { ahead, on };
  const threads: FakeThread[] = [];
  const failures: unknown[] = [];
  const miner = Miner.create({
    chain,
    mempool,
    network,
    peerChains,
    runtime,
    log,
    config: { ...NODE_DEFAULTS.mine, enabled: true, ...(address === null ? {} : { address }), ...mine },
    onFailure: (error) => failures.push(error),
    startThread: () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
  });
  const tellPeers = (change: Partial<typeof peers>) => {
    Object.assign(peers, change);
    for (const listener of listeners) listener();
  };
  /** Resolves when the chain has moved. */
  const nextHead = () =>
    new Promise<void>((resolve) => {
      const cancel = chain.on('head', () => {
        cancel();
        resolve();
      });
    });
  return { kit, genesis, chain, mempool, miner, threads, runtime, failures, warnings, peers, tellPeers, nextHead };
}

const isStopped = (job: SearchJob) => job.stop[0] === 1;

describe('a miner', () => {
  it('makes a block of what waits, gives it to the chain and goes on with the next', async () => {
    const { chain, mempool, miner, threads, genesis, runtime, nextHead } = await setUp();
    const transactions = [0, 1].map((nonce) => testTransaction(genesis, ALICE, { nonce }));
    for (const transaction of transactions) mempool.add(transaction, 'local');
    await miner.start();
    const [thread] = threads as [FakeThread];
    const found = nextHead();
    thread.solve();
    await found;
    expect(chain.head.header).toMatchObject({ height: 1, miner: MINER.address, timestampMs: runtime.clock.nowMs() });
    expect(chain.bodyByHash(chain.head.hash)).toEqual(transactions);
    expect(mempool.size).toBe(0);
    await new Promise(setImmediate);
    expect(thread.jobs).toHaveLength(2);
    expect(isStopped(thread.jobs[0] as SearchJob)).toBe(true);
    expect(isStopped(thread.job)).toBe(false);
    expect(miner.status()).toMatchObject({ enabled: true, blocksFound: 1, threads: 1 });
    expect(miner.status().paused).toBeUndefined();
    await miner.stop();
    expect([isStopped(thread.job), thread.isGone]).toEqual([true, true]);
  });

  it('saves the chain from executing its block again', async () => {
    const { chain, mempool, miner, threads, genesis, nextHead } = await setUp();
    const accepted = vi.spyOn(chain, 'acceptBlock');
    mempool.add(testTransaction(genesis, ALICE), 'local');
    await miner.start();
    const [thread] = threads as [FakeThread];
    const { sealHash } = thread.job;
    const found = nextHead();
    thread.solve();
    await found;
    expect(accepted.mock.lastCall?.[3]).toMatchObject({ sealHash, result: { gasUsed: 21_000 } });
    await miner.stop();
  });

  it('gives every thread its own part of the nonces and one word that stops all', async () => {
    const { miner, threads } = await setUp({ threads: 3 });
    await miner.start();
    const jobs = threads.map((thread) => thread.job);
    expect(jobs.map(({ nonceStart, nonceEnd }) => [nonceStart, nonceEnd])).toEqual([
      [0, 1_431_655_765],
      [1_431_655_765, 2_863_311_530],
      [2_863_311_530, 4_294_967_296],
    ]);
    expect(new Set(jobs.map(({ stop }) => stop.buffer)).size).toBe(1);
    expect(jobs.every(({ sealHash }) => sealHash === jobs[0]?.sealHash)).toBe(true);
    await miner.stop();
  });

  it('turns to a new head at once and never submits what is stale', async () => {
    const { kit, chain, miner, threads } = await setUp();
    await miner.start();
    const [thread] = threads as [FakeThread];
    const stale = thread.job;
    const block = kit.mine(kit.genesisBlock);
    await chain.acceptBlock(block.header, block.body);
    expect(isStopped(stale)).toBe(true);
    expect(thread.job.sealHash).not.toEqual(stale.sealHash);
    thread.solve(stale);
    await chain.close();
    expect(chain.head.hash).toBe(block.hash);
    expect(miner.status().blocksFound).toBe(0);
    await miner.stop();
  });

  it('takes new transactions in, at most once per half interval, and renews its template after 10 s', async () => {
    const { mempool, miner, threads, genesis, runtime } = await setUp();
    await miner.start();
    const [thread] = threads as [FakeThread];
    for (const nonce of [0, 1, 2]) mempool.add(testTransaction(genesis, ALICE, { nonce }), 'local');
    expect(thread.jobs).toHaveLength(1);
    runtime.advance(499);
    expect(thread.jobs).toHaveLength(1);
    runtime.advance(1);
    expect(thread.jobs).toHaveLength(2);
    mempool.add(testTransaction(genesis, BOB, { nonce: 0 }), 'local');
    runtime.advance(500);
    expect(thread.jobs).toHaveLength(3);
    runtime.advance(9_000);
    expect(thread.jobs).toHaveLength(3);
    runtime.advance(1_000);
    expect(thread.jobs).toHaveLength(4);
    await miner.stop();
    expect(runtime.timers).toBe(0);
  });

  it('pauses while it sees too few members or is behind a peer, and says so', async () => {
    const { kit, chain, miner, threads, tellPeers } = await setUp();
    tellPeers({ seen: 2 });
    await miner.start();
    expect(threads).toHaveLength(0);
    expect(miner.status().paused).toEqual({ code: 'fewMembers', detail: '2 of 4 members answer, 3 are needed' });
    tellPeers({ seen: 3 });
    const [thread] = threads as [FakeThread];
    expect(isStopped(thread.job)).toBe(false);
    const block = kit.mine(kit.genesisBlock);
    tellPeers({ ahead: block.record });
    expect(isStopped(thread.job)).toBe(true);
    expect(miner.status()).toMatchObject({ paused: { code: 'behind' }, hashesPerSecond: 0 });
    await chain.acceptBlock(block.header, block.body);
    expect(miner.status().paused).toBeUndefined();
    expect(thread.jobs).toHaveLength(2);
    tellPeers({ seen: 2 });
    expect(isStopped(thread.job)).toBe(true);
    await miner.stop();
    expect(miner.status().paused?.code).toBe('stopped');
  });

  it('looks each second whether its members are still there, though nobody tells it', async () => {
    const { miner, threads, runtime, peers } = await setUp();
    await miner.start();
    const [thread] = threads as [FakeThread];
    const work = thread.job;
    peers.seen = 2;
    expect(miner.status().paused?.code).toBe('fewMembers');
    runtime.advance(1_000);
    expect(isStopped(work)).toBe(true);
    peers.seen = 3;
    runtime.advance(1_000);
    expect(isStopped(thread.job)).toBe(false);
    await miner.stop();
  });

  it('takes no block that was found while its members were silent, and goes on with the next', async () => {
    const { chain, miner, threads, tellPeers, nextHead } = await setUp();
    await miner.start();
    const [thread] = threads as [FakeThread];
    const work = thread.job;
    tellPeers({ seen: 2 });
    thread.solve(work);
    await new Promise(setImmediate);
    expect([chain.head.header.height, miner.status().blocksFound]).toEqual([0, 0]);
    tellPeers({ seen: 3 });
    const found = nextHead();
    thread.solve();
    await found;
    expect(chain.head.header.height).toBe(1);
    await miner.stop();
  });

  it('is switched off and on', async () => {
    const { miner, threads } = await setUp({ enabled: false });
    await miner.start();
    expect([threads.length, miner.status().paused?.code]).toEqual([0, 'disabled']);
    miner.setEnabled(true);
    expect(threads[0]?.jobs).toHaveLength(1);
    miner.setEnabled(false);
    expect([isStopped((threads[0] as FakeThread).job), threads[0]?.isGone]).toEqual([true, true]);
    miner.setEnabled(true);
    expect(threads).toHaveLength(2);
    await miner.stop();
  });

  it('replaces a thread that crashed', async () => {
    const { miner, threads, runtime } = await setUp();
    await miner.start();
    const [first] = threads as [FakeThread];
    first.crash(new RangeError('out of memory'));
    expect(threads).toHaveLength(1);
    runtime.advance(1_000);
    expect(threads).toHaveLength(2);
    expect(threads[1]?.job).toEqual(first.job);
    expect(miner.counts).toEqual({ templates: 1, threadRestarts: 1 });
    await miner.stop();
  });

  it('goes on with a template while a newer one of the same head is made, and takes what either finds', async () => {
    const { chain, mempool, miner, threads, genesis, runtime, nextHead } = await setUp();
    await miner.start();
    const [thread] = threads as [FakeThread];
    const first = thread.job;
    mempool.add(testTransaction(genesis, ALICE), 'local');
    expect(isStopped(first)).toBe(false);
    runtime.advance(500);
    expect([isStopped(first), thread.jobs.length]).toEqual([true, 2]);
    const found = nextHead();
    thread.solve(first);
    await found;
    expect(chain.head.header).toMatchObject({ height: 1, transactionCount: 0 });
    await miner.stop();
  });

  it('replaces a thread that stays far below the best rate, but not again and again', async () => {
    const { miner, threads, runtime, warnings } = await setUp({ threads: 2 });
    await miner.start();
    const [fast, slow] = threads as [FakeThread, FakeThread];
    fast.tell(900_000, 100);
    // A single hiccup, a busy machine and rests do not count: only processor time in a row does.
    for (let i = 0; i < 19; i++) slow.tell(270_000, 100);
    slow.tell(800_000, 100);
    for (let i = 0; i < 38; i++) slow.tell(135_000, 50);
    expect([threads.length, slow.isGone]).toEqual([2, false]);
    slow.tell(135_000, 50);
    slow.tell(135_000, 50);
    expect([threads.length, slow.isGone, threads[2]?.job]).toEqual([3, true, slow.job]);
    expect(warnings).toHaveLength(1);
    const third = threads[2] as FakeThread;
    fast.tell(900_000, 100);
    for (let i = 0; i < 60; i++) third.tell(270_000, 100);
    expect([threads.length, third.isGone]).toEqual([3, false]);
    runtime.advance(600_000);
    third.tell(270_000, 100);
    expect([threads.length, third.isGone, warnings.length]).toEqual([4, true, 2]);
    await miner.stop();
  });

  it('replaces a thread that finds itself stuck', async () => {
    const { miner, threads, warnings } = await setUp();
    await miner.start();
    const [first] = threads as [FakeThread];
    first.report({ kind: 'stuck' });
    expect([threads.length, first.isGone, threads[1]?.job]).toEqual([2, true, first.job]);
    threads[1]?.report({ kind: 'stuck' });
    expect([threads.length, warnings.length]).toEqual([2, 1]);
    await miner.stop();
  });

  it('measures a machine anew that became slower as a whole', async () => {
    const { miner, threads, runtime } = await setUp();
    await miner.start();
    const [first] = threads as [FakeThread];
    first.tell(900_000, 100);
    for (let i = 0; i < 20; i++) first.tell(200_000, 100);
    expect(threads).toHaveLength(2);
    runtime.advance(1_200_000);
    for (let i = 0; i < 60; i++) threads[1]?.tell(200_000, 100);
    expect(threads).toHaveLength(2);
    await miner.stop();
  });

  it('ignores a solution that is none', async () => {
    const { chain, miner, threads, failures } = await setUp({}, testGenesis({ firstTarget: `0x${'0'.repeat(10)}1` }));
    await miner.start();
    const [thread] = threads as [FakeThread];
    thread.report({ kind: 'solution', sealHash: thread.job.sealHash, solution: { extraNonce: 0n, headerNonce: 0 } });
    await new Promise(setImmediate);
    expect([chain.head.header.height, failures, thread.jobs.length]).toEqual([0, [], 2]);
    await miner.stop();
  });

  it('measures tries per second', async () => {
    const { miner, threads, runtime } = await setUp();
    await miner.start();
    const [thread] = threads as [FakeThread];
    for (let i = 0; i < 8; i++) {
      runtime.advance(250);
      thread.tell(500);
    }
    expect(miner.status().hashesPerSecond).toBe(2_000);
    // The tries of a solution arrive after it and count too, those after the end do not.
    thread.solve();
    thread.tell(1_000);
    expect(miner.status().hashesPerSecond).toBe(2_500);
    miner.setEnabled(false);
    thread.tell(1_000);
    expect(miner.status().hashesPerSecond).toBe(0);
    await miner.stop();
  });
});

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
    await expect(miner.getWork()).rejects.toThrow('there is no work: 2 of 4 members answer, 3 are needed');
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

it('does not mine for nobody', async () => {
  await expect(setUp({}, testGenesis(), null)).rejects.toMatchObject({ code: 'mineAddressMissing' });
  const { miner } = await setUp({ enabled: false }, testGenesis(), null);
  expect(() => miner.setEnabled(true)).toThrow('mining needs an address');
});
