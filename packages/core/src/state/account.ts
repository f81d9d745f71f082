import type { Address, Hash } from '../bytes.js';
import { bigIntToBytes, bytesToBigInt, concatBytes, fromHex, numberToBytes, toHex, writeHex } from '../bytes.js';
import { assert } from '../error.js';
import { sha256 } from '../hash.js';
import { WORD_LIMIT } from '../params.js';
import { readWord, WORD_BYTES, writeWord } from '../words.js';
import type { Account } from './types.js';

/** First byte of an account's flat key, "a". */
export const ACCOUNT_PREFIX = 0x61;
/** First byte of a storage word's flat key, "s". */
export const STORAGE_PREFIX = 0x73;
/** First byte of a code's key, "c". */
export const CODE_PREFIX = 0x63;
/** First byte of a tree record's key, "t". */
export const TREE_PREFIX = 0x74;

/** Length of an encoded account: nonce 8 ‖ balance 32 ‖ codeHash 32. */
export const ACCOUNT_BYTES = 72;
const BALANCE_AT = 8;
const CODE_HASH_AT = 40;
/** Where a storage word's slot begins in its key, behind the prefix and the address. */
const SLOT_AT = 21;

/** What stands where nothing is stored. */
export const EMPTY_ACCOUNT: Account = { nonce: 0, balance: 0n, codeHash: null };

/** Whether an account is one that does not exist: nonce 0, balance 0, no code. */
export function isEmptyAccount(account: Account): boolean {
  return account.nonce === 0 && account.balance === 0n && account.codeHash === null;
}

/** Flat value of an account, {@link ACCOUNT_BYTES} bytes; no code is 32 zero bytes. */
export function encodeAccount(account: Account): Uint8Array {
  const value = new Uint8Array(ACCOUNT_BYTES);
  value.set(numberToBytes(account.nonce, BALANCE_AT));
  assert(account.balance >= 0n && account.balance < WORD_LIMIT, 'a balance is a word', account.balance);
  writeWord(account.balance, value, BALANCE_AT);
  if (account.codeHash !== null) writeHex(account.codeHash, value, CODE_HASH_AT);
  return value;
}

/** Account of its flat value; asserts the length, because only `encodeAccount` writes such values. */
export function decodeAccount(value: Uint8Array): Account {
  assert(value.length === ACCOUNT_BYTES, 'an account has another number of bytes', value.length);
  const nonce = Number(readWord(value, 0, BALANCE_AT));
  const balance = readWord(value, BALANCE_AT);
  for (let at = CODE_HASH_AT; at < ACCOUNT_BYTES; at++) {
    if (value[at] !== 0) return { nonce, balance, codeHash: toHex(value.subarray(CODE_HASH_AT)) };
  }
  return { nonce, balance, codeHash: null };
}

/** Flat value of a storage word, 32 bytes; `undefined` for 0, which is not stored. */
export function encodeWord(word: bigint): Uint8Array | undefined {
  return word === 0n ? undefined : bigIntToBytes(word, 32);
}

/** Storage word of its flat value. */
export function decodeWord(value: Uint8Array | undefined): bigint {
  if (value === undefined) return 0n;
  assert(value.length === 32, 'a storage word has 32 bytes', value.length);
  return bytesToBigInt(value);
}

/** Flat key of an account: `0x61 ‖ address`. The address must be in lower case, as everywhere inside. */
export function accountKey(address: Address): Uint8Array {
  return keyOf(ACCOUNT_PREFIX, address, 0);
}

/** {@link accountKey} of the address's 20 bytes. */
export function accountKeyOfBytes(address: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(ACCOUNT_PREFIX), address);
}

/** Flat key of a storage word: `0x73 ‖ address ‖ slot`. */
export function storageKey(address: Address, slot: bigint): Uint8Array {
  assert(slot >= 0n && slot < WORD_LIMIT, 'a storage slot is a word', slot);
  const key = keyOf(STORAGE_PREFIX, address, WORD_BYTES);
  writeWord(slot, key, SLOT_AT);
  return key;
}

/** Key of a contract's code: `0x63 ‖ keccak256(code)`. */
export function codeKey(codeHash: Hash): Uint8Array {
  return concatBytes(Uint8Array.of(CODE_PREFIX), fromHex(codeHash));
}

/** Whether a key is that of an account or a storage word, which the state tree keeps. */
export function isFlatKey(key: Uint8Array): boolean {
  return key[0] === ACCOUNT_PREFIX || key[0] === STORAGE_PREFIX;
}

/** Place of a flat value in the state tree: SHA-256 of its flat key without the prefix byte. */
export function treeKey(flatKey: Uint8Array): Uint8Array {
  return sha256(flatKey.subarray(1));
}

/**
 * `prefix ‖ address ‖ zeros`, as many zeros as more is to come. Two spellings of one address would be two cache entries in a journal, so only one
 * passes.
 */
function keyOf(prefix: number, address: Address, more: number): Uint8Array {
  assert(/^0x[0-9a-f]{40}$/.test(address), 'not an address in lower case', address);
  const key = new Uint8Array(SLOT_AT + more);
  key[0] = prefix;
  writeHex(address, key, 1);
  return key;
}
