import { createHash } from 'node:crypto';
import { type Genesis, parseGenesis } from '@wattchain/core';
import { type Logger, type MempoolConfig, type MineConfig, silentLogger } from '@wattchain/node/parts';
import type { LinkState } from './link.js';
import { SimNetwork } from './network.js';
import { SeededRandom } from './random.js';
import { EPOCH_MS } from './runtime.js';
import { SharedCompute } from './sharedCompute.js';
import { type Disguise, SimNode, textOf } from './simNode.js';
import { VirtualTime } from './virtualTime.js';

/** Something that must never happen, and did. */
export interface Violation {
  /** Milliseconds since the world began. */
  readonly atMs: number;
  readonly node?: number;
  readonly rule: string;
  readonly detail: string;
}

/** Somebody who watches that a rule holds. */
export interface Checker {
  readonly name: string;
  /** Before the nodes start: subscribes to what it watches. */
  attach(world: World): void;
  /** After every event; takes no time to speak of. */
  after?(world: World): void;
  /** When the run is over, while the nodes still stand. */
  end?(world: World): void;
}

/** What a world is made of. Each default is in brackets. */
export interface WorldOptions {
  readonly seed: number;
  readonly nodes: number;
  /** T [15 s]. */
  readonly blockIntervalMs?: number;
  /** Hash power of each node, or of all alike [4]. Their sum sets the first target. */
  readonly triesPerSecond?: number | readonly number[];
  /** Fields of the genesis file instead of the world's own. */
  readonly genesis?: Readonly<Record<string, unknown>>;
  /** Peers that each node dials [all others up to {@link MOST_MEMBERS} nodes, else 4]. */
  readonly degree?: number;
  /** Whether the configuration names all nodes as members [up to {@link MOST_MEMBERS} nodes: those who are seen are neighbours]. */
  readonly members?: boolean;
  readonly minMembers?: number;
  readonly mine?: Partial<MineConfig>;
  readonly mempool?: Partial<MempoolConfig>;
  /** How the links are at the start. */
  readonly link?: Partial<LinkState>;
  /** By the index of the node. */
  readonly disguises?: ReadonlyMap<number, Disguise>;
  readonly checkers?: readonly Checker[];
  /** Log of a node, for looking into a run; it changes nothing. */
  readonly logOf?: (index: number, time: VirtualTime) => Logger;
}

/** Nodes that all know each other; in a larger network each dials a few, and members are not named. */
export const MOST_MEMBERS = 16;
const DEFAULT_DEGREE = 4;
const DEFAULT_INTERVAL_MS = 15_000;
const DEFAULT_TRIES_PER_SECOND = 4;
/** Nodes start at different moments within this time. */
const START_WITHIN_MS = 2_000;
/** Nodes that are told to stop at the end have done so by then. */
const END_MS = 10_000;
const MOST_VIOLATIONS = 1_000;
const KEPT_TRACE_LINES = 10_000;
const LARGEST_TARGET = (1n << 256n) - 1n;

/** Nodes, the network between them and time, all from one seed: the same seed gives the same run, whatever runs it. */
export class World {
  readonly time = new VirtualTime();
  readonly random: SeededRandom;
  readonly network: SimNetwork;
  readonly nodes: readonly SimNode[];
  readonly genesis: Genesis;
  readonly violations: Violation[] = [];
  /** Errors of promises that nobody looked at. */
  readonly unhandled: unknown[] = [];
  /** The last lines of the record. */
  readonly traceLines: string[] = [];
  /** Decodes for all nodes. */
  readonly compute = new SharedCompute();
  readonly #record = createHash('sha256');
  readonly #afters: ((world: World) => void)[];

  private constructor(readonly options: WorldOptions) {
    const { seed, nodes, link = {}, checkers = [], logOf } = options;
    this.random = new SeededRandom(`wattchain ${seed}`);
    this.genesis = parseGenesis(genesisOf(options));
    this.network = new SimNetwork({ time: this.time, random: this.random, nodes, link });
    const isNamed = options.members ?? nodes <= MOST_MEMBERS;
    const members = isNamed ? Array.from({ length: nodes }, (_, index) => this.network.peerIdOf(index)) : [];
    this.nodes = Array.from({ length: nodes }, (_, index) => {
      return new SimNode({
        index,
        time: this.time,
        random: this.random,
        network: this.network,
        compute: this.compute,
        genesis: this.genesis,
        dials: this.#dialsOf(index),
        members,
        minMembers: options.minMembers,
        mine: options.mine ?? {},
        mempool: options.mempool ?? {},
        triesPerSecond: rateOf(options, index),
        disguise: options.disguises?.get(index),
        log: logOf?.(index, this.time) ?? silentLogger,
        onViolation: (rule, detail) => this.violate(rule, detail, index),
        trace: (line) => this.trace(line),
      });
    });
    this.#afters = checkers.flatMap((checker) => (checker.after === undefined ? [] : [checker.after.bind(checker)]));
  }

