import { type Genesis, type Hex, type Transaction, toHex } from '@wattchain/core';
import type { BlockSummary, HeadEvent } from '../../chain/types.js';
import type { Random } from '../../runtime.js';
import type { SyncStatus } from '../../sync/sync.js';
import { MAX_SUBSCRIPTIONS } from '../limits.js';
import type { HeightRange, Subscription, Subscriptions } from '../protocol/following.js';
import type { LogCriteria } from '../protocol/parameter.js';
import { serverError } from '../protocol/rpcError.js';
import { headerToRpc, logsOf, logToRpc, type PlacedLog, type Shape, syncToRpc, transactionToRpc } from './format.js';
import { matchesLog } from './logs.js';

/** The subscriptions of one WebSocket connection; they end with it. */
export class Subscriber implements Subscriptions {
  readonly #send: (message: string) => void;
  readonly #subscriptions = new Map<Hex, Subscription>();
  /** Made by the request that is being answered; nothing is sent for them before their ids are. */
  readonly #starting = new Map<Hex, Subscription>();

  /** `send` delivers text to the client, or drops the client when it is too slow. */
  constructor(send: (message: string) => void) {
    this.#send = send;
  }

  /** Adds a subscription and returns its id. Throws −32000 at the limit. */
  subscribe(subscription: Subscription, random: Random): Hex {
    if (this.#subscriptions.size + this.#starting.size >= MAX_SUBSCRIPTIONS) {
      throw serverError(`this connection has ${MAX_SUBSCRIPTIONS} subscriptions, which is the limit`);
    }
    const id = toHex(random.bytes(16));
    this.#starting.set(id, subscription);
    return id;
  }

  /** The client has been sent the ids of its new subscriptions: they begin. */
  begin(): void {
    for (const [id, subscription] of this.#starting) this.#subscriptions.set(id, subscription);
    this.#starting.clear();
  }

  /** Ends a subscription; false when the connection has none of this id. */
  unsubscribe(id: string): boolean {
    return this.#subscriptions.delete(id as Hex) || this.#starting.delete(id as Hex);
  }

  /** Sends the subscriptions of each kind what `results` makes of them. */
  notify(results: (subscription: Subscription) => readonly unknown[]): void {
    for (const [id, subscription] of this.#subscriptions) {
      for (const result of results(subscription)) {
        const params = { subscription: id, result };
        this.#send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params }));
      }
    }
  }
}

/** What a change of head means to a subscription; shapes are made once for all subscribers. */
export function headNotifications(
  genesis: Genesis,
  event: HeadEvent,
): (subscription: Subscription) => readonly Shape[] {
  const heads = once(() => event.added.map(({ record, receipts }) => headerToRpc(genesis, record, receipts)));
  const logs = once(() => {
    const { removed, added } = withoutReturned(event);
    return [
      // Undone newest first, so that a client that follows along undoes in the right order.
      ...removed
        .flatMap(placedLogs)
        .reverse()
        .map((log) => ({ log, shape: logToRpc(log, true) })),
      ...added.flatMap(placedLogs).map((log) => ({ log, shape: logToRpc(log, false) })),
    ];
  });
  return (subscription) => {
    switch (subscription.kind) {
      case 'newHeads':
        return heads();
      case 'logs':
        return logs()
          .filter(({ log }) => isWanted(log, subscription.criteria, subscription.heights))
          .map(({ shape }) => shape);
      case 'newPendingTransactions':
      case 'syncing':
        return [];
    }
  };
}

/** What a transaction that came into the pool means to a subscription. */
export function poolNotifications(
  genesis: Genesis,
  transaction: Transaction,
): (subscription: Subscription) => readonly unknown[] {
  return (subscription) => {
    if (subscription.kind !== 'newPendingTransactions') return [];
    return [subscription.full ? transactionToRpc(genesis, transaction, undefined) : transaction.hash];
  };
}

/** What a change of the synchronisation means to a subscription: its heights when it began, false when it is done. */
export function syncNotifications(status: SyncStatus): (subscription: Subscription) => readonly unknown[] {
  const progress = syncToRpc(status);
  return ({ kind }) => {
    if (kind !== 'syncing') return [];
    return [progress === false ? false : { syncing: true, status: progress }];
  };
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
