import { bytesEqual, type PowSolution, targetToWords } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { MineConfig } from '../config.js';
import type { Cancel, Runtime } from '../runtime.js';
import { type MinerThread, startMinerThread } from './minerThread.js';
import { RateWatch } from './rateWatch.js';
import type { SearchReport } from './searcher.js';
import type { Template } from './template.js';
import type { MinerCounts } from './types.js';

/** A thread that crashed is replaced after this time, so that one that crashes at once does not keep the node busy. */
const RESPAWN_DELAY_MS = 1_000;
/** Between two replacements of slow threads: what does not help must not go on and on. */
const REBUILD_PAUSE_MS = 600_000;
/** One more than the largest header nonce. */
const NONCE_LIMIT = 2 ** 32;

/** What mining threads need. */
export interface MiningThreadsOptions {
  readonly config: Pick<MineConfig, 'threads' | 'duty'>;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Starts one; tests put theirs here. */
  readonly startThread?: () => MinerThread;
  /** Told of tries that were made. */
  readonly onTries: (tries: number) => void;
  /** Told what was found, not checked, and for which template. */
  readonly onSolution: (sealHash: Uint8Array, solution: PowSolution) => void;
}

/** What the threads search together. */
interface Search {
  readonly template: Template;
  readonly extraNonceStart: bigint;
  /** The word that ends it. */
  readonly stop: Int32Array;
}

/** This node's own mining threads: started when there is work, stopped by a word in shared memory, replaced when they crash or are slow. */
export class MiningThreads {
  readonly #threads: (MinerThread | undefined)[] = [];
  readonly #respawns = new Set<Cancel>();
  readonly #rateWatch = new RateWatch();
  #search: Search | undefined;
  #templates = 0;
  #restarts = 0;
  #rebuiltMs = Number.NEGATIVE_INFINITY;
  #terminated: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: MiningThreadsOptions) {}

  /** Whether they have work. */
  get isBusy(): boolean {
    return this.#search !== undefined;
  }

  get counts(): MinerCounts {
    return { templates: this.#templates, threadRestarts: this.#restarts };
  }

  /** Puts them to work on a template instead of the one before. */
  search(template: Template, extraNonceStart: bigint): void {
    const previous = this.#search;
    this.#search = { template, extraNonceStart, stop: new Int32Array(new SharedArrayBuffer(4)) };
    this.#templates++;
    for (let position = 0; position < this.options.config.threads; position++) {
      this.#threads[position] ??= this.#start(position);
      this.#post(position);
    }
    // Afterwards, so that the new work is there when a thread sees the word.
    if (previous !== undefined) stop(previous);
  }

  /** Stops their work at once; they stay ready. */
  rest(): void {
    if (this.#search !== undefined) stop(this.#search);
    this.#search = undefined;
  }

  /** Ends the threads; resolves when they and those that ended before are gone. */
  end(): Promise<unknown> {
    this.rest();
    for (const cancel of this.#respawns) cancel();
    this.#respawns.clear();
    for (const thread of this.#threads.splice(0)) this.#terminate(thread);
    return this.#terminated;
  }

  #terminate(thread: MinerThread | undefined): void {
    this.#terminated = Promise.all([this.#terminated, thread?.terminate()]);
  }

  #start(position: number): MinerThread {
    const thread = (this.options.startThread ?? startMinerThread)();
    thread.onReport((report) => this.#onReport(position, thread, report));
    thread.onCrash((error) => this.#onCrash(position, thread, error));
    return thread;
  }

  #post(position: number): void {
    if (this.#search === undefined) return;
    const { template, extraNonceStart, stop } = this.#search;
    const { threads, duty } = this.options.config;
    this.#threads[position]?.post({
      sealHash: template.sealHash,
      targetWords: targetToWords(template.header.target),
      extraNonceStart,
      nonceStart: Math.floor((NONCE_LIMIT * position) / threads),
      nonceEnd: Math.floor((NONCE_LIMIT * (position + 1)) / threads),
      stop,
      duty,
    });
  }

  #onReport(position: number, thread: MinerThread, report: SearchReport): void {
    // One that was ended may still have something to say.
    if (this.#threads[position] !== thread) return;
    const { onTries, onSolution } = this.options;
    if (report.kind === 'solution') {
      // Its finder has stopped the others already.
      if (this.#search !== undefined && bytesEqual(report.sealHash, this.#search.template.sealHash)) this.rest();
      onSolution(report.sealHash, report.solution);
      return;
    }
    if (report.kind === 'tries') onTries(report.tries);
    if (report.kind === 'stuck' || this.#rateWatch.isStuck(thread, report.sample)) this.#rebuild(position, thread);
  }

  /** Replaces a thread in which V8 is stuck with a bad compilation of the search. */
  #rebuild(position: number, thread: MinerThread): void {
    const { runtime, log } = this.options;
    const nowMs = runtime.stopwatch.elapsedMs();
    if (nowMs - this.#rebuiltMs < REBUILD_PAUSE_MS) return;
    this.#rebuiltMs = nowMs;
    log.warn({ thread: position }, 'a mining thread stays far below the rate it could have and is replaced');
    this.#rateWatch.forgetBest();
    this.#terminate(thread);
    this.#threads[position] = undefined;
    this.#resume(position);
  }

  #onCrash(position: number, thread: MinerThread, error: unknown): void {
    if (this.#threads[position] !== thread) return;
    const { log, runtime } = this.options;
    log.error({ err: error, thread: position }, 'a mining thread crashed and is replaced');
    this.#threads[position] = undefined;
    const cancel = runtime.scheduler.setTimeout(() => {
      this.#respawns.delete(cancel);
      this.#resume(position);
    }, RESPAWN_DELAY_MS);
    this.#respawns.add(cancel);
  }

  /** Fills an empty place while there is work. */
  #resume(position: number): void {
    if (this.#search === undefined || this.#threads[position] !== undefined) return;
    this.#restarts++;
    this.#threads[position] = this.#start(position);
    this.#post(position);
  }
}

function stop(search: Search): void {
  Atomics.store(search.stop, 0, 1);
  Atomics.notify(search.stop, 0);
}
