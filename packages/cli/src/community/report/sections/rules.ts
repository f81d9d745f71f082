import { type Html, html, section, table } from '../html.js';
import { indicatorText, percent } from '../numbers.js';
import { SOURCES, type SourceMark } from '../ruleTexts.js';
import type { ReportView } from '../view.js';

/** The rules beside the companies whose models they are, with what each promises and what it came to here. */
export function rulesSection({ feedIn, rules }: ReportView): Html {
  const companies = table(
    'The models are reconstructions from public descriptions: designs, not quotations. Beside them what this run gave.',
    [
      { title: 'rule' },
      { title: 'whose model' },
      { title: 'what happens' },
      { title: 'contract' },
      { title: 'saved', isFigure: true },
      { title: 'liquidity', isFigure: true },
      { title: 'losers', isFigure: true },
    ],
    rules.map(({ cost, result, rule: { title }, text, isBaseline }) => [
      html`${title}<br><code>${result.rule}</code>`,
      result.company,
      html`${text.what} ${text.sources.map((mark) => html`<a href="#source-${mark}">[${numberOf(mark)}]</a>`)}`,
      result.contract?.name ?? (isBaseline ? 'none' : 'computed here'),
      percent(feedIn.cost - cost, feedIn.cost),
      indicatorText(result.indicators.liquidity, 'share'),
      result.losers.againstFeedIn.length,
    ]),
  );
  const claims = table(
    'What each rule promises whatever the data: a yes is tested on random communities, a no has a counter-example (docs/market-rules.md). –: nobody states anything, meters do.',
    [
      { title: 'rule' },
      { title: 'budget balance' },
      { title: 'nobody worse off' },
      { title: 'truth is best' },
      { title: 'arrival does not matter' },
    ],
    rules.map(({ rule: { title, claims: promised } }) => [
      title,
      promised.budgetBalance,
      promised.individualRationality,
      promised.truthfulness,
      promised.independenceOfArrival,
    ]),
  );
  return section('rules', 'The rules, and the companies they come from', companies, claims);
}

const MARKS = Object.keys(SOURCES) as readonly SourceMark[];
const numberOf = (mark: SourceMark) => MARKS.indexOf(mark) + 1;

/** The list that the rules point to. */
export const sourceList = (): Html =>
  html`<ol>
${MARKS.map((mark) => html`<li id="source-${mark}">${SOURCES[mark]}</li>\n`)}</ol>
`;
