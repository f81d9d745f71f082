/** Whether lines that were measured for an hour are flat: robust figures of samples, which are noisy. */

/** A line through points: what a rank test says of its rise, whatever a few points far off say (Theil and Sen). */
export interface Slope {
  /** Rise in units of y for one unit of x: the median of all pairs of points. */
  readonly median: number;
  /** Nineteen of twenty times the true rise lies between these (Sen 1968). */
  readonly least: number;
  readonly most: number;
}

/** One node's figures at one time. */
export interface Sample {
  /** Since the beginning. */
  readonly seconds: number;
  readonly node: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Open files and sockets. */
  readonly handles: number;
  /** 99th percentile of the last quarter of a minute. */
  readonly lagMs: number;
  readonly storeBytes: number;
  readonly height: number;
}

/** One thing that must be so. */
export interface Judgement {
  readonly what: string;
  readonly node: number;
  readonly value: number;
  readonly limit: number;
  readonly holds: boolean;
}

/** What is judged besides the samples. */
export interface SoakRules {
  readonly blockIntervalMs: number;
  /** Nodes that ran all the time: the lines of the others begin anew with every start. */
  readonly lasting: readonly number[];
}

/** Part of the time in which caches fill and code is compiled, and its most. */
const WARM_UP_PART = 0.25;
const WARM_UP_MOST_S = 900;
/** A minute's least heap is what is left after collecting garbage. */
const FLOOR_S = 60;
const HOUR_S = 3_600;
const MB = 1_048_576;

/** A heap may grow by so much an hour, and RSS, which a process hardly gives back, by so much. */
export const MAX_HEAP_SLOPE_MB_PER_H = 1;
export const MAX_RSS_SLOPE_MB_PER_H = 8;
export const MAX_RSS_MB = 400;
export const MAX_HANDLES_SLOPE_PER_H = 4;
export const MAX_LAG_MS = 200;
/** The mean block interval may be so many times the aim, and so many times less. */
export const MAX_INTERVAL_FACTOR = 2;

/** The rise of y over x. Fewer than four points say nothing: then it is anything. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const slopes: number[] = [];
  for (const [i, [x, y]] of points.entries()) {
    for (const [otherX, otherY] of points.slice(i + 1)) if (otherX !== x) slopes.push((otherY - y) / (otherX - x));
  }
  if (points.length < 4) return { median: 0, least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
  slopes.sort((a, b) => a - b);
  const n = points.length;
  const spread = 1.96 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (place: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(place)))] as number;
  return {
    median: at((slopes.length - 1) / 2),
    least: at((slopes.length - spread) / 2 - 1),
    most: at((slopes.length + spread) / 2),
  };
}

/** What is left of the samples of a node when the first part is taken away. */
function warm(samples: readonly Sample[]): readonly Sample[] {
  const last = samples.at(-1)?.seconds ?? 0;
  const from = Math.min(WARM_UP_MOST_S, last * WARM_UP_PART);
  return samples.filter(({ seconds }) => seconds >= from);
}

/** The least value of each minute, in hours and units. */
function floors(samples: readonly Sample[], value: (sample: Sample) => number): (readonly [number, number])[] {
  const least = new Map<number, number>();
  for (const sample of samples) {
    const minute = Math.floor(sample.seconds / FLOOR_S);
    least.set(minute, Math.min(least.get(minute) ?? Number.POSITIVE_INFINITY, value(sample)));
  }
  return [...least].map(([minute, floor]) => [(minute * FLOOR_S) / HOUR_S, floor] as const);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Whether everything is as it should be. A line rises when nineteen of twenty times its rise is above the limit: an hour of a heap that goes
 * up and down by megabytes says no more.
 */
export function judge(samples: readonly Sample[], { blockIntervalMs, lasting }: SoakRules): Judgement[] {
  return lasting.flatMap((node): Judgement[] => {
    const own = samples.filter((sample) => sample.node === node);
    const rest = warm(own);
    const rise = (what: string, limit: number, value: (sample: Sample) => number): Judgement => {
      const { median: middle, least } = slopeOf(floors(rest, value));
      return { what, node, value: middle, limit, holds: least <= limit };
    };
    const most = (what: string, limit: number, value: number): Judgement => ({
      what,
      node,
      value,
      limit,
      holds: value <= limit,
    });
    const [first, last] = [rest[0], rest.at(-1)];
    const blocks = (last?.height ?? 0) - (first?.height ?? 0);
    const seconds = (last?.seconds ?? 0) - (first?.seconds ?? 0);
    const interval = blocks === 0 ? Number.POSITIVE_INFINITY : (seconds * 1_000) / blocks / blockIntervalMs;
    return [
      rise('heap, MB an hour', MAX_HEAP_SLOPE_MB_PER_H, ({ heapBytes }) => heapBytes / MB),
      rise('RSS, MB an hour', MAX_RSS_SLOPE_MB_PER_H, ({ rssBytes }) => rssBytes / MB),
      most('largest RSS, MB', MAX_RSS_MB, Math.max(...own.map(({ rssBytes }) => rssBytes / MB))),
      rise('handles, more an hour', MAX_HANDLES_SLOPE_PER_H, ({ handles }) => handles),
      most('usual event-loop lag (p99), ms', MAX_LAG_MS, median(rest.map(({ lagMs }) => lagMs))),
      {
        what: 'mean block interval, times the aim',
        node,
        value: interval,
        limit: MAX_INTERVAL_FACTOR,
        holds: interval <= MAX_INTERVAL_FACTOR && interval >= 1 / MAX_INTERVAL_FACTOR,
      },
    ];
  });
}
