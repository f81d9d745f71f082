import { fromHex, type Hash, toHex, ZERO_HASH } from './bytes.js';
import { assert } from './error.js';
import { sha256 } from './hash.js';

/** Different first bytes keep a leaf from ever being read as an inner node (RFC 6962, section 2.1). */
const LEAF_TAG = Uint8Array.of(0);
const INNER_TAG = 1;
const HASH_BYTES = 32;
/** What an inner node's hash is taken of, filled anew for each: `0x01 ‖ left ‖ right`. */
const innerRecord = new Uint8Array(1 + 2 * HASH_BYTES);
innerRecord[0] = INNER_TAG;

/** Shows that one item stands at `index` in a list of `count` items. */
export interface MerkleProof {
  readonly index: number;
  /** The root does not commit to it: compare it with the header's `transactionCount` before believing the position. */
  readonly count: number;
  /** The hashes beside the way from the leaf up to the root; a promoted node has none. */
  readonly siblings: readonly Hash[];
}

/** Root of a list: tagged SHA-256, an odd node is promoted, never doubled; the empty list has 32 zero bytes. */
export function merkleRoot(items: readonly Uint8Array[]): Hash {
  if (items.length === 0) return ZERO_HASH;
  let level = leavesOf(items);
  while (level.length > 1) level = levelAbove(level);
  return toHex(level[0] as Uint8Array);
}

/** Proof for the item at `index`, which must exist. */
export function merkleProof(items: readonly Uint8Array[], index: number): MerkleProof {
  assert(Number.isInteger(index) && index >= 0 && index < items.length, 'no such item in the list', index);
  const siblings: Hash[] = [];
  let level = leavesOf(items);
  for (let place = index; level.length > 1; place >>>= 1) {
    const sibling = level[place ^ 1];
    if (sibling !== undefined) siblings.push(toHex(sibling));
    level = levelAbove(level);
  }
  return { index, count: items.length, siblings };
}

/** Whether `proof` shows that `item` stands at `proof.index` of the `proof.count` items under `root`. */
export function verifyMerkleProof(root: Hash, item: Uint8Array, proof: MerkleProof): boolean {
  const { index, count, siblings } = proof;
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(index) || index < 0 || index >= count) return false;
  let node = leafHash(item);
  let used = 0;
  for (let place = index, width = count; width > 1; place = Math.floor(place / 2), width = Math.ceil(width / 2)) {
    const isPromoted = place % 2 === 0 && place === width - 1;
    if (isPromoted) continue;
    const text = siblings[used++];
    if (text === undefined) return false;
    const sibling = fromHex(text);
    if (sibling.length !== 32) return false;
    node = place % 2 === 0 ? innerHash(node, sibling) : innerHash(sibling, node);
  }
  return used === siblings.length && toHex(node) === root;
}

function leavesOf(items: readonly Uint8Array[]): Uint8Array[] {
  return items.map(leafHash);
}

function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    const right = level[i + 1];
    above.push(right === undefined ? left : innerHash(left, right));
  }
  return above;
}

function leafHash(item: Uint8Array): Uint8Array {
  return sha256(LEAF_TAG, item);
}

function innerHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  innerRecord.set(left, 1);
  innerRecord.set(right, 1 + HASH_BYTES);
  return sha256(innerRecord);
}
