import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, medianRatio } from '../statistics.js';
import { JS_CONTESTANTS } from './contestants.js';
import { Absent, type CRival, compileRival, type Instance, startProgram, startThread } from './instances.js';

/** One rival's medians; ratios are ours / theirs, the median of the rounds' ratios. */
export interface RivalRate {
  readonly name: string;
  readonly hashesPerSecond: number;
  readonly ratio: number;
  readonly allThreadsHashesPerSecond: number;
  readonly allThreadsRatio: number;
}

/** What `wattchain bench mine` says. */
export interface MiningReport {
  readonly node: string;
  readonly cpu: string;
  /** How many run at the same time in the figures for all threads. */
  readonly threads: number;
  readonly rounds: number;
  readonly turns: number;
  readonly sliceMs: number;
  /** The project's own search; `scaling` is all threads / one. */
  readonly kernel: {
    readonly hashesPerSecond: number;
    readonly allThreadsHashesPerSecond: number;
    readonly scaling: number;
  };
  readonly rivals: readonly RivalRate[];
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
}

/** How long the contest takes. */
export interface MiningOptions {
  readonly rounds: number;
  /** How often everybody's turn comes in a round: the shorter the turns, the more alike the machine is in them. */
  readonly turns: number;
  /** Length of one turn. */
  readonly sliceMs: number;
  readonly warmUpMs: number;
  /** Told what is going on. */
  readonly progress: (text: string) => void;
}

const C_RIVALS: readonly CRival[] = [
  { name: 'gcc -O3, textbook with midstate', source: 'textbook.c', flags: ['-O3'] },
  {
    name: 'gcc -O3, same tricks (schedule shared, rounds skipped), no SHA instructions',
    source: 'sameTricks.c',
    flags: ['-O3'],
  },
  { name: 'gcc -O3, same tricks, four lanes by gcc', source: 'sameTricks.c', flags: ['-O3', '-DVECTORISED'] },
  { name: 'gcc -O3 -msha, the same midstates', source: 'shaExtension.c', flags: ['-O3', '-msha', '-msse4.1'] },
];

interface Entrant {
  readonly name: string;
  readonly instances: readonly Instance[];
  /** The rate in each turn, alone and with all cores. */
  readonly one: number[];
  readonly all: number[];
}

/**
 * Lets this project's search and its rivals try the same puzzle in turns: in every turn each runs once alone and once
 * on all cores, so that whatever else the machine does disturbs all of them alike.
 */
export async function measureMining(options: MiningOptions): Promise<MiningReport> {
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-bench-'));
  const threads = availableParallelism();
  const entrants: Entrant[] = [];
  try {
    const absent = await enter(entrants, threads, folder, options.progress);
    for (const { name, instances } of entrants) {
      options.progress(`warming up ${name} …`);
      await runAll(instances, options.warmUpMs);
    }
    for (let round = 1; round <= options.rounds; round++) {
      options.progress(`round ${round} of ${options.rounds} …`);
      for (let turn = 0; turn < options.turns; turn++) {
        for (const { instances, one, all } of entrants) {
          one.push(await runAll(instances.slice(0, 1), options.sliceMs));
          all.push(threads === 1 ? (one.at(-1) as number) : await runAll(instances, options.sliceMs));
        }
      }
    }
    return report(entrants, absent, threads, options);
  } finally {
    await Promise.all(entrants.flatMap(({ instances }) => instances.map((instance) => instance.stop())));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts everybody who can take part, ours first, `threads` instances of each; says who cannot. */
async function enter(entrants: Entrant[], threads: number, folder: string, progress: (text: string) => void) {
  const absent: { name: string; reason: string }[] = [];
  const add = async (name: string, start: () => Promise<Instance | Absent>) => {
    const instances: Instance[] = [];
    entrants.push({ name, instances, one: [], all: [] });
    for (let i = 0; i < threads; i++) {
      const instance = await start();
      if (instance instanceof Absent) {
        entrants.pop();
        absent.push({ name, reason: instance.reason });
        return;
      }
      instances.push(instance);
    }
  };
  for (const [kind, name] of Object.entries(JS_CONTESTANTS)) {
    await add(name, () => startThread(kind as keyof typeof JS_CONTESTANTS));
  }
  for (const rival of C_RIVALS) {
    progress(`compiling ${rival.source} …`);
    const program = compileRival(rival, folder);
    await add(rival.name, async () => (program instanceof Absent ? program : startProgram(program)));
  }
  return absent;
}

/** Mean rates of the rounds. */
interface RoundRates {
  readonly name: string;
  readonly one: readonly number[];
  readonly all: readonly number[];
}

/** The mean of every so many values. */
function means(values: readonly number[], count: number): number[] {
  return Array.from({ length: values.length / count }, (_, i) => {
    const part = values.slice(i * count, (i + 1) * count);
    return part.reduce((sum, value) => sum + value, 0) / count;
  });
}

/** Lets all search at the same time; the sum of their rates. */
async function runAll(instances: readonly Instance[], durationMs: number): Promise<number> {
  const rates = await Promise.all(instances.map((instance) => instance.run(durationMs)));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

function report(
  entrants: readonly Entrant[],
  absent: MiningReport['absent'],
  threads: number,
  { rounds, turns, sliceMs }: MiningOptions,
): MiningReport {
  const rates: RoundRates[] = entrants.map(({ name, one, all }) => ({
    name,
    one: means(one, turns),
    all: means(all, turns),
  }));
  const [kernel, ...rivals] = rates as [RoundRates, ...RoundRates[]];
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    threads,
    rounds,
    turns,
    sliceMs,
    kernel: {
      hashesPerSecond: median(kernel.one),
      allThreadsHashesPerSecond: median(kernel.all),
      scaling: medianRatio(kernel.all, kernel.one),
    },
    rivals: rivals.map(({ name, one, all }) => ({
      name,
      hashesPerSecond: median(one),
      ratio: medianRatio(kernel.one, one),
      allThreadsHashesPerSecond: median(all),
      allThreadsRatio: medianRatio(kernel.all, all),
    })),
    absent,
  };
}
