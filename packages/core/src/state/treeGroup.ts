import { sha256 } from '../hash.js';
import { TREE_PREFIX } from './account.js';
import { storeDamaged } from './damage.js';
import { MAX_PACKED_BYTES, packValueInto, unpackValue } from './packing.js';
import { EMPTY_TREE_HASH, innerHash, leafHash } from './treeNode.js';

/**
 * The state tree's records. Four levels of the binary tree share one: it has a slot for each of the sixteen ways through them, and the
 * nodes between follow from the slots. Leaves stand in the slots with their values, which are stored nowhere else.
 */

/** Levels of the binary tree in a record. */
export const GROUP_LEVELS = 4;
const SLOTS = 2 ** GROUP_LEVELS;
const KEY_BYTES = 32;
const HASH_BYTES = 32;
/** Two bits for each slot. */
const KINDS_BYTES = SLOTS / 4;
const EMPTY_KIND = 0;
const LEAF_KIND = 1;
const INNER_KIND = 2;

/** Where a record is put together, before its length is known. */
const scratch = new Uint8Array(KINDS_BYTES + SLOTS * (KEY_BYTES + 1 + MAX_PACKED_BYTES));

/** A flat value in the tree. */
export interface TreeLeaf {
  readonly kind: 'leaf';
  readonly treeKey: Uint8Array;
  readonly value: Uint8Array;
}

/** What stands at the end of a way through a group: no leaf, one, or more, of which the hash of their top is known. */
export type Slot = typeof EMPTY_SLOT | TreeLeaf | { readonly kind: 'inner'; readonly hash: Uint8Array };

export const EMPTY_SLOT = { kind: 'empty', hash: EMPTY_TREE_HASH } as const;
/** The slots of a group without leaves. */
export const EMPTY_SLOTS: readonly Slot[] = Array.from({ length: SLOTS }, () => EMPTY_SLOT);

/** A node of the binary tree with its hash. */
export type HashedNode = Slot & { readonly hash: Uint8Array };

/** Which slot of the group at a depth a path goes through. */
export function slotIndex(path: Uint8Array, depth: number): number {
  const byte = path[depth >> 3] as number;
  return depth % 8 === 0 ? byte >> 4 : byte & 15;
}

/**
 * Key of a group's record: `0x74 ‖ first depth bits of path ‖ depth 1`, the last byte of the path filled up with zero bits. So records that lie
 * on one way are neighbours in a sorted store, and parts of the state after each other are parts of the store after each other.
 */
export function groupKey(depth: number, path: Uint8Array): Uint8Array {
  const pathBytes = (depth + 7) >> 3;
  const key = new Uint8Array(2 + pathBytes);
  key[0] = TREE_PREFIX;
  for (let i = 0; i < pathBytes; i++) key[1 + i] = path[i] as number;
  if (depth % 8 !== 0) key[pathBytes] = (key[pathBytes] as number) & 0xf0;
  key[1 + pathBytes] = depth;
  return key;
}

/** The depth that a group's key names. */
export function groupDepth(key: Uint8Array): number {
  return key[key.length - 1] as number;
}

/**
 * Every node of a group, level by level from its top: one, two, four, eight, and the sixteen slots. A subtree with a single leaf is that leaf.
 */
