import { Registry } from 'prom-client';
import type { Mempool } from '../mempool/mempool.js';
import type { Miner } from '../miner/miner.js';
import type { Network } from '../p2p/network.js';
import type { MetricsText } from '../rpc/door/server.js';
import type { Cancel, Scheduler } from '../runtime.js';
import { type ObservedChain, observeChain } from './chainMetrics.js';
import { EventLoopLag } from './eventLoopLag.js';
import { MetricKit } from './metricKit.js';
import { observeMiner } from './minerMetrics.js';
import { type ObservedSync, observeMempool, observeNetwork } from './networkMetrics.js';
import { observeDisk, observeProcess } from './processMetrics.js';
import { type ObservedRpc, observeRpc } from './rpcMetrics.js';

/** What metrics look at. */
export interface MetricSources {
  readonly chain: ObservedChain;
  readonly mempool: Pick<Mempool, 'load' | 'on'>;
  readonly network: Network;
  readonly sync: ObservedSync;
  readonly miner: Pick<Miner, 'status' | 'counts'>;
  readonly rpc: ObservedRpc;
  readonly scheduler: Scheduler;
  /** Folder of the store. */
  readonly storeFolder: string;
  /** Name and version of this software. */
  readonly agent: string;
}

/**
 * The metrics of one node, for Prometheus. They follow its events and look at its services when somebody scrapes; no
 * service knows of them. Units are seconds and bytes, names start with `wattchain_`.
 */
export class NodeMetrics {
  readonly #lag: EventLoopLag;
  readonly #registry = new Registry();
  readonly #cancels: Cancel[];

  constructor(sources: MetricSources) {
    const { chain, mempool, network, sync, miner, rpc, storeFolder, agent } = sources;
    const kit = new MetricKit(this.#registry);
    this.#lag = new EventLoopLag(sources.scheduler);
    const { name, chainId } = chain.genesis;
    kit
      .gaugeOf('wattchain_build_info', 'Always 1; its labels say which software on which network this is.', [
        'agent',
        'network',
        'chain_id',
      ])
      .set({ agent, network: name, chain_id: chainId }, 1);
    this.#cancels = [
      observeChain(kit, chain),
      observeMempool(kit, mempool),
      observeNetwork(kit, network, sync),
      observeRpc(kit, rpc),
    ];
    observeMiner(kit, miner);
    observeProcess(kit, this.#lag);
    observeDisk(kit, storeFolder);
  }

  start(): void {
    this.#lag.start();
  }

  async stop(): Promise<void> {
    this.#lag.stop();
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  /** Everything in Prometheus' text format. */
  async read(): Promise<MetricsText> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
