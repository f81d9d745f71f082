import type { CommunityZone, DaySeries } from '@wattchain/market';
import type { WorkCost } from '../workCost.js';
import type { ComparedCell } from './compare.js';

/** One hour of Table 2, every cell beside the paper's. */
export interface DayRow {
  /** `0:00` to `23:00`, as the paper writes it. */
  readonly hour: string;
  readonly surplusKwh: ComparedCell;
  readonly node1Tokens: ComparedCell;
  readonly node2Kwh: ComparedCell;
  readonly node2Tokens: ComparedCell;
  readonly node3Kwh: ComparedCell;
  readonly node3Tokens: ComparedCell;
  /** Surplus that nobody needed, exact decimal text in kWh. */
  readonly unsoldKwh: string;
}

/** The cells of a row in the order of the paper's columns. */
export const ROW_CELLS = ['surplusKwh', 'node1Tokens', 'node2Kwh', 'node2Tokens', 'node3Kwh', 'node3Tokens'] as const;

/** What one node says of its chain at the end. */
export interface NodeEnd {
  readonly machine: string;
  readonly height: number;
  readonly hash: string;
  readonly stateRoot: string;
}

/** What a day cost, and how the four nodes ended. */
export interface DayCosts {
  readonly genesisHash: string;
  readonly chainId: number;
  readonly blocks: number;
  /** Mean of the day, from timestamps in whole seconds; and what genesis aims at. */
  readonly meanBlockIntervalMs: number;
  readonly plannedBlockIntervalMs: number;
  /** What the proof of work of these blocks cost. */
  readonly work: WorkCost;
  readonly transactions: number;
  readonly gasUsed: number;
  /** Raw transactions of the trades (offers, acceptances, readings, settlements), bytes and gas per trade. */
  readonly transactionBytesPerTrade: number;
  readonly gasPerTrade: number;
  /** Growth of one node's database over the trades, bytes per trade. */
  readonly storedBytesPerTrade: number;
  /** From sending an acceptance to the block that confirmed its settlement, by that block's timestamp, median, ms. */
  readonly tradeMs: number;
  /** From sending a transaction to the block that confirmed it, by that block's timestamp, median, ms. */
  readonly confirmationMs: number;
  readonly dayMs: number;
  readonly ends: readonly NodeEnd[];
  readonly headsAgree: boolean;
}

/** Node 1's standing order, left before the day, and the payout that an operator's run made of it after the table. */
export interface Redemption {
  readonly orderId: number;
  readonly intervalSeconds: number;
  readonly destination: string;
  readonly payoutId: number;
  readonly tokens: string;
  readonly status: string;
  readonly reference: string;
  readonly node1TokensAfter: string;
}

/** The paper's day as it happened on the chain, with what it cost. Amounts of tokens are exact decimal text. */
export interface DayResult extends DayCosts {
  readonly rows: readonly DayRow[];
  readonly balances: { readonly node1: string; readonly node2: string; readonly node3: string };
  readonly surplusKwh: string;
  readonly tradedKwh: string;
  readonly trades: number;
  readonly redemption: Redemption;
  /** What each home produced, consumed, sold and bought by hour. */
  readonly series: DaySeries;
  /** Every energy equal, every balance within 0.001, the heads agree, the standing order was paid. */
  readonly passed: boolean;
}

/** Whether every energy equals the paper's and every balance is within 0.001 of it. */
export function rowsHold(rows: readonly DayRow[]): boolean {
  return rows.every(
    (row) =>
      [row.surplusKwh, row.node2Kwh, row.node3Kwh].every((cell) => cell.mark === 'equal') &&
      [row.node1Tokens, row.node2Tokens, row.node3Tokens].every((cell) => cell.mark !== 'wrong'),
  );
}

/** What a home of a community's day did. Amounts are exact decimal text. */
export interface CommunityHome {
  /** As the file names it. */
  readonly name: string;
  readonly account: string;
  readonly machine: string;
  readonly producedKwh: string;
  readonly consumedKwh: string;
  readonly ownUseKwh: string;
  readonly soldKwh: string;
  readonly unsoldKwh: string;
  readonly boughtKwh: string;
  readonly fromGridKwh: string;
  readonly startTokens: string;
  readonly endTokens: string;
}

/** What happened in a period, home by home in the order of {@link CommunityResult.homes}. */
export interface CommunityPeriod {
  readonly start: string;
  readonly homes: readonly {
    readonly producedKwh: string;
    readonly consumedKwh: string;
    readonly soldKwh: string;
    readonly boughtKwh: string;
    /** Tokens at the period's end; what is in escrow for later periods counts as the buyer's. */
    readonly tokens: string;
  }[];
}

/** Something that must hold of a day, with its figures. */
export interface CommunityCheck {
  readonly what: string;
  readonly holds: boolean;
}

/** A community's day as it happened on the chain. */
export interface CommunityResult extends DayCosts {
  readonly file: string;
  /** `YYYY-MM-DD`; missing when the file's times have no date. */
  readonly date: string | undefined;
  readonly daysInFile: number;
  readonly ignoredColumns: readonly string[];
  /** Last columns without a title and without a figure. */
  readonly emptyColumns: number;
  /** By which clock the periods are told. */
  readonly zone: CommunityZone;
  readonly periodSeconds: number;
  readonly homes: readonly CommunityHome[];
  readonly periods: readonly CommunityPeriod[];
  readonly trades: number;
  readonly producedKwh: string;
  readonly consumedKwh: string;
  readonly surplusKwh: string;
  readonly needKwh: string;
  readonly tradedKwh: string;
  /** Periods of meters that nobody has reported: the energies are without them. */
  readonly missingReadings: number;
  /** Share of the consumption that the homes' own production covered, each for itself and with the trades. */
  readonly selfSufficiency: { readonly alone: string; readonly together: string };
  /** Share of the production that the homes consumed, each for itself and with the trades. */
  readonly selfConsumption: { readonly alone: string; readonly together: string };
  readonly series: DaySeries;
  readonly checks: readonly CommunityCheck[];
  /** Every check holds. */
  readonly passed: boolean;
}