export function nodesOfGroup(slots: readonly Slot[]): HashedNode[][] {
  const levels: HashedNode[][] = [slots.map(hashSlot)];
  for (let level = levels[0] as HashedNode[]; level.length > 1; level = levels[0] as HashedNode[]) {
    const above: HashedNode[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(parentOf(level[i] as HashedNode, level[i + 1] as HashedNode));
    levels.unshift(above);
  }
  return levels;
}

/** The top of a group, for which nothing else of {@link nodesOfGroup} is kept. */
export function topOfGroup(slots: readonly Slot[]): HashedNode {
  const nodes = slots.map(hashSlot);
  for (let count = nodes.length / 2; count >= 1; count /= 2) {
    for (let i = 0; i < count; i++) nodes[i] = parentOf(nodes[2 * i] as HashedNode, nodes[2 * i + 1] as HashedNode);
  }
  return nodes[0] as HashedNode;
}

function hashSlot(slot: Slot): HashedNode {
  if (slot.kind !== 'leaf') return slot;
  const { kind, treeKey, value } = slot;
  return { kind, treeKey, value, hash: leafHash(treeKey, sha256(value)) };
}

function parentOf(left: HashedNode, right: HashedNode): HashedNode {
  if (left.kind === 'empty' && right.kind !== 'inner') return right;
  if (right.kind === 'empty' && left.kind !== 'inner') return left;
  return { kind: 'inner', hash: innerHash(left.hash, right.hash) };
}

/** The record of a group at a depth (docs/protocol.md, State). */
export function encodeGroup(slots: readonly Slot[], depth: number): Uint8Array {
  const known = knownBytes(depth);
  scratch.fill(0, 0, KINDS_BYTES);
  let at = KINDS_BYTES;
  for (let index = 0; index < SLOTS; index++) {
    const slot = slots[index] as Slot;
    if (slot.kind === 'empty') continue;
    const kind = slot.kind === 'leaf' ? LEAF_KIND : INNER_KIND;
    scratch[index >> 2] = (scratch[index >> 2] as number) | (kind << (6 - 2 * (index & 3)));
    if (slot.kind === 'inner') {
      scratch.set(slot.hash, at);
      at += HASH_BYTES;
    } else {
      for (let i = known; i < KEY_BYTES; i++) scratch[at++] = slot.treeKey[i] as number;
      const end = packValueInto(slot.value, scratch, at + 1);
      scratch[at] = end - at - 1;
      at = end;
    }
  }
  return scratch.slice(0, at);
}

/** The slots of the record of the group at a depth on a path. Throws `storeDamaged`. */
export function decodeGroup(record: Uint8Array, depth: number, path: Uint8Array): Slot[] {
  const slots: Slot[] = [];
  let at = KINDS_BYTES;
  for (let index = 0; index < SLOTS; index++) {
    const end = slotEnd(record, at, index, depth);
    slots.push(readSlot(record, at, end, index, depth, path));
    at = end;
  }
  if (at !== record.length) throw groupDamaged(depth);
  return slots;
}

/** The one slot that a path goes through. Throws `storeDamaged`. */
export function decodeSlot(record: Uint8Array, depth: number, path: Uint8Array): Slot {
  const wanted = slotIndex(path, depth);
  let at = KINDS_BYTES;
  for (let index = 0; index < wanted; index++) at = slotEnd(record, at, index, depth);
  return readSlot(record, at, slotEnd(record, at, wanted, depth), wanted, depth, path);
}

/** Whole bytes of a tree key that follow from its place in a slot of a group at this depth. */
function knownBytes(depth: number): number {
  return (depth + GROUP_LEVELS) >> 3;
}

function kindOf(record: Uint8Array, index: number): number {
  return ((record[index >> 2] ?? 0) >> (6 - 2 * (index & 3))) & 3;
}

/** Where the slot that begins at `at` ends. */
function slotEnd(record: Uint8Array, at: number, index: number, depth: number): number {
  const kind = kindOf(record, index);
  if (kind === EMPTY_KIND) return at;
  const lengthAt = at + KEY_BYTES - knownBytes(depth);
  const end = kind === INNER_KIND ? at + HASH_BYTES : lengthAt + 1 + (record[lengthAt] ?? 0);
  if (end > record.length || (kind !== INNER_KIND && kind !== LEAF_KIND)) throw groupDamaged(depth);
  return end;
}

function readSlot(record: Uint8Array, at: number, end: number, index: number, depth: number, path: Uint8Array): Slot {
  const kind = kindOf(record, index);
  if (kind === EMPTY_KIND) return EMPTY_SLOT;
  if (kind === INNER_KIND) return { kind: 'inner', hash: record.subarray(at, end) };
  const known = knownBytes(depth);
  // Byte by byte: views of a record would be most of what reading it takes.
  const treeKey = new Uint8Array(KEY_BYTES);
  for (let i = 0; i < known; i++) treeKey[i] = path[i] as number;
  if (depth % 8 !== 0) treeKey[known - 1] = ((path[known - 1] as number) & 0xf0) | index;
  let from = at;
  for (let i = known; i < KEY_BYTES; i++) treeKey[i] = record[from++] as number;
  return { kind: 'leaf', treeKey, value: unpackValue(record, from + 1, end) };
}

function groupDamaged(depth: number) {
  return storeDamaged(`a record of the state tree at depth ${depth} cannot be read`, { depth });
}
