/**
 * Every key prefix of the store and the layout behind it. Numbers are big-endian, `‖` joins bytes.
 *
 * | prefix   | key                           | value                                                                        |
 * | -------- | ----------------------------- | ---------------------------------------------------------------------------- |
 * | `c` 0x63 | code hash 32                  | code                                                        (core, protocol.md) |
 * | `t` 0x74 | path ‖ depth 1                | record of the state tree                                    (core, protocol.md) |
 * | `h` 0x68 | block hash 32                 | total work 32 ‖ active ms 8 ‖ peak ‖ header          (canonical and side blocks) |
 * | `b` 0x62 | block hash 32                 | body as it travels                                   (canonical and side blocks) |
 * | `n` 0x6e | height 4                      | block hash 32                                                 (canonical blocks) |
 * | `r` 0x72 | block hash 32                 | count 4 ‖ (length 4 ‖ receipt)*                 (blocks that were ever canonical) |
 * | `x` 0x78 | transaction hash, its first 8 | (height n ‖ index n)*                                         (canonical blocks) |
 * | `u` 0x75 | block hash 32                 | count n ‖ (length n ‖ key ‖ before)*             (the newest {@link undoDepth} blocks) |
 * | `m` 0x6d | `genesis`, `version`          | genesis hash 32; schema version 4                                                |
 * | `z` 0x7a | none                          | height 4 ‖ hash 32 ‖ state root 32 ‖ previous head 32 ‖ checksum 32               |
 *
 * Accounts (`a` 0x61 ‖ address 20) and storage words (`s` 0x73 ‖ address 20 ‖ slot 32) are read and written by these keys, and stored as leaves of the
 * state tree (committedReader.ts).
 *
 * On a disk four bytes of checksum follow every value, and those of `b`, `r`, `u` and `c` are squeezed where they are long (envelope.ts).
 *
 * peak = 0x00 for a newest peak over one block, which follows from the block | 0x01 ‖ hash of the newest peak of the block's history 32 ‖
 * hash of the last block before that peak 32 (zeros: none). The other peaks are those of that block's history.
 *
 * n: a number in as few bytes as it needs (storedBytes.ts). before = 0 n (absent) | 1 + length n ‖ bytes. The checksum is SHA-256 of what stands before it.
 */
import {
  ByteWriter,
  bigIntToBytes,
  bytesEqual,
  bytesToBigInt,
  concatBytes,
  decodeHeader,
  decodeReceiptInPieces,
  encodeHeader,
  fromHex,
  type Genesis,
  type Hash,
  type HeaderRecord,
  type History,
  historyLeaf,
  historyWithPeak,
  newestPeakSize,
  numberToBytes,
  type Pieces,
  type Receipt,
  type StateChange,
  sha256,
  storeDamaged,
  textToBytes,
  toHex,
  WattchainError,
  writeHex,
  ZERO_HASH,
} from '@wattchain/core';
import { MAX_SMALL_BYTES, StoredBytes, writeSmallNumber } from './storedBytes.js';

/** Raised whenever a layout in this file changes. */
export const SCHEMA_VERSION = 6;
/** Length of the schema version. */
export const VERSION_BYTES = 4;

/** Blocks whose changes can be undone at least: how far back clients may ask for state. */
const MIN_UNDO_DEPTH = 64;

/**
 * Newest blocks whose changes can be undone: never fewer than the reorganisations that a network allows; on a development chain
 * all, since a developer may go back to any.
 */
export function undoDepth(genesis: Pick<Genesis, 'confirmations' | 'development'>): number {
  if (genesis.development) return Number.POSITIVE_INFINITY;
  return Math.max(MIN_UNDO_DEPTH, genesis.confirmations);
}

const HASH_BYTES = 32;
/** Bytes of a transaction's hash that lead to it: among 10^9 some thirty times two share them, and who looks for more finds a list. */
const PLACE_KEY_BYTES = 8;
const PLACE_PREFIX = 'x'.charCodeAt(0);

function prefixed(prefix: string, ...parts: Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(prefix.charCodeAt(0)), ...parts);
}

