/** Span over which a rate is averaged. */
const WINDOW_MS = 5_000;

/** Tries per second over the last seconds. */
export class RateMeter {
  #samples: { readonly atMs: number; readonly tries: number }[] = [];
  #startedMs: number | undefined;

  /** Counts tries that were made until now; what comes in after the work has ended is ignored. */
  add(tries: number, nowMs: number): void {
    if (this.#startedMs === undefined) return;
    this.#samples.push({ atMs: nowMs, tries });
    this.#forgetOld(nowMs);
  }

  /** Work begins: the time before does not count. */
  start(nowMs: number): void {
    this.#startedMs ??= nowMs;
  }

  /** Work ends: the rate is 0 until it begins again. */
  stop(): void {
    this.#samples = [];
    this.#startedMs = undefined;
  }

  perSecond(nowMs: number): number {
    this.#forgetOld(nowMs);
    if (this.#startedMs === undefined) return 0;
    const spanMs = Math.min(WINDOW_MS, nowMs - this.#startedMs);
    const tries = this.#samples.reduce((sum, sample) => sum + sample.tries, 0);
    return spanMs <= 0 ? 0 : (1000 * tries) / spanMs;
  }

  #forgetOld(nowMs: number): void {
    this.#samples = this.#samples.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
  }
}
