import type { Hash } from '../bytes.js';
import type { GroupHashes } from './groupHashes.js';

/** An account. One with nonce 0, balance 0 and no code does not exist. */
export interface Account {
  readonly nonce: number;
  readonly balance: bigint;
  /** keccak256 of the code, `null` for an account without code. */
  readonly codeHash: Hash | null;
}

/** Synchronous reads of bytes by key: a database, an overlay over one, or memory. */
export interface KeyValueReader {
  get(key: Uint8Array): Uint8Array | undefined;
  /** Of the state tree's groups that are read here, where somebody keeps them. */
  readonly groupHashes?: GroupHashes | undefined;
}

/** One write: `undefined` deletes. */
export interface KeyValueWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** One flat value that a block changed, enough to do it and to undo it. */
export interface StateChange {
  /** Flat key: `accountKey` or `storageKey`. */
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}
