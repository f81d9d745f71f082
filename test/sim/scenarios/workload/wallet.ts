import { type Address, EMPTY_BYTES, type Genesis, signTransaction, type Transaction } from '@wattchain/core';
import type { Person } from './people.js';

/** What somebody wants to be done. */
export interface Act {
  /** In words, for counting. */
  readonly what: string;
  readonly by: Person;
  readonly to: Address;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  /** Default: a plain transfer's. */
  readonly gasLimit?: number;
}

const TRANSFER_GAS = 21_000;

/** Signs with one key, each transaction with the next nonce. */
export class Wallet {
  #nonce = 0;

  constructor(
    private readonly person: Person,
    private readonly genesis: Pick<Genesis, 'chainId' | 'minGasPriceWei'>,
  ) {}

  sign({ to, value = 0n, data = EMPTY_BYTES, gasLimit = TRANSFER_GAS }: Act): Transaction {
    const { chainId, minGasPriceWei: gasPrice } = this.genesis;
    return signTransaction({ nonce: this.#nonce++, gasPrice, gasLimit, to, value, data, chainId }, this.person.key);
  }
}
