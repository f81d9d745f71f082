import type { Hash } from '../bytes.js';
import { bytesEqual, compareBytes, toHex } from '../bytes.js';
import { assert, type WattchainError } from '../error.js';
import { type Pieces, runToEnd } from '../pieces.js';
import { treeKey } from './account.js';
import { storeDamaged, unlessDamaged } from './damage.js';
import {
  decodeSlot,
  EMPTY_SLOT,
  GROUP_HASH_BYTES,
  GROUP_LEVELS,
  Group,
  groupDepth,
  groupKey,
  type Slot,
  slotIndex,
  type TreeLeaf,
} from './treeGroup.js';
import type { KeyValueReader, KeyValueWrite, StateChange } from './types.js';

/**
 * The state: a binary compact sparse Merkle tree (docs/protocol.md, "State"), which commits to the flat values and is where they are
 * stored. A subtree without leaves is empty, one with a single leaf is that leaf, so the tree depends on its content and not on its
 * history. Records are stored by place, so an update overwrites and never leaves garbage.
 */

/** A leaf to set, or to remove where `value` is `undefined`. */
export interface TreeChange {
  readonly treeKey: Uint8Array;
  readonly value: Uint8Array | undefined;
  /** The value that the leaf is believed to have now, `undefined` for none; without the field nothing is compared. */
  readonly before?: Uint8Array | undefined;
}

/** Root of the tree whose records the reader has; 32 zero bytes when it has none. */
export function treeRoot(reader: KeyValueReader): Hash {
  const record = reader.get(groupKey(0, EMPTY_PATH));
  return toHex(new Group(0, EMPTY_PATH, record).top().hash);
}

/**
 * Brings the tree that the reader has from `before` to `after` of all changes, each key at most once, in any order.
 * Returns the new root and the tree records to write; the reader stays as it is. Throws `storeDamaged` when the tree knows
 * another `before`.
 */
export function updateTree(
  reader: KeyValueReader,
  changes: readonly StateChange[],
): { root: Hash; writes: KeyValueWrite[] } {
  return runToEnd(updateTreeInPieces(reader, changes, Number.POSITIVE_INFINITY));
}

/** As {@link updateTree}, in pieces of about `pieceKeys` keys. What the reader reads stays as it is in between. */
export function updateTreeInPieces(
  reader: KeyValueReader,
  changes: readonly StateChange[],
  pieceKeys: number,
): Pieces<{ root: Hash; writes: KeyValueWrite[] }> {
  const leaves = changes.map(({ key, before, after }) => ({ treeKey: treeKey(key), value: after, before }));
  return updateInPieces(reader, leaves, pieceKeys);
}

/** {@link updateTree} for someone who has tree keys instead of flat ones. */
export function updateLeaves(
  reader: KeyValueReader,
  changes: readonly TreeChange[],
): { root: Hash; writes: KeyValueWrite[] } {
  return runToEnd(updateInPieces(reader, changes, Number.POSITIVE_INFINITY));
}

function* updateInPieces(
  reader: KeyValueReader,
  changes: readonly TreeChange[],
  pieceKeys: number,
): Pieces<{ root: Hash; writes: KeyValueWrite[] }> {
  const sorted = [...changes].sort((a, b) => compareBytes(a.treeKey, b.treeKey));
  for (let i = 1; i < sorted.length; i++) {
    const [previous, change] = [sorted[i - 1] as TreeChange, sorted[i] as TreeChange];
    assert(!bytesEqual(previous.treeKey, change.treeKey), 'a tree key changes once', change.treeKey);
  }
  if (sorted.length === 0) return { root: treeRoot(reader), writes: [] };

  const update: Update = { reader, writes: [] };
  const key = groupKey(0, EMPTY_PATH);
  const record = reader.get(key);
  const group = new Group(0, EMPTY_PATH, record, record && reader.groupHashes?.take(key, record));
  let rested = 0;
  for (const { index, first, end } of partsOf(sorted, 0)) {
    // Between the slots of the topmost group, which share the keys evenly.
    if (first - rested >= pieceKeys) {
      rested = first;
      yield;
    }
    group.replace(index, updateSlot(update, GROUP_LEVELS, group.slot(index), sorted.slice(first, end)));
  }
  const hashes = hashesToKeep(update, 0, group);
  const top = group.top(hashes);
  const value = top.kind === 'empty' ? undefined : group.encode();
  const isChanged = !isSame(record, value);
  if (isChanged) update.writes.push({ key, value });
  keepHashes(update, key, isChanged ? value : record, hashes);
  return { root: toHex(top.hash), writes: update.writes };
}

