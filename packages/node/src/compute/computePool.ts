import { availableParallelism } from 'node:os';
import { concatBytes, decodeTransactions, isNobleAlone } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import { type Compute, type DecodedTransaction, decodeInTurns, type TransactionRules } from './compute.js';
import { type ComputeThread, type DecodeResult, startComputeThread } from './computeThread.js';

/** Transactions of a job: some ten milliseconds, beside which what a message costs is little. Fewer are decoded at once. */
export const FULL_BATCH = 64;
/** Jobs that a thread has at once, so that it need not wait for the next one. */
const JOBS_PER_THREAD = 2;
/** Jobs that wait for a thread, some hundred thousand transactions; what comes beyond is done here. */
const MAX_WAITING_JOBS = 2_048;

/** What a pool needs. */
export interface ComputePoolOptions {
  /** Most threads; 0: everything is done here. */
  readonly threads: number;
  readonly log: Logger;
  /** Starts one; tests put theirs here. */
  readonly startThread?: () => ComputeThread;
}

/** A job and who waits for it. */
interface Job {
  readonly raws: readonly Uint8Array[];
  readonly rules: TransactionRules;
  readonly resolve: (decoded: readonly DecodedTransaction[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread's place in the pool, with its jobs by their numbers; no thread before it has its first one. */
interface Place {
  thread: ComputeThread | undefined;
  readonly jobs: Map<number, Job>;
}

/** Threads for a node that mines with so many: one processor is left for the node itself. */
export function computeThreads(miningThreads: number): number {
  return Math.max(0, availableParallelism() - 1 - miningThreads);
}

/**
 * Threads that compute: started when there is a full batch for them, and not again when they died, since what killed one may do so
 * again. What a dead one had is done here.
 */
export class ComputePool implements Compute {
  readonly threads: number;
  readonly decodeSigned = decodeTransactions;
  readonly #places: Place[];
  readonly #waiting: Job[] = [];
  #jobs = 0;
  #inline: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ComputePoolOptions) {
    this.threads = options.threads;
    this.#places = Array.from({ length: options.threads }, () => ({ thread: undefined, jobs: new Map() }));
  }

  async decode(raws: readonly Uint8Array[], rules: TransactionRules): Promise<DecodedTransaction[]> {
    if (raws.length < FULL_BATCH || this.#places.length === 0) return decodeInTurns(raws, rules);
    const parts: Promise<readonly DecodedTransaction[]>[] = [];
    for (let from = 0; from < raws.length; from += FULL_BATCH) {
      const part = raws.slice(from, from + FULL_BATCH);
      parts.push(new Promise((resolve, reject) => this.#take({ raws: part, rules, resolve, reject })));
    }
    return (await Promise.all(parts)).flat();
  }

  async stop(): Promise<void> {
    const places = this.#places.splice(0);
    for (const { jobs } of places) for (const job of jobs.values()) this.#doHere(job);
    this.#dispatch();
    await Promise.all(places.map(({ thread }) => thread?.terminate()));
  }

  #take(job: Job): void {
    if (this.#waiting.length >= MAX_WAITING_JOBS) this.#doHere(job);
    else this.#waiting.push(job);
    this.#dispatch();
  }

  /** Gives jobs to whoever has fewest, or does them here when nobody is left. */
  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const place = this.#places.reduce<Place | undefined>(
        (least, other) => (least === undefined || other.jobs.size < least.jobs.size ? other : least),
        undefined,
      );
      if (place !== undefined && place.jobs.size >= JOBS_PER_THREAD) return;
      const job = this.#waiting.shift() as Job;
      if (place === undefined) this.#doHere(job);
      else this.#post(place, job);
    }
  }

  #post(place: Place, job: Job): void {
    const id = this.#jobs++;
    place.jobs.set(id, job);
    place.thread ??= this.#start(place);
    const lengths = Uint32Array.from(job.raws, ({ length }) => length);
    place.thread.post({ id, rules: job.rules, bytes: concatBytes(...job.raws), lengths });
  }

  #start(place: Place): ComputeThread {
    const start = this.options.startThread ?? (() => startComputeThread({ nobleAlone: isNobleAlone() }));
    const thread = start();
    thread.onResult((result) => this.#onResult(place, result));
    thread.onCrash((error) => this.#onCrash(place, error));
    return thread;
  }

  #onResult(place: Place, { id, decoded }: DecodeResult): void {
    // One that was ended may still have something to say.
    const job = place.jobs.get(id);
    place.jobs.delete(id);
    job?.resolve(decoded);
    this.#dispatch();
  }

  #onCrash(place: Place, error: unknown): void {
    const at = this.#places.indexOf(place);
    if (at < 0) return;
    this.#places.splice(at, 1);
    this.options.log.error(
      { err: error, left: this.#places.length },
      'a computing thread died; what it had is done here',
    );
    const jobs = [...place.jobs.values()];
    place.jobs.clear();
    for (const job of jobs) this.#doHere(job);
    this.#dispatch();
  }

  /** One after the other, so that turns stay short. */
  #doHere({ raws, rules, resolve, reject }: Job): void {
    this.#inline = this.#inline.then(() => decodeInTurns(raws, rules)).then(resolve, reject);
  }
}
