/** Entry of a mining thread: runs a {@link Searcher} and lets messages in between its slices. */
import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { assert, search } from '@wattchain/core';
import { Searcher, type SearchJob } from './searcher.js';

const port = parentPort;
assert(port !== null, 'the mining worker runs as a worker thread');

const searcher = new Searcher({
  search,
  nowMs: () => performance.now(),
  sleep: (stop, durationMs) => void Atomics.wait(stop, 0, 0, durationMs),
  report: (report) => port.postMessage(report),
});
let isRunning = false;

async function run(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  while (searcher.isBusy) {
    searcher.step();
    await setImmediate();
  }
  isRunning = false;
}

port.on('message', (job: SearchJob | undefined) => {
  searcher.setJob(job);
  void run();
});
