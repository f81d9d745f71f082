/** Entry of a computing thread: decodes what it is given, one job after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert, decodeNetworkTransactions, useNobleAlone } from '@wattchain/core';
import type { ComputeThreadData, DecodeJob, DecodeResult } from './computeThread.js';

assert(parentPort !== null, 'the computing worker runs as a worker thread');
const port = parentPort;
useNobleAlone((workerData as ComputeThreadData).nobleAlone);

port.on('message', ({ id, rules, bytes, lengths }: DecodeJob) => {
  const raws: Uint8Array[] = [];
  let from = 0;
  for (const length of lengths) {
    raws.push(bytes.subarray(from, from + length));
    from += length;
  }
  port.postMessage({ id, decoded: decodeNetworkTransactions(raws, rules) } satisfies DecodeResult);
});
