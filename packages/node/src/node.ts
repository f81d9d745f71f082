import { join } from 'node:path';
import { assert, type GenesisRules, isPublishedAddress, useNobleAlone, WattchainError } from '@wattchain/core';
import { ARTIFACTS_FOLDER, ArtifactFolder } from './artifacts/artifacts.js';
import { type ChainServices, createServices, type ServiceStep, serviceSteps } from './assembly.js';
import { AGENT } from './base/agent.js';
import type { Logger } from './base/log.js';
import { Chain } from './chain/chain.js';
import { loadGenesisRules } from './chain/genesisFile.js';
import { HeadMark } from './chain/headMark.js';
import { networkOf } from './chain/openChain.js';
import { finishReindex } from './chain/repair/reindex.js';
import { ComputePool, computeThreads } from './compute/computePool.js';
import { CHAIN_FOLDER, NODE_DEFAULTS, type NodeConfig } from './config.js';
import type { MinerThread } from './miner/minerThread.js';
import { nodeHealth } from './observe/health.js';
import type { NodeMetrics } from './observe/metrics.js';
import type { Network } from './p2p/network.js';
import type { ChainView } from './p2p/serving.js';
import { Page } from './rpc/door/page.js';
import { RpcServer } from './rpc/door/server.js';
import { loadToken, PAGE_TOKEN_FILE, TOKEN_FILE } from './rpc/door/token.js';
import { type Clock, type Runtime, systemRuntime } from './runtime.js';
import { openLevelStore } from './store/levelStore.js';
import type { Store } from './store/store.js';

/** What a node may be given instead of the real world; each has a default. */
export interface NodeDependencies {
  readonly runtime?: Runtime;
  /** In place of the runtime's own clock. */
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Opens the store of the chain in a folder. */
  readonly openStore?: (path: string) => Promise<Store>;
  readonly createNetwork?: (chain: ChainView) => Promise<Network>;
  readonly startMinerThread?: () => MinerThread;
  /** Folder of the built page that the RPC port serves; absent: none. */
  readonly pageDirectory?: string;
}

/** The services of a node. */
export interface NodeServices extends ChainServices {
  readonly rpc: RpcServer;
  /** The door for looking, where the configuration has one. */
  readonly reading: RpcServer | undefined;
  readonly metrics: NodeMetrics;
}

/** All parts together may take so long to stop; a supervisor kills after six seconds. Each part gets the same share. */
const STOP_MS = 4_800;

/**
 * One running node. `create` checks everything and opens the chain, `start` lets it act, `stop` ends it; a stopped node is
 * not started again.
 */
