import type { Hash } from '../bytes.js';
import { bytesEqual, compareBytes, toHex } from '../bytes.js';
import { assert, type WattchainError } from '../error.js';
import { sha256 } from '../hash.js';
import { TREE_PREFIX, treeKey } from './account.js';
import { storeDamaged } from './damage.js';
import type { KeyValueReader, KeyValueWrite, StateChange } from './types.js';

/**
 * The commitment to the state: a binary compact sparse Merkle tree (docs/protocol.md, "State"). A subtree without
 * leaves is empty, one with a single leaf is that leaf, so the tree depends on its content and not on its history.
 * Records are stored by place, so an update overwrites and never leaves garbage.
 */

/** First byte of a leaf's record. */
const LEAF_TAG = 0x00;
/** First byte of an inner node's record. */
const INNER_TAG = 0x01;
/** Both kinds of record: tag 1 ‖ two times 32 bytes. */
const RECORD_BYTES = 65;

/** Hash of a subtree without leaves. */
export const EMPTY_TREE_HASH: Uint8Array = new Uint8Array(32);

/** What stands for one flat value in the tree. */
export interface TreeLeaf {
  readonly treeKey: Uint8Array;
  /** SHA-256 of the flat value. */
  readonly valueHash: Uint8Array;
}

/** A leaf to set, or to remove where `valueHash` is `undefined`. */
export interface TreeChange {
  readonly treeKey: Uint8Array;
  readonly valueHash: Uint8Array | undefined;
  /** The value that the leaf is believed to have now, `undefined` for none; without the field nothing is compared. */
  readonly before?: Uint8Array | undefined;
}

/** A subtree, seen from its top. */
export type TreeNode =
  | { readonly kind: 'empty' }
  | ({ readonly kind: 'leaf' } & TreeLeaf)
  | { readonly kind: 'inner'; readonly left: Uint8Array; readonly right: Uint8Array };

const EMPTY_NODE: TreeNode = { kind: 'empty' };

/** Root of the tree whose records the reader has; 32 zero bytes when it has none. */
export function treeRoot(reader: KeyValueReader): Hash {
  return toHex(hashNode(readNode(reader, 0, EMPTY_TREE_HASH)));
}

/**
 * Brings the tree that the reader has from `before` to `after` of all changes, each key at most once, in any order.
 * Returns the new root and the tree records to write; the reader stays as it is. Throws `storeDamaged` when the tree knows
 * another `before`: a flat value was lost or is an older one.
 */
export function updateTree(
  reader: KeyValueReader,
  changes: readonly StateChange[],
): { root: Hash; writes: KeyValueWrite[] } {
  return updateLeaves(
    reader,
    changes.map(({ key, before, after }) => ({
      treeKey: treeKey(key),
      valueHash: after === undefined ? undefined : sha256(after),
      before,
    })),
  );
}

/** {@link updateTree} for someone who has tree keys and value hashes instead of flat values. */
export function updateLeaves(
  reader: KeyValueReader,
  changes: readonly TreeChange[],
): { root: Hash; writes: KeyValueWrite[] } {
  const sorted = [...changes].sort((a, b) => compareBytes(a.treeKey, b.treeKey));
  for (let i = 1; i < sorted.length; i++) {
    const [previous, change] = [sorted[i - 1] as TreeChange, sorted[i] as TreeChange];
    assert(!bytesEqual(previous.treeKey, change.treeKey), `tree key ${toHex(change.treeKey)} changes twice`);
  }
  const path = sorted[0]?.treeKey;
  if (path === undefined) return { root: treeRoot(reader), writes: [] };

  const update: Update = { reader, writes: [] };
  const old = readNode(reader, 0, path);
  const top = updateTop(update, 0, path, old, hashNode(old), sorted);
  settle(update, top);
  return { root: toHex(top.hash), writes: update.writes };
}

/** The node at a place, `empty` without a record. Only the first `depth` bits of `path` count. */
export function readNode(reader: KeyValueReader, depth: number, path: Uint8Array): TreeNode {
  const record = reader.get(treeRecordKey(depth, path));
  if (record === undefined) return EMPTY_NODE;
  assert(record.length === RECORD_BYTES, `tree record at depth ${depth} has ${record.length} bytes`);
  const [first, second] = [record.subarray(1, 33), record.subarray(33)];
  return record[0] === INNER_TAG
    ? { kind: 'inner', left: first, right: second }
    : { kind: 'leaf', treeKey: first, valueHash: second };
}

/**
 * What the tree says about a flat key: its leaf, or `undefined` for no value. Throws `storeDamaged` where a record is missing;
 * with `root`, also where the records on the way do not hash to it.
 */
