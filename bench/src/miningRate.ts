import { assert, sha256, targetToWords, textToBytes, WattchainError } from '@wattchain/core';
import type { SearchJob } from '@wattchain/node';

/** What is measured. */
export interface MiningRateOptions {
  /** Mining threads that work side by side, as they will on this machine. */
  readonly threads: number;
  /** Part of a core that each of them uses. */
  readonly duty: number;
  /** How long they are watched, after their warm-up. */
  readonly durationMs: number;
}

/** A thread that has not warmed up and reported by then never will. */
const TIMEOUT_MS = 30_000;

/**
 * Tries per second of real mining threads together, at their duty and at the same time: what miners on this machine will
 * do, with the caches, clock rates and cores that they share. It is their rate per processor time, of which a miner gets its
 * duty on a busy machine too; a measurement by the clock would depend on what else runs at the moment.
 * Errors: `threadEnded`, `threadSilent`.
 */
export async function measureMiningRate({ threads, duty, durationMs }: MiningRateOptions): Promise<number> {
  assert(threads >= 1, 'somebody mines');
  // Loaded here alone: libp2p takes longer to load than most commands take to run.
  const { startMinerThread } = await import('@wattchain/node');
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: threads }, () => startMinerThread());
  try {
    const rates = await Promise.all(
      workers.map(
        (worker, position) =>
          new Promise<number>((resolve, reject) => {
            const timer = setTimeout(() => reject(silent(position)), TIMEOUT_MS);
            const settle = (rate: number) => {
              clearTimeout(timer);
              resolve(rate);
            };
            worker.onCrash((cause) => {
              clearTimeout(timer);
              reject(ended(position, cause));
            });
            let startMs: number | undefined;
            let [tries, cpuMs] = [0, 0];
            worker.onReport((report) => {
              // The first says that the thread has warmed up, the next one what its first steps did.
              if (report.kind !== 'tries' || report.tries === 0) return;
              const nowMs = performance.now();
              if (startMs === undefined) {
                startMs = nowMs;
                return;
              }
              tries += report.sample.tries;
              cpuMs += report.sample.cpuMs;
              if (nowMs - startMs >= durationMs && cpuMs > 0) settle((1000 * duty * tries) / cpuMs);
            });
            worker.post(job(position, threads, duty, stop));
          }),
      ),
    );
    return rates.reduce((sum, rate) => sum + rate, 0);
  } finally {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    await Promise.all(workers.map((worker) => worker.terminate()));
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
  return new WattchainError('threadSilent', `mining thread ${position} made no try in ${TIMEOUT_MS / 1000} s`, {
    values: { position },
    hint: 'this machine is too busy: try again when it is not',
  });
}
