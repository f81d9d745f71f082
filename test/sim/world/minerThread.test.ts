import { meetsTarget, type PowSolution, powHash, targetToWords } from '@wattchain/core';
import type { SearchJob } from '@wattchain/node/parts';
import { expect, it } from 'vitest';
import { SimMinerThread } from './minerThread.js';
import { SeededRandom } from './random.js';
import { SimRuntime } from './runtime.js';
import { SharedCompute } from './sharedCompute.js';
import { VirtualTime } from './virtualTime.js';

function start(triesPerSecond: () => number) {
  const time = new VirtualTime();
  const runtime = new SimRuntime({
    time,
    random: new SeededRandom('miner'),
    compute: new SharedCompute(),
    name: 'miner',
    clockOffsetMs: () => 0,
    onThrow: (error) => {
      throw error;
    },
  });
  const thread = new SimMinerThread(runtime, triesPerSecond);
  const found: { readonly atMs: number; readonly solution: PowSolution; readonly sealHash: Uint8Array }[] = [];
  let tries = 0;
  thread.onReport((report) => {
    if (report.kind === 'tries') tries += report.tries;
    if (report.kind === 'solution') found.push({ atMs: time.nowMs, ...report });
  });
  return { time, thread, found, tries: () => tries };
}

const job = (seal: number, target: bigint): SearchJob => ({
  sealHash: new Uint8Array(32).fill(seal),
  targetWords: targetToWords(target),
  extraNonceStart: 5n,
  nonceStart: 0,
  nonceEnd: 2 ** 32,
  stop: new Int32Array(new SharedArrayBuffer(4)),
  duty: 1,
});

it('finds real solutions, each when its try is due', async () => {
  const { time, thread, found } = start(() => 4);
  const target = (1n << 256n) / 60n;
  for (let seal = 0; seal < 40; seal++) {
    const before = time.nowMs;
    thread.post(job(seal, target));
    while (found.length === seal) await time.run(time.nowMs + 1_000);
    const { atMs, solution, sealHash } = found[seal] as (typeof found)[number];
    expect(meetsTarget(powHash(sealHash, solution.extraNonce, solution.headerNonce), target)).toBe(true);
    // The tries in order: so many as the nonce says, four in a second; a part of one may have been made for the job before.
    expect(atMs - before).toBeLessThanOrEqual(Math.ceil((solution.headerNonce + 1) * 250));
    expect(atMs - before).toBeGreaterThan(solution.headerNonce * 250 - 1);
  }
});

it('is silent for a job that was ended or replaced, and for good when it was ended itself', async () => {
  const { time, thread, found } = start(() => 10);
  const easy = (1n << 256n) - 1n;
  const ended = job(1, easy);
  thread.post(ended);
  Atomics.store(ended.stop, 0, 1);
  await time.run(10_000);
  thread.post(job(2, easy));
  thread.post(job(3, easy));
  await time.run(20_000);
  expect(found.map(({ sealHash }) => sealHash[0])).toEqual([3]);
  thread.post(job(4, easy));
  await thread.terminate();
  await time.run(30_000);
  expect(found).toHaveLength(1);
});

it('of a slow machine ends its tries although its jobs are shorter than one of them, and rests without hash power', async () => {
  let rate = 0.1;
  const { time, thread, tries } = start(() => rate);
  for (let i = 0; i < 60; i++) {
    thread.post(job(i, 1n));
    await time.run(time.nowMs + 4_000);
  }
  // 240 seconds have 24 tries of ten seconds.
  expect(tries()).toBeGreaterThanOrEqual(22);
  expect(tries()).toBeLessThanOrEqual(24);
  rate = 0;
  thread.post(job(1, (1n << 256n) - 1n));
  const before = tries();
  await time.run(time.nowMs + 100_000);
  expect(tries()).toBe(before);
  rate = 1;
  await time.run(time.nowMs + 10_000);
  expect(tries()).toBeGreaterThan(before);
});
