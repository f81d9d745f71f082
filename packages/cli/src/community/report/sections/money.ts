import { type Html, html, joined, nameOf, type Part, section, table } from '../html.js';
import { drawnMoney, money, percent, signedMoney } from '../numbers.js';
import { barsPlot } from '../plots/bars.js';
import { INK, plotFigure } from '../plots/plot.js';
import { stripPlot } from '../plots/strips.js';
import type { ReportView, RuleView } from '../view.js';

/** So many times as far as the homes' largest saving the plot of money goes. */
const SHOWN_BEYOND = 2;

/** What the community pays under each rule, and what it saves. */
export function moneySection(view: ReportView): Html {
  const { currency, feedIn, netMetering, rules } = view;
  const hasFund = rules.some(({ result }) => result.money.toFund !== 0n);
  // A fund that gains or loses many times as much would leave nothing to see of the homes.
  const saved = rules.flatMap(({ savedByProducers, savedByOthers }) =>
    [savedByProducers, savedByOthers].map((units) => Math.abs(drawnMoney(units))),
  );
  const most = Math.max(0, ...saved);
  const limit = most > 0 ? SHOWN_BEYOND * most : Number.POSITIVE_INFINITY;
  const isCut = rules.some(({ result }) => Math.abs(drawnMoney(result.money.toFund)) > limit);
  const plot = barsPlot({
    title: 'What all homes save together against a feed-in tariff; at the right all bills',
    limit,
    unit: currency,
    legend: [
      { text: 'homes that produce', colour: INK.own },
      { text: 'homes that do not', colour: INK.supply },
      ...(hasFund
        ? [{ text: `the community's fund${isCut ? '; a bar with a point goes on' : ''}`, colour: INK.fund }]
        : []),
    ],
    rows: rules.map(({ rule, savedByProducers, savedByOthers, cost, result }) => ({
      label: rule.title,
      parts: [
        { value: drawnMoney(savedByProducers), colour: INK.own },
        { value: drawnMoney(savedByOthers), colour: INK.supply },
        { value: drawnMoney(result.money.toFund), colour: INK.fund },
      ],
      text: money(cost),
    })),
  });
  const figures = table(
    `Money over the whole span, ${currency}. What leaves the community goes to the supplier and the grid operator: all bills less what the fund keeps. A loser pays more than under the baseline.`,
    [
      { title: 'rule' },
      ...[
        'all bills',
        'saved against feed-in',
        'share',
        'by homes that produce',
        'by the others',
        'saved against net metering',
        'share',
        'kept by the fund',
        'leaves the community',
        'losers, feed-in',
        'losers, net metering',
      ].map((title) => ({ title, isFigure: true })),
    ],
    rules.map(({ rule, cost, spent, savedByProducers, savedByOthers, result }) => [
      rule.title,
      money(cost, 4),
      signedMoney(feedIn.cost - cost, 4),
      percent(feedIn.cost - cost, feedIn.cost),
      signedMoney(savedByProducers, 4),
      signedMoney(savedByOthers, 4),
      signedMoney(netMetering.cost - cost, 4),
      percent(netMetering.cost - cost, netMetering.cost),
      money(result.money.toFund, 4),
      money(spent, 4),
      result.losers.againstFeedIn.length,
      result.losers.againstNetMetering.length,
    ]),
  );
  return section('money', 'What the community pays', plotFigure(plot, figures));
}

/** What each home gains or loses, and who loses by name. */
export function homesSection(view: ReportView): Html {
  const { currency, markets, produces, result } = view;
  if (markets.length === 0) return html``;
  const plot = stripPlot({
    title: 'What each home saves against a feed-in tariff; at the right the smallest saving',
    unit: currency,
    rows: markets.map(({ rule, saved }) => ({
      label: rule.title,
      text: signedMoney(saved.reduce((least, each) => (each < least ? each : least), saved[0] ?? 0n)),
      points: saved.map((units, home) => ({ value: drawnMoney(units), isProducer: produces[home] === true })),
    })),
  });
  const matrix = table(
    html`What each home saves against a feed-in tariff, ${currency}; <span class="loss">▼ pays more</span>; ☀ produces. Its bill: the file of its name in <code>bills/</code>.`,
    [
      { title: 'home' },
      { title: 'feed-in bill', isFigure: true },
      ...markets.map(({ text }) => ({ title: text.short, isFigure: true })),
    ],
    result.community.homes.map((home, index) => [
      html`${nameOf(home)}${produces[index] === true ? ' ☀' : ''}`,
      money(view.feedIn.totals[index] ?? 0n),
      ...markets.map(({ saved }) => savingCell(saved[index] ?? 0n)),
    ]),
  );
  const named = table(
    `Who pays more than under today's bills, ${currency}`,
    [{ title: 'rule' }, { title: 'more than with a feed-in tariff' }, { title: 'more than with net metering' }],
    markets.map((rule) => [rule.rule.title, ...losersOf(rule)]),
  );
  return section('homes', 'Who gains, who loses', plotFigure(plot, matrix), html`<div class="wide">${named}</div>`);
}

function savingCell(units: bigint): Part {
  return units < 0n ? html`<span class="loss">▼ ${signedMoney(units)}</span>` : signedMoney(units);
}

function losersOf({ result }: RuleView): Part[] {
  return [result.losers.againstFeedIn, result.losers.againstNetMetering].map((losers) =>
    losers.length === 0
      ? 'nobody'
      : joined(
          losers.map(({ home, lost }) => html`${nameOf(home)} ${signedMoney(lost)}`),
          ', ',
        ),
  );
}
