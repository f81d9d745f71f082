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

/** The day as it happened on the chain, with what it cost. Amounts of tokens are exact decimal text. */
export interface DayResult {
  readonly genesisHash: string;
  readonly chainId: number;
  readonly rows: readonly DayRow[];
  readonly balances: { readonly node1: string; readonly node2: string; readonly node3: string };
  readonly surplusKwh: string;
  readonly tradedKwh: string;
  readonly trades: number;
  readonly redemption: {
    readonly tokens: string;
    readonly status: string;
    readonly reference: string;
    readonly node1TokensAfter: string;
  };
  readonly blocks: number;
  readonly transactions: number;
  readonly gasUsed: number;
  /** Raw transactions of the day, bytes per trade. */
  readonly transactionBytesPerTrade: number;
  /** Growth of one node's database over the day, bytes per trade. */
  readonly storedBytesPerTrade: number;
  /** From sending an acceptance to the twelfth confirmation of its settlement, median, ms. */
  readonly tradeMs: number;
  /** From sending a transaction to its twelfth confirmation, median, ms. */
  readonly confirmationMs: number;
  readonly dayMs: number;
  readonly ends: readonly NodeEnd[];
  readonly headsAgree: boolean;
  /** Every energy equal, every balance within 0.001, the heads agree. */
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
