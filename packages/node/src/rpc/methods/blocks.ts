import {
  type Hash,
  type HeaderRecord,
  type Pieces,
  type Receipt,
  StateJournal,
  storeDamaged,
  type Transaction,
} from '@wattchain/core';
import type { RpcBackend, RpcChain } from '../protocol/backend.js';
import type { BlockSelector } from '../protocol/parameter.js';
import { serverError } from '../protocol/rpcError.js';

/** A block as it is shown. */
export interface ShownBlock {
  readonly record: HeaderRecord;
  readonly transactions: readonly Transaction[];
  /** `undefined` for a block of a side branch, which was never executed or was undone. */
  readonly receipts: readonly Receipt[] | undefined;
}

/** The header that a caller means, `undefined` when there is none. */
export function findHeader(chain: RpcChain, selector: BlockSelector): HeaderRecord | undefined {
  if ('hash' in selector) {
    const record = chain.headerByHash(selector.hash);
    const wanted = record !== undefined && (!selector.requireCanonical || isCanonical(chain, record));
    return wanted ? record : undefined;
  }
  if ('height' in selector) return chain.headerByHeight(selector.height);
  switch (selector.tag) {
    case 'latest':
    case 'pending':
      return chain.head;
    case 'safe':
    case 'finalized':
      return chain.finalized;
    case 'earliest':
      return chain.headerByHeight(0);
  }
}

/** The header that a caller means; throws −32000 in geth's words when there is none. */
export function requireHeader(chain: RpcChain, selector: BlockSelector): HeaderRecord {
  const record = findHeader(chain, selector);
  if (record !== undefined) return record;
  const what = 'hash' in selector ? `block ${selector.hash}` : `block ${'height' in selector ? selector.height : 0}`;
  throw serverError(`header not found: ${what} is not known, the newest block is ${chain.head.header.height}`);
}

/** The block that a caller means, `undefined` when there is none. */
export function* findBlock(chain: RpcChain, selector: BlockSelector): Pieces<ShownBlock | undefined> {
  const record = findHeader(chain, selector);
  if (record === undefined) return undefined;
  const receipts = yield* chain.receiptsInPieces(record.hash);
  const transactions = yield* chain.bodyInPieces(record.hash);
  return transactions === undefined ? undefined : { record, transactions, receipts };
}

/** A canonical block with its receipts. */
export function* canonicalBlock(
  chain: RpcChain,
  hash: Hash,
): Pieces<ShownBlock & { readonly receipts: readonly Receipt[] }> {
  const record = chain.headerByHash(hash);
  const receipts = yield* chain.receiptsInPieces(hash);
  const transactions = yield* chain.bodyInPieces(hash);
  if (!record || !receipts || !transactions) {
    throw storeDamaged(`canonical block ${hash} has no header, body or receipts`);
  }
  return { record, receipts, transactions };
}

/** A transaction, and its place when it is in a block. */
export interface FoundTransaction {
  readonly transaction: Transaction;
  readonly place: { readonly record: HeaderRecord; readonly index: number } | undefined;
}

/** The transaction of a hash, in a block or in the pool; `undefined` when the node does not know it. */
export function* findTransaction({ chain, mempool }: RpcBackend, hash: Hash): Pieces<FoundTransaction | undefined> {
  const place = chain.transactionPlace(hash);
  if (place === undefined) {
    const waiting = mempool.get(hash);
    return waiting && { transaction: waiting, place: undefined };
  }
  const { record, transactions } = yield* canonicalBlock(chain, place.blockHash);
  const transaction = transactions[place.index];
  if (transaction?.hash !== hash)
    throw storeDamaged(`transaction ${hash} is indexed in ${place.blockHash} and not there`);
  return { transaction, place: { record, index: place.index } };
}

/** Whether a block is part of the chain that ends at the head. */
export function isCanonical(chain: RpcChain, record: HeaderRecord): boolean {
  return chain.canonicalHash(record.header.height) === record.hash;
}

/**
 * The state after the block that a caller means, which stays as it is while the chain moves on; throws −32000 when it is not kept.
 */
export function* stateAfter(
  chain: RpcChain,
  selector: BlockSelector,
): Pieces<{ readonly record: HeaderRecord; readonly state: StateJournal }> {
  const record = requireHeader(chain, selector);
  const reader = yield* chain.heldStateAt(record.hash);
  if (reader === undefined) throw serverError(`state of block ${record.header.height} is not kept`);
  return { record, state: new StateJournal(reader) };
}
