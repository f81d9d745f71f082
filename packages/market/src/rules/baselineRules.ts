import type { Address } from '@wattchain/core';
import { type BaselinePeriod, feedInBill, netMeteringBill, timeOfUseBill } from '../mechanism/baselines.js';
import { type Bill, totalOf } from '../mechanism/common/bills.js';
import type { MarketPeriods } from './marketPeriods.js';
import type { MarketRule, RuleOutcome, RulePeriod } from './marketRule.js';
import { supplierOf } from './spanBills.js';

type Baseline = (owner: Address, periods: Iterable<BaselinePeriod>) => Bill;

const CLAIMS = {
  budgetBalance: 'yes',
  individualRationality: 'yes',
  truthfulness: '–',
  independenceOfArrival: 'yes',
} as const;

/** Feed-in tariff: no market. */
export const FEED_IN: MarketRule = {
  name: 'feedIn',
  title: 'feed-in tariff',
  company: 'today: feed-in tariff',
  contract: undefined,
  claims: CLAIMS,
  defaults: {},
  settle: ({ periods }) => baseline(periods, feedInBill),
};

/** Net metering. */
export const NET_METERING: MarketRule = {
  ...FEED_IN,
  name: 'netMetering',
  title: 'net metering',
  company: 'today: net metering',
  settle: ({ periods }) => baseline(periods, netMeteringBill),
};

/** Time of use. */
export const TIME_OF_USE: MarketRule = {
  ...FEED_IN,
  name: 'timeOfUse',
  title: 'time of use',
  company: 'today: registers by price band',
  settle: ({ periods }) => baseline(periods, timeOfUseBill),
};

/** Every home alone with the supplier. The grid operator's fee is netted as the supplier's prices are, and never paid out. */
function baseline(periods: MarketPeriods, billOf: Baseline): RuleOutcome {
  const bills = periods.owners.map((owner, home) => {
    const fees = totalOf(billOf(owner, feeBands(periods, home)));
    return {
      ...billOf(owner, periods.ofHome(home)),
      // What a meter that runs backwards shows at the end is not what came in and went out.
      ...energiesOf(periods, home),
      fees: fees > 0n ? fees : 0n,
      fromFund: 0n,
    };
  });
  return { bills, periods: untraded(periods), supplier: supplierOf(bills), toFund: 0n };
}

function energiesOf(periods: MarketPeriods, home: number): Pick<Bill, 'importedMwh' | 'exportedMwh'> {
  let [importedMwh, exportedMwh] = [0n, 0n];
  for (const { needMwh, surplusMwh } of periods.ofHome(home)) {
    importedMwh += needMwh;
    exportedMwh += surplusMwh;
  }
  return { importedMwh, exportedMwh };
}

/** The home's periods with the grid operator's fee in the place of the tariff. */
function* feeBands(periods: MarketPeriods, home: number): Iterable<BaselinePeriod> {
  let index = 0;
  for (const period of periods.ofHome(home)) {
    yield { ...period, band: { tariff: periods.pricesAt(index).gridFee, feedIn: 0n } };
    index += 1;
  }
}

/** Periods in which nobody trades with a neighbour. */
export function untraded(periods: MarketPeriods): RulePeriod[] {
  return Array.from(periods, ({ members }) => ({
    tradedMwh: 0n,
    importedMwh: members.reduce((total, { needMwh }) => total + needMwh, 0n),
    exportedMwh: members.reduce((total, { surplusMwh }) => total + surplusMwh, 0n),
    localAmount: 0n,
  }));
}
