/** Work that only needs a processor: in a real node other threads do it, everywhere else it is done here in turns. */
import {
  decodeNetworkTransactions,
  decodeTransactions,
  type Genesis,
  type Outcome,
  type Transaction,
  type TransactionFormFault,
} from '@wattchain/core';
import { nextTurn } from '../base/turn.js';

/** What a transaction's bytes are on a network, or what is wrong with them. */
export type DecodedTransaction = Outcome<Transaction, TransactionFormFault>;

/** What must be known of a network to decode its transactions. */
export type TransactionRules = Pick<Genesis, 'chainId' | 'development'>;

/** Does what only needs a processor. Every answer is the same, whoever gives it. */
export interface Compute {
  /** Threads beside this one; 0: everything is done here. */
  readonly threads: number;
  /** Decodes and hashes transactions and recovers who signed them, in the order of `raws`. */
  decode(raws: readonly Uint8Array[], rules: TransactionRules): Promise<DecodedTransaction[]>;
  /** The same of transactions that somebody signed, here and now: few, whose sender is waited for. */
  readonly decodeSigned: (raws: readonly Uint8Array[], chainId: number) => DecodedTransaction[];
  /** Ends the threads; what is under way is done here. */
  stop(): Promise<void>;
}

/** Transactions that are decoded at once: a few milliseconds. */
const TRANSACTIONS_PER_TURN = 32;

/** {@link Compute.decode} here, with turns for others in between. */
export async function decodeInTurns(
  raws: readonly Uint8Array[],
  rules: TransactionRules,
): Promise<DecodedTransaction[]> {
  const decoded: DecodedTransaction[] = [];
  for (let from = 0; from < raws.length; from += TRANSACTIONS_PER_TURN) {
    if (from > 0) await nextTurn();
    decoded.push(...decodeNetworkTransactions(raws.slice(from, from + TRANSACTIONS_PER_TURN), rules));
  }
  return decoded;
}

/** No threads. */
export const inlineCompute: Compute = {
  threads: 0,
  decode: decodeInTurns,
  decodeSigned: decodeTransactions,
  stop: async () => {},
};
