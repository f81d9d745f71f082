import { Worker } from 'node:worker_threads';
import type { Played, Player } from './player.js';
import type { Plan } from './scenarios/plan.js';

/** What a thread says: how far it is, or what came of a plan. */
export type ThreadMessage = { readonly progress: string } | { readonly played: Played };

/** Young objects of a thread, megabytes: twice what Node.js gives, because most of what a run makes lives for an event or a block. */
const YOUNG_MB = 96;

/** Plays on a thread of its own, the compiled one that stands beside this file. */
export function startThreadPlayer(): Player {
  const worker = new Worker(new URL('./playThread.js', import.meta.url), {
    name: 'wattchain-sim',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  return {
    play: (plan: Plan, onProgress) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          worker.off('message', onMessage);
          worker.off('error', onError);
        };
        const onMessage = (message: ThreadMessage) => {
          if ('progress' in message) {
            onProgress?.(message.progress);
            return;
          }
          stop();
          resolve(message.played);
        };
        const onError = (error: unknown) => {
          stop();
          reject(error);
        };
        worker.on('message', onMessage);
        worker.on('error', onError);
        worker.postMessage(plan);
      }),
    async end() {
      await worker.terminate();
    },
  };
}
