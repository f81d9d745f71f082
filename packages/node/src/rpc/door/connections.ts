import type { Socket } from 'node:net';
import type { Logger } from '../../base/log.js';
import { type Held, largestHolder } from '../../base/shares.js';
import type { Cancel, Scheduler } from '../../runtime.js';
import {
  HEADERS_TIMEOUT_MS,
  HELD_BYTES_THAT_COUNT,
  MAX_HELD_BYTES,
  MAX_PIPELINED_REQUESTS,
  MAX_SOCKETS,
  MAX_SOCKETS_PER_CLIENT,
  MAX_WEB_SOCKETS,
  MIN_READ_BYTES_PER_SECOND,
  READING_TIMEOUT_MS,
  SWEEP_MS,
} from '../limits.js';

/** What a connection tells those who keep them. */
interface Keeper {
  readonly sweeps: number;
  /** Its client did something. */
  touch(connection: OpenConnection): void;
  heldBytesChanged(connection: OpenConnection, difference: number): void;
  webSocketOpened(connection: OpenConnection): void;
  close(connection: OpenConnection): void;
  closeForRoom(connection: OpenConnection): void;
}

/** An open connection: whose move it is, until when, and what the node holds for it. */
export class OpenConnection {
  /** The node works for it, so nothing is expected of the client. */
  isAtWork = false;
  isWebSocket = false;
  readonly #keeper: Keeper;
  readonly #gone = new AbortController();
  #workBytes = 0;
  #unreadBytes = 0;
  /** The last sweep that it survives unless the client does its part. */
  #lastSweep = Number.POSITIVE_INFINITY;
  /** Bytes that had come when the last request was done; more of them are the beginning of another. */
  #bytesAtRest: number | undefined;
  #lastRequest: Promise<void> = Promise.resolve();
  #openRequests = 0;

  constructor(
    /** Its address and port: unique among open connections, and the same for a TLS connection and the plain one below it. */
    readonly key: string,
    readonly client: string,
    /** Of TLS the plain one until the handshake is done. */
    public socket: Socket,
    keeper: Keeper,
  ) {
    this.#keeper = keeper;
  }

  /** Tells when it is closed. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Bytes that the node keeps for it: of a request that is not complete, of an answer that grows or is not read. */
  get heldBytes(): number {
    return this.#workBytes + this.#unreadBytes;
  }

  /** Of these what was sent and not read. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** The node's move. */
  work(): void {
    this.isAtWork = true;
    this.#lastSweep = Number.POSITIVE_INFINITY;
    this.#bytesAtRest = undefined;
  }

  /** The client's move, within `limitMs` and a sweep at most. */
  expect(limitMs: number): void {
    this.isAtWork = false;
    this.#lastSweep = this.#keeper.sweeps + limitMs / SWEEP_MS;
    this.touch();
  }

  /** The client is to read `bytes`, which the node holds for it until then; it gets no time anew while earlier ones wait. */
  expectReading(bytes: number): void {
    if (this.#lastSweep === Number.POSITIVE_INFINITY) {
      this.#lastSweep = this.#keeper.sweeps + READING_TIMEOUT_MS / SWEEP_MS;
    }
    this.#lastSweep += ((bytes / MIN_READ_BYTES_PER_SECOND) * 1_000) / SWEEP_MS;
    this.#unreadBytes += bytes;
    this.#keeper.heldBytesChanged(this, bytes);
  }

  /** Everything was read, or given up. */
  hasRead(): void {
    const bytes = this.#unreadBytes;
    this.#unreadBytes = 0;
    this.#lastSweep = Number.POSITIVE_INFINITY;
    this.#keeper.heldBytesChanged(this, -bytes);
  }

  /** Between two requests: it may rest as long as HTTP's keep-alive lets it. */
  rest(): void {
    this.isAtWork = false;
    this.#lastSweep = Number.POSITIVE_INFINITY;
    this.#bytesAtRest = this.socket.bytesRead;
    this.touch();
  }

  /** The node holds so many bytes more of its request or its answer. */
  hold(bytes: number): void {
    this.#workBytes += bytes;
    this.#keeper.heldBytesChanged(this, bytes);
  }

  /** The work is done, and what was held for it is free. */
  letGo(): void {
    const bytes = this.#workBytes;
    this.#workBytes = 0;
    this.#keeper.heldBytesChanged(this, -bytes);
  }

  /** It is closed. */
  tellGone(): void {
    this.#gone.abort();
  }

  /** From now on it is a WebSocket, which nothing is expected of while it has read everything. */
  becomeWebSocket(): void {
    this.isWebSocket = true;
    this.rest();
    this.#bytesAtRest = undefined;
    this.#keeper.webSocketOpened(this);
  }

  /** It ends, because others need what it holds. */
  giveUp(): void {
    this.#keeper.closeForRoom(this);
  }

  /** A sign of life of its client. */
  touch(): void {
    this.#keeper.touch(this);
  }

