import { sha256 } from '../hash.js';
import { TREE_PREFIX } from './account.js';
import { storeDamaged } from './damage.js';
import { MAX_PACKED_BYTES, MAX_UNPACKED_BYTES, packValueInto, unpackValue, unpackValueInto } from './packing.js';
import { EMPTY_TREE_HASH, innerHash, leafHash, writeInnerHash, writeLeafHash } from './treeNode.js';

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

/** Record of a group without leaves, which is never stored. */
const EMPTY_RECORD = new Uint8Array(KINDS_BYTES);
/** Where a record is put together, before its length is known. */
const scratch = new Uint8Array(KINDS_BYTES + SLOTS * (KEY_BYTES + 1 + MAX_PACKED_BYTES));

/** Nodes of a group: its slots, then the eight above them, and so on; the top comes last. That above node n is the {@link aboveOf} n. */
const NODES = 2 * SLOTS - 1;
const TOP = NODES - 1;
/** Hashes of all nodes of a group, one after the other. */
export const GROUP_HASH_BYTES: number = NODES * HASH_BYTES;
/** What is known of the nodes while the top of a group is worked out: kinds, whether they are other ones than before, and of leaves the slots that they stand in. */
const nodeKinds = new Uint8Array(NODES);
const nodeIsNew = new Uint8Array(NODES);
const nodeSlots = new Uint8Array(NODES);
/** Their hashes, where nobody keeps them. */
const scratchHashes = new Uint8Array(GROUP_HASH_BYTES);
/** The leaf that is being hashed. */
const leafKey = new Uint8Array(KEY_BYTES);
const leafValue = new Uint8Array(MAX_UNPACKED_BYTES);

/** A flat value in the tree. */
export interface TreeLeaf {
  readonly kind: 'leaf';
  readonly treeKey: Uint8Array;
  readonly value: Uint8Array;
}

/** What stands at the end of a way through a group: no leaf, one, or more, of which the hash of their top is known. */
export type Slot = typeof EMPTY_SLOT | TreeLeaf | { readonly kind: 'inner'; readonly hash: Uint8Array };

export const EMPTY_SLOT = { kind: 'empty', hash: EMPTY_TREE_HASH } as const;

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
 * A group as its record has it, of which slots may be replaced (docs/protocol.md, State). What nobody looks at stays the record's bytes: of
 * sixteen slots a block changes one or two, and an object for each of the others would be most of what an update takes.
 */
export class Group {
  readonly #depth: number;
  readonly #path: Uint8Array;
  /** As it was read. */
  readonly record: Uint8Array;
  /** Hashes of the record's nodes, which become those of the group when its top is worked out. */
  readonly hashes: Uint8Array | undefined;
  /** Where the bytes of each slot begin in the record, and where the last one's end. */
  readonly #starts = new Uint16Array(SLOTS + 1);
  readonly #replaced: (Slot | undefined)[] = new Array(SLOTS).fill(undefined);

  /**
   * The group at a depth on a path; without a record one without leaves. Who knows the hashes of the record's nodes gives them away. Throws
   * `storeDamaged`, also where values are read.
   */
  constructor(depth: number, path: Uint8Array, record: Uint8Array = EMPTY_RECORD, hashes?: Uint8Array) {
    this.hashes = hashes;
    this.#depth = depth;
    this.#path = path;
    this.record = record;
    let at = KINDS_BYTES;
    for (let index = 0; index < SLOTS; index++) {
      this.#starts[index] = at;
      at = slotEnd(record, at, index, depth);
    }
    this.#starts[SLOTS] = at;
    if (at !== record.length) throw groupDamaged(depth);
  }

  slot(index: number): Slot {
    return this.#replaced[index] ?? this.#read(index);
  }

  get slots(): Slot[] {
    return Array.from({ length: SLOTS }, (_, index) => this.slot(index));
  }

  /** Puts something else into a slot. */
  replace(index: number, slot: Slot): void {
    this.#replaced[index] = slot;
  }

  /**
   * The node that all others of the group lead to, the first of {@link nodesOfGroup}; the hashes of all are left in `hashes`.
   */
  top(hashes: Uint8Array = this.hashes ?? scratchHashes): HashedNode {
    const knowsOld = hashes === this.hashes;
    for (let index = 0; index < SLOTS; index++) this.#hash(index, hashes, knowsOld);
    for (let node = 0; node < TOP; node += 2) joinNodes(node, hashes);
    if (nodeKinds[TOP] === EMPTY_KIND) return EMPTY_SLOT;
    const hash = hashes.slice(TOP * HASH_BYTES);
    if (nodeKinds[TOP] === INNER_KIND) return { kind: 'inner', hash };
    const { kind, treeKey, value } = this.slot(nodeSlots[TOP] as number) as TreeLeaf;
    return { kind, treeKey, value, hash };
  }

