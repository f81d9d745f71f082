/** A real RPC server over a real chain and pool in memory, for tests that speak to it as clients do. */
import { assert, fromHex, type Transaction } from '@wattchain/core';
import { assemble } from '@wattchain/vm';
import { knownArtifacts } from '../src/artifacts/artifacts.js';
import { type Logger, silentLogger } from '../src/base/log.js';
import { Chain } from '../src/chain/chain.js';
import { NODE_DEFAULTS, type RpcConfig } from '../src/config.js';
import { Mempool } from '../src/mempool/mempool.js';
import { Miner } from '../src/miner/miner.js';
import type { MinerStatus } from '../src/miner/types.js';
import { nodeHealth } from '../src/observe/health.js';
import type { PeerInfo } from '../src/p2p/network.js';
import { RpcServer, type RpcServerOptions } from '../src/rpc/door/server.js';
import type { RpcBackend } from '../src/rpc/protocol/backend.js';
import type { Stopwatch } from '../src/runtime.js';
import { MemoryStore } from '../src/store/memoryStore.js';
import type { Store } from '../src/store/store.js';
import type { NodeWarning } from '../src/sync/warnings.js';
import { ChainKit, MINER, type MineOptions, TEST_START_MS, type TestBlock, testGenesis } from './chainKit.js';
import { ManualRuntime } from './manualRuntime.js';

/** A contract with state, an event and every kind of failure, and its ABI. */
export const COUNTER = assemble(
  `
.contract Counter
.slot    total
.event   Counted(address indexed by, uint256 value)
.error   TooMany(uint256 got, uint256 most)

.constructor(uint256 start)
         arg start  sstore total  stop

.function total() view returns (uint256)
         sload total  return 1

.function add(uint256 amount) returns (uint256)
         arg amount  push 100  le  require "at most 100 at once"
         sload total  arg amount  add  sstore total
         caller  sload total  log Counted
         sload total  return 1

.function addStrictly(uint256 amount)
         arg amount  push 100  le  jumpif fits
         arg amount  push 100  revert TooMany
fits:    sload total  arg amount  add  sstore total  stop

.function take(uint256 amount)
         sload total  arg amount  sub  sstore total  stop
`,
  'counter.wca',
);

/** Deployment data of {@link COUNTER} that starts at a number. */
export function counterDeployment(start: number): Uint8Array {
  return fromHex(`${COUNTER.code}${start.toString(16).padStart(64, '0')}`);
}

/** What tests change about a server. */
export interface RpcKitOptions {
  readonly config?: Partial<RpcConfig>;
  readonly kit?: ChainKit;
  readonly log?: Logger;
  /** Default: an empty one. */
  readonly store?: Store;
  /** What measures the time of requests; absent: the kit's, which stands still. */
  readonly stopwatch?: Stopwatch;
  /** The page that the server has, and its token. */
  readonly page?: Pick<RpcServerOptions, 'page' | 'pageToken' | 'isForReading'>;
}

/** See the file's comment. `stop` it after the test. */
export class RpcKit {
  readonly token = '5e'.repeat(32);
  readonly peers: PeerInfo[] = [];
  syncing = false;
  mining = false;
  /** What the node warns of. */
  readonly warnings: NodeWarning[] = [];
  /** What `watt_addPeer` reaches. */
  addPeer: (address: string) => Promise<string> = async () => 'peer';
  /** Newest block that was mined here. */
  tip: TestBlock;

  private constructor(
    readonly kit: ChainKit,
    readonly runtime: ManualRuntime,
    readonly chain: Chain,
    readonly mempool: Mempool,
    readonly config: RpcConfig,
    /** Makes work for others; its own threads never run. */
    readonly worker: Miner,
    /** The node as its methods see it. */
    readonly backend: RpcBackend,
    readonly server: RpcServer,
  ) {
    this.tip = kit.genesisBlock;
  }

