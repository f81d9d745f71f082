import type { Cancel } from '../runtime.js';

/**
 * A typed event source. `Events` maps each event's name to what its listeners get.
 * Listeners run at once and in the order of subscription; what a listener throws reaches the emitter, because an
 * unexpected exception must stop the node rather than vanish.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** Calls `listener` on every later event; the result unsubscribes. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): Cancel {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const own = (event: Events[Name]) => listener(event);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  /** Tells every listener. For the owner of the emitter. */
  protected emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) (listener as (event: Events[Name]) => void)(event);
  }
}
