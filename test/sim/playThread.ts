/** A thread that plays the plans that it is sent. */
import { parentPort } from 'node:worker_threads';
import { assert } from '@wattchain/core';
import { thisThread } from './player.js';
import type { Plan } from './scenarios/plan.js';
import type { ThreadMessage } from './threadPlayer.js';

const port = parentPort;
assert(port !== null, 'this file is a thread, not a program');
const tell = (message: ThreadMessage) => port.postMessage(message);

port.on('message', async (plan: Plan) => {
  tell({ played: await thisThread.play(plan, (progress) => tell({ progress })) });
});
