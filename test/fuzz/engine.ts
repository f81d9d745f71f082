import { getHeapStatistics } from 'node:v8';
import { type Counters, Coverage, type SavedCoverage } from './counters.js';
import { Dice, placeOf } from './dice.js';
import { mutate } from './mutate.js';
import { shrink } from './shrink.js';
import type { Target } from './target.js';

/** An input may take so much time of the processor. */
const MAX_INPUT_MS = 100;
/** A machine that does other things as well may stop an input in the middle, but hardly so many times. */
const TIMED_AGAIN = 6;
/** Inputs between two looks at the memory. */
const GROUP = 64;
/** Bytes that the inputs of a group may allocate in all, and one alone. */
const MAX_GROUP_BYTES = 64 * 1_048_576;
const MAX_INPUT_BYTES = 16 * 1_048_576;
/** Inputs that are kept; a target that finds more than these goes on with them. */
const MAX_CORPUS = 4_096;
/** Findings of a target after which it is left alone. */
const MAX_FINDINGS = 10;

/** An input that breaks what must hold. */
export interface Finding {
  readonly target: string;
  readonly message: string;
  /** As short as it was found. */
  readonly input: Uint8Array;
}

/** Where a target stands: enough to go on as if it had never been ended. */
export interface TargetState {
  rounds: number;
  inputs: number;
  accepted: number;
  /** Inputs that took a branch for the first time, or for the first time so often; the seeds are not among them. */
  corpus: Uint8Array[];
  /** What was seen to run; absent before the first round. */
  coverage?: SavedCoverage | undefined;
}

/** How one run of an input went. */
interface Attempt {
  readonly accepted: boolean;
  readonly ms: number;
  /** Absent where all holds. */
  readonly breaks?: string;
}

/** What a runner works with. */
export interface RunnerOptions {
  readonly target: Target;
  readonly counters: Counters;
  readonly seed: number;
  readonly state?: TargetState | undefined;
  readonly onFinding: (finding: Finding) => void;
  /** Told of every input before it runs, for whoever watches over the time. */
  readonly watch?: (input: Uint8Array) => void;
  /** Elapsed milliseconds. */
  readonly now?: () => number;
}

/** Fuzzes one target in rounds, each decided by seed, target and number of the round alone. */
export class Runner {
  readonly state: TargetState;
  readonly #options: RunnerOptions;
  readonly #coverage: Coverage;
  readonly #seen = new Set<string>();
  #inputs: Uint8Array[] = [];

  private constructor(options: RunnerOptions) {
    this.#options = options;
    this.#coverage = new Coverage(options.counters);
    this.state = options.state ?? { rounds: 0, inputs: 0, accepted: 0, corpus: [] };
  }

  /** A runner that knows what its seeds and the inputs of its state reach. */
  static async start(options: RunnerOptions): Promise<Runner> {
    const runner = new Runner(options);
    await runner.#begin();
    return runner;
  }

  get features(): number {
    return this.#coverage.features;
  }

  /** Whether so much is wrong with the target that more inputs say nothing new. */
  get isBroken(): boolean {
    return this.#seen.size >= MAX_FINDINGS;
  }

  /** Inputs that mutations start from. */
  get corpusSize(): number {
    return this.#inputs.length;
  }

  async #begin(): Promise<void> {
    const { target, counters } = this.#options;
    const { corpus, coverage } = this.state;
    const seeds = await target.seeds();
    this.#inputs = [...seeds, ...corpus];
    if (coverage !== undefined && this.#coverage.restore(coverage)) return;
    // Making seeds runs much else.
    counters.counts.fill(0);
    await target.begin?.();
    for (const seed of seeds) await this.#attempt(seed);
    this.#coverage.meet();
    for (const input of this.#inputs) {
      await target.begin?.();
      this.#coverage.clear();
      const attempt = await this.#attempt(input);
      this.#coverage.takeNew();
      await this.#judge(input, attempt);
    }
  }

