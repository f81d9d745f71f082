/** Where the work of one client waits for its turn. */
export interface ClientTurns {
  /** Resolves when it is this client's turn to do one piece of work. */
  next(): Promise<void>;
}

/**
 * Turns of the event loop for expensive work: one piece per turn, one client after the other, each client's own in the order
 * of asking. Blocks, peers, timers and light calls get theirs in between, however many clients there are.
 */
export class Turns {
  /** In the order in which clients are served. A client is here while it waits. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** The turns of one client. Who waits is bounded by the open connections, each of which does one thing at a time. */
  of(client: string): ClientTurns {
    return { next: () => new Promise((resolve) => this.#wait(client, resolve)) };
  }

  #wait(client: string, begin: () => void): void {
    const own = this.#waiting.get(client);
    if (own !== undefined) own.push(begin);
    else this.#waiting.set(client, [begin]);
    if (own === undefined && this.#waiting.size === 1) setImmediate(this.#serve);
  }

  readonly #serve = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) return;
    const [client, own] = next;
    this.#waiting.delete(client);
    own.shift()?.();
    if (own.length > 0) this.#waiting.set(client, own);
    // A new immediate runs only after the loop has looked for input again.
    if (this.#waiting.size > 0) setImmediate(this.#serve);
  };
}
