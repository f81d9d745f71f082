import type {
  Genesis,
  Hash,
  HeaderRecord,
  History,
  KeyValueReader,
  Pieces,
  RecallTransaction,
  Receipt,
  Transaction,
  WattchainError,
} from '@wattchain/core';
import { decodeBodyInPieces, runToEnd, storeDamaged, toHex } from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import {
  bodyKey,
  COMMIT_KEY,
  type CommitRecord,
  canonicalKey,
  completeRecord,
  decodeCommit,
  decodePlaces,
  decodeReceipts,
  decodeStoredHeader,
  decodeUndo,
  headerKey,
  placeKey,
  receiptsKey,
  type TransactionPlace,
  type UndoneValue,
  undoKey,
} from '../store/schema.js';
import { hashInBody } from './bodyHashes.js';
import type { DamageWatch } from './damageWatch.js';
import { transactionMemory } from './knownTransactions.js';
import type { BlockSummary } from './types.js';

/** Decoded headers kept in memory, two kilobytes each: the newest, which new blocks and clients ask for; others are decoded in microseconds. */
const HEADER_CACHE_ENTRIES = 256;
/** Memory for blocks whose senders are recovered: those that reorganisations and clients ask for again and again. */
const BODY_CACHE_BYTES = 16 * 1024 * 1024;
/** At most so many blocks, however small. */
const BODY_CACHE_BLOCKS = 64;

function bodyMemory(transactions: readonly Transaction[]): number {
  const bytes = transactions.reduce((sum, transaction) => sum + transactionMemory(transaction), 0);
  return Math.max(bytes, BODY_CACHE_BYTES / BODY_CACHE_BLOCKS);
}

/**
 * Reads what the store knows of blocks: the schema's keys, decoded. What a chain must have and the store lacks is no "absent" but
 * throws `storeDamaged`: a canonical block of every height up to the head, with header, body and receipts.
 */
export class ChainIndex {
  readonly #headers = new BoundedMap<Hash, HeaderRecord>(HEADER_CACHE_ENTRIES);
  readonly #bodies = new BoundedMap<Hash, readonly Transaction[]>(BODY_CACHE_BYTES, bodyMemory);
  /** Those that were read last: clients ask for the receipts of a block one by one. */
  #receipts: { readonly bytes: Uint8Array; readonly decoded: readonly Receipt[] } | undefined;

  constructor(
    readonly reader: KeyValueReader,
    private readonly genesis: Genesis,
    private readonly damage: Pick<DamageWatch, 'note'>,
    private readonly recall?: RecallTransaction,
  ) {}

  /** Header of a canonical or side block. */
  header(hash: Hash): HeaderRecord | undefined {
    const cached = this.#headers.get(hash);
    if (cached !== undefined) return cached;
    const bytes = this.reader.get(headerKey(hash));
    if (bytes === undefined) return undefined;
    const record = completeRecord(decodeStoredHeader(hash, bytes), (ancestor) => this.#historyOf(ancestor));
    this.#headers.set(hash, record);
    return record;
  }

  #historyOf(ancestor: Hash): History {
    const record = this.header(ancestor);
    if (record === undefined) throw this.#damaged(`the header of block ${ancestor} is missing`, { hash: ancestor });
    return record.history;
  }

  /** Saves the index from reading a header that was just stored. */
  rememberHeader(record: HeaderRecord): void {
    this.#headers.set(record.hash, record);
  }

  /** Makes the index forget a header that is about to be deleted. */
  forgetHeader(hash: Hash): void {
    this.#headers.delete(hash);
  }

  /** Hash of the canonical block at a height, `undefined` above the head. */
  canonicalHash(height: number): Hash | undefined {
    const bytes = this.reader.get(canonicalKey(height));
    if (bytes !== undefined) return toHex(bytes);
    const commit = this.commit();
    if (commit === undefined || height < 0 || height > commit.height) return undefined;
    throw this.#damaged(`the canonical block of height ${height} is missing`, { height });
  }

  /** Header of the canonical block at a height, `undefined` above the head. */
  canonicalHeader(height: number): HeaderRecord | undefined {
    const hash = this.canonicalHash(height);
    if (hash === undefined) return undefined;
    const record = this.header(hash);
    if (record === undefined) throw this.#damaged(`the header of block ${height} is missing`, { height, hash });
    return record;
  }

