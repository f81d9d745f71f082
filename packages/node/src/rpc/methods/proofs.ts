import {
  type AccountProof,
  type Address,
  bigIntToBytes,
  commitState,
  EMPTY_CODE_HASH,
  type Hash,
  type KeyValueReader,
  Overlay,
  type Pieces,
  proveAccount,
  storeDamaged,
  toHex,
  treeRoot,
} from '@wattchain/core';
import { PastState } from '../../chain/pastValues.js';
import { PROOF_VALUES_PER_PIECE } from '../limits.js';
import type { RpcChain } from '../protocol/backend.js';
import type { BlockSelector } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { serverError } from '../protocol/rpcError.js';
import { requireHeader } from './blocks.js';
import type { Shape } from './format.js';

/**
 * The answer of `eth_getProof`: an account and words of its storage after a block, with proofs from its state root, which
 * `verifyAccountProof` of core checks. Throws −32000 when the state is not kept.
 */
export function* readProof(
  chain: RpcChain,
  address: Address,
  slots: readonly bigint[],
  block: BlockSelector,
): Pieces<Shape> {
  const { hash, header } = requireHeader(chain, block);
  const state = yield* stateWithTree(chain, hash);
  if (state === undefined) throw serverError(`state of block ${header.height} is not kept`);
  const proof = proveAccount(state, address, []);
  const storage: AccountProof['storage'][number][] = [];
  for (const slot of slots) {
    yield;
    storage.push(...proveAccount(state, address, [slot]).storage);
  }
  return proofToRpc({ ...proof, storage }, header.stateRoot);
}

/**
 * The state after a block with the tree over it. The tree is stored for the newest block alone; for an older one the values
 * that changed since are put back.
 */
function* stateWithTree(chain: RpcChain, hash: Hash): Pieces<KeyValueReader | undefined> {
  const stateRoot = chain.headerByHash(hash)?.header.stateRoot;
  const state = yield* chain.heldStateAt(hash);
  if (!(state instanceof Overlay || state instanceof PastState)) return state;

  const tree = new Overlay(state.base);
  const values = state.writes();
  for (let first = 0; first < values.length; first += PROOF_VALUES_PER_PIECE) {
    const changes = values
      .slice(first, first + PROOF_VALUES_PER_PIECE)
      .map(({ key, value }) => ({ key, before: tree.get(key), after: value }));
    tree.apply(commitState(tree, changes).writes);
    yield;
  }
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
