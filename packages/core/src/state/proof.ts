import type { Hash } from '../bytes.js';
import { bytesEqual, fromHex, isHexOf, toHex } from '../bytes.js';
import { sha256 } from '../hash.js';
import { treeKey } from './account.js';
import { storeDamaged } from './damage.js';
import { readGroup } from './tree.js';
import { GROUP_LEVELS, Group, groupKey, type HashedNode, nodesOfGroup } from './treeGroup.js';
import { EMPTY_TREE_HASH, innerHash, leafHash, pathBit } from './treeNode.js';
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
  let group = new Group(0, path, reader.get(groupKey(0, path)));
  for (let depth = 0; ; depth += GROUP_LEVELS) {
    const levels = nodesOfGroup(group.slots);
    let node = levels[0]?.[0] as HashedNode;
    for (let level = 1, place = 0; level <= GROUP_LEVELS && node.kind === 'inner'; level++) {
      place = 2 * place + pathBit(path, depth + level - 1);
      const nodes = levels[level] as HashedNode[];
      siblings.push(toHex((nodes[place ^ 1] as HashedNode).hash));
      node = nodes[place] as HashedNode;
    }
    if (node.kind === 'empty') return { siblings, leaf: null };
    if (node.kind === 'leaf') {
      return { siblings, leaf: { treeKey: toHex(node.treeKey), valueHash: toHex(sha256(node.value)) } };
    }
    group = readGroup(reader, depth + GROUP_LEVELS, path);
    if (!bytesEqual(group.top().hash, node.hash)) {
      throw storeDamaged(`the state tree's record at depth ${depth + GROUP_LEVELS} and its parent disagree`);
    }
  }
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
    const found = { treeKey: fromHex(leaf.treeKey), valueHash: fromHex(leaf.valueHash) };
    const isOwn = bytesEqual(found.treeKey, path);
    if (isOwn !== (value !== undefined)) return false;
    if (value !== undefined && !bytesEqual(found.valueHash, sha256(value))) return false;
    hash = leafHash(found.treeKey, found.valueHash);
  } else if (value !== undefined) {
    return false;
  }

  // Folding along the key's own path shows that the path ends there, so another leaf from elsewhere cannot pass.
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = fromHex(siblings[depth] as Hash);
    const goesLeft = pathBit(path, depth) === 0;
    hash = goesLeft ? innerHash(hash, sibling) : innerHash(sibling, hash);
  }
  return toHex(hash) === root;
}
