import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { assert } from '@wattchain/core';
import type { Logger } from '../../base/log.js';
import type { RpcConfig } from '../../config.js';
import type { Cancel, Runtime } from '../../runtime.js';
import { whyAbsent } from '../description/differences.js';
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, MAX_BODY_BYTES, SYNC_CHECK_MS } from '../limits.js';
import { Fanout } from '../methods/fanout.js';
import { Filters } from '../methods/filters.js';
import { METHOD_TABLE } from '../methods/methodTable.js';
import { headNews, type News, poolNews, syncNews } from '../methods/news.js';
import { NOT_FOR_READING, READING_METHODS } from '../methods/readingMethods.js';
import type { RpcBackend } from '../protocol/backend.js';
import { type AnsweredCall, type Caller, Dispatcher } from '../protocol/dispatcher.js';
import type { Method } from '../protocol/method.js';
import { clientOf } from './clientOf.js';
import { Connections, type OpenConnection } from './connections.js';
import { checkContentType, checkDoor, isAuthorized } from './doors.js';
import { allowOrigin, answerPreflight, errorBody, readBody, refuse, send, sendJson, untilRead } from './http.js';
import { listenError, readCertificate } from './listening.js';
import type { Page, PageAccess } from './page.js';
import { WebSockets } from './webSockets.js';

/** What the server needs. */
export interface RpcServerOptions extends Omit<RpcBackend, 'runtime'> {
  readonly config: RpcConfig;
  readonly runtime: Runtime;
  /** Text of the control token, see `loadToken`. */
  /** `undefined` where nobody controls the node by it, as on a developer's chain. */
  readonly token: string | undefined;
  /** The page that is served at `GET /`, and the token that opens it from other machines. */
  readonly page?: Page;
  readonly pageToken?: string;
  /** What is served at `GET /health`: whether the node is of use, and what else there is to say, as JSON. */
  readonly health: () => { readonly healthy: boolean };
  /** What is served at `GET /metrics`. */
  readonly metrics?: () => Promise<MetricsText>;
  /** Methods by name; absent: those that every node has. */
  readonly methods?: ReadonlyMap<string, Method>;
  /** Whether this is a door for looking: the page is open to everybody who comes, and only what it reads with is answered. */
  readonly isForReading?: boolean;
  readonly log: Logger;
}

