import { EPOCH_MS } from '../../world/runtime.js';
import { MOST_CLOCK_OFFSET_MS } from '../conditions.js';
import { type Ground, type Rule, TICK_MS } from '../rule.js';

/**
 * Blocks' worth of tries within which the chain must grow by one. A block is found with probability 1 − e^−n in tries for n, so honest luck
 * breaks this once in e^30 = 10^13 blocks.
 */
const MOST_BLOCKS_WORTH = 30;

/**
 * While a majority of the hash power is honest, runs and is connected, and its nodes see enough members, their chain grows. Time is counted
 * in tries, so that the bound holds at any hash power and difficulty; it begins when the majority has been the same for the time that
 * cut connections, silent members and redials may take. A head that is later than every clock, because a majority's clocks were wrong, can
 * have no child until they come to it: that time does not count here, and is counted for itself.
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
    const { conditions, plan, world, violate, count } = this.#ground as Ground;
    // Above a third of lying hash power there is no majority to ask; what there is must go on.
    const core = plan.splits === 'counted' ? conditions.largestComponent : conditions.core;
    const header = conditions.best(core)?.services?.chain.head.header;
    const isLater = (header?.timestampMs ?? 0) > EPOCH_MS + world.time.nowMs + MOST_CLOCK_OFFSET_MS;
    if (isLater && conditions.isSettled) count('seconds that the chain waited for its clocks', TICK_MS / 1000);
    const height = isLater ? undefined : header?.height;
    if (height === undefined || height > this.#height || !conditions.isSettled) {
      this.#height = header?.height ?? this.#height;
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
