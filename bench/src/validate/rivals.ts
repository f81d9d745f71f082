import { assert } from '@wattchain/core';
import { median, medianRatio } from '../statistics.js';

/** Who takes part, by the name that it is known by. */
export const RIVALS = ['@noble/secp256k1', 'tiny-secp256k1', 'anvil', 'hardhat', 'ganache', '@ethereumjs/vm'] as const;
export type RivalName = (typeof RIVALS)[number];

/** How many a second: of processor time, and by the clock on the wall where that is measured. */
export interface Rate {
  readonly perCpuSecond: number;
  readonly perWallSecond?: number;
}

/** One measure against one rival: how many a CPU second, medians of the rounds; `ratio` is the median of the rounds' ours / theirs. */
export interface RivalMeasure {
  readonly name: RivalName;
  readonly measure: string;
  readonly ratio: number;
  readonly ours: number;
  readonly theirs: number;
  /** The same ratio by the clock on the wall. */
  readonly wallRatio?: number;
}

/** A rival that is not there or failed. */
export interface MissingMeasure {
  readonly name: RivalName;
  readonly measure: string;
  readonly missing: string;
}

/** A measure that several take part in. */
export interface Contest {
  readonly measure: string;
  readonly ours: () => Promise<Rate>;
  readonly theirs: Readonly<Partial<Record<RivalName, () => Promise<Rate>>>>;
}

interface Samples {
  readonly ours: Rate[];
  readonly theirs: Rate[];
}

/**
 * Lets this project and its rivals work in turns, so many rounds. A rival that fails once is left out from then on and has the reason instead of figures; a fault of ours is thrown.
 */
export async function runContests(
  contests: readonly Contest[],
  rounds: number,
  progress: (text: string) => void,
): Promise<(RivalMeasure | MissingMeasure)[]> {
  const samples = new Map<string, Samples>();
  const missing = new Map<string, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const { measure, ours, theirs } of contests) {
      progress(`${measure}, round ${round} of ${rounds} …`);
      const own = await ours();
      for (const [name, run] of Object.entries(theirs)) {
        const key = keyOf(measure, name);
        if (missing.has(key)) continue;
        try {
          const rate = await run();
          const sampled = samples.get(key) ?? { ours: [], theirs: [] };
          samples.set(key, { ours: [...sampled.ours, own], theirs: [...sampled.theirs, rate] });
        } catch (error) {
          missing.set(key, reasonOf(error));
          progress(`${name} is left out of ${measure}: ${reasonOf(error)}`);
        }
      }
    }
  }
  return contests.flatMap(({ measure, theirs }) =>
    (Object.keys(theirs) as RivalName[]).map((name) => {
      const reason = missing.get(keyOf(measure, name));
      if (reason !== undefined) return { name, measure, missing: reason };
      const sampled = samples.get(keyOf(measure, name));
      assert(sampled !== undefined, 'a rival that did not fail was measured');
      return { name, measure, ...summaryOf(sampled) };
    }),
  );
}

const keyOf = (measure: string, name: string) => `${measure} ${name}`;

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] as string).slice(0, 300);
}

function summaryOf({ ours, theirs }: Samples): Pick<RivalMeasure, 'ratio' | 'ours' | 'theirs' | 'wallRatio'> {
  const cpu = (rates: readonly Rate[]) => rates.map(({ perCpuSecond }) => perCpuSecond);
  const wall = (rates: readonly Rate[]) => rates.flatMap(({ perWallSecond }) => perWallSecond ?? []);
  const hasWall = wall(ours).length > 0 && wall(theirs).length > 0;
  return {
    ratio: medianRatio(cpu(ours), cpu(theirs)),
    ours: median(cpu(ours)),
    theirs: median(cpu(theirs)),
    ...(hasWall ? { wallRatio: medianRatio(wall(ours), wall(theirs)) } : {}),
  };
}

/** What `run` gives, and how many of the `times` things that it does fit a CPU second of this process. */
export async function cpuRate<T>(times: number, run: () => T | Promise<T>): Promise<readonly [T, number]> {
  const before = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  return [result, (times / Math.max(1, user + system)) * 1e6];
}
