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
/** So long each thread is watched after that: a dozen windows at duty 0.2. */
const WATCHED_MS = 3_000;
/** A thread's reports are joined until they hold so much processor time, whose clock may move in steps of a few milliseconds. */
const WINDOW_CPU_MS = 40;
/** Fewer windows tell nothing. */
const LEAST_WINDOWS = 6;
/** A lower duty would take too long to fill them, and changes the tries per processor time little. */
const LEAST_DUTY = 0.2;
/** A thread that has not filled its windows by then never will. */
const TIMEOUT_MS = 30_000;

/**
 * Tries per second of real mining threads together, at their duty and at the same time: what miners on this machine will
 * do, with the caches, clock rates and cores that they share. It is their usual rate per processor time, of which a miner gets its
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
      const windows = watch(worker, position);
      worker.post(job(position, threads, Math.max(duty, LEAST_DUTY), stop));
      return windows;
    });
    const triesPerCpuMs = (await Promise.all(watched)).map(usualRate);
    return 1000 * duty * triesPerCpuMs.reduce((sum, rate) => sum + rate, 0);
  } finally {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** A thread's windows, one after the other, each with {@link WINDOW_CPU_MS} or more. */
function watch(worker: MinerThread, position: number): Promise<RateSample[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(silent(position)), TIMEOUT_MS);
    const windows: RateSample[] = [];
    let window: RateSample = { tries: 0, cpuMs: 0 };
    let settledCpuMs = 0;
    let startMs: number | undefined;
    worker.onCrash((cause) => {
      clearTimeout(timer);
      reject(ended(position, cause));
    });
    worker.onReport((report) => {
      // The first says that the thread has warmed up.
      if (report.kind !== 'tries' || report.tries === 0) return;
      const nowMs = performance.now();
      const { tries, cpuMs } = report.sample;
      if (startMs === undefined) {
        settledCpuMs += cpuMs;
        if (settledCpuMs >= SETTLING_CPU_MS) startMs = nowMs;
        return;
      }
      window = { tries: window.tries + tries, cpuMs: window.cpuMs + cpuMs };
      if (window.cpuMs < WINDOW_CPU_MS) return;
      windows.push(window);
      window = { tries: 0, cpuMs: 0 };
      if (nowMs - startMs < WATCHED_MS || windows.length < LEAST_WINDOWS) return;
      clearTimeout(timer);
      resolve(windows);
    });
  });
}

/**
 * Tries per millisecond of processor time in the window that a third of the others surpass. Whatever disturbs a thread makes it
 * slower, never faster, and for a second or two: at the start of a network, when most is going on, more of the windows are
 * slow than later, when miners work. So neither the mean, which they pull down, nor the best, which is seldom reached.
 */
export function usualRate(windows: readonly RateSample[]): number {
  const rates = windows.map(({ tries, cpuMs }) => tries / cpuMs).toSorted((a, b) => a - b);
  const rate = rates[Math.floor((2 * rates.length) / 3)];
  assert(rate !== undefined, 'a rate needs a window');
  return rate;
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
