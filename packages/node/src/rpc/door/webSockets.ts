import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Logger } from '../../base/log.js';
import { amountOf, type Held, largestHolder } from '../../base/shares.js';
import type { Cancel, Scheduler } from '../../runtime.js';
import { MAX_ALL_SUBSCRIPTIONS, MAX_BODY_BYTES, MAX_SUBSCRIPTIONS_PER_CLIENT, PING_INTERVAL_MS } from '../limits.js';
import type { Fanout } from '../methods/fanout.js';
import type { News } from '../methods/news.js';
import type { Caller, Dispatcher } from '../protocol/dispatcher.js';
import { serverError } from '../protocol/rpcError.js';
import type { OpenConnection } from './connections.js';
import { WebSocketConnection } from './webSocketConnection.js';

/** What connections need. */
export interface WebSocketsOptions {
  readonly dispatcher: Dispatcher;
  readonly fanout: Fanout;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** An upgrade request and its connection, as Node.js gives them. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The WebSocket connections of an RPC server. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_BODY_BYTES,
    // A compressed message could be a bomb.
    perMessageDeflate: false,
  });
  /** In the order in which their clients last did something. */
  readonly #connections = new Set<WebSocketConnection>();
  #stopPinging: Cancel | undefined;

  constructor(options: WebSocketsOptions) {
    this.#options = options;
  }

  /** Begins to look after its connections. */
  start(): void {
    this.#stopPinging = this.#options.scheduler.setInterval(() => {
      for (const connection of this.#connections) connection.ping();
    }, PING_INTERVAL_MS);
  }

  /** Closes all connections and waits for requests in progress. */
  async stop(): Promise<void> {
    this.#stopPinging?.();
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  /** Takes over the socket of an upgrade request that passed the doors. */
  accept({ request, socket, head }: Upgrade, open: OpenConnection, who: Omit<Caller, 'subscriber'>): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      open.becomeWebSocket();
      const { dispatcher, fanout, log } = this.#options;
      const connection = new WebSocketConnection(webSocket, {
        open,
        socket,
        who,
        dispatcher,
        fanout,
        log,
        onActive: () => this.#touch(connection),
        makeRoom: () => this.#makeRoomFor(connection),
      });
      this.#connections.add(connection);
      webSocket.on('close', () => this.#forget(connection));
    });
  }

  /** Tells all subscribers. */
  tell(news: News): void {
    for (const { subscriber } of this.#connections) this.#options.fanout.tell(subscriber, news);
  }

  #makeRoomFor({ client }: WebSocketConnection): void {
    const held = [...this.#connections].map((item): Held<WebSocketConnection> => {
      return { item, client: item.client, weight: item.subscriber.size };
    });
    const own = amountOf(held, client);
    if (own >= MAX_SUBSCRIPTIONS_PER_CLIENT) {
      throw serverError(`this client has ${own} subscriptions over its connections, which is the limit`);
    }
    const all = held.reduce((sum, { weight }) => sum + weight, 0);
    if (all < MAX_ALL_SUBSCRIPTIONS) return;
    const largest = largestHolder(held);
    if (largest === undefined || largest.client === client) {
      throw serverError(
        `all clients together have ${all} subscriptions, which is the limit, and this one most of them`,
      );
    }
    this.#forget(largest.item);
    largest.item.giveUp();
  }

  #touch(connection: WebSocketConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#connections.add(connection);
  }

  #forget(connection: WebSocketConnection): void {
    this.#connections.delete(connection);
    this.#options.fanout.forget(connection.subscriber);
  }
}
