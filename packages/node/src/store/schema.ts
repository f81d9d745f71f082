/**
 * Every key prefix of the store and the layout behind it. Numbers are big-endian, `‖` joins bytes.
 *
 * | prefix   | key                           | value                                                                        |
 * | -------- | ----------------------------- | ---------------------------------------------------------------------------- |
 * | `a` 0x61 | address 20                    | account                                                     (core, protocol.md) |
 * | `s` 0x73 | address 20 ‖ slot 32          | storage word                                                (core, protocol.md) |
 * | `c` 0x63 | code hash 32                  | code                                                        (core, protocol.md) |
 * | `t` 0x74 | depth 2 ‖ path                | record of the state tree                                    (core, protocol.md) |
 * | `h` 0x68 | block hash 32                 | total work 32 ‖ active ms 8 ‖ peak ‖ header          (canonical and side blocks) |
 * | `b` 0x62 | block hash 32                 | body as it travels                                   (canonical and side blocks) |
 * | `n` 0x6e | height 4                      | block hash 32                                                 (canonical blocks) |
 * | `r` 0x72 | block hash 32                 | count 4 ‖ (length 4 ‖ receipt)*                 (blocks that were ever canonical) |
 * | `x` 0x78 | transaction hash 32           | block hash 32 ‖ height 4 ‖ index 4                            (canonical blocks) |
 * | `u` 0x75 | block hash 32                 | count 4 ‖ (length 1 ‖ key ‖ before ‖ after)*     (the newest {@link undoDepth} blocks) |
 * | `m` 0x6d | `genesis`, `version`          | genesis hash 32; schema version 4                                                |
 * | `z` 0x7a | none                          | height 4 ‖ hash 32 ‖ state root 32 ‖ previous head 32 ‖ checksum 32               |
 *
 * On a disk four bytes of checksum follow every value (envelope.ts).
 *
 * peak = 0x00 for a newest peak over one block, which follows from the block | 0x01 ‖ hash of the newest peak of the block's history 32 ‖
 * hash of the last block before that peak 32 (zeros: none). The other peaks are those of that block's history.
 *
 * before, after = 0x00 (absent) | 0x01 ‖ length 4 ‖ bytes. The checksum is SHA-256 of what stands before it.
 */
import {
  assert,
  bigIntToBytes,
  bytesEqual,
  bytesToBigInt,
  concatBytes,
  decodeHeader,
  decodeReceiptInPieces,
  encodeHeader,
  encodeReceipt,
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
  ZERO_HASH,
} from '@wattchain/core';

/** Raised whenever a layout in this file changes. */
export const SCHEMA_VERSION = 3;
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

function prefixed(prefix: string, ...parts: Uint8Array[]): Uint8Array {
  return concatBytes(textToBytes(prefix), ...parts);
}

/** What stands under a prefix, for a person. */
export const KINDS: Readonly<Record<string, string>> = {
  a: 'account',
  s: 'storage word',
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

/** A key in words, such as `header 0x12…`. */
export function describeKey(key: Uint8Array): string {
  const prefix = String.fromCharCode(key[0] ?? 0);
  const kind = KINDS[prefix] ?? 'unknown key';
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
/** Key of a transaction's place. */
export const placeKey = (transactionHash: Hash): Uint8Array => prefixed('x', fromHex(transactionHash));
/** Key of what undoes a canonical block. */
export const undoKey = (hash: Hash): Uint8Array => prefixed('u', fromHex(hash));
/** Key of the genesis hash. */
export const GENESIS_KEY: Uint8Array = prefixed('m', textToBytes('genesis'));
/** Key of the schema version. */
export const VERSION_KEY: Uint8Array = prefixed('m', textToBytes('version'));
/** Key of the commit record. */
export const COMMIT_KEY: Uint8Array = prefixed('z');

/** Throws `storeVersion` unless the stored schema version is this program's. */
export function requireVersion(stored: Uint8Array | undefined): void {
  const version = stored === undefined ? 'none' : toHex(stored);
  const expected = toHex(numberToBytes(SCHEMA_VERSION, VERSION_BYTES));
  if (version === expected) return;
  throw new WattchainError('storeVersion', `the store has schema version ${version}, this program ${expected}`, {
    values: { stored: version, expected },
    hint: 'use the program that wrote it, or delete the folder `chain` in the data directory to sync again',
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

/** Reads stored bytes from front to back; running past the end is damage. */
class StoredBytes {
  #offset = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly what: string,
  ) {}

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.bytes.length) throw storeDamaged(`${this.what} is cut off`, { length: this.bytes.length });
    const part = this.bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }

  number(length: number): number {
    return Number(bytesToBigInt(this.take(length)));
  }

  hash(): Hash {
    return toHex(this.take(HASH_BYTES));
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.#offset);
  }

  end(): void {
    if (this.#offset !== this.bytes.length)
      throw storeDamaged(`${this.what} is too long`, { length: this.bytes.length });
  }
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

/** Receipts of a block as stored bytes. */
export function encodeReceipts(receipts: readonly Receipt[]): Uint8Array {
  const parts = receipts.map(encodeReceipt).flatMap((bytes) => [numberToBytes(bytes.length, 4), bytes]);
  return concatBytes(numberToBytes(receipts.length, 4), ...parts);
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

/** Place of a transaction as stored bytes. */
export function encodePlace(place: TransactionPlace): Uint8Array {
  return concatBytes(fromHex(place.blockHash), numberToBytes(place.height, 4), numberToBytes(place.index, 4));
}

/** Place of a transaction of stored bytes. */
export function decodePlace(bytes: Uint8Array): TransactionPlace {
  const stored = new StoredBytes(bytes, 'the place of a transaction');
  const place = { blockHash: stored.hash(), height: stored.number(4), index: stored.number(4) };
  stored.end();
  return place;
}

function encodeOptional(value: Uint8Array | undefined): Uint8Array[] {
  return value === undefined ? [Uint8Array.of(0)] : [Uint8Array.of(1), numberToBytes(value.length, 4), value];
}

function decodeOptional(stored: StoredBytes): Uint8Array | undefined {
  return stored.number(1) === 0 ? undefined : stored.take(stored.number(4));
}

/** The changes of a block as stored bytes. */
export function encodeUndo(changes: readonly StateChange[]): Uint8Array {
  const parts: Uint8Array[] = [numberToBytes(changes.length, 4)];
  for (const { key, before, after } of changes) {
    assert(key.length < 256, 'state keys are short');
    parts.push(Uint8Array.of(key.length), key, ...encodeOptional(before), ...encodeOptional(after));
  }
  return concatBytes(...parts);
}

/** The changes of a block of stored bytes. */
export function decodeUndo(hash: Hash, bytes: Uint8Array): StateChange[] {
  const stored = new StoredBytes(bytes, `undo record of block ${hash}`);
  const changes: StateChange[] = [];
  for (let left = stored.number(4); left > 0; left--) {
    const key = stored.take(stored.number(1));
    changes.push({ key, before: decodeOptional(stored), after: decodeOptional(stored) });
  }
  stored.end();
  return changes;
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
