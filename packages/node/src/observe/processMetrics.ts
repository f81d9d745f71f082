import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLoopLag } from './eventLoopLag.js';
import type { MetricKit } from './metricKit.js';

const US_PER_SECOND = 1e6;

/** Memory, processor time and the delay of the event loop. */
export function observeProcess(kit: MetricKit, lag: EventLoopLag): void {
  const lagOf = { p50: 'p50Ms', p99: 'p99Ms', max: 'maxMs' } as const;
  kit.gaugeBy(
    'wattchain_event_loop_lag_seconds',
    'How late the event loop ran its timers in the last 15 s: median, 99th percentile, worst.',
    'quantile',
    () => {
      const current = lag.current();
      return Object.entries(lagOf).map(([quantile, field]) => [quantile, current[field] / 1000]);
    },
  );
  kit.gauge('wattchain_process_resident_memory_bytes', 'Memory of the process that is in RAM.', () => {
    return process.memoryUsage.rss();
  });
  kit.gauge('wattchain_process_heap_used_bytes', 'JavaScript objects of the main thread.', () => {
    return process.memoryUsage().heapUsed;
  });
  kit.countOf('wattchain_process_cpu_seconds_total', 'Processor time of the process, mining threads included.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / US_PER_SECOND;
  });
  kit.gauge('wattchain_process_start_time_seconds', 'Start of the process, seconds since 1970.', () => {
    return performance.timeOrigin / 1000;
  });
}

/** Size of the store and the room that is left for it. */
export function observeDisk(kit: MetricKit, storeFolder: string): void {
  kit.gauge('wattchain_store_bytes', 'Files of the store.', () => folderBytes(storeFolder));
  kit.gauge('wattchain_disk_free_bytes', 'Room on the disk of the store that the node may use.', async () => {
    const disk = await statfs(storeFolder).catch(() => undefined);
    return disk && disk.bavail * disk.bsize;
  });
}

/** Bytes of the files in a folder; `undefined` when there is none. LevelDB keeps no folders in its own. */
async function folderBytes(folder: string): Promise<number | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return undefined;
  // LevelDB may delete a file between the list and the look.
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
