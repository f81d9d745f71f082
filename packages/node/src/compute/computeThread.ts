import { Worker } from 'node:worker_threads';
import type { DecodedTransaction, TransactionRules } from './compute.js';

/** What a thread is given. */
export interface DecodeJob {
  readonly id: number;
  readonly rules: TransactionRules;
  /** The transactions one after the other, and how long each is. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
}

/** What it answers. */
export interface DecodeResult {
  readonly id: number;
  readonly decoded: readonly DecodedTransaction[];
}

/** What a thread knows from its beginning. */
export interface ComputeThreadData {
  readonly nobleAlone: boolean;
}

/** A computing thread as the pool sees it. */
export interface ComputeThread {
  /** The job's bytes are the thread's from then on. */
  post(job: DecodeJob): void;
  onResult(listener: (result: DecodeResult) => void): void;
  /** Called once when the thread is gone without having been asked to. */
  onCrash(listener: (error: unknown) => void): void;
  /** Ends the thread; resolves when it is gone. */
  terminate(): Promise<void>;
}

/** Starts the compiled worker that stands beside this file. */
export function startComputeThread(
  workerData: ComputeThreadData,
  workerUrl: URL = new URL('./worker.js', import.meta.url),
): ComputeThread {
  const worker = new Worker(workerUrl, { name: 'wattchain-compute', workerData });
  let isWanted = true;
  let crash: ((error: unknown) => void) | undefined;
  const gone = (error: unknown) => {
    if (isWanted) crash?.(error);
    isWanted = false;
  };
  worker.on('error', gone);
  worker.on('exit', (code) => gone(`exit code ${code}`));
  worker.unref();
  return {
    post: (job) => worker.postMessage(job, [job.bytes.buffer, job.lengths.buffer]),
    onResult: (listener) => void worker.on('message', listener),
    onCrash: (listener) => {
      crash = listener;
    },
    async terminate() {
      isWanted = false;
      await worker.terminate();
    },
  };
}
