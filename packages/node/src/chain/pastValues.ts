import type { Hash, HeaderRecord, KeyValueReader, KeyValueWrite, Pieces } from '@wattchain/core';
import { ByteMap, storeDamaged, toHex } from '@wattchain/core';
import { canonicalKey, type UndoneValue } from '../store/schema.js';
import { undoOf } from './chainIndex.js';

/** What a value was before a block changed it. */
interface Version {
  readonly height: number;
  readonly change: UndoneValue;
}

/**
 * What the values of a chain were before each of its blocks, by key: the state after any block is found without walking over the blocks
 * since. It covers a stretch of one chain that grows as somebody asks, up to newer heads and down to older blocks; a reorganisation
 * needs a new one, and who reads an old one reads on. For development chains, which keep the state of every block.
 */
export class PastValues {
  /** Of each key that changed, in the order of heights. */
  readonly #versions = new ByteMap<Version[]>();
  /** The stretch: the state after block `#low` and of all up to `#high` can be read. */
  #low: number;
  #high: number;
  #tip: Hash;

  constructor({ header, hash }: HeaderRecord) {
    this.#low = header.height;
    this.#high = header.height;
    this.#tip = hash;
  }

  /** The newest block that it knows. */
  get tip(): { readonly height: number; readonly hash: Hash } {
    return { height: this.#high, hash: this.#tip };
  }

  /** The state after the block at a height, above the state of the head; a piece for each block that was not covered before. */
  *stateAt(height: number, base: KeyValueReader, head: HeaderRecord): Pieces<PastState> {
    // Others may go on with it between the pieces, so each step looks at where it is.
    while (this.#high < head.header.height) {
      const next = this.#high + 1;
      const hash = hashAt(base, next);
      for (const change of changesOf(base, hash)) this.#versionsOf(change).push({ height: next, change });
      this.#high = next;
      this.#tip = hash;
      yield;
    }
    while (this.#low > height) {
      const hash = hashAt(base, this.#low);
      for (const change of changesOf(base, hash)) this.#versionsOf(change).unshift({ height: this.#low, change });
      this.#low -= 1;
      yield;
    }
    return new PastState(this.#versions, base, height, head.header.height);
  }

  #versionsOf({ key }: UndoneValue): Version[] {
    const versions = this.#versions.get(key) ?? [];
    this.#versions.set(key, versions);
    return versions;
  }
}

/** The state after an earlier block: that of a later one, with what changed since put back. */
export class PastState implements KeyValueReader {
  constructor(
    private readonly versions: Pick<ByteMap<readonly Version[]>, 'get' | 'values'>,
    /** The state of the later block. */
    readonly base: KeyValueReader,
    private readonly height: number,
    private readonly baseHeight: number,
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    const change = this.#firstAfter(this.versions.get(key));
    return change ? change.before : this.base.get(key);
  }

  /** All that is put back. */
  writes(): KeyValueWrite[] {
    return this.versions.values().flatMap((versions) => {
      const change = this.#firstAfter(versions);
      return change ? [{ key: change.key, value: change.before }] : [];
    });
  }

  /** The first change between the two blocks. */
  #firstAfter(versions: readonly Version[] = []): UndoneValue | undefined {
    let low = 0;
    let high = versions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((versions[middle] as Version).height <= this.height) low = middle + 1;
      else high = middle;
    }
    const first = versions[low];
    return first && first.height <= this.baseHeight ? first.change : undefined;
  }
}

function hashAt(reader: KeyValueReader, height: number): Hash {
  const bytes = reader.get(canonicalKey(height));
  if (bytes === undefined) throw storeDamaged(`the canonical block of height ${height} is missing`, { height });
  return toHex(bytes);
}

function changesOf(reader: KeyValueReader, hash: Hash): readonly UndoneValue[] {
  const changes = undoOf(reader, hash);
  if (changes === undefined) throw storeDamaged(`the undo record of block ${hash} is missing`, { hash });
  return changes;
}
