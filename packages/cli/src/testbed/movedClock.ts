import type { Clock } from '@wattchain/node';

/** What a testbed tells its nodes over the channel that it keeps to each of them. */
export interface ClockMessage {
  /** How far the node's clock is ahead of the system's from now on, ms; below 0 behind it. */
  readonly clockAheadMs: number;
}

/** The system's clock, moved by so much, and by as much else as the process that started this one says later. */
export function movedClock(aheadMs: number): Clock {
  let ahead = aheadMs;
  process.on('message', (message) => {
    if (isClockMessage(message)) ahead = message.clockAheadMs;
  });
  return { nowMs: () => Date.now() + ahead };
}

function isClockMessage(message: unknown): message is ClockMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'clockAheadMs' in message &&
    Number.isSafeInteger(message.clockAheadMs)
  );
}
