/** What a benchmark must not leave behind when it is ended from outside: processes that it started, folders that it fills. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** Takes something back; what it does before its first `await` happens even when the process ends at once. */
export type Cleanup = () => void | Promise<void>;

/** What is needed of `process`. */
export interface SignalledProcess {
  readonly pid: number;
  on(event: Signal | 'exit', listener: (event: Signal) => void): unknown;
  off(event: Signal | 'exit', listener: (event: Signal) => void): unknown;
  kill(pid: number, signal: Signal): unknown;
}

/** Clears up when a signal comes, then lets the signal end the process as it would have without. */
export class Interruption {
  readonly #process: SignalledProcess;
  readonly #cleanups = new Set<Cleanup>();
  #isEnding = false;

  constructor(signalled: SignalledProcess) {
    this.#process = signalled;
  }

  /** Has something cleared up if the process is ended before the result is called. */
  add(cleanup: Cleanup): () => void {
    if (this.#isEnding) void cleanup();
    if (this.#cleanups.size === 0) this.#listen('on');
    this.#cleanups.add(cleanup);
    return () => {
      if (this.#cleanups.delete(cleanup) && this.#cleanups.size === 0) this.#listen('off');
    };
  }

  #listen(how: 'on' | 'off'): void {
    for (const signal of SIGNALS) this.#process[how](signal, this.#onSignal);
    this.#process[how]('exit', this.#onExit);
  }

  readonly #onSignal = async (signal: Signal): Promise<void> => {
    this.#isEnding = true;
    // So that the same signal ends it, and another one now does at once.
    this.#listen('off');
    await Promise.allSettled([...this.#cleanups].map(async (cleanup) => cleanup()));
    this.#process.kill(this.#process.pid, signal);
  };

  readonly #onExit = (): void => {
    for (const cleanup of this.#cleanups) void cleanup();
  };
}

/** That of this process. */
export const interruption = new Interruption(process);
