/** Entry of a thread that runs one contestant: answers each number of milliseconds with its rate. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert, powDigest, toHex } from '@wattchain/core';
import { CONTEST_SEAL_HASH, type JsContestant, makeContestant } from './contestants.js';
import { CHECKED_NONCE } from './instances.js';

const port = parentPort;
assert(port !== null, 'the contest runs in worker threads');

const contestant = await makeContestant(workerData as JsContestant);
const digest = contestant.digest?.(CHECKED_NONCE);
const isRight = digest === undefined || toHex(digest) === toHex(powDigest(CONTEST_SEAL_HASH, 0n, CHECKED_NONCE));
assert(isRight, `${workerData} computes another hash`);

port.on('message', (durationMs: number) => {
  const startMs = performance.now();
  let tries = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    tries += contestant.run();
    elapsedMs = performance.now() - startMs;
  }
  port.postMessage((tries / elapsedMs) * 1000);
});
port.postMessage('ready');
