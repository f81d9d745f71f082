import { formatTokensRounded, formatZone, parseKwh, parseTokens } from '@wattchain/market';
import { csvText } from '../csv.js';
import { counted, formatTable } from '../output.js';
import { costFields } from './report.js';
import type { CommunityResult } from './result.js';

/** Homes side by side in the printed table. */
const HOMES_A_BLOCK = 10;
const TOKEN_DIGITS = 3;
const PERIOD_WORDS: Readonly<Record<number, string>> = {
  3600: 'hours',
  1800: 'half hours',
  900: 'quarters of an hour',
};

/** What was taken from the file, a community's day by period and by home, what it adds up to, and whether it holds. */
export function renderCommunityReport(result: CommunityResult): string {
  return [describeSource(result), renderPeriods(result), renderHomes(result), renderSummary(result)].join('\n\n');
}

function describeSource({
  file,
  date,
  daysInFile,
  ignoredColumns,
  emptyColumns,
  zone,
  periodSeconds,
  periods,
  homes,
}: CommunityResult): string {
  const length = PERIOD_WORDS[periodSeconds] ?? `periods of ${periodSeconds} s`;
  const first = periods[0]?.start ?? '';
  const last = periods.at(-1)?.start ?? '';
  const day = date === undefined ? 'a day without a date (its meter time begins at 1970-01-01)' : date;
  const others = daysInFile > 1 ? `; the file's other ${daysInFile - 1} days were not taken` : '';
  const ignored = ignoredColumns.length > 0 ? `; columns without energy left out: ${ignoredColumns.join(', ')}` : '';
  const empty = emptyColumns > 0 ? `; ${counted(emptyColumns, 'empty last column')} left out` : '';
  return `${file}: ${day}, ${periods.length} ${length} from ${first} to that of ${last}, ${homes.length} homes; times by ${formatZone(zone)}${others}${ignored}${empty}`;
}

/** Sales as `+`, purchases as `-`, a row a period and a column a home; wide communities in blocks. Periods without a trade are left out. */
function renderPeriods({ homes, periods }: CommunityResult): string {
  const traded = periods.filter(({ homes: cells }) =>
    cells.some(({ soldKwh, boughtKwh }) => isTraded(soldKwh, boughtKwh)),
  );
  const blocks: string[] = [];
  for (let from = 0; from < homes.length; from += HOMES_A_BLOCK) {
    const heading = ['period', ...homes.slice(from, from + HOMES_A_BLOCK).map(({ name }) => name)];
    const rows = traded.map(({ start, homes: cells }) => [
      start,
      ...cells.slice(from, from + HOMES_A_BLOCK).map(({ soldKwh, boughtKwh }) => tradeText(soldKwh, boughtKwh)),
    ]);
    blocks.push(
      formatTable(
        [heading, ...rows],
        heading.map((_, column) => column),
      ),
    );
  }
  const quiet = periods.length - traded.length;
  return `${blocks.join('\n\n')}\n\nkWh by period: + sold, - bought${quiet > 0 ? `; in the other ${quiet} periods nothing was traded` : ''}`;
}

const isTraded = (soldKwh: string, boughtKwh: string) => parseKwh(soldKwh) + parseKwh(boughtKwh) > 0n;

function tradeText(soldKwh: string, boughtKwh: string): string {
  if (parseKwh(soldKwh) > 0n) return `+${soldKwh}`;
  return parseKwh(boughtKwh) > 0n ? `-${boughtKwh}` : '';
}

function renderHomes({ homes }: CommunityResult): string {
  const tokens = (text: string) => formatTokensRounded(parseTokens(text), TOKEN_DIGITS);
  const heading = [
    'home',
    'account',
    'machine',
    'produced',
    'consumed',
    'own use',
    'sold',
    'unsold',
    'bought',
    'from grid',
    'ENT before',
    'ENT after',
  ];
  const rows = homes.map((home) => [
    home.name,
    home.account,
    home.machine,
    home.producedKwh,
    home.consumedKwh,
    home.ownUseKwh,
    home.soldKwh,
    home.unsoldKwh,
    home.boughtKwh,
    home.fromGridKwh,
    tokens(home.startTokens),
    tokens(home.endTokens),
  ]);
  const right = heading.map((_, column) => column).slice(3);
  return `${formatTable([heading, ...rows], right)}\n\nenergies in kWh over the day`;
}

function renderSummary(result: CommunityResult): string {
  const { selfSufficiency, selfConsumption } = result;
  return formatTable([
    ['energy', `${result.producedKwh} kWh produced, ${result.consumedKwh} kWh consumed`],
    ...(result.missingReadings === 0
      ? []
      : [
          [
            'not known',
            `${counted(result.missingReadings, 'reading')} missing: the energies are without them`,
          ] as const,
        ]),
    [
      'market',
      `${result.surplusKwh} kWh of surplus, ${result.needKwh} kWh of need, ${result.tradedKwh} kWh traded in ${counted(result.trades, 'trade')}`,
    ],
    [
      'self-sufficiency',
      `${selfSufficiency.alone} of the consumption from each home's own roof, ${selfSufficiency.together} with the trades`,
    ],
    ['self-consumption', `${selfConsumption.alone} of the production, ${selfConsumption.together} with the trades`],
    ...costFields(result),
    ...result.checks.map(({ what, holds }) => [holds ? 'holds' : 'FAILS', what]),
    ['result', result.passed ? 'the day holds' : 'THE DAY DOES NOT HOLD'],
  ]);
}

/** The day as CSV, a line for each period and home. */
export function renderCommunityCsv({ homes, periods }: CommunityResult): string {
  const heading = ['period', 'home', 'produced_kwh', 'consumed_kwh', 'sold_kwh', 'bought_kwh', 'tokens'];
  const lines = periods.flatMap(({ start, homes: cells }) =>
    cells.map((cell, position) => [
      start,
      csvText(homes[position]?.name ?? ''),
      cell.producedKwh,
      cell.consumedKwh,
      cell.soldKwh,
      cell.boughtKwh,
      cell.tokens,
    ]),
  );
  return `${[heading, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}
