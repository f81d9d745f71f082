import type { HomeBill } from '@wattchain/market';
import { type Html, html, nameOf, type Part, page, table } from './html.js';
import { integer, kwh, meanPrice, money, NO_VALUE, percent, signedMoney } from './numbers.js';
import { barsPlot } from './plots/bars.js';
import { ENERGY_SOURCES, energyParts, plotFigure } from './plots/plot.js';
import { STYLE } from './style.js';
import { type ReportView, type RuleView, spanOf } from './view.js';

/** Longest part of a home's name in the name of its file. */
const MAX_SLUG = 40;
/** Most transactions that a bill lists one by one. */
const MAX_LISTED = 31;

/** The name of a home's file: its number, and of its name what any file system takes. Numbers keep equal names apart. */
export function billFileName(position: number, homes: readonly string[]): string {
  const number = String(position + 1).padStart(String(homes.length).length, '0');
  const slug = (homes[position] ?? '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  return `${number}${slug === '' ? '' : `-${slug}`}.html`;
}

/** A home's bills, one for each rule of the run, with today's beside them, as a page to print. */
export function renderBill(view: ReportView, position: number): string {
  const { result, currency } = view;
  const home = result.community.homes[position] ?? '';
  const own = view.feedIn.result.bills[position];
  const energy =
    own === undefined
      ? undefined
      : html`<p>Used under the own roof: ${kwh(own.ownUseMwh)} kWh, which nobody bills. From outside: ${kwh(own.importedMwh)} kWh. To outside: ${kwh(own.exportedMwh)} kWh.</p>`;
  return page({
    title: `Bill of ${home}, ${spanOf(result)}`,
    style: STYLE,
    body: html`<header>
<h1>${nameOf(home)}</h1>
<p class="lead">Energy bill, ${spanOf(result)} · home ${position + 1} of ${result.community.homes.length} · amounts in ${currency}</p>
</header>
${energy}${headline(view, position)}${overview(view, position)}${view.rules.filter(({ isBaseline }) => !isBaseline).map((rule) => billOf(view, rule, position))}<p class="note">Each figure is rounded by itself; bills.csv has all digits. Energy that stays under the own roof costs nothing under any rule.</p>
`,
  });
}

/** What a home is asked for: the printed total, where the tariff has tiers or VAT. */
function payable({ result, totals }: RuleView, position: number): bigint {
  const total = result.bills[position]?.printed?.find(({ kind }) => kind === 'total');
  return total?.amount ?? totals[position] ?? 0n;
}

/** How figures are called that come before what only a printed bill has. */
const payWord = (bill: HomeBill | undefined) =>
  bill?.printed === undefined ? 'to pay' : 'to pay before tiers and VAT';

/** What it comes to, in a sentence: the rule of the run, or the span of all. */
function headline({ currency, feedIn, markets }: ReportView, position: number): Html | undefined {
  const paid = markets.map((rule) => ({ title: rule.rule.title, total: payable(rule, position) }));
  paid.sort((a, b) => (a.total < b.total ? -1 : a.total > b.total ? 1 : 0));
  const [least, most] = [paid[0], paid.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  const alone = `${money(payable(feedIn, position))}\u00a0${currency} without a market`;
  return least === most
    ? html`<p><strong>To pay: ${money(least.total)}\u00a0${currency}</strong> under ${least.title}; ${alone}.</p>\n`
    : html`<p><strong>To pay: from ${money(least.total)}\u00a0${currency}</strong> (${least.title}) <strong>to ${money(most.total)}\u00a0${currency}</strong> (${most.title}); ${alone}.</p>\n`;
}

/** Where this home's energy comes from under each rule, and what it pays. */
function overview(view: ReportView, position: number): Html {
  const plot = barsPlot({
    title: `Where the energy of this home comes from; at the right what is ${payWord(view.feedIn.result.bills[position])}, ${view.currency}`,
    unit: 'kWh',
    legend: ENERGY_SOURCES,
    rows: view.rules.map(({ rule, result, totals }) => {
      const bill = result.bills[position];
      return {
        label: rule.title,
        parts: bill && energyParts(bill),
        text: money(totals[position] ?? 0n),
      };
    }),
  });
  return plotFigure(plot, overviewTable(view, position));
}

function overviewTable(view: ReportView, position: number): Html {
  const before = view.feedIn.totals[position] ?? 0n;
  const netted = view.netMetering.totals[position] ?? 0n;
  return table(
    'This home under each rule; below 0 it gets money',
    [
      { title: 'rule' },
      ...[
        payWord(view.feedIn.result.bills[position]),
        'less than with feed-in',
        'share',
        'less than with net metering',
      ].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    view.rules.map(({ rule, totals, saved, isBaseline }, index) => {
      const total = totals[position] ?? 0n;
      const less = saved[position] ?? 0n;
      return [
        isBaseline ? rule.title : html`<a href="#rule-${index}">${rule.title}</a>`,
        money(total),
        less < 0n ? html`<span class="loss">▼ ${signedMoney(less)}</span>` : signedMoney(less),
        before > 0n ? percent(less, before) : NO_VALUE,
        signedMoney(netted - total),
      ];
    }),
  );
}

/** A line of a bill: energy and money under the rule, and the same lines of today's bills. */
interface Line {
  readonly name: string;
  readonly energy: (bill: HomeBill) => bigint | undefined;
  readonly amount: (bill: HomeBill) => bigint;
}

/** In the order of a bill; what it does not have is left out, but for the energies. */
const LINES: readonly Line[] = [
  { name: 'from the own roof', energy: ({ ownUseMwh }) => ownUseMwh, amount: () => 0n },
  { name: 'from neighbours', energy: ({ boughtMwh }) => boughtMwh, amount: ({ paidToNeighbours }) => paidToNeighbours },
  { name: 'from the grid', energy: ({ importedMwh }) => importedMwh, amount: ({ paidToSupplier }) => paidToSupplier },
  { name: 'to neighbours', energy: ({ soldMwh }) => soldMwh, amount: ({ gotFromNeighbours }) => -gotFromNeighbours },
  { name: 'to the grid', energy: ({ exportedMwh }) => exportedMwh, amount: ({ gotFromSupplier }) => -gotFromSupplier },
  { name: 'fees of the grid operator', energy: () => undefined, amount: ({ fees }) => fees },
  { name: 'standing charges', energy: () => undefined, amount: ({ charges }) => charges },
  { name: "back from the community's fund", energy: () => undefined, amount: ({ fromFund }) => -fromFund },
];

function billOf(view: ReportView, rule: RuleView, position: number): Html {
  const bill = rule.result.bills[position];
  if (bill === undefined) return html``;
  const today = [view.feedIn, view.netMetering].flatMap(({ result }) => result.bills[position] ?? []);
  const lines = LINES.filter(
    ({ energy, amount }) => energy(bill) !== undefined || [bill, ...today].some((each) => amount(each) !== 0n),
  ).map(({ name, energy, amount }): Part[] => {
    const used = energy(bill);
    const isOwn = name === LINES[0]?.name;
    return [
      name,
      used === undefined ? '' : kwh(used),
      used === undefined ? '' : isOwn || used === 0n ? NO_VALUE : meanPrice(magnitude(amount(bill)), used),
      isOwn ? NO_VALUE : money(amount(bill)),
      ...today.map((each) => (isOwn ? NO_VALUE : money(amount(each)))),
    ];
  });
  const index = view.rules.indexOf(rule);
  const figures = table(
    rule.text.what,
    [
      { title: 'energy' },
      ...['kWh', `${view.currency}/kWh`, rule.rule.title, 'feed-in tariff', 'net metering'].map((title) => ({
        title,
        isFigure: true,
      })),
    ],
    [
      ...lines,
      [
        payWord(bill),
        '',
        '',
        ...[rule, view.feedIn, view.netMetering].map(
          ({ totals }) => html`<strong>${money(totals[position] ?? 0n)}</strong>`,
        ),
      ],
    ],
  );
  return html`<section class="bill" id="rule-${index}">
<h2>${rule.rule.title}</h2>
${figures}${printedOf(view, bill)}${coinsOf(bill)}${transactionsOf(rule)}</section>
`;
}

/** The bill with tiers and VAT, each line in whole cents, where the tariff has them. */
function printedOf({ currency }: ReportView, { printed }: HomeBill): Html | undefined {
  if (printed === undefined) return undefined;
  return table(
    'With tiers, standing charges and VAT, each line rounded to the cent',
    [{ title: 'line' }, { title: currency, isFigure: true }],
    printed.map(({ name, amount, kind }): Part[] => [
      name,
      kind === 'total' ? html`<strong>${money(amount)}</strong>` : money(amount),
    ]),
  );
}

const magnitude = (value: bigint) => (value < 0n ? -value : value);

function coinsOf({ coins }: HomeBill): Html | undefined {
  if (coins === undefined) return undefined;
  return html`<p>Coins, each of a kilowatt-hour: ${kwh(coins.minted)} made by feeding in, ${kwh(coins.burned)} spent, ${kwh(coins.balance)} left.</p>
`;
}

/** The transactions that cleared and settled the bill, each once. */
function transactionsOf({ result, transactions: hashes }: RuleView): Html {
  const { chain, contract } = result;
  if (chain === undefined) return html`<p class="note">Computed; settled on no chain.</p>\n`;
  const place = html`on chain ${chain.chainId} by ${contract?.name} at <code class="hash">${contract?.address}</code>`;
  const listed = hashes.length <= MAX_LISTED ? hashes : [hashes[0] ?? '', hashes[1] ?? '', '…', hashes.at(-1) ?? ''];
  const more = hashes.length <= MAX_LISTED ? '' : ' (the first two and the last one; periods.csv has all)';
  return html`<p class="note transactions">Settled ${place}, in ${integer(hashes.length)} transactions${more}: ${listed.map((hash) => html`<code class="hash">${hash}</code> `)}</p>
`;
}
