import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, medianRatio, percentile } from '../statistics.js';
import { createArithmetic } from './arithmetic.js';
import { measurePolling, type PollingCost } from './measurePolling.js';
import { MinerProbe } from './minerProbe.js';

/** How long a measurement of the mining service takes. */
export interface MinerBenchOptions {
  readonly switches: number;
  readonly pollingRounds: number;
  readonly duties: readonly number[];
  /** Turns of work and rest for which a duty is watched, at least, and how long at least. */
  readonly dutyTurns: number;
  readonly dutyMs: number;
  readonly scalingRounds: number;
  readonly scalingSliceMs: number;
  /** Told what is going on. */
  readonly progress: (text: string) => void;
}

/** How long something took that was done again and again. */
export interface SwitchTimes {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What `wattchain bench miner` says. */
export interface MinerReport {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Programs that wanted a core in the last minute before the measurement, on average. */
  readonly loadAverage: number;
  /** From posting a new template to the end of its first try. */
  readonly templateSwitch: SwitchTimes & {
    readonly switches: number;
    /** In turns with the switches: arithmetic that takes about as long, which shows what of the tail is the machine's. */
    readonly arithmetic: SwitchTimes;
  };
  readonly polling: PollingCost;
  /** Share of a core that a thread was asked to use and used, and used / asked − 1. */
  readonly duty: readonly { readonly asked: number; readonly used: number; readonly deviation: number }[];
  readonly scaling: {
    readonly oneThreadHashesPerSecond: number;
    readonly twoThreadsHashesPerSecond: number;
    /** Two threads / one, median of the rounds. */
    readonly ratio: number;
    /** The same per processor time, so without what other programs took; 2 is the most. */
    readonly ratioPerCpuTime: number;
  };
}

/** The full measurement: about two minutes. Watched for fifteen turns instead of forty, single duties strayed by up to 22 %; why is not known. */
export const MINER_BENCH_FULL = {
  switches: 500,
  pollingRounds: 101,
  duties: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1],
  dutyTurns: 40,
  dutyMs: 3_000,
  scalingRounds: 15,
  scalingSliceMs: 500,
} as const;
/** A look at whether everything works: a few seconds, too short for figures to quote. */
export const MINER_BENCH_QUICK = {
  switches: 20,
  pollingRounds: 5,
  duties: [0.25, 1],
  dutyTurns: 5,
  dutyMs: 300,
  scalingRounds: 1,
  scalingSliceMs: 300,
} as const;

/** Work of a thread between two rests is about 10 ms. */
const SLICE_MS = 10;
/** After so long, and so many turns of work and rest, slices have found their length. */
const SETTLE_MS = 500;
const SETTLE_TURNS = 4;
/** Between two switches the thread searches for a while, not always equally long. */
const SEARCH_MS = 5;
/** They make V8 know this side too, and tell about how long a switch takes. */
const UNCOUNTED_SWITCHES = 25;

/** What threads did together in a span of time. */
interface Span {
  readonly tries: number;
  readonly elapsedMs: number;
  /** Processor time of the whole process, which does nothing else. */
  readonly cpuMs: number;
}

/** Measures the node's own mining threads: template switch, polling, duty, and two threads against one. */
export async function measureMiner(options: MinerBenchOptions): Promise<MinerReport> {
  const [loadAverage = 0] = loadavg();
  options.progress('switching templates …');
  const templateSwitch = await measureSwitches(options.switches);
  options.progress('polling …');
  const polling = measurePolling(options.pollingRounds);
  const duty: { asked: number; used: number; deviation: number }[] = [];
  for (const asked of options.duties) {
    options.progress(`working ${asked} of the time …`);
    const used = await measureDuty(asked, Math.max(options.dutyMs, (options.dutyTurns * SLICE_MS) / asked));
    duty.push({ asked, used, deviation: used / asked - 1 });
  }
  options.progress('one thread and two …');
  const scaling = await measureScaling(options.scalingRounds, options.scalingSliceMs);
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    loadAverage,
    templateSwitch,
    polling,
    duty,
    scaling,
  };
}

async function measureSwitches(switches: number): Promise<MinerReport['templateSwitch']> {
  const probe = await MinerProbe.start();
  try {
    const uncounted = await timeSwitches(probe, UNCOUNTED_SWITCHES);
    const compute = createArithmetic(median(uncounted));
    const arithmetic: number[] = [];
    const times = await timeSwitches(probe, switches, () => {
      const startMs = performance.now();
      compute();
      arithmetic.push(performance.now() - startMs);
    });
    return { switches, ...switchTimes(times), arithmetic: switchTimes(arithmetic) };
  } finally {
    await probe.stop();
  }
}

/** Switches so often and does `between` after each. */
async function timeSwitches(probe: MinerProbe, switches: number, between = () => {}): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < switches; i++) {
    probe.search();
    await sleep(SEARCH_MS + (i % 7));
    times.push(await probe.switchTemplate());
    between();
  }
  return times;
}

function switchTimes(times: readonly number[]): SwitchTimes {
  return { medianMs: median(times), p95Ms: percentile(times, 95), p99Ms: percentile(times, 99) };
}

/** The share of a core that a thread of its own uses. */
async function measureDuty(duty: number, durationMs: number): Promise<number> {
  const probe = await MinerProbe.start();
  try {
    probe.search(duty);
    const settleMs = Math.max(SETTLE_MS, (SETTLE_TURNS * SLICE_MS) / duty);
    const { cpuMs, elapsedMs } = await probe.watch(settleMs, durationMs);
    return cpuMs / elapsedMs;
  } finally {
    await probe.stop();
  }
}

async function measureScaling(rounds: number, sliceMs: number): Promise<MinerReport['scaling']> {
  const probes = [await MinerProbe.start(), await MinerProbe.start()];
  try {
    const one: Span[] = [];
    const two: Span[] = [];
    for (let round = 0; round < rounds; round++) {
      one.push(await searchTogether(probes.slice(round % 2, (round % 2) + 1), sliceMs));
      two.push(await searchTogether(probes, sliceMs));
    }
    const rates = (spans: readonly Span[]) => spans.map(({ tries, elapsedMs }) => (1000 * tries) / elapsedMs);
    const ratesPerCpu = (spans: readonly Span[]) => spans.map(({ tries, cpuMs }) => tries / cpuMs);
    return {
      oneThreadHashesPerSecond: median(rates(one)),
      twoThreadsHashesPerSecond: median(rates(two)),
      ratio: medianRatio(rates(two), rates(one)),
      ratioPerCpuTime: 2 * medianRatio(ratesPerCpu(two), ratesPerCpu(one)),
    };
  } finally {
    await Promise.all(probes.map((probe) => probe.stop()));
  }
}

/** Lets threads search at the same time. */
async function searchTogether(probes: readonly MinerProbe[], durationMs: number): Promise<Span> {
  for (const probe of probes) probe.takeTries();
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
  for (const probe of probes) probe.search();
  await sleep(durationMs);
  const elapsedMs = performance.now() - startMs;
  await Promise.all(probes.map((probe) => probe.switchTemplate()));
  const { user, system } = process.cpuUsage(startCpu);
  const tries = probes.reduce((sum, probe) => sum + probe.takeTries(), 0);
  return { tries, elapsedMs, cpuMs: (user + system) / 1000 };
}
