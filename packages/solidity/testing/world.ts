/** What the two machines have in common: a world of accounts in which messages run one after the other. */
import type { Address, Hex } from '@wattchain/core';

/** A transaction without a signature and without a price of gas. */
export interface Message {
  readonly from: Address;
  /** `null` deploys. */
  readonly to: Address | null;
  /** In wei. */
  readonly value: bigint;
  readonly data: Uint8Array;
  /** Of its block. */
  readonly height: number;
  readonly timeS: number;
}

/** What a message did. Bytes are hexadecimal text, so that two outcomes can be compared and shown. */
export interface MessageOutcome {
  /** `undefined` when it succeeded, else why not, in the machine's own word. */
  readonly failure: string | undefined;
  /** What it returned, or the data of its failure; nothing of a deployment that succeeded. */
  readonly data: Hex;
  readonly logs: readonly string[];
  /** Of the whole transaction. */
  readonly gasUsed: number;
  /** Of a deployment that succeeded. */
  readonly address: Address | undefined;
}

/** One of the two machines. */
export interface World {
  run(message: Message): Promise<MessageOutcome>;
  /** Undoes the last message but for the nonce of its sender. */
  undo(): Promise<void>;
  /** `address slot` to word, of every word that is not 0. */
  storage(): Map<string, bigint>;
  balance(address: Address): Promise<bigint>;
}

/** Of every world. */
export const CHAIN_ID = 31_337;
export const START_TIME_S = 1_700_000_000;
/** Of each sender, in wei. */
export const START_BALANCE = 10n ** 24n;

/** The key of a word in {@link World.storage}. */
export function storageName(address: Address, slot: bigint): string {
  return `${address} ${slot.toString(16)}`;
}