export class WattchainNode {
  /** Resolves with the error when something broke that a node cannot go on with; its owner then stops it. */
  readonly failure: Promise<unknown>;
  readonly #fail: (error: unknown) => void;
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  #services: NodeServices | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(
    readonly config: NodeConfig,
    private readonly runtime: Runtime,
    private readonly log: Logger,
  ) {
    let fail: (error: unknown) => void = () => {};
    this.failure = new Promise((resolve) => {
      fail = resolve;
    });
    this.#fail = (error) => {
      log.error({ err: error }, 'the node cannot go on and must stop');
      fail(error);
    };
  }

  /**
   * Opens a node's chain and makes its services. Throws what the parts throw: `badGenesis`, `genesisMissing`,
   * `genesisMismatch`, `storeLocked`, `storeDamaged`, `mineAddressMissing`, `badNetworkKey`, `testbedNotLocal` …
   */
  static async create(config: NodeConfig, dependencies: NodeDependencies = {}): Promise<WattchainNode> {
    useNobleAlone(config.nobleAlone);
    const rules = loadGenesisRules(config.genesisPath);
    refuseDevelopment(rules, config);
    refuseOpenTestbed(rules, config);
    refusePublishedMiner(rules, config);
    const log = dependencies.log ?? (await import('./observe/pinoLogger.js')).createPinoLogger(config.log);
    const world = dependencies.runtime ?? threadedRuntime(config, log.child({ service: 'compute' }));
    const runtime = dependencies.clock === undefined ? world : { ...world, clock: dependencies.clock };
    const node = new WattchainNode(config, runtime, log);
    try {
      node.#services = await node.#createServices(rules, dependencies);
    } catch (error) {
      await node.stop();
      throw error;
    }
    return node;
  }

  /** The node's parts, for embedding and tests. */
  get services(): NodeServices {
    assert(this.#services !== undefined, 'a node that was created has services');
    return this.#services;
  }

  /** Starts network, sync, miner and RPC, in this order. When one fails, what has started is stopped and its error thrown. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Stops everything in reverse order, within 5 s. Calling it again waits for the same end. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #createServices(rules: GenesisRules, dependencies: NodeDependencies): Promise<NodeServices> {
    const { config, runtime, log } = this;
    const child = (service: string) => log.child({ service });
    this.#stops.push({ name: 'compute', stop: () => runtime.compute.stop() });
    const token = await loadToken(config.dataDir, TOKEN_FILE, runtime.random);
    const storeFolder = join(config.dataDir, CHAIN_FOLDER);
    if (dependencies.openStore === undefined && (await finishReindex(storeFolder)))
      log.warn(
        { folder: storeFolder },
        'a `db reindex` that was cut off is finished: the store is the one that it built',
      );
    const store = await (dependencies.openStore ?? openLevelStore)(storeFolder);
    this.#stops.push({ name: 'store', stop: () => store.close() });
    const genesis = await networkOf(rules, store);
    const chain = await Chain.open({ store, genesis, runtime, log: child('chain'), recheckOneIn: config.recheckOneIn });
    this.#stops.push({ name: 'chain', stop: () => chain.close() });
    if (dependencies.openStore === undefined) {
      const { scheduler } = runtime;
      const mark = new HeadMark({ folder: storeFolder, chain, scheduler, log: child('chain') });
      await mark.start();
      this.#stops.push({ name: 'head mark', stop: () => mark.stop() });
    }

    const createNetwork =
      dependencies.createNetwork ??
      (async (view: ChainView) => {
        // Loaded by nodes alone, as are the metrics: a development chain, which does without, answers within a second.
        const { createLibp2pNetwork } = await import('./p2p/libp2pNetwork.js');
        return createLibp2pNetwork({
          config: config.p2p,
          minMembers: config.mine.minMembers,
          dataDir: config.dataDir,
          chain: view,
          agent: AGENT,
          runtime,
          log: child('p2p'),
        });
      });
    const services = await createServices({
      chain,
      config,
      runtime,
      log,
      createNetwork,
      onFailure: this.#fail,
      startMinerThread: dependencies.startMinerThread,
    });
    const { mempool, network, sync, miner } = services;
    const minerAddress = config.mine.address;
    const page = dependencies.pageDirectory === undefined ? undefined : Page.read(dependencies.pageDirectory);
    const door = {
      chain,
      mempool,
      miner,
      network,
      sync,
      artifacts: new ArtifactFolder(join(config.dataDir, ARTIFACTS_FOLDER), runtime.stopwatch, child('rpc')),
      runtime,
      token,
      log,
      agent: AGENT,
      minerAddress,
      health: () => nodeHealth({ chain, network, sync, clock: runtime.clock }),
    };
    const rpc = new RpcServer({
      ...door,
      config: config.rpc,
      metrics: () => metrics.read(),
      ...(page && { page, pageToken: await loadToken(config.dataDir, PAGE_TOKEN_FILE, runtime.random) }),
    });
    const reading =
      config.reading &&
      new RpcServer({
        ...door,
        config: { ...NODE_DEFAULTS.rpc, ...config.reading },
        isForReading: true,
        ...(page && { page: page.forReading() }),
      });
    const { NodeMetrics } = await import('./observe/metrics.js');
    const metrics = new NodeMetrics({
      chain,
      mempool,
      network,
      sync,
      miner,
      rpc,
      scheduler: runtime.scheduler,
      storeFolder,
      agent: AGENT,
    });
    return { ...services, rpc, reading, metrics };
  }

  async #start(): Promise<void> {
    assert(this.#stopping === undefined, 'a stopped node is not started');
    const { rpc, reading, metrics } = this.services;
    const steps: readonly ServiceStep[] = [
      { name: 'metrics', start: () => metrics.start(), stop: () => metrics.stop() },
      ...serviceSteps(this.services),
      { name: 'rpc', start: () => rpc.start(), stop: () => rpc.stop() },
      ...(reading ? [{ name: 'reading', start: () => reading.start(), stop: () => reading.stop() }] : []),
    ];
    try {
      for (const { name, start, stop } of steps) {
        // A node that was told to stop meanwhile starts nothing more.
        if (this.#stopping !== undefined) return;
        this.#stops.push({ name, stop });
        await start();
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    const { genesis } = this.services.chain;
    this.log.info({ network: genesis.name, genesis: genesis.hash, rpc: rpc.url }, 'node started');
  }

  async #stop(): Promise<void> {
    const steps = this.#stops.splice(0).reverse();
    for (const step of steps) await this.#stopStep(step, Math.floor(STOP_MS / steps.length));
    this.log.info({}, 'node stopped');
  }

  /** One step of stopping; a part that takes too long or fails must not keep the store from being closed. */
  async #stopStep(
    { name, stop }: { readonly name: string; readonly stop: () => Promise<void> },
    limitMs: number,
  ): Promise<void> {
    let cancel = () => {};
    const tooLong = new Promise<'tooLong'>((resolve) => {
      cancel = this.runtime.scheduler.setTimeout(() => resolve('tooLong'), limitMs);
    });
    try {
      const result = await Promise.race([stop(), tooLong]);
      if (result === 'tooLong') this.log.warn({ part: name, limitMs }, 'a part takes too long to stop');
    } catch (error) {
      this.log.error({ err: error, part: name }, 'a part failed to stop');
    } finally {
      cancel();
    }
  }
}

