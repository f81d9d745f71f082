import { bytesToBigInt, type Hex, type Pieces } from '@wattchain/core';
import { amountOf, type Held, largestHolder } from '../../base/shares.js';
import type { Runtime } from '../../runtime.js';
import {
  FILTER_TIMEOUT_MS,
  MAX_FILTER_ENTRIES,
  MAX_FILTERS,
  MAX_FILTERS_PER_CLIENT,
  MAX_WAITING_NEWS,
} from '../limits.js';
import type { FilterTable, Subscription } from '../protocol/following.js';
import type { LogFilter } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { serverError } from '../protocol/rpcError.js';
import { type Fanout, type Follower, LOOK_COST, PIECE_COST } from './fanout.js';
import type { Shape } from './format.js';
import type { News, Notice } from './news.js';

/** One filter: what it follows, and what happened since its client last asked. */
class Filter implements Follower {
  readonly #waiting: News[] = [];
  /** What the oldest of them means to it, as far as that is worked out. */
  #notices: Pieces<readonly Notice[]> | undefined;
  #entries: unknown[] = [];
  #isTooFull = false;
  /** Whether its client ever came back. */
  wasAsked = false;

  constructor(
    /** Who made it. */
    readonly client: string,
    readonly subscription: Subscription,
    /** What `eth_newFilter` was asked; `undefined` for blocks and transactions. */
    readonly logFilter: LogFilter | undefined,
    public askedMs: number,
  ) {}

  /** It holds more than it may: a client that comes back finds no filter and makes a new one, instead of a list with a hole. */
  get isTooFull(): boolean {
    return this.#isTooFull;
  }

  hear(news: News): boolean {
    if (this.#isTooFull || !news.kinds.includes(this.subscription.kind)) return false;
    if (this.#waiting.length >= MAX_WAITING_NEWS) this.#empty();
    else this.#waiting.push(news);
    return !this.#isTooFull;
  }

  step(): number | undefined {
    this.#notices ??= this.#waiting.shift()?.noticesFor(this.subscription);
    if (this.#notices === undefined) return undefined;
    const { done, value: notices } = this.#notices.next();
    if (!done) return PIECE_COST;
    this.#notices = undefined;
    if (this.#entries.length + notices.length > MAX_FILTER_ENTRIES) this.#empty();
    else {
      for (const { result } of notices) {
        this.#entries.push(this.subscription.kind === 'newHeads' ? (result as Shape).hash : result);
      }
    }
    return LOOK_COST * (1 + notices.length);
  }

  /** What happened up to now, which it then forgets. */
  *take(): Pieces<readonly unknown[]> {
    for (let cost = this.step(); cost !== undefined; cost = this.step()) if (cost >= 1) yield;
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #empty(): void {
    this.#isTooFull = true;
    this.#waiting.length = 0;
    this.#notices = undefined;
    this.#entries = [];
  }
}

/**
 * The filters of clients that poll. HTTP does not tell when a client is gone, so one that nobody asks about ends by itself.
 * When there are too many, whoever made most of them loses one: one that was never asked
 * about, if there is any, and of those the oldest.
 */
export class Filters {
  readonly #runtime: Pick<Runtime, 'stopwatch' | 'random'>;
  readonly #fanout: Fanout;
  /** By id, in the order in which they were last asked about. */
  readonly #filters = new Map<Hex, Filter>();

  constructor(runtime: Pick<Runtime, 'stopwatch' | 'random'>, fanout: Fanout) {
    this.#runtime = runtime;
    this.#fanout = fanout;
  }

  /** The table for one client, whose share is counted. Whoever knows an id may ask about it. */
  of(client: string): FilterTable {
    return {
      add: (subscription, logFilter) => this.#add(client, subscription, logFilter),
      remove: (id) => this.#remove(id as Hex),
      takeEntries: (id) => this.#takeEntries(id as Hex),
      logFilter: (id) => this.#logFilter(id as Hex),
    };
  }

  /** Keeps for every filter what news mean to it. */
  tell(news: News): void {
    this.#dropEnded();
    for (const filter of this.#filters.values()) this.#fanout.tell(filter, news);
  }

  #add(client: string, subscription: Subscription, logFilter: LogFilter | undefined): Hex {
    this.#dropEnded();
    this.#makeRoom(client);
    const id = quantity(bytesToBigInt(this.#runtime.random.bytes(16)));
    this.#filters.set(id, new Filter(client, subscription, logFilter, this.#runtime.stopwatch.elapsedMs()));
    return id;
  }

  #makeRoom(client: string): void {
    const held = [...this.#filters].map(([item, { client, wasAsked }]): Held<Hex> => {
      return { item, client, weight: 1, isSpared: wasAsked };
    });
    const own = amountOf(held, client);
    if (own >= MAX_FILTERS_PER_CLIENT) {
      throw serverError(
        `this client has ${own} filters, which is the limit: remove some with eth_uninstallFilter, or follow events by WebSocket`,
      );
    }
    const largest = this.#filters.size >= MAX_FILTERS ? largestHolder(held) : undefined;
    if (largest !== undefined) this.#remove(largest.item);
  }

  #remove(id: Hex): boolean {
    const filter = this.#filters.get(id);
    if (filter === undefined) return false;
    this.#fanout.forget(filter);
    return this.#filters.delete(id);
  }

  *#takeEntries(id: Hex): Pieces<readonly unknown[]> {
    const filter = this.#require(id);
    const entries = yield* filter.take();
    if (filter.isTooFull) throw this.#notFound(id);
    return entries;
  }

  #logFilter(id: Hex): LogFilter {
    const { logFilter } = this.#require(id);
    if (logFilter === undefined) {
      throw serverError(`filter ${id} follows no logs: ask eth_getFilterChanges what happened`);
    }
    return logFilter;
  }

  #require(id: Hex): Filter {
    this.#dropEnded();
    const filter = this.#filters.get(id);
    if (filter === undefined) throw this.#notFound(id);
    filter.askedMs = this.#runtime.stopwatch.elapsedMs();
    filter.wasAsked = true;
    this.#filters.delete(id);
    this.#filters.set(id, filter);
    return filter;
  }

  #notFound(id: Hex) {
    this.#remove(id);
    return serverError(
      `filter not found: ${id} was removed, or not asked about for ${FILTER_TIMEOUT_MS / 60_000} minutes, or held more than ${MAX_FILTER_ENTRIES} entries, or there were too many; make a new one`,
    );
  }

  #dropEnded(): void {
    const oldestMs = this.#runtime.stopwatch.elapsedMs() - FILTER_TIMEOUT_MS;
    for (const [id, { askedMs, isTooFull }] of this.#filters) if (isTooFull || askedMs < oldestMs) this.#remove(id);
  }
}
