import { type Hash, treeRoot } from '@wattchain/core';
import type { HeadEvent } from '@wattchain/node/parts';
import type { Ground, Rule, Watched } from '../rule.js';

/** Heads whose state root is remembered: more than are anybody's head at one time. */
const MOST_HEADS = 1_024;

/**
 * Equal heads have equal state roots: what the tree in a node's own store comes to is what the header of its head says, and what it came to in
 * every other node with that head.
 */
export class StateRoots implements Rule {
  readonly name = 'stateRoots';
  readonly #roots = new Map<Hash, Hash>();
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  opened(watched: Watched): void {
    this.#look(watched);
  }

  moved(watched: Watched, _event: HeadEvent): void {
    this.#look(watched);
  }

  #look({ node, services: { chain } }: Watched): void {
    const { hash, header } = chain.head;
    const reader = chain.stateAt(hash);
    if (reader === undefined) {
      this.#ground?.violate(this, `block ${header.height} ${hash} is the head and its state is not there`, node);
      return;
    }
    const root = treeRoot(reader);
    const known = this.#roots.get(hash) ?? header.stateRoot;
    if (root !== known) {
      this.#ground?.violate(this, `the state at block ${header.height} ${hash} comes to ${root}, not ${known}`, node);
    }
    this.#roots.set(hash, known);
    if (this.#roots.size > MOST_HEADS) this.#roots.delete(this.#roots.keys().next().value as Hash);
  }
}