/** A development chain takes transactions that nobody signed, so it has no peers and no data directory. */
function refuseDevelopment({ development, name }: GenesisRules, { genesisPath }: NodeConfig): void {
  if (!development) return;
  throw new WattchainError('developmentGenesis', `the genesis file "${genesisPath}" is that of a development chain`, {
    values: { path: genesisPath, name },
    hint: 'a development chain runs in one process without peers: use "wattchain dev"; for nodes that find each other, "wattchain init"',
  });
}

/** The runtime of a process that has the processors to itself, but for its mining threads. */
function threadedRuntime({ mine }: NodeConfig, log: Logger): Runtime {
  return systemRuntime(new ComputePool({ threads: computeThreads(mine.enabled ? mine.threads : 0), log }));
}

/** A testbed's keys are public, so it is kept on this machine. */
function refuseOpenTestbed({ testbed }: GenesisRules, { rpc, p2p }: NodeConfig): void {
  if (!testbed) return;
  const open = [
    ...(/^(127\.|::1$|localhost$)/.test(rpc.host) ? [] : [`rpc.host ${rpc.host}`]),
    ...p2p.listen
      .filter((address) => !/^\/(ip4\/127\.|ip6\/::1\/|dns4?\/localhost\/)/.test(address))
      .map((address) => `p2p.listen ${address}`),
  ];
  if (open.length === 0) return;
  throw new WattchainError('testbedNotLocal', `a testbed listens on this machine only, not on ${open.join(', ')}`, {
    values: { open },
    hint: 'use 127.0.0.1, or make a network of your own with "wattchain init": everybody knows the keys of a testbed',
  });
}

/** Rewards to an address whose key is published would be anybody's. */
function refusePublishedMiner({ testbed }: GenesisRules, { mine }: NodeConfig): void {
  if (testbed || mine.address === undefined || !isPublishedAddress(mine.address)) return;
  throw new WattchainError('publishedKey', `mine.address ${mine.address} belongs to the testbed's published mnemonic`, {
    values: { address: mine.address },
    hint: 'everybody can sign for it: mine for an address of your own ("wattchain account new NAME")',
  });
}
