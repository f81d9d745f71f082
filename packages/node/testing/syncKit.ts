/** A node's chain, pool and sync among peers out of a script, on manual time. */

import type { Address } from '@wattchain/core';
import { silentLogger } from '../src/base/log.js';
import { Chain } from '../src/chain/chain.js';
import { NODE_DEFAULTS } from '../src/config.js';
import { Mempool } from '../src/mempool/mempool.js';
import { MemoryStore } from '../src/store/memoryStore.js';
import { createSync, type Sync } from '../src/sync/sync.js';
import { ChainKit, TEST_START_MS, type TestBlock } from './chainKit.js';
import { FakeNetwork, FakePeer } from './fakeNetwork.js';
import { ManualRuntime } from './manualRuntime.js';

/** Steps in which time passes: between two of them everything that can go on without time does. */
const STEP_MS = 50;
/** Turns of the event loop for each step. */
const TURNS = 5;

export interface SyncKitOptions {
  readonly kit?: ChainKit;
  readonly nowMs?: number;
  readonly minerAddress?: Address;
}

/** See the file's comment. */
export class SyncKit {
  private constructor(
    readonly kit: ChainKit,
    readonly runtime: ManualRuntime,
    readonly chain: Chain,
    readonly mempool: Mempool,
    readonly network: FakeNetwork,
    readonly sync: Sync,
  ) {}

  /** `nowMs` defaults to long after any block of a test. */
  static async start({
    kit = new ChainKit(),
    nowMs = TEST_START_MS + 10_000_000,
    minerAddress,
  }: SyncKitOptions = {}): Promise<SyncKit> {
    const runtime = new ManualRuntime(nowMs);
    const log = silentLogger;
    const chain = await Chain.open({ store: new MemoryStore(), genesis: kit.genesis, runtime, log });
    const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log });
    chain.on('head', (event) => mempool.onHead(event));
    const network = new FakeNetwork(runtime);
    const sync = createSync({ chain, mempool, network, runtime, log, minerAddress });
    sync.start();
    return new SyncKit(kit, runtime, chain, mempool, network, sync);
  }

  /** Gives the chain blocks as a miner would. */
  async have(blocks: readonly TestBlock[]): Promise<void> {
    for (const { header, body } of blocks) await this.chain.acceptBlock(header, body, 'miner');
  }

  /** A peer whose chain ends in the last of these blocks, which it has all; it joins at once. */
  peer(id: string, chain: readonly TestBlock[], change: (peer: FakePeer) => void = () => {}): FakePeer {
    const peer = new FakePeer(id, this.kit, chain);
    change(peer);
    return this.network.join(peer);
  }

  /** Lets time pass, or only what needs none. */
  async pass(durationMs = 0): Promise<void> {
    for (let passedMs = 0; passedMs <= durationMs; passedMs += STEP_MS) {
      this.runtime.advance(passedMs === 0 ? 0 : STEP_MS);
      for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate);
    }
  }

  /** Height of the head. */
  get height(): number {
    return this.chain.head.header.height;
  }

  async stop(): Promise<void> {
    const stopped = this.sync.stop();
    await this.pass(20_000);
    await stopped;
    await this.chain.close();
  }
}