/** The metrics of a node and their format. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/**
 * JSON-RPC over HTTP (`POST /`) and WebSocket on one port, `GET /health`, `GET /metrics` and the page. A service: `start` listens, `stop` waits for
 * requests in progress.
 */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #log: Logger;
  readonly #fanout = new Fanout();
  readonly #filters: Filters;
  readonly #dispatcher: Dispatcher;
  readonly #webSockets: WebSockets;
  readonly #connections: Connections;
  readonly #http: Server;
  readonly #speaksTls: boolean;
  /** Requests from their first header to the end of their answer. */
  readonly #requests = new Set<Promise<void>>();
  /** The part of them that reads the chain. */
  readonly #answers = new Set<Promise<unknown>>();
  readonly #unsubscribe: Cancel[] = [];

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#log = options.log.child({ service: 'rpc' });
    this.#filters = new Filters(options.runtime, this.#fanout);
    this.#dispatcher = new Dispatcher({
      node: options,
      ...(options.isForReading === true
        ? { methods: READING_METHODS, whyAbsent: whyNotForReading }
        : { methods: options.methods ?? METHOD_TABLE, whyAbsent }),
      stopwatch: options.runtime.stopwatch,
      maxRequestMs: options.config.maxRequestMs,
      hasToken: options.token !== undefined,
      log: this.#log,
    });
    this.#webSockets = new WebSockets({
      dispatcher: this.#dispatcher,
      fanout: this.#fanout,
      scheduler: options.runtime.scheduler,
      log: this.#log,
    });
    this.#connections = new Connections({
      clientOf: (socket) => clientOf(socket, options.config.proxies),
      scheduler: options.runtime.scheduler,
      log: this.#log,
    });
    // Connections keep their own times. That of keep-alive is told to clients, so that they do not send when it has passed.
    const timeouts = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS };
    const listener = (request: IncomingMessage, response: ServerResponse) => this.#receive(request, response);
    const certificate = readCertificate(options.config);
    this.#speaksTls = certificate !== undefined;
    this.#http = certificate
      ? createTlsServer({ ...timeouts, ...certificate }, listener)
      : createServer(timeouts, listener);
    this.#http.on('connection', (socket) => this.#connections.accept(socket));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens. Errors: `portInUse`, `rpcListen`. */
  async start(): Promise<void> {
    const { host, port } = this.#options.config;
    await new Promise<void>((resolve, reject) => {
      const fail = (cause: Error) => reject(listenError(host, port, cause));
      this.#http.once('error', fail);
      this.#http.listen({ host, port }, () => {
        this.#http.off('error', fail);
        resolve();
      });
    });
    const { chain, mempool } = this.#options;
    this.#unsubscribe.push(
      chain.on('head', (event) => this.#tell(headNews(chain.genesis, event))),
      mempool.on('added', (transaction) => this.#tell(poolNews(chain.genesis, transaction))),
      this.#watchSync(),
    );
    this.#connections.start();
    this.#webSockets.start();
    this.#log.info({ url: this.url }, 'JSON-RPC listens');
    if (!this.#isLocal) {
      const what =
        this.#options.isForReading === true
          ? 'the page and reading are open to other machines'
          : 'JSON-RPC is open to other machines, who may read and send transactions';
      this.#log.warn({ host: this.address.host }, what);
    }
  }

  /** Tells those who follow, over WebSocket and with filters. */
  #tell(news: News): void {
    this.#webSockets.tell(news);
    this.#filters.tell(news);
  }

  #watchSync(): Cancel {
    const { sync, runtime } = this.#options;
    let wasSyncing = sync.status().syncing;
    return runtime.scheduler.setInterval(() => {
      const status = sync.status();
      if (status.syncing !== wasSyncing) this.#tell(syncNews(status));
      wasSyncing = status.syncing;
    }, SYNC_CHECK_MS);
  }

  /** Lets nobody in any more, finishes what is in progress, closes all connections. */
  async stop(): Promise<void> {
    for (const cancel of this.#unsubscribe.splice(0)) cancel();
    if (!this.#http.listening) return;
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    await Promise.all([this.#webSockets.stop(), ...this.#answers]);
    // Who has not sent its whole request by now is not waited for.
    this.#http.closeAllConnections();
    this.#connections.stop();
    await Promise.all(this.#requests);
    await closed;
  }

  /** Where it listens, for instance the port that the operating system chose for port 0. */
  get address(): { readonly host: string; readonly port: number } {
    const address = this.#http.address() as AddressInfo | null;
    assert(address !== null, 'the RPC server listens');
    return { host: address.address, port: address.port };
  }

  /** Whether only programs on this machine can come. */
  get #isLocal(): boolean {
    return /^(127\.|::1$)/.test(this.address.host);
  }

  /** Its address as clients take it, `http://127.0.0.1:8545`. */
  get url(): string {
    const { host, port } = this.address;
    return `${this.#speaksTls ? 'https' : 'http'}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.find(request.socket);
    // It had to make room while its request came.
    if (connection === undefined) return void request.socket.destroy();
    const answer = async () => {
      connection.work();
      await this.#serve(request, response, connection);
      connection.letGo();
      await untilRead(response, connection);
      connection.rest();
    };
    void track(this.#requests, connection.inTurn(answer));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, connection: OpenConnection): Promise<void> {
    const refusal = checkDoor(request.headers, this.#options.config);
    if (refusal) return refuse(response, refusal);
    allowOrigin(request, response);
    const path = request.url?.split('?')[0];
    if (request.method === 'GET' || request.method === 'HEAD') {
      if (path === '/health') return this.#serveHealth(response);
      if (path === '/metrics') return this.#serveMetrics(response);
      if (this.#options.page?.serve(request, response, this.#pageAccess())) return;
    }
    if (path !== '/') {
      return refuse(response, {
        status: 404,
        message: 'JSON-RPC is served at /, health at /health, metrics at /metrics',
      });
    }
    if (request.method === 'OPTIONS') return answerPreflight(response);
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST, OPTIONS');
      return refuse(response, { status: 405, message: 'JSON-RPC takes POST requests' });
    }
    const badType = checkContentType(request.headers);
    if (badType) return refuse(response, badType);
    const body = await readBody(request, connection);
    if (body === 'gone') return;
    if (body === 'tooLarge') {
      return refuse(response, { status: 413, message: `a request has at most ${MAX_BODY_BYTES} bytes` });
    }
    const answer = await track(
      this.#answers,
      this.#dispatcher.respond(body.text, { ...this.#callerOf(request, connection), subscriber: undefined }),
    );
    if (answer === undefined) response.writeHead(204).end();
    else sendJson(response, 200, answer);
  }

  /** The page shows a community's data and takes passphrases: to other machines only over TLS and with the token. */
  #pageAccess(): PageAccess {
    // A door for looking has no keys to lose.
    if (this.#isLocal || this.#options.isForReading === true) return { kind: 'local' };
    const { pageToken } = this.#options;
    return this.#speaksTls && pageToken !== undefined ? { kind: 'token', token: pageToken } : { kind: 'closed' };
  }

  #serveHealth(response: ServerResponse): void {
    const health = this.#options.health();
    sendJson(response, health.healthy ? 200 : 503, JSON.stringify(health));
  }

  async #serveMetrics(response: ServerResponse): Promise<void> {
    const { metrics } = this.#options;
    if (metrics === undefined) return refuse(response, { status: 404, message: 'this node has no metrics' });
    const { contentType, text } = await track(this.#answers, metrics());
    send(response, 200, contentType, text);
  }

  /** Calls `listener` with every request that was answered; the result unsubscribes. */
  onAnswered(listener: (call: AnsweredCall) => void): Cancel {
    return this.#dispatcher.on('answered', listener);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the WebSocket has it, nobody else listens, and a reset connection is no reason to stop a node.
    socket.on('error', (error) => this.#log.debug({ message: error.message }, 'a connection failed'));
    const connection = this.#connections.find(request.socket);
    if (connection === undefined) return void socket.destroy();
    // Whatever becomes of it, it does not stay like this.
    connection.expect(HEADERS_TIMEOUT_MS);
    const refusal =
      checkDoor(request.headers, this.#options.config) ??
      (request.url?.split('?')[0] === '/' ? undefined : { status: 404, message: 'the WebSocket is at /' });
    if (refusal) {
      const body = errorBody(refusal.message);
      const head = `HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Type: application/json`;
      // A client that does not close its side would keep the connection otherwise.
      socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy());
      return;
    }
    this.#webSockets.accept({ request, socket, head }, connection, this.#callerOf(request, connection));
  }

  #callerOf({ headers }: IncomingMessage, connection: OpenConnection): Omit<Caller, 'subscriber'> {
    const { client, signal } = connection;
    const { token } = this.#options;
    const authorized = token !== undefined && isAuthorized(headers, token);
    return { client, filters: this.#filters.of(client), authorized, signal, hold: (bytes) => connection.hold(bytes) };
  }
}

/** Keeps work in a set until it ends. What it throws stays unhandled on purpose: a bug of ours stops the process. */
function track<T>(set: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  const tracked = work.finally(() => set.delete(tracked));
  set.add(tracked);
  return tracked;
}

/** Why a door for looking does not answer. */
const whyNotForReading = (name: string) => (METHOD_TABLE.has(name) ? NOT_FOR_READING : whyAbsent(name));
