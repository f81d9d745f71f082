/** Choices that look random and are the same for the same seeds. */
export class Random {
  #state: number;

  constructor(...seeds: readonly number[]) {
    this.#state = 0x811c_9dc5;
    for (const seed of seeds) this.#state = Math.imul(this.#state ^ seed, 0x0100_0193) ^ (seed >>> 7);
  }

  /** A whole number from 0 to 2^32 − 1: splitmix32. */
  uint32(): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    return this.uint32() % limit;
  }

  /** A whole number from `least` to `most`, of up to 128 bits between them; `least` where there is none. */
  between(least: bigint, most: bigint): bigint {
    if (most <= least) return least;
    let value = 0n;
    for (let i = 0; i < 4; i++) value = (value << 32n) | BigInt(this.uint32());
    return least + (value % (most - least + 1n));
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of the list; `undefined` when it is empty. */
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(Math.max(1, list.length))];
  }

  /** One of a list that is not empty. */
  oneOf<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] as T;
  }
}
