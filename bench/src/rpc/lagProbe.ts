/**
 * Loaded into a node process before its program (`node --import`): tells its parent, when it asks, how late the event loop ran
 * its timers since it asked last. What the node itself tells in its metrics is of windows of its own, which no part of a measurement fits.
 */
import { isMainThread } from 'node:worker_threads';
import type { Cancel } from '@wattchain/node';

if (isMainThread && process.send !== undefined) {
  // Here, as mining threads load this file too and need nothing of it.
  const { EventLoopLag } = await import('@wattchain/node');
  let endWindow = () => {};
  const never: Cancel = () => {};
  const whenAsked = {
    setTimeout: () => never,
    setInterval: (task: () => void) => {
      endWindow = task;
      return never;
    },
  };
  const lag = new EventLoopLag(whenAsked);
  lag.start();
  process.on('message', () => {
    endWindow();
    process.send?.(lag.current());
  });
  // Whether the node runs is not for its observer to decide.
  process.channel?.unref();
}
