import { assert, sha256, targetToWords, textToBytes, WattchainError, WORD_LIMIT } from '@wattchain/core';
import type { MinerThread, SearchReport } from '@wattchain/node';
import { watchBusiestThread } from './busiestThread.js';

const SEAL_HASH = sha256(textToBytes('measuring the mining service'));
/** No try solves this job. */
const IMPOSSIBLE = targetToWords(0n);
/** The first try solves this one. */
const TRIVIAL = targetToWords(WORD_LIMIT - 1n);
const NONCE_LIMIT = 2 ** 32;
/** A thread that takes longer is broken, however busy the machine is. */
const SWITCH_TIMEOUT_MS = 10_000;

/** What a thread took of a span of time. */
export interface WatchedSpan {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

/** One of the node's own mining threads, driven as the miner drives it and watched from outside. */
export class MinerProbe {
  #stop = newWord();
  #tries = 0;
  #onReport: (report: SearchReport) => void = () => {};
  readonly #crashed: Promise<never>;

  private constructor(private readonly thread: MinerThread) {
    this.#crashed = new Promise((_resolve, reject) => {
      thread.onCrash((cause) => {
        reject(new WattchainError('threadEnded', 'a mining thread ended while it was measured', { cause }));
      });
    });
    // Whoever waits hears of it; nobody may be waiting.
    this.#crashed.catch(() => {});
    thread.onReport((report) => {
      if (report.kind === 'tries') this.#tries += report.tries;
      this.#onReport(report);
    });
  }

  /** Starts a thread; resolves when it is warm. Throws `threadEnded`, as everything here does. */
  static async start(): Promise<MinerProbe> {
    // Loaded here alone: libp2p takes longer to load than most commands take to run.
    const { startMinerThread } = await import('@wattchain/node');
    const probe = new MinerProbe(startMinerThread());
    await probe.#heard(({ kind }) => kind === 'tries');
    return probe;
  }

  stop(): Promise<void> {
    return this.thread.terminate();
  }

  /** Lets it search for something that it does not find. */
  search(duty = 1): void {
    this.#post(IMPOSSIBLE, duty);
  }

  /**
   * Gives it another template, as the miner does for a new head; milliseconds from posting it until the thread has made the
   * first try of the new template, which solves it and makes the thread set that template's stop word.
   */
  async switchTemplate(): Promise<number> {
    const previous = this.#stop;
    const startMs = performance.now();
    this.#post(TRIVIAL, 1);
    Atomics.store(previous, 0, 1);
    Atomics.notify(previous, 0);
    let elapsedMs: number;
    // Looks all the time, because waking up would be measured too.
    do {
      elapsedMs = performance.now() - startMs;
      assert(
        elapsedMs < SWITCH_TIMEOUT_MS,
        `the thread does not turn to another template within ${SWITCH_TIMEOUT_MS} ms`,
      );
    } while (Atomics.load(this.#stop, 0) === 0);
    // The report after the solution: the tries of both jobs are counted then.
    let isSolved = false;
    await this.#heard((report) => {
      isSolved ||= report.kind === 'solution';
      return report.kind === 'tries' && isSolved;
    });
    return elapsedMs;
  }

  /** Tries since they were taken last. */
  takeTries(): number {
    const tries = this.#tries;
    this.#tries = 0;
    return tries;
  }

  /**
   * Watches a search from one report to another that is at least `durationMs` later. A thread that rests reports after a slice of
   * work, so the span has whole turns of work and rest.
   */
  async watch(settleMs: number, durationMs: number): Promise<WatchedSpan> {
    await this.#reportAfter(settleMs);
    const [startMs, busiestThreadMs] = [performance.now(), watchBusiestThread()];
    await this.#reportAfter(durationMs);
    return { elapsedMs: performance.now() - startMs, cpuMs: busiestThreadMs() };
  }

  async #reportAfter(durationMs: number): Promise<void> {
    const startMs = performance.now();
    do await this.#heard(({ kind }) => kind === 'tries');
    while (performance.now() - startMs < durationMs);
  }

  #post(targetWords: Uint32Array, duty: number): void {
    this.#stop = newWord();
    // Other extra nonces each time, so that the midstates are computed anew as they are for a new template.
    const extraNonceStart = BigInt(Math.floor(performance.now() * 1e6));
    const range = { nonceStart: 0, nonceEnd: NONCE_LIMIT };
    this.thread.post({ sealHash: SEAL_HASH, targetWords, extraNonceStart, ...range, stop: this.#stop, duty });
  }

  /** Resolves with the first report that `isIt` says yes to. */
  #heard(isIt: (report: SearchReport) => boolean): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#onReport = (report) => {
        if (isIt(report)) resolve();
      };
    });
    return Promise.race([heard, this.#crashed]);
  }
}

function newWord(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}
