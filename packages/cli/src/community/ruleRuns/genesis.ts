import type { CouncilRules, RegistryRules } from '@wattchain/market';
import type { RuleRunContext } from './ruleRun.js';

const DAY = 86_400n;
/** Notice of tariffs and of keys. */
export const NOTICE_SECONDS = 2n * DAY;
/** What happens before the first period: more than the notice, so that every tariff can be posted. */
export const PREPARATION_SECONDS = 4n * DAY;
/** Where the first period begins at the earliest in block time, so that the preparation has room. */
const EARLIEST_SECONDS = 10n * DAY;

/** Block time less market time: 0, but for data whose times begin with the clock on a wall of no date. */
export function shiftOf(fromSeconds: bigint): bigint {
  return fromSeconds >= EARLIEST_SECONDS ? 0n : EARLIEST_SECONDS;
}

/** The council of a run: two registrars. */
export function councilRules({ roles }: RuleRunContext): CouncilRules {
  return {
    members: roles.registrars.map(({ address }) => address),
    recoveryKey: roles.recovery.address,
    noticeSeconds: NOTICE_SECONDS,
  };
}

/** Readings are final at once: nobody corrects what was measured long ago. */
export function registryRules({ community, shiftSeconds }: RuleRunContext): Partial<RegistryRules> {
  return {
    resolutionSeconds: community.facts.periodSeconds,
    correctionSeconds: 0n,
    readingLeadSeconds: 0n,
    marketTimeOffset: -shiftSeconds,
  };
}
