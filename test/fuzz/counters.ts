import { createHash } from 'node:crypto';

/** What the instrumented code counts (`instrument.mjs`): how often each of its branches was taken since the counters were cleared. */

/** A module's counters among all. */
export interface CountedModule {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The counters of a process. A count stays at 255. */
export interface Counters {
  readonly counts: Uint8ClampedArray;
  /** In the order in which they were loaded. */
  readonly modules: readonly CountedModule[];
}

/** The counters that the bundle of instrumented code has made. */
export function instrumentedCounters(): Counters {
  return (globalThis as unknown as { fuzzCounters: Counters }).fuzzCounters;
}

/** Counts that are told apart, as in AFL: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. A bit each. */
const BUCKETS = Uint8Array.from({ length: 256 }, (_, count) => {
  const limits = [1, 2, 3, 4, 8, 16, 32, 128];
  const bucket = limits.findLastIndex((limit) => count >= limit);
  return bucket === -1 ? 0 : 1 << bucket;
});

/** What a target has taken, to go on from. */
export interface SavedCoverage {
  /** Of the counters: other code has others. */
  readonly layout: string;
  /** Modules that are looked at, in the order in which they were loaded. */
  readonly modules: readonly string[];
  /** By counter: the buckets that were seen. */
  readonly seen: Uint8Array;
  readonly features: number;
}

/** Which branches a target has taken so far, and how often in one input, in the modules that it was seen to run. */
export class Coverage {
  readonly #counters: Counters;
  readonly #seen: Uint8Array;
  readonly #modules = new Set<CountedModule>();
  #features = 0;

  constructor(counters: Counters) {
    this.#counters = counters;
    this.#seen = new Uint8Array(counters.counts.length);
  }

  /** Branches, each counted once for every bucket of counts that was seen. */
  get features(): number {
    return this.#features;
  }

  save(): SavedCoverage {
    const looked = this.#counters.modules.filter((module) => this.#modules.has(module));
    return {
      layout: this.#layout(),
      modules: looked.map(({ name }) => name),
      seen: this.#seen,
      features: this.#features,
    };
  }

  /** Goes on from there; `false` where the code has changed since, so that its counters mean other branches. */
  restore({ layout, modules, seen, features }: SavedCoverage): boolean {
    if (layout !== this.#layout()) return false;
    for (const module of this.#counters.modules) if (modules.includes(module.name)) this.#modules.add(module);
    this.#seen.set(seen);
    this.#features = features;
    return true;
  }

  #layout(): string {
    return createHash('sha256').update(JSON.stringify(this.#counters.modules)).digest('hex');
  }

  /** Clears the counters of the modules that are looked at; the others' are left to {@link meet}. */
  clear(): void {
    const { counts } = this.#counters;
    for (const { from, to } of this.#modules) counts.fill(0, from, to);
  }

  /** Looks from now on at every module that has run since it was cleared, and clears all of them. */
  meet(): void {
    const { counts, modules } = this.#counters;
    for (const module of modules) {
      if (counts.subarray(module.from, module.to).some((count) => count > 0)) this.#modules.add(module);
    }
    counts.fill(0);
  }

  /** Features that the counters show and that were not seen before; they are seen now. */
  takeNew(): number {
    const { counts } = this.#counters;
    const seen = this.#seen;
    let found = 0;
    for (const { from, to } of this.#modules) {
      for (let i = from; i < to; i++) {
        const count = counts[i] as number;
        if (count === 0) continue;
        const bit = BUCKETS[count] as number;
        if (((seen[i] as number) & bit) !== 0) continue;
        seen[i] = (seen[i] as number) | bit;
        found += 1;
      }
    }
    this.#features += found;
    return found;
  }
}
