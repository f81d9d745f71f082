import { getRegistryRules, marketTimeOf, type RegistryRules } from '@wattchain/market';
import type { Connection } from '../client.js';
import { formatPeriod, formatTime } from './energyOptions.js';

/** The registry's rules and what its clock shows. */
export interface MarketTime {
  readonly rules: RegistryRules;
  /** Time of the newest block, seconds: deadlines are by it. */
  readonly now: bigint;
  /** Market time then: periods are by it. */
  readonly marketNow: bigint;
}

/** Reads the registry's rules and its time. */
export async function readMarketTime({ client, contracts }: Connection): Promise<MarketTime> {
  const { registryAddress } = contracts();
  const [rules, { timestamp: now }] = await Promise.all([
    getRegistryRules(client, { registryAddress }),
    client.getBlock(),
  ]);
  return { rules, now, marketNow: marketTimeOf({ now, ...rules }) };
}

/** A moment of market time and its period, for people: `2018-07-04 00:01:10-07:00 (period 2018-07-04 00:00-07:00, 1 h)`. */
export function describeMarketTime({ rules, marketNow }: MarketTime, { clock }: Connection): string {
  const { resolutionSeconds } = rules;
  const start = marketNow - (marketNow % resolutionSeconds);
  return `${formatTime(marketNow, clock)} (period ${formatPeriod(start, resolutionSeconds, clock)})`;
}
