import {
  assert,
  blockHash,
  bytesToBigInt,
  encodeBody,
  encodeSeal,
  fromHex,
  type Header,
  meetsTarget,
  type PowSolution,
  sign,
  targetToWords,
  WattchainError,
} from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { MineConfig } from '../config.js';
import type { Logger } from '../log.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Network } from '../p2p/network.js';
import type { Cancel, Runtime } from '../runtime.js';
import { type MinerThread, startMinerThread } from './minerThread.js';
import { RateMeter } from './rateMeter.js';
import { readSealKey } from './sealKey.js';
import type { SearchReport } from './searcher.js';
import { buildTemplate, type Template } from './template.js';
import type { MinerStatus, PauseReason } from './types.js';

/** What a miner needs. */
export interface MinerOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Pick<Network, 'handshakes' | 'bestKnownWork' | 'on'>;
  readonly config: MineConfig;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Told when a block of this miner's own is refused by its own chain: the node must stop. */
  readonly onFailure?: (error: unknown) => void;
  /** Starts a mining thread; tests put theirs here. */
  readonly startThread?: () => MinerThread;
}

/** A template is renewed at least this often, so that its timestamp stays near the clock. */
const TEMPLATE_LIFETIME_MS = 10_000;
/** How often the reasons to pause are looked at, beside the events that change them. */
const TICK_MS = 1_000;
/** A thread that crashed is replaced after this time, so that one that crashes at once does not keep the node busy. */
const RESPAWN_DELAY_MS = 1_000;
/** One more than the largest header nonce. */
const NONCE_LIMIT = 2 ** 32;

/** A template that the threads search, and the word that stops them. */
interface Work {
  readonly id: number;
  readonly template: Template;
  readonly builtMs: number;
  readonly extraNonceStart: bigint;
  readonly stop: Int32Array;
}

/**
 * Makes blocks: builds templates on the main thread, lets worker threads search, checks what they find and hands it to
 * the chain, whose head event makes the network announce it. Pauses by itself while this node has too few peers or is behind one of them.
 */
