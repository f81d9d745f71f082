import { MIDSTATE_COUNT, type PowSolution, type search } from '@wattchain/core';

/** What a thread searches, until it is given something else. */
export interface SearchJob {
  /** Names the template; comes back with the solution. */
  readonly sealHash: Uint8Array;
  /** The target as eight words, most significant first. */
  readonly targetWords: Uint32Array;
  readonly extraNonceStart: bigint;
  /** This thread's part of the header nonces: from … */
  readonly nonceStart: number;
  /** … to before. */
  readonly nonceEnd: number;
  /** One word in memory shared by all threads of this job: 1 ends it. */
  readonly stop: Int32Array;
  /** Part of the time to work, 0.01 to 1. */
  readonly duty: number;
}

/** Tries, and the processor time of this thread that they took. */
export interface RateSample {
  readonly tries: number;
  readonly cpuMs: number;
}

/** What a thread says. */
export type SearchReport =
  | {
      readonly kind: 'tries';
      /** Since the last report. */
      readonly tries: number;
      /** Those of them in slices that tell a rate. */
      readonly sample: RateSample;
    }
  | { readonly kind: 'solution'; readonly sealHash: Uint8Array; readonly solution: PowSolution }
  /** V8 compiled the search badly; another thread would be better. */
  | { readonly kind: 'stuck' };

/** What a searcher is given; all of it can be replaced in tests. */
export interface SearcherOptions {
  readonly search: typeof search;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
  /** Milliseconds of processor time of this thread, `undefined` where nobody knows them. */
  readonly cpuMs: (() => number) | undefined;
  /** Sleeps so long, or until the word is no longer 0. */
  readonly sleep: (stop: Int32Array, durationMs: number) => void;
  readonly report: (report: SearchReport) => void;
}

/** Length of one slice of work: short beside a block interval, long beside handing over a message. */
const SLICE_MS = 10;
/** Header nonces of a slice beside which preparing its midstates, which takes as long as some five, does not count. */
const MANY_NONCES = 64;
/** Between two reports of tries. */
const REPORT_MS = 250;
/** Rest that was taken too early or against the will, on a busy machine, counts for later work up to this much. */
const MOST_CREDIT_MS = 100;

/** The work of one mining thread, a slice at a time; between slices the thread can take a new job. */
export class Searcher {
  #job: SearchJob | undefined;
  #extraNonce = 0n;
  #nonce = 0;
  #nonceCount = 1;
  /** Rest that is owed for the work so far; below 0: credit. */
  #owedMs = 0;
  /** Until when work and rest are accounted for. */
  #accountedMs: number;
  #accountedCpuMs: number;
  #tries = 0;
  #sampleTries = 0;
  #sampleCpuMs = 0;
  #reportedMs: number;

  constructor(private readonly options: SearcherOptions) {
    this.#reportedMs = this.#accountedMs = options.nowMs();
    this.#accountedCpuMs = options.cpuMs?.() ?? 0;
  }

  /** Whether there is a job that has not ended. */
  get isBusy(): boolean {
    return this.#job !== undefined;
  }

  /** Takes a job instead of the one before; `undefined`: none. */
  setJob(job: SearchJob | undefined): void {
    this.#job = job;
    if (job === undefined) return;
    this.#extraNonce = job.extraNonceStart;
    this.#nonce = job.nonceStart;
  }

  /** Rests as long as is owed, then works for about 10 ms. */
  step(): void {
    const job = this.#job;
    if (job === undefined) return;
    if (job.duty < 1) this.#rest(job);
    const end = Math.min(this.#nonce + this.#nonceCount, job.nonceEnd);
    const startMs = this.options.nowMs();
    const { sealHash, targetWords, stop } = job;
    const result = this.options.search(sealHash, targetWords, this.#extraNonce, MIDSTATE_COUNT, this.#nonce, end, stop);
    const endMs = this.options.nowMs();
    this.#account(job, result.tries, this.#tellsRate(result.tries, endMs - startMs), endMs - startMs, endMs);
    this.#advance(job, end);
    // What a solution or the stop word cut short says nothing about a slice's length.
    if (result.tries === this.#nonceCount * MIDSTATE_COUNT) this.#adapt(endMs - startMs);
    if (result.solution !== undefined) {
      // The other threads stop at once instead of when the main thread has looked at the solution.
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
      this.options.report({ kind: 'solution', sealHash, solution: result.solution });
    }
    if (Atomics.load(stop, 0) !== 0) this.#job = undefined;
    if (this.#job === undefined || endMs - this.#reportedMs >= REPORT_MS) this.#reportTries(endMs);
  }

  #rest(job: SearchJob): void {
    if (this.#owedMs > 0) this.options.sleep(job.stop, this.#owedMs);
  }

  /**
   * Whether a slice tells the rate: it is long by its tries, which are decided before it, and nothing cut it short. Its time must
   * not decide where that can be helped: on a busy machine it would leave out the slices that nobody interrupted, the fast ones.
   */
  #tellsRate(tries: number, busyMs: number): boolean {
    const isWhole = tries === this.#nonceCount * MIDSTATE_COUNT;
    return isWhole && (this.#nonceCount >= MANY_NONCES || busyMs >= SLICE_MS / 2);
  }

  /**
   * Adds up what a slice took and what it owes. Rest is owed for processor time, so the thread gets its share on a busy machine too;
   * all time that passes counts as paid, so what a new job cuts short stays owed.
   */
  #account(job: SearchJob, tries: number, tellsRate: boolean, busyMs: number, nowMs: number): void {
    // From the end of the last slice on: a clock that moves in steps loses nothing that way.
    const nowCpuMs = this.options.cpuMs?.() ?? this.#accountedCpuMs + busyMs;
    const cpuMs = nowCpuMs - this.#accountedCpuMs;
    const owedMs = this.#owedMs + cpuMs / job.duty - (nowMs - this.#accountedMs);
    this.#owedMs = Math.max(-MOST_CREDIT_MS, owedMs);
    this.#accountedMs = nowMs;
    this.#accountedCpuMs = nowCpuMs;
    this.#tries += tries;
    if (!tellsRate) return;
    this.#sampleTries += tries;
    this.#sampleCpuMs += cpuMs;
  }

  #advance(job: SearchJob, end: number): void {
    this.#nonce = end;
    if (end < job.nonceEnd) return;
    this.#nonce = job.nonceStart;
    this.#extraNonce += BigInt(MIDSTATE_COUNT);
  }

  #adapt(busyMs: number): void {
    if (busyMs < SLICE_MS / 2) this.#nonceCount *= 2;
    else if (busyMs > SLICE_MS * 2) this.#nonceCount = Math.max(1, Math.floor(this.#nonceCount / 2));
  }

  #reportTries(nowMs: number): void {
    const sample = { tries: this.#sampleTries, cpuMs: this.#sampleCpuMs };
    this.options.report({ kind: 'tries', tries: this.#tries, sample });
    this.#tries = this.#sampleTries = this.#sampleCpuMs = 0;
    this.#reportedMs = nowMs;
  }
}
