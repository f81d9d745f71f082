import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../../base/log.js';
import type { Cancel, Scheduler } from '../../runtime.js';
import { MAX_BODY_BYTES, MAX_BUFFERED_BYTES, MAX_QUEUED_MESSAGES, PING_INTERVAL_MS } from '../limits.js';
import { Subscriber } from '../methods/subscriptions.js';
import type { Caller, Dispatcher } from '../protocol/dispatcher.js';
import type { Subscription } from '../protocol/following.js';

/** RFC 6455, section 7.4.1. */
const CLOSE_GOING_AWAY = 1001;

/** What connections need. */
export interface WebSocketsOptions {
  readonly dispatcher: Dispatcher;
  readonly scheduler: Scheduler;
  readonly log: Logger;
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
  readonly #connections = new Set<Connection>();
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
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, who: Omit<Caller, 'subscriber'>): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, who, this.#options);
      this.#connections.add(connection);
      webSocket.on('close', () => this.#connections.delete(connection));
    });
  }

  /** Sends every subscription what `results` makes of it. */
  notify(results: (subscription: Subscription) => readonly unknown[]): void {
    for (const { subscriber } of this.#connections) subscriber.notify(results);
  }
}

/** One client: its requests are answered in order, one at a time. */
class Connection {
  readonly subscriber = new Subscriber((message) => this.#send(message));
  readonly #webSocket: WebSocket;
  readonly #caller: Caller;
  readonly #dispatcher: Dispatcher;
  readonly #log: Logger;
  readonly #queue: string[] = [];
  #answering: Promise<void> | undefined;
  #answeredPing = true;

  constructor(webSocket: WebSocket, who: Omit<Caller, 'subscriber'>, { dispatcher, log }: WebSocketsOptions) {
    this.#webSocket = webSocket;
    this.#caller = { ...who, subscriber: this.subscriber };
    this.#dispatcher = dispatcher;
    this.#log = log;
    webSocket.on('message', (data) => this.#receive(String(data)));
    webSocket.on('pong', () => {
      this.#answeredPing = true;
    });
    // What a client does wrong (a frame too large, bad UTF-8) closes its connection, and nothing more.
    webSocket.on('error', (error) => log.debug({ message: error.message }, 'a WebSocket connection failed'));
  }

  /** Asks for a sign of life; without an answer to the last ping the connection ends. */
  ping(): void {
    if (!this.#answeredPing) {
      this.#webSocket.terminate();
      return;
    }
    this.#answeredPing = false;
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.ping();
  }

  /** Drops what waits, finishes the request in progress and says goodbye; does not wait for the client. */
  async close(): Promise<void> {
    this.#queue.length = 0;
    await this.#answering;
    this.#webSocket.close(CLOSE_GOING_AWAY, 'the node stops');
    this.#webSocket.terminate();
  }

  #receive(text: string): void {
    this.#queue.push(text);
    if (this.#queue.length >= MAX_QUEUED_MESSAGES) this.#webSocket.pause();
    this.#answering ??= this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
      const response = await this.#dispatcher.respond(text, this.#caller);
      if (response !== undefined) this.#send(response);
      this.subscriber.begin();
      if (this.#webSocket.isPaused && this.#queue.length < MAX_QUEUED_MESSAGES / 2) this.#webSocket.resume();
    }
    this.#answering = undefined;
  }

  /** A client that does not read what it asked for is dropped: nothing else would bound what waits for it. */
  #send(message: string): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    if (this.#webSocket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#log.warn({ bufferedBytes: this.#webSocket.bufferedAmount }, 'a WebSocket client reads too slowly: closed');
      this.#webSocket.terminate();
      return;
    }
    this.#webSocket.send(message);
  }
}
