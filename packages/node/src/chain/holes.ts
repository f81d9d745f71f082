import { type Genesis, type HeaderRecord, type KeyValueReader, type Pieces, storeDamaged } from '@wattchain/core';
import { bodyKey, receiptsKey, undoDepth } from '../store/schema.js';
import type { ChainIndex } from './chainIndex.js';

/** Blocks below the head that are looked at when a chain opens: a tenth of a second. Older ones are checked when they are read. */
const CHECKED_BLOCKS = 4_096;
/** Bytes of bodies and receipts, and what a block counts as beside them, that are read before others get their turn: about a millisecond. */
const BYTES_PER_PIECE = 64 * 1_024;
const BYTES_OF_BLOCK = 1_024;

/**
 * Walks from the head down through the newest blocks: each is the parent of the one above, in its place, with body and receipts, and
 * the undo records are without a gap. `store` is the one below the index, so that its cache is not filled with bodies. Throws `storeDamaged` with the height.
 */
export function* requireNoHoles(
  store: KeyValueReader,
  index: ChainIndex,
  genesis: Genesis,
  head: HeaderRecord,
): Pieces<void> {
  const lowest = Math.max(0, head.header.height - CHECKED_BLOCKS);
  let firstWithoutUndo: number | undefined;
  let bytes = 0;
  for (let child = head; ; ) {
    const { hash, header } = child;
    const { height } = header;
    const body = store.get(bodyKey(hash));
    if (body === undefined) throw storeDamaged(`the body of block ${height} is missing`);
    const receipts = store.get(receiptsKey(hash));
    if (receipts === undefined) throw storeDamaged(`the receipts of block ${height} are missing`);
    if (height > 0 && head.header.height - height < undoDepth(genesis)) {
      // They may end early, after a reorganisation to a lower head, but begin nowhere again.
      const hasUndo = index.undo(hash) !== undefined;
      if (hasUndo && firstWithoutUndo !== undefined) {
        throw storeDamaged(`the undo record of block ${firstWithoutUndo} is missing`);
      }
      if (!hasUndo) firstWithoutUndo ??= height;
    }
    if (height <= lowest) return;
    bytes += BYTES_OF_BLOCK + body.length + receipts.length;
    if (bytes >= BYTES_PER_PIECE) {
      bytes = 0;
      yield;
    }
    const parent = index.canonicalHeader(height - 1);
    if (parent?.hash !== header.parentHash) {
      throw storeDamaged(`the canonical block of height ${height - 1} is not the parent of block ${height}`);
    }
    child = parent;
  }
}
