import { type Bill, totalsOf } from '../mechanism/common/bills.js';
import { middleOf, type PriceBand, type PriceFraction, wholePrice } from '../mechanism/common/price.js';
import { sharedBills } from '../mechanism/pools/billSharing.js';
import { dynamicCoefficientBills, staticCoefficientBills } from '../mechanism/pools/coefficients.js';
import { poolBills } from '../mechanism/pools/localPool.js';
import { midMarketBills } from '../mechanism/pools/midMarket.js';
import { supplyDemandBills, supplyDemandPrice } from '../mechanism/pools/supplyDemandRatio.js';
import type { MarketPeriod, MarketPeriods } from './marketPeriods.js';
import type { MarketRule, RuleClaims, RuleOutcome, RuleParams } from './marketRule.js';
import { countParam, listParam, wordParam } from './params.js';
import { type PeriodOutcome, settleByPeriod, supplierOf } from './spanBills.js';

const POOL_CLAIMS: RuleClaims = {
  budgetBalance: 'yes',
  individualRationality: 'yes, to 3 units of rounding',
  truthfulness: '–',
  independenceOfArrival: 'yes',
};

const POOL = { contract: 'Pool', claims: POOL_CLAIMS, defaults: {} } as const;

/** Mid-market rate. */
export const POOL_MMR: MarketRule = {
  ...POOL,
  name: 'pool:mmr',
  title: 'pool, mid-market rate',
  company: 'community pools (Long et al. 2017)',
  settle: ({ periods }) =>
    settleByPeriod(periods, (period) =>
      atPrice(middleOf(period.prices.tariff, period.prices.feedIn), midMarketBills(period, period.prices)),
    ),
};

/** Supply-demand ratio. */
export const POOL_SDR: MarketRule = {
  ...POOL,
  name: 'pool:sdr',
  title: 'pool, supply-demand ratio',
  company: 'community pools (Liu et al. 2017)',
  settle: ({ periods }) =>
    settleByPeriod(periods, (period) =>
      atPrice(supplyDemandPrice(totalsOf(period.members), period.prices), supplyDemandBills(period, period.prices)),
    ),
};

/** Static coefficients. */
export const POOL_STATIC: MarketRule = {
  ...POOL,
  name: 'pool:static',
  title: 'pool, static coefficients',
  company: 'collective self-consumption (Spain; Austria, static)',
  claims: { ...POOL_CLAIMS, individualRationality: 'yes, to 3 units of rounding and 1 mWh' },
  defaults: { coefficients: 'equal', localBps: '5000' },
  settle: ({ periods, params }) => {
    const homes = periods.owners.length;
    const coefficients = staticCoefficients(params, homes);
    const price = localPrice(params);
    return settleByPeriod(periods, (period) =>
      atPrice(price(period.prices), staticCoefficientBills(period, period.prices, price(period.prices), coefficients)),
    );
  },
};

/** Parts of the way from the feed-in price to the tariff. */
const WHOLE_BPS = 10_000n;

/** The local price of a pool with coefficients: `localBps` ten-thousandths of the way from the feed-in price to the tariff. */
function localPrice(params: RuleParams): (band: PriceBand) => PriceFraction {
  const bps = localBps(params);
  return ({ tariff, feedIn }) => ({ numerator: feedIn * WHOLE_BPS + (tariff - feedIn) * bps, denominator: WHOLE_BPS });
}

/** Where the local price lies in the band, 0 to 10000. */
export const localBps = (params: RuleParams): bigint => countParam(params, 'localBps', WHOLE_BPS);

/** One coefficient for each home. */
export function staticCoefficients(params: RuleParams, homes: number): bigint[] {
  return listParam(params, 'coefficients', 'equal', homes) ?? Array.from({ length: homes }, () => 1n);
}

/** Dynamic coefficients. */
export const POOL_DYNAMIC: MarketRule = {
  ...POOL_STATIC,
  name: 'pool:dynamic',
  title: 'pool, dynamic coefficients',
  company: 'collective self-consumption (France; Austria, dynamic)',
  defaults: { localBps: '5000' },
  settle: ({ periods, params }) => {
    const price = localPrice(params);
    return settleByPeriod(periods, (period) =>
      atPrice(price(period.prices), dynamicCoefficientBills(period, period.prices, price(period.prices))),
    );
  },
};

function atPrice(price: NonNullable<PeriodOutcome['buyPrice']>, bills: readonly Bill[]): PeriodOutcome {
  const isTraded = bills.some(({ boughtMwh }) => boughtMwh > 0n);
  return isTraded ? { bills, buyPrice: price, sellPrice: price } : { bills };
}

/** Bill sharing. */
export const POOL_BILL_SHARING: MarketRule = {
  ...POOL,
  name: 'pool:billSharing',
  title: 'pool, bill sharing',
  company: 'community pools (Long et al. 2017)',
  claims: { ...POOL_CLAIMS, individualRationality: 'no' },
  defaults: { billingPeriod: 'month' },
  settle: ({ periods, params }) => billShared(periods, wordParam(params, 'billingPeriod', ['month', 'span'])),
};

/** Periods that are billed together: those of one price band within a billing period. */
export interface BillingGroup {
  readonly tariff: bigint;
  readonly feedIn: bigint;
  readonly periods: MarketPeriod[];
}

/**
 * The groups of bill sharing, one billing period after the other: each calendar month of the community, or the whole span, also where
 * times have no dates.
 */
export function* billingGroups(periods: MarketPeriods, billingPeriod: 'month' | 'span'): Iterable<BillingGroup[]> {
  let groups = new Map<string, BillingGroup>();
  let month: string | undefined;
  for (const period of periods) {
    const own = billingPeriod === 'span' ? undefined : periods.described(period.index).date?.slice(0, 7);
    if (own !== month && groups.size > 0) {
      yield [...groups.values()];
      groups = new Map();
    }
    month = own;
    const { tariff, feedIn } = period.prices;
    const key = `${tariff} ${feedIn}`;
    const group = groups.get(key) ?? { tariff, feedIn, periods: [] };
    group.periods.push(period);
    groups.set(key, group);
  }
  if (groups.size > 0) yield [...groups.values()];
}

function billShared(periods: MarketPeriods, billingPeriod: 'month' | 'span'): RuleOutcome {
  const span = energiesOfPool(periods);
  const money = periods.owners.map(() => ({ paid: 0n, got: 0n }));
  for (const groups of billingGroups(periods, billingPeriod))
    for (const group of groups)
      sharedBills(group.periods, group).forEach((bill, home) => {
        const own = money[home];
        if (own === undefined) return;
        own.paid += bill.paidToSupplier;
        own.got += bill.gotFromSupplier;
      });
  const bills = span.bills.map((bill, home) => ({
    ...bill,
    paidToSupplier: money[home]?.paid ?? 0n,
    gotFromSupplier: money[home]?.got ?? 0n,
  }));
  return { ...span, bills, supplier: supplierOf(bills) };
}

/** Local energy shared as in every pool, with fees and without any other money. */
export function energiesOfPool(periods: MarketPeriods): RuleOutcome {
  const free = { tariff: 0n, feedIn: 0n };
  return settleByPeriod(periods, (period) => ({ bills: poolBills(period, free, () => wholePrice(0n)) }));
}