/** What stands under a prefix of the store, for a person. */
export const KINDS: Readonly<Record<string, string>> = {
  c: 'code',
  t: 'record of the state tree',
  h: 'header',
  b: 'body',
  n: 'canonical block of height',
  r: 'receipts of block',
  x: 'place of transaction',
  u: 'undo record of block',
  m: 'entry',
  z: 'commit record',
};

/** What the state tree holds under keys of their own. */
const FLAT_KINDS: Readonly<Record<string, string>> = { a: 'account', s: 'storage word' };

/** A key in words, such as `header 0x12…`. */
export function describeKey(key: Uint8Array): string {
  const prefix = String.fromCharCode(key[0] ?? 0);
  const kind = KINDS[prefix] ?? FLAT_KINDS[prefix] ?? 'unknown key';
  const rest = key.subarray(1);
  if (prefix === 'z') return kind;
  if (prefix === 'n') return `${kind} ${rest.length === 4 ? bytesToBigInt(rest) : toHex(rest)}`;
  if (prefix === 'm') return `${kind} "${Buffer.from(rest).toString('latin1')}"`;
  return `${kind} ${toHex(kind === 'unknown key' ? key : rest)}`;
}

/** Key of a header record. */
export const headerKey = (hash: Hash): Uint8Array => prefixed('h', fromHex(hash));
/** Key of a body. */
export const bodyKey = (hash: Hash): Uint8Array => prefixed('b', fromHex(hash));
/** Key of the canonical block's hash at a height. */
export const canonicalKey = (height: number): Uint8Array => prefixed('n', numberToBytes(height, 4));
/** Key of a block's receipts. */
export const receiptsKey = (hash: Hash): Uint8Array => prefixed('r', fromHex(hash));
/** Key of the places of all transactions whose hash begins like this one's; the block says which one is meant. */
export function placeKey(transactionHash: Hash): Uint8Array {
  const key = new Uint8Array(1 + PLACE_KEY_BYTES);
  key[0] = PLACE_PREFIX;
  writeHex(transactionHash.slice(0, 2 + 2 * PLACE_KEY_BYTES), key, 1);
  return key;
}
/** Key of what undoes a canonical block. */
export const undoKey = (hash: Hash): Uint8Array => prefixed('u', fromHex(hash));
/** Key of the genesis hash. */
export const GENESIS_KEY: Uint8Array = prefixed('m', textToBytes('genesis'));
/** Key of the schema version. */
export const VERSION_KEY: Uint8Array = prefixed('m', textToBytes('version'));
/** Key of the commit record. */
export const COMMIT_KEY: Uint8Array = prefixed('z');

/** Headers, bodies and the commit record are stored since this version as they are now: `db reindex` makes a store of this version of them. */
const OLDEST_WITH_THESE_BLOCKS = 4;

/** What to do with a store of another version, once nothing here reads its blocks. */
const START_AGAIN = 'use the program that wrote it, or delete the folder `chain` in the data directory to sync again';

/** Throws `storeVersion`, with the command that makes a store of this version, unless the stored schema version is this program's. */
export function requireVersion(stored: Uint8Array | undefined): void {
  const version = versionOf(stored);
  if (version === SCHEMA_VERSION) return;
  throw otherVersion(
    version,
    hasTheseBlocks(version)
      ? 'stop the node; `wattchain db reindex --data DIR` builds a store of this version from the blocks in it, and keeps the old files'
      : START_AGAIN,
  );
}

/** Throws `storeVersion` where headers and bodies are not stored as they are now. */
export function requireTheseBlocks(stored: Uint8Array | undefined): void {
  const version = versionOf(stored);
  if (!hasTheseBlocks(version)) throw otherVersion(version, `its blocks cannot be read: ${START_AGAIN}`);
}

function versionOf(stored: Uint8Array | undefined): number {
  return stored === undefined ? 0 : Number(bytesToBigInt(stored));
}

