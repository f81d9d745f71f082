import {
  type Genesis,
  type Hash,
  type HeaderRecord,
  type KeyValueReader,
  Overlay,
  type Pieces,
  type Receipt,
  runToEnd,
  type Transaction,
} from '@wattchain/core';
import { Emitter } from '../base/events.js';
import type { CommittedReader } from '../store/committedReader.js';
import { type TransactionPlace, undoDepth } from '../store/schema.js';
import { hashesInBody } from './bodyHashes.js';
import { type ChainIndex, undoOf } from './chainIndex.js';
import type { ChainDamage, DamageWatch } from './damageWatch.js';
import type { KnownTransactions } from './knownTransactions.js';
import { PastValues } from './pastValues.js';
import type { BlockSummary, ChainEvents } from './types.js';

/** What a chain is made of: the network, its store, and where it stands. */
export interface ChainState {
  genesis: Genesis;
  reader: CommittedReader;
  index: ChainIndex;
  known: KnownTransactions;
  /** Newest block of the canonical chain. */
  head: HeaderRecord;
}

/**
 * What can be read of a chain. Reads are synchronous and always see the state after the last head event, also while the next one is
 * on its way to the disk.
 */
export abstract class ChainReads extends Emitter<ChainEvents> {
  /** Of a development chain, once somebody asks. */
  #past: PastValues | undefined;

  protected constructor(
    protected state: ChainState,
    protected readonly watch: DamageWatch,
  ) {
    super();
  }

  /** The network. */
  get genesis(): Genesis {
    return this.state.genesis;
  }

  /** Transactions that were decoded before. */
  get known(): KnownTransactions {
    return this.state.known;
  }

  /** Newest block of the canonical chain. */
  get head(): HeaderRecord {
    return this.state.head;
  }

  /** What reads found damaged in the store since it was opened; `undefined`: nothing. */
  get damage(): ChainDamage | undefined {
    return this.watch.current;
  }

  /** Newest confirmed block; genesis while there is none. */
  get finalized(): HeaderRecord {
    const height = Math.max(0, this.state.head.header.height - this.state.genesis.confirmations + 1);
    return this.headerByHeight(height) as HeaderRecord;
  }

  /** Header of a canonical or side block. */
  headerByHash(hash: Hash): HeaderRecord | undefined {
    return this.state.index.header(hash);
  }

  /** Hash of the canonical block at a height. */
  canonicalHash(height: number): Hash | undefined {
    return this.state.index.canonicalHash(height);
  }

  /** Header of the canonical block at a height. */
  headerByHeight(height: number): HeaderRecord | undefined {
    return this.state.index.canonicalHeader(height);
  }

  /** Transactions of a canonical or side block. */
  bodyByHash(hash: Hash): readonly Transaction[] | undefined {
    return this.state.index.transactions(hash);
  }

  /** The same, a piece for every transaction whose sender is recovered. */
  bodyInPieces(hash: Hash): Pieces<readonly Transaction[] | undefined> {
    return this.state.index.transactionsInPieces(hash);
  }

  /** Hashes of the transactions of a canonical or side block, without what recovering their senders takes. */
  *transactionHashes(hash: Hash): Pieces<Hash[] | undefined> {
    const body = this.state.index.bodyBytes(hash);
    return body && (yield* hashesInBody(body, this.known.find));
  }

  /** Body of a canonical or side block as it travels. */
  bodyBytes(hash: Hash): Uint8Array | undefined {
    return this.state.index.bodyBytes(hash);
  }

  /** Receipts of a block that is or was canonical. */
  receiptsByHash(hash: Hash): readonly Receipt[] | undefined {
    return this.state.index.receipts(hash);
  }

  /** The same, in pieces of some hundred logs. */
  receiptsInPieces(hash: Hash): Pieces<readonly Receipt[] | undefined> {
    return this.state.index.receiptsInPieces(hash);
  }

  /** Header, transactions and receipts of a block that is or was canonical. */
  blockSummary(hash: Hash): BlockSummary | undefined {
    const record = this.state.index.header(hash);
    return record === undefined ? undefined : this.state.index.summary(record);
  }

  /** Where a transaction stands in the canonical chain. */
  transactionPlace(transactionHash: Hash): TransactionPlace | undefined {
    return this.state.index.place(transactionHash);
  }

  /** How many canonical blocks count for the one at `height`: 1 for the head, 0 above it. */
  confirmations(height: number): number {
    return Math.max(0, this.state.head.header.height - height + 1);
  }

  /**
   * The flat state after a canonical block, as far back as undo records are kept (64 blocks); else `undefined`.
   * It follows the head: use it at once, do not keep it across an `await`. Tree records belong to the head whatever the block.
   */
  stateAt(block: Hash | number): KeyValueReader | undefined {
    const target = typeof block === 'number' ? this.headerByHeight(block) : this.state.index.header(block);
    if (target === undefined || !this.state.index.isCanonical(target)) return undefined;
    return runToEnd(this.#stateOn(this.state.reader, target));
  }

  /**
   * The same, put together in pieces, and it stays as it is while the head moves on: what takes long may read it to its end. Reads
   * throw `snapshotTooOld` when more blocks came meanwhile than the chain can undo.
   */
  *heldStateAt(hash: Hash): Pieces<KeyValueReader | undefined> {
    const target = this.state.index.header(hash);
    if (target === undefined || !this.state.index.isCanonical(target)) return undefined;
    return yield* this.#stateOn(this.state.reader.snapshot(), target);
  }

  /** Takes `reader`, which has the state of the head, back to a canonical block. */
  *#stateOn(reader: KeyValueReader, target: HeaderRecord): Pieces<KeyValueReader | undefined> {
    let record = this.state.head;
    if (target.hash === record.hash) return reader;
    if (this.genesis.development) return yield* this.#pastValues().stateAt(target.header.height, reader, record);
    if (record.header.height - target.header.height > undoDepth(this.state.genesis)) return undefined;
    const overlay = new Overlay(reader);
    while (record.hash !== target.hash) {
      const changes = undoOf(reader, record.hash);
      const parent = this.state.index.header(record.header.parentHash);
      if (changes === undefined || parent === undefined) return undefined;
      for (const { key, before } of changes) overlay.set(key, before);
      record = parent;
      yield;
    }
    return overlay;
  }

  /** Those of the chain as it is now. */
  #pastValues(): PastValues {
    const tip = this.#past?.tip;
    if (tip === undefined || this.canonicalHash(tip.height) !== tip.hash) this.#past = undefined;
    this.#past ??= new PastValues(this.state.head);
    return this.#past;
  }
}
