import { bucketKindOf, bucketsOf } from '../buckets.js';
import { type Html, section, table } from '../html.js';
import { indicatorText, kwh } from '../numbers.js';
import { barsPlot } from '../plots/bars.js';
import { energyPlot } from '../plots/energy.js';
import { ENERGY_SOURCES, energyParts, plotFigure } from '../plots/plot.js';
import { periodWord, type ReportView } from '../view.js';

/** Most steps of the plot over time, and most rows of its table. */
const MOST_STEPS = 240;
const MOST_ROWS = 31;

/** When there is energy to share, and where the homes' energy comes from under each rule. */
export function energySection(view: ReportView): Html {
  return section('energy', 'Where the energy comes from', overTime(view), byRule(view));
}

function overTime({ feedIn, result }: ReportView): Html {
  const { periods } = feedIn.result;
  const kind = bucketKindOf(periods, MOST_STEPS);
  const stepWord = kind === 'period' ? periodWord(result.community.periodSeconds) : kind;
  const isWhole = kind !== 'period' || periods.length <= MOST_STEPS;
  const plot = energyPlot({
    title: 'Need and surplus of all homes after their own use',
    unit: isWhole ? `kWh per ${stepWord}` : 'kWh per step',
    buckets: bucketsOf(periods, kind, MOST_STEPS),
  });
  const rowKind = bucketKindOf(periods, MOST_ROWS);
  const rows = bucketsOf(periods, rowKind, MOST_ROWS);
  const figures = table(
    'The same in figures, kWh. What could be traded is the smaller of need and surplus, period by period.',
    [
      { title: rowKind === 'period' ? 'from' : rowKind },
      ...['need D', 'surplus S', 'could be traded', 'must come from the grid', 'must go to the grid'].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    rows.map(({ label, needMwh, surplusMwh, tradableMwh }) => [
      label,
      ...[needMwh, surplusMwh, tradableMwh, needMwh - tradableMwh, surplusMwh - tradableMwh].map((energy) =>
        kwh(energy),
      ),
    ]),
  );
  return plotFigure(plot, figures);
}

function byRule({ result, rules }: ReportView): Html {
  const plot = barsPlot({
    title: 'Energy of all homes by where it comes from, as billed; at the right the share from roofs and neighbours',
    unit: 'kWh',
    legend: ENERGY_SOURCES,
    rows: rules.map(({ rule, boughtMwh, importedMwh, result: { indicators } }) => ({
      label: rule.title,
      parts: energyParts({ ownUseMwh: result.totals.ownUseMwh, boughtMwh, importedMwh }),
      text: indicatorText(indicators.selfSufficiency, 'share'),
    })),
  });
  const figures = table(
    'Energy over the whole span; imports and exports as billed. Definitions at the end.',
    [
      { title: 'rule' },
      ...[
        'from neighbours, kWh',
        'from the grid, kWh',
        'to the grid, kWh',
        'self-sufficiency',
        'self-consumption',
        'traded of the need',
        'liquidity',
        'untraded, kWh',
        'peak, kWh',
        'peak to average',
        'load factor',
        'CO2, kg',
      ].map((title) => ({ title, isFigure: true })),
    ],
    rules.map(({ rule, boughtMwh, importedMwh, exportedMwh, result: { indicators } }) => [
      rule.title,
      kwh(boughtMwh),
      kwh(importedMwh),
      kwh(exportedMwh),
      indicatorText(indicators.selfSufficiency, 'share'),
      indicatorText(indicators.selfConsumption, 'share'),
      indicatorText(indicators.localShare, 'share'),
      indicatorText(indicators.liquidity, 'share'),
      indicatorText(indicators.untraded, 'kWh'),
      indicatorText(indicators.peakImport, 'kWh'),
      indicatorText(indicators.peakToAverage, 'ratio'),
      indicatorText(indicators.loadFactor, 'ratio'),
      indicatorText(indicators.co2, 'kg'),
    ]),
  );
  return plotFigure(plot, figures);
}
