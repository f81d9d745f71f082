import type { MempoolConfig } from '../config.js';
import type { Entry } from './accountQueue.js';

/** What the transactions of a pool weigh together, and those of them that came through this node's own door. */
export class PoolWeight {
  #bytes = 0;
  #ownCount = 0;
  #ownBytes = 0;

  constructor(private readonly limits: Pick<MempoolConfig, 'maxTransactions' | 'maxBytes'>) {}

  /** Of all raw transactions. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether this node's own take more than half of the pool: whoever reaches its door could shut out all others with them. */
  get isOwnMost(): boolean {
    return 2 * this.#ownCount > this.limits.maxTransactions || 2 * this.#ownBytes > this.limits.maxBytes;
  }

  /** An entry came (1) or went (−1). */
  count({ transaction: { raw }, origin }: Entry, sign: 1 | -1): void {
    const bytes = sign * raw.length;
    this.#bytes += bytes;
    if (origin !== 'local') return;
    this.#ownCount += sign;
    this.#ownBytes += bytes;
  }
}
