import type { Hash, Transaction } from '@wattchain/core';
import type { HeadEvent } from '@wattchain/node/parts';
import type { SeededRandom } from '../../world/random.js';
import { EPOCH_MS } from '../../world/runtime.js';
import type { SimNode } from '../../world/simNode.js';
import type { Ground, Rule, Watched } from '../rule.js';
import { Market } from './market.js';
import { MarketView } from './marketView.js';
import { EVERYBODY, PAYERS, PERIOD_S, type Person } from './people.js';
import { type Act, Wallet } from './wallet.js';

/** A transaction that somebody sent. */
export interface Sent {
  readonly what: string;
  readonly transaction: Transaction;
  /** The node that it was given to last, and which of its processes. */
  node: SimNode | undefined;
  incarnation: number;
  /** Nodes on whose chain it is. */
  readonly included: Set<number>;
  /** Height at which the first node showed it as confirmed. */
  confirmedAt: number | undefined;
}

/** Nobody sends before the nodes have found each other … */
const FIRST_MS = 20_000;
/** … nor in the last minutes of a run (of a short one, its last third), so that what was sent can be confirmed. */
const LAST_MS = 6 * 60_000;
const PAY_EVERY_MS = 20_000;
const TOKEN_ACT_EVERY_MS = 90_000;
/** How often a wallet looks whether what it sent is still on its way. */
const LOOK_EVERY_MS = 30_000;
/** When in a period what is done, milliseconds from its start. */
const PERIOD_ACTS = { readings: 25_000, offers: 60_000, closings: 130_000, acceptances: 150_000 } as const;

/**
 * The people of the network: they pay each other, buy and give tokens, offer, accept, meter and settle energy, by the project's own contracts.
 * Each transaction goes to an honest node that runs, by chance; its wallet gives it to another one when that node has lost it, and
 * follows it until it is confirmed.
 */
export class Workload implements Rule {
  readonly name = 'workload';
  /** Everything that was sent and is not confirmed everywhere yet, by hash. */
  readonly sent = new Map<Hash, Sent>();
  readonly #wallets = new Map<Person, Wallet>();
  #random!: SeededRandom;
  #market!: Market;
  #ground!: Ground;
  #endMs = 0;

  begin(ground: Ground): void {
    const { world, plan } = ground;
    this.#ground = ground;
    this.#random = world.random.fork('workload');
    this.#market = new Market(this.#random.fork('market'));
    const durationMs = plan.hours * 3_600_000;
    this.#endMs = durationMs - Math.min(LAST_MS, durationMs / 3);
    for (const person of EVERYBODY) this.#wallets.set(person, new Wallet(person, world.genesis));
    this.#every(FIRST_MS, PAY_EVERY_MS, 'pay', () => this.#send([this.#payment()]));
    this.#every(FIRST_MS + 7_000, TOKEN_ACT_EVERY_MS, 'tokens', () => this.#tokenAct());
    this.#every(FIRST_MS + LOOK_EVERY_MS, LOOK_EVERY_MS, 'wallets look', () => this.#lookAfter());
    world.time.schedule(FIRST_MS, 'market opens', () => this.#send(this.#market.opening(this.#nowS)));
    for (const [what, afterMs] of Object.entries(PERIOD_ACTS)) {
      const act = what as keyof typeof PERIOD_ACTS;
      this.#every(PERIOD_S * 1000 + afterMs, PERIOD_S * 1000, what, () => this.#trade(act));
    }
  }

  /** A node that starts has what its disk has. */
  opened({ node, services: { chain } }: Watched): void {
    for (const [hash, { included }] of this.sent) {
      if (chain.transactionPlace(hash) === undefined) included.delete(node.index);
      else included.add(node.index);
    }
  }

  moved({ node, services: { chain } }: Watched, { added, removed }: HeadEvent): void {
    for (const { transactions } of removed) {
      for (const { hash } of transactions) this.sent.get(hash)?.included.delete(node.index);
    }
    for (const { transactions } of added) {
      for (const { hash } of transactions) this.sent.get(hash)?.included.add(node.index);
    }
    const newest = chain.finalized;
    if (newest.header.height === 0) return;
    for (const { hash } of chain.bodyByHash(newest.hash) ?? []) this.#confirm(hash, newest.header.height);
  }

  end(): void {
    const open = [...this.sent.values()].filter(({ confirmedAt }) => confirmedAt === undefined);
    this.#ground.count('transactions not confirmed at the end', open.length);
  }

  #confirm(hash: Hash, height: number): void {
    const sent = this.sent.get(hash);
    if (sent === undefined) return;
    if (sent.confirmedAt === undefined) this.#ground.count('transactions confirmed');
    sent.confirmedAt ??= height;
  }

