import { assert, compareBytes, type KeyValueWrite, storeDamaged, toHex, WattchainError } from '@wattchain/core';
import { type IterateOptions, keyText, type Store } from '@wattchain/node/parts';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtualTime.js';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** A batch on its way to the platter. */
interface Batch {
  readonly writes: readonly KeyValueWrite[];
  /** What its keys held before, where readers see the new values already. */
  readonly before: readonly (Uint8Array | undefined)[] | undefined;
  readonly cancel: () => void;
}

/** How long a batch takes to be on disk, virtual milliseconds: an SD card's and a good drive's. */
const BATCH_MS = { least: 1, most: 12 } as const;

/**
 * The disk of a node, which outlives its processes. It gives the guarantees of LevelDB and no better ones: a batch is in the log whole or,
 * torn by a crash, by its checksum not at all; while it is written readers may see old or new values; a flipped bit is noticed when the
 * value is read.
 */
export class SimDisk {
  /** `full`: batches fail. `readError`: reads fail, as on a drive that dies. */
  fail: 'none' | 'full' | 'readError' = 'none';
  /** Added to each batch. */
  slowMs = 0;
  /** Batches that were written. */
  batches = 0;
  /** By the first byte of their keys, so that walking over one kind does not look at the others. */
  readonly #kinds = new Map<number, Map<string, Entry>>();
  readonly #damaged = new Set<string>();
  #pending: Batch[] = [];
  /** When the last batch is on disk. */
  #lastMs = 0;
  #open: DiskStore | undefined;

  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly name: string,
  ) {}

  /** Opens the store for a process; that of a process before it must be closed or crashed. */
  open(): Store {
    assert(this.#open === undefined, `the store of ${this.name} is open`);
    this.#open = new DiskStore(this);
    return this.#open;
  }

  /** The store is closed properly. */
  released(store: Store): void {
    if (this.#open === store) this.#open = undefined;
  }

  /** The process or the machine dies: what was on its way is there or not, each batch whole, none without those before it. */
  crash(): void {
    let isTorn = false;
    const reverts: Batch[] = [];
    for (const batch of this.#pending) {
      batch.cancel();
      isTorn ||= this.random.chance(500);
      if (isTorn) reverts.unshift(batch);
      else if (batch.before === undefined) this.#apply(batch.writes);
    }
    for (const { writes, before } of reverts) {
      if (before) this.#apply(writes.map(({ key }, i) => ({ key, value: before[i] })));
    }
    this.#pending = [];
    this.#open = undefined;
  }

  /** Flips a bit of one stored value, which its checksum shows from then on. Says which, or that there is nothing. */
  flipBit(random: SeededRandom): string {
    const kinds = [...this.#kinds.values()].filter((kind) => kind.size > 0);
    if (kinds.length === 0) return 'nothing is stored';
    const keys = [...random.pick(kinds).keys()];
    const text = random.pick(keys);
    this.#damaged.add(text);
    return toHex(Buffer.from(text, 'latin1'));
  }

  /** The operator deletes the folder. */
  wipe(): void {
    assert(this.#open === undefined, 'the folder of a node that runs is not deleted');
    this.#kinds.clear();
    this.#damaged.clear();
  }

  /** Number of stored values. */
  get size(): number {
    return [...this.#kinds.values()].reduce((sum, { size }) => sum + size, 0);
  }

  read(key: Uint8Array): Uint8Array | undefined {
    const text = keyText(key);
    const value = this.#kinds.get(key[0] ?? -1)?.get(text)?.[1];
    if (value !== undefined) this.#check(text);
    return value;
  }

  /** A batch that is on disk when the promise resolves; of a store that a crash took it never does. */
  write(given: readonly KeyValueWrite[]): Promise<void> {
    if (this.fail === 'full') return Promise.reject(ioError('No space left on device'));
    const writes = given.map(({ key, value }) => ({ key: key.slice(), value: value?.slice() }));
    // What readers see is in order, too.
    const isSeenAtOnce = this.random.chance(500) && this.#pending.every((batch) => batch.before !== undefined);
    const before = isSeenAtOnce ? writes.map(({ key }) => this.#value(key)) : undefined;
    if (isSeenAtOnce) this.#apply(writes);
    // One log: a batch is not on disk before the one before it.
    const takesMs = this.random.between(BATCH_MS.least, BATCH_MS.most) + this.slowMs;
    this.#lastMs = Math.max(this.time.nowMs + takesMs, this.#lastMs);
    return new Promise((resolve) => {
      const done = () => {
        this.#pending = this.#pending.filter((other) => other !== batch);
        if (!isSeenAtOnce) this.#apply(writes);
        this.batches++;
        resolve();
      };
      const batch: Batch = { writes, before, cancel: this.time.schedule(this.#lastMs, `${this.name} disk`, done) };
      this.#pending.push(batch);
    });
  }

  /** The entries of a prefix in the order of their keys. */
  list(prefix: Uint8Array, { reverse = false, limit, gte }: IterateOptions): Entry[] {
    const found: Entry[] = [];
    for (const [first, kind] of this.#kinds) {
      if (prefix.length > 0 && first !== prefix[0]) continue;
      for (const entry of kind.values()) {
        const [key] = entry;
        if (prefix.length > 1 && compareBytes(key.subarray(0, prefix.length), prefix) !== 0) continue;
        if (gte === undefined || compareBytes(key, gte) >= 0) found.push(entry);
      }
    }
    found.sort(([a], [b]) => (reverse ? compareBytes(b, a) : compareBytes(a, b)));
    const wanted = limit === undefined || limit < 0 ? found : found.slice(0, limit);
    for (const [key] of wanted) this.#check(keyText(key));
    return wanted;
  }

  #check(text: string): void {
    if (this.fail === 'readError') throw ioError('Input/output error');
    if (this.#damaged.has(text)) {
      throw storeDamaged(`the checksum of ${toHex(Buffer.from(text, 'latin1'))} does not fit`);
    }
  }

  #value(key: Uint8Array): Uint8Array | undefined {
    return this.#kinds.get(key[0] ?? -1)?.get(keyText(key))?.[1];
  }

  #apply(writes: readonly KeyValueWrite[]): void {
    for (const { key, value } of writes) {
      const first = key[0] ?? -1;
      const text = keyText(key);
      // A value that is written anew has a checksum of its own.
      this.#damaged.delete(text);
      let kind = this.#kinds.get(first);
      if (value === undefined) kind?.delete(text);
      else {
        if (kind === undefined) {
          kind = new Map();
          this.#kinds.set(first, kind);
        }
        kind.set(text, [key, value]);
      }
    }
  }
}

/** The disk as one process has it open. */
class DiskStore implements Store {
  #isOpen = true;
  #writing: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(private readonly disk: SimDisk) {}

  get(key: Uint8Array): Uint8Array | undefined {
    assert(this.#isOpen, 'a closed store is not read');
    return this.disk.read(key);
  }

  async batch(writes: readonly KeyValueWrite[]): Promise<void> {
    assert(this.#isOpen, 'a closed store is not written');
    // LevelDB takes nothing more after a write that failed.
    if (this.#failure !== undefined) throw this.#failure;
    const written = this.disk.write(writes).catch((error: unknown) => {
      this.#failure = error;
      throw error;
    });
    this.#writing = Promise.allSettled([this.#writing, written]);
    await written;
  }

  async *iterate(
    prefix: Uint8Array,
    options: IterateOptions = {},
  ): AsyncGenerator<readonly [Uint8Array, Uint8Array], void, undefined> {
    assert(this.#isOpen, 'a closed store is not read');
    yield* this.disk.list(prefix, options);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#writing;
    this.disk.released(this);
  }
}

/** What the operating system says. */
function ioError(detail: string): WattchainError {
  return new WattchainError('storeFailed', `the database cannot be used: ${detail}`, { hint: 'see to the disk' });
}
