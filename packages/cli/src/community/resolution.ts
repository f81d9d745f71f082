import { homeTotal, type RuleName, refineSeries, repeated } from '@wattchain/market';
import { MemoryStore, openLevelStore } from '@wattchain/node';
import type { OutputFolder } from './folder.js';
import { type CommunityInputs, prepareCommunity } from './prepare.js';
import type { ResolutionRow } from './report/plots/resolution.js';
import { playRule } from './ruleChain.js';
import { computeRule, PERIODS_IN_MEMORY } from './run.js';

/** The lengths of the paper's question, seconds. */
export const RESOLUTIONS: readonly bigint[] = [3_600n, 900n, 300n, 60n];
const NAMES: Readonly<Record<string, string>> = {
  3600: '1 h',
  1800: '30 min',
  900: '15 min',
  600: '10 min',
  300: '5 min',
  60: '1 min',
};

/** What is asked of a comparison of resolutions. */
export interface ResolutionOptions {
  readonly inputs: CommunityInputs;
  readonly rule: RuleName;
  readonly folder: OutputFolder;
  readonly progress: (text: string) => void;
}

/**
 * The same span in shorter and shorter periods, each settled on a chain period by period as it ends: what the chain stores and takes, when
 * a seller is paid, and what all homes pay. Of each shorter length once with parts that are drawn from the seed, once with even ones.
 * @throws WattchainError `runFailed`, `badResolution`
 */
export async function compareResolutions({
  inputs,
  rule,
  folder,
  progress,
}: ResolutionOptions): Promise<ResolutionRow[]> {
  const { periodSeconds } = inputs.series;
  const rows: ResolutionRow[] = [];
  for (const seconds of RESOLUTIONS.filter((length) => length <= periodSeconds)) {
    const kinds = seconds === periodSeconds ? (['measured'] as const) : (['modelled', 'even'] as const);
    for (const kind of kinds) {
      const label = NAMES[String(seconds)] ?? `${seconds} s`;
      progress(`${label}, ${kind} …`);
      const fine = refinedInputs(inputs, Number(periodSeconds / seconds), kind);
      rows.push({ label, kind, periodSeconds: seconds, ...(await playAt(fine, rule, folder)) });
    }
  }
  return rows;
}

function refinedInputs(inputs: CommunityInputs, parts: number, kind: ResolutionRow['kind']): CommunityInputs {
  if (kind === 'measured') return inputs;
  const { series, prices, factors, options } = inputs;
  return {
    ...inputs,
    series: refineSeries(series, parts, kind === 'even' ? 'even' : { seed: options.seed }),
    prices: repeated(prices, parts),
    factors: factors && repeated(factors, parts),
  };
}

async function playAt(inputs: CommunityInputs, name: RuleName, folder: OutputFolder) {
  const community = prepareCommunity(inputs);
  const { outcome, context, run } = computeRule(community, name);
  const money = outcome.bills.reduce((sum, bill) => sum + homeTotal({ ...bill, ownUseMwh: 0n, charges: 0n }), 0n);
  const halfPeriod = community.facts.periodSeconds / 2n;
  if (run === undefined) return { storageBytes: 0n, gas: 0n, millijoules: 0n, waitingSeconds: halfPeriod, money };
  const isLong = community.periods.length > PERIODS_IN_MEMORY;
  const store = isLong ? await openLevelStore(folder.scratch('resolution')) : new MemoryStore();
  try {
    const { figures } = await playRule(context, run, outcome, {
      store,
      batches: Array.from({ length: community.periods.length }, (_, first) => ({ first, count: 1 })),
      onBlock: () => {},
      progress: () => {},
    });
    return {
      storageBytes: BigInt(figures.bytes),
      gas: figures.gas,
      millijoules: figures.millijoules,
      // What is delivered in a period waits half of it for its end, in the mean.
      waitingSeconds: halfPeriod + figures.secondsToConfirmation,
      money,
    };
  } finally {
    await store.close();
    if (isLong) folder.removeScratch('resolution');
  }
}
