/** Entry of a mining thread: warms up, then runs a {@link Searcher} and lets messages in between its slices. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { assert, search } from '@wattchain/core';
import { Searcher, type SearchJob, type SearchReport } from './searcher.js';
import { isStuck } from './selfCheck.js';
import { threadCpuClock } from './threadCpu.js';
import { warmUp } from './warmUp.js';

assert(parentPort !== null, 'the mining worker runs as a worker thread');
const port = parentPort;

const nowMs = () => performance.now();
const cpuMs = threadCpuClock();
// Messages wait until V8 knows the search; the first job's word may say stop by then.
const sample = warmUp({ search, nowMs, cpuMs });
port.postMessage({ kind: 'tries', tries: 0, sample } satisfies SearchReport);
if (isStuck({ search, nowMs })) port.postMessage({ kind: 'stuck' } satisfies SearchReport);

const searcher = new Searcher({
  search,
  nowMs,
  cpuMs,
  sleep: (stop, durationMs) => void Atomics.wait(stop, 0, 0, durationMs),
  report: (report) => port.postMessage(report),
});
let isRunning = false;

async function run(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  while (searcher.isBusy) {
    searcher.step();
    // A new template is taken at once; a turn of the event loop would cost a tenth of a millisecond.
    const received: { readonly message: SearchJob } | undefined = receiveMessageOnPort(port);
    if (received === undefined) await setImmediate();
    else searcher.setJob(received.message);
  }
  isRunning = false;
}

port.on('message', (job: SearchJob | undefined) => {
  searcher.setJob(job);
  void run();
});
