import type { CommunityResult } from '@wattchain/market';
import { type Html, html, page } from './html.js';
import { chainSection } from './sections/chain.js';
import { companionSection } from './sections/companions.js';
import { energySection } from './sections/energy.js';
import { fairnessSection } from './sections/fairness.js';
import { methodsSection } from './sections/methods.js';
import { homesSection, moneySection } from './sections/money.js';
import { pricesSection } from './sections/prices.js';
import { rulesSection } from './sections/rules.js';
import { summary } from './sections/summary.js';
import { STYLE } from './style.js';
import { type ReportView, spanOf, viewOf } from './view.js';

/**
 * A run as one HTML page: nothing is loaded, nothing runs, the same result gives the same bytes. A table stands under each plot; assumptions,
 * methods, definitions and sources stand at the end.
 */
export function renderReport(result: CommunityResult): string {
  const view = viewOf(result);
  return page({
    title: `A community's market, ${spanOf(result)}`,
    style: STYLE,
    body: html`${summary(view)}${contents(view)}${moneySection(view)}${homesSection(view)}${energySection(view)}${pricesSection(view)}${fairnessSection(view)}${chainSection(view)}${companionSection(view)}${rulesSection(view)}${methodsSection(view)}`,
  });
}

function contents({ markets, result: { companions } }: ReportView): Html {
  const entries: readonly (readonly [string, string])[] = [
    ['money', 'what the community pays'],
    ...(markets.length === 0 ? [] : ([['homes', 'who gains, who loses']] as const)),
    ['energy', 'energy'],
    ...(markets.length === 0 ? [] : ([['prices', 'prices']] as const)),
    ['fairness', 'fairness'],
    ['chain', 'the chain'],
    ...(companions === undefined ? [] : ([['beside', 'beside the market']] as const)),
    ['rules', 'rules and companies'],
    ['definitions', 'definitions'],
    ['methods', 'methods'],
    ['repeat', 'inputs and checking'],
    ['sources', 'sources'],
  ];
  return html`<nav aria-label="Contents"><ol>${entries.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ol></nav>
`;
}
