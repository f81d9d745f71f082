import {
  addressOf,
  bytesToBigInt,
  fromHex,
  MAX_CHAIN_ID,
  MIN_NEW_CHAIN_ID,
  sha256,
  textToBytes,
} from '@wattchain/core';
import type { InputFile } from '@wattchain/market';
import type { ChainAccount } from './chain.js';

/** SHA-256 over the hashes of the input files, in their order: what the registry's first event holds. 32 bytes. */
export function inputsDigest(inputs: readonly InputFile[]): Uint8Array {
  return sha256(...inputs.map(({ sha256: digits }) => fromHex(`0x${digits}`)));
}

/** Whatever differs between two runs makes everything below differ: chain ids, keys. */
export class Derivation {
  readonly #root: Uint8Array;

  /**
   * @param inputs of {@link inputsDigest}
   * @param options what else was asked, as one text
   */
  constructor(inputs: Uint8Array, options: string) {
    this.#root = sha256(inputs, textToBytes(options));
  }

  /** 32 bytes for a purpose. */
  bytes(purpose: string): Uint8Array {
    return sha256(this.#root, textToBytes(purpose));
  }

  /** The chain id of a rule's chain, as new networks have them. */
  chainId(rule: string): number {
    const span = BigInt(MAX_CHAIN_ID - MIN_NEW_CHAIN_ID + 1);
    return MIN_NEW_CHAIN_ID + Number(bytesToBigInt(this.bytes(`chain ${rule}`)) % span);
  }

  /** An account whose key everybody can derive who has the inputs: of no use for anything but the run. */
  account(name: string): ChainAccount {
    const privateKey = this.bytes(`key ${name}`);
    return { name, privateKey, address: addressOf(privateKey) };
  }
}
