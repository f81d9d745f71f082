import {
  assert,
  ByteMap,
  findLeaf,
  GroupHashes,
  groupKey,
  isFlatKey,
  isStoreError,
  type KeyValueReader,
  type KeyValueWrite,
  type StoreError,
  storeDamaged,
  WattchainError,
  ZERO_HASH,
} from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import { ENTRY_BYTES, memoryOf } from '../base/memoryOf.js';
import { eachInTurns } from '../base/turn.js';
import { COMMIT_KEY, decodeCommit } from './schema.js';
import type { Store } from './store.js';

const ROOT_KEY = groupKey(0, new Uint8Array(32));

/** What a commit does to a key; what stood there is known once it was looked up. */
interface Change {
  readonly key: Uint8Array;
  before: Uint8Array | undefined;
  isBeforeKnown: boolean;
  readonly after: Uint8Array | undefined;
}

/** What one commit replaced; empty until it is done. The next commit's follows it. */
interface Replaced {
  changes: ByteMap<Change> | undefined;
  next: Replaced | undefined;
}

/** Keys whose old values are read at once: some milliseconds. */
const WRITES_PER_TURN = 512;
/** Commits after which a snapshot is read no more: with a block each as long as the state of a block is kept for clients. */
export const MAX_SNAPSHOT_COMMITS = 64;

/**
 * The store as it was at one moment, however many commits come after it. They leave what they replace to the snapshots that are still
 * held, so one costs nothing by itself, and is given back by forgetting it.
 */
export class Snapshot implements KeyValueReader {
  readonly #reader: KeyValueReader;
  readonly #first: Replaced;

  constructor(reader: KeyValueReader, first: Replaced) {
    this.#reader = reader;
    this.#first = first;
  }

  get groupHashes(): GroupHashes | undefined {
    return this.#reader.groupHashes;
  }

  /** Throws `snapshotTooOld` once {@link MAX_SNAPSHOT_COMMITS} commits came after it. */
  get(key: Uint8Array): Uint8Array | undefined {
    let commits = 0;
    for (let { changes, next } = this.#first; changes !== undefined && next !== undefined; { changes, next } = next) {
      commits += 1;
      if (commits > MAX_SNAPSHOT_COMMITS) throw tooOld();
      const change = changes.get(key);
      if (change !== undefined) return change.before;
    }
    return this.#reader.get(key);
  }
}

function tooOld(): WattchainError {
  return new WattchainError(
    'snapshotTooOld',
    `${MAX_SNAPSHOT_COMMITS} blocks came while the request ran, and what it reads is no longer kept`,
    { hint: 'ask again, or for less at once' },
  );
}

/** What the cache takes for a key. */
function entryMemory(value: Uint8Array | null, key: Uint8Array): number {
  return ENTRY_BYTES + memoryOf(key) + (value === null ? 0 : memoryOf(value));
}

/**
 * The store as it was after the last finished commit, through a bounded cache. Accounts and storage words are read and written by their
 * own keys, and are in the store as leaves of the state tree: whoever writes them writes the tree's records too.
 *
 * A batch takes time to reach the disk, and meanwhile the database may answer with old or new values. Readers must not
 * notice: every key of a running batch keeps its old value here until the batch is done, then all change at once.
 */
export class CommittedReader implements KeyValueReader {
  readonly groupHashes = new GroupHashes();
  /** `null`: known to be absent. */
  readonly #cache: BoundedMap<Uint8Array, Uint8Array | null>;
  /** What the running commit does. */
  #running = new ByteMap<Change>();
  /** Of the commit to come. */
  #replaced: Replaced = { changes: undefined, next: undefined };

  constructor(
    private readonly store: Store,
    /** Of memory that the cache takes. */
    maxBytes: number,
    /** Told of every read that met damage or a disk that fails, before the error is thrown. */
    private readonly onDamage: (error: StoreError) => void = () => {},
  ) {
    this.#cache = new BoundedMap(maxBytes, entryMemory, new ByteMap());
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const change = this.#running.get(key);
    return change?.isBeforeKnown === true ? change.before : this.#written(key);
  }

  /** What the cache or the store has. */
  #written(key: Uint8Array): Uint8Array | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached ?? undefined;
    const value = this.#read(key);
    this.#cache.set(key, value ?? null);
    return value;
  }

  #read(key: Uint8Array): Uint8Array | undefined {
    try {
      return isFlatKey(key) ? this.#readFlat(key) : this.store.get(key);
    } catch (error) {
      if (isStoreError(error)) this.onDamage(error);
      throw error;
    }
  }

  /** What is not in the tree reads as zero; that there is no tree at all must be what the commit record says. */
  #readFlat(key: Uint8Array): Uint8Array | undefined {
    const leaf = findLeaf(this, key);
    if (leaf !== undefined || this.get(ROOT_KEY) !== undefined) return leaf?.value;
    const commit = this.get(COMMIT_KEY);
    if (commit === undefined || decodeCommit(commit).stateRoot === ZERO_HASH) return undefined;
    throw storeDamaged("the state tree's record at depth 0 is missing");
  }

  /** The store as it will be when the running commit is done: what the block after it is executed on meanwhile. */
  readonly ahead: KeyValueReader = {
    groupHashes: this.groupHashes,
    get: (key) => {
      const change = this.#running.get(key);
      return change === undefined ? this.#written(key) : change.after;
    },
  };

  /** The store as it is now, for reading it over a longer time. */
  snapshot(): Snapshot {
    return new Snapshot(this, this.#replaced);
  }

  /**
   * Writes everything or nothing, one commit at a time; when the promise resolves, readers see the new values. After an error they keep
   * the old, and nothing more is written.
   */
  async commit(writes: readonly KeyValueWrite[]): Promise<void> {
    assert(this.#running.size === 0, 'one commit begins when the one before it is done');
    // In this turn, so that whoever goes on above the commit finds everything.
    const changes = new ByteMap<Change>(writes.length);
    for (const { key, value } of writes) {
      changes.set(key, { key, before: undefined, isBeforeKnown: false, after: value });
    }
    this.#running = changes;
    await eachInTurns(changes.values(), WRITES_PER_TURN, (change) => {
      change.before = this.#written(change.key);
      change.isBeforeKnown = true;
    });
    await this.store.batch(writes.filter(({ key }) => !isFlatKey(key)));
    this.#running = new ByteMap();
    for (const { key, value } of writes) this.#cache.set(key, value ?? null);
    const next: Replaced = { changes: undefined, next: undefined };
    Object.assign(this.#replaced, { changes, next });
    this.#replaced = next;
  }
}
