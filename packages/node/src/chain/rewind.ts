import { assert, type Genesis, type Hash, type HeaderRecord, runToEnd } from '@wattchain/core';
import { bodyKey, headerKey, receiptsKey } from '../store/schema.js';
import type { ChainIndex } from './chainIndex.js';
import { type HeadChange, planHeadChange } from './headChange.js';

/** A change of head that leads back. */
export interface Rewind extends HeadChange {
  readonly head: HeaderRecord;
}

/**
 * Works out the way from `head` back to a canonical block: the state as it was, and nothing left of the blocks above, so that
 * the same blocks can be made again.
 */
export function planRewind(index: ChainIndex, genesis: Genesis, head: HeaderRecord, hash: Hash): Rewind {
  const target = index.header(hash);
  assert(target !== undefined && index.isCanonical(target), `block ${hash} is part of the chain`);
  const undone: HeaderRecord[] = [];
  for (let height = target.header.height + 1; height <= head.header.height; height++) {
    const record = index.header(index.canonicalHash(height) as Hash);
    assert(record !== undefined, `canonical block ${height} below the head is there`);
    undone.push(record);
  }
  const summary = index.summary(target);
  assert(summary !== undefined, `canonical block ${hash} has its body and receipts`);
  const body = index.bodyBytes(hash);
  assert(body !== undefined, `canonical block ${hash} has its body`);
  const fork = { ancestor: target, removed: undone, added: [] };
  const plan = runToEnd(
    planHeadChange(index, genesis, fork, { record: target, transactions: summary.transactions, body }),
  );
  assert(plan.fault === undefined, 'nothing is executed on the way back');
  const forgotten = undone.flatMap((record) =>
    [headerKey, bodyKey, receiptsKey].map((keyOf) => ({ key: keyOf(record.hash), value: undefined })),
  );
  return {
    head: target,
    // The commit record stays the last write.
    writes: [...forgotten, ...plan.value.writes],
    added: [summary],
    removed: [summary, ...plan.value.removed],
    changedAccounts: plan.value.changedAccounts,
  };
}