  /**
   * Answers a request when those before it are answered: HTTP lets a client send the next before it has read the last. One
   * that sends too many ahead is closed.
   */
  inTurn(answer: () => Promise<void>): Promise<void> {
    if (this.#openRequests >= MAX_PIPELINED_REQUESTS) {
      this.#keeper.close(this);
      return Promise.resolve();
    }
    const isFirst = this.#openRequests++ === 0;
    const turn = (
      isFirst ? answer() : this.#lastRequest.then(() => (this.socket.destroyed ? undefined : answer()))
    ).finally(() => this.#openRequests--);
    this.#lastRequest = turn.catch(() => {});
    return turn;
  }

  /** Whether it has to go. Looked at once per sweep. */
  isOverdue(): boolean {
    if (this.#bytesAtRest !== undefined && this.socket.bytesRead > this.#bytesAtRest) {
      this.#bytesAtRest = undefined;
      // Not a sign of life: it is one when the headers are complete.
      this.#lastSweep = this.#keeper.sweeps + HEADERS_TIMEOUT_MS / SWEEP_MS;
    }
    return this.#keeper.sweeps > this.#lastSweep;
  }
}

/** What connections need. */
export interface ConnectionsOptions {
  /** Whose a connection is. */
  readonly clientOf: (socket: Socket) => string;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/**
 * Everybody who is connected. There is room for everybody who comes: when places are short, whoever holds most of them gives
 * up the one that rested longest. Places of WebSockets and of requests are separate, so that neither can use up the other's.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  /** By address and port, in the order in which their clients last did something. */
  readonly #open = new Map<string, OpenConnection>();
  readonly #keeper: Keeper & { sweeps: number };
  #heldBytes = 0;
  #closedForRoom = 0;
  #stopSweeping: Cancel | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#keeper = {
      sweeps: 0,
      touch: (connection) => this.#touch(connection),
      heldBytesChanged: (connection, difference) => this.#heldBytesChanged(connection, difference),
      webSocketOpened: (connection) => this.#webSocketOpened(connection),
      close: (connection) => this.#close(connection),
      closeForRoom: (connection) => this.#closeForRoom(connection),
    };
  }

  get size(): number {
    return this.#open.size;
  }

  /** Begins to close those that let the node wait too long. */
  start(): void {
    this.#stopSweeping = this.#options.scheduler.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Closes all that are left. */
  stop(): void {
    this.#stopSweeping?.();
    for (const connection of [...this.#open.values()]) this.#close(connection);
  }

  /** Takes in a connection, which has to say soon what it wants, and makes room for it. */
  accept(socket: Socket): void {
    const key = keyOf(socket);
    if (key === undefined) {
      socket.destroy();
      return;
    }
    const connection = new OpenConnection(key, this.#options.clientOf(socket), socket, this.#keeper);
    this.#open.set(key, connection);
    socket.once('close', () => this.#forget(connection));
    connection.expect(HEADERS_TIMEOUT_MS);
    this.#makeRoom(connection);
  }

  /** The connection of a request; `undefined` when it was closed meanwhile. */
  find(socket: Socket): OpenConnection | undefined {
    const connection = this.#open.get(keyOf(socket) ?? '');
    if (connection !== undefined) connection.socket = socket;
    return connection;
  }

  #makeRoom(newcomer: OpenConnection): void {
    const others = [...this.#open.values()].filter((connection) => connection !== newcomer);
    const own = others.filter(({ client }) => client === newcomer.client);
    if (own.length >= MAX_SOCKETS_PER_CLIENT) this.#giveUpOne(own, false);
    else if (others.length >= MAX_SOCKETS) this.#giveUpOne(others, true);
  }

  #webSocketOpened(newcomer: OpenConnection): void {
    const others = [...this.#open.values()]
      .filter(({ isWebSocket }) => isWebSocket)
      .filter((other) => other !== newcomer);
    if (others.length >= MAX_WEB_SOCKETS) this.#giveUpOne(others, false);
  }

  #heldBytesChanged(connection: OpenConnection, difference: number): void {
    if (!this.#isOpen(connection)) return;
    this.#heldBytes += difference;
    if (difference <= 0 || this.#heldBytes <= MAX_HELD_BYTES) return;
    // Who reads or sends on is young here, whatever it holds.
    const holding = [...this.#open.values()].filter(({ heldBytes }) => heldBytes >= HELD_BYTES_THAT_COUNT);
    const oldest = holding.find(({ isAtWork }) => !isAtWork) ?? holding[0];
    if (oldest !== undefined) this.#closeForRoom(oldest);
  }

  #giveUpOne(crowd: readonly OpenConnection[], keepsWebSockets: boolean): void {
    const largest = largestHolder(crowd.map((connection) => held(connection, keepsWebSockets)));
    if (largest !== undefined) this.#closeForRoom(largest.item);
  }

  #closeForRoom(connection: OpenConnection): void {
    this.#closedForRoom++;
    this.#close(connection);
  }

  #close(connection: OpenConnection): void {
    this.#forget(connection);
    connection.socket.destroy();
  }

  #forget(connection: OpenConnection): void {
    if (!this.#isOpen(connection)) return;
    this.#open.delete(connection.key);
    this.#heldBytes -= connection.heldBytes;
    connection.tellGone();
  }

  #touch(connection: OpenConnection): void {
    if (!this.#isOpen(connection)) return;
    this.#open.delete(connection.key);
    this.#open.set(connection.key, connection);
  }

  #isOpen(connection: OpenConnection): boolean {
    return this.#open.get(connection.key) === connection;
  }

  #sweep(): void {
    this.#keeper.sweeps++;
    for (const connection of [...this.#open.values()]) {
      if (!connection.isOverdue()) continue;
      this.#options.log.debug({ client: connection.client }, 'a connection let the node wait too long: closed');
      this.#close(connection);
    }
    if (this.#closedForRoom === 0) return;
    // One line per sweep, however many come.
    this.#options.log.warn({ closed: this.#closedForRoom, open: this.size }, 'connections were closed to make room');
    this.#closedForRoom = 0;
  }
}

function held(item: OpenConnection, keepsWebSockets: boolean): Held<OpenConnection> {
  const isKept = keepsWebSockets && item.isWebSocket;
  return { item, client: item.client, weight: 1, isSpared: item.isAtWork, isKept };
}

function keyOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}
