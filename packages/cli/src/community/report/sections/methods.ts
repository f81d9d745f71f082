import { type CommunityOptions, INDICATORS, type IndicatorInfo } from '@wattchain/market';
import { type Html, html, type Part, section, table } from '../html.js';
import { integer, unitText } from '../numbers.js';
import type { ReportView } from '../view.js';
import { sourceList } from './rules.js';

/** What a reader needs in order to defend a figure, or to doubt it. */
export function methodsSection(view: ReportView): Html {
  const { currency, result } = view;
  return html`${section('definitions', 'Definitions', definitions(currency))}${section('methods', 'Methods and assumptions', methods(view))}${section(
    'repeat',
    'What was read, and how to check it',
    inputs(view),
    parameters(view),
    chains(view),
    check(),
  )}${section('sources', 'Sources', sourceList(), html`<p>Market data: the files named above (${integer(result.inputs.length)}).</p>\n`)}`;
}

const TERMS: readonly (readonly [string, string])[] = [
  [
    'need D, surplus S',
    'what all homes lack, and what they have left, in a period after the use under their own roofs',
  ],
  ['traded', 'what went from home to home by the rule; at most the smaller of D and S'],
  ['fund', 'what buyers paid and sellers did not get, or the treasury of a pool'],
  ['loser', 'a home whose bill is higher than under the baseline'],
];

function definitions(currency: string): Html {
  const infos: readonly (readonly [string, IndicatorInfo])[] = Object.entries(INDICATORS);
  return html`<dl class="terms">
${TERMS.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`)}${infos.map(
  ([, { title, unit, definition }]) => {
    const shown = unitText(unit, currency);
    return html`<dt>${title}${shown === '' ? undefined : `, ${shown}`}</dt><dd>${definition}</dd>\n`;
  },
)}</dl>
<p>A figure without a value is written –, never 0.</p>
`;
}

function methods({ result }: ReportView): Html {
  const own = result.rules.flatMap(({ notes, rule }) => notes.map((note) => html`<code>${rule}</code>: ${note}`));
  const always: readonly Part[] = [
    'Energy is counted in whole milliwatt-hours, money in 10⁻¹⁸ of the currency. A clearing computes its total once, rounded down, and splits it on each side by largest remainder, so that both sides sum to it. Tables round each figure by itself, half to even; bills.csv and result.json have all digits.',
    'What a home needs beyond the local market it buys from the supplier at the tariff; what it has beyond it, it sells to the supplier at the feed-in price.',
    'The bills on each rule’s chain were compared with the rule computed without a chain, home by home, to the last unit, and after every block that no money appeared or vanished.',
    'Nothing in this report was measured with a clock: the same inputs and the same seed give the same bytes.',
    'The report names homes as the data do. Hourly readings tell much about a household; who may get this file is for the community to say (docs/privacy.md).',
  ];
  return html`<ul>
${[...always, ...result.assumptions, ...own].map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
`;
}

function inputs({ result }: ReportView): Html {
  return html`${table(
    'Input files. The registry of every chain names them in its first event.',
    [{ title: 'file' }, { title: 'part' }, { title: 'SHA-256' }],
    result.inputs.map(({ file, role, sha256 }) => [
      html`<bdi class="name">${file}</bdi>`,
      role,
      html`<code class="hash">${sha256}</code>`,
    ]),
  )}${table(
    'What was asked',
    [{ title: 'option' }, { title: 'value' }],
    optionRows(result.options).map(([name, value]) => [html`<code>${name}</code>`, value]),
  )}`;
}

/** `timeZone` as the command line writes it. */
const optionOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function optionRows(options: CommunityOptions): [string, string][] {
  const rows: [string, string | undefined][] = [
    ['--rule', options.rules.join(', ')],
    ['--with', options.with.join(', ') || undefined],
    ['--agents', options.agents],
    ['--seed', String(options.seed)],
    ['--gaps', options.gaps],
    ['--from', options.from],
    ['--to', options.to],
    ['--pv-homes', options.pvHomes?.join(',')],
    ['--feed-in', options.feedIn],
    ...Object.entries(options.reading ?? {}).map(([name, value]): [string, string] => [optionOf(name), value]),
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function parameters({ rules }: ReportView): Html {
  const rows = rules.flatMap(({ result, rule }) =>
    Object.entries(result.params).map(([name, value]) => [rule.title, html`<code>${name}</code>`, value]),
  );
  if (rows.length === 0) return html``;
  return table(
    'Parameters of the rules, as they held',
    [{ title: 'rule' }, { title: 'parameter' }, { title: 'value' }],
    rows,
  );
}

function chains({ rules }: ReportView): Html {
  const rows = rules.flatMap(({ result: { chain, contract }, rule }) =>
    chain === undefined
      ? []
      : [
          [
            rule.title,
            chain.chainId,
            html`<code class="hash">${contract?.address}</code>`,
            html`<code class="hash">${chain.genesisHash}</code>`,
            html`<code class="hash">${chain.headHash}</code>`,
          ],
        ],
  );
  if (rows.length === 0) return html``;
  return table(
    'The chains; their blocks are beside this report in chains/',
    [
      { title: 'rule' },
      { title: 'chain id', isFigure: true },
      { title: 'contract' },
      { title: 'genesis' },
      { title: 'last block' },
    ],
    rows,
  );
}

const check = (): Html => html`<p>Every figure can be computed again from the exported blocks and the input files:</p>
<pre>npx wattchain community verify FOLDER</pre>
<p>FOLDER holds this report. The command says which figure differs, if one does. bills.csv, periods.csv and indicators.csv have the figures of this report for a spreadsheet; CITATION.cff says how to cite it.</p>
`;
