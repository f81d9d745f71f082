import { assert, type Hash, isStoreDamaged, toHex } from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { MineConfig } from '../config.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Runtime } from '../runtime.js';
import { buildTemplate, type Template } from './template.js';

/** What templates are made of. */
export interface WorksOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly config: Pick<MineConfig, 'address'>;
  readonly runtime: Runtime;
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
  #damage: string | undefined;

  constructor(private readonly options: WorksOptions) {}

  /** Why no template can be made on this head: what it needs of the store is damaged. */
  get damage(): string | undefined {
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
    return newest && Math.max(0, Math.ceil(newest.builtMs + this.#refreshMs - this.options.runtime.clock.nowMs()));
  }

  /** Whether the newest work should be replaced. */
  get isDue(): boolean {
    const newest = this.#works.at(-1);
    if (newest === undefined || !this.isOnHead) return true;
    const ageMs = Math.abs(this.options.runtime.clock.nowMs() - newest.builtMs);
    return ageMs >= TEMPLATE_LIFETIME_MS || (this.#hasNews && ageMs >= this.#refreshMs);
  }

  /** The newest work, built now where that is due; `undefined` while the head's state is not to be had. */
  current(): Work | undefined {
    if (!this.isDue) return this.#works.at(-1);
    const builtMs = this.options.runtime.clock.nowMs();
    const template = this.#build(builtMs);
    if (template === undefined) return undefined;
    const work = { sealHash: toHex(template.sealHash), template, builtMs };
    this.#works = [...this.#works, work].slice(-KEPT_WORKS);
    this.#hasNews = false;
    return work;
  }

  #build(nowMs: number): Template | undefined {
    const { chain, mempool, config } = this.options;
    assert(config.address !== undefined, 'mining has an address');
    const candidates = mempool.executable();
    try {
      return buildTemplate({ chain, candidates, miner: config.address, nowMs });
    } catch (error) {
      if (!isStoreDamaged(error)) throw error;
      this.#damage = error.message;
      return undefined;
    }
  }

  get #refreshMs(): number {
    return this.options.chain.genesis.blockIntervalMs / 2;
  }
}
