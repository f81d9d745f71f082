/** Choices that look random and are the same for the same seed. */
export class Random {
  #state: number;

  /** @param seeds texts and numbers that are mixed into one seed */
  constructor(...seeds: readonly (string | number)[]) {
    this.#state = 0x811c_9dc5;
    for (const character of seeds.join('/')) {
      this.#state = Math.imul(this.#state ^ character.charCodeAt(0), 0x0100_0193);
    }
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

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of the list, which is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** A number of so many bits. */
  bits(count: number): bigint {
    let value = 0n;
    for (let i = 0; i < 8; i++) value = (value << 32n) | BigInt(this.uint32());
    return value & ((1n << BigInt(count)) - 1n);
  }
}
