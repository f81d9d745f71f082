import type { BlockFault, Hash, HeaderRecord } from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import type { BadBlock } from './headChange.js';

/** Blocks that are remembered as invalid. */
export const MAX_INVALID = 1_024;

/** Blocks that were found to be invalid, so that neither they nor their descendants are executed again. */
export class InvalidBlocks {
  readonly #faults = new BoundedMap<Hash, BlockFault>(MAX_INVALID);

  /** How many are remembered. */
  get size(): number {
    return this.#faults.size;
  }

  /** Whether the block, or one below it, was found to be invalid: as long as this is remembered. */
  has(hash: Hash): boolean {
    return this.#faults.has(hash);
  }

  /** What is wrong with a block by what is remembered of it or of its parent; of the latter it is remembered from now on, too. */
  faultOf(hash: Hash, parentHash: Hash): BlockFault | undefined {
    const fault = this.#faults.get(hash);
    if (fault !== undefined || !this.has(parentHash)) return fault;
    return this.#remember(hash, { code: 'parentInvalid', got: parentHash });
  }

  /** Remembers the bad block of a branch and all after it; gives those, and what is wrong with the last. */
  rememberBranch(bad: BadBlock, branch: readonly HeaderRecord[]): { fault: BlockFault; lost: readonly Hash[] } {
    const hashes = branch.map(({ hash }) => hash);
    const lost = hashes.slice(hashes.indexOf(bad.hash));
    let fault = this.#remember(bad.hash, bad.fault);
    for (const hash of lost.slice(1)) fault = this.#remember(hash, { code: 'parentInvalid', got: bad.hash });
    return { fault, lost };
  }

  /** Forgets all of them. */
  clear(): void {
    this.#faults.clear();
  }

  #remember(hash: Hash, fault: BlockFault): BlockFault {
    this.#faults.set(hash, fault);
    return fault;
  }
}
