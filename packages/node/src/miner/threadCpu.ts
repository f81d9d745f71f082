import { openSync, readSync } from 'node:fs';

/** Linux' account of the calling thread; its first number is the time on a processor in nanoseconds. */
const SCHEDSTAT = '/proc/thread-self/schedstat';

interface ThreadUsage {
  readonly user: number;
  readonly system: number;
}

/**
 * A clock of the processor time of the calling thread in milliseconds, for this thread alone. From Node.js 24 on it is the
 * operating system's own figure; before, Linux' account, which moves in steps of a few milliseconds; elsewhere `undefined`.
 */
export function threadCpuClock(): (() => number) | undefined {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => ThreadUsage };
  if (threadCpuUsage !== undefined) {
    return () => {
      const { user, system } = threadCpuUsage.call(process);
      return (user + system) / 1000;
    };
  }
  return schedstatClock();
}

function schedstatClock(): (() => number) | undefined {
  let file: number;
  try {
    file = openSync(SCHEDSTAT, 'r');
  } catch {
    return undefined;
  }
  const buffer = Buffer.alloc(64);
  const read = () => {
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return Number.parseInt(buffer.toString('latin1', 0, length), 10) / 1e6;
  };
  return Number.isFinite(read()) ? read : undefined;
}
