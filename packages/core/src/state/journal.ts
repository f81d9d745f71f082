import { ByteMap } from '../byteMap.js';
import type { Address, Hash } from '../bytes.js';
import { compareBytes, EMPTY_BYTES, toHex } from '../bytes.js';
import { assert } from '../error.js';
import { keccak256 } from '../hash.js';
import { WORD_LIMIT } from '../params.js';
import { WORD_BYTES, writeWord } from '../words.js';
import {
  accountKey,
  codeKey,
  decodeAccount,
  decodeWord,
  EMPTY_ACCOUNT,
  encodeAccount,
  encodeWord,
  isEmptyAccount,
  storageKey,
} from './account.js';
import { storeDamaged } from './damage.js';
import type { Account, KeyValueReader, KeyValueWrite, StateChange } from './types.js';

/** A value as the reader gave it and as it is now. */
interface Entry<T> {
  readonly key: Uint8Array;
  /** Its bytes. */
  readonly stored: Uint8Array | undefined;
  readonly before: T;
  now: T;
}

/**
 * The state while transactions run: reads lazily through a reader, keeps what was read and written, and undoes writes
 * back to any checkpoint. Nothing reaches the reader's store; `changes()` and `codes()` say what to commit.
 */
export class StateJournal {
  readonly #reader: KeyValueReader;
  readonly #accounts = new Map<Address, Entry<Account>>();
  /** By the bytes of slots: of a bigint `Map` looks at the low 64 bits alone, and a contract can have many slots that share them. */
  readonly #words = new Map<Address, ByteMap<Entry<bigint>>>();
  /** Codes that the reader does not have, by their hash; one that was undone is `undefined`. */
  readonly #newCodes = new Map<Hash, Entry<Uint8Array | undefined>>();
  /** What was written, oldest first, and beside it what stood there before: a closure for each write would be most of its price. */
  readonly #written: Entry<unknown>[] = [];
  readonly #before: unknown[] = [];
  /** Writes that cannot be undone any more. */
  #kept = 0;
  /** Where a word is looked for; words are read more often than they are met for the first time. */
  readonly #slotBytes = new Uint8Array(WORD_BYTES);
  /** The word that was asked for last: whoever writes one has often just read it. */
  #lastAddress: Address | undefined;
  #lastSlot = 0n;
  #lastWord: Entry<bigint> | undefined;

  constructor(reader: KeyValueReader) {
    this.#reader = reader;
  }

  /** The account, or `undefined` where none exists. */
  account(address: Address): Account | undefined {
    const account = this.#account(address).now;
    return isEmptyAccount(account) ? undefined : account;
  }

  /** Balance in wei, 0 where no account exists. */
  balance(address: Address): bigint {
    return this.#account(address).now.balance;
  }

  /** Number of transactions that the account has sent, 0 where no account exists. */
  nonce(address: Address): number {
    return this.#account(address).now.nonce;
  }

  /** The account's code, no bytes where there is none. */
  code(address: Address): Uint8Array {
    const { codeHash } = this.#account(address).now;
    if (codeHash === null) return EMPTY_BYTES;
    const code = this.#newCodes.get(codeHash)?.now ?? this.#reader.get(codeKey(codeHash));
    if (code === undefined) throw storeDamaged(`the code ${codeHash} of ${address} is missing`, { address, codeHash });
    return code;
  }

  /** Replaces the account; an empty one ceases to exist. */
  setAccount(address: Address, account: Account): void {
    assert(account.balance >= 0n && account.balance < WORD_LIMIT, 'a balance is a word', account.balance);
    assert(Number.isSafeInteger(account.nonce) && account.nonce >= 0, 'a nonce is out of range', account.nonce);
    this.#write(this.#account(address), account);
  }

  /** Adds to the balance; asserts that it stays below 2^256. */
  addBalance(address: Address, amountWei: bigint): void {
    assert(amountWei >= 0n, 'no amount to add', amountWei);
    const account = this.#account(address).now;
    this.setAccount(address, { ...account, balance: account.balance + amountWei });
  }

  /** Takes from the balance; asserts that there is enough, which the caller has checked. */
  subBalance(address: Address, amountWei: bigint): void {
    const account = this.#account(address).now;
    assert(amountWei >= 0n && amountWei <= account.balance, 'an amount that is not there', amountWei);
    this.setAccount(address, { ...account, balance: account.balance - amountWei });
  }

  /** Adds 1 to the account's nonce. */
  incrementNonce(address: Address): void {
    const account = this.#account(address).now;
    this.setAccount(address, { ...account, nonce: account.nonce + 1 });
  }

