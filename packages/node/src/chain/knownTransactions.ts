import {
  ByteMap,
  decodeTransactions,
  type Outcome,
  type Transaction,
  type TransactionFormFault,
} from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import { ENTRY_BYTES, memoryOf } from '../base/memoryOf.js';

/** Memory for transactions that are in no pool: some thousand transfers, those of the blocks that competing miners bring. */
const RECENT_BYTES = 8 * 1024 * 1024;
/** What a decoded transaction takes beside its bytes and its data: its fields, most of them text and big numbers. Measured with Node.js 20. */
const FIELDS_BYTES = 1_400;

/** Bytes of memory that a decoded transaction takes. */
export function transactionMemory({ raw, data }: Transaction): number {
  return FIELDS_BYTES + memoryOf(raw) + memoryOf(data);
}

/**
 * Transactions that this node decoded before, by their bytes: whoever brings them again, in a body, by gossip or to the door, costs no
 * hash and no sender. What the pool has is kept as long as it is there, everything else for a while.
 *
 * By all bytes and not by a part of them: whoever likes can put another's signature under other fields.
 */
export class KnownTransactions {
  readonly #held = new ByteMap<Transaction>();
  readonly #recent = new BoundedMap<Uint8Array, Transaction>(
    RECENT_BYTES,
    (transaction) => ENTRY_BYTES + transactionMemory(transaction),
    new ByteMap(),
  );

  /** `decodeSigned`: who decodes what is not known. */
  constructor(private readonly decodeSigned: typeof decodeTransactions = decodeTransactions) {}

  /** The transaction of these bytes. */
  readonly find = (raw: Uint8Array): Transaction | undefined => {
    return this.#held.get(raw) ?? this.#recent.get(raw);
  };

  /**
   * The transactions that somebody signed for a network, decoded together where they are not known, or what is wrong with each. They are
   * kept for a while.
   */
  decode(raws: readonly Uint8Array[], chainId: number): Outcome<Transaction, TransactionFormFault>[] {
    const outcomes = new ByteMap<Outcome<Transaction, TransactionFormFault>>();
    const unknown = new ByteMap<Uint8Array>();
    for (const raw of raws) {
      const value = this.find(raw);
      if (value) outcomes.set(raw, { value });
      else unknown.set(raw, raw);
    }
    const decoded = this.decodeSigned(unknown.values(), chainId).values();
    for (const raw of unknown.values()) {
      const outcome = decoded.next().value as Outcome<Transaction, TransactionFormFault>;
      outcomes.set(raw, outcome);
      if (outcome.value) this.remember(outcome.value);
    }
    return raws.map((raw) => outcomes.get(raw) as Outcome<Transaction, TransactionFormFault>);
  }

  /** Keeps a transaction for a while. One that nobody signed, which a development chain makes itself, is not taken. */
  remember(transaction: Transaction): void {
    if (isSigned(transaction)) this.#recent.set(transaction.raw, transaction);
  }

  /** Keeps a transaction until it is released. */
  hold(transaction: Transaction): void {
    if (isSigned(transaction)) this.#held.set(transaction.raw, transaction);
  }

  /** Keeps a transaction that was held for a while longer: it may come in a block, or in two. */
  release(transaction: Transaction): void {
    if (this.#held.delete(transaction.raw)) this.remember(transaction);
  }
}

/** At the door and on other networks, an unsigned transaction has the fault of its signature. */
function isSigned({ signature }: Transaction): boolean {
  return signature.s > 0n;
}
