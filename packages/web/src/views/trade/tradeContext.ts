import {
  bondOf,
  type CommunityMeter,
  type PlausibilityContext,
  type RegistryRules,
  type TradeRules,
} from '@wattchain/market';
import { tokens } from '../../format.js';
import type { PageAccount } from '../../keys/session.js';
import type { MeterClock } from '../../model/meterTime.js';
import type { Market, OfferRecord } from './tradeModel.js';

/** What every page of the trade view works with. */
export interface TradeContext {
  readonly market: Market;
  /** As `communityOf` has them. */
  readonly meters: readonly CommunityMeter[];
  readonly rules: TradeRules & RegistryRules;
  readonly acting: PageAccount | undefined;
  readonly clock: MeterClock;
  /** Block time of the newest block, seconds. */
  readonly now: bigint;
  readonly isComplete: boolean;
}

/** What doubts about offers and readings go by. */
export const doubtContext = ({ rules, clock, now }: TradeContext): PlausibilityContext => ({
  now,
  marketTimeOffset: rules.marketTimeOffset,
  resolutionSeconds: rules.resolutionSeconds,
  showTime: clock.momentText,
});

/** What stands behind energy of an offer: `The seller's bond: 3.000 ENT …` */
export function bondText(
  { price, gridPrice }: Pick<OfferRecord, 'price' | 'gridPrice'>,
  energyMwh: bigint,
  { bonds }: Pick<TradeRules, 'bonds'>,
): string {
  const grid = `The grid takes ${tokens(gridPrice)} for 150 Wh`;
  if (!bonds) return `${grid}; no bond stands behind the offer.`;
  const bond = bondOf(energyMwh, { price, gridPrice });
  if (bond === 0n) return `${grid}, which is no more than the price: no bond is needed.`;
  return `${grid}; what is not delivered costs you no more than here: a bond of ${tokens(bond)} of the seller pays the difference.`;
}
