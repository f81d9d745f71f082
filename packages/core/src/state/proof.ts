import type { Hash } from '../bytes.js';
import { bytesEqual, fromHex, isHexOf, toHex } from '../bytes.js';
import { sha256 } from '../hash.js';
import { treeKey } from './account.js';
import { storeDamaged } from './damage.js';
import { EMPTY_TREE_HASH, hashNode, pathBit, readNode } from './tree.js';
import type { KeyValueReader } from './types.js';

/** What a state root says about one flat key: its value, or that it has none. */
export interface StateProof {
  /** Hashes beside the path, from the root down to where it ends, at most 256. */
  readonly siblings: readonly Hash[];
  /** Where the path ends: `null` for nothing, the key's own leaf, or another leaf in whose subtree the key would be. */
  readonly leaf: { readonly treeKey: Hash; readonly valueHash: Hash } | null;
}

/** Proof for a flat key from the tree that the reader has. */
export function proveKey(reader: KeyValueReader, flatKey: Uint8Array): StateProof {
  const path = treeKey(flatKey);
  const siblings: Hash[] = [];
  let node = readNode(reader, 0, path);
  while (node.kind === 'inner') {
    const goesLeft = pathBit(path, siblings.length) === 0;
    const child = goesLeft ? node.left : node.right;
    siblings.push(toHex(goesLeft ? node.right : node.left));
    node = readNode(reader, siblings.length, path);
    if ((node.kind === 'empty') !== bytesEqual(child, EMPTY_TREE_HASH)) {
      throw storeDamaged(`the state tree's record at depth ${siblings.length} and its parent disagree`);
    }
  }
  const leaf = node.kind === 'empty' ? null : { treeKey: toHex(node.treeKey), valueHash: toHex(node.valueHash) };
  return { siblings, leaf };
}

/**
 * Whether `root` commits to exactly this value of a flat key (`undefined`: to none). Total: a malformed proof, from
 * whoever sent it, is just not a proof.
 */
export function verifyStateProof(
  root: Hash,
  flatKey: Uint8Array,
  value: Uint8Array | undefined,
  proof: StateProof,
): boolean {
  const { siblings, leaf } = proof;
  if (siblings.length > 256 || !siblings.every((sibling) => isHexOf(sibling, 32))) return false;
  const path = treeKey(flatKey);

  let hash = EMPTY_TREE_HASH;
  if (leaf !== null) {
    if (!isHexOf(leaf.treeKey, 32) || !isHexOf(leaf.valueHash, 32)) return false;
    const found = { kind: 'leaf' as const, treeKey: fromHex(leaf.treeKey), valueHash: fromHex(leaf.valueHash) };
    const isOwn = bytesEqual(found.treeKey, path);
    if (isOwn !== (value !== undefined)) return false;
    if (value !== undefined && !bytesEqual(found.valueHash, sha256(value))) return false;
    hash = hashNode(found);
  } else if (value !== undefined) {
    return false;
  }

  // Folding along the key's own path shows that the path ends there, so another leaf from elsewhere cannot pass.
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = fromHex(siblings[depth] as Hash);
    const goesLeft = pathBit(path, depth) === 0;
    hash = hashNode({ kind: 'inner', left: goesLeft ? hash : sibling, right: goesLeft ? sibling : hash });
  }
  return toHex(hash) === root;
}
