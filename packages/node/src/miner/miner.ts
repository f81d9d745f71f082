import {
  assert,
  blockHash,
  bytesToBigInt,
  encodeBody,
  encodeSeal,
  fromHex,
  type Hash,
  type Header,
  isStoreError,
  meetsTarget,
  type PowSolution,
  sign,
  toHex,
  WattchainError,
} from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import type { MineConfig } from '../config.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Network } from '../p2p/network.js';
import type { Cancel, Runtime } from '../runtime.js';
import type { PeerChains } from '../sync/peerChains.js';
import type { MinerThread } from './minerThread.js';
import { MiningThreads } from './miningThreads.js';
import { RateMeter } from './rateMeter.js';
import { readSealKey } from './sealKey.js';
import type { Template } from './template.js';
import type { ExternalWork, MinerCounts, MinerStatus, PauseReason, RefusalReason, Submission } from './types.js';
import { type Work, Works } from './works.js';

/** What a miner needs. */
export interface MinerOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Pick<Network, 'members' | 'on'>;
  readonly peerChains: Pick<PeerChains, 'ahead' | 'on'>;
  readonly config: MineConfig;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Told when a block of this miner's own is refused by its own chain: the node must stop. */
  readonly onFailure?: (error: unknown) => void;
  /** Starts a mining thread; tests put theirs here. */
  readonly startThread?: () => MinerThread;
}

/** How often the reasons to pause are looked at, beside the events that change them. */
const TICK_MS = 1_000;

/**
 * Makes blocks: builds templates on the main thread, lets its own worker threads or miners outside the node search, checks
 * what they find and hands it to the chain, whose head event makes the network announce it. Pauses by itself while this
 * node sees too few members of the network or is behind a peer.
 */
export class Miner {
  readonly #threads: MiningThreads;
  readonly #subscriptions: Cancel[] = [];
  readonly #rate = new RateMeter();
  #enabled: boolean;
  #isStarted = false;
  #blocksFound = 0;
  readonly #works: Works;
  /** What the threads were given last. */
  #searched: Work | undefined;
  #cancelRefresh: Cancel | undefined;
  /** A found block on its way into the chain. */
  #submitting: Promise<unknown> | undefined;

