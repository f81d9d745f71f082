import type { Address, Genesis, Hash, Pieces, Transaction } from '@wattchain/core';
import { GAS_TRANSACTION } from '@wattchain/vm';
import { bodyRoom, bytesInBody } from '../chain/bodyRoom.js';

/** Transactions that are looked at before others get their turn: a fraction of a millisecond. */
export const LOOKS_PER_PIECE = 256;

/** Which transactions of a pool fit the next block; worked out when somebody asks, and kept until the pool changes. */
export class NextBlock {
  #selected: ReadonlySet<Hash> | undefined;
  #changes = 0;

  /** `genesis`: that of the chain, which a development chain may change; `executable`: see `Mempool.executable`. */
  constructor(
    private readonly genesis: () => Genesis,
    private readonly executable: () => Iterable<Transaction>,
  ) {}

  /** The pool changed. */
  forget(): void {
    this.#selected = undefined;
    this.#changes++;
  }

  /** What fits if every transaction uses all its gas. In pieces between which the pool may change. */
  *inPieces(): Pieces<ReadonlySet<Hash>> {
    if (this.#selected !== undefined) return this.#selected;
    const changes = this.#changes;
    const selected = yield* this.#select();
    if (changes === this.#changes) this.#selected = selected;
    return selected;
  }

  *#select(): Pieces<ReadonlySet<Hash>> {
    const genesis = this.genesis();
    const selected = new Set<Hash>();
    const skipped = new Set<Address>();
    let gasLeft = genesis.blockGasLimit;
    let bytesLeft = bodyRoom(genesis);
    let looks = 0;
    for (const transaction of this.executable()) {
      if (gasLeft < GAS_TRANSACTION) break;
      if (++looks % LOOKS_PER_PIECE === 0) yield;
      const bytes = bytesInBody(transaction);
      if (skipped.has(transaction.sender) || transaction.gasLimit > gasLeft || bytes > bytesLeft) {
        skipped.add(transaction.sender);
        continue;
      }
      selected.add(transaction.hash);
      gasLeft -= transaction.gasLimit;
      bytesLeft -= bytes;
    }
    return selected;
  }
}
