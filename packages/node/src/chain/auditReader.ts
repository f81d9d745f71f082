import {
  bytesEqual,
  CODE_PREFIX,
  findLeaf,
  type Hash,
  isFlatKey,
  type KeyValueReader,
  keccak256,
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
    const fits = isFlatKey(key)
      ? isSame(findLeaf(this.reader, key, this.stateRoot)?.value, value)
      : key[0] !== CODE_PREFIX || value === undefined || bytesEqual(keccak256(value), key.subarray(1));
    if (!fits) throw storeDamaged(`${describeKey(key)} is not the one of the state root ${this.stateRoot}`);
    return value;
  }
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : bytesEqual(a, b);
}
