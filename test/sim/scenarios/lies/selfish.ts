import type { Hash, HeaderRecord } from '@wattchain/core';
import type { ChainServices, ChainView } from '@wattchain/node/parts';
import type { Disguise, SimNode } from '../../world/simNode.js';
import { ChainMask } from './chainMask.js';

/**
 * Selfish mining (Eyal and Sirer, "Majority is not enough", 2014): blocks that it mines stay secret until the others come near. One block
 * ahead of them or level it shows all that it has; further ahead it shows as many as they have, so that they waste their work.
 *
 * On this chain it shows all, too, before its branch is as long as a confirmation: from then on its own node would refuse the others' blocks
 * beside it, and theirs its branch, so that it would mine alone for ever.
 */
export function selfish(): Disguise {
  let mind: SelfishMind | undefined;
  const ofNode = (node: SimNode) => {
    if (mind?.incarnation !== node.incarnation) mind = new SelfishMind(node);
    return mind;
  };
  return {
    name: 'selfish',
    view: (chain, node) => new SecretMask(chain, ofNode(node)),
    attach: (services, node) => ofNode(node).attach(services),
  };
}

class SelfishMind {
  readonly secrets = new Map<Hash, HeaderRecord>();
  readonly incarnation: number;
  readonly #shown = new Set<Hash>();
  /** The best block that everybody can know. */
  #best: HeaderRecord | undefined;
  /** Its last blocks and those of others stand level: whoever finds the next one wins. */
  #isRace = false;

  constructor(private readonly node: SimNode) {
    this.incarnation = node.incarnation;
  }

  attach({ chain, network }: ChainServices): void {
    this.#best = chain.head;
    const react = () => {
      const due = this.#due(chain);
      // Level with others: what it finds next is shown at once.
      this.#isRace ||= due.length > 0 && chain.head.header.height === this.#best?.header.height;
      for (const record of due) {
        this.secrets.delete(record.hash);
        this.#shown.add(record.hash);
        this.#learn(record);
        network.announceBlock(record);
      }
    };
    chain.on('head', ({ added, removed }) => {
      for (const { record } of removed) this.secrets.delete(record.hash);
      for (const { record } of added) {
        const isOwn = record.header.miner === this.node.address && !this.#shown.has(record.hash);
        if (isOwn && this.#isRace) this.#shown.add(record.hash);
        if (isOwn && !this.#isRace) this.secrets.set(record.hash, record);
        else this.#learn(record);
        this.#isRace = false;
      }
      react();
    });
    chain.on('judged', ({ hash, outcome }) => {
      const record = outcome.value === 'side' ? chain.headerByHash(hash) : undefined;
      if (record === undefined || record.header.miner === this.node.address) return;
      this.#learn(record);
      react();
    });
  }

  #learn(record: HeaderRecord): void {
    if (this.#best === undefined || record.totalWork > this.#best.totalWork) this.#best = record;
  }

  /** The secrets to show now, oldest first. */
  #due(chain: ChainServices['chain']): HeaderRecord[] {
    const secrets = [...this.secrets.values()].sort((a, b) => a.header.height - b.header.height);
    const [first] = secrets;
    if (first === undefined || this.#best === undefined) return [];
    const top = chain.head.header.height;
    if (top - this.#forkHeight(chain, this.#best) >= chain.genesis.confirmations - 1) return secrets;
    const { height } = this.#best.header;
    if (height < first.header.height) return [];
    if (top - height <= 1) return secrets;
    return secrets.filter(({ header }) => header.height <= height);
  }

  /** Height of the last block that its chain and that of a block of the others have in common. */
  #forkHeight(chain: ChainServices['chain'], { hash, header }: HeaderRecord): number {
    let [at, { height, parentHash }] = [hash, header];
    while (chain.canonicalHash(height) !== at) {
      at = parentHash;
      const parent = chain.headerByHash(at);
      if (parent === undefined) break;
      ({ height, parentHash } = parent.header);
    }
    return height;
  }
}

/** Its chain without what is secret. */
class SecretMask extends ChainMask {
  constructor(
    chain: ChainView,
    private readonly mind: SelfishMind,
  ) {
    super(chain);
  }

  override get head(): HeaderRecord {
    let { head } = this.chain;
    while (this.mind.secrets.has(head.hash)) {
      const parent = this.chain.headerByHash(head.header.parentHash);
      if (parent === undefined) break;
      head = parent;
    }
    return head;
  }

  override headerByHash(hash: Hash): HeaderRecord | undefined {
    return this.mind.secrets.has(hash) ? undefined : super.headerByHash(hash);
  }

  override headerByHeight(height: number): HeaderRecord | undefined {
    const record = super.headerByHeight(height);
    return record && this.mind.secrets.has(record.hash) ? undefined : record;
  }

  override canonicalHash(height: number): Hash | undefined {
    const hash = super.canonicalHash(height);
    return hash && this.mind.secrets.has(hash) ? undefined : hash;
  }

  override bodyBytes(hash: Hash): Uint8Array | undefined {
    return this.mind.secrets.has(hash) ? undefined : super.bodyBytes(hash);
  }
}