function hasTheseBlocks(version: number): boolean {
  return version >= OLDEST_WITH_THESE_BLOCKS && version <= SCHEMA_VERSION;
}

function otherVersion(version: number, hint: string): WattchainError {
  const what = version === 0 ? 'has no schema version' : `has schema version ${version}`;
  return new WattchainError('storeVersion', `the store ${what}, this program reads ${SCHEMA_VERSION}`, {
    values: { stored: version, expected: SCHEMA_VERSION },
    hint,
  });
}

/** Which head the state on disk belongs to; the last write of every batch that moves the head. */
export interface CommitRecord {
  readonly height: number;
  readonly hash: Hash;
  readonly stateRoot: Hash;
  /** Head before this one; for a person who looks at a damaged store. */
  readonly previousHead: Hash;
}

/** Header record as stored bytes. */
export function encodeHeaderRecord(record: HeaderRecord): Uint8Array {
  const { header, history } = record;
  const before = history.before?.lastBlock ?? ZERO_HASH;
  const peak = history.size === 1 ? [] : [fromHex(history.peak.hash), fromHex(before)];
  return concatBytes(
    bigIntToBytes(record.totalWork, 32),
    numberToBytes(record.activeMs, 8),
    Uint8Array.of(peak.length === 0 ? 0 : 1),
    ...peak,
    encodeHeader(header),
  );
}

/** What is stored of a header record: all but its history, of which it has what does not follow from the block itself. */
export interface StoredHeader extends Omit<HeaderRecord, 'history'> {
  /** The newest peak and the last block before it (zeros: none), where the peak is over more than this block. */
  readonly peak: { readonly hash: Hash; readonly lastBefore: Hash } | undefined;
}

/** Header record of stored bytes; `hash` is the key it was found under. */
export function decodeStoredHeader(hash: Hash, bytes: Uint8Array): StoredHeader {
  const stored = new StoredBytes(bytes, `header ${hash}`);
  const totalWork = bytesToBigInt(stored.take(32));
  const activeMs = stored.number(8);
  const peak = stored.number(1) === 0 ? undefined : { hash: stored.hash(), lastBefore: stored.hash() };
  const outcome = decodeHeader(stored.rest());
  if (outcome.fault) throw storeDamaged(`header ${hash} cannot be read`, { fault: outcome.fault });
  return { header: outcome.value, hash, totalWork, activeMs, peak };
}

/**
 * The whole record. Its history is put together from those of its ancestors, which `historyOf` finds, when it is first asked for: few
 * of those who read a header validate a child of it.
 */
export function completeRecord(stored: StoredHeader, historyOf: (ancestor: Hash) => History): HeaderRecord {
  const { header, hash, totalWork, activeMs } = stored;
  let history: History | undefined;
  return {
    header,
    hash,
    totalWork,
    activeMs,
    get history() {
      history ??= storedHistory(stored, historyOf);
      return history;
    },
  };
}

function storedHistory(stored: StoredHeader, historyOf: (ancestor: Hash) => History): History {
  const { header, hash, totalWork, activeMs, peak } = stored;
  const lastBefore = peak?.lastBefore ?? header.parentHash;
  const before = lastBefore === ZERO_HASH ? undefined : historyOf(lastBefore);
  const sums = { work: totalWork - (before?.top.work ?? 0n), activeMs: activeMs - (before?.top.activeMs ?? 0) };
  const newest = peak === undefined ? historyLeaf({ hash, ...sums }) : { hash: peak.hash, ...sums };
  return historyWithPeak(before, newestPeakSize(header.height), newest, hash);
}

/** Encoded receipts of a block as stored bytes. */
export function encodeReceipts(encoded: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter(encoded.reduce((sum, { length }) => sum + 4 + length, 4));
  writer.number(encoded.length, 4);
  for (const bytes of encoded) {
    writer.number(bytes.length, 4);
    writer.bytes(bytes);
  }
  return writer.end();
}

