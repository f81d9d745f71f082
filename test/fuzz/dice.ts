import { SeededRandom } from '../../bench/src/difficulty/seededRandom.js';

/** Whole numbers that decide everything a fuzzer does: the same for the same seed and place. */
export class Dice {
  readonly #random: SeededRandom;

  /** `place` tells apart what is drawn for different things under one seed. */
  constructor(seed: number, place: number) {
    this.#random = SeededRandom.ofRun(seed, place);
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    return this.#random.uint32() % limit;
  }

  /** One time in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** A number for a name, FNV-1a: where a target's dice begin. */
export function placeOf(name: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193);
  return hash >>> 0;
}
