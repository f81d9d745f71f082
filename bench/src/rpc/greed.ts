import { Agent, request } from 'node:http';

/** Requests of one batch, as many as a node takes. */
const REQUESTS_A_BATCH = 100;

/** Clients that want all the time of a node: each sends batches over a connection of its own, the next when the last is answered. */
export class Greed {
  readonly #url: string;
  readonly #agents: Agent[];
  #isOver = false;

  constructor(url: string, clients: number) {
    this.#url = url;
    this.#agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  }

  /** Asks until `stop`: every client one of these calls in each of its requests. */
  start(calls: readonly { readonly method: string; readonly params: readonly unknown[] }[]): void {
    this.#agents.forEach((agent, index) => {
      const call = calls[index % calls.length];
      const batch = Array.from({ length: REQUESTS_A_BATCH }, (_, id) => ({ jsonrpc: '2.0', id, ...call }));
      void this.#askForEver(agent, JSON.stringify(batch));
    });
  }

  /** Leaves, whatever is still to be answered. */
  stop(): void {
    this.#isOver = true;
    for (const agent of this.#agents) agent.destroy();
  }

  async #askForEver(agent: Agent, body: string): Promise<void> {
    while (!this.#isOver) {
      await new Promise<void>((resolve) => {
        const options = { method: 'POST', agent, headers: { 'content-type': 'application/json' } };
        const sent = request(this.#url, options, (response) => response.resume().on('close', resolve));
        // A connection that the node closes, or `stop` does, is replaced by the next.
        sent.on('error', () => resolve());
        sent.end(body);
      });
    }
  }
}
