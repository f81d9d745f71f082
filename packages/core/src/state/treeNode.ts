import { sha256, sha256Into } from '../hash.js';

/** First byte of what a leaf's hash is taken of. */
const LEAF_TAG = 0x00;
/** First byte of what an inner node's hash is taken of. */
const INNER_TAG = 0x01;
/** Tag 1 ‖ two times 32 bytes. */
const RECORD_BYTES = 65;
const HASH_BYTES = 32;

/** What is being hashed, filled anew for each hash. */
const scratch = new Uint8Array(RECORD_BYTES);

/** Hash of a subtree without leaves. */
export const EMPTY_TREE_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

/** What a leaf's hash is taken of: `0x00 ‖ treeKey ‖ valueHash`. */
export function leafRecord(treeKey: Uint8Array, valueHash: Uint8Array): Uint8Array {
  return fillRecord(new Uint8Array(RECORD_BYTES), LEAF_TAG, treeKey, valueHash);
}

/** Hash of a leaf, whose value has this hash. */
export function leafHash(treeKey: Uint8Array, valueHash: Uint8Array): Uint8Array {
  return sha256(fillRecord(scratch, LEAF_TAG, treeKey, valueHash));
}

/** Hash of an inner node: of `0x01 ‖ left ‖ right`. */
export function innerHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(fillRecord(scratch, INNER_TAG, left, right));
}

/** Writes the hash of a leaf whose value is the first `length` bytes of `value` into `target`. */
export function writeLeafHash(
  treeKey: Uint8Array,
  value: Uint8Array,
  length: number,
  target: Uint8Array,
  at: number,
): void {
  scratch[0] = LEAF_TAG;
  for (let i = 0; i < HASH_BYTES; i++) scratch[1 + i] = treeKey[i] as number;
  sha256Into(value, length, scratch, 1 + HASH_BYTES);
  sha256Into(scratch, RECORD_BYTES, target, at);
}

/** Writes the hash of the inner node over two whose hashes stand one after the other in `nodes` into `target`. */
export function writeInnerHash(nodes: Uint8Array, from: number, target: Uint8Array, at: number): void {
  scratch[0] = INNER_TAG;
  for (let i = 0; i < 2 * HASH_BYTES; i++) scratch[1 + i] = nodes[from + i] as number;
  sha256Into(scratch, RECORD_BYTES, target, at);
}

/** Bit `index` of a tree key, from the most significant: 0 goes left, 1 goes right. */
export function pathBit(path: Uint8Array, index: number): 0 | 1 {
  return (((path[index >> 3] as number) >> (7 - (index & 7))) & 1) as 0 | 1;
}

function fillRecord(record: Uint8Array, tag: number, first: Uint8Array, second: Uint8Array): Uint8Array {
  record[0] = tag;
  record.set(first, 1);
  record.set(second, 1 + HASH_BYTES);
  return record;
}