export class Miner {
  readonly #threads: (MinerThread | undefined)[] = [];
  readonly #subscriptions: Cancel[] = [];
  readonly #rate = new RateMeter();
  #enabled: boolean;
  #isStarted = false;
  #blocksFound = 0;
  #work: Work | undefined;
  #workCount = 0;
  #isSubmitting = false;
  #cancelRefresh: Cancel | undefined;
  #terminated: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: MinerOptions,
    private readonly sealKey: Uint8Array | undefined,
  ) {
    this.#enabled = options.config.enabled;
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
    const { chain, mempool, network, runtime } = this.options;
    const reconsider = () => this.#reconsider();
    this.#subscriptions.push(
      chain.on('head', () => this.#renew()),
      mempool.on('added', () => this.#renewSoon()),
      network.on('peers', reconsider),
      network.on('head', reconsider),
      runtime.scheduler.setInterval(reconsider, TICK_MS),
    );
    this.#reconsider();
  }

  /** Ends all threads; resolves when they are gone. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const cancel of this.#subscriptions.splice(0)) cancel();
    this.#suspend();
    this.#endThreads();
    await this.#terminated;
  }

  /** Switches mining on or off until the node ends. Throws `mineAddressMissing` and `sealKeyMissing`. */
  setEnabled(enabled: boolean): void {
    if (enabled) this.#requireMeans();
    this.#enabled = enabled;
    this.options.log.info({ enabled }, 'mining switched');
    if (!enabled) {
      this.#suspend();
      this.#endThreads();
    }
    this.#reconsider();
  }

  status(): MinerStatus {
    const paused = this.#pauseReason();
    return {
      enabled: this.#enabled,
      ...(paused === undefined ? {} : { paused }),
      hashesPerSecond: Math.round(this.#rate.perSecond(this.options.runtime.clock.nowMs())),
      blocksFound: this.#blocksFound,
      duty: this.options.config.duty,
      threads: this.options.config.threads,
    };
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

  #pauseReason(): PauseReason | undefined {
    const { chain, network, config } = this.options;
    if (!this.#enabled) return { code: 'disabled', detail: 'mining is switched off' };
    if (!this.#isStarted) return { code: 'stopped', detail: 'the node is not running' };
    if (network.handshakes < config.minPeers) {
      return { code: 'fewPeers', detail: `${network.handshakes} of ${config.minPeers} peers are connected` };
    }
    const best = network.bestKnownWork();
    if (best > chain.head.totalWork) {
      return { code: 'behind', detail: `a peer has a chain of work ${best}, this node of ${chain.head.totalWork}` };
    }
    return undefined;
  }

  /** Starts, goes on or pauses, whatever the reasons say now. */
  #reconsider(): void {
    if (this.#pauseReason() !== undefined) {
      this.#suspend();
      return;
    }
    const nowMs = this.options.runtime.clock.nowMs();
    if (this.#work === undefined || Math.abs(nowMs - this.#work.builtMs) >= TEMPLATE_LIFETIME_MS) this.#renew();
  }

  /** Stops the threads' work; they stay ready. */
  #suspend(): void {
    this.#stopWork();
    this.#rate.stop();
  }

  #stopWork(): void {
    this.#cancelRefresh?.();
    this.#cancelRefresh = undefined;
    if (this.#work === undefined) return;
    Atomics.store(this.#work.stop, 0, 1);
    Atomics.notify(this.#work.stop, 0);
    this.#work = undefined;
  }

  /** Puts the threads to work on a new template. */
  #renew(): void {
    // While a found block is on its way into the chain, a template would build on the head that it replaces.
    if (this.#isSubmitting) return;
    if (this.#pauseReason() !== undefined) {
      this.#suspend();
      return;
    }
    this.#stopWork();
    const { chain, mempool, runtime, config } = this.options;
    assert(config.address !== undefined, 'mining has an address');
    const nowMs = runtime.clock.nowMs();
    const template = buildTemplate({ chain, candidates: mempool.executable(), miner: config.address, nowMs });
    if (template === undefined) return;
    this.#work = {
      id: ++this.#workCount,
      template,
      builtMs: nowMs,
      // A random start in the lower half leaves room to count up, and keeps miners with one address apart.
      extraNonceStart: bytesToBigInt(runtime.random.bytes(8)) >> 1n,
      stop: new Int32Array(new SharedArrayBuffer(4)),
    };
    this.#rate.start(nowMs);
    for (let position = 0; position < config.threads; position++) {
      this.#threads[position] ??= this.#startThread(position);
      this.#post(position);
    }
  }

  /** New transactions renew the template, but at most once per half block interval. */
  #renewSoon(): void {
    if (this.#work === undefined || this.#cancelRefresh !== undefined) return;
    const { runtime, chain } = this.options;
    const dueMs = this.#work.builtMs + chain.genesis.blockIntervalMs / 2;
    const delayMs = Math.max(0, Math.ceil(dueMs - runtime.clock.nowMs()));
    this.#cancelRefresh = runtime.scheduler.setTimeout(() => this.#renew(), delayMs);
  }

  #post(position: number): void {
    const work = this.#work;
    if (work === undefined) return;
    const { threads, duty } = this.options.config;
    this.#threads[position]?.post({
      id: work.id,
      sealHash: work.template.sealHash,
      targetWords: targetToWords(work.template.header.target),
      extraNonceStart: work.extraNonceStart,
      nonceStart: Math.floor((NONCE_LIMIT * position) / threads),
      nonceEnd: Math.floor((NONCE_LIMIT * (position + 1)) / threads),
      stop: work.stop,
      duty,
    });
  }

  #startThread(position: number): MinerThread {
    const thread = (this.options.startThread ?? startMinerThread)();
    thread.onReport((report) => this.#onReport(report));
    thread.onCrash((error) => this.#onCrash(position, thread, error));
    return thread;
  }

  #onCrash(position: number, thread: MinerThread, error: unknown): void {
    if (this.#threads[position] !== thread) return;
    const { log, runtime } = this.options;
    log.error({ err: error, thread: position }, 'a mining thread crashed and is replaced');
    this.#threads[position] = undefined;
    runtime.scheduler.setTimeout(() => {
      if (this.#work === undefined || this.#threads[position] !== undefined) return;
      this.#threads[position] = this.#startThread(position);
      this.#post(position);
    }, RESPAWN_DELAY_MS);
  }

  #endThreads(): void {
    const threads = this.#threads.splice(0);
    this.#terminated = Promise.all([this.#terminated, ...threads.map((thread) => thread?.terminate())]);
  }

  #onReport(report: SearchReport): void {
    const { runtime, onFailure } = this.options;
    if (report.kind === 'tries') {
      this.#rate.add(report.tries, runtime.clock.nowMs());
      return;
    }
    // A solution of work that was replaced meanwhile is worth nothing.
    if (this.#work === undefined || this.#work.id !== report.jobId) return;
    const { template } = this.#work;
    this.#stopWork();
    this.#isSubmitting = true;
    this.#submit(template, report.solution)
      .catch((error: unknown) => {
        this.options.log.error({ err: error }, 'a found block could not be submitted');
        onFailure?.(error);
      })
      .finally(() => {
        this.#isSubmitting = false;
        if (this.#isStarted) this.#reconsider();
      });
  }

  /** Checks a solution, seals the block and gives it to the chain. */
  async #submit(template: Template, solution: PowSolution): Promise<void> {
    const { chain, log } = this.options;
    const unsealed: Header = { ...template.header, ...solution };
    const hash = blockHash(unsealed);
    if (!meetsTarget(hash, unsealed.target)) {
      log.error({ hash, solution }, 'a mining thread gave a solution that does not meet the target');
      return;
    }
    if (template.parent.hash !== chain.head.hash) return;
    const minerSeal = this.sealKey === undefined ? unsealed.minerSeal : encodeSeal(sign(fromHex(hash), this.sealKey));
    const { value, fault } = await chain.acceptBlock(
      { ...unsealed, minerSeal },
      encodeBody(template.transactions),
      'miner',
    );
    // Whatever the network or the clock did meanwhile may refuse it; its content must not.
    const isOurs = fault !== undefined && !['fromTheFuture', 'reorgTooDeep', 'parentInvalid'].includes(fault.code);
    assert(!isOurs, `the chain refuses a block of its own miner: ${fault?.code}`);
    if (value !== 'added') {
      log.info({ hash, value, fault }, 'a found block came too late');
      return;
    }
    this.#blocksFound++;
    log.info({ hash, height: unsealed.height, transactions: template.transactions.length }, 'found a block');
  }
}
