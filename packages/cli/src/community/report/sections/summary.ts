import { type Html, html, joined, nameOf, type Part } from '../html.js';
import { integer, kwh, money, percent, signedMoney } from '../numbers.js';
import { countHomes, periodWord, type ReportView, type RuleView, spanOf } from '../view.js';

/** Most homes that a sentence names; the table names all. */
const NAMED = 3;

/** Title, the community in figures, and what there is to know in sentences. */
export function summary(view: ReportView): Html {
  const { result } = view;
  const { community, totals } = result;
  const cards: readonly (readonly [Part, Part])[] = [
    [integer(community.homes.length), 'homes'],
    [integer(community.producers.length), 'of them produce'],
    [html`${kwh(totals.consumedMwh, 1)} <small>kWh</small>`, 'consumed'],
    [html`${kwh(totals.producedMwh, 1)} <small>kWh</small>`, 'produced'],
    [html`${kwh(totals.ownUseMwh, 1)} <small>kWh</small>`, 'used under the own roof'],
    [html`${kwh(totals.tradableMwh, 1)} <small>kWh</small>`, 'neighbours could trade at most'],
  ];
  return html`<header>
<h1>A community's market</h1>
<p class="lead">${countHomes(community.homes.length)} · ${spanOf(result)} · ${integer(community.periods)} periods of ${withArticle(periodWord(community.periodSeconds))} · ${view.markets.length} market rules beside today's bills</p>
</header>
<section id="short">
<h2>In short</h2>
<dl class="cards">${cards.map(([figure, what]) => html`<div><dt>${what}</dt><dd>${figure}</dd></div>\n`)}</dl>
<ul class="findings">
${findings(view).map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
</section>
`;
}

const withArticle = (word: string) =>
  word === 'hour' ? `an ${word}` : /^[a-z]/.test(word) && word !== 'five minutes' ? `a ${word}` : word;

function findings(view: ReportView): Html[] {
  const { currency, feedIn, netMetering, markets, result } = view;
  const { totals } = result;
  const amount = (units: bigint) => `${money(units)}\u00a0${currency}`;
  const today = html`Without a market the homes pay ${amount(feedIn.cost)} together, with net metering ${amount(netMetering.cost)}.`;
  const roof = html`${percent(totals.ownUseMwh, totals.consumedMwh)} of the consumption comes from the home's own roof; neighbours could add ${percent(totals.tradableMwh, totals.consumedMwh)} at most.`;
  if (markets.length === 0) return [today, roof];
  return [today, ...cheapest(view), ...whoGains(view), ...losers(view), ...funds(view), roof, ...gasOf(markets)];
}

/** Rules under which least leaves the community, the same to the hundredth of a cent. */
function cheapest({ currency, feedIn, markets, netMetering }: ReportView): Html[] {
  const least = markets.reduce((best, { spent }) => (spent < best ? spent : best), markets[0]?.spent ?? 0n);
  const same = markets.filter(({ spent }) => money(spent, 4) === money(least, 4));
  const saved = feedIn.spent - least;
  const beside = netMetering.spent < least ? 'Net metering would take less still from them.' : '';
  return [
    html`Least money leaves the community under ${names(same)}: ${money(least)}\u00a0${currency}, ${money(saved)} or ${percent(saved, feedIn.spent)} less than without a market. ${beside}`,
  ];
}

/** Funds that kept or lost money, which no bill shows. */
function funds({ currency, markets }: ReportView): Html[] {
  return markets.flatMap(({ rule, result }) => {
    const kept = result.money.toFund;
    if (!/[1-9]/.test(money(kept))) return [];
    return kept > 0n
      ? [html`Under ${rule.title} the community's fund keeps ${money(kept)}\u00a0${currency} of what buyers pay.`]
      : [
          html`Under ${rule.title} the treasury loses ${money(-kept)}\u00a0${currency}, which no bill shows: at these parameters it would not last.`,
        ];
  });
}

/** How the saving is shared between homes with and without panels, at its two ends. */
function whoGains({ currency, markets, produces }: ReportView): Html[] {
  const isMixed = produces.includes(true) && produces.includes(false);
  if (!isMixed) return [];
  // A treasury that pays from what it does not have gives to all; the others share what there is.
  const shared = markets.filter(({ savedByProducers, savedByOthers, result }) => {
    const isFunded = /[1-9]/.test(money(result.money.toFund));
    return !isFunded && savedByProducers + savedByOthers > 0n;
  });
  const sorted = shared.sort((a, b) => (a.savedByProducers < b.savedByProducers ? 1 : -1));
  const [most, least] = [sorted[0], sorted.at(-1)];
  if (most === undefined || least === undefined || most === least) return [];
  const shares = ({ savedByProducers, savedByOthers }: RuleView) =>
    `${signedMoney(savedByProducers)} and ${signedMoney(savedByOthers)}\u00a0${currency}`;
  return [
    html`Who gains depends on the rule. Homes with panels and homes without save ${shares(most)} under ${most.rule.title}, ${shares(least)} under ${least.rule.title}.`,
  ];
}

function losers({ currency, markets }: ReportView): Html[] {
  const bad = markets.filter(({ result }) => result.losers.againstFeedIn.length > 0);
  if (bad.length === 0) return [html`Under none of the market rules does anybody pay more than without a market.`];
  const harmful = bad.map(({ rule, result }) => {
    const all = result.losers.againstFeedIn;
    const named = all
      .slice(0, NAMED)
      .map(({ home, lost }) => html`${nameOf(home)} (${signedMoney(lost)}\u00a0${currency})`);
    const more = all.length > NAMED ? ` and ${all.length - NAMED} more` : '';
    return html`Under ${rule.title} ${all.length === 1 ? 'one home pays' : `${all.length} homes pay`} more than without a market: ${joined(named, ', ')}${more}.`;
  });
  return bad.length === markets.length
    ? harmful
    : [...harmful, html`Under all other market rules nobody pays more than without a market.`];
}

function gasOf(markets: readonly RuleView[]): Html[] {
  const settled = markets.flatMap(({ rule, result }) =>
    result.chain === undefined ? [] : [{ title: rule.title, gas: result.chain.gas }],
  );
  settled.sort((a, b) => (a.gas < b.gas ? -1 : a.gas > b.gas ? 1 : 0));
  const [least, most] = [settled[0], settled.at(-1)];
  if (least === undefined || most === undefined || least === most) return [];
  return [
    html`On the chain ${least.title} takes least gas, ${integer(least.gas)}, and ${most.title} most, ${integer(most.gas)}.`,
  ];
}

const names = (rules: readonly RuleView[]) =>
  joined(
    rules.map(({ rule }) => rule.title),
    '; ',
  );
