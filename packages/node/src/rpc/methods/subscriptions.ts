import { type Hex, toHex } from '@wattchain/core';
import type { Random } from '../../runtime.js';
import { MAX_SUBSCRIPTIONS, MAX_WAITING_NEWS } from '../limits.js';
import type { Subscription, Subscriptions } from '../protocol/following.js';
import { serverError } from '../protocol/rpcError.js';
import { type Follower, LOOK_COST, PIECE_COST } from './fanout.js';
import type { News } from './news.js';

/** The connection that subscriptions belong to. */
export interface SubscriberConnection {
  /** Sends text to the client. */
  send(message: string): void;
  /** Whether the client has read enough of what was sent to be sent more. */
  isReading(): boolean;
  /** The client is too far behind what happens. */
  drop(): void;
  /** Makes room for one more subscription among those of all clients; throws −32000 when there is none. */
  makeRoom(): void;
}

/** A subscription and since when it stands. */
interface Standing {
  readonly subscription: Subscription;
  /** Number of the last news before it. */
  readonly after: number;
}

/** The subscriptions of one WebSocket connection; they end with it. */
export class Subscriber implements Subscriptions, Follower {
  readonly #connection: SubscriberConnection;
  readonly #subscriptions = new Map<Hex, Standing>();
  /** Made by the request that is being answered; nothing is sent for them before their ids are. */
  readonly #starting = new Map<Hex, Subscription>();
  /** How many of each kind stand: most news are of a kind that few follow. */
  readonly #standing = new Map<Subscription['kind'], number>();
  readonly #waiting: { readonly news: News; readonly number: number }[] = [];
  readonly #steps = this.#tell();
  #newsHeard = 0;

  constructor(connection: SubscriberConnection) {
    this.#connection = connection;
  }

  /** How many there are. */
  get size(): number {
    return this.#subscriptions.size + this.#starting.size;
  }

  /** Adds a subscription and returns its id. Throws −32000 at the limit. */
  subscribe(subscription: Subscription, random: Random): Hex {
    if (this.size >= MAX_SUBSCRIPTIONS) {
      throw serverError(`this connection has ${MAX_SUBSCRIPTIONS} subscriptions, which is the limit`);
    }
    this.#connection.makeRoom();
    const id = toHex(random.bytes(16));
    this.#starting.set(id, subscription);
    return id;
  }

  /** The client has been sent the ids of its new subscriptions: they begin. */
  begin(): void {
    for (const [id, subscription] of this.#starting) {
      this.#subscriptions.set(id, { subscription, after: this.#newsHeard });
      this.#count(subscription, 1);
    }
    this.#starting.clear();
  }

  /** Ends a subscription; false when the connection has none of this id. */
  unsubscribe(id: string): boolean {
    const standing = this.#subscriptions.get(id as Hex);
    if (standing === undefined) return this.#starting.delete(id as Hex);
    this.#count(standing.subscription, -1);
    return this.#subscriptions.delete(id as Hex);
  }

  /** Keeps news of which it follows the kind. */
  hear(news: News): boolean {
    if (!news.kinds.some((kind) => (this.#standing.get(kind) ?? 0) > 0)) return false;
    if (this.#waiting.length >= MAX_WAITING_NEWS) {
      this.#connection.drop();
      return false;
    }
    this.#waiting.push({ news, number: ++this.#newsHeard });
    return true;
  }

  /** Sends one message, or finds that a subscription wants none. A client that does not read is sent nothing: what waits costs nothing. */
  step(): number | undefined {
    return this.#connection.isReading() ? this.#steps.next().value : undefined;
  }

  #count({ kind }: Subscription, difference: number): void {
    this.#standing.set(kind, (this.#standing.get(kind) ?? 0) + difference);
  }

  /** Ends never: gives `undefined` when nothing waits. */
  *#tell(): Generator<number | undefined, never> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        yield undefined;
        continue;
      }
      for (const [id, { subscription, after }] of this.#subscriptions) {
        if (after >= next.number || !next.news.kinds.includes(subscription.kind)) continue;
        const pieces = next.news.noticesFor(subscription);
        let notices = pieces.next();
        for (; !notices.done; notices = pieces.next()) yield PIECE_COST;
        yield LOOK_COST;
        for (const { json } of notices.value) {
          if (!this.#subscriptions.has(id)) break;
          this.#connection.send(
            `{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"${id}","result":${json}}}`,
          );
          yield 1;
        }
      }
    }
  }
}