  #payment(): Act {
    const [by, to] = this.#random.shuffle(PAYERS) as [Person, Person];
    return { what: 'pay', by, to: to.address, value: BigInt(this.#random.below(1_000_000)) };
  }

  #tokenAct(): void {
    const gift = () => this.#market.gift();
    const acts = [gift, gift, () => this.#market.purchase(this.#nowS), () => this.#market.redemption(this.#nowS)];
    this.#send([this.#random.pick(acts)()]);
  }

  #trade(what: keyof typeof PERIOD_ACTS): void {
    const chain = this.#anyNode()?.services?.chain;
    if (chain === undefined) return;
    const view = new MarketView(chain, this.#nowS);
    if (what === 'readings') this.#send(this.#market.readings(view, this.#nowS));
    else if (what === 'offers') this.#send(this.#market.offers(view, this.#nowS));
    else if (what === 'acceptances') this.#send(this.#market.acceptances(view));
    else this.#send(this.#market.closings(view));
  }

  #send(acts: readonly Act[]): void {
    for (const act of acts) {
      const transaction = this.#wallets.get(act.by)?.sign(act);
      if (transaction === undefined) continue;
      const sent: Sent = {
        what: act.what,
        transaction,
        node: undefined,
        incarnation: 0,
        included: new Set(),
        confirmedAt: undefined,
      };
      this.sent.set(transaction.hash, sent);
      this.#ground.count('transactions sent');
      this.#give(sent);
    }
  }

  /** Gives a transaction to a node by chance. Where that one does not take it now, the wallet tries again when it looks. */
  #give(sent: Sent): void {
    const node = this.#anyNode();
    if (node?.services === undefined) return;
    const { fault } = node.services.mempool.addRaw(sent.transaction.raw, 'local');
    if (fault !== undefined && fault.code !== 'alreadyKnown') {
      this.#ground.count(`refused by a pool: ${fault.code}`);
      return;
    }
    sent.node = node;
    sent.incarnation = node.incarnation;
  }

  /** Gives again, in the order of their nonces, what the node that had it has lost; forgets what is confirmed and old. */
  #lookAfter(): void {
    for (const [hash, sent] of this.sent) {
      if (sent.confirmedAt !== undefined) {
        this.sent.delete(hash);
        continue;
      }
      if (sent.included.size > 0) continue;
      const services = sent.node?.services;
      const isThere =
        services !== undefined && sent.node?.incarnation === sent.incarnation && services.mempool.has(hash);
      if (!isThere) this.#give(sent);
    }
  }

  /** An honest node that runs. */
  #anyNode(): SimNode | undefined {
    const { sound } = this.#ground.conditions;
    return sound.length === 0 ? undefined : this.#ground.world.nodes[this.#random.pick(sound)];
  }

  get #nowS(): number {
    return Math.floor((EPOCH_MS + this.#ground.world.time.nowMs) / 1000);
  }

  #every(firstMs: number, periodMs: number, label: string, task: () => void): void {
    if (firstMs > this.#endMs) return;
    this.#ground.world.time.schedule(firstMs, label, () => {
      task();
      this.#every(firstMs + periodMs, periodMs, label, task);
    });
  }
}
