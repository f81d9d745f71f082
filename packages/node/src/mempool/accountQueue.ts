import type { Address, Transaction } from '@wattchain/core';
import type { TransactionOrigin, WaitReason } from './types.js';

/** A transaction of the pool with what the pool knows of it. */
export interface Entry {
  readonly transaction: Transaction;
  readonly origin: TransactionOrigin;
  readonly addedMs: number;
  /** What it pays for a unit of gas, in wei. */
  readonly priceWei: bigint;
  /** Order of arrival, which decides between equal prices. */
  readonly sequence: number;
  /** Since when it waits for an earlier nonce or for funds; `undefined`: it waits for a block only. */
  queuedSinceMs: number | undefined;
}

/**
 * The transactions of one account, in the order of their nonces. The first `readyCount` follow each other from the
 * account's nonce and can all be paid; the rest waits.
 */
export class AccountQueue {
  #entries: Entry[] = [];
  #nonce = 0;
  #balance = 0n;
  #readyCount = 0;
  #connectedCount = 0;

  constructor(readonly sender: Address) {}

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Those that can go into the next block, in their order. */
  get ready(): readonly Entry[] {
    return this.#entries.slice(0, this.#readyCount);
  }

  /** Those that wait for an earlier nonce or for funds. */
  get queued(): readonly Entry[] {
    return this.#entries.slice(this.#readyCount);
  }

  get readyCount(): number {
    return this.#readyCount;
  }

  get queuedCount(): number {
    return this.#entries.length - this.#readyCount;
  }

  /** First nonce that no transaction here uses, counting from the account's. */
  get nextNonce(): number {
    return this.#nonce + this.#connectedCount;
  }

  /** Brings the account's state up to date; gives back the entries whose nonce is used up. */
  setState(nonce: number, balance: bigint, nowMs: number): Entry[] {
    this.#nonce = nonce;
    this.#balance = balance;
    const stale = this.#entries.filter(({ transaction }) => transaction.nonce < nonce);
    this.#entries = this.#entries.filter(({ transaction }) => transaction.nonce >= nonce);
    this.#count(nowMs);
    return stale;
  }

  /** The entry with this nonce. */
  at(nonce: number): Entry | undefined {
    return this.#entries.find(({ transaction }) => transaction.nonce === nonce);
  }

  /** Puts an entry in, in place of the one with the same nonce. */
  put(entry: Entry, nowMs: number): void {
    const { nonce } = entry.transaction;
    this.#entries = this.#entries.filter(({ transaction }) => transaction.nonce !== nonce);
    const after = this.#entries.findIndex(({ transaction }) => transaction.nonce > nonce);
    this.#entries.splice(after < 0 ? this.#entries.length : after, 0, entry);
    this.#count(nowMs);
  }

  remove(entry: Entry, nowMs: number): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#count(nowMs);
  }

  /** Whether a transaction with this nonce and cost would be ready. */
  wouldBeReady(nonce: number, costWei: bigint): boolean {
    const before = this.#entries.filter(({ transaction }) => transaction.nonce < nonce);
    if (nonce !== this.#nonce + before.length) return false;
    return before.reduce((sum, { transaction }) => sum + transaction.costWei, costWei) <= this.#balance;
  }

  /** Why an entry of this queue is not ready; `undefined`: it is. */
  queuedReason(entry: Entry): WaitReason | undefined {
    const position = this.#entries.indexOf(entry);
    if (position < this.#readyCount) return undefined;
    if (position >= this.#connectedCount) {
      return { code: 'nonceGap', got: entry.transaction.nonce, expected: this.nextNonce };
    }
    const expected = this.#entries
      .slice(0, position + 1)
      .reduce((sum, { transaction }) => sum + transaction.costWei, 0n);
    return { code: 'insufficientFunds', got: this.#balance, expected };
  }

  #count(nowMs: number): void {
    const gap = this.#entries.findIndex(({ transaction }, i) => transaction.nonce !== this.#nonce + i);
    this.#connectedCount = gap < 0 ? this.#entries.length : gap;
    this.#readyCount = 0;
    let total = 0n;
    for (const entry of this.#entries.slice(0, this.#connectedCount)) {
      total += entry.transaction.costWei;
      if (total > this.#balance) break;
      this.#readyCount++;
    }
    for (const [i, entry] of this.#entries.entries()) {
      if (i < this.#readyCount) entry.queuedSinceMs = undefined;
      else entry.queuedSinceMs ??= nowMs;
    }
  }
}