  /** Its record. */
  encode(): Uint8Array {
    scratch.fill(0, 0, KINDS_BYTES);
    let at = KINDS_BYTES;
    for (let index = 0; index < SLOTS; index++) {
      const slot = this.#replaced[index];
      const kind = slot === undefined ? kindOf(this.record, index) : codeOf(slot);
      scratch[index >> 2] = (scratch[index >> 2] as number) | (kind << (6 - 2 * (index & 3)));
      if (slot !== undefined) at = writeSlot(slot, at, this.#depth);
      else {
        const end = this.#starts[index + 1] as number;
        for (let from = this.#starts[index] as number; from < end; from++) scratch[at++] = this.record[from] as number;
      }
    }
    return scratch.slice(0, at);
  }

  #read(index: number): Slot {
    const start = this.#starts[index] as number;
    const end = this.#starts[index + 1] as number;
    return readSlot(this.record, start, end, index, this.#depth, this.#path);
  }

  /** Makes a slot the node of its place. */
  #hash(index: number, hashes: Uint8Array, knowsOld: boolean): void {
    const slot = this.#replaced[index];
    const at = HASH_BYTES * index;
    const kind = slot === undefined ? kindOf(this.record, index) : codeOf(slot);
    const isNew = slot !== undefined || !knowsOld;
    nodeKinds[index] = kind;
    nodeSlots[index] = index;
    nodeIsNew[index] = isNew ? 1 : 0;
    if (!isNew) return;
    if (kind === EMPTY_KIND) hashes.fill(0, at, at + HASH_BYTES);
    else if (slot === undefined) this.#hashStored(index, kind, hashes);
    else if (slot.kind === 'leaf') writeLeafHash(slot.treeKey, slot.value, slot.value.length, hashes, at);
    else hashes.set(slot.hash, at);
  }

  #hashStored(index: number, kind: number, hashes: Uint8Array): void {
    const record = this.record;
    const start = this.#starts[index] as number;
    const at = HASH_BYTES * index;
    if (kind === INNER_KIND) {
      for (let i = 0; i < HASH_BYTES; i++) hashes[at + i] = record[start + i] as number;
      return;
    }
    const packedAt = readTreeKey(record, start, index, this.#depth, this.#path, leafKey) + 1;
    const length = unpackValueInto(record, packedAt, this.#starts[index + 1] as number, leafValue);
    writeLeafHash(leafKey, leafValue, length, hashes, at);
  }
}

/** The node above node n and its neighbour. */
const aboveOf = (node: number) => SLOTS + (node >> 1);

/** Makes the node above a node and the one after it. */
function joinNodes(node: number, hashes: Uint8Array): void {
  const above = aboveOf(node);
  const left = nodeKinds[node] as number;
  const right = nodeKinds[node + 1] as number;
  const isNew = ((nodeIsNew[node] as number) | (nodeIsNew[node + 1] as number)) === 1;
  nodeIsNew[above] = isNew ? 1 : 0;
  const isInner = left === INNER_KIND || right === INNER_KIND || (left === LEAF_KIND && right === LEAF_KIND);
  if (isInner) {
    nodeKinds[above] = INNER_KIND;
    if (isNew) writeInnerHash(hashes, HASH_BYTES * node, hashes, HASH_BYTES * above);
    return;
  }
  const only = left === EMPTY_KIND ? node + 1 : node;
  nodeKinds[above] = nodeKinds[only] as number;
  nodeSlots[above] = nodeSlots[only] as number;
  if (isNew) hashes.copyWithin(HASH_BYTES * above, HASH_BYTES * only, HASH_BYTES * (only + 1));
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

/** The one slot of a record that a path goes through. Throws `storeDamaged`. */
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

function codeOf({ kind }: Slot): number {
  if (kind === 'empty') return EMPTY_KIND;
  return kind === 'leaf' ? LEAF_KIND : INNER_KIND;
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
  const treeKey = new Uint8Array(KEY_BYTES);
  const packedAt = readTreeKey(record, at, index, depth, path, treeKey) + 1;
  return { kind: 'leaf', treeKey, value: unpackValue(record, packedAt, end) };
}

/** Writes the key of the leaf that a slot has, of which the record has what its place does not say; returns where that ends. */
function readTreeKey(
  record: Uint8Array,
  at: number,
  index: number,
  depth: number,
  path: Uint8Array,
  treeKey: Uint8Array,
): number {
  const known = knownBytes(depth);
  // Byte by byte: views of a record would be most of what reading it takes.
  for (let i = 0; i < known; i++) treeKey[i] = path[i] as number;
  if (depth % 8 !== 0) treeKey[known - 1] = ((path[known - 1] as number) & 0xf0) | index;
  let from = at;
  for (let i = known; i < KEY_BYTES; i++) treeKey[i] = record[from++] as number;
  return from;
}

/** Writes what stands in a slot into {@link scratch}; returns where it ends. */
function writeSlot(slot: Slot, at: number, depth: number): number {
  if (slot.kind === 'empty') return at;
  if (slot.kind === 'inner') {
    scratch.set(slot.hash, at);
    return at + HASH_BYTES;
  }
  let lengthAt = at;
  for (let i = knownBytes(depth); i < KEY_BYTES; i++) scratch[lengthAt++] = slot.treeKey[i] as number;
  const end = packValueInto(slot.value, scratch, lengthAt + 1);
  scratch[lengthAt] = end - lengthAt - 1;
  return end;
}

function groupDamaged(depth: number) {
  return storeDamaged(`a record of the state tree at depth ${depth} cannot be read`, { depth });
}