  /** Runs a round. */
  async round(): Promise<void> {
    const { target, seed } = this.#options;
    const { name, inputsPerRound, dictionary = [], structure, maxBytes } = target;
    const dice = new Dice(seed ^ placeOf(name), this.state.rounds);
    const sources = { dictionary, structure, maxBytes };
    await target.begin?.();
    let group: Uint8Array[] = [];
    let groupBytes = usedBytes();
    for (let i = 0; i < inputsPerRound && !this.isBroken; i++) {
      const input = mutate(this.#pick(dice), dice, dice.of(this.#inputs), sources);
      this.#coverage.clear();
      const attempt = await this.#attempt(input);
      if (attempt.accepted) this.state.accepted += 1;
      if (this.#coverage.takeNew() > 0 && this.#inputs.length < MAX_CORPUS) {
        this.#inputs.push(input);
        this.state.corpus.push(input);
      }
      await this.#judge(input, attempt);
      this.state.inputs += 1;
      group.push(input);
      if (group.length < GROUP) continue;
      const nowBytes = usedBytes();
      if (nowBytes - groupBytes > MAX_GROUP_BYTES) await this.#weigh(group);
      group = [];
      groupBytes = usedBytes();
    }
    this.#coverage.meet();
    this.state.coverage = this.#coverage.save();
    this.state.rounds += 1;
  }

  /** Every other time one of the newer inputs, which lead on. */
  #pick(dice: Dice): Uint8Array {
    const { length } = this.#inputs;
    const newest = Math.max(1, length >> 2);
    return dice.oneIn(2) ? dice.of(this.#inputs) : (this.#inputs[length - 1 - dice.below(newest)] as Uint8Array);
  }

  /** Runs an input. */
  async #attempt(input: Uint8Array): Promise<Attempt> {
    const { target, watch } = this.#options;
    watch?.(input);
    const startMs = this.#now();
    try {
      const answer = target.run(input);
      const accepted = typeof answer === 'boolean' ? answer : await answer;
      return { accepted, ms: this.#now() - startMs };
    } catch (error) {
      return { accepted: false, ms: 0, breaks: messageOf(error) };
    }
  }

  /** Takes note of what an input breaks. What runs again for that must not count as what the input took, so it comes after. */
  async #judge(input: Uint8Array, { ms, breaks }: Attempt): Promise<void> {
    if (breaks !== undefined) await this.#find(input, breaks);
    if (ms > MAX_INPUT_MS) await this.#time(input);
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now();
  }

  /** An input that took long, timed again: the least of several times is what it takes by itself. */
  async #time(input: Uint8Array): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < TIMED_AGAIN; i++) {
      await this.#options.target.begin?.();
      const startMs = this.#now();
      await this.#options.target.run(input);
      least = Math.min(least, this.#now() - startMs);
      if (least <= MAX_INPUT_MS) return;
    }
    this.#report(input, `takes ${Math.round(least)} ms, at most ${MAX_INPUT_MS} ms are allowed`);
  }

  /** Which of some inputs allocated much. */
  async #weigh(group: readonly Uint8Array[]): Promise<void> {
    for (const input of group) {
      const before = usedBytes();
      await this.#attempt(input);
      const bytes = usedBytes() - before;
      if (bytes <= MAX_INPUT_BYTES) continue;
      this.#report(input, `allocates ${bytes} bytes, at most ${MAX_INPUT_BYTES} are allowed`);
    }
  }

  async #find(input: Uint8Array, message: string): Promise<void> {
    if (this.#seen.has(kindOf(message))) return;
    const { target } = this.#options;
    const breaks = async (candidate: Uint8Array) => {
      await target.begin?.();
      try {
        await target.run(candidate);
        return false;
      } catch (error) {
        return kindOf(messageOf(error)) === kindOf(message);
      }
    };
    this.#report((await breaks(input)) ? await shrink(input, breaks) : input, message);
  }

  #report(input: Uint8Array, message: string): void {
    const kind = kindOf(message);
    if (this.#seen.has(kind)) return;
    this.#seen.add(kind);
    this.#options.onFinding({ target: this.#options.target.name, message, input });
  }
}

/** What an input breaks, told in one line with the place in our code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `throws ${String(error)}`;
  const place = /\n\s+at (?:async )?(\S+)/.exec(error.stack?.slice(error.message.length) ?? '')?.[1];
  return `${error.name}: ${error.message}${error.name === 'Violation' || place === undefined ? '' : ` (at ${place})`}`;
}

/** Messages that differ in numbers alone say the same. */
function kindOf(message: string): string {
  return message.replace(/0x[0-9a-f]+|\d+/g, '#').slice(0, 200);
}

/** Bytes of the heap and of buffers, those that nobody uses any more among them. */
function usedBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
