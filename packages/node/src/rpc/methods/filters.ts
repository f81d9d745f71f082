import { bytesToBigInt, type Hex } from '@wattchain/core';
import type { Runtime } from '../../runtime.js';
import { FILTER_TIMEOUT_MS, MAX_FILTER_ENTRIES, MAX_FILTERS } from '../limits.js';
import type { FilterTable, Subscription } from '../protocol/following.js';
import type { LogFilter } from '../protocol/parameter.js';
import { quantity } from '../protocol/quantity.js';
import { serverError } from '../protocol/rpcError.js';
import type { Shape } from './format.js';

/** One filter: what it follows, and what happened since its client last asked. */
interface Filter {
  readonly subscription: Subscription;
  /** What `eth_newFilter` was asked; `undefined` for blocks and transactions. */
  readonly logFilter: LogFilter | undefined;
  entries: unknown[];
  askedMs: number;
}

/**
 * The filters of clients that poll. They belong to nobody, so all clients together have a limit, and one that nobody asks
 * about ends by itself.
 */
export class Filters implements FilterTable {
  readonly #runtime: Pick<Runtime, 'clock' | 'random'>;
  readonly #filters = new Map<Hex, Filter>();

  constructor(runtime: Pick<Runtime, 'clock' | 'random'>) {
    this.#runtime = runtime;
  }

  /** Adds a filter and returns its id. Throws −32000 at the limit. */
  add(subscription: Subscription, logFilter?: LogFilter): Hex {
    this.#dropForgotten();
    if (this.#filters.size >= MAX_FILTERS) {
      throw serverError(
        `the node has ${MAX_FILTERS} filters, which is the limit: remove some with eth_uninstallFilter, or follow events by WebSocket`,
      );
    }
    const id = quantity(bytesToBigInt(this.#runtime.random.bytes(16)));
    this.#filters.set(id, { subscription, logFilter, entries: [], askedMs: this.#runtime.clock.nowMs() });
    return id;
  }

  /** Ends a filter; false when there is none of this id. */
  remove(id: string): boolean {
    return this.#filters.delete(id as Hex);
  }

  /** What happened since the last question. Throws −32000 when there is no such filter (any more). */
  takeEntries(id: string): readonly unknown[] {
    const filter = this.#require(id);
    const { entries } = filter;
    filter.entries = [];
    return entries;
  }

  /** What a filter of logs was asked for. Throws −32000 when there is no such filter. */
  logFilter(id: string): LogFilter {
    const { logFilter } = this.#require(id);
    if (logFilter === undefined) {
      throw serverError(`filter ${id} follows no logs: ask eth_getFilterChanges what happened`);
    }
    return logFilter;
  }

  /** Keeps for every filter what `results` makes of it. */
  notify(results: (subscription: Subscription) => readonly unknown[]): void {
    this.#dropForgotten();
    for (const [id, { subscription, entries }] of this.#filters) {
      for (const result of results(subscription)) {
        entries.push(subscription.kind === 'newHeads' ? (result as Shape).hash : result);
      }
      // A client that comes back finds no filter and makes a new one, instead of a list with a hole.
      if (entries.length > MAX_FILTER_ENTRIES) this.#filters.delete(id);
    }
  }

  #require(id: string): Filter {
    this.#dropForgotten();
    const filter = this.#filters.get(id as Hex);
    if (filter === undefined) {
      throw serverError(
        `filter not found: ${id} was removed, or not asked about for ${FILTER_TIMEOUT_MS / 60_000} minutes, or held more than ${MAX_FILTER_ENTRIES} entries; make a new one`,
      );
    }
    filter.askedMs = this.#runtime.clock.nowMs();
    return filter;
  }

  #dropForgotten(): void {
    const oldestMs = this.#runtime.clock.nowMs() - FILTER_TIMEOUT_MS;
    for (const [id, { askedMs }] of this.#filters) if (askedMs < oldestMs) this.#filters.delete(id);
  }
}
