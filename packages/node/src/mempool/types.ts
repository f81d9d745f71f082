import type { Address, Hash, Transaction, TransactionFormFault, TransactionStateFault } from '@wattchain/core';

/** Where a transaction came from: this node's own door, or another node. Restrictions may differ, validity does not. */
export type TransactionOrigin = 'local' | 'gossip';

/** Why the pool does not take a well-formed transaction now. */
export type PoolFault =
  | TransactionStateFault
  /** `expected` is what a block has room for. */
  | Extract<TransactionFormFault, { code: 'txTooLarge' }>
  | { readonly code: 'alreadyKnown'; readonly got: Hash }
  | {
      readonly code: 'replacementUnderpriced';
      /** Which of its fees is too low, the other may be too; a gas price is both. */
      readonly field: 'maxFeePerGas' | 'maxPriorityFeePerGas';
      readonly got: bigint;
      readonly expected: bigint;
    }
  /** This account replaced so many of its transactions within a minute; it may again after a while. */
  | { readonly code: 'replacementLimit'; readonly expected: number; readonly sender: Address }
  | { readonly code: 'poolFull'; readonly got: number; readonly expected: number }
  /** Everybody can sign for this sender: the keys of a testbed are published. */
  | { readonly code: 'publishedKey'; readonly sender: Address }
  | { readonly code: 'accountLimit'; readonly got: number; readonly expected: number; readonly sender: Address };

/** Why a transaction of the pool is not in a block yet. */
export type WaitReason =
  /** `expected` is the sender's next nonce, which is missing. */
  | { readonly code: 'nonceGap'; readonly got: number; readonly expected: number }
  /** The sender has `got` wei; this transaction and those before it may cost `expected`. */
  | { readonly code: 'insufficientFunds'; readonly got: bigint; readonly expected: bigint }
  /** It is ready; transactions that pay more fill the next block. */
  | { readonly code: 'blockFull' }
  /** It is ready for the next block. */
  | { readonly code: 'notMinedYet' };

/** A transaction that waits in the pool. */
export interface PoolEntry {
  readonly transaction: Transaction;
  readonly origin: TransactionOrigin;
  readonly reason: WaitReason;
  /** When it came in, milliseconds since 1970. */
  readonly addedMs: number;
}

/** What a pool tells. */
export interface MempoolEvents {
  /** A transaction came in or replaced another; also those that a reorganisation brought back. */
  readonly added: Transaction;
  /** A transaction was not taken. */
  readonly refused: PoolFault | TransactionFormFault;
}

/** How full a pool is. */
export interface PoolLoad {
  /** Transactions that wait for nothing but a block. */
  readonly ready: number;
  /** Transactions that wait for an earlier nonce or for funds. */
  readonly queued: number;
  /** Of all raw transactions together. */
  readonly bytes: number;
}