/** Receipts of stored bytes, in pieces. */
export function* decodeReceipts(hash: Hash, bytes: Uint8Array): Pieces<Receipt[]> {
  const stored = new StoredBytes(bytes, `receipts of block ${hash}`);
  const receipts: Receipt[] = [];
  for (let left = stored.number(4); left > 0; left--) {
    const outcome = yield* decodeReceiptInPieces(stored.take(stored.number(4)));
    if (outcome.fault) throw storeDamaged(`receipts of block ${hash} cannot be read`, { fault: outcome.fault });
    receipts.push(outcome.value);
  }
  stored.end();
  return receipts;
}

/** Where a transaction stands in the canonical chain. */
export interface TransactionPlace {
  readonly blockHash: Hash;
  readonly height: number;
  /** Position in the block, from 0. */
  readonly index: number;
}

/** A place by height, which leads to the block of the canonical chain. */
export type HeightAndIndex = Omit<TransactionPlace, 'blockHash'>;

/** Places under one key as stored bytes, no bytes for none. */
export function encodePlaces(places: readonly HeightAndIndex[]): Uint8Array {
  const bytes = new Uint8Array(places.length * 2 * MAX_SMALL_BYTES);
  let end = 0;
  for (const { height, index } of places) end = writeSmallNumber(index, bytes, writeSmallNumber(height, bytes, end));
  return bytes.slice(0, end);
}

/** Places of stored bytes. */
export function decodePlaces(bytes: Uint8Array): HeightAndIndex[] {
  const stored = new StoredBytes(bytes, 'the place of a transaction');
  const places: HeightAndIndex[] = [];
  while (!stored.isAtEnd) places.push({ height: stored.small(), index: stored.small() });
  return places;
}

/** A flat value as it was before a block, `undefined` for none. */
export type UndoneValue = Pick<StateChange, 'key' | 'before'>;

/** What undoes a block as stored bytes; what the values became stands in the state. */
export function encodeUndo(changes: readonly UndoneValue[]): Uint8Array {
  const most = (sum: number, { key, before }: UndoneValue) =>
    sum + 2 * MAX_SMALL_BYTES + key.length + (before?.length ?? 0);
  const bytes = new Uint8Array(changes.reduce(most, MAX_SMALL_BYTES));
  let end = writeSmallNumber(changes.length, bytes, 0);
  const write = (part: Uint8Array) => {
    bytes.set(part, end);
    end += part.length;
  };
  for (const { key, before } of changes) {
    end = writeSmallNumber(key.length, bytes, end);
    write(key);
    end = writeSmallNumber(before === undefined ? 0 : before.length + 1, bytes, end);
    if (before !== undefined) write(before);
  }
  return bytes.slice(0, end);
}

/** What undoes a block of stored bytes. */
export function decodeUndo(hash: Hash, bytes: Uint8Array): UndoneValue[] {
  const stored = new StoredBytes(bytes, `undo record of block ${hash}`);
  const values: UndoneValue[] = [];
  for (let left = stored.small(); left > 0; left--) {
    const key = stored.take(stored.small());
    const length = stored.small();
    values.push({ key, before: length === 0 ? undefined : stored.take(length - 1) });
  }
  stored.end();
  return values;
}

/** Commit record as stored bytes. */
export function encodeCommit(record: CommitRecord): Uint8Array {
  const content = concatBytes(
    numberToBytes(record.height, 4),
    fromHex(record.hash),
    fromHex(record.stateRoot),
    fromHex(record.previousHead),
  );
  return concatBytes(content, sha256(content));
}

/** Commit record of stored bytes, its checksum verified. */
export function decodeCommit(bytes: Uint8Array): CommitRecord {
  const stored = new StoredBytes(bytes, 'the commit record');
  const record = {
    height: stored.number(4),
    hash: stored.hash(),
    stateRoot: stored.hash(),
    previousHead: stored.hash(),
  };
  const checksum = stored.take(HASH_BYTES);
  stored.end();
  if (!bytesEqual(checksum, sha256(bytes.subarray(0, bytes.length - HASH_BYTES)))) {
    throw storeDamaged('the checksum of the commit record does not fit', { hash: record.hash });
  }
  return record;
}
