import { NOTICES_PER_TURN } from '../limits.js';
import type { News } from './news.js';

/** What a piece of work costs that tells nobody anything yet, in notices: about a millisecond. */
export const PIECE_COST = NOTICES_PER_TURN / 4;

/** And of a look at news that mean nothing to a subscription: steps that cost nothing are not free altogether. */
export const LOOK_COST = 1 / 16;

/** Somebody who is told what happens. */
export interface Follower {
  /** Takes news in, to be worked off by `step`; false when it does not follow such. */
  hear(news: News): boolean;
  /** Does one piece of what waits and returns its cost in notices; `undefined` when nothing waits, or can be sent now. */
  step(): number | undefined;
}

/**
 * Tells all who follow, in turns of the event loop with a limited number of notices in each, one follower after the other:
 * calls are answered in between, however many follow.
 */
export class Fanout {
  /** In the order in which they are served. */
  readonly #behind = new Set<Follower>();
  #isScheduled = false;

  /** Tells a follower, soon. */
  tell(follower: Follower, news: News): void {
    if (follower.hear(news)) this.resume(follower);
  }

  /** A follower that could not go on can. */
  resume(follower: Follower): void {
    this.#behind.add(follower);
    this.#schedule();
  }

  /** A follower is gone. */
  forget(follower: Follower): void {
    this.#behind.delete(follower);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#behind.size === 0) return;
    this.#isScheduled = true;
    // A new immediate runs only after the loop has looked for input again.
    setImmediate(this.#serve);
  }

  readonly #serve = (): void => {
    this.#isScheduled = false;
    let cost = 0;
    for (const follower of this.#behind) {
      this.#behind.delete(follower);
      const step = follower.step();
      if (step === undefined) continue;
      // At the end, where this loop comes to it again after the others.
      this.#behind.add(follower);
      cost += step;
      if (cost >= NOTICES_PER_TURN) break;
    }
    this.#schedule();
  };
}
