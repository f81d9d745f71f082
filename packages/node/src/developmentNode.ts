import type { Genesis } from '@wattchain/core';
import { aloneBackend } from './aloneBackend.js';
import { type ArtifactSource, knownArtifacts } from './artifacts/artifacts.js';
import { AGENT } from './base/agent.js';
import { type Logger, silentLogger } from './base/log.js';
import { Chain } from './chain/chain.js';
import { type MempoolConfig, NODE_DEFAULTS, type RpcConfig } from './config.js';
import type { DevelopmentAccount } from './dev/accounts.js';
import { Development } from './dev/development.js';
import { Sealer, type SealingMode } from './dev/sealer.js';
import { type DevelopmentState, decodeState } from './dev/stateFile.js';
import { DevelopmentTime } from './dev/time.js';
import { Mempool } from './mempool/mempool.js';
import { nodeHealth } from './observe/health.js';
import { Page } from './rpc/door/page.js';
import { RpcServer } from './rpc/door/server.js';
import { createDevMethodTable } from './rpc/methods/dev/devMethods.js';
import { type Runtime, systemRuntime } from './runtime.js';
import { MemoryStore } from './store/memoryStore.js';
import type { Store } from './store/store.js';

/** Milliseconds that one request may take: whoever asks waits for nobody but itself, and tests run what they like. */
const MAX_REQUEST_MS = 60_000;
/** Whoever runs the chain alone fills its pool, perhaps with a whole benchmark before the first block is made. */
const MEMPOOL_LIMITS: MempoolConfig = {
  ...NODE_DEFAULTS.mempool,
  maxTransactions: 65_536,
  maxBytes: 256 * 1024 * 1024,
  maxPerAccount: 65_536,
  maxReplacementsPerMinute: 65_536,
};

/** What a development node is made of. */
export interface DevelopmentNodeOptions {
  /** Where it begins: a genesis, or all that an earlier one left ({@link Development.dump}). */
  readonly start: { readonly genesis: Genesis } | { readonly state: Uint8Array };
  readonly accounts: readonly DevelopmentAccount[];
  readonly mode: SealingMode;
  readonly rpc: Partial<RpcConfig>;
  /** An empty store for a chain that begins with a genesis, which its owner closes; absent: the chain is in memory. */
  readonly store?: Store;
  /** What contracts were made from, for traces with source lines; absent: nothing is known. */
  readonly artifacts?: ArtifactSource;
  /** Folder of the built page that the RPC port serves; absent: none. */
  readonly pageDirectory?: string;
  readonly runtime?: Runtime;
  readonly log?: Logger;
}

/** A development chain behind JSON-RPC: no peers, no synchronisation, no search, nothing on disk. */
export class DevelopmentNode {
  /** Resolves with the error when something broke that it cannot go on with; its owner then stops it. */
  readonly failure: Promise<unknown>;

  private constructor(
    readonly chain: Chain,
    readonly development: Development,
    readonly rpc: RpcServer,
    private readonly mode: SealingMode,
    failure: Promise<unknown>,
  ) {
    this.failure = failure;
  }

  /** Throws `badState`, `storeDamaged` and the like when a state is given that is no chain. */
  static async create(options: DevelopmentNodeOptions): Promise<DevelopmentNode> {
    const { accounts, mode, runtime = systemRuntime(), log = silentLogger } = options;
    const { genesis, offsetMs, entries } = await startOf(options.start);
    const store = options.store ?? new MemoryStore(entries);
    const { recheckOneIn } = NODE_DEFAULTS;
    const chain = await Chain.open({ store, genesis, runtime, log, recheckOneIn });
    const mempool = new Mempool({ chain, config: MEMPOOL_LIMITS, runtime, log });
    // Blocks leave this chain only when its developer takes it back, which takes their transactions along.
    chain.on('head', (event) => mempool.onHead({ ...event, removed: [] }));
    const time = new DevelopmentTime(runtime.clock);
    time.reset(offsetMs);
    let fail: (error: unknown) => void = () => {};
    const failure = new Promise<unknown>((resolve) => {
      fail = resolve;
    });
    chain.on('failure', fail);
    const sealer = new Sealer({ chain, mempool, time, scheduler: runtime.scheduler, onFailure: fail });
    const development = new Development({ store, chain, mempool, sealer, time, accounts, mode, runtime, log });
    const alone = aloneBackend(chain, sealer);
    const rpc = new RpcServer({
      ...alone,
      config: { ...NODE_DEFAULTS.rpc, maxRequestMs: MAX_REQUEST_MS, ...options.rpc },
      chain,
      mempool,
      artifacts: options.artifacts ?? knownArtifacts([]),
      runtime,
      agent: AGENT,
      health: () => nodeHealth({ ...alone, chain, clock: runtime.clock }),
      minerAddress: undefined,
      // Nobody learns it: what it opens on other nodes has its own methods here.
      token: undefined,
      methods: createDevMethodTable(development),
      ...(options.pageDirectory === undefined ? {} : { page: Page.read(options.pageDirectory) }),
      log,
    });
    return new DevelopmentNode(chain, development, rpc, mode, failure);
  }

  /** Listens, then makes blocks. Errors: `portInUse`, `rpcListen`. */
  async start(): Promise<void> {
    await this.rpc.start();
    this.development.sealer.setMode(this.mode);
  }

  /** Answers what was asked and ends; the chain can still be dumped. */
  async stop(): Promise<void> {
    await this.rpc.stop();
    await this.development.sealer.stop();
    await this.chain.close();
  }
}

async function startOf(start: DevelopmentNodeOptions['start']): Promise<DevelopmentState> {
  return 'state' in start ? decodeState(start.state) : { genesis: start.genesis, offsetMs: 0, entries: new Map() };
}
