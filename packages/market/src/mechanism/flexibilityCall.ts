import { amountOf } from '../units.js';
import { excess, smaller, sum } from './common/split.js';

/** A call for flexibility. */
export interface FlexibilityTerms {
  /** Whether more consumption is wanted, else less. */
  readonly isMore: boolean;
  readonly wantedMwh: bigint;
  /** For what is delivered, and for what was promised and is not: money units for 150 Wh. */
  readonly price: bigint;
  readonly penaltyPrice: bigint;
  /** Days of a baseline, 1 or more. */
  readonly baselineDays: bigint;
}

/** What a meter promised, and what it showed. Net is what it took from the grid less what it gave, mWh. */
export interface FlexibilityPromise {
  readonly promisedMwh: bigint;
  /** Net of the days of its baseline, all together. */
  readonly baselineSumMwh: bigint;
  /** Net of the period; `undefined` where no reading came. */
  readonly netMwh: bigint | undefined;
}

/** What becomes of a promise. */
export interface FlexibilityDelivery {
  /** What of it was wanted. */
  readonly acceptedMwh: bigint;
  readonly deliveredMwh: bigint;
  /** By the buyer. */
  readonly paid: bigint;
  /** To the buyer. */
  readonly penalty: bigint;
}

/** What becomes of a call. */
export interface FlexibilityResult {
  /** In the order of the promises. */
  readonly deliveries: readonly FlexibilityDelivery[];
  /** What the buyer put in for all of it and gets back. */
  readonly returned: bigint;
}

/** What a day shows at the time of a period. */
export interface BaselineDay {
  /** What the meter took less what it gave, mWh. */
  readonly netMwh: bigint;
  /** Whether the meter had promised something for that period. */
  readonly hasPromised: boolean;
}

/**
 * Sum of a baseline: of the last days on which nothing was promised. `undefined` where there are too few.
 * @param days the newest first
 */
export function baselineSum(days: readonly BaselineDay[], baselineDays: bigint): bigint | undefined {
  const taken = days.filter(({ hasPromised }) => !hasPromised).slice(0, Number(baselineDays));
  return BigInt(taken.length) < baselineDays ? undefined : sum(taken.map(({ netMwh }) => netMwh));
}

/**
 * Demand response by a call: promises are cut pro rata to what is wanted, `floor(promised · wanted / Σ promised)`; delivered is
 * `floor(max(0, baseline − net))` (for more: net − baseline), the baseline being the mean of its days; what is delivered is paid up to what was accepted, and
 * what was accepted and is not delivered costs the penalty.
 *
 * Budget balance: yes. Individual rationality: yes for who delivers what it promised, else no. Truthfulness: no, a baseline can be
 * pushed up by who wastes energy on its days. Independence of arrival: yes.
 */
export function settleFlexibility(terms: FlexibilityTerms, promises: readonly FlexibilityPromise[]): FlexibilityResult {
  const { wantedMwh, price, penaltyPrice } = terms;
  const all = sum(promises.map(({ promisedMwh }) => promisedMwh));
  const deliveries = promises.map((promise): FlexibilityDelivery => {
    const { promisedMwh } = promise;
    const acceptedMwh = all <= wantedMwh ? promisedMwh : (promisedMwh * wantedMwh) / all;
    const deliveredMwh = deliveredOf(terms, promise);
    const counted = smaller(deliveredMwh, acceptedMwh);
    const paid = amountOf(counted, price);
    return { acceptedMwh, deliveredMwh, paid, penalty: amountOf(acceptedMwh - counted, penaltyPrice) };
  });
  return { deliveries, returned: amountOf(wantedMwh, price) - sum(deliveries.map(({ paid }) => paid)) };
}

function deliveredOf({ isMore, baselineDays }: FlexibilityTerms, promise: FlexibilityPromise): bigint {
  const { baselineSumMwh, netMwh } = promise;
  if (netMwh === undefined) return 0n;
  const now = netMwh * baselineDays;
  return (isMore ? excess(now, baselineSumMwh) : excess(baselineSumMwh, now)) / baselineDays;
}