  /** The commit record, `undefined` in an empty store. */
  commit(): CommitRecord | undefined {
    const bytes = this.reader.get(COMMIT_KEY);
    return bytes === undefined ? undefined : decodeCommit(bytes);
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
      if (parent === undefined) throw this.#damaged(`the parent of block ${ancestor.hash} is missing`);
      ancestor = parent;
    }
    return ancestor;
  }

  /** Body of a canonical or side block as it travels. */
  bodyBytes(hash: Hash): Uint8Array | undefined {
    const bytes = this.reader.get(bodyKey(hash));
    // A body is written and deleted together with its header.
    if (bytes === undefined && this.reader.get(headerKey(hash)) !== undefined) {
      throw this.#damaged(`the body of block ${hash} is missing`, { hash });
    }
    return bytes;
  }

  /** Saves the index from recovering the senders of a block that is about to be stored. */
  rememberTransactions(hash: Hash, transactions: readonly Transaction[]): void {
    this.#bodies.set(hash, transactions);
  }

  /** Transactions of a canonical or side block; of an older block every sender is recovered, about a millisecond each. */
  transactions(hash: Hash): readonly Transaction[] | undefined {
    return runToEnd(this.transactionsInPieces(hash));
  }

  /** The same, a piece for some senders that are recovered. */
  *transactionsInPieces(hash: Hash): Pieces<readonly Transaction[] | undefined> {
    const bytes = this.bodyBytes(hash);
    const cached = bytes === undefined ? undefined : this.#bodies.get(hash);
    if (cached !== undefined) return cached;
    if (bytes === undefined) return undefined;
    const outcome = yield* decodeBodyInPieces(bytes, this.genesis, this.recall);
    if (outcome.fault) throw this.#damaged(`the body of block ${hash} cannot be read`, { fault: outcome.fault });
    this.#bodies.set(hash, outcome.value);
    return outcome.value;
  }

  /** Receipts of a block that is or was canonical. */
  receipts(hash: Hash): readonly Receipt[] | undefined {
    return runToEnd(this.receiptsInPieces(hash));
  }

  /** The same in pieces: a block may have tens of thousands of logs. */
  *receiptsInPieces(hash: Hash): Pieces<readonly Receipt[] | undefined> {
    const bytes = this.reader.get(receiptsKey(hash));
    if (bytes !== undefined && this.#receipts?.bytes === bytes) return this.#receipts.decoded;
    if (bytes !== undefined) {
      const decoded = yield* decodeReceipts(hash, bytes);
      this.#receipts = { bytes, decoded };
      return decoded;
    }
    const record = this.header(hash);
    if (record === undefined || !this.isCanonical(record)) return undefined;
    throw this.#damaged(`the receipts of block ${record.header.height} are missing`, { hash });
  }

  /** A block that is or was canonical, whole. */
  summary(record: HeaderRecord): BlockSummary | undefined {
    return runToEnd(this.summaryInPieces(record));
  }

  /** The same in pieces. */
  *summaryInPieces(record: HeaderRecord): Pieces<BlockSummary | undefined> {
    const transactions = yield* this.transactionsInPieces(record.hash);
    const receipts = yield* this.receiptsInPieces(record.hash);
    return transactions === undefined || receipts === undefined ? undefined : { record, transactions, receipts };
  }

  /** Where a transaction stands in the canonical chain. */
  place(transactionHash: Hash): TransactionPlace | undefined {
    const bytes = this.reader.get(placeKey(transactionHash));
    if (bytes === undefined) return undefined;
    for (const place of decodePlaces(bytes)) {
      const blockHash = this.canonicalHash(place.height);
      const found = blockHash === undefined ? undefined : this.#transactionHash(blockHash, place.index);
      if (blockHash === undefined || found === undefined) {
        throw this.#damaged(`the place of transaction ${transactionHash} is in no block of the chain`, { ...place });
      }
      if (found === transactionHash) return { blockHash, ...place };
    }
    return undefined;
  }

  /** Hash of the transaction at a position of a block; `undefined` where there is none. */
  #transactionHash(blockHash: Hash, position: number): Hash | undefined {
    const bytes = this.bodyBytes(blockHash);
    const cached = this.#bodies.get(blockHash);
    if (cached !== undefined) return cached[position]?.hash;
    return bytes && hashInBody(bytes, position);
  }

  /** What a canonical block changed, while it is kept. */
  undo(hash: Hash): UndoneValue[] | undefined {
    return undoOf(this.reader, hash);
  }

  #damaged(detail: string, values: Record<string, unknown> = {}): WattchainError {
    return this.damage.note(storeDamaged(detail, values));
  }
}

/** What a block changed, while the store that is read keeps it. */
export function undoOf(reader: KeyValueReader, hash: Hash): UndoneValue[] | undefined {
  const bytes = reader.get(undoKey(hash));
  return bytes === undefined ? undefined : decodeUndo(hash, bytes);
}
