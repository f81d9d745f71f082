import { assert, isStoreDamaged } from '@wattchain/core';
import type { ChainServices } from '@wattchain/node/parts';
import type { Checker, World } from '../world/world.js';
import { Conditions } from './conditions.js';
import type { Plan } from './plan.js';
import { type Ground, type Rule, TICK_MS, type Watched } from './rule.js';

/** Times that one rule is said to be broken; a run that broke once goes on breaking. */
const MOST_SAID = 5;

/** Tells the rules of a run what the honest nodes do, and keeps what they find. */
export class Watcher implements Checker {
  readonly name = 'rules';
  readonly counts = new Map<string, number>();
  readonly #after: readonly Rule[];
  readonly #broken = new Map<string, number>();
  /** What cannot be read any more, so that nothing that was noted of it holds. */
  readonly #unreadable = new WeakSet<ChainServices>();
  #ground: Ground | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly rules: readonly Rule[],
    /** Told the rule's name whenever one is broken. */
    private readonly onBroken: (rule: string) => void,
  ) {
    this.#after = rules.filter((rule) => rule.after !== undefined);
  }

  /** What the rules see; there once the world is. */
  get ground(): Ground {
    assert(this.#ground !== undefined, 'a watcher is attached to its world first');
    return this.#ground;
  }

  attach(world: World): void {
    const conditions = new Conditions(world, this.plan);
    this.#ground = {
      world,
      plan: this.plan,
      conditions,
      violate: (rule, detail, node) => this.#violate(rule, detail, node?.index),
      count: (name, by = 1) => this.counts.set(name, (this.counts.get(name) ?? 0) + by),
    };
    for (const rule of this.rules) rule.begin?.(this.#ground);
    for (const node of world.nodes) {
      node.onStart((services) => {
        conditions.note();
        if (!node.isHonest) return;
        const watched = { node, services };
        this.#tell(watched, (rule) => rule.opened?.(watched));
        services.chain.on('head', (event) => this.#tell(watched, (rule) => rule.moved?.(watched, event)));
      });
    }
    this.#tickLater();
  }

  after(): void {
    for (const rule of this.#after) rule.after?.();
  }

  end(): void {
    for (const rule of this.rules) rule.end?.();
  }

  #violate(rule: Rule, detail: string, node: number | undefined): void {
    const times = (this.#broken.get(rule.name) ?? 0) + 1;
    this.#broken.set(rule.name, times);
    if (times > MOST_SAID) return;
    this.ground.world.violate(rule.name, detail, node);
    this.onBroken(rule.name);
  }

  /** Tells all rules. Where the disk of a node is at fault they cannot look, and that is nobody's break of a rule. */
  #tell({ node, services }: Watched, tell: (rule: Rule) => void): void {
    if (this.#unreadable.has(services)) return;
    try {
      for (const rule of this.rules) tell(rule);
    } catch (error) {
      if (!isStoreDamaged(error) && node.disk.fail === 'none') throw error;
      this.#unreadable.add(services);
      this.ground.count('stores that could not be read');
    }
  }

  #tickLater(): void {
    const { world, conditions } = this.ground;
    world.time.schedule(world.time.nowMs + TICK_MS, 'look', () => {
      conditions.look();
      for (const rule of this.rules) rule.tick?.();
      this.#tickLater();
    });
  }
}
