import { search } from '@wattchain/core';
import type { Cancel, MinerThread, SearchJob, SearchReport } from '@wattchain/node/parts';
import type { SimRuntime } from './runtime.js';

/** Virtual time whose tries are made in one go; what they find is told when its try's time has come. */
const SLICE_MS = 5_000;
/** One extra nonce, so that each header nonce is one try. */
const MIDSTATES = 1;

/**
 * A mining thread of a machine that makes a few tries a second: real ones, by the search that real threads run, with targets that fit
 * so little hash power.
 */
export class SimMinerThread implements MinerThread {
  #report: (report: SearchReport) => void = () => {};
  #cancel: Cancel = () => {};
  /** When the slice under way began. */
  #sliceMs = 0;

  constructor(
    private readonly runtime: SimRuntime,
    /** Tries in a virtual second, now; 0: the machine does nothing. */
    private readonly triesPerSecond: () => number,
  ) {}

  post(job: SearchJob): void {
    this.#cancel();
    // A part of a try that was made for the job before counts, or a slow machine would never end one.
    const rate = this.triesPerSecond();
    const passedMs = this.runtime.stopwatch.elapsedMs() - this.#sliceMs;
    this.#slice(job, job.nonceStart, rate > 0 ? passedMs % (1_000 / rate) : 0);
  }

  onReport(listener: (report: SearchReport) => void): void {
    this.#report = listener;
  }

  /** A simulated thread does not crash by itself; the whole node does. */
  onCrash(): void {}

  async terminate(): Promise<void> {
    this.#cancel();
  }

  #slice(job: SearchJob, from: number, creditMs = 0): void {
    const rate = this.triesPerSecond();
    const { sealHash, targetWords, extraNonceStart } = job;
    const planned = rate > 0 ? Math.max(1, Math.floor((rate * SLICE_MS) / 1_000)) : 0;
    const to = Math.min(job.nonceEnd, from + planned);
    const { solution, tries } =
      planned > 0 ? search(sealHash, targetWords, extraNonceStart, MIDSTATES, from, to, undefined) : { tries: 0 };
    const takesMs = planned > 0 ? Math.max(0, (1_000 * tries) / rate - creditMs) : SLICE_MS;
    this.#sliceMs = this.runtime.stopwatch.elapsedMs() - creditMs;
    this.#cancel = this.runtime.later(takesMs, 'search', () => {
      if (Atomics.load(job.stop, 0) === 1) return;
      this.#report({ kind: 'tries', tries, sample: { tries, cpuMs: 0 } });
      if (solution !== undefined) this.#report({ kind: 'solution', sealHash, solution });
      else if (to < job.nonceEnd) this.#slice(job, to);
    });
  }
}
