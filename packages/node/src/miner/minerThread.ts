import { Worker } from 'node:worker_threads';
import type { SearchJob, SearchReport } from './searcher.js';

/** A mining thread as the miner sees it. */
export interface MinerThread {
  post(job: SearchJob): void;
  onReport(listener: (report: SearchReport) => void): void;
  /** Called once when the thread is gone without having been asked to. */
  onCrash(listener: (error: unknown) => void): void;
  /** Ends the thread; resolves when it is gone. */
  terminate(): Promise<void>;
}

/** Starts the compiled worker that stands beside this file. */
export function startMinerThread(workerUrl: URL = new URL('./worker.js', import.meta.url)): MinerThread {
  const worker = new Worker(workerUrl, { name: 'wattchain-miner' });
  let isWanted = true;
  let crash: ((error: unknown) => void) | undefined;
  const gone = (error: unknown) => {
    if (isWanted) crash?.(error);
    isWanted = false;
  };
  worker.on('error', gone);
  worker.on('exit', (code) => gone(`exit code ${code}`));
  // A node that has nothing left to do but mine may end.
  worker.unref();
  return {
    post: (job) => worker.postMessage(job),
    onReport: (listener) => void worker.on('message', listener),
    onCrash: (listener) => {
      crash = listener;
    },
    async terminate() {
      isWanted = false;
      await worker.terminate();
    },
  };
}
