import { median, medianRatio } from '../statistics.js';

/** Who takes part, by the name that it is known by. */
export const RIVALS = ['@noble/secp256k1', 'tiny-secp256k1', 'anvil', 'hardhat', 'ganache', '@ethereumjs/vm'] as const;
export type RivalName = (typeof RIVALS)[number];

/** How many transactions let code get warm, and how many count in one round. */
export interface Extent {
  readonly warmUp: number;
  readonly measured: number;
}

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

/** Somebody who is ready to be measured. */
export interface Entrant {
  /** One round. */
  readonly run: () => Promise<Rate>;
  /** Clears up, whatever became of the rounds. */
  readonly end?: () => Promise<void>;
}

/** A measure that several take part in. What each does before its first round is not measured, and all do it at once. */
export interface Contest {
  readonly measure: string;
  readonly ours: () => Promise<Entrant>;
  readonly theirs: Readonly<Partial<Record<RivalName, () => Promise<Entrant>>>>;
}

interface Samples {
  readonly ours: Rate[];
  readonly theirs: Rate[];
}

/**
 * Lets this project and its rivals work in turns, so many rounds of each measure. A rival that fails is left out from then on and has the reason
 * instead of figures; a fault of ours is thrown.
 */
export async function runContests(
  contests: readonly Contest[],
  rounds: number,
  progress: (text: string) => void,
): Promise<(RivalMeasure | MissingMeasure)[]> {
  const results: (RivalMeasure | MissingMeasure)[] = [];
  for (const contest of contests) results.push(...(await runContest(contest, rounds, progress)));
  return results;
}

async function runContest(
  { measure, ours, theirs }: Contest,
  rounds: number,
  progress: (text: string) => void,
): Promise<(RivalMeasure | MissingMeasure)[]> {
  progress(`${measure} …`);
  const rivals = Object.entries(theirs) as [RivalName, () => Promise<Entrant>][];
  const [own, ...others] = await Promise.allSettled([ours(), ...rivals.map(([, prepare]) => prepare())]);
  const missing = new Map<RivalName, string>();
  const leaveOut = (name: RivalName, error: unknown) => {
    missing.set(name, reasonOf(error));
    progress(`${name} is left out of ${measure}: ${reasonOf(error)}`);
  };
  const entrants = new Map<RivalName, Entrant>();
  for (const [i, [name]] of rivals.entries()) {
    const prepared = others[i] as PromiseSettledResult<Entrant>;
    if (prepared.status === 'fulfilled') entrants.set(name, prepared.value);
    else leaveOut(name, prepared.reason);
  }
  const samples = new Map<RivalName, Samples>(rivals.map(([name]) => [name, { ours: [], theirs: [] }]));
  const prepared = [own, ...others].flatMap((entrant) => (entrant?.status === 'fulfilled' ? [entrant.value] : []));
  try {
    if (own?.status !== 'fulfilled') throw own?.reason;
    for (let round = 1; round <= rounds && entrants.size > 0; round++) {
      progress(`${measure}, round ${round} of ${rounds} …`);
      const rate = await own.value.run();
      for (const [name, entrant] of entrants) {
        try {
          samples.get(name)?.theirs.push(await entrant.run());
          samples.get(name)?.ours.push(rate);
        } catch (error) {
          entrants.delete(name);
          leaveOut(name, error);
        }
      }
    }
  } finally {
    await Promise.all(prepared.map((entrant) => entrant.end?.()));
  }
  return rivals.map(([name]) => {
    const reason = missing.get(name);
    return reason === undefined
      ? { name, measure, ...summaryOf(samples.get(name) as Samples) }
      : { name, measure, missing: reason };
  });
}

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
