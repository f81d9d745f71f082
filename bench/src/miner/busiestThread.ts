import { readdirSync, readFileSync } from 'node:fs';

/** Linux' account of this process's threads. */
const TASKS = '/proc/self/task';

/**
 * Starts to watch; the function it gives tells the processor time in milliseconds that the busiest thread of this process took since. Where
 * the system does not tell, it is that of the whole process, with what the main thread and V8's compilers do beside it.
 */
export function watchBusiestThread(): () => number {
  const before = threadTimes();
  const processBefore = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(processBefore);
    const after = threadTimes();
    if (before === undefined || after === undefined) return (user + system) / 1000;
    return Math.max(...[...after].map(([thread, cpuMs]) => cpuMs - (before.get(thread) ?? 0)));
  };
}

/** Milliseconds of processor time by thread id, `undefined` where nobody knows. */
function threadTimes(): Map<string, number> | undefined {
  try {
    return new Map(
      readdirSync(TASKS).map((thread) => [
        thread,
        Number.parseInt(readFileSync(`${TASKS}/${thread}/schedstat`, 'latin1'), 10) / 1e6,
      ]),
    );
  } catch {
    return undefined;
  }
}