export function findLeaf(reader: KeyValueReader, flatKey: Uint8Array, root?: Hash): TreeLeaf | undefined {
  const path = treeKey(flatKey);
  let node = readNode(reader, 0, path);
  if (root !== undefined && toHex(hashNode(node)) !== root) throw treeDamaged(0, path);
  for (let depth = 1; node.kind === 'inner'; depth++) {
    const hash = pathBit(path, depth - 1) === 0 ? node.left : node.right;
    node = readChild(reader, depth, path, hash);
    if (root !== undefined && !bytesEqual(hashNode(node), hash)) throw treeDamaged(depth, path);
  }
  return node.kind === 'leaf' && bytesEqual(node.treeKey, path) ? node : undefined;
}

/** The node that has this hash in its parent's record. */
function readChild(reader: KeyValueReader, depth: number, path: Uint8Array, hash: Uint8Array): TreeNode {
  if (isEmptyHash(hash)) return EMPTY_NODE;
  const node = readNode(reader, depth, path);
  if (node.kind === 'empty') throw treeDamaged(depth, path);
  return node;
}

function treeDamaged(depth: number, path: Uint8Array): WattchainError {
  return storeDamaged(`the state tree's record at depth ${depth} is missing or another one`, {
    depth,
    path: toHex(path),
  });
}

/** Key of a tree record: `0x74 ‖ depth 2 ‖ first depth bits of path`, the last byte filled up with zero bits. */
export function treeRecordKey(depth: number, path: Uint8Array): Uint8Array {
  const pathBytes = (depth + 7) >> 3;
  const key = new Uint8Array(3 + pathBytes);
  key[0] = TREE_PREFIX;
  key[1] = depth >> 8;
  key[2] = depth & 0xff;
  key.set(path.subarray(0, pathBytes), 3);
  if (depth % 8 !== 0) key[2 + pathBytes] = (key[2 + pathBytes] as number) & (0xff << (8 - (depth % 8)));
  return key;
}

/** Bit `index` of a tree key, from the most significant: 0 goes left, 1 goes right. */
export function pathBit(path: Uint8Array, index: number): 0 | 1 {
  return (((path[index >> 3] as number) >> (7 - (index & 7))) & 1) as 0 | 1;
}

/** Record of a node, which is also what its hash is taken of: `0x00 ‖ treeKey ‖ valueHash` or `0x01 ‖ left ‖ right`. */
export function encodeNode(node: TreeNode): Uint8Array | undefined {
  if (node.kind === 'empty') return undefined;
  const record = new Uint8Array(RECORD_BYTES);
  const isLeaf = node.kind === 'leaf';
  record[0] = isLeaf ? LEAF_TAG : INNER_TAG;
  record.set(isLeaf ? node.treeKey : node.left, 1);
  record.set(isLeaf ? node.valueHash : node.right, 33);
  return record;
}

/** Hash of a node: SHA-256 of its record, 32 zero bytes for an empty subtree. */
export function hashNode(node: TreeNode): Uint8Array {
  return hashRecord(encodeNode(node));
}

function hashRecord(record: Uint8Array | undefined): Uint8Array {
  return record === undefined ? EMPTY_TREE_HASH : sha256(record);
}

interface Update {
  readonly reader: KeyValueReader;
  readonly writes: KeyValueWrite[];
}

/** A subtree during an update: where it hangs, and what its top was and is. */
interface Top {
  readonly depth: number;
  readonly path: Uint8Array;
  readonly oldHash: Uint8Array;
  readonly hash: Uint8Array;
  readonly record: Uint8Array | undefined;
  /** `undefined` when nothing below changed: then not even `record` is known. */
  readonly now: TreeNode | undefined;
}

/** Updates the subtree whose top is `old`; its record is not written yet, see {@link updateSubtree}. */
function updateTop(
  update: Update,
  depth: number,
  path: Uint8Array,
  old: TreeNode,
  oldHash: Uint8Array,
  changes: readonly TreeChange[],
): Top {
  const now = updateSubtree(update, depth, path, old, changes);
  const record = encodeNode(now);
  return { depth, path, oldHash, hash: hashRecord(record), record, now };
}

/**
 * What stands at a place after at least one change below it. Writes every record below the place but not the one at
 * it: only the caller knows whether a lone leaf moves further up.
 */
