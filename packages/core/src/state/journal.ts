import { ByteMap } from '../byteMap.js';
import type { Address, Hash } from '../bytes.js';
import { bigIntToBytes, compareBytes, EMPTY_BYTES, toHex } from '../bytes.js';
import { assert } from '../error.js';
import { keccak256 } from '../hash.js';
import { WORD_LIMIT } from '../params.js';
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

/** A flat value as the reader gave it and as it is now. */
interface Entry<T> {
  readonly key: Uint8Array;
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
  readonly #newCodes = new Map<Hash, Uint8Array>();
  /** What to do to go back, newest last; its length is the checkpoint. */
  readonly #undo: (() => void)[] = [];

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
    const code = this.#newCodes.get(codeHash) ?? this.#reader.get(codeKey(codeHash));
    if (code === undefined) throw storeDamaged(`the code ${codeHash} of ${address} is missing`, { address, codeHash });
    return code;
  }

  /** Replaces the account; an empty one ceases to exist. */
  setAccount(address: Address, account: Account): void {
    assert(account.balance >= 0n && account.balance < WORD_LIMIT, `balance ${account.balance} is not a word`);
    assert(Number.isSafeInteger(account.nonce) && account.nonce >= 0, `nonce ${account.nonce} is out of range`);
    this.#write(this.#account(address), account);
  }

  /** Adds to the balance; asserts that it stays below 2^256. */
  addBalance(address: Address, amountWei: bigint): void {
    assert(amountWei >= 0n, `cannot add ${amountWei} wei`);
    const account = this.#account(address).now;
    this.setAccount(address, { ...account, balance: account.balance + amountWei });
  }

  /** Takes from the balance; asserts that there is enough, which the caller has checked. */
  subBalance(address: Address, amountWei: bigint): void {
    const account = this.#account(address).now;
    assert(amountWei >= 0n && amountWei <= account.balance, `cannot take ${amountWei} of ${account.balance} wei`);
    this.setAccount(address, { ...account, balance: account.balance - amountWei });
  }

  /** Adds 1 to the account's nonce. */
  incrementNonce(address: Address): void {
    const account = this.#account(address).now;
    this.setAccount(address, { ...account, nonce: account.nonce + 1 });
  }

  /** Gives the account code, at least one byte. */
  setCode(address: Address, code: Uint8Array): void {
    assert(code.length > 0, `code of ${address} has no bytes`);
    const codeHash = toHex(keccak256(code));
    if (!this.#newCodes.has(codeHash) && this.#reader.get(codeKey(codeHash)) === undefined) {
      this.#newCodes.set(codeHash, code);
      this.#undo.push(() => this.#newCodes.delete(codeHash));
    }
    this.setAccount(address, { ...this.#account(address).now, codeHash });
  }

  /** A storage word, 0 where none was written. */
  storage(address: Address, slot: bigint): bigint {
    return this.#word(address, slot).now;
  }

  /** Writes a storage word; 0 removes it. */
  setStorage(address: Address, slot: bigint, word: bigint): void {
    assert(word >= 0n && word < WORD_LIMIT, `${word} is not a word`);
    this.#write(this.#word(address, slot), word);
  }

  /** A point to come back to. Checkpoints nest: going back to one gives up all that came after it. */
  checkpoint(): number {
    return this.#undo.length;
  }

  /** Undoes every write since `checkpoint()` returned this value. */
  revertTo(checkpoint: number): void {
    assert(checkpoint >= 0 && checkpoint <= this.#undo.length, `checkpoint ${checkpoint} is already undone`);
    while (this.#undo.length > checkpoint) this.#undo.pop()?.();
  }

  /** The flat values that differ from the reader's, sorted by key; empty accounts and zero words are `undefined`. */
  changes(): StateChange[] {
    const changes: StateChange[] = [];
    for (const { key, before, now } of this.#accounts.values()) {
      if (!sameAccount(before, now)) changes.push({ key, before: flatAccount(before), after: flatAccount(now) });
    }
    for (const words of this.#words.values()) {
      for (const { key, before, now } of words.values()) {
        if (before !== now) changes.push({ key, before: encodeWord(before), after: encodeWord(now) });
      }
    }
    return changes.sort((a, b) => compareBytes(a.key, b.key));
  }

  /** Codes that the reader does not have yet, sorted by key. */
  codes(): KeyValueWrite[] {
    const writes = [...this.#newCodes].map(([codeHash, value]) => ({ key: codeKey(codeHash), value }));
    return writes.sort((a, b) => compareBytes(a.key, b.key));
  }

  #write<T>(entry: Entry<T>, value: T): void {
    const previous = entry.now;
    this.#undo.push(() => {
      entry.now = previous;
    });
    entry.now = value;
  }

  #account(address: Address): Entry<Account> {
    const known = this.#accounts.get(address);
    if (known !== undefined) return known;
    const key = accountKey(address);
    const value = this.#reader.get(key);
    const before = value === undefined ? EMPTY_ACCOUNT : decodeAccount(value);
    const entry = { key, before, now: before };
    this.#accounts.set(address, entry);
    return entry;
  }

  #word(address: Address, slot: bigint): Entry<bigint> {
    let words = this.#words.get(address);
    if (words === undefined) {
      words = new ByteMap();
      this.#words.set(address, words);
    }
    const slotBytes = bigIntToBytes(slot, 32);
    const known = words.get(slotBytes);
    if (known !== undefined) return known;
    const key = storageKey(address, slot);
    const before = decodeWord(this.#reader.get(key));
    const entry = { key, before, now: before };
    words.set(slotBytes, entry);
    return entry;
  }
}

function sameAccount(a: Account, b: Account): boolean {
  return a.nonce === b.nonce && a.balance === b.balance && a.codeHash === b.codeHash;
}

function flatAccount(account: Account): Uint8Array | undefined {
  return isEmptyAccount(account) ? undefined : encodeAccount(account);
}
