import type { CommunityZone } from '../input/zone.js';
import { amountOf, formatTokensRounded, parseTokens } from '../units.js';
import { decidePurchase, PAPER_NEEDS } from './needs.js';
import { PAPER_START_TOKENS, PAPER_TABLE } from './table.js';

/** Length of a period of the day. */
export const PAPER_PERIOD_SECONDS = 3600n;
/** 4 July, 0:00 in San Diego (UTC−7), as meter time. The paper names no year; this is the summer before it appeared. */
export const PAPER_DAY_START = 1_530_687_600n;

/** Whose clock the paper's hours are by. */
export const PAPER_ZONE: CommunityZone = { kind: 'named', name: 'America/Los_Angeles' };

/** Start of an hour's period in meter time (seconds). */
export function paperPeriodStart(hour: number): bigint {
  return PAPER_DAY_START + BigInt(hour) * PAPER_PERIOD_SECONDS;
}

/** The day as the rules give it: exact energies and balances after every hour. */
export interface PaperHour {
  readonly hour: number;
  readonly surplusMwh: bigint;
  readonly node2PurchaseMwh: bigint;
  readonly node3PurchaseMwh: bigint;
  readonly unsoldMwh: bigint;
  /** Balances of nodes 1, 2, 3 at the end of the hour, token units. */
  readonly balances: readonly [bigint, bigint, bigint];
}

/**
 * Computes the paper's day without a chain: the seller offers its surplus, node 2 and then node 3 decide from their needs.
 * It is the expectation that a report puts beside what the chain did.
 */
export function computePaperDay(): PaperHour[] {
  const start = parseTokens(PAPER_START_TOKENS);
  const balances: [bigint, bigint, bigint] = [start, start, start];
  return PAPER_TABLE.map(({ hour, surplusMwh }, i) => {
    const needs = PAPER_NEEDS[i] as (typeof PAPER_NEEDS)[number];
    const node2PurchaseMwh = decidePurchase(needs.node2.energyMwh, surplusMwh);
    const node3PurchaseMwh = decidePurchase(needs.node3.energyMwh, surplusMwh - node2PurchaseMwh);
    const node2Pays = amountOf(node2PurchaseMwh);
    const node3Pays = amountOf(node3PurchaseMwh);
    balances[0] += node2Pays + node3Pays;
    balances[1] -= node2Pays;
    balances[2] -= node3Pays;
    return {
      hour,
      surplusMwh,
      node2PurchaseMwh,
      node3PurchaseMwh,
      unsoldMwh: surplusMwh - node2PurchaseMwh - node3PurchaseMwh,
      balances: [...balances],
    };
  });
}

/** How a balance compares with the paper's: equal at the paper's digits, at most 0.001 token away, or wrong. */
export type CellMark = 'equal' | 'within' | 'wrong';

const PAPER_DIGITS = 3;
/** Every payment is rounded down by less than 10^-18 token; a day of them stays far below this digit. */
const DUST_DIGITS = 12;

/**
 * A balance in the paper's three digits, half to even. The dust of rounded-down payments goes first: node 3's 68.8805 at
 * 13:00 is a tie in the paper, and three units of 10^-18 must not decide it.
 */
export function formatPaperTokens(units: bigint): string {
  return formatTokensRounded(parseTokens(formatTokensRounded(units, DUST_DIGITS)), PAPER_DIGITS);
}

/** Marks an exact balance against the figure that the paper prints. */
export function compareWithPaper(units: bigint, printed: string): CellMark {
  const paper = parseTokens(printed);
  if (parseTokens(formatPaperTokens(units)) === paper) return 'equal';
  const away = units > paper ? units - paper : paper - units;
  return away <= parseTokens('0.001') ? 'within' : 'wrong';
}
