import type { Address, Hash } from '../bytes.js';

/** What a sender decides: an Ethereum legacy transaction with EIP-155 replay protection. */
export interface UnsignedTransaction {
  readonly nonce: number;
  readonly gasPrice: bigint;
  readonly gasLimit: number;
  /** `null` deploys a contract. */
  readonly to: Address | null;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly chainId: number;
}

/** ECDSA over secp256k1, low s. */
export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
  readonly recovery: 0 | 1;
}

/** A signed transaction with what follows from its bytes; only `decodeTransaction` and `signTransaction` make one. */
export interface Transaction extends UnsignedTransaction {
  readonly signature: Signature;
  /** Recovered from the signature. */
  readonly sender: Address;
  /** keccak256 of `raw`. */
  readonly hash: Hash;
  /** The canonical signed RLP. */
  readonly raw: Uint8Array;
}
