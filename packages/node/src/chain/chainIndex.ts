import type { Genesis, Hash, HeaderRecord, KeyValueReader, Receipt, StateChange, Transaction } from '@wattchain/core';
import { decodeBody, toHex } from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import {
  bodyKey,
  canonicalKey,
  decodeHeaderRecord,
  decodePlace,
  decodeReceipts,
  decodeUndo,
  headerKey,
  placeKey,
  receiptsKey,
  storeDamaged,
  type TransactionPlace,
  undoKey,
} from '../store/schema.js';
import type { BlockSummary } from './types.js';

/** Decoded headers kept in memory: an hour of one-second blocks, about 2 MB. */
const HEADER_CACHE_ENTRIES = 4_096;
/** Blocks whose recovered senders are kept in memory: those that reorganisations and clients ask for again and again. */
const BODY_CACHE_ENTRIES = 64;

/** Reads what the store knows of blocks: the schema's keys, decoded. */
export class ChainIndex {
  readonly #headers = new BoundedMap<Hash, HeaderRecord>(HEADER_CACHE_ENTRIES);
  readonly #bodies = new BoundedMap<Hash, Transaction[]>(BODY_CACHE_ENTRIES);

  constructor(
    readonly reader: KeyValueReader,
    private readonly genesis: Genesis,
  ) {}

  /** Header of a canonical or side block. */
  header(hash: Hash): HeaderRecord | undefined {
    const cached = this.#headers.get(hash);
    if (cached !== undefined) return cached;
    const bytes = this.reader.get(headerKey(hash));
    if (bytes === undefined) return undefined;
    const record = decodeHeaderRecord(hash, bytes);
    this.#headers.set(hash, record);
    return record;
  }

  /** Makes the index forget a header that is about to be deleted. */
  forgetHeader(hash: Hash): void {
    this.#headers.delete(hash);
  }

  /** Hash of the canonical block at a height. */
  canonicalHash(height: number): Hash | undefined {
    const bytes = this.reader.get(canonicalKey(height));
    return bytes === undefined ? undefined : toHex(bytes);
  }

  /** Whether the block is part of the canonical chain. */
  isCanonical(record: HeaderRecord): boolean {
    return this.canonicalHash(record.header.height) === record.hash;
  }

  /** Newest canonical block among the record and its ancestors. */
  canonicalAncestor(record: HeaderRecord): HeaderRecord {
    let ancestor = record;
    while (!this.isCanonical(ancestor)) {
      const parent = this.header(ancestor.header.parentHash);
      if (parent === undefined) throw storeDamaged(`the parent of block ${ancestor.hash} is missing`);
      ancestor = parent;
    }
    return ancestor;
  }

  /** Body of a canonical or side block as it travels. */
  bodyBytes(hash: Hash): Uint8Array | undefined {
    return this.reader.get(bodyKey(hash));
  }

  /** Saves the index from recovering the senders of a block that is about to be stored. */
  rememberTransactions(hash: Hash, transactions: Transaction[]): void {
    this.#bodies.set(hash, transactions);
  }

  /** Transactions of a canonical or side block; of an older block every sender is recovered, about a millisecond each. */
  transactions(hash: Hash): Transaction[] | undefined {
    const bytes = this.bodyBytes(hash);
    const cached = bytes === undefined ? undefined : this.#bodies.get(hash);
    if (cached !== undefined) return cached;
    if (bytes === undefined) return undefined;
    const outcome = decodeBody(bytes, this.genesis);
    if (outcome.fault) throw storeDamaged(`the body of block ${hash} cannot be read`, { fault: outcome.fault });
    this.#bodies.set(hash, outcome.value);
    return outcome.value;
  }

  /** Receipts of a block that is or was canonical. */
  receipts(hash: Hash): Receipt[] | undefined {
    const bytes = this.reader.get(receiptsKey(hash));
    return bytes === undefined ? undefined : decodeReceipts(hash, bytes);
  }

  /** A block that is or was canonical, whole. */
  summary(record: HeaderRecord): BlockSummary | undefined {
    const transactions = this.transactions(record.hash);
    const receipts = this.receipts(record.hash);
    return transactions === undefined || receipts === undefined ? undefined : { record, transactions, receipts };
  }

  /** Where a transaction stands in the canonical chain. */
  place(transactionHash: Hash): TransactionPlace | undefined {
    const bytes = this.reader.get(placeKey(transactionHash));
    return bytes === undefined ? undefined : decodePlace(bytes);
  }

  /** What a canonical block changed, while it is kept. */
  undo(hash: Hash): StateChange[] | undefined {
    const bytes = this.reader.get(undoKey(hash));
    return bytes === undefined ? undefined : decodeUndo(hash, bytes);
  }
}
