import type { Bill, MemberPeriod } from '../common/bills.js';
import { middleOf, type PriceBand } from '../common/price.js';
import { poolBills } from './localPool.js';

/**
 * Mid-market rate (Long et al., *Peer-to-peer energy trading in a community microgrid*, 2017): neighbours trade all of min(D, S) at
 * (λb + λs) / 2, λb the tariff and λs the feed-in price. Where S > D sellers get the mean of that and λs for what is left over, where
 * S < D buyers pay the mean of that and λb for what is missing.
 *
 * Budget balance: yes. Individual rationality: yes, to three units of rounding. Truthfulness: nothing is stated but the meters.
 * Independence of arrival: yes.
 */
export function midMarketBills(period: MemberPeriod, band: PriceBand): Bill[] {
  return poolBills(period, band, () => middleOf(band.tariff, band.feedIn));
}
