import type { Address, Hash } from '../bytes.js';

/** The kind of a transaction as EIP-2718 numbers it: 0 legacy with EIP-155, 1 EIP-2930, 2 EIP-1559. */
export type TransactionType = 0 | 1 | 2;

/** An account that a transaction says it will touch, and words of its storage (EIP-2930). */
export interface AccessListEntry {
  readonly address: Address;
  /** 32 bytes each. */
  readonly storageKeys: readonly Hash[];
}

/** Carried and paid for, otherwise without effect: nothing is cheaper here for being listed. */
export type AccessList = readonly AccessListEntry[];

/** What every kind of transaction says. */
interface CommonFields {
  readonly nonce: number;
  readonly gasLimit: number;
  /** `null` deploys a contract. */
  readonly to: Address | null;
  /** In wei. */
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly chainId: number;
}

/** Ethereum's legacy transaction with EIP-155 replay protection. */
export interface UnsignedLegacy extends CommonFields {
  readonly type?: 0;
  /** Wei for a unit of gas. */
  readonly gasPrice: bigint;
}

/** A transaction of type 1 (EIP-2930). */
export interface UnsignedAccessList extends CommonFields {
  readonly type: 1;
  /** Wei for a unit of gas. */
  readonly gasPrice: bigint;
  readonly accessList: AccessList;
}

/** A transaction of type 2 (EIP-1559). */
export interface UnsignedFeeMarket extends CommonFields {
  readonly type: 2;
  /** Most wei for a unit of gas. */
  readonly maxFeePerGas: bigint;
  /** Wei for a unit of gas above the base fee, at most `maxFeePerGas`. */
  readonly maxPriorityFeePerGas: bigint;
  readonly accessList: AccessList;
}

/** What a sender decides. */
export type UnsignedTransaction = UnsignedLegacy | UnsignedAccessList | UnsignedFeeMarket;

/** ECDSA over secp256k1, low s. */
export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
  readonly recovery: 0 | 1;
}

/** The fields of any kind of transaction in one form: a gas price of types 0 and 1 is both of the fees of type 2. */
export interface TransactionFields extends CommonFields {
  readonly type: TransactionType;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** Empty for type 0. */
  readonly accessList: AccessList;
}

/** A signed transaction with what follows from its bytes; only decoding and signing make one. */
export interface Transaction extends TransactionFields {
  readonly signature: Signature;
  /** Recovered from the signature. */
  readonly sender: Address;
  /** keccak256 of `raw`. */
  readonly hash: Hash;
  /** The envelope: the type's byte and its RLP, for type 0 the RLP alone. */
  readonly raw: Uint8Array;
  /** The most that it can take from its sender, in wei: gasLimit · maxFeePerGas + value. */
  readonly costWei: bigint;
}
