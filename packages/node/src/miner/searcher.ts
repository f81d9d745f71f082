import { MIDSTATE_COUNT, type PowSolution, type search } from '@wattchain/core';

/** What a thread searches, until it is given something else. */
export interface SearchJob {
  /** Names the template; comes back with the solution. */
  readonly id: number;
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

/** What a thread says. */
export type SearchReport =
  | { readonly kind: 'tries'; readonly tries: number }
  | { readonly kind: 'solution'; readonly jobId: number; readonly solution: PowSolution };

/** What a searcher is given; all of it can be replaced in tests. */
export interface SearcherOptions {
  readonly search: typeof search;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
  /** Sleeps so long, or until the word is no longer 0. */
  readonly sleep: (stop: Int32Array, durationMs: number) => void;
  readonly report: (report: SearchReport) => void;
}

/** Length of one slice of work: short beside a block interval, long beside handing over a message. */
const SLICE_MS = 10;
/** Between two reports of tries. */
const REPORT_MS = 250;

/** The work of one mining thread, a slice at a time; between slices the thread can take a new job. */
export class Searcher {
  #job: SearchJob | undefined;
  #extraNonce = 0n;
  #nonce = 0;
  #nonceCount = 1;
  #owedMs = 0;
  #tries = 0;
  #reportedMs: number;

  constructor(private readonly options: SearcherOptions) {
    this.#reportedMs = options.nowMs();
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
    this.#rest(job);
    const end = Math.min(this.#nonce + this.#nonceCount, job.nonceEnd);
    const startMs = this.options.nowMs();
    const { sealHash, targetWords, stop } = job;
    const result = this.options.search(sealHash, targetWords, this.#extraNonce, MIDSTATE_COUNT, this.#nonce, end, stop);
    const busyMs = this.options.nowMs() - startMs;
    this.#owedMs += busyMs * (1 / job.duty - 1);
    this.#tries += result.tries;
    this.#advance(job, end);
    this.#adapt(busyMs);
    if (result.solution !== undefined) {
      // The other threads stop at once instead of when the main thread has looked at the solution.
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
      this.options.report({ kind: 'solution', jobId: job.id, solution: result.solution });
    }
    if (Atomics.load(stop, 0) !== 0) this.#job = undefined;
    if (this.#job === undefined || this.options.nowMs() - this.#reportedMs >= REPORT_MS) this.#reportTries();
  }

  #rest(job: SearchJob): void {
    if (this.#owedMs <= 0) return;
    const startMs = this.options.nowMs();
    this.options.sleep(job.stop, this.#owedMs);
    // What a new job cut short stays owed, or a fast chain would make threads work more than they may.
    this.#owedMs = Math.max(0, this.#owedMs - (this.options.nowMs() - startMs));
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

  #reportTries(): void {
    this.options.report({ kind: 'tries', tries: this.#tries });
    this.#tries = 0;
    this.#reportedMs = this.options.nowMs();
  }
}
