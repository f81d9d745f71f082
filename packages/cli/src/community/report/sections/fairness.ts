import { type Html, section, table } from '../html.js';
import { drawnIndicator, indicatorText, money, signedMoney } from '../numbers.js';
import { barsPlot } from '../plots/bars.js';
import { INK, plotFigure } from '../plots/plot.js';
import type { ReportView, RuleView } from '../view.js';

/** How evenly the gain is shared. */
export function fairnessSection(view: ReportView): Html {
  const { currency, markets } = view;
  if (markets.length === 0) return section('fairness', 'How fair it is', 'There is no market in this run.');
  const plot = barsPlot({
    title: 'Gini coefficient of what homes save per kilowatt-hour: 0 where all save the same',
    unit: 'Gini',
    rows: markets.map(({ rule, result: { indicators } }) => {
      const value = drawnIndicator(indicators.gini);
      return {
        label: rule.title,
        parts: value === undefined ? undefined : [{ value, colour: INK.supply }],
        text: indicatorText(indicators.gini, 'ratio'),
      };
    }),
  });
  const figures = table(
    `Fairness. Gini and Jain have no value (–) where a home loses: they mean nothing then. Savings against a feed-in tariff, ${currency}.`,
    [
      { title: 'rule' },
      ...['Gini', 'Jain', 'quality of experience', 'smallest saving', 'median', 'largest', 'losers'].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    markets.map((rule) => [rule.rule.title, ...fairnessOf(rule)]),
  );
  return section('fairness', 'How fair it is', plotFigure(plot, figures));
}

function fairnessOf({ saved, result: { indicators, losers } }: RuleView): string[] {
  const sorted = [...saved].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const last = sorted.length - 1;
  // Of an even number the median is the mean of the two in the middle; half a unit of 10^-18 shows in no digit.
  const median = ((sorted[Math.floor(last / 2)] ?? 0n) + (sorted[Math.ceil(last / 2)] ?? 0n)) / 2n;
  return [
    indicatorText(indicators.gini, 'ratio'),
    indicatorText(indicators.jain, 'ratio'),
    indicatorText(indicators.qualityOfExperience, 'ratio'),
    signedMoney(sorted[0] ?? 0n),
    money(median),
    signedMoney(sorted[last] ?? 0n),
    String(losers.againstFeedIn.length),
  ];
}
