import { atOnce, type Genesis, type Pieces, type Transaction } from '@wattchain/core';
import type { BlockSummary, HeadEvent } from '../../chain/types.js';
import type { SyncStatus } from '../../sync/sync.js';
import { logsBloomInPieces } from '../protocol/bloom.js';
import type { HeightRange, Subscription } from '../protocol/following.js';
import type { LogCriteria } from '../protocol/parameter.js';
import { headerToRpc, logsOf, logToRpc, type PlacedLog, syncToRpc, transactionToRpc } from './format.js';
import { matchesLog } from './logs.js';

/** Logs that are compared with a subscription at once: a fraction of a millisecond. */
const LOGS_PER_PIECE = 4_096;

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
  /** What it means to a subscription; what all need for that is made once. */
  noticesFor(subscription: Subscription): Pieces<readonly Notice[]>;
}

/** The head changed. */
export function headNews(genesis: Genesis, event: HeadEvent): News {
  const heads = oncePieces(function* () {
    const notices: Notice[] = [];
    for (const { record, receipts } of event.added) {
      const bloom = yield* logsBloomInPieces(receipts.flatMap(({ logs }) => logs));
      notices.push(new Notice(() => headerToRpc(genesis, record, bloom)));
    }
    return notices;
  });
  const logs = oncePieces(function* () {
    const { removed, added } = withoutReturned(event);
    // Undone newest first, so that a client that follows along undoes in the right order.
    const undone = (yield* placedLogs(removed)).reverse().map(noticedLog(true));
    return [...undone, ...(yield* placedLogs(added)).map(noticedLog(false))];
  });
  return {
    kinds: ['newHeads', 'logs'],
    noticesFor: function* (subscription) {
      if (subscription.kind === 'newHeads') return yield* heads();
      if (subscription.kind !== 'logs') return [];
      const { criteria, heights } = subscription;
      const wanted: Notice[] = [];
      for (const [position, { log, notice }] of (yield* logs()).entries()) {
        if (isWanted(log, criteria, heights)) wanted.push(notice);
        if (position % LOGS_PER_PIECE === LOGS_PER_PIECE - 1) yield;
      }
      return wanted;
    },
  };
}

/** A transaction came into the pool. */
export function poolNews(genesis: Genesis, transaction: Transaction): News {
  const hash = [new Notice(() => transaction.hash)];
  const full = [new Notice(() => transactionToRpc(genesis, transaction, undefined))];
  return {
    kinds: ['newPendingTransactions'],
    noticesFor: (subscription) => {
      if (subscription.kind !== 'newPendingTransactions') return atOnce([]);
      return atOnce(subscription.full ? full : hash);
    },
  };
}

/** The synchronisation began, with its heights, or is done: `false`. */
export function syncNews(status: SyncStatus): News {
  const progress = syncToRpc(status);
  const notices = [new Notice(() => (progress === false ? false : { syncing: true, status: progress }))];
  return { kinds: ['syncing'], noticesFor: ({ kind }) => atOnce(kind === 'syncing' ? notices : []) };
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

function* placedLogs(blocks: readonly BlockSummary[]): Pieces<PlacedLog[]> {
  const placed: PlacedLog[] = [];
  for (const { record, transactions, receipts } of blocks) {
    const hashes = transactions.map((transaction) => transaction.hash);
    for (const log of yield* logsOf(record, () => atOnce(hashes), receipts)) placed.push(log);
  }
  return placed;
}

/** Makes something in pieces when it is first asked for, and once: who asks meanwhile helps. */
function oncePieces<T>(make: () => Pieces<T>): () => Pieces<T> {
  let pieces: Pieces<T> | undefined;
  let made: { readonly value: T } | undefined;
  return function* () {
    pieces ??= make();
    while (made === undefined) {
      const piece = pieces.next();
      if (piece.done) made = { value: piece.value };
      else yield;
    }
    return made.value;
  };
}