function updateSubtree(
  update: Update,
  depth: number,
  path: Uint8Array,
  old: TreeNode,
  changes: readonly TreeChange[],
): TreeNode {
  if (old.kind !== 'inner') return buildSubtree(update, depth, path, leavesAfter(old, changes));

  const middle = splitAt(changes, depth);
  const left = updateChild(update, depth + 1, childPath(path, depth, 0), old.left, changes.slice(0, middle));
  const right = updateChild(update, depth + 1, childPath(path, depth, 1), old.right, changes.slice(middle));

  const survivor = isEmptyHash(left.hash) ? right : isEmptyHash(right.hash) ? left : undefined;
  if (survivor !== undefined) {
    const node = survivor.now ?? readChild(update.reader, survivor.depth, survivor.path, survivor.hash);
    if (node.kind !== 'inner') {
      vacate(update, left);
      vacate(update, right);
      return node;
    }
  }
  settle(update, left);
  settle(update, right);
  return { kind: 'inner', left: left.hash, right: right.hash };
}

/** A child without changes is not even read: its hash stands in the parent. */
function updateChild(
  update: Update,
  depth: number,
  path: Uint8Array,
  oldHash: Uint8Array,
  changes: readonly TreeChange[],
): Top {
  if (changes.length === 0) return { depth, path, oldHash, hash: oldHash, record: undefined, now: undefined };
  const old = readChild(update.reader, depth, path, oldHash);
  return updateTop(update, depth, path, old, oldHash, changes);
}

/** Writes the record at the top of a subtree, if it is another one than before. */
function settle(update: Update, top: Top): void {
  if (bytesEqual(top.hash, top.oldHash)) return;
  update.writes.push({ key: treeRecordKey(top.depth, top.path), value: top.record });
}

/** Deletes the record at the top of a subtree, if there is one: its only leaf moves up. */
function vacate(update: Update, top: Top): void {
  if (isEmptyHash(top.oldHash)) return;
  update.writes.push({ key: treeRecordKey(top.depth, top.path), value: undefined });
}

/** Builds a subtree where no record stands below the place; the one at the place is the caller's. */
function buildSubtree(update: Update, depth: number, path: Uint8Array, leaves: readonly TreeLeaf[]): TreeNode {
  if (leaves.length <= 1) return leaves[0] === undefined ? EMPTY_NODE : { kind: 'leaf', ...leaves[0] };
  const middle = splitAt(leaves, depth);
  const left = buildChild(update, depth + 1, childPath(path, depth, 0), leaves.slice(0, middle));
  const right = buildChild(update, depth + 1, childPath(path, depth, 1), leaves.slice(middle));
  return { kind: 'inner', left, right };
}

function buildChild(update: Update, depth: number, path: Uint8Array, leaves: readonly TreeLeaf[]): Uint8Array {
  const record = encodeNode(buildSubtree(update, depth, path, leaves));
  if (record !== undefined) update.writes.push({ key: treeRecordKey(depth, path), value: record });
  return hashRecord(record);
}

/** The sorted leaves of a subtree that was empty or one leaf. */
function leavesAfter(old: Exclude<TreeNode, { kind: 'inner' }>, changes: readonly TreeChange[]): TreeLeaf[] {
  const leaves: TreeLeaf[] = [];
  for (const change of changes) {
    requireBefore(old, change);
    const { treeKey, valueHash } = change;
    if (valueHash !== undefined) leaves.push({ treeKey, valueHash });
  }
  if (old.kind === 'leaf' && changes.every((change) => !bytesEqual(change.treeKey, old.treeKey))) {
    leaves.push({ treeKey: old.treeKey, valueHash: old.valueHash });
    leaves.sort((a, b) => compareBytes(a.treeKey, b.treeKey));
  }
  return leaves;
}

/** A change that was worked out from a value which the tree does not know was worked out from a damaged store. */
function requireBefore(old: TreeNode, change: TreeChange): void {
  if (!('before' in change)) return;
  const known = old.kind === 'leaf' && bytesEqual(old.treeKey, change.treeKey) ? old.valueHash : undefined;
  const given = change.before === undefined ? undefined : sha256(change.before);
  const same = known === undefined || given === undefined ? known === given : bytesEqual(known, given);
  if (same) return;
  throw storeDamaged(`the value under the tree key ${toHex(change.treeKey)} is not the one that the state tree knows`, {
    known: known === undefined ? 'none' : toHex(known),
    found: given === undefined ? 'none' : toHex(given),
  });
}

/** Index of the first of the sorted items that goes right at `depth`. */
function splitAt(items: readonly { readonly treeKey: Uint8Array }[], depth: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pathBit((items[middle] as TreeLeaf).treeKey, depth) === 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function childPath(path: Uint8Array, depth: number, side: 0 | 1): Uint8Array {
  const child = path.slice();
  const mask = 0x80 >> (depth & 7);
  const byte = child[depth >> 3] as number;
  child[depth >> 3] = side === 1 ? byte | mask : byte & ~mask;
  return child;
}

function isEmptyHash(hash: Uint8Array): boolean {
  return hash.every((byte) => byte === 0);
}
