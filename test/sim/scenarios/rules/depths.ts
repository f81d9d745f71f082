import type { SimNode } from '../../world/simNode.js';
import type { Fault } from '../plan.js';
import type { Ground, Rule } from '../rule.js';

/** Depths beyond which they are counted together. */
const MOST_TOLD = 20;

/** Counts how deep the smaller side of each partition was when it ended: from 12 blocks on, neither side leaves its chain by itself. */
export class Depths implements Rule {
  readonly name = 'depths';

  begin(ground: Ground): void {
    for (const fault of ground.plan.faults) {
      if (fault.kind !== 'partition') continue;
      // Arranged before the end of the fault, so that it comes first at that moment.
      ground.world.time.schedule(fault.atMs + fault.forMs, 'measure', () => this.#measure(ground, fault));
    }
  }

  #measure({ conditions, count }: Ground, { groups }: Extract<Fault, { kind: 'partition' }>): void {
    const bests = groups.flatMap((group) => {
      return conditions.best(group.filter((index) => conditions.sound.includes(index))) ?? [];
    });
    const [first, second] = bests;
    if (first === undefined || second === undefined) return;
    const depth = Math.min(depthFrom(first, second), depthFrom(second, first));
    count(`partitions that ended ${depth > MOST_TOLD ? `more than ${MOST_TOLD}` : depth} blocks deep`);
  }
}

/** Blocks of a node's chain that another's does not have. */
function depthFrom(node: SimNode, other: SimNode): number {
  const [chain, others] = [node.services?.chain, other.services?.chain];
  if (chain === undefined || others === undefined) return 0;
  const top = chain.head.header.height;
  let height = top;
  while (height > 0 && others.canonicalHash(height) !== chain.canonicalHash(height)) height--;
  return top - height;
}
