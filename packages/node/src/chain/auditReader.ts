import {
  ACCOUNT_PREFIX,
  bytesEqual,
  CODE_PREFIX,
  findLeaf,
  type Hash,
  type KeyValueReader,
  keccak256,
  STORAGE_PREFIX,
  sha256,
  storeDamaged,
} from '@wattchain/core';
import { describeKey } from '../store/schema.js';

/**
 * Reads the state after a block and holds every value against the block's state root, which takes some twenty hashes each. A
 * block that came out wrong is executed once more above it, before somebody is blamed.
 */
export class AuditReader implements KeyValueReader {
  constructor(
    private readonly reader: KeyValueReader,
    private readonly stateRoot: Hash,
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.reader.get(key);
    const isFlat = key[0] === ACCOUNT_PREFIX || key[0] === STORAGE_PREFIX;
    const fits = isFlat
      ? this.#fitsLeaf(key, value)
      : key[0] !== CODE_PREFIX || value === undefined || bytesEqual(keccak256(value), key.subarray(1));
    if (!fits) throw storeDamaged(`${describeKey(key)} is not the one of the state root ${this.stateRoot}`);
    return value;
  }

  #fitsLeaf(key: Uint8Array, value: Uint8Array | undefined): boolean {
    const leaf = findLeaf(this.reader, key, this.stateRoot);
    if (leaf === undefined || value === undefined) return leaf === undefined && value === undefined;
    return bytesEqual(leaf.valueHash, sha256(value));
  }
}
