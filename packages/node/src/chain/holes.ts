import { type Genesis, type HeaderRecord, type KeyValueReader, storeDamaged } from '@wattchain/core';
import { bodyKey, receiptsKey, undoDepth } from '../store/schema.js';
import type { ChainIndex } from './chainIndex.js';

/** Blocks below the head that are looked at when a chain opens: a tenth of a second. Older ones are checked when they are read. */
const CHECKED_BLOCKS = 4_096;

/**
 * Walks from the head down through the newest blocks: each is the parent of the one above, in its place, with body and receipts, and
 * the undo records are without a gap. `store` is the one below the index, so that its cache is not filled with bodies. Throws `storeDamaged` with the height.
 */
export function requireNoHoles(store: KeyValueReader, index: ChainIndex, genesis: Genesis, head: HeaderRecord): void {
  const lowest = Math.max(0, head.header.height - CHECKED_BLOCKS);
  let firstWithoutUndo: number | undefined;
  for (let child = head; ; ) {
    const { hash, header } = child;
    const { height } = header;
    if (store.get(bodyKey(hash)) === undefined) throw storeDamaged(`the body of block ${height} is missing`);
    if (store.get(receiptsKey(hash)) === undefined) {
      throw storeDamaged(`the receipts of block ${height} are missing`);
    }
    if (height > 0 && head.header.height - height < undoDepth(genesis)) {
      // They may end early, after a reorganisation to a lower head, but begin nowhere again.
      const hasUndo = index.undo(hash) !== undefined;
      if (hasUndo && firstWithoutUndo !== undefined) {
        throw storeDamaged(`the undo record of block ${firstWithoutUndo} is missing`);
      }
      if (!hasUndo) firstWithoutUndo ??= height;
    }
    if (height <= lowest) return;
    const parent = index.canonicalHeader(height - 1);
    if (parent?.hash !== header.parentHash) {
      throw storeDamaged(`the canonical block of height ${height - 1} is not the parent of block ${height}`);
    }
    child = parent;
  }
}
