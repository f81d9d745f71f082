import type { PeriodResult } from '@wattchain/market';
import { type Html, html, section, table } from '../html.js';
import { drawnPrice, kwh, meanPrice, NO_VALUE, pricePerKwh } from '../numbers.js';
import { curvesPlot } from '../plots/curves.js';
import { plotFigure } from '../plots/plot.js';
import { pricesPlot } from '../plots/spans.js';
import type { ReportView, RuleView } from '../view.js';

/** What a neighbour's kilowatt-hour costs and brings, over the span and in one period. */
export function pricesSection(view: ReportView): Html {
  if (view.markets.length === 0) return html``;
  return section('prices', "What a neighbour's kilowatt-hour costs", meanPrices(view), onePeriod(view));
}

/** What all buyers paid and all sellers got for local energy. */
function localMoney({ result }: RuleView): { readonly paid: bigint; readonly got: bigint } {
  return result.bills.reduce(
    ({ paid, got }, bill) => ({ paid: paid + bill.paidToNeighbours, got: got + bill.gotFromNeighbours }),
    { paid: 0n, got: 0n },
  );
}

/** In a pool with allowances what homes pay is for all that they take, whoever made it. */
const hasLocalPrice = ({ result }: RuleView) => result.rule !== 'allowancePool';

const perKwh = (amount: bigint, energyMwh: bigint) =>
  energyMwh === 0n ? undefined : Number(meanPrice(amount, energyMwh, 6));

function meanPrices({ currency, feedIn, markets }: ReportView): Html {
  const rows = markets.map((rule) => ({ rule, hasPrice: hasLocalPrice(rule), ...localMoney(rule) }));
  const range = (of: (period: PeriodResult) => bigint): readonly [number, number] => {
    const first = feedIn.result.periods[0];
    let [low, high] = first === undefined ? [0n, 0n] : [of(first), of(first)];
    for (const period of feedIn.result.periods) {
      const value = of(period);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [drawnPrice(low), drawnPrice(high)];
  };
  const plot = pricesPlot({
    title: 'Mean price between neighbours over the span; at the right what a buyer pays',
    unit: `${currency}/kWh`,
    tariff: range(({ tariff }) => tariff),
    feedIn: range(({ feedIn: price }) => price),
    rows: rows.map(({ rule, hasPrice, paid, got }) => {
      const [buyer, seller] = [perKwh(paid, rule.boughtMwh), perKwh(got, rule.soldMwh)];
      return {
        label: rule.rule.title,
        text: hasPrice ? meanPrice(paid, rule.boughtMwh) : NO_VALUE,
        prices: !hasPrice || buyer === undefined || seller === undefined ? undefined : { paid: buyer, got: seller },
      };
    }),
  });
  const figures = table(
    `Between neighbours, by energy; ${currency} for a kilowatt-hour. Beside it what energy from outside the own roof costs on the average, neighbours and grid together, without fees. In a pool with allowances homes pay the pool for all of it, so a neighbour's kilowatt-hour has no price (–).`,
    [
      { title: 'rule' },
      ...['traded, kWh', 'a buyer pays', 'a seller gets', 'from outside costs', 'to outside brings'].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    rows.map(({ rule, hasPrice, paid, got }) => {
      const sum = (of: (bill: RuleView['result']['bills'][number]) => bigint) =>
        rule.result.bills.reduce((total, bill) => total + of(bill), 0n);
      return [
        rule.rule.title,
        kwh(rule.boughtMwh),
        hasPrice ? meanPrice(paid, rule.boughtMwh) : NO_VALUE,
        hasPrice ? meanPrice(got, rule.soldMwh) : NO_VALUE,
        meanPrice(paid + sum((bill) => bill.paidToSupplier), rule.boughtMwh + rule.importedMwh),
        meanPrice(got + sum((bill) => bill.gotFromSupplier), rule.soldMwh + rule.exportedMwh),
      ];
    }),
  );
  return plotFigure(plot, figures);
}

const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

/** The period in which most could be traded, as the curves of supply and demand of homes that state their limits truly. */
function onePeriod({ currency, feedIn, markets, result }: ReportView): Html {
  const tradable = ({ needMwh, surplusMwh }: PeriodResult) => smaller(needMwh, surplusMwh);
  const { periods } = feedIn.result;
  const index = periods.reduce(
    (best, period, at) => (tradable(period) > tradable(periods[best] ?? period) ? at : best),
    0,
  );
  const period = periods[index];
  if (period === undefined || tradable(period) === 0n || result.options.agents !== 'truthful') return html``;
  const priced = markets.filter(hasLocalPrice).flatMap(({ text, result: { periods: all } }) => {
    const own = all[index];
    return own === undefined || own.tradedMwh === 0n ? [] : [{ text, own }];
  });
  const plot = curvesPlot({
    title: `One period: ${[period.date, period.label].join(' ').trim()}, in which most could be traded`,
    currency,
    bids: [{ energyMwh: period.needMwh, price: period.tariff }],
    asks: [{ energyMwh: period.surplusMwh, price: period.feedIn }],
    tradedMwh: tradable(period),
    prices: priced.map(({ text, own }) => ({
      text: text.short,
      perKwh: perKwh(own.localAmount, own.tradedMwh) ?? 0,
    })),
  });
  const figures = table(
    `Need ${kwh(period.needMwh)} kWh at a tariff of ${pricePerKwh(whole(period.tariff))}, surplus ${kwh(period.surplusMwh)} kWh at a feed-in price of ${pricePerKwh(whole(period.feedIn))} ${currency}/kWh`,
    [
      { title: 'rule' },
      ...['traded, kWh', 'buyers pay, on the average', 'all buyers’ price', 'all sellers’ price'].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    markets.map(({ rule, result: { periods: all } }) => {
      const own = all[index];
      return own === undefined
        ? [rule.title, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE]
        : [
            rule.title,
            kwh(own.tradedMwh),
            meanPrice(own.localAmount, own.tradedMwh),
            pricePerKwh(own.buyPrice),
            pricePerKwh(own.sellPrice),
          ];
    }),
  );
  return plotFigure(plot, figures);
}

const whole = (price: bigint) => ({ numerator: price, denominator: 1n });
