import { undoDepth } from '@wattchain/node/parts';
import type { SimNode } from '../../world/simNode.js';
import { type Ground, type Rule, TICK_MS } from '../rule.js';
import { isSplit } from './convergence.js';

/** Time within which both sides of a split must have raised the alarm: statuses, proofs by headers, and waits for busy peers. */
const ALARM_MS = 180_000;

/**
 * Honest nodes that are peers and have confirmed different blocks both warn of it (`chainSplit`), as long as it lasts. Where the plan has an
 * operator, that one decides some time later: the side with less work gives way, by one override on each of its nodes (or, after 64 blocks, begins anew).
 */
export class Alarm implements Rule {
  readonly name = 'alarm';
  /** How long each node has been in a split with a peer, milliseconds. */
  readonly #splitMs = new Map<SimNode, number>();
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  tick(): void {
    const { world, plan, violate } = this.#ground as Ground;
    const { lighter, heavier } = this.#sides();
    for (const node of world.honest) {
      const isLighter = lighter.includes(node);
      const others = isLighter ? heavier : heavier.includes(node) ? lighter : [];
      const splitMs = isPeerOf(node, others) ? (this.#splitMs.get(node) ?? 0) + TICK_MS : 0;
      this.#splitMs.set(node, splitMs);
      if (splitMs > ALARM_MS && !hasAlarm(node)) {
        violate(this, `it has been in a split for ${splitMs / 1000} s, and warns of nothing`, node);
      }
      if (!isLighter || plan.operatorAfterMs === undefined || splitMs <= plan.operatorAfterMs) continue;
      this.#splitMs.set(node, 0);
      this.#giveWay(node);
    }
  }

  /** What the warning says: the override, or, where the blocks cannot be undone any more, a node that begins anew. */
  #giveWay(node: SimNode): void {
    const { conditions, count } = this.#ground as Ground;
    const { services } = node;
    const split = services?.sync.peerChains.split;
    if (services === undefined || split === undefined) return;
    const { genesis, head } = services.chain;
    if (head.header.height - split.fork.header.height <= undoDepth(genesis)) {
      count('overrides');
      services.chain.allowDeepReorg();
      return;
    }
    count('folders deleted');
    void (async () => {
      await node.stop();
      node.disk.wipe();
      conditions.noteWiped(node.index);
      await node.restart();
      conditions.note();
    })();
  }

  /** Nodes that would have to undo confirmed blocks to follow the best chain, and those who would not; both empty where there is no split. */
  #sides(): { readonly lighter: readonly SimNode[]; readonly heavier: readonly SimNode[] } {
    const { conditions, world } = this.#ground as Ground;
    const component = conditions.isSettled ? conditions.largestComponent : [];
    const best = conditions.best(component);
    const nodes = component.flatMap((index) => world.nodes[index] ?? []);
    const lighter = best === undefined ? [] : nodes.filter((node) => isSplit(node, best));
    return { lighter, heavier: lighter.length === 0 ? [] : nodes.filter((node) => !lighter.includes(node)) };
  }
}

function isPeerOf({ services }: SimNode, others: readonly SimNode[]): boolean {
  return services?.network.peers().some(({ id }) => others.some(({ peerId }) => peerId === id)) ?? false;
}

function hasAlarm({ services }: SimNode): boolean {
  return services?.sync.warnings().some(({ code }) => code === 'chainSplit') ?? false;
}
