import { workOf } from '@wattchain/core';

/** What the proof of work of one block costs the network, all miners and their failed tries included. */
export interface BlockCost {
  /** Expected tries: floor(2^256 / (target + 1)). */
  readonly triesPerBlock: number;
  /** An estimate: `triesPerBlock` · `joulesPerHash`. */
  readonly joulesPerBlock: number;
  /** The estimate it rests on, `mine.joulesPerHash`. */
  readonly joulesPerHash: number;
}

/** The cost of a block of this target, as if every miner's machine needed `joulesPerHash` for a try. */
export function blockCost(target: bigint, joulesPerHash: number): BlockCost {
  const triesPerBlock = Number(workOf(target));
  return { triesPerBlock, joulesPerBlock: triesPerBlock * joulesPerHash, joulesPerHash };
}
