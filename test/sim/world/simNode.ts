import { type Address, addressOf, type Genesis, sha256, textToBytes } from '@wattchain/core';
import {
  AGENT,
  Chain,
  type ChainServices,
  type ChainView,
  createServices,
  type Logger,
  type MempoolConfig,
  type MineConfig,
  type MinerThread,
  NODE_DEFAULTS,
  PeerNetwork,
  serviceSteps,
  type Transport,
} from '@wattchain/node/parts';
import { SimDisk } from './disk.js';
import { SimMinerThread } from './minerThread.js';
import type { SimNetwork } from './network.js';
import type { SeededRandom } from './random.js';
import { SimRuntime } from './runtime.js';
import type { SharedCompute } from './sharedCompute.js';
import type { SimTransport } from './transport.js';
import type { VirtualTime } from './virtualTime.js';

/** One lie of a node that runs the real code otherwise. */
export interface Disguise {
  readonly name: string;
  /** Default: it is not. */
  readonly isHonest?: boolean;
  /** Stands between the node and the network. */
  transport?(inner: Transport, node: SimNode): Transport;
  /** Stands between the miner and its search. */
  minerThread?(inner: MinerThread, node: SimNode): MinerThread;
  /** The chain that peers are told of and served from. */
  view?(chain: ChainView, node: SimNode): ChainView;
  /** Before the parts start, each time that they are made. */
  attach?(services: ChainServices, node: SimNode): void;
}

/** What a node has of its world. */
export interface SimNodeOptions {
  readonly index: number;
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly network: SimNetwork;
  readonly compute: SharedCompute;
  readonly genesis: Genesis;
  /** Nodes that it dials. */
  readonly dials: readonly number[];
  /** Peer ids of the network's members; empty: not named. */
  readonly members: readonly string[];
  readonly minMembers: number | undefined;
  readonly mine: Partial<MineConfig>;
  readonly mempool: Partial<MempoolConfig>;
  readonly triesPerSecond: number;
  readonly disguise: Disguise | undefined;
  readonly log: Logger;
  /** Something that no node may do, such as throwing out of an event. */
  readonly onViolation: (rule: string, detail: string) => void;
  /** For the record of the run. */
  readonly trace: (line: string) => void;
}

/** A supervisor kills a node that does not stop by itself within this time. */
const STOP_MS = 5_000;

/** Who earns what the node of this index mines. */
export function minerKey(index: number): Uint8Array {
  return sha256(textToBytes(`wattchain simulated miner ${index}`));
}

/** A node of the world: its disk and its place in the network stay, the processes that run it come and go. */
export class SimNode {
  readonly index: number;
  readonly peerId: string;
  /** Earns the rewards. */
  readonly address: Address;
  readonly disk: SimDisk;
  readonly disguise: Disguise | undefined;
  /** How far its clock is ahead, milliseconds. */
  clockOffsetMs = 0;
  /** Its hash power now. */
  triesPerSecond: number;
  /** Processes that were started. */
  incarnation = 0;
  /** The parts of the process that runs; `undefined` while none does, or while it stops. */
  services: ChainServices | undefined;
  /** Why the last process ended by itself or could not start. */
  failure: unknown;
  readonly #startListeners: ((services: ChainServices, node: SimNode) => void)[] = [];
  #process: { readonly runtime: SimRuntime; transport?: SimTransport } | undefined;

  constructor(private readonly options: SimNodeOptions) {
    const { index, network, time, random, triesPerSecond, disguise } = options;
    this.index = index;
    this.peerId = network.peerIdOf(index);
    this.address = addressOf(minerKey(index));
    this.disk = new SimDisk(time, random.fork(`disk ${index}`), `${index}`);
    this.triesPerSecond = triesPerSecond;
    this.disguise = disguise;
  }

  /** Whether it does what the protocol says. */
  get isHonest(): boolean {
    return this.disguise === undefined || this.disguise.isHonest === true;
  }

  /** Whether a process runs, starts or stops. */
  get isUp(): boolean {
    return this.#process !== undefined;
  }

  /** Calls `listener` with the parts of every process before they start; now, too, when one runs. */
  onStart(listener: (services: ChainServices, node: SimNode) => void): void {
    this.#startListeners.push(listener);
    if (this.services !== undefined) listener(this.services, this);
  }

