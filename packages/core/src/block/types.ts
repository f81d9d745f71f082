import type { Address, Hash } from '../bytes.js';
import type { Transaction } from '../transaction/types.js';
import type { History } from './history.js';

/** What the seal hash covers, in the order of the binary layout (docs/protocol.md). */
export interface SealedFields {
  readonly version: number;
  readonly parentHash: Hash;
  readonly height: number;
  /** Milliseconds since 1970, strictly larger than the parent's. */
  readonly timestampMs: number;
  /** The block hash, read as a number, must not exceed it. */
  readonly target: bigint;
  /** Earns the reward and the fees. */
  readonly miner: Address;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  readonly stateRoot: Hash;
  /** Commits to all earlier headers and their work. */
  readonly historyRoot: Hash;
  readonly gasLimit: number;
  readonly gasUsed: number;
  readonly transactionCount: number;
  /** At most 32 bytes, free. */
  readonly extra: Uint8Array;
}

/** A header: the sealed fields and what the search found. */
export interface Header extends SealedFields {
  /** 8 bytes, chooses the midstate. */
  readonly extraNonce: bigint;
  /** 4 bytes, chooses the tail. */
  readonly headerNonce: number;
  /** r ‖ s ‖ recovery over the block hash where genesis lists the miners, else no bytes. */
  readonly minerSeal: Uint8Array;
}

/** A header with what follows from its ancestors: all that validating a child and choosing a chain need. */
export interface HeaderRecord {
  readonly header: Header;
  readonly hash: Hash;
  /** Sum of `workOf(target)` over the chain up to this header; genesis counts 0. */
  readonly totalWork: bigint;
  /** ASERT's clock at this header: time since genesis, each block counting at most ten intervals, the first one. */
  readonly activeMs: number;
  /** The chain up to this header: what the next header's `historyRoot` commits to. */
  readonly history: History;
}

/** A block as it travels and is stored. */
export interface Block {
  readonly header: Header;
  readonly transactions: readonly Transaction[];
}

/** An event of a contract. */
export interface Log {
  readonly address: Address;
  /** 0 to 4 words of 32 bytes. */
  readonly topics: readonly Hash[];
  readonly data: Uint8Array;
}

/** Why an included transaction had no effect but its fee. `revert` and `panic` carry Solidity's error data in `data`. */
export const FAILURE_CODES = [
  'revert',
  'panic',
  'outOfGas',
  'noContract',
  'noFunction',
  'badArguments',
  'notPayable',
  'viewViolation',
  'reentrancy',
  'callDepth',
  'insufficientBalance',
  'invalidCode',
  'addressTaken',
  'stackLimit',
  'memoryLimit',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** A failed execution, part of the receipt and so of consensus. */
export interface Failure {
  readonly code: FailureCode;
  /** ABI error data: `Error(string)`, `Panic(uint256)`, a contract's own error, or nothing where a contract gives no reason. */
  readonly data: Uint8Array;
}

/** What a transaction did. Its position, block and sender follow from where it stands. */
export interface Receipt {
  readonly gasUsed: number;
  /** `null` when it succeeded. */
  readonly failure: Failure | null;
  readonly logs: readonly Log[];
}
