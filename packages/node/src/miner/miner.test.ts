import { describe, expect, it, vi } from 'vitest';
import { ALICE, BOB, MINER, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { type FakeThread, setUp } from '../../testing/minerKit.js';
import type { SearchJob } from './searcher.js';

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
    expect(miner.status().paused).toEqual({
      code: 'fewMembers',
      detail: '2 of 4 members answer from this chain, 3 are needed',
    });
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

it('does not mine for nobody', async () => {
  await expect(setUp({}, testGenesis(), null)).rejects.toMatchObject({ code: 'mineAddressMissing' });
  const { miner } = await setUp({ enabled: false }, testGenesis(), null);
  expect(() => miner.setEnabled(true)).toThrow('mining needs an address');
});