  /** Gives the account code, at least one byte. */
  setCode(address: Address, code: Uint8Array): void {
    assert(code.length > 0, 'code has at least a byte', address);
    const codeHash = toHex(keccak256(code));
    const known = this.#newCodes.get(codeHash);
    if (known?.now === undefined && this.#reader.get(codeKey(codeHash)) === undefined) {
      const entry: Entry<Uint8Array | undefined> = known ?? {
        key: codeKey(codeHash),
        stored: undefined,
        before: undefined,
        now: undefined,
      };
      this.#newCodes.set(codeHash, entry);
      this.#write(entry, code);
    }
    this.setAccount(address, { ...this.#account(address).now, codeHash });
  }

  /** A storage word, 0 where none was written. */
  storage(address: Address, slot: bigint): bigint {
    return this.#word(address, slot).now;
  }

  /** Writes a storage word; 0 removes it. */
  setStorage(address: Address, slot: bigint, word: bigint): void {
    assert(word >= 0n && word < WORD_LIMIT, 'not a word', word);
    this.#write(this.#word(address, slot), word);
  }

  /** A point to come back to. Checkpoints nest: going back to one gives up all that came after it. */
  checkpoint(): number {
    return this.#kept + this.#written.length;
  }

  /** Undoes every write since `checkpoint()` returned this value. */
  revertTo(checkpoint: number): void {
    assert(checkpoint >= this.#kept, 'what was kept is not undone', checkpoint);
    assert(checkpoint <= this.checkpoint(), 'what was undone is not undone again', checkpoint);
    while (this.checkpoint() > checkpoint) {
      const entry = this.#written.pop() as Entry<unknown>;
      entry.now = this.#before.pop();
    }
  }

  /** Gives up going back: everything written so far stays. Whoever runs one transaction after the other does this after each. */
  keep(): void {
    this.#kept += this.#written.length;
    this.#written.length = 0;
    this.#before.length = 0;
  }

  /** The flat values that differ from the reader's, sorted by key; empty accounts and zero words are `undefined`. */
  changes(): StateChange[] {
    const changes: StateChange[] = [];
    for (const { key, stored, before, now } of this.#accounts.values()) {
      if (!sameAccount(before, now)) changes.push({ key, before: stored, after: flatAccount(now) });
    }
    for (const words of this.#words.values()) {
      for (const { key, stored, before, now } of words.values()) {
        if (before !== now) changes.push({ key, before: stored, after: encodeWord(now) });
      }
    }
    return changes.sort((a, b) => compareBytes(a.key, b.key));
  }

  /** Codes that the reader does not have yet, sorted by key. */
  codes(): KeyValueWrite[] {
    const writes: KeyValueWrite[] = [];
    for (const { key, now } of this.#newCodes.values()) if (now !== undefined) writes.push({ key, value: now });
    return writes.sort((a, b) => compareBytes(a.key, b.key));
  }

  #write<T>(entry: Entry<T>, value: T): void {
    this.#written.push(entry);
    this.#before.push(entry.now);
    entry.now = value;
  }

  #account(address: Address): Entry<Account> {
    const known = this.#accounts.get(address);
    if (known !== undefined) return known;
    const key = accountKey(address);
    const stored = this.#reader.get(key);
    const before = stored === undefined ? EMPTY_ACCOUNT : decodeAccount(stored);
    const entry = { key, stored, before, now: before };
    this.#accounts.set(address, entry);
    return entry;
  }

  #word(address: Address, slot: bigint): Entry<bigint> {
    if (this.#lastWord !== undefined && this.#lastSlot === slot && this.#lastAddress === address) return this.#lastWord;
    assert(slot >= 0n && slot < WORD_LIMIT, 'a storage slot is a word', slot);
    let words = this.#words.get(address);
    if (words === undefined) {
      words = new ByteMap();
      this.#words.set(address, words);
    }
    writeWord(slot, this.#slotBytes, 0);
    let entry = words.get(this.#slotBytes);
    if (entry === undefined) {
      const key = storageKey(address, slot);
      const stored = this.#reader.get(key);
      const before = decodeWord(stored);
      entry = { key, stored, before, now: before };
      words.set(this.#slotBytes.slice(), entry);
    }
    this.#lastAddress = address;
    this.#lastSlot = slot;
    this.#lastWord = entry;
    return entry;
  }
}

function sameAccount(a: Account, b: Account): boolean {
  return a.nonce === b.nonce && a.balance === b.balance && a.codeHash === b.codeHash;
}

function flatAccount(account: Account): Uint8Array | undefined {
  return isEmptyAccount(account) ? undefined : encodeAccount(account);
}