  private constructor(
    private readonly options: MinerOptions,
    private readonly sealKey: Uint8Array | undefined,
  ) {
    const { config, runtime, log, startThread } = options;
    this.#enabled = config.enabled;
    this.#works = new Works({ ...options, onBuilt: () => this.#reconsider() });
    this.#threads = new MiningThreads({
      config,
      runtime,
      log,
      ...(startThread === undefined ? {} : { startThread }),
      onTries: (tries) => this.#rate.add(tries, runtime.stopwatch.elapsedMs()),
      onSolution: (sealHash, solution) => this.#onSolution(toHex(sealHash), solution),
    });
  }

  /** Throws `mineAddressMissing` and `sealKeyMissing` when mining is on without them, and `badSealKey`. */
  static create(options: MinerOptions): Miner {
    const { chain, config } = options;
    const sealKey =
      config.sealKeyPath === undefined || chain.genesis.miners.length === 0
        ? undefined
        : readSealKey(config.sealKeyPath, chain.genesis);
    const miner = new Miner(options, sealKey);
    if (config.enabled) miner.#requireMeans();
    return miner;
  }

  /** Begins to mine, as far as it is enabled and nothing speaks against it. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { chain, mempool, network, peerChains, runtime } = this.options;
    const reconsider = () => this.#reconsider();
    this.#subscriptions.push(
      chain.on('head', () => this.#onHead()),
      mempool.on('added', () => this.#onTransaction()),
      network.on('members', reconsider),
      peerChains.on('change', reconsider),
      runtime.scheduler.setInterval(reconsider, TICK_MS),
    );
    this.#reconsider();
  }

  /** Ends all threads; resolves when they are gone and a found block has reached the chain. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const cancel of this.#subscriptions.splice(0)) cancel();
    this.#pause();
    await Promise.all([this.#threads.end(), this.#submitting, this.#works.built()]);
  }

  /** Switches this node's own threads on or off until it ends. Throws `mineAddressMissing` and `sealKeyMissing`. */
  setEnabled(enabled: boolean): void {
    if (enabled) this.#requireMeans();
    this.#enabled = enabled;
    this.options.log.info({ enabled }, 'mining switched');
    if (!enabled) void this.#threads.end();
    this.#reconsider();
  }

  status(): MinerStatus {
    const { config, runtime } = this.options;
    const paused = this.#pauseReason();
    return {
      enabled: this.#enabled,
      ...(paused === undefined ? {} : { paused }),
      hashesPerSecond: Math.round(this.#rate.perSecond(runtime.stopwatch.elapsedMs())),
      blocksFound: this.#blocksFound,
      duty: config.duty,
      threads: config.threads,
      joulesPerHash: config.joulesPerHash,
    };
  }

  /** For metrics. */
  get counts(): MinerCounts {
    return this.#threads.counts;
  }

  /**
   * Work for a miner outside this node, whether or not its own threads are switched on. A template serves all who ask until a new head,
   * new transactions (at most once per half block interval) or its age end it.
   * Throws `mineAddressMissing`, `sealKeyMissing` and `miningPaused`, which has the reason.
   */
  async getWork(): Promise<ExternalWork> {
    this.#requireMeans();
    // A template made now would build on the head that the found block replaces.
    await this.#submitting;
    const obstacle = this.#obstacle();
    const work = obstacle === undefined ? await this.#newestWork() : undefined;
    if (work === undefined) {
      const reason = obstacle ??
        this.#obstacle() ?? { code: 'behind', detail: 'the state of the newest block is not at hand' };
      throw new WattchainError('miningPaused', `there is no work: ${reason.detail}`, {
        values: { reason: reason.code },
        hint: 'ask again later',
      });
    }
    const { header, parent } = work.template;
    return {
      sealHash: work.sealHash,
      target: header.target,
      // The upper half: the lower one is searched by this node's own threads.
      extraNonceStart: (1n << 63n) | this.#drawExtraNonce(),
      height: header.height,
      parentHash: parent.hash,
    };
  }

  /**
   * Takes a solution, of this node's own threads or of whoever got the work from {@link getWork}: checks it, seals the block and gives it
   * to the chain. Refuses what no longer fits, with the reason.
   */
  async submitWork(sealHash: Hash, solution: PowSolution): Promise<Submission> {
    const template = this.#works.find(sealHash);
    if (template === undefined) return refused('unknownWork', 'this node does not know the work, or not any more');
    const reason = this.#refusal(template);
    if (reason !== undefined) return { accepted: false, reason };
    const unsealed: Header = { ...template.header, ...solution };
    const hash = blockHash(unsealed);
    if (!meetsTarget(hash, unsealed.target)) return refused('aboveTarget', `the block hash ${hash} exceeds the target`);
    this.#threads.rest();
    const submission = this.#addToChain(template, unsealed, hash);
    this.#submitting = submission.catch(() => {});
    try {
      return await submission;
    } catch (error) {
      // A flood of other blocks; nothing is wrong with this one or with the node.
      if (error instanceof WattchainError && error.code === 'queueFull') return refused('notAdded', error.message);
      // Said by the chain, which takes no more blocks but can be read.
      if (isStoreError(error)) return refused(error.code, error.message);
      this.options.log.error({ err: error }, 'a found block could not be submitted');
      this.options.onFailure?.(error);
      throw error;
    } finally {
      this.#submitting = undefined;
      this.#reconsider();
    }
  }

  #requireMeans(): void {
    const { chain, config } = this.options;
    if (config.address === undefined) {
      throw new WattchainError('mineAddressMissing', 'mining needs an address that earns the reward', {
        hint: 'set mine.address',
      });
    }
    if (chain.genesis.miners.length > 0 && this.sealKey === undefined) {
      throw new WattchainError(
        'sealKeyMissing',
        'genesis lists the miners, so mining needs the sealing key of one of them',
        {
          values: { miners: chain.genesis.miners },
          hint: 'set mine.sealKeyPath',
        },
      );
    }
  }

  /** Why this node's own threads do not search. */
  #pauseReason(): PauseReason | undefined {
    return this.#enabled ? this.#obstacle() : { code: 'disabled', detail: 'mining is switched off' };
  }

  /** Why nobody should search for this node. */
  #obstacle(): PauseReason | undefined {
    const { chain, network, peerChains } = this.options;
    if (!this.#isStarted) return { code: 'stopped', detail: 'the node is not running' };
    const { seen, needed, total } = network.members;
    if (seen < needed) {
      return { code: 'fewMembers', detail: `${seen} of ${total} members answer from this chain, ${needed} are needed` };
    }
    if (chain.damage?.stopped) return { code: chain.damage.code, detail: chain.damage.detail };
    const unreadable = this.#works.damage;
    if (unreadable !== undefined) return { code: unreadable.code, detail: unreadable.message };
    const ahead = peerChains.ahead();
    if (ahead === undefined) return undefined;
    const { header } = chain.head;
    return {
      code: 'behind',
      detail: `a peer has shown a better chain up to block ${ahead.header.height}, this node is at ${header.height}`,
    };
  }

  /** Why a solution of this template is not taken, whatever it is. */
  #refusal({ parent }: Template): RefusalReason | undefined {
    const { head } = this.options.chain;
    if (parent.hash !== head.hash) {
      return { code: 'stale', detail: `the head is ${head.hash} now, the work builds on ${parent.hash}` };
    }
    if (this.#submitting !== undefined)
      return { code: 'stale', detail: 'another block of this height is found already' };
    return this.#obstacle();
  }

  /** Starts, goes on, takes a newer template or pauses, whatever the reasons say now. */
  #reconsider(): void {
    if (this.#pauseReason() !== undefined) {
      this.#pause();
      return;
    }
    // While a found block is on its way into the chain, a template would build on the head that it replaces.
    if (this.#submitting !== undefined) return;
    this.#works.renew();
    if (this.#works.damage !== undefined) {
      this.#pause();
      return;
    }
    const work = this.#works.current;
    // While a newer one is being built, they go on with what they have, if that is on the head.
    if (work === undefined || (this.#threads.isBusy && work === this.#searched)) return;
    this.#cancelRefresh?.();
    this.#cancelRefresh = undefined;
    this.#rate.start(this.options.runtime.stopwatch.elapsedMs());
    this.#searched = work;
    this.#threads.search(work.template, this.#drawExtraNonce());
  }

  /** Stops the threads' work; they stay ready. */
  #pause(): void {
    this.#threads.rest();
    this.#rate.stop();
    this.#cancelRefresh?.();
    this.#cancelRefresh = undefined;
  }

  #onHead(): void {
    this.#works.onHead();
    // What the threads search is stale from here on, and a template takes its time.
    if (!this.#works.isOnHead) this.#threads.rest();
    this.#reconsider();
  }

  /** New transactions renew the threads' template, but at most once per half block interval. */
  #onTransaction(): void {
    const delayMs = this.#works.onTransaction();
    if (delayMs === undefined || !this.#threads.isBusy || this.#cancelRefresh !== undefined) return;
    this.#cancelRefresh = this.options.runtime.scheduler.setTimeout(() => {
      this.#cancelRefresh = undefined;
      this.#reconsider();
    }, delayMs);
  }

  /** The newest work, when what is due of it is built; `undefined` while the head's state is not to be had. */
  async #newestWork(): Promise<Work | undefined> {
    const { chain } = this.options;
    for (;;) {
      const { head } = chain;
      this.#works.renew();
      await this.#works.built();
      // Another head has made what was being built worthless.
      if (this.#works.current !== undefined || chain.head === head) return this.#works.current;
    }
  }

  /** A random start in the lowest quarter: it leaves room to count up, and keeps miners with one address apart. */
  #drawExtraNonce(): bigint {
    return bytesToBigInt(this.options.runtime.random.bytes(8)) >> 2n;
  }

  #onSolution(sealHash: Hash, solution: PowSolution): void {
    const { log } = this.options;
    this.submitWork(sealHash, solution).then(
      (submission) => {
        if (submission.accepted) return;
        if (submission.reason.code === 'aboveTarget')
          log.error({ solution, ...submission }, 'a thread found no solution');
        else log.info({ sealHash, ...submission }, 'a found block came too late');
        this.#reconsider();
      },
      () => {
        // Logged, and the node told, where it happened.
      },
    );
  }

  /** Seals a block that has its proof of work and gives it to the chain. */
  async #addToChain(template: Template, unsealed: Header, hash: Hash): Promise<Submission> {
    const { chain, log } = this.options;
    const minerSeal = this.sealKey === undefined ? unsealed.minerSeal : encodeSeal(sign(fromHex(hash), this.sealKey));
    const { value, fault } = await chain.acceptBlock(
      { ...unsealed, minerSeal },
      encodeBody(template.transactions),
      'miner',
      template,
    );
    // Whatever the network or the clock did meanwhile may refuse it; its content must not.
    const isOurs = fault !== undefined && !['fromTheFuture', 'reorgTooDeep', 'parentInvalid'].includes(fault.code);
    assert(!isOurs, `the chain refuses a block of its own miner: ${fault?.code}`);
    if (value !== 'added')
      return refused('notAdded', value === undefined ? `the chain says ${fault?.code}` : `it is ${value}`);
    this.#blocksFound++;
    log.info({ hash, height: unsealed.height, transactions: template.transactions.length }, 'found a block');
    return { accepted: true, hash };
  }
}

function refused(code: RefusalReason['code'], detail: string): Submission {
  return { accepted: false, reason: { code, detail } };
}