/**
 * What the tree says about a flat key: its leaf, or `undefined` for no value. Throws `storeDamaged` where a record is missing;
 * with `root`, also where the records on the way do not hash to it.
 */
export function findLeaf(reader: KeyValueReader, flatKey: Uint8Array, root?: Hash): TreeLeaf | undefined {
  const path = treeKey(flatKey);
  let slot: Slot | undefined;
  for (let depth = 0; ; depth += GROUP_LEVELS) {
    const record = reader.get(groupKey(depth, path));
    if (depth > 0 && record === undefined) throw treeDamaged(depth, path);
    if (root !== undefined) {
      const top = new Group(depth, path, record).top();
      const known = slot?.kind === 'inner' ? toHex(slot.hash) : root;
      if (toHex(top.hash) !== known) throw treeDamaged(depth, path);
    }
    slot = record === undefined ? EMPTY_SLOT : decodeSlot(record, depth, path);
    if (slot.kind !== 'inner') break;
  }
  return slot.kind === 'leaf' && bytesEqual(slot.treeKey, path) ? slot : undefined;
}

/**
 * Whether the record under a key is the one that the record above it, or the root, names, and has all that hang below it: where that is
 * true of every record, the tree is whole. Without a root the topmost is not compared.
 */
export function isTreeRecord(reader: KeyValueReader, key: Uint8Array, root?: Hash): boolean {
  const depth = groupDepth(key);
  const path = new Uint8Array(32);
  path.set(key.subarray(1, -1).subarray(0, path.length));
  // Only keys that a depth and a path give are looked at: others name no place of the tree.
  if (depth % GROUP_LEVELS !== 0 || !bytesEqual(groupKey(depth, path), key)) return false;
  const look = (): boolean => {
    const group = readGroup(reader, depth, path);
    const { hash } = group.top();
    const isNamed =
      depth === 0
        ? root === undefined || toHex(hash) === root
        : isInner(readGroup(reader, depth - GROUP_LEVELS, path).slot(slotIndex(path, depth - GROUP_LEVELS)), hash);
    return isNamed && group.slots.every((slot, index) => slot.kind !== 'inner' || hasChild(reader, depth, path, index));
  };
  return unlessDamaged(look, false);
}

function isInner(slot: Slot, hash: Uint8Array): boolean {
  return slot.kind === 'inner' && bytesEqual(slot.hash, hash);
}

function hasChild(reader: KeyValueReader, depth: number, path: Uint8Array, index: number): boolean {
  const below = path.slice();
  below[depth >> 3] = depth % 8 === 0 ? index << 4 : ((below[depth >> 3] as number) & 0xf0) | index;
  return reader.get(groupKey(depth + GROUP_LEVELS, below)) !== undefined;
}

/** The group that must be on a path at a depth. Throws `storeDamaged`. */
export function readGroup(reader: KeyValueReader, depth: number, path: Uint8Array): Group {
  const record = reader.get(groupKey(depth, path));
  if (record === undefined) throw treeDamaged(depth, path);
  return new Group(depth, path, record);
}

const EMPTY_PATH = new Uint8Array(32);
/** Below this depth groups are many, and hardly one is met again soon. */
const DEEPEST_KEPT = 12;

interface Update {
  readonly reader: KeyValueReader;
  readonly writes: KeyValueWrite[];
}

function treeDamaged(depth: number, path: Uint8Array): WattchainError {
  return storeDamaged(`the state tree's record at depth ${depth} is missing or another one`, {
    depth,
    path: toHex(path),
  });
}

/** {@link readGroup}, with the hashes of its nodes where they are known, which are given away for an update. */
function takeGroup(reader: KeyValueReader, depth: number, path: Uint8Array): Group {
  if (depth > DEEPEST_KEPT || reader.groupHashes === undefined) return readGroup(reader, depth, path);
  const key = groupKey(depth, path);
  const record = reader.get(key);
  if (record === undefined) throw treeDamaged(depth, path);
  return new Group(depth, path, record, reader.groupHashes.take(key, record));
}

/** Where the hashes of a group's nodes are to be left, when somebody keeps them. */
function hashesToKeep({ reader }: Update, depth: number, group: Group): Uint8Array | undefined {
  if (depth > DEEPEST_KEPT || reader.groupHashes === undefined) return undefined;
  return group.hashes ?? new Uint8Array(GROUP_HASH_BYTES);
}

