import type { Ground, Rule } from '../rule.js';

/** No honest node ends by itself, or cannot start, while its disk is good. Promises that nobody looks at are the world's own rule. */
export class Standing implements Rule {
  readonly name = 'standing';
  readonly #said = new Map<number, number>();
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  tick(): void {
    const { world, conditions, violate } = this.#ground as Ground;
    for (const node of world.honest) {
      const { index, failure, incarnation } = node;
      if (failure === undefined || conditions.hasDiskTrouble(index) || this.#said.get(index) === incarnation) continue;
      this.#said.set(index, incarnation);
      violate(this, `it ended by itself: ${failure instanceof Error ? failure.message : String(failure)}`, node);
    }
  }
}
