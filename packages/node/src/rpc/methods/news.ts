import type { Genesis, Transaction } from '@wattchain/core';
import type { BlockSummary, HeadEvent } from '../../chain/types.js';
import type { SyncStatus } from '../../sync/sync.js';
import { logsBloom } from '../protocol/bloom.js';
import type { HeightRange, Subscription } from '../protocol/following.js';
import type { LogCriteria } from '../protocol/parameter.js';
import { headerToRpc, logsOf, logToRpc, type PlacedLog, syncToRpc, transactionToRpc } from './format.js';
import { matchesLog } from './logs.js';

/** Logs that are compared with a subscription for the price of one notice sent. */
const LOGS_PER_NOTICE = 256;

/** One thing to tell: made and written as JSON once, whoever is told, and only when somebody is. */
export class Notice {
  readonly #make: () => unknown;
  #made: { readonly result: unknown } | undefined;
  #json: string | undefined;

  constructor(make: () => unknown) {
    this.#make = make;
  }

  get result(): unknown {
    this.#made ??= { result: this.#make() };
    return this.#made.result;
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.result);
    return this.#json;
  }
}

/** Something that happened, for all who follow. */
export interface News {
  /** Which kinds of subscriptions it means something to. */
  readonly kinds: readonly Subscription['kind'][];
  /** What it means to a subscription. */
  noticesFor(subscription: Subscription): readonly Notice[];
  /** What that costs beside sending the notices, in notices. */
  costFor(subscription: Subscription): number;
}

/** The head changed. */
export function headNews(genesis: Genesis, event: HeadEvent): News {
  const heads = event.added.map(
    ({ record, receipts }) =>
      new Notice(() => headerToRpc(genesis, record, logsBloom(receipts.flatMap(({ logs }) => logs)))),
  );
  const logs = once(() => {
    const { removed, added } = withoutReturned(event);
    return [
      // Undone newest first, so that a client that follows along undoes in the right order.
      ...removed.flatMap(placedLogs).reverse().map(noticedLog(true)),
      ...added.flatMap(placedLogs).map(noticedLog(false)),
    ];
  });
  return {
    kinds: ['newHeads', 'logs'],
    noticesFor: (subscription) => {
      if (subscription.kind === 'newHeads') return heads;
      if (subscription.kind !== 'logs') return [];
      const { criteria, heights } = subscription;
      return logs()
        .filter(({ log }) => isWanted(log, criteria, heights))
        .map(({ notice }) => notice);
    },
    costFor: ({ kind }) => (kind === 'logs' ? Math.ceil(logs().length / LOGS_PER_NOTICE) : 0),
  };
}

/** A transaction came into the pool. */
export function poolNews(genesis: Genesis, transaction: Transaction): News {
  const hash = [new Notice(() => transaction.hash)];
  const full = [new Notice(() => transactionToRpc(genesis, transaction, undefined))];
  return {
    kinds: ['newPendingTransactions'],
    noticesFor: (subscription) => {
      if (subscription.kind !== 'newPendingTransactions') return [];
      return subscription.full ? full : hash;
    },
    costFor: () => 0,
  };
}

/** The synchronisation began, with its heights, or is done: `false`. */
export function syncNews(status: SyncStatus): News {
  const progress = syncToRpc(status);
  const notices = [new Notice(() => (progress === false ? false : { syncing: true, status: progress }))];
  return { kinds: ['syncing'], noticesFor: ({ kind }) => (kind === 'syncing' ? notices : []), costFor: () => 0 };
}

function noticedLog(isRemoved: boolean) {
  return (log: PlacedLog) => ({ log, notice: new Notice(() => logToRpc(log, isRemoved)) });
}

function isWanted({ log, record }: PlacedLog, criteria: LogCriteria, { first, last }: HeightRange): boolean {
  const { height } = record.header;
  return height >= first && height <= last && matchesLog(log, criteria);
}

/**
 * A development chain that goes back says of the block where it ends up that it left and joined again, which makes it a new
 * head. Nothing happened to that block's logs.
 */
function withoutReturned({ removed, added }: HeadEvent): Pick<HeadEvent, 'removed' | 'added'> {
  const [left, joined] = [removed, added].map((blocks) => new Set(blocks.map(({ record }) => record.hash)));
  return {
    removed: removed.filter(({ record }) => !joined?.has(record.hash)),
    added: added.filter(({ record }) => !left?.has(record.hash)),
  };
}

function placedLogs({ record, transactions, receipts }: BlockSummary) {
  return logsOf(
    record,
    transactions.map((transaction) => transaction.hash),
    receipts,
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
