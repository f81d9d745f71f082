import { sha256 } from '../hash.js';

/** First byte of what a leaf's hash is taken of. */
const LEAF_TAG = 0x00;
/** First byte of what an inner node's hash is taken of. */
const INNER_TAG = 0x01;
/** Tag 1 ‖ two times 32 bytes. */
const RECORD_BYTES = 65;

/** What is being hashed, filled anew for each hash. */
const scratch = new Uint8Array(RECORD_BYTES);

/** Hash of a subtree without leaves. */
export const EMPTY_TREE_HASH: Uint8Array = new Uint8Array(32);

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

/** Bit `index` of a tree key, from the most significant: 0 goes left, 1 goes right. */
export function pathBit(path: Uint8Array, index: number): 0 | 1 {
  return (((path[index >> 3] as number) >> (7 - (index & 7))) & 1) as 0 | 1;
}

function fillRecord(record: Uint8Array, tag: number, first: Uint8Array, second: Uint8Array): Uint8Array {
  record[0] = tag;
  record.set(first, 1);
  record.set(second, 33);
  return record;
}
