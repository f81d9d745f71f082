import { assert, workOf } from '@wattchain/core';
import type { LinkState } from '../world/link.js';
import type { SimNode } from '../world/simNode.js';
import type { World } from '../world/world.js';
import type { Fault, Plan } from './plan.js';

/** A clock that is off by more cannot be relied on: half of what blocks may lead, and some room. */
export const MOST_CLOCK_OFFSET_MS = 10_000;
/** Part of a block interval that a message may take where liveness is promised. */
const MOST_DELAY_DIVISOR = 4;
/** Block intervals after which everything that a fault cut off is connected again: members are seen within six. */
const SETTLE_INTERVALS = 10;

/** What is wrong with the world now, so that rules know what they may ask of it; and the one place where faults touch links and nodes. */
export class Conditions {
  readonly #inForce = new Set<Fault>();
  /** Links as they are when nothing is wrong: one for all pairs. */
  readonly #plain: LinkState;
  /** Hash power when nothing is wrong, by node. */
  readonly #power: readonly number[];
  readonly #wiped = new Set<number>();
  #changedMs = 0;
  /** What follows from the conditions, until they change. */
  #sound: readonly number[] | undefined;
  #largest: readonly number[] | undefined;
  #core: readonly number[] | undefined;
  #up = '';

  constructor(
    private readonly world: World,
    private readonly plan: Plan,
  ) {
    const { network, nodes } = world;
    const link = network.link(0, Math.min(1, nodes.length - 1));
    this.#plain = { ...link, latency: { ...link.latency } };
    this.#power = nodes.map(({ triesPerSecond }) => triesPerSecond);
  }

  /** When something began or ended last, virtual milliseconds. */
  get changedMs(): number {
    return this.#changedMs;
  }

  begin(fault: Fault): void {
    this.#inForce.add(fault);
    this.#apply();
  }

  end(fault: Fault): void {
    this.#inForce.delete(fault);
    this.#apply();
  }

  /** Something changed that is no fault, such as a node that came up. */
  note(): void {
    this.#changedMs = this.world.time.nowMs;
    this.#sound = undefined;
    this.#largest = undefined;
    this.#core = undefined;
  }

  /** Notes nodes that went down by themselves. */
  look(): void {
    const up = this.world.nodes.map(({ services }) => (services === undefined ? '-' : '+')).join('');
    if (up !== this.#up) this.note();
    this.#up = up;
  }

  /** Whether nothing has changed for the time that connections take to come back: members are seen again, statuses told. */
  get isSettled(): boolean {
    return this.world.time.nowMs - this.#changedMs >= SETTLE_INTERVALS * this.world.genesis.blockIntervalMs;
  }

  /** Whether something is wrong with a node's disk, or it was not started again since. */
  hasDiskTrouble(index: number): boolean {
    return this.#of('disk').some(({ node }) => node === index);
  }

  /** A node's operator deleted its folder. */
  noteWiped(index: number): void {
    this.#wiped.add(index);
  }

  /** Whether that happened since it was asked last. */
  takeWiped(index: number): boolean {
    return this.#wiped.delete(index);
  }

  /** Whether messages go both ways between two nodes. */
  connected(a: number, b: number): boolean {
    return a === b || (!this.#isCut(a, b) && !this.#isCut(b, a));
  }

  /** Honest nodes that run on a good disk, with a clock and links that liveness may be asked of. */
  get sound(): readonly number[] {
    this.#sound ??= this.world.nodes.filter((node) => this.#isSound(node)).map(({ index }) => index);
    return this.#sound;
  }

  /** The largest set of sound nodes that reach each other. */
  get largestComponent(): readonly number[] {
    this.#largest ??= this.#componentsOf(this.sound).reduce(
      (largest, next) => (next.length > largest.length ? next : largest),
      [],
    );
    return this.#largest;
  }

  /** The sound nodes that see enough members and reach each other, when they have more than half of all hash power; else none. */
  get core(): readonly number[] {
    this.#core ??= this.#findCore();
    return this.#core;
  }

  #findCore(): readonly number[] {
    const needed = this.plan.minMembers ?? Math.floor(this.world.nodes.length / 2) + 1;
    const { sound } = this;
    const mining = sound.filter((a) => sound.filter((b) => this.connected(a, b)).length >= needed);
    const total = this.world.nodes.reduce((sum, { triesPerSecond }) => sum + triesPerSecond, 0);
    return this.#componentsOf(mining).find((component) => 2 * this.powerOf(component) > total) ?? [];
  }

