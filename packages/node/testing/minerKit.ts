/** A miner on a chain in memory, whose threads search when the test says so. */
import { type Address, type HeaderRecord, search } from '@wattchain/core';
import { type Logger, silentLogger } from '../src/base/log.js';
import { Chain } from '../src/chain/chain.js';
import { type MineConfig, NODE_DEFAULTS } from '../src/config.js';
import { Mempool } from '../src/mempool/mempool.js';
import { Miner } from '../src/miner/miner.js';
import type { MinerThread } from '../src/miner/minerThread.js';
import type { SearchJob, SearchReport } from '../src/miner/searcher.js';
import type { Network } from '../src/p2p/network.js';
import { MemoryStore } from '../src/store/memoryStore.js';
import type { PeerChains } from '../src/sync/peerChains.js';
import { ChainKit, MINER, TEST_START_MS, testGenesis } from './chainKit.js';
import { ManualRuntime } from './manualRuntime.js';

/** A mining thread that searches when the test says so. */
export class FakeThread implements MinerThread {
  readonly jobs: SearchJob[] = [];
  isGone = false;
  report: (report: SearchReport) => void = () => {};
  crash: (error: unknown) => void = () => {};

  post(job: SearchJob): void {
    this.jobs.push(job);
  }
  onReport(listener: (report: SearchReport) => void): void {
    this.report = listener;
  }
  onCrash(listener: (error: unknown) => void): void {
    this.crash = listener;
  }
  async terminate(): Promise<void> {
    this.isGone = true;
  }

  get job(): SearchJob {
    const job = this.jobs.at(-1);
    if (job === undefined) throw new RangeError('no job yet');
    return job;
  }

  /** Reports tries, and in how much processor time they were made. */
  tell(tries: number, cpuMs = 0): void {
    this.report({ kind: 'tries', tries, sample: { tries: cpuMs === 0 ? 0 : tries, cpuMs } });
  }

  /** Finds the solution of a job and reports it. */
  solve(job = this.job): void {
    const { sealHash, targetWords, extraNonceStart, nonceStart, nonceEnd } = job;
    const { solution } = search(sealHash, targetWords, extraNonceStart, 1, nonceStart, nonceEnd, undefined);
    if (solution !== undefined) this.report({ kind: 'solution', sealHash, solution });
  }
}

/** A miner for `address`, with everything that it looks at. */
export async function setUp(
  mine: Partial<MineConfig> = {},
  genesis = testGenesis(),
  address: Address | null = MINER.address,
) {
  const kit = new ChainKit(genesis);
  const runtime = new ManualRuntime(TEST_START_MS + 60_000);
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (_fields, message) => warnings.push(message) };
  const chain = await Chain.open({ store: new MemoryStore(), genesis, runtime, log });
  const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log });
  chain.on('head', (event) => mempool.onHead(event));
  const listeners: (() => void)[] = [];
  const peers: { seen: number; ahead: HeaderRecord | undefined } = { seen: 3, ahead: undefined };
  const on = (_name: string, listener: (event: never) => void) => {
    listeners.push(listener as () => void);
    return () => {};
  };
  const network: Pick<Network, 'members' | 'on'> = {
    get members() {
      return { seen: peers.seen, needed: 3, total: 4, silent: [], apart: [] };
    },
    on,
  };
  const ahead = () => ((peers.ahead?.totalWork ?? 0n) > chain.head.totalWork ? peers.ahead : undefined);
  const peerChains: Pick<PeerChains, 'ahead' | 'on'> = { ahead, on };
  const threads: FakeThread[] = [];
  const failures: unknown[] = [];
  const miner = Miner.create({
    chain,
    mempool,
    network,
    peerChains,
    runtime,
    log,
    config: { ...NODE_DEFAULTS.mine, enabled: true, ...(address === null ? {} : { address }), ...mine },
    onFailure: (error) => failures.push(error),
    startThread: () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
  });
  const tellPeers = (change: Partial<typeof peers>) => {
    Object.assign(peers, change);
    for (const listener of listeners) listener();
  };
  /** Resolves when the chain has moved. */
  const nextHead = () =>
    new Promise<void>((resolve) => {
      const cancel = chain.on('head', () => {
        cancel();
        resolve();
      });
    });
  return { kit, genesis, chain, mempool, miner, threads, runtime, failures, warnings, peers, tellPeers, nextHead };
}
