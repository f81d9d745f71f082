import { type Ground, type Rule, TICK_MS } from '../rule.js';

/**
 * Blocks' worth of tries within which the chain must grow by one. A block is found with probability 1 − e^−n in tries for n, so honest luck
 * breaks this once in e^30 = 10^13 blocks.
 */
const MOST_BLOCKS_WORTH = 30;

/**
 * While a majority of the hash power is honest, runs and is connected, and its nodes see enough members, their chain grows. Time is counted
 * in tries, so that the bound holds at any hash power and difficulty; it begins when the majority has been the same for the time that
 * cut connections, silent members and redials may take.
 */
export class Growth implements Rule {
  readonly name = 'growth';
  #height = 0;
  #blocksWorth = 0;
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  tick(): void {
    const { conditions, plan, world, violate } = this.#ground as Ground;
    // Above a third of lying hash power there is no majority to ask; what there is must go on.
    const core = plan.splits === 'counted' ? conditions.largestComponent : conditions.core;
    const height = conditions.best(core)?.services?.chain.head.header.height;
    if (height === undefined || height > this.#height || !conditions.isSettled) {
      this.#height = height ?? this.#height;
      this.#blocksWorth = 0;
      return;
    }
    this.#blocksWorth += (conditions.blocksPerSecond(core) * TICK_MS) / 1000;
    if (this.#blocksWorth <= MOST_BLOCKS_WORTH) return;
    const paused = core.map(
      (index) => `${index}: ${world.nodes[index]?.services?.miner.status().paused?.detail ?? 'mines'}`,
    );
    violate(this, `nothing after block ${height} in tries for ${MOST_BLOCKS_WORTH} blocks (${paused.join('; ')})`);
    this.#blocksWorth = 0;
  }
}
