import type { Hash } from '../bytes.js';
import { bytesEqual, compareBytes, toHex } from '../bytes.js';
import { assert, type WattchainError } from '../error.js';
import { type Pieces, runToEnd } from '../pieces.js';
import { treeKey } from './account.js';
import { storeDamaged, unlessDamaged } from './damage.js';
import {
  decodeGroup,
  decodeSlot,
  EMPTY_SLOT,
  EMPTY_SLOTS,
  encodeGroup,
  GROUP_LEVELS,
  groupDepth,
  groupKey,
  type Slot,
  slotIndex,
  type TreeLeaf,
  topOfGroup,
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
  return record === undefined ? toHex(EMPTY_SLOT.hash) : toHex(topOfGroup(decodeGroup(record, 0, EMPTY_PATH)).hash);
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
  const old = record === undefined ? EMPTY_SLOTS : decodeGroup(record, 0, EMPTY_PATH);
  const slots = [...old];
  let rested = 0;
  for (const { index, first, end } of partsOf(sorted, 0)) {
    // Between the slots of the topmost group, which share the keys evenly.
    if (first - rested >= pieceKeys) {
      rested = first;
      yield;
    }
    slots[index] = updateSlot(update, GROUP_LEVELS, slots[index] as Slot, sorted.slice(first, end));
  }
  const top = topOfGroup(slots);
  if (!bytesEqual(top.hash, topOfGroup(old).hash)) {
    update.writes.push({ key, value: top.kind === 'empty' ? undefined : encodeGroup(slots, 0) });
  }
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
      const top = record === undefined ? EMPTY_SLOT : topOfGroup(decodeGroup(record, depth, path));
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
    const slots = readGroup(reader, depth, path);
    const hash = topOfGroup(slots).hash;
    const isNamed =
      depth === 0
        ? root === undefined || toHex(hash) === root
        : isInner(readGroup(reader, depth - GROUP_LEVELS, path)[slotIndex(path, depth - GROUP_LEVELS)], hash);
    return isNamed && slots.every((slot, index) => slot.kind !== 'inner' || hasChild(reader, depth, path, index));
  };
  return unlessDamaged(look, false);
}

function isInner(slot: Slot | undefined, hash: Uint8Array): boolean {
  return slot?.kind === 'inner' && bytesEqual(slot.hash, hash);
}

function hasChild(reader: KeyValueReader, depth: number, path: Uint8Array, index: number): boolean {
  const below = path.slice();
  below[depth >> 3] = depth % 8 === 0 ? index << 4 : ((below[depth >> 3] as number) & 0xf0) | index;
  return reader.get(groupKey(depth + GROUP_LEVELS, below)) !== undefined;
}

/** The slots of the group that must be on a path at a depth. Throws `storeDamaged`. */
export function readGroup(reader: KeyValueReader, depth: number, path: Uint8Array): Slot[] {
  const record = reader.get(groupKey(depth, path));
  if (record === undefined) throw treeDamaged(depth, path);
  return decodeGroup(record, depth, path);
}

const EMPTY_PATH = new Uint8Array(32);

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

/** The slots of a group after sorted changes, all of them on its path. Writes every record below the group, not its own. */
function updateSlots(update: Update, depth: number, old: readonly Slot[], changes: readonly TreeChange[]): Slot[] {
  const slots = [...old];
  for (const { index, first, end } of partsOf(changes, depth)) {
    slots[index] = updateSlot(update, depth + GROUP_LEVELS, slots[index] as Slot, changes.slice(first, end));
  }
  return slots;
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
    const slots = updateSlots(update, depth, readGroup(update.reader, depth, path), changes);
    return settle(update, depth, path, slots, old.hash);
  }
  const leaves = leavesAfter(old, changes);
  const [only] = leaves;
  if (leaves.length <= 1) return only === undefined ? EMPTY_SLOT : only;
  // Nothing hangs there yet, so its leaves are changes of an empty group.
  return settle(update, depth, path, updateSlots(update, depth, EMPTY_SLOTS, leaves), undefined);
}

/** Writes the record of a group if it is another one than before; deletes it when its only leaf moves up into the slot. */
function settle(
  update: Update,
  depth: number,
  path: Uint8Array,
  slots: readonly Slot[],
  oldHash: Uint8Array | undefined,
): Slot {
  const top = topOfGroup(slots);
  if (top.kind === 'inner') {
    if (oldHash !== undefined && bytesEqual(oldHash, top.hash)) return top;
    update.writes.push({ key: groupKey(depth, path), value: encodeGroup(slots, depth) });
    return top;
  }
  if (oldHash !== undefined) update.writes.push({ key: groupKey(depth, path), value: undefined });
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
  const same = known === undefined || given === undefined ? known === given : bytesEqual(known, given);
  if (same) return;
  throw storeDamaged(`the value under the tree key ${toHex(change.treeKey)} is not the one that the state tree knows`, {
    known: known === undefined ? 'none' : toHex(known),
    found: given === undefined ? 'none' : toHex(given),
  });
}
