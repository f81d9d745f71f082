import { figureText } from '../../companions/figureText.js';
import { type Html, html, section, table } from '../html.js';
import { integer } from '../numbers.js';
import type { ReportView } from '../view.js';

/** What was played beside the rules; nothing where that is nothing. */
export function companionSection({ result, currency }: ReportView): Html | undefined {
  const { companions = [] } = result;
  if (companions.length === 0) return undefined;
  const parts = companions.map(
    ({ title, company, contract, figures, notes, chain }) =>
      html`${table(
        `${title} (${company}), by the contract ${contract.name}`,
        [{ title: 'what' }, { title: 'how much', isFigure: true }],
        [
          ...figures.map((figure) => [figure.what, figureText(figure, currency)]),
          ['gas of its chain', integer(chain.gas)],
        ],
      )}${notes.map((note) => html`<p>${note}</p>\n`)}`,
  );
  return section('beside', 'Beside the market', ...parts);
}
