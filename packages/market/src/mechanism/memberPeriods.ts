import { type Address, assert } from '@wattchain/core';
import { needOf, surplusOf } from '../profile/dayProfile.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import type { MemberPeriod } from './common/bills.js';

/**
 * What is left of each home's readings after its own use, period by period.
 * @param owners of the homes, in their order
 */
export function memberPeriods(
  { homes, periods }: Pick<CommunitySeries, 'homes' | 'periods'>,
  owners: readonly Address[],
): MemberPeriod[] {
  assert(
    owners.length === homes.length && new Set(owners).size === owners.length,
    'every home has an owner of its own',
  );
  return periods.map(({ start }, period) => ({
    periodStart: start,
    members: homes.map((home, index) => ({
      owner: owners[index] as Address,
      needMwh: needOf(home, period),
      surplusMwh: surplusOf(home, period),
    })),
  }));
}