  /** Tries per second of these nodes together. */
  powerOf(indices: readonly number[]): number {
    return indices.reduce((sum, index) => sum + this.#node(index).triesPerSecond, 0);
  }

  /** Blocks that these nodes find in a second on average, on the best head among them. */
  blocksPerSecond(indices: readonly number[]): number {
    const target = this.best(indices)?.services?.chain.head.header.target;
    return target === undefined ? 0 : this.powerOf(indices) / Number(workOf(target));
  }

  /** Of these nodes the one whose head has the most work. */
  best(indices: readonly number[]): SimNode | undefined {
    let best: SimNode | undefined;
    for (const index of indices) {
      const node = this.#node(index);
      const work = node.services?.chain.head.totalWork;
      if (work !== undefined && work > (best?.services?.chain.head.totalWork ?? -1n)) best = node;
    }
    return best;
  }

  #node(index: number): SimNode {
    const node = this.world.nodes[index];
    assert(node !== undefined, 'there is a node', index);
    return node;
  }

  #of<Kind extends Fault['kind']>(kind: Kind): Extract<Fault, { kind: Kind }>[] {
    return [...this.#inForce].filter((fault): fault is Extract<Fault, { kind: Kind }> => fault.kind === kind);
  }

  #isCut(from: number, to: number): boolean {
    for (const fault of this.#inForce) {
      if (fault.kind === 'partition') {
        if (groupOf(fault.groups, from) !== groupOf(fault.groups, to)) return true;
      } else if (fault.kind === 'oneWay' && fault.from.includes(from) && fault.to.includes(to)) return true;
    }
    return false;
  }

  #isSound(node: SimNode): boolean {
    const { index, isHonest } = node;
    if (!isHonest || node.services === undefined) return false;
    if (this.hasDiskTrouble(index)) return false;
    if (Math.abs(node.clockOffsetMs) > MOST_CLOCK_OFFSET_MS) return false;
    return this.#slowMs(index) + this.#jitterMs() <= this.world.genesis.blockIntervalMs / MOST_DELAY_DIVISOR;
  }

  #slowMs(index: number): number {
    return this.#of('slow').reduce((sum, { node, delayMs }) => (node === index ? sum + delayMs : sum), 0);
  }

  #jitterMs(): number {
    return this.#of('loss').reduce((sum, { jitterMs }) => sum + jitterMs, 0);
  }

  /** The sets of these nodes that reach each other over nodes among them. */
  #componentsOf(indices: readonly number[]): number[][] {
    const left = new Set(indices);
    const components: number[][] = [];
    for (const first of indices) {
      if (!left.delete(first)) continue;
      const component = [first];
      for (const a of component) {
        for (const b of [...left]) {
          if (!this.connected(a, b)) continue;
          left.delete(b);
          component.push(b);
        }
      }
      components.push(component);
    }
    return components;
  }

  /** Makes links, clocks and hash power what all faults in force make of them together. */
  #apply(): void {
    const { network, nodes } = this.world;
    const losses = this.#of('loss');
    const lossPerMille = Math.max(this.#plain.lossPerMille, ...losses.map((fault) => fault.lossPerMille));
    const duplicatePerMille = Math.max(
      this.#plain.duplicatePerMille,
      ...losses.map((fault) => fault.duplicatePerMille),
    );
    const { minMs, maxMs } = this.#plain.latency;
    const jitterMs = this.#jitterMs();
    for (const { index: from } of nodes) {
      for (const { index: to } of nodes) {
        if (from === to) continue;
        const link = network.link(from, to);
        link.cut = this.#isCut(from, to);
        link.lossPerMille = lossPerMille;
        link.duplicatePerMille = duplicatePerMille;
        link.latency = { minMs, maxMs: maxMs + jitterMs };
        link.slowMs = this.#plain.slowMs + this.#slowMs(from) + this.#slowMs(to);
      }
    }
    for (const node of nodes) {
      const { index } = node;
      const clocks = this.#of('clock').filter((fault) => fault.node === index);
      node.clockOffsetMs = clocks.reduce((sum, { offsetMs }) => sum + offsetMs, 0);
      const factors = this.#of('hashRate').filter((fault) => fault.nodes.includes(index));
      const power = factors.reduce((rate, { perMille }) => (rate * perMille) / 1000, this.#power[index] ?? 0);
      if (node.triesPerSecond !== power) node.triesPerSecond = power;
    }
    this.note();
  }
}

/** Which group a node is in; those in none are together. */
function groupOf(groups: readonly (readonly number[])[], index: number): number {
  return groups.findIndex((group) => group.includes(index));
}
