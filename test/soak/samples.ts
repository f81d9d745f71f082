import { readdirSync } from 'node:fs';
import type { TestNode } from '../functional/framework.js';
import type { Sample } from './verdict.js';

type Measured = Pick<Sample, 'rssBytes' | 'heapBytes' | 'lagMs' | 'storeBytes' | 'height'>;

/** The figures in what a node serves at `/metrics`. */
export function readMetrics(text: string): Measured {
  const value = (name: string) => {
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? Number.NaN);
  };
  return {
    height: value('wattchain_head_height'),
    rssBytes: value('wattchain_process_resident_memory_bytes'),
    heapBytes: value('wattchain_process_heap_used_bytes'),
    lagMs: 1_000 * value('wattchain_event_loop_lag_seconds{quantile="p99"}'),
    storeBytes: value('wattchain_store_bytes'),
  };
}

/** A node's figures now; `undefined` for one that does not answer. */
export async function sampleOf(node: TestNode, index: number, seconds: number): Promise<Sample | undefined> {
  try {
    const answer = await fetch(`${node.rpcUrl}/metrics`, { signal: AbortSignal.timeout(10_000) });
    const measured = readMetrics(await answer.text());
    // A gauge that is not known yet, as that of the store in the first moments.
    if (Object.values(measured).some(Number.isNaN)) return undefined;
    return {
      seconds: Math.round(seconds),
      node: index,
      ...measured,
      handles: readdirSync(`/proc/${node.pid}/fd`).length,
    };
  } catch {
    return undefined;
  }
}

const COLUMNS = {
  seconds: 'seconds',
  node: 'node',
  rss_bytes: 'rssBytes',
  heap_bytes: 'heapBytes',
  handles: 'handles',
  lag_ms: 'lagMs',
  store_bytes: 'storeBytes',
  height: 'height',
} as const satisfies Readonly<Record<string, keyof Sample>>;

/** All samples, a line each. */
export function toCsv(samples: readonly Sample[]): string {
  const fields = Object.values(COLUMNS);
  const lines = samples.map((sample) => fields.map((field) => Math.round(1_000 * sample[field]) / 1_000).join(','));
  return `${[Object.keys(COLUMNS).join(','), ...lines].join('\n')}\n`;
}