function keepHashes(
  { reader }: Update,
  key: Uint8Array,
  record: Uint8Array | undefined,
  hashes: Uint8Array | undefined,
): void {
  if (record !== undefined && hashes !== undefined) reader.groupHashes?.keep(key, record, hashes);
}

/** Takes sorted changes, all of them on its path, into a group. Writes every record below it, not its own. */
function updateGroup(update: Update, depth: number, group: Group, changes: readonly TreeChange[]): void {
  for (const { index, first, end } of partsOf(changes, depth)) {
    group.replace(index, updateSlot(update, depth + GROUP_LEVELS, group.slot(index), changes.slice(first, end)));
  }
}

/** Which of sorted changes belong to which slot of the group on their path. */
function partsOf(changes: readonly TreeChange[], depth: number) {
  const parts: { readonly index: number; readonly first: number; readonly end: number }[] = [];
  for (let first = 0; first < changes.length; ) {
    const index = slotIndex((changes[first] as TreeChange).treeKey, depth);
    let end = first + 1;
    while (end < changes.length && slotIndex((changes[end] as TreeChange).treeKey, depth) === index) end++;
    parts.push({ index, first, end });
    first = end;
  }
  return parts;
}

/** What stands in a slot after at least one change in it; `depth` is that of the group which hangs there when it has more than one leaf. */
function updateSlot(update: Update, depth: number, old: Slot, changes: readonly TreeChange[]): Slot {
  const path = (changes[0] as TreeChange).treeKey;
  if (old.kind === 'inner') {
    const group = takeGroup(update.reader, depth, path);
    updateGroup(update, depth, group, changes);
    return settle(update, depth, path, group, old.hash);
  }
  const leaves = leavesAfter(old, changes);
  const [only] = leaves;
  if (leaves.length <= 1) return only === undefined ? EMPTY_SLOT : only;
  // Nothing hangs there yet, so its leaves are changes of an empty group.
  const group = new Group(depth, path);
  updateGroup(update, depth, group, leaves);
  return settle(update, depth, path, group, undefined);
}

/** Writes the record of a group if it is another one than before; deletes it when its only leaf moves up into the slot. */
function settle(update: Update, depth: number, path: Uint8Array, group: Group, oldHash: Uint8Array | undefined): Slot {
  const hashes = hashesToKeep(update, depth, group);
  const top = group.top(hashes);
  const key = groupKey(depth, path);
  if (top.kind === 'inner') {
    const isChanged = oldHash === undefined || !bytesEqual(oldHash, top.hash);
    const record = isChanged ? group.encode() : group.record;
    if (isChanged) update.writes.push({ key, value: record });
    keepHashes(update, key, record, hashes);
    return top;
  }
  if (oldHash !== undefined) update.writes.push({ key, value: undefined });
  return top.kind === 'leaf' ? { kind: 'leaf', treeKey: top.treeKey, value: top.value } : EMPTY_SLOT;
}

/** The sorted leaves of a slot that was empty or one leaf. */
function leavesAfter(old: Exclude<Slot, { kind: 'inner' }>, changes: readonly TreeChange[]): TreeLeaf[] {
  const leaves: TreeLeaf[] = [];
  for (const change of changes) {
    requireBefore(old, change);
    const { treeKey, value } = change;
    if (value !== undefined) leaves.push({ kind: 'leaf', treeKey, value });
  }
  if (old.kind === 'leaf' && changes.every((change) => !bytesEqual(change.treeKey, old.treeKey))) {
    leaves.push(old);
    leaves.sort((a, b) => compareBytes(a.treeKey, b.treeKey));
  }
  return leaves;
}

/** A change that was worked out from a value which the tree does not know was worked out from a damaged store. */
function requireBefore(old: Slot, change: TreeChange): void {
  if (!('before' in change)) return;
  const known = old.kind === 'leaf' && bytesEqual(old.treeKey, change.treeKey) ? old.value : undefined;
  const given = change.before;
  if (isSame(known, given)) return;
  throw storeDamaged(`the value under the tree key ${toHex(change.treeKey)} is not the one that the state tree knows`, {
    known: known === undefined ? 'none' : toHex(known),
    found: given === undefined ? 'none' : toHex(given),
  });
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : bytesEqual(a, b);
}
