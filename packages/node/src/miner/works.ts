import { assert, type Hash, isStoreError, type Pieces, type StoreError, toHex } from '@wattchain/core';
import { runInTurns } from '../base/turn.js';
import type { Chain } from '../chain/chain.js';
import type { MineConfig } from '../config.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Runtime } from '../runtime.js';
import { buildTemplateInPieces, emptyTemplateAt, type Template } from './template.js';

/** What templates are made of. */
export interface WorksOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly config: Pick<MineConfig, 'address'>;
  readonly runtime: Runtime;
  /** Told when a work is there, or is not to be had, that took longer than {@link Works.renew}. */
  readonly onBuilt: () => void;
}

/** A template is renewed at least this often, so that its timestamp stays near the clock. */
const TEMPLATE_LIFETIME_MS = 10_000;
/** Templates whose solutions are taken: a solution may arrive after its template was renewed, which happens twice an interval. */
const KEPT_WORKS = 8;

/** A template that somebody searches. */
export interface Work {
  /** The template's seal hash as text. */
  readonly sealHash: Hash;
  readonly template: Template;
  readonly builtMs: number;
}

/** The templates of a miner: the newest is searched, solutions of some before it are still taken. */
export class Works {
  /** The newest last. */
  #works: Work[] = [];
  /** Whether transactions have arrived since the newest work was built. */
  #hasNews = false;
  #damage: StoreError | undefined;
  #building: Promise<void> | undefined;

  constructor(private readonly options: WorksOptions) {}

  /** Why no template can be made on this head: what it needs of the store cannot be read. */
  get damage(): StoreError | undefined {
    return this.#damage;
  }

  /** Whether the newest work builds on the chain's head. */
  get isOnHead(): boolean {
    return this.#works.at(-1)?.template.parent.hash === this.options.chain.head.hash;
  }

  /** The template of a seal hash, as long as its solutions are taken. */
  find(sealHash: Hash): Template | undefined {
    return this.#works.find((work) => work.sealHash === sealHash)?.template;
  }

  /** The head changed: what templates beside it did to the state is not needed any more. */
  onHead(): void {
    this.#damage = undefined;
    const { hash } = this.options.chain.head;
    this.#works = this.#works.map(({ template, ...rest }) => {
      return { ...rest, template: template.parent.hash === hash ? template : { ...template, result: undefined } };
    });
  }

  /** A transaction came in. How long until it may renew the newest work: at most once per half block interval. */
  onTransaction(): number | undefined {
    this.#hasNews = true;
    const newest = this.#works.at(-1);
    if (newest === undefined) return undefined;
    const dueMs = Math.ceil(newest.builtMs + this.#refreshMs - this.options.runtime.clock.nowMs());
    // No longer than that, should the clock have been set back.
    return Math.min(this.#refreshMs, Math.max(0, dueMs));
  }

  /** Whether the newest work should be replaced. */
  get isDue(): boolean {
    const newest = this.#works.at(-1);
    if (newest === undefined || !this.isOnHead) return true;
    const ageMs = Math.abs(this.options.runtime.clock.nowMs() - newest.builtMs);
    return ageMs >= TEMPLATE_LIFETIME_MS || (this.#hasNews && ageMs >= this.#refreshMs);
  }

  /** The newest work on the head, if there is one. */
  get current(): Work | undefined {
    return this.isOnHead ? this.#works.at(-1) : undefined;
  }

  /** Resolves when no work is being built. */
  async built(): Promise<void> {
    await this.#building;
  }

  /** Builds a newer work where that is due: at once what is done in one piece, else in turns with whatever else there is to do. */
  renew(): void {
    if (this.#building !== undefined || !this.isDue) return;
    const { chain, mempool, config, runtime } = this.options;
    assert(config.address !== undefined, 'mining has an address');
    const nowMs = runtime.clock.nowMs();
    // What comes from here on may be left out.
    this.#hasNews = false;
    const newest = this.current?.template;
    const empty = newest && mempool.load.ready === 0 ? emptyTemplateAt(nowMs, newest) : undefined;
    if (empty !== undefined) {
      this.#add(empty, nowMs);
      return;
    }
    const candidates = mempool.executable();
    const building = this.#build(buildTemplateInPieces({ chain, candidates, miner: config.address, nowMs }), nowMs);
    if (building.next().done) return;
    this.#building = runInTurns(building).finally(() => {
      this.#building = undefined;
      this.options.onBuilt();
    });
  }

  *#build(template: Pieces<Template | undefined>, builtMs: number): Pieces<void> {
    try {
      const built = yield* template;
      if (built !== undefined) this.#add(built, builtMs);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#damage = error;
    }
  }

  #add(template: Template, builtMs: number): void {
    const work = { sealHash: toHex(template.sealHash), template, builtMs };
    this.#works = [...this.#works, work].slice(-KEPT_WORKS);
  }

  get #refreshMs(): number {
    return this.options.chain.genesis.blockIntervalMs / 2;
  }
}
