/** What clients follow: the interfaces that methods reach it by. Subscriptions are a connection's, filters are asked for. */
import type { Hex, Pieces } from '@wattchain/core';
import type { Random } from '../../runtime.js';
import type { LogCriteria, LogFilter } from './parameter.js';

/** What `eth_subscribe` can follow. */
export const SUBSCRIPTION_KINDS = ['newHeads', 'logs', 'newPendingTransactions', 'syncing'] as const;

/** Blocks from the first height to the last. */
export interface HeightRange {
  readonly first: number;
  readonly last: number;
}

export const ALL_HEIGHTS: HeightRange = { first: 0, last: Number.POSITIVE_INFINITY };

/** One subscription. */
export type Subscription =
  | { readonly kind: 'newHeads' }
  | { readonly kind: 'logs'; readonly criteria: LogCriteria; readonly heights: HeightRange }
  | { readonly kind: 'newPendingTransactions'; readonly full: boolean }
  | { readonly kind: 'syncing' };

/** The subscriptions of one connection, as methods reach them. */
export interface Subscriptions {
  /** Adds a subscription and returns its id. Throws −32000 at the limit. */
  subscribe(subscription: Subscription, random: Random): Hex;
  /** Ends a subscription; false when the connection has none of this id. */
  unsubscribe(id: string): boolean;
}

/** The filters of clients that poll, as methods reach them. */
export interface FilterTable {
  /** Adds a filter and returns its id. Throws −32000 at the limit. */
  add(subscription: Subscription, logFilter?: LogFilter): Hex;
  /** Ends a filter; false when there is none of this id. */
  remove(id: string): boolean;
  /** What happened since the last question. Throws −32000 when there is no such filter (any more). */
  takeEntries(id: string): Pieces<readonly unknown[]>;
  /** What a filter of logs was asked for. Throws −32000 when there is no such filter. */
  logFilter(id: string): LogFilter;
}
