import type { HeadEvent } from '@wattchain/node/parts';
import type { SimNode } from '../../world/simNode.js';
import type { Ground, Rule, Watched } from '../rule.js';

/** Blocks by which a head may be behind the best one and still agree with it: what is on its way. */
const MOST_BEHIND = 3;
/**
 * Blocks by which the best chain may grow without a moment at which all agree. Two honest nodes disagree when blocks cross, with messages of
 * T/4 about once in five blocks, so that luck alone takes so many crossings in a row.
 */
const MOST_BLOCKS_APART = 24;

/**
 * Nodes that can reach each other come to one chain: from the time on that their connections have had to come back, and again and again,
 * there is a moment at which all their heads are on one chain. Where splits are counted, nodes on a chain that neither side leaves by
 * itself do not count: they are the alarm's.
 */
export class Convergence implements Rule {
  readonly name = 'convergence';
  /** Height of the best head when all agreed last, or when the conditions settled. */
  #sinceHeight = 0;
  #changedMs = -1;
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  moved(_watched: Watched, _event: HeadEvent): void {
    const { conditions, plan, violate } = this.#ground as Ground;
    const component = conditions.largestComponent;
    const best = conditions.best(component);
    const height = best?.services?.chain.head.header.height;
    if (best === undefined || height === undefined) return;
    const isNew = !conditions.isSettled || this.#changedMs !== conditions.changedMs;
    this.#changedMs = conditions.changedMs;
    if (isNew) {
      this.#sinceHeight = height;
      return;
    }
    const others = this.#others(best, component);
    if (others.length === 0 || (plan.splits === 'counted' && others.some((node) => isSplit(node, best)))) {
      this.#sinceHeight = height;
      return;
    }
    if (height - this.#sinceHeight <= MOST_BLOCKS_APART) return;
    const heads = others.map(({ index, services }) => `${index} at ${services?.chain.head.header.height}`);
    violate(
      this,
      `no agreement from block ${this.#sinceHeight} to ${height} of node ${best.index}: ${heads.join(', ')}`,
      best,
    );
    this.#sinceHeight = height;
  }

  /** Who is not on the best chain, or far behind on it. */
  #others(best: SimNode, component: readonly number[]): SimNode[] {
    const chain = best.services?.chain;
    const nodes = component.flatMap((index) => this.#ground?.world.nodes[index] ?? []);
    return nodes.filter(({ services }) => {
      const head = services?.chain.head;
      if (chain === undefined || head === undefined) return false;
      const { height } = head.header;
      return chain.canonicalHash(height) !== head.hash || chain.head.header.height - height > MOST_BEHIND;
    });
  }
}

/** Whether a node would have to undo confirmed blocks to follow another. */
export function isSplit(node: SimNode, best: SimNode): boolean {
  const [own, other] = [node.services?.chain, best.services?.chain];
  if (own === undefined || other === undefined) return false;
  const top = own.head.header.height - own.genesis.confirmations + 1;
  return top > 0 && other.canonicalHash(top) !== own.canonicalHash(top);
}
