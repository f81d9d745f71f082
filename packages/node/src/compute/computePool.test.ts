import { existsSync } from 'node:fs';
import { assert, decodeNetworkTransactions } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { ALICE, BOB, CAROL, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { type Logger, silentLogger } from '../base/log.js';
import { inlineCompute } from './compute.js';
import { ComputePool, FULL_BATCH } from './computePool.js';
import { type ComputeThread, type DecodeJob, type DecodeResult, startComputeThread } from './computeThread.js';

const genesis = testGenesis();
const rules = { chainId: genesis.chainId, development: false };

/** So many transactions, among them some that are none: cut off, of another network, with a signature of nobody. */
function mixture(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const { raw } = testTransaction(genesis, [ALICE, BOB, CAROL][i % 3] as typeof ALICE, { nonce: i });
    if (i % 50 === 7) return raw.subarray(0, 40);
    if (i % 50 === 8) return testTransaction(testGenesis({ chainId: 20_000_002 }), ALICE, { nonce: i }).raw;
    if (i % 50 === 9) return raw.with(raw.length - 1, (raw.at(-1) as number) ^ 1);
    return raw;
  });
}
const RAWS = mixture(3 * FULL_BATCH + 5);
const DECODED = decodeNetworkTransactions(RAWS, rules);

/** A thread that does nothing by itself. */
class HeldThread implements ComputeThread {
  readonly jobs: DecodeJob[] = [];
  terminated = false;
  report: (result: DecodeResult) => void = () => {};
  crash: (error: unknown) => void = () => {};

  post(job: DecodeJob): void {
    this.jobs.push(job);
  }

  onResult(listener: (result: DecodeResult) => void): void {
    this.report = listener;
  }

  onCrash(listener: (error: unknown) => void): void {
    this.crash = listener;
  }

  async terminate(): Promise<void> {
    this.terminated = true;
  }

  /** Answers its oldest job. */
  answer(): void {
    const job = this.jobs.shift();
    assert(job !== undefined, 'there is a job');
    const raws: Uint8Array[] = [];
    for (const length of job.lengths) {
      const from = raws.reduce((sum, raw) => sum + raw.length, 0);
      raws.push(job.bytes.subarray(from, from + length));
    }
    this.report({ id: job.id, decoded: decodeNetworkTransactions(raws, job.rules) });
  }
}

function heldPool(threads: number) {
  const started: HeldThread[] = [];
  const lines: string[] = [];
  const log: Logger = { ...silentLogger, error: (_, message) => lines.push(message) };
  const startThread = () => {
    const thread = new HeldThread();
    started.push(thread);
    return thread;
  };
  return { pool: new ComputePool({ threads, log, startThread }), started, lines };
}

describe('computing threads', () => {
  /** Threads run JavaScript, so this test needs the build. */
  const workerUrl = new URL('../../dist/compute/worker.js', import.meta.url);
  assert(existsSync(workerUrl), 'the computing thread is built: npx tsc -b packages/node');

  it.each([0, 1, 3])('give what is given without them, faults included: %i of them', async (threads) => {
    const startThread = () => startComputeThread({ nobleAlone: false }, workerUrl);
    const pool = new ComputePool({ threads, log: silentLogger, startThread });
    const answers = await Promise.all([pool.decode(RAWS, rules), pool.decode(RAWS.slice(3), rules)]);
    expect(answers).toEqual([DECODED, DECODED.slice(3)]);
    expect(DECODED.filter(({ fault }) => fault).length).toBeGreaterThan(7);
    // Whatever was handed over has nothing to do with the memory of what came in.
    for (const { value } of answers[0] ?? []) if (value) expect(value.raw.buffer.byteLength).toBe(value.raw.length);
    await pool.stop();
    expect(await pool.decode(RAWS, rules)).toEqual(DECODED);
  });

  it('that are killed lose nothing', async () => {
    const lines: object[] = [];
    const log: Logger = { ...silentLogger, error: (fields) => lines.push(fields) };
    const broken = new URL('data:text/javascript,throw new RangeError("broken")');
    const pool = new ComputePool({
      threads: 2,
      log,
      startThread: () => startComputeThread({ nobleAlone: false }, broken),
    });
    expect(await pool.decode(RAWS, rules)).toEqual(DECODED);
    expect(lines).toMatchObject([{ left: 1 }, { left: 0 }]);
    expect(await pool.decode(RAWS, rules)).toEqual(DECODED);
    await pool.stop();
  });
});

describe('a pool', () => {
  it('starts no thread before a full batch, and no more than it needs', async () => {
    const { pool, started } = heldPool(3);
    expect(await pool.decode(RAWS.slice(1, FULL_BATCH), rules)).toEqual(DECODED.slice(1, FULL_BATCH));
    expect(started).toHaveLength(0);
    const full = pool.decode(RAWS.slice(0, FULL_BATCH), rules);
    expect(started).toHaveLength(1);
    started[0]?.answer();
    expect(await full).toEqual(DECODED.slice(0, FULL_BATCH));
    await pool.stop();
  });

  it('keeps the order of what was asked whoever is faster', async () => {
    const { pool, started } = heldPool(2);
    const all = pool.decode(RAWS, rules);
    const [first, second] = started as [HeldThread, HeldThread];
    expect([first.jobs.length, second.jobs.length]).toEqual([2, 2]);
    second.answer();
    second.answer();
    first.answer();
    first.answer();
    expect(await all).toEqual(DECODED);
    await pool.stop();
  });

  it('gives a thread two jobs and the others when it is done', async () => {
    const { pool, started } = heldPool(1);
    const all = pool.decode(RAWS, rules);
    const [thread] = started as [HeldThread];
    expect(thread.jobs).toHaveLength(2);
    for (let i = 0; i < 4; i++) {
      thread.answer();
      expect(thread.jobs).toHaveLength(Math.min(2, 3 - i));
    }
    expect(await all).toEqual(DECODED);
  });

  it('does what a dead thread had, and what waits when none is left, with a line for each death', async () => {
    const { pool, started, lines } = heldPool(2);
    const all = pool.decode([...RAWS, ...RAWS], rules);
    const [first, second] = started as [HeldThread, HeldThread];
    first.answer();
    first.crash(new Error('out of memory'));
    expect(lines).toHaveLength(1);
    second.answer();
    second.crash('exit code 1');
    // What comes late is of no account.
    second.answer();
    expect(await all).toEqual([...DECODED, ...DECODED]);
    expect(lines).toHaveLength(2);
    expect(started).toHaveLength(2);
    expect(await pool.decode(RAWS, rules)).toEqual(DECODED);
  });

  it('finishes what is under way when it is stopped', async () => {
    const { pool, started } = heldPool(1);
    const all = pool.decode(RAWS, rules);
    await pool.stop();
    expect(started.map(({ terminated }) => terminated)).toEqual([true]);
    expect(await all).toEqual(DECODED);
  });
});

it('without threads everything is done in turns, also nothing', async () => {
  expect(await inlineCompute.decode(RAWS, rules)).toEqual(DECODED);
  expect(await inlineCompute.decode([], rules)).toEqual([]);
});