  /** Starts a process, unless one runs. What keeps it from starting is in {@link failure}. */
  async start(): Promise<void> {
    if (this.isUp) return;
    const { index, time, random, compute, trace } = this.options;
    this.incarnation++;
    this.failure = undefined;
    const runtime = new SimRuntime({
      time,
      random: random.fork(`node ${index} process ${this.incarnation}`),
      compute,
      name: `${index}`,
      clockOffsetMs: () => this.clockOffsetMs,
      onThrow: (error) => this.#onThrow(error),
    });
    this.#process = { runtime };
    try {
      const services = await this.#createServices(runtime);
      this.disguise?.attach?.(services, this);
      this.services = services;
      trace(`${index} starts at ${services.chain.head.header.height} ${services.chain.head.hash}`);
      for (const listener of this.#startListeners) listener(services, this);
      for (const step of serviceSteps(services)) {
        await step.start();
        // A process that was told to stop meanwhile starts nothing more.
        if (this.services !== services) return;
      }
    } catch (error) {
      trace(`${index} does not start: ${textOf(error)}`);
      this.failure = error;
      this.#end();
    }
  }

  /** The process dies at once, as by `kill -9` or without current; the disk keeps what a disk keeps. */
  crash(): void {
    if (!this.isUp) return;
    this.options.trace(`${this.index} crashes`);
    this.#end();
  }

  /** Starts a process after whatever ended the one before; one that still runs is stopped first. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends the process in good order; what takes too long is killed. */
  async stop(): Promise<void> {
    const { services } = this;
    const process = this.#process;
    if (process === undefined || services === undefined) return;
    this.services = undefined;
    this.options.trace(`${this.index} stops`);
    const { runtime } = process;
    const tooLate = new Promise<void>((resolve) => runtime.later(STOP_MS, 'killed', resolve));
    const stopped = (async () => {
      for (const step of serviceSteps(services).reverse()) await step.stop();
      await services.chain.close();
    })();
    await Promise.race([stopped.catch(() => {}), tooLate]);
    if (this.#process === process) this.#end();
  }

  async #createServices(runtime: SimRuntime): Promise<ChainServices> {
    const { network, genesis, log, dials, members, minMembers, mine, mempool, index } = this.options;
    const store = this.disk.open();
    const { recheckOneIn } = NODE_DEFAULTS;
    const chain = await Chain.open({ store, genesis, runtime, log, recheckOneIn });
    const transport = network.transport({ index, runtime, genesis });
    if (this.#process?.runtime === runtime) this.#process.transport = transport;
    const { disguise } = this;
    return createServices({
      chain,
      config: {
        mempool: { ...NODE_DEFAULTS.mempool, ...mempool },
        mine: { ...NODE_DEFAULTS.mine, enabled: true, duty: 1, address: this.address, ...mine },
      },
      runtime,
      log,
      createNetwork: (view) =>
        new PeerNetwork({
          transport: disguise?.transport?.(transport, this) ?? transport,
          chain: disguise?.view?.(view, this) ?? view,
          peers: dials.map((peer) => network.addressOf(peer)),
          members,
          minMembers,
          agent: AGENT,
          runtime,
          log,
        }),
      onFailure: (error) => this.#onFailure(error),
      startMinerThread: () => {
        const thread = new SimMinerThread(runtime, () => this.triesPerSecond);
        return disguise?.minerThread?.(thread, this) ?? thread;
      },
    });
  }

  /** The process meets what it cannot go on with, and ends in good order, as `node.ts` tells its owner. */
  #onFailure(error: unknown): void {
    this.failure ??= error;
    this.options.trace(`${this.index} fails: ${textOf(error)}`);
    this.#process?.runtime.later(0, 'fails', () => void this.stop());
  }

  /** What throws out of an event ends a process on the spot, and is never right. */
  #onThrow(error: unknown): void {
    this.failure = error;
    this.options.onViolation('threw', textOf(error));
    this.#end();
  }

  #end(): void {
    const process = this.#process;
    this.#process = undefined;
    this.services = undefined;
    process?.runtime.end();
    process?.transport?.kill();
    this.disk.crash();
  }
}

/** An error in a line, without what differs from machine to machine. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? `${String(error.code)}: ` : '';
  return `${code}${error.message}`;
}
