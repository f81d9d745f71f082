import { ByteMap } from '../byteMap.js';

/** Groups whose hashes are kept at most, twice: a kilobyte each, the upper levels of the tree of a million accounts. */
const KEPT_GROUPS = 4_096;

/** A record as it is in memory, and the hashes of its nodes. */
interface Kept {
  readonly record: Uint8Array;
  readonly hashes: Uint8Array;
}

/**
 * Hashes of the nodes of groups that were read or written before: of a group of which one slot changes five of 31 are new. They belong to
 * the very array that a record is, so another one under the same key has none.
 *
 * Whoever takes them changes them on the way to a new record, so they are not here meanwhile.
 */
export class GroupHashes {
  #fresh = new ByteMap<Kept>();
  #before = new ByteMap<Kept>();

  /** The hashes of this record's nodes, given away; `undefined` where they are not known. */
  take(key: Uint8Array, record: Uint8Array): Uint8Array | undefined {
    for (const generation of [this.#fresh, this.#before]) {
      const kept = generation.get(key);
      if (kept === undefined || kept.record !== record) continue;
      generation.delete(key);
      return kept.hashes;
    }
    return undefined;
  }

  /** Keeps the hashes of a record's nodes. */
  keep(key: Uint8Array, record: Uint8Array, hashes: Uint8Array): void {
    this.#fresh.set(key, { record, hashes });
    if (this.#fresh.size < KEPT_GROUPS) return;
    this.#before = this.#fresh;
    this.#fresh = new ByteMap();
  }
}
