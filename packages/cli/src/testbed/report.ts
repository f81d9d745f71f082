import { type CellMark, formatPaperTokens, formatTokensRounded, parseKwh, parseTokens } from '@wattchain/market';
import { counted, formatTable } from '../output.js';
import { workCostFields } from '../workCost.js';
import type { ComparedCell } from './compare.js';
import { type DayCosts, type DayResult, type DayRow, ROW_CELLS } from './result.js';

const MARK_SIGNS: Record<CellMark, string> = { equal: '=', within: '~', wrong: 'X' };
/** Digits of the exact balances that the summary gives. */
const SUMMARY_TOKEN_DIGITS = 6;

function energyText(cell: ComparedCell): string {
  return `${cell.measured} ${MARK_SIGNS[cell.mark]} ${cell.paper}`;
}

function balanceText(cell: ComparedCell): string {
  const inPaperDigits = (text: string) => formatPaperTokens(parseTokens(text));
  return `${inPaperDigits(cell.measured)} ${MARK_SIGNS[cell.mark]} ${inPaperDigits(cell.paper)}`;
}

const isUnsold = (row: DayRow) => parseKwh(row.unsoldKwh) > 0n;

function rowTexts(row: DayRow): string[] {
  return [
    row.hour,
    ...ROW_CELLS.map((name) => (name.endsWith('Kwh') ? energyText(row[name]) : balanceText(row[name]))),
    isUnsold(row) ? row.unsoldKwh : '',
  ];
}

/** The day hour by hour, every cell as `measured mark paper`. */
export function renderTable(rows: readonly DayRow[]): string {
  const heading = [
    'hour',
    'surplus kWh',
    'node 1 ENT',
    'node 2 buys kWh',
    'node 2 ENT',
    'node 3 buys kWh',
    'node 3 ENT',
    'unsold kWh',
  ];
  const table = formatTable([heading, ...rows.map(rowTexts)], [0, 1, 2, 3, 4, 5, 6, 7]);
  return `${table}\n\neach cell: measured, mark, paper   marks: = equal at the paper's digits   ~ within 0.001   X wrong`;
}

/** Why node 1 is 0.001 below the paper in some rows, and which surplus stayed unsold. */
export function renderExplanations(rows: readonly DayRow[]): string {
  const lines: string[] = [];
  const within = rows.flatMap((row, index) => (row.node1Tokens.mark === 'within' ? [index] : []));
  if (within.length > 0) {
    lines.push(
      `Node 1's last digit (${hourRanges(rows, within)}): the paper prints 300 − node 2 − node 3 from balances it had rounded;`,
      '  the chain counts exact amounts and rounds once, so node 1 shows 0.001 less there. Both are shown above.',
    );
  }
  const unsold = rows.filter(isUnsold);
  if (unsold.length > 0) {
    const parts = unsold.map((row) => `${row.unsoldKwh} kWh at ${row.hour}`);
    lines.push(
      `Unsold: ${parts.join(' and ')}. Node 1 offered more than nodes 2 and 3 needed together,`,
      "  so the day's surplus is larger than its trade; the paper's text calls the traded sum the surplus.",
    );
  }
  return lines.join('\n');
}

/** Rows as `12:00, 14:00–23:00`. */
function hourRanges(rows: readonly DayRow[], indexes: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const index of indexes) {
    const open = ranges.at(-1);
    if (open?.last === index - 1) open.last = index;
    else ranges.push({ first: index, last: index });
  }
  const hour = (index: number) => rows[index]?.hour ?? '';
  return ranges.map(({ first, last }) => (first === last ? hour(first) : `${hour(first)}–${hour(last)}`)).join(', ');
}

/** The payout is closed by hand once its holder's time to object is over, which is longer than the day. */
const PAYOUT_WORDS: Readonly<Record<string, string>> = { markedPaid: 'marked as paid', paid: 'paid' };

function describeRedemption({ redemption }: DayResult): string {
  const { orderId, tokens, intervalSeconds, destination, payoutId, status, reference, node1TokensAfter } = redemption;
  return (
    `node 1's standing order ${orderId}, left before the day (${tokens} ENT every ${intervalSeconds} s to "${destination}"), was due: ` +
    `an operator's run made payout ${payoutId} of it (${PAYOUT_WORDS[status] ?? status}, ${reference}); node 1's balance then is ${sixDigits(node1TokensAfter)} ENT`
  );
}

const sixDigits = (text: string) => formatTokensRounded(parseTokens(text), SUMMARY_TOKEN_DIGITS);

/** Balances, costs and the state of the four nodes. */
export function renderSummary(result: DayResult): string {
  const { node1, node2, node3 } = result.balances;
  const balances = `node 1 ${sixDigits(node1)}   node 2 ${sixDigits(node2)}   node 3 ${sixDigits(node3)} ENT`;
  return formatTable([
    ['balances', balances],
    [
      'energy',
      `${result.surplusKwh} kWh of surplus, ${result.tradedKwh} kWh traded in ${counted(result.trades, 'trade')}`,
    ],
    ['after the table', describeRedemption(result)],
    ...costFields(result),
    ['nodes', result.headsAgree ? 'all four have the same head and the same state root' : 'THE NODES DISAGREE'],
    ['result', result.passed ? "the paper's day holds" : "THE PAPER'S DAY DOES NOT HOLD"],
  ]);
}

/** What a day cost, and where each node ended. */
export function costFields(costs: DayCosts): (readonly [string, string])[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return [
    ['chain', `${costs.blocks} blocks, ${costs.transactions} transactions, ${costs.gasUsed.toLocaleString('en')} gas`],
    [
      'block interval',
      `${(costs.meanBlockIntervalMs / 1000).toFixed(2)} s on average, ${costs.plannedBlockIntervalMs / 1000} s planned`,
    ],
    [
      'per trade',
      costs.work.trades === 0
        ? '–, there was none'
        : `${Math.round(costs.transactionBytesPerTrade)} bytes of transactions, ${Math.round(costs.gasPerTrade).toLocaleString('en')} gas, ${Math.round(costs.storedBytesPerTrade)} bytes stored by a node, ` +
          `${seconds(costs.tradeMs)} from acceptance to the confirmed settlement (median)`,
    ],
    ['confirmation', `${seconds(costs.confirmationMs)} from sending a transaction to 12 confirmations (median)`],
    ['time', `${seconds(costs.dayMs)} for the day`],
    ...workCostFields(costs.work),
    ...costs.ends.map(
      ({ machine, height, hash, stateRoot }) =>
        [machine, `height ${height}  head ${hash.slice(0, 18)}…  state ${stateRoot.slice(0, 18)}…`] as const,
    ),
  ];
}

/** The table as CSV, three columns a cell. */
export function renderCsv(rows: readonly DayRow[]): string {
  const names = [
    'surplus_kwh',
    'node1_tokens',
    'node2_purchased_kwh',
    'node2_tokens',
    'node3_purchased_kwh',
    'node3_tokens',
  ];
  const heading = ['hour', ...names.flatMap((name) => [name, `${name}_paper`, `${name}_mark`]), 'unsold_kwh'];
  const lines = rows.map((row) => [
    row.hour,
    ...ROW_CELLS.flatMap((name) => [row[name].measured, row[name].paper, row[name].mark]),
    row.unsoldKwh,
  ]);
  return `${[heading, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}
