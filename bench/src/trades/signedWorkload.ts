import { assert, type Transaction } from '@wattchain/core';
import { setUpTransactions, type TradeCodes, tokenTransfers, tradeTransactions } from './tradeWorkload.js';

/** Seconds that the market's time lies before the workload is signed: chains that are made in this process do not run ahead of the clock. */
const AGE_S = 3_600;

/** How many transactions a run needs at most. */
export interface WorkloadSize {
  readonly trades: number;
  readonly transfers: number;
}

/** The transactions of one run of a benchmark: signed once, the same for all who are measured. */
export class SignedWorkload {
  /** When its market begins, seconds. */
  readonly startS: number;
  readonly #trades: readonly Transaction[];
  readonly #transfers: readonly Transaction[];
  readonly #setUps = new Map<TradeCodes, readonly Transaction[]>();

  constructor({ trades, transfers }: WorkloadSize) {
    this.startS = Math.floor(Date.now() / 1_000) - AGE_S;
    const signed = tradeTransactions(this.startS);
    this.#trades = Array.from({ length: trades }, () => signed.next().value);
    this.#transfers = tokenTransfers(transfers);
  }

  /** What a market with these contracts needs before. */
  setUp(codes: TradeCodes): readonly Transaction[] {
    const known = this.#setUps.get(codes) ?? setUpTransactions(codes, this.startS);
    this.#setUps.set(codes, known);
    return known;
  }

  trades(first: number, count: number): readonly Transaction[] {
    return part(this.#trades, first, count);
  }

  /** Of tokens, where nothing else was done. */
  transfers(first: number, count: number): readonly Transaction[] {
    return part(this.#transfers, first, count);
  }
}

function part(signed: readonly Transaction[], first: number, count: number): readonly Transaction[] {
  assert(first + count <= signed.length, 'as many transactions are signed as are used');
  return signed.slice(first, first + count);
}
