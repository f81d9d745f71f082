import type { Address, Transaction } from '@wattchain/core';
import type { TokenBucket } from '../base/tokenBucket.js';
import type { TransactionOrigin, WaitReason } from './types.js';

/** A transaction of the pool with what the pool knows of it. */
export interface Entry {
  readonly transaction: Transaction;
  readonly origin: TransactionOrigin;
  /** By the stopwatch, as all times here. */
  readonly addedMs: number;
  /** What it pays for a unit of gas, in wei. */
  readonly priceWei: bigint;
  /** Order of arrival, which decides between equal prices. */
  readonly sequence: number;
  /** Since when it waits for an earlier nonce or for funds; `undefined`: it waits for a block only. */
  queuedSinceMs: number | undefined;
}

/** What of an account's queue decides about its place among the others. */
export interface QueueEnds {
  /** The first of those that are ready. */
  readonly first: Entry | undefined;
  /** The last of all: the only one that others may push out without leaving a gap. */
  readonly last: Entry | undefined;
  readonly isLastReady: boolean;
}

/**
 * The transactions of one account, in the order of their nonces. The first `readyCount` follow each other from the
 * account's nonce and can all be paid; the rest waits. What is next in line costs the same however many stand before it.
 */
export class AccountQueue {
  /** How often its transactions may still be replaced; absent before the first time. */
  replacements: TokenBucket | undefined;
  #entries: Entry[] = [];
  #nonce = 0;
  #balance = 0n;
  #readyCount = 0;
  #readyCostWei = 0n;
  /** Entries that follow each other from the account's nonce; at least the ready ones. */
  #connectedCount = 0;

  constructor(readonly sender: Address) {}

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** What decides about this account's place among the others. */
  get ends(): QueueEnds {
    const first = this.#readyCount === 0 ? undefined : this.#entries[0];
    const last = this.#entries[this.#entries.length - 1];
    return { first, last, isLastReady: this.#readyCount === this.#entries.length };
  }

  /** The entry with this nonce, if it can go into the next block. */
  readyAt(nonce: number): Entry | undefined {
    const place = this.#placeOf(nonce);
    const entry = place < this.#readyCount ? this.#entries[place] : undefined;
    return entry?.transaction.nonce === nonce ? entry : undefined;
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
    if (nonce === this.#nonce && balance === this.#balance) return [];
    const passed = nonce - this.#nonce;
    this.#nonce = nonce;
    this.#balance = balance;
    const stale = this.#entries.splice(0, this.#placeOf(nonce));
    const costWei = this.#readyCostWei - costOf(stale);
    // Those that were ready follow each other, so when as many went as the nonce moved, the rest of them still does.
    const areReady = passed === stale.length && passed <= this.#readyCount && costWei <= balance;
    if (areReady) this.#readyCostWei = costWei;
    this.#count(nowMs, areReady ? this.#readyCount - passed : 0);
    return stale;
  }

  /** The entry with this nonce. */
  at(nonce: number): Entry | undefined {
    const entry = this.#entries[this.#placeOf(nonce)];
    return entry?.transaction.nonce === nonce ? entry : undefined;
  }

  /** Puts an entry in, in place of the one with the same nonce. */
  put(entry: Entry, nowMs: number): void {
    const { nonce } = entry.transaction;
    const place = this.#placeOf(nonce);
    const from = this.#uncount(place);
    this.#entries.splice(place, this.#entries[place]?.transaction.nonce === nonce ? 1 : 0, entry);
    this.#count(nowMs, from);
  }

  remove(entry: Entry, nowMs: number): void {
    const place = this.#placeOf(entry.transaction.nonce);
    if (this.#entries[place] !== entry) return;
    const from = this.#uncount(place);
    this.#entries.splice(place, 1);
    this.#count(nowMs, from);
  }

  /** Gives back all entries and has none any more. */
  clear(nowMs: number): Entry[] {
    const entries = this.#entries;
    this.#entries = [];
    this.#count(nowMs, 0);
    return entries;
  }

  /** Whether a transaction with this nonce and cost would be ready. */
  wouldBeReady(nonce: number, costWei: bigint): boolean {
    const place = this.#placeOf(nonce);
    if (place > this.#readyCount || nonce !== this.#nonce + place) return false;
    const costOfReady = place === this.#readyCount ? this.#readyCostWei : costOf(this.#entries.slice(0, place));
    return costOfReady + costWei <= this.#balance;
  }

  /** Why an entry of this queue is not ready; `undefined`: it is. */
  queuedReason(entry: Entry): WaitReason | undefined {
    const position = this.#placeOf(entry.transaction.nonce);
    if (position < this.#readyCount) return undefined;
    if (position >= this.#connectedCount) {
      return { code: 'nonceGap', got: entry.transaction.nonce, expected: this.nextNonce };
    }
    const expected = costOf(this.#entries.slice(0, position + 1));
    return { code: 'insufficientFunds', got: this.#balance, expected };
  }

  /** Where an entry with this nonce stands, or would stand. */
  #placeOf(nonce: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry).transaction.nonce < nonce) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Gives up what was counted from a place on, where something is about to change; returns how many before it stay ready. */
  #uncount(place: number): number {
    const from = Math.min(place, this.#readyCount);
    this.#readyCostWei -= costOf(this.#entries.slice(from, this.#readyCount));
    return from;
  }

  /** Counts from an entry on, before which all are ready and counted. */
  #count(nowMs: number, from: number): void {
    if (from === 0) this.#readyCostWei = 0n;
    this.#connectedCount = from;
    this.#readyCount = from;
    for (let i = from; i < this.#entries.length; i++) {
      const entry = this.#entries[i] as Entry;
      if (this.#connectedCount === i && entry.transaction.nonce === this.#nonce + i) this.#connectedCount++;
      const costWei = this.#readyCostWei + entry.transaction.costWei;
      if (this.#readyCount === i && this.#connectedCount > i && costWei <= this.#balance) {
        this.#readyCount++;
        this.#readyCostWei = costWei;
        entry.queuedSinceMs = undefined;
      } else entry.queuedSinceMs ??= nowMs;
    }
  }
}

function costOf(entries: readonly Entry[]): bigint {
  return entries.reduce((sum, { transaction }) => sum + transaction.costWei, 0n);
}
