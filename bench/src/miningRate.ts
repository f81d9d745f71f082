import { assert, sha256, targetToWords, textToBytes, WattchainError } from '@wattchain/core';
import type { MinerThread, RateSample, SearchJob } from '@wattchain/node';

/** What is measured. */
export interface MiningRateOptions {
  /** Mining threads that work side by side, as they will on this machine. */
  readonly threads: number;
  /** Part of a core that each of them uses. */
  readonly duty: number;
}

/** What a thread does first is left out, so much processor time of it: caches and code are cold, most of all on a busy machine. */
const SETTLING_CPU_MS = 60;
/** So long each thread is watched after that … */
const WATCHED_MS = 3_000;
/** … and until it has had so much processor time, whose clock may move in steps of a few milliseconds. */
const LEAST_CPU_MS = 240;
/** A lower duty would take too long for that, and changes the tries per processor time little. */
const LEAST_DUTY = 0.2;
/** A thread that has not had its time by then never will. */
const TIMEOUT_MS = 30_000;

/**
 * Tries per second of real mining threads together, at their duty and at the same time: what miners on this machine will
 * do, with the caches, clock rates and cores that they share. It is their rate per processor time, of which a miner gets its
 * duty on a busy machine too; a measurement by the clock would depend on what else runs at the moment.
 * Errors: `threadEnded`, `threadSilent`.
 */
export async function measureMiningRate({ threads, duty }: MiningRateOptions): Promise<number> {
  assert(threads >= 1, 'somebody mines');
  // Without the rest of a node: libp2p takes longer to load than most commands take to run.
  const { startMinerThread } = await import('@wattchain/node/minerThread');
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: threads }, () => startMinerThread());
  try {
    const watched = workers.map((worker, position) => {
      const sample = watch(worker, position);
      worker.post(job(position, threads, Math.max(duty, LEAST_DUTY), stop));
      return sample;
    });
    const samples = await Promise.all(watched);
    return 1000 * duty * samples.reduce((sum, { tries, cpuMs }) => sum + tries / cpuMs, 0);
  } finally {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** What a thread did while it was watched. */
function watch(worker: MinerThread, position: number): Promise<RateSample> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(silent(position)), TIMEOUT_MS);
    const watched = new RateRecord();
    worker.onCrash((cause) => {
      clearTimeout(timer);
      reject(ended(position, cause));
    });
    worker.onReport((report) => {
      // The first says that the thread has warmed up.
      if (report.kind !== 'tries' || report.tries === 0) return;
      if (!watched.add(report.sample, performance.now())) return;
      clearTimeout(timer);
      resolve(watched.sum);
    });
  });
}

/** Adds up samples of a thread, without what it does first, until they tell its rate. */
export class RateRecord {
  #settlingMs = 0;
  #startMs: number | undefined;
  #sum: RateSample = { tries: 0, cpuMs: 0 };

  /** Since the thread has settled. */
  get sum(): RateSample {
    return this.#sum;
  }

  /** Takes the next sample, at a time of a clock that never jumps; whether it is enough. */
  add({ tries, cpuMs }: RateSample, nowMs: number): boolean {
    if (this.#startMs === undefined) {
      this.#settlingMs += cpuMs;
      if (this.#settlingMs >= SETTLING_CPU_MS) this.#startMs = nowMs;
      return false;
    }
    this.#sum = { tries: this.#sum.tries + tries, cpuMs: this.#sum.cpuMs + cpuMs };
    return nowMs - this.#startMs >= WATCHED_MS && this.#sum.cpuMs >= LEAST_CPU_MS;
  }
}

/** A job that no try solves. */
function job(position: number, threads: number, duty: number, stop: Int32Array): SearchJob {
  return {
    sealHash: sha256(textToBytes('measuring the rate of the miners')),
    targetWords: targetToWords(0n),
    extraNonceStart: 0n,
    nonceStart: Math.floor((2 ** 32 * position) / threads),
    nonceEnd: Math.floor((2 ** 32 * (position + 1)) / threads),
    stop,
    duty,
  };
}

function ended(position: number, cause: unknown): WattchainError {
  return new WattchainError('threadEnded', `mining thread ${position} ended while its rate was measured`, {
    values: { position },
    hint: 'try again; if it happens again, please report it',
    cause,
  });
}

function silent(position: number): WattchainError {
  return new WattchainError(
    'threadSilent',
    `mining thread ${position} hardly works: its rate cannot be told after ${TIMEOUT_MS / 1000} s`,
    {
      values: { position },
      hint: 'this machine is too busy: try again when it is not',
    },
  );
}
