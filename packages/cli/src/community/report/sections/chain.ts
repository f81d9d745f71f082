import { type Html, section, table } from '../html.js';
import { drawnIndicator, duration, indicatorText, integer, joules } from '../numbers.js';
import { barsPlot } from '../plots/bars.js';
import { INK, plotFigure } from '../plots/plot.js';
import type { ReportView } from '../view.js';

/** What settling on a chain takes. */
export function chainSection({ markets }: ReportView): Html {
  const settled = markets.flatMap(({ rule, result }) =>
    result.chain === undefined ? [] : [{ rule, chain: result.chain, result }],
  );
  if (settled.length === 0)
    return section('chain', 'What the chain takes', 'Nothing of this run was settled on a chain.');
  const plot = barsPlot({
    title: 'Gas for each kilowatt-hour traded',
    unit: 'gas/kWh',
    rows: settled.map(({ rule, result: { indicators } }) => {
      const value = drawnIndicator(indicators.gasPerKwh);
      return {
        label: rule.title,
        parts: value === undefined ? undefined : [{ value, colour: INK.supply }],
        text: indicatorText(indicators.gasPerKwh, 'gas/kWh'),
      };
    }),
  });
  const figures = table(
    'Each rule on a chain of its own. Energy and times are modelled, see the methods; nothing here was timed.',
    [
      { title: 'rule' },
      { title: 'contract' },
      ...[
        'blocks',
        'transactions',
        'gas',
        'gas/kWh',
        'bytes',
        'bytes/kWh',
        'proof of work',
        'J/kWh',
        'until confirmed',
      ].map((title) => ({ title, isFigure: true })),
    ],
    settled.map(({ rule, chain, result: { contract, indicators } }) => [
      rule.title,
      contract?.name,
      integer(chain.blocks),
      integer(chain.transactions),
      integer(chain.gas),
      indicatorText(indicators.gasPerKwh, 'gas/kWh'),
      integer(chain.bytes),
      indicatorText(indicators.bytesPerKwh, 'bytes/kWh'),
      joules(chain.millijoules),
      indicatorText(indicators.joulesPerKwh, 'J/kWh'),
      duration(chain.secondsToConfirmation),
    ]),
  );
  return section('chain', 'What the chain takes', plotFigure(plot, figures));
}
