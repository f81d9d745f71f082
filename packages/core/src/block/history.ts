import { bigIntToBytes, concatBytes, fromHex, type Hash, numberToBytes, toHex } from '../bytes.js';
import { sha256 } from '../hash.js';

/** Different first bytes keep a leaf from ever being read as an inner node (RFC 6962, section 2.1). */
const LEAF_TAG = Uint8Array.of(0);
const INNER_TAG = Uint8Array.of(1);

/** A block, or a row of blocks, as history counts it. */
export interface HistoryNode {
  /** The block's hash at the bottom, above it that of the node. */
  readonly hash: Hash;
  /** Sum of the blocks' work. */
  readonly work: bigint;
  /** Sum of what the blocks added to ASERT's clock, in milliseconds. */
  readonly activeMs: number;
}

/**
 * A chain up to one of its blocks as a Merkle mountain range (docs/protocol.md, History): the newest peak, and the range before
 * it. Ranges of one chain share what they have in common, and those of two branches too.
 */
export interface History {
  /** Blocks under the newest peak, a power of two. */
  readonly size: number;
  readonly peak: HistoryNode;
  /** All peaks as one node: the next header's `historyRoot`, the total work and ASERT's clock. */
  readonly top: HistoryNode;
  /** The newest block. */
  readonly lastBlock: Hash;
  /** The peaks before the newest one; `undefined` when it is the only one. */
  readonly before: History | undefined;
}

/** The history that one more block makes of `history`; of `undefined` the first block makes it. Three hashes on average. */
export function appendToHistory(history: History | undefined, block: HistoryNode): History {
  let before = history;
  let peak = historyLeaf(block);
  let size = 1;
  while (before?.size === size) {
    peak = above(before.peak, peak);
    size *= 2;
    before = before.before;
  }
  return historyWithPeak(before, size, peak, block.hash);
}

/** The history whose newest peak is known, for whoever kept it. */
export function historyWithPeak(
  before: History | undefined,
  size: number,
  peak: HistoryNode,
  lastBlock: Hash,
): History {
  return { size, peak, top: before === undefined ? peak : above(before.top, peak), lastBlock, before };
}

/** The peak of a block alone. */
export function historyLeaf(block: HistoryNode): HistoryNode {
  return { ...block, hash: toHex(sha256(LEAF_TAG, encodeNode(block))) };
}

/** Blocks under the newest peak of the history up to `height`: the largest power of two that divides their number. */
export function newestPeakSize(height: number): number {
  const count = height + 1;
  let size = 1;
  while (count % (2 * size) === 0) size *= 2;
  return size;
}

/** Both sums of both sides are hashed, so that what a node says of the work below it can be checked from there. */
function above(left: HistoryNode, right: HistoryNode): HistoryNode {
  return {
    hash: toHex(sha256(INNER_TAG, encodeNode(left), encodeNode(right))),
    work: left.work + right.work,
    activeMs: left.activeMs + right.activeMs,
  };
}

function encodeNode({ hash, work, activeMs }: HistoryNode): Uint8Array {
  return concatBytes(fromHex(hash), bigIntToBytes(work, 32), numberToBytes(activeMs, 8));
}
