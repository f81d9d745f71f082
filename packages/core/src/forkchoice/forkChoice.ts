import type { PlacementFault } from '../block/fault.js';
import type { HeaderRecord } from '../block/types.js';
import type { Hash } from '../bytes.js';
import { assert } from '../error.js';

/** How to get from one head to another. Both lists are oldest first and do not hold the ancestor. */
export interface Fork {
  /** The newest header that both chains have. */
  readonly ancestor: HeaderRecord;
  /** What the old head's chain has above the ancestor. */
  readonly removed: readonly HeaderRecord[];
  /** What the new head's chain has above the ancestor. */
  readonly added: readonly HeaderRecord[];
}

/** Whether the candidate replaces the current head: strictly more total work, so the first seen wins a tie. */
export function isBetter(candidate: HeaderRecord, current: HeaderRecord): boolean {
  return candidate.totalWork > current.totalWork;
}

/**
 * The way from head `from` to head `to`. `lookup` must know every ancestor of both down to where they meet; two chains
 * of one network meet at genesis at the latest.
 */
export function findFork(lookup: (hash: Hash) => HeaderRecord | undefined, from: HeaderRecord, to: HeaderRecord): Fork {
  const removed: HeaderRecord[] = [];
  const added: HeaderRecord[] = [];
  let [a, b] = [from, to];
  while (a.hash !== b.hash) {
    const [heightA, heightB] = [a.header.height, b.header.height];
    if (heightA >= heightB) {
      removed.push(a);
      a = parentOf(lookup, a);
    }
    if (heightB >= heightA) {
      added.push(b);
      b = parentOf(lookup, b);
    }
  }
  return { ancestor: a, removed: removed.reverse(), added: added.reverse() };
}

/**
 * Whether a reorganisation may remove so many blocks: fewer than `confirmations`, or it would remove a confirmed one.
 * The fault's `expected` is the most that may go.
 */
export function validateReorg(removedCount: number, confirmations: number): PlacementFault | undefined {
  if (removedCount < confirmations) return undefined;
  return { code: 'reorgTooDeep', got: removedCount, expected: confirmations - 1 };
}

function parentOf(lookup: (hash: Hash) => HeaderRecord | undefined, record: HeaderRecord): HeaderRecord {
  const parent = lookup(record.header.parentHash);
  assert(parent !== undefined, 'the parent of a block is unknown', record.hash);
  return parent;
}
