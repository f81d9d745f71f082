/** Whole nodes without mining and RPC, on real libp2p over loopback, for tests of the network and of catching up. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '@wattchain/core';
import { type Logger, silentLogger } from '../src/base/log.js';
import { Chain } from '../src/chain/chain.js';
import { NODE_DEFAULTS } from '../src/config.js';
import { Mempool } from '../src/mempool/mempool.js';
import { createLibp2pNetwork } from '../src/p2p/libp2pNetwork.js';
import type { Network } from '../src/p2p/network.js';
import { type Runtime, systemRuntime } from '../src/runtime.js';
import { MemoryStore } from '../src/store/memoryStore.js';
import type { Store } from '../src/store/store.js';
import { createSync, type Sync } from '../src/sync/sync.js';
import { ChainKit, type TestBlock } from './chainKit.js';
import { letTimePass, ManualRuntime } from './manualRuntime.js';

export interface NetNodeOptions {
  readonly kit?: ChainKit;
  /** Addresses to dial. */
  readonly peers?: readonly string[];
  readonly allow?: readonly string[];
  readonly members?: readonly string[];
  readonly pskPath?: string;
  /** Default: a port of the operating system's choice. */
  readonly listen?: string;
  /** Default: a new one, removed at the end. Another node's: its identity. */
  readonly dataDir?: string;
  /** Blocks that the node has from before. */
  readonly blocks?: readonly TestBlock[];
  /** Default: an empty one. */
  readonly store?: Store;
  readonly runtime?: Runtime;
  readonly log?: Logger;
}

/** A node that talks to others. */
export interface NetNode {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly sync: Sync;
  readonly dataDir: string;
  /** Address with peer id. */
  readonly address: string;
  /** Gives the chain a block as a miner would; asserts that it is taken. */
  accept(block: TestBlock): Promise<void>;
  stop(): Promise<void>;
}

/** Starts nodes and stops them all. */
export class NetworkKit {
  readonly #time = new ManualRuntime(Date.now());
  readonly #stopTime = letTimePass(this.#time, 1);
  readonly #runtime: Runtime = { ...systemRuntime(), clock: this.#time.clock, scheduler: this.#time.scheduler };
  readonly #nodes: NetNode[] = [];
  readonly #dirs: string[] = [];

  async start(options: NetNodeOptions = {}): Promise<NetNode> {
    const {
      kit = new ChainKit(),
      runtime = this.#runtime,
      log = silentLogger,
      blocks = [],
      store = new MemoryStore(),
    } = options;
    const dataDir = options.dataDir ?? (await this.directory());
    const chain = await Chain.open({ store, genesis: kit.genesis, runtime, log });
    const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log });
    chain.on('head', (event) => mempool.onHead(event));
    const accept = async (block: TestBlock) => {
      const { fault } = await chain.acceptBlock(block.header, block.body);
      assert(fault === undefined, `a test block was refused: ${fault?.code}`);
    };
    for (const block of blocks) await accept(block);
    const config = {
      listen: [options.listen ?? '/ip4/127.0.0.1/tcp/0'],
      peers: options.peers ?? [],
      ...(options.allow && { allow: options.allow }),
      ...(options.members && { members: options.members }),
      ...(options.pskPath && { pskPath: options.pskPath }),
    };
    const network = await createLibp2pNetwork({ config, dataDir, chain, agent: 'Wattchain/test', runtime, log });
    const sync = createSync({ chain, mempool, network, runtime, log });
    sync.start();
    await network.start();
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      await network.stop();
      await sync.stop();
      await chain.close();
    };
    const node: NetNode = {
      chain,
      mempool,
      network,
      sync,
      dataDir,
      address: network.addresses()[0] ?? '',
      accept,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
    this.#nodes.push(node);
    return node;
  }

  /** An empty directory, removed at the end. */
  async directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'wattchain-network-'));
    this.#dirs.push(directory);
    return directory;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
    this.#stopTime();
    await Promise.all(this.#dirs.map((directory) => rm(directory, { recursive: true, force: true })));
  }
}

/** Resolves as soon as `condition` holds, looked at now and after every event of the nodes; the test's own timeout ends it. */
export function until(nodes: readonly NetNode[], condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition()) return;
      for (const cancel of cancels) cancel();
      resolve();
    };
    const cancels = nodes.flatMap(({ chain, mempool, network }) => [
      chain.on('head', look),
      chain.on('alarm', look),
      mempool.on('added', look),
      network.on('peers', look),
      network.on('members', look),
      network.on('handshake', look),
      network.on('head', look),
      network.on('refused', look),
    ]);
    look();
  });
}

/** Resolves when every node's head is the block. */
export function untilHead(nodes: readonly NetNode[], { hash }: Pick<TestBlock, 'hash'>): Promise<void> {
  return until(nodes, () => nodes.every(({ chain }) => chain.head.hash === hash));
}

/** Resolves when every node has so many handshakes. */
export function untilHandshakes(nodes: readonly NetNode[], count: number): Promise<void> {
  return until(nodes, () => nodes.every(({ network }) => network.handshakes >= count));
}

/** Where a node listens, without its identity: to dial it blindly, or to take its place. */
export function listenAddress({ address }: Pick<NetNode, 'address'>): string {
  return address.replace(/\/p2p\/.*$/, '');
}
