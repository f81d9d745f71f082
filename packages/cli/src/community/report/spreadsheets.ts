import { formatTokens, INDICATORS, type IndicatorName, type PeriodResult, type PriceFraction } from '@wattchain/market';
import { csvLine, csvText } from '../../csv.js';
import { exactKwh, pricePerKwh } from './numbers.js';
import type { ReportView, RuleView } from './view.js';

/** Lines that are written together. */
const CHUNK = 1_000;
/** Digits of a price, which may be any fraction. */
const PRICE_DIGITS = 9;

const exactMoney = (units: bigint) => formatTokens(units);
const exactPrice = (price: PriceFraction | undefined) => (price === undefined ? '' : pricePerKwh(price, PRICE_DIGITS));

/** Every bill: a line a rule and home, exact energies in kWh and amounts in the currency, today's bills beside them. */
export function* billsCsv(view: ReportView): Iterable<string> {
  yield csvLine([
    'rule',
    'home',
    'produces',
    'own_use_kwh',
    'bought_kwh',
    'imported_kwh',
    'sold_kwh',
    'exported_kwh',
    'paid_to_neighbours',
    'paid_to_supplier',
    'got_from_neighbours',
    'got_from_supplier',
    'fees',
    'charges',
    'from_fund',
    'total',
    'total_feed_in',
    'total_net_metering',
    'currency',
  ]);
  for (const rule of view.rules) {
    yield rule.result.bills
      .map((bill, home) =>
        csvLine([
          rule.result.rule,
          csvText(bill.home),
          view.produces[home] === true ? 'yes' : 'no',
          ...[bill.ownUseMwh, bill.boughtMwh, bill.importedMwh, bill.soldMwh, bill.exportedMwh].map(exactKwh),
          ...[
            bill.paidToNeighbours,
            bill.paidToSupplier,
            bill.gotFromNeighbours,
            bill.gotFromSupplier,
            bill.fees,
            bill.charges,
            bill.fromFund,
            ...[rule, view.feedIn, view.netMetering].map(({ totals }) => totals[home] ?? 0n),
          ].map(exactMoney),
          csvText(view.currency),
        ]),
      )
      .join('');
  }
}

/** Every period under every rule; prices in the currency for a kilowatt-hour, hashes parted by blanks. */
export function* periodsCsv(view: ReportView): Iterable<string> {
  yield csvLine([
    'rule',
    'start',
    'date',
    'time',
    'need_kwh',
    'surplus_kwh',
    'traded_kwh',
    'imported_kwh',
    'exported_kwh',
    'local_amount',
    'buy_price',
    'sell_price',
    'tariff',
    'feed_in',
    'transactions',
  ]);
  for (const rule of view.rules) yield* periodLines(rule);
}

function* periodLines({ result: { rule, periods } }: RuleView): Iterable<string> {
  for (let from = 0; from < periods.length; from += CHUNK) {
    yield periods
      .slice(from, from + CHUNK)
      .map((period) => csvLine([rule, ...periodCells(period)]))
      .join('');
  }
}

function periodCells(period: PeriodResult): string[] {
  const whole = (price: bigint) => exactPrice({ numerator: price, denominator: 1n });
  return [
    period.start.toString(),
    period.date ?? '',
    csvText(period.label),
    ...[period.needMwh, period.surplusMwh, period.tradedMwh, period.importedMwh, period.exportedMwh].map(exactKwh),
    exactMoney(period.localAmount),
    exactPrice(period.buyPrice),
    exactPrice(period.sellPrice),
    whole(period.tariff),
    whole(period.feedIn),
    period.transactions.join(' '),
  ];
}

/** Every indicator of every rule, as decimal texts; empty where one has no value. */
export function* indicatorsCsv({ rules }: ReportView): Iterable<string> {
  const names = Object.keys(INDICATORS) as IndicatorName[];
  yield csvLine(['rule', 'company', ...names]);
  for (const { result } of rules) {
    yield csvLine([result.rule, csvText(result.company), ...names.map((name) => result.indicators[name] ?? '')]);
  }
}
