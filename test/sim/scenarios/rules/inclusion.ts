import { type Address, accountKey, decodeAccount, type Hash } from '@wattchain/core';
import type { HeadEvent } from '@wattchain/node/parts';
import { EPOCH_MS } from '../../world/runtime.js';
import type { Ground, Rule, Watched } from '../rule.js';
import type { Workload } from '../workload/workload.js';

/** Blocks of which it is known when they were made: more than one moment's branches. */
const MOST_BLOCKS_KNOWN = 1_024;
/** Honest blocks within which a transaction that is next in its account's order is mined: gossip and templates take one or two. */
const MOST_BLOCKS = 12;

/**
 * A transaction that an honest node has taken is mined within so many honest blocks of its chain, as long as that node is one of the majority
 * that mines together: lying miners may leave it out, and blocks that nobody takes do not count.
 */
export class Inclusion implements Rule {
  readonly name = 'inclusion';
  /** Since when each has waited, and through how many blocks. */
  readonly #waited = new Map<Hash, { readonly sinceMs: number; readonly blocks: number }>();
  /** When honest nodes first had a block, by the time of the world: the clocks that date blocks may be wrong. */
  readonly #madeMs = new Map<Hash, number>();
  #honest: ReadonlySet<Address> = new Set();
  #ground: Ground | undefined;

  constructor(private readonly workload: Workload) {}

  begin(ground: Ground): void {
    this.#ground = ground;
    this.#honest = new Set(ground.world.honest.map(({ address }) => address));
  }

  moved(watched: Watched, { added }: HeadEvent): void {
    const { conditions } = this.#ground as Ground;
    const { node } = watched;
    const isPromised = conditions.isSettled && conditions.core.includes(node.index);
    const honest = added.flatMap(({ record: { hash, header } }) =>
      this.#honest.has(header.miner) ? Math.min(header.timestampMs, this.#made(hash)) : [],
    );
    for (const [hash, sent] of this.workload.sent) {
      if (sent.node !== node) continue;
      const isWaiting = isPromised && sent.incarnation === node.incarnation && !sent.included.has(node.index);
      if (!isWaiting) this.#waited.delete(hash);
      else this.#wait(watched, hash, honest);
    }
    for (const hash of this.#waited.keys()) if (!this.workload.sent.has(hash)) this.#waited.delete(hash);
  }

  /** When an honest node first had a block. */
  #made(hash: Hash): number {
    const madeMs = this.#madeMs.get(hash) ?? EPOCH_MS + (this.#ground as Ground).world.time.nowMs;
    this.#madeMs.set(hash, madeMs);
    if (this.#madeMs.size > MOST_BLOCKS_KNOWN) this.#madeMs.delete(this.#madeMs.keys().next().value as Hash);
    return madeMs;
  }

  /** `timesMs`: when honest miners made the blocks that the node has now and did not have before. */
  #wait({ node, services: { chain, mempool } }: Watched, hash: Hash, timesMs: readonly number[]): void {
    const nowMs = EPOCH_MS + (this.#ground as Ground).world.time.nowMs;
    const { sinceMs, blocks } = this.#waited.get(hash) ?? { sinceMs: nowMs, blocks: 0 };
    // What was mined before and comes only now was made by miners who could not hear of what waits here.
    const waited = blocks + timesMs.filter((timeMs) => timeMs > sinceMs).length;
    this.#waited.set(hash, { sinceMs, blocks: waited });
    if (waited <= MOST_BLOCKS) return;
    this.#waited.delete(hash);
    const sent = this.workload.sent.get(hash);
    const value = sent && chain.stateAt(chain.head.hash)?.get(accountKey(sent.transaction.sender));
    // One that follows another which is not mined either has no claim of its own.
    if (sent === undefined || value === undefined || decodeAccount(value).nonce !== sent.transaction.nonce) return;
    const where = mempool.has(hash) ? 'in its pool' : 'no longer in its pool';
    this.#ground?.violate(
      this,
      `"${sent.what}" ${hash} is not mined after ${waited} honest blocks and is ${where}`,
      node,
    );
  }
}
