import {
  type AccountProof,
  type Address,
  assert,
  bigIntToBytes,
  commitState,
  EMPTY_CODE_HASH,
  type Hash,
  type KeyValueReader,
  Overlay,
  proveAccount,
  storeDamaged,
  toHex,
  treeRoot,
} from '@wattchain/core';
import { PROOF_VALUES_PER_TURN } from '../limits.js';
import type { RpcChain } from '../protocol/backend.js';
import type { BlockSelector } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { serverError } from '../protocol/rpcError.js';
import type { ClientTurns } from '../protocol/turns.js';
import { requireHeader } from './blocks.js';
import type { Shape } from './format.js';

/** How often a proof is begun anew when the head moves while the tree of an older block is put together. */
const MAX_TRIES = 3;

/**
 * The answer of `eth_getProof`: an account and words of its storage after a block, with proofs from its state root, which
 * `verifyAccountProof` of core checks. Throws −32000 when the state is not kept.
 */
export async function readProof(
  chain: RpcChain,
  address: Address,
  slots: readonly bigint[],
  block: BlockSelector,
  turns: ClientTurns,
): Promise<Shape> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { hash, header } = requireHeader(chain, block);
    const state = await stateWithTree(chain, hash, turns);
    if (state === undefined) throw serverError(`state of block ${header.height} is not kept`);
    if (state !== 'moved') return proofToRpc(proveAccount(state, address, slots), header.stateRoot);
  }
  throw serverError('the chain moved on while the proof was made: ask again, or for the newest block');
}

/**
 * The state after a block with the tree over it. The tree is stored for the newest block alone; for an older one the values
 * that changed since are put back, in pieces, which a new head makes worthless (`moved`).
 */
async function stateWithTree(
  chain: RpcChain,
  hash: Hash,
  turns: ClientTurns,
): Promise<KeyValueReader | 'moved' | undefined> {
  const head = chain.head;
  const newest = chain.stateAt(head.hash);
  assert(newest !== undefined, 'the state of the head is kept');
  if (hash === head.hash) return newest;
  const older = chain.stateAt(hash);
  if (older === undefined) return undefined;
  assert(older instanceof Overlay, 'an older state is the newest with older values over it');

  const tree = new Overlay(newest);
  const values = older.writes();
  for (let first = 0; first < values.length; first += PROOF_VALUES_PER_TURN) {
    if (first > 0) await turns.next();
    if (chain.head.hash !== head.hash) return 'moved';
    const changes = values
      .slice(first, first + PROOF_VALUES_PER_TURN)
      .map(({ key, value }) => ({ key, before: tree.get(key), after: value }));
    tree.apply(commitState(tree, changes).writes);
  }
  const stateRoot = chain.headerByHash(hash)?.header.stateRoot;
  if (treeRoot(tree) !== stateRoot) {
    throw storeDamaged(`the undo records lead to another state than that of block ${hash}`);
  }
  return tree;
}

/** Storage words stand in the same tree as accounts, so `storageHash` is the state root itself. */
function proofToRpc({ address, account, proof, storage }: AccountProof, stateRoot: Hash): Shape {
  return {
    address,
    nonce: quantity(account.nonce),
    balance: quantity(account.balance),
    codeHash: account.codeHash ?? EMPTY_CODE_HASH,
    storageHash: stateRoot,
    accountProof: proof,
    storageProof: storage.map(({ slot, value, proof: path }) => ({
      key: toHex(bigIntToBytes(slot, 32)),
      value: quantity(value),
      proof: path,
    })),
  };
}