  /** A world whose nodes start within its first two seconds, watched by its checkers. Errors: those of a bad genesis. */
  static async create(options: WorldOptions): Promise<World> {
    const world = new World(options);
    for (const node of world.nodes) world.#watch(node);
    for (const checker of options.checkers ?? []) checker.attach(world);
    const starts = world.random.fork('starts');
    for (const node of world.nodes) {
      world.time.schedule(starts.below(START_WITHIN_MS), `${node.index} starts`, () => void node.start());
    }
    return world;
  }

  get honest(): SimNode[] {
    return this.nodes.filter((node) => node.isHonest);
  }

  /** Lets time pass until this many milliseconds after the world began. */
  async run(untilMs: number): Promise<void> {
    await this.#listening(() =>
      this.time.run(untilMs, () => {
        for (const after of this.#afters) after(this);
      }),
    );
  }

  /** The run is over: the checkers look once more, and the nodes stop. */
  async end(): Promise<void> {
    for (const checker of this.options.checkers ?? []) checker.end?.(this);
    const { nowMs } = this.time;
    for (const node of this.nodes) this.time.schedule(nowMs, `${node.index} stops`, () => void node.stop());
    await this.#listening(() => this.time.run(nowMs + END_MS));
  }

  /** A line for the record, from which the digest is made. */
  trace(line: string): void {
    const { nowMs, events } = this.time;
    const full = `${nowMs} ${events} ${line}`;
    this.#record.update(`${full}\n`);
    this.traceLines.push(full);
    if (this.traceLines.length > 2 * KEPT_TRACE_LINES) this.traceLines.splice(0, KEPT_TRACE_LINES);
  }

  /** A short name of everything that was recorded so far: two runs with the same one went the same way. */
  digest(): string {
    return this.#record.copy().update(`${this.time.events} events`).digest('hex').slice(0, 16);
  }

  /** Something happened that must not. */
  violate(rule: string, detail: string, node?: number): void {
    this.trace(`violation of ${rule}${node === undefined ? '' : ` by ${node}`}: ${detail}`);
    if (this.violations.length >= MOST_VIOLATIONS) return;
    this.violations.push({ atMs: this.time.nowMs, ...(node === undefined ? {} : { node }), rule, detail });
  }

  /** Writes down what a node does. */
  #watch(node: SimNode): void {
    node.onStart(({ chain, network }) => {
      chain.on('head', ({ head: { hash, header }, added, removed }) =>
        this.trace(`${node.index} head ${header.height} ${hash} +${added.length} -${removed.length}`),
      );
      chain.on('alarm', ({ refused }) => this.trace(`${node.index} alarm ${refused.header.height} ${refused.hash}`));
      network.on('penalised', ({ peerId, fault, sentence }) =>
        this.trace(`${node.index} penalises ${peerId} ${fault.code} ${sentence}`),
      );
    });
  }

  #dialsOf(index: number): number[] {
    const { nodes, degree = nodes <= MOST_MEMBERS ? nodes : DEFAULT_DEGREE } = this.options;
    const others = Array.from({ length: nodes - 1 }, (_, i) => (index + 1 + i) % nodes);
    if (degree >= others.length) return others;
    // A ring, so that everybody can be reached, and some across.
    const [next, ...rest] = others as [number, ...number[]];
    return [
      next,
      ...this.random
        .fork(`dials ${index}`)
        .shuffle(rest)
        .slice(0, degree - 1),
    ];
  }

  /** Runs a part of the world's life; promises that fail without anybody looking are collected meanwhile. */
  async #listening(part: () => Promise<void>): Promise<void> {
    const onUnhandled = (error: unknown) => {
      this.unhandled.push(error);
      this.violate('unhandled', textOf(error));
    };
    process.on('unhandledRejection', onUnhandled);
    try {
      await part();
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
  }
}

function rateOf({ triesPerSecond = DEFAULT_TRIES_PER_SECOND }: WorldOptions, index: number): number {
  return typeof triesPerSecond === 'number' ? triesPerSecond : (triesPerSecond[index] ?? DEFAULT_TRIES_PER_SECOND);
}

/** The genesis file of a world: its first target fits the hash power of all nodes. */
function genesisOf(options: WorldOptions): Record<string, unknown> {
  const { nodes, blockIntervalMs = DEFAULT_INTERVAL_MS, genesis = {} } = options;
  const rates = Array.from({ length: nodes }, (_, index) => rateOf(options, index));
  const triesPerBlock = rates.reduce((sum, rate) => sum + (rate * blockIntervalMs) / 1_000, 0);
  const firstTarget = LARGEST_TARGET / BigInt(Math.max(1, Math.round(triesPerBlock)));
  return {
    name: 'simulation',
    chainId: 20_000_016,
    timestampMs: EPOCH_MS,
    blockIntervalMs,
    firstTarget: `0x${firstTarget.toString(16)}`,
    largestTarget: `0x${LARGEST_TARGET.toString(16)}`,
    blockGasLimit: 4_000_000,
    blockByteLimit: 262_144,
    minGasPriceWei: '100',
    blockRewardWei: String(2n * 10n ** 18n),
    confirmations: 12,
    ...genesis,
  };
}
