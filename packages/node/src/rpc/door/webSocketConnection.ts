import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Logger } from '../../base/log.js';
import {
  HELD_BYTES_THAT_COUNT,
  MAX_BUFFERED_BYTES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  NOTICE_BUFFER_BYTES,
} from '../limits.js';
import type { Fanout } from '../methods/fanout.js';
import { Subscriber } from '../methods/subscriptions.js';
import type { Caller, Dispatcher } from '../protocol/dispatcher.js';
import type { OpenConnection } from './connections.js';

/** RFC 6455, section 7.4.1. */
const CLOSE_GOING_AWAY = 1001;
/** Sections 5.2 and 5.5: of a client's control frame, which is always short. */
const CONTROL_HEADER_BYTES = 6;

/** What a connection needs. */
export interface WebSocketConnectionOptions {
  readonly open: OpenConnection;
  /** What the WebSocket writes to. */
  readonly socket: Duplex;
  readonly who: Omit<Caller, 'subscriber'>;
  readonly dispatcher: Dispatcher;
  readonly fanout: Fanout;
  readonly log: Logger;
  /** Its client did something. */
  readonly onActive: () => void;
  /** Makes room for one more subscription; throws −32000 when there is none. */
  readonly makeRoom: () => void;
}

/** One client: its requests are answered in order, one at a time. */
export class WebSocketConnection {
  readonly subscriber: Subscriber;
  readonly #webSocket: WebSocket;
  readonly #options: WebSocketConnectionOptions;
  readonly #caller: Caller;
  readonly #queue: string[] = [];
  #queuedBytes = 0;
  #answering: Promise<void> | undefined;
  #answeredPing = true;
  /** Bytes that had come when all of them were known: what came since is the beginning of a message. */
  #bytesKnown = 0;
  /** It had begun a large message by the last ping. */
  #isSlowMessage = false;
  #isCorked = false;
  /** Its subscriptions wait until it has read what was sent. */
  #isHeldBack = false;

  constructor(webSocket: WebSocket, options: WebSocketConnectionOptions) {
    const { who, log, makeRoom } = options;
    this.#webSocket = webSocket;
    this.#options = options;
    this.subscriber = new Subscriber({
      send: (message) => this.#send(message),
      isReading: () => this.#isReading(),
      drop: () => this.#dropSlow(),
      makeRoom,
    });
    this.#caller = { ...who, subscriber: this.subscriber };
    webSocket.on('message', (data) => this.#receive(String(data)));
    webSocket.on('pong', (data) => {
      this.#answeredPing = true;
      this.#bytesKnown += data.length + CONTROL_HEADER_BYTES;
      this.#touch();
    });
    webSocket.on('ping', (data) => {
      this.#bytesKnown += data.length + CONTROL_HEADER_BYTES;
    });
    this.#bytesKnown = options.open.socket.bytesRead;
    // What a client does wrong (a frame too large, bad UTF-8) closes its connection, and nothing more.
    webSocket.on('error', (error) => log.debug({ message: error.message }, 'a WebSocket connection failed'));
  }

  /** Whose share it uses. */
  get client(): string {
    return this.#options.who.client;
  }

  /** Asks for a sign of life; without an answer to the last ping, or with the same message since then, the connection ends. */
  ping(): void {
    const isInMessage = this.#options.open.socket.bytesRead - this.#bytesKnown >= HELD_BYTES_THAT_COUNT;
    if (!this.#answeredPing || (isInMessage && this.#isSlowMessage)) {
      this.drop();
      return;
    }
    this.#isSlowMessage = isInMessage;
    this.#answeredPing = false;
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.ping();
  }

  /** It ends at once, because others need what it holds. */
  giveUp(): void {
    this.#options.open.giveUp();
  }

  /** Ends at once. */
  drop(): void {
    this.#webSocket.terminate();
  }

  /** Drops what waits, finishes the request in progress and says goodbye; does not wait for the client. */
  async close(): Promise<void> {
    this.#queue.length = 0;
    await this.#answering;
    this.#webSocket.close(CLOSE_GOING_AWAY, 'the node stops');
    this.drop();
  }

  #receive(text: string): void {
    this.#touch();
    this.#bytesKnown = this.#options.open.socket.bytesRead;
    this.#isSlowMessage = false;
    this.#queue.push(text);
    this.#queuedBytes += text.length;
    if (this.#queue.length >= MAX_QUEUED_MESSAGES || this.#queuedBytes >= MAX_QUEUED_BYTES) this.#webSocket.pause();
    this.#answering ??= this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#options.open.isAtWork = true;
    for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
      this.#queuedBytes -= text.length;
      const response = await this.#options.dispatcher.respond(text, this.#caller);
      if (response !== undefined) this.#send(Buffer.concat(response));
      this.#options.open.letGo();
      this.subscriber.begin();
      const isShort = this.#queue.length < MAX_QUEUED_MESSAGES / 2 && this.#queuedBytes < MAX_QUEUED_BYTES / 2;
      if (this.#webSocket.isPaused && isShort) this.#webSocket.resume();
    }
    this.#options.open.isAtWork = false;
    this.#answering = undefined;
  }

  /** A client that does not read what it asked for is dropped: nothing else would bound what waits for it. */
  #send(message: string | Buffer): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    if (this.#webSocket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#dropSlow();
      return;
    }
    this.#cork();
    this.#webSocket.send(message, { binary: false }, this.#sent);
  }

  #isReading(): boolean {
    this.#isHeldBack = this.#webSocket.bufferedAmount >= NOTICE_BUFFER_BYTES;
    return !this.#isHeldBack;
  }

  /** The system took a message. */
  readonly #sent = (): void => {
    if (this.#webSocket.bufferedAmount > 0) return;
    this.#options.open.hasRead();
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#options.fanout.resume(this.subscriber);
  };

  /** What is sent in one turn of the event loop goes to the system at once. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    const { socket, open } = this.#options;
    socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      socket.uncork();
      // What the system took at once does not wait.
      const waiting = this.#webSocket.bufferedAmount - open.unreadBytes;
      if (waiting > 0) open.expectReading(waiting);
    });
  }

  #dropSlow(): void {
    const { bufferedAmount } = this.#webSocket;
    this.#options.log.warn({ bufferedBytes: bufferedAmount }, 'a WebSocket client reads too slowly: closed');
    this.drop();
  }

  #touch(): void {
    this.#options.open.touch();
    this.#options.onActive();
  }
}