  /** A server that listens on a free port of this machine, on a chain of nothing but genesis. */
  static async start(given: RpcKitOptions = {}): Promise<RpcKit> {
    const {
      config: overrides = {},
      kit = new ChainKit(testGenesis()),
      log = silentLogger,
      page = {},
      store = new MemoryStore(),
    } = given;
    const runtime = new ManualRuntime(TEST_START_MS);
    const { stopwatch = runtime.stopwatch } = given;
    const { genesis } = kit;
    const chain = await Chain.open({ store, genesis, runtime, log });
    const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log });
    chain.on('head', (event) => mempool.onHead(event));
    const config: RpcConfig = { ...NODE_DEFAULTS.rpc, port: 0, ...overrides };
    const worker = Miner.create({
      chain,
      mempool,
      network: { members: { seen: 1, needed: 1, total: 1, silent: [], apart: [] }, on: () => () => {} },
      peerChains: { ahead: () => undefined, on: () => () => {} },
      config: { ...NODE_DEFAULTS.mine, address: MINER.address },
      runtime,
      log,
    });
    const late: { rpcKit?: RpcKit } = {};
    const self = () => {
      assert(late.rpcKit !== undefined, 'the kit is complete before anybody calls');
      return late.rpcKit;
    };
    const options: Omit<RpcServerOptions, 'token'> = {
      config,
      chain,
      mempool,
      artifacts: knownArtifacts([COUNTER]),
      runtime: {
        clock: runtime.clock,
        random: runtime.random,
        scheduler: runtime.scheduler,
        stopwatch,
        compute: runtime.compute,
      },
      log,
      agent: 'Wattchain/test',
      minerAddress: MINER.address,
      health: () => nodeHealth({ ...options, clock: runtime.clock }),
      miner: {
        status: () => self().#minerStatus(),
        setEnabled: (enabled) => {
          self().mining = enabled;
        },
        getWork: () => self().worker.getWork(),
        submitWork: (sealHash, solution) => self().worker.submitWork(sealHash, solution),
      },
      network: {
        id: 'node',
        addresses: () => ['/ip4/127.0.0.1/tcp/4001'],
        peers: () => self().peers,
        members: { seen: 1, needed: 3, total: 4, silent: ['first', 'second', 'third'], apart: [] },
        addPeer: (address) => self().addPeer(address),
      },
      sync: {
        status: () => ({
          syncing: self().syncing,
          startHeight: 0,
          currentHeight: chain.head.header.height,
          highestHeight: 90,
        }),
        warnings: () => self().warnings,
        clockOffsetMs: () => 250,
        allowDeepReorg: () => chain.allowDeepReorg(),
      },
    };
    const server = new RpcServer({ ...options, ...page, token: '5e'.repeat(32) });
    const rpcKit = new RpcKit(kit, runtime, chain, mempool, config, worker, options, server);
    late.rpcKit = rpcKit;
    await worker.start();
    await server.start();
    return rpcKit;
  }

  /** For HTTP clients. */
  get url(): string {
    return this.server.url;
  }

  /** For WebSocket clients. */
  get webSocketUrl(): string {
    return this.server.url.replace(/^http/, 'ws');
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.worker.stop();
    await this.chain.close();
  }

  /** Another pool of the same chain, with nothing in it; blocks change nothing in it. */
  emptyPool(): Mempool {
    const { chain, runtime } = this;
    return new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log: silentLogger });
  }

  /** Puts a transaction into the pool; asserts that it is taken. */
  send(transaction: Transaction): void {
    const { fault } = this.mempool.add(transaction, 'local');
    assert(fault === undefined, `the test transaction was refused: ${fault?.code}`);
  }

  /** Mines what is ready in the pool on the tip. */
  async mine(options: MineOptions = {}): Promise<TestBlock> {
    const block = this.kit.mine(this.tip, { transactions: [...this.mempool.executable()], ...options });
    await this.accept(block);
    return block;
  }

  /** Mines blocks without transactions. */
  async mineEmpty(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.mine({ transactions: [] });
  }

  /** Takes a block that the chain kit mined, at its time; it becomes the tip. */
  async accept(block: TestBlock): Promise<void> {
    this.runtime.advance(Math.max(0, block.header.timestampMs - this.runtime.clock.nowMs()));
    const { fault } = await this.chain.acceptBlock(block.header, block.body);
    assert(fault === undefined, `the test block was refused: ${fault?.code}`);
    this.tip = block;
  }

  #minerStatus(): MinerStatus {
    const { duty, threads, joulesPerHash } = NODE_DEFAULTS.mine;
    const status = { enabled: this.mining, hashesPerSecond: 0, blocksFound: 0, duty, threads, joulesPerHash };
    return this.mining ? status : { ...status, paused: { code: 'disabled', detail: 'mining is switched off' } };
  }
}
