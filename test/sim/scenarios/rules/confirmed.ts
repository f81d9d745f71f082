import type { Hash, HeaderRecord } from '@wattchain/core';
import type { HeadEvent } from '@wattchain/node/parts';
import type { Ground, Rule, Watched } from '../rule.js';

/** What one node has shown. */
interface Shown {
  /** Hashes of the blocks that it showed as confirmed, by height. */
  readonly confirmed: Hash[];
  head: HeaderRecord | undefined;
  /** Whether its operator allowed it to undo confirmed blocks. */
  isOverridden: boolean;
}

/**
 * No transaction that an honest node showed as confirmed disappears there without its operator's override, whatever happens to the process;
 * a node that starts again has the head that it showed last. And where splits are forbidden no two honest nodes confirm different blocks.
 */
export class Confirmed implements Rule {
  readonly name = 'confirmed';
  readonly #shown = new Map<number, Shown>();
  /** How many nodes show which block as the confirmed one of each height. */
  readonly #holders: Map<Hash, number>[] = [];
  #ground: Ground | undefined;

  begin(ground: Ground): void {
    this.#ground = ground;
  }

  opened(watched: Watched): void {
    const { node, services } = watched;
    const { chain } = services;
    if (this.#ground?.conditions.takeWiped(node.index)) this.#undo(this.#of(node.index), 0);
    const shown = this.#of(node.index);
    const { head } = shown;
    if (head !== undefined && (!chain.headerByHash(head.hash) || chain.head.totalWork < head.totalWork)) {
      const now = `block ${chain.head.header.height} ${chain.head.hash}`;
      this.#ground?.violate(
        this,
        `it showed block ${head.header.height} ${head.hash} and starts again at ${now}`,
        node,
      );
    }
    const lost = shown.confirmed.findIndex((hash, height) => chain.canonicalHash(height) !== hash);
    if (lost >= 0) this.#lose(watched, shown, lost, 'it starts again without');
    chain.on('override', () => {
      shown.isOverridden = true;
    });
    this.#extend(watched, shown);
  }

  moved(watched: Watched, { removed, added }: HeadEvent): void {
    const shown = this.#of(watched.node.index);
    const lowest = removed[0]?.record.header.height;
    if (lowest !== undefined && lowest < shown.confirmed.length) {
      if (shown.isOverridden) {
        this.#ground?.count('reorganisations that an operator allowed');
        this.#undo(shown, lowest);
      } else {
        const kept = new Set(added.flatMap(({ transactions }) => transactions.map(({ hash }) => hash)));
        const gone = removed.flatMap(({ transactions }) => transactions).filter(({ hash }) => !kept.has(hash));
        this.#lose(watched, shown, lowest, `it gives up ${gone.length} transactions with`);
      }
      shown.isOverridden = false;
    }
    if (removed.length > 0) this.#ground?.count(`reorganisations of ${depthClass(removed.length)}`);
    this.#extend(watched, shown);
  }

  end(): void {
    const heights = this.#holders.filter((holders) => holders.size > 1).length;
    if (heights > 0) this.#ground?.count('heights confirmed in two ways at the end', heights);
  }

  #of(index: number): Shown {
    let shown = this.#shown.get(index);
    if (shown === undefined) {
      shown = { confirmed: [], head: undefined, isOverridden: false };
      this.#shown.set(index, shown);
    }
    return shown;
  }

  #lose({ node }: Watched, shown: Shown, from: number, what: string): void {
    const last = shown.confirmed.length - 1;
    this.#ground?.violate(this, `${what} the blocks ${from} to ${last}, which it showed as confirmed`, node);
    this.#undo(shown, from);
  }

  #undo(shown: Shown, from: number): void {
    for (const [offset, hash] of shown.confirmed.splice(from).entries()) this.#hold(from + offset, hash, -1);
    shown.head = undefined;
  }

  /** Takes note of what is confirmed now. */
  #extend({ node, services: { chain } }: Watched, shown: Shown): void {
    shown.head = chain.head;
    const top = chain.head.header.height - chain.genesis.confirmations + 1;
    for (let height = shown.confirmed.length; height <= top; height++) {
      const hash = chain.canonicalHash(height);
      if (hash === undefined) return;
      shown.confirmed.push(hash);
      if (this.#hold(height, hash, 1) && !this.#isForked(height - 1)) this.#split(node.index, height);
    }
  }

  #split(index: number, height: number): void {
    const ground = this.#ground;
    ground?.count('splits');
    if (ground?.plan.splits !== 'forbidden') return;
    const node = ground.world.nodes[index];
    ground.violate(this, `at height ${height} another block is confirmed elsewhere`, node);
  }

  #isForked(height: number): boolean {
    return (this.#holders[height]?.size ?? 0) > 1;
  }

  /** Counts who shows a block as confirmed; true when it is another one than elsewhere, and was there alone before. */
  #hold(height: number, hash: Hash, by: 1 | -1): boolean {
    this.#holders[height] ??= new Map();
    const holders = this.#holders[height];
    const before = holders.size;
    const count = (holders.get(hash) ?? 0) + by;
    if (count > 0) holders.set(hash, count);
    else holders.delete(hash);
    return before === 1 && holders.size === 2;
  }
}

function depthClass(depth: number): string {
  if (depth <= 2) return '1 or 2 blocks';
  if (depth <= 5) return '3 to 5 blocks';
  return depth < 12 ? '6 to 11 blocks' : '12 blocks or more';
}
