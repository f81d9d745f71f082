import type { HeadEvent } from '@wattchain/node/parts';
import type { Ground, Rule, Watched } from '../rule.js';

/** Everything that a node keeps for others stays under its limit: pool, blocks that wait, peers and what is known of them, proofs. */
export class Queues implements Rule {
  readonly name = 'queues';
  readonly #watched = new Map<number, Watched>();
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  opened(watched: Watched): void {
    this.#watched.set(watched.node.index, watched);
    watched.services.mempool.on('added', () => this.#look(watched));
  }

  moved(watched: Watched, _event: HeadEvent): void {
    this.#look(watched);
  }

  tick(): void {
    for (const watched of this.#watched.values()) if (watched.node.services === watched.services) this.#look(watched);
  }

  #look({ node, services: { chain, mempool, sync } }: Watched): void {
    for (const { name, size, limit } of [...chain.fills, ...mempool.fills, ...sync.peerChains.fills]) {
      if (size > limit) this.#ground?.violate(this, `${name}: ${size}, the limit is ${limit}`, node);
    }
  }
}
