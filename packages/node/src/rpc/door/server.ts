import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { assert, WattchainError } from '@wattchain/core';
import type { Logger } from '../../base/log.js';
import type { RpcConfig } from '../../config.js';
import type { Cancel, Runtime } from '../../runtime.js';
import { whyAbsent } from '../description/differences.js';
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_DISCARDED_BYTES,
  MAX_SOCKETS,
  REQUEST_TIMEOUT_MS,
  SOCKET_TIMEOUT_MS,
  SYNC_CHECK_MS,
} from '../limits.js';
import { Filters } from '../methods/filters.js';
import { METHOD_TABLE } from '../methods/methodTable.js';
import { headNotifications, poolNotifications, syncNotifications } from '../methods/subscriptions.js';
import type { RpcBackend } from '../protocol/backend.js';
import { type AnsweredCall, Dispatcher } from '../protocol/dispatcher.js';
import type { Subscription } from '../protocol/following.js';
import type { Method } from '../protocol/method.js';
import { RPC_CODES } from '../protocol/rpcError.js';
import { clientOf } from './clientOf.js';
import { checkContentType, checkDoor, type DoorRefusal, isAuthorized } from './doors.js';
import type { Page, PageAccess } from './page.js';
import { WebSockets } from './webSockets.js';

/** What the server needs. */
export interface RpcServerOptions extends Omit<RpcBackend, 'runtime'> {
  readonly config: RpcConfig;
  readonly runtime: Runtime;
  /** Text of the control token, see `loadToken`. */
  readonly token: string;
  /** The page that is served at `GET /`, and the token that opens it from other machines. */
  readonly page?: Page;
  readonly pageToken?: string;
  /** What is served at `GET /health`: whether the node is of use, and what else there is to say, as JSON. */
  readonly health: () => { readonly healthy: boolean };
  /** What is served at `GET /metrics`. */
  readonly metrics?: () => Promise<MetricsText>;
  /** Methods by name; absent: those that every node has. */
  readonly methods?: ReadonlyMap<string, Method>;
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
  readonly #filters: Filters;
  readonly #dispatcher: Dispatcher;
  readonly #webSockets: WebSockets;
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
    this.#filters = new Filters(options.runtime);
    this.#dispatcher = new Dispatcher({
      node: options,
      methods: options.methods ?? METHOD_TABLE,
      whyAbsent,
      filters: this.#filters,
      log: this.#log,
    });
    this.#webSockets = new WebSockets({
      dispatcher: this.#dispatcher,
      scheduler: options.runtime.scheduler,
      log: this.#log,
    });
    const timeouts = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
    };
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void track(this.#requests, this.#serve(request, response));
    const certificate = readCertificate(options.config);
    this.#speaksTls = certificate !== undefined;
    this.#http = certificate
      ? createTlsServer({ ...timeouts, ...certificate }, listener)
      : createServer(timeouts, listener);
    this.#http.maxConnections = MAX_SOCKETS;
    this.#http.timeout = SOCKET_TIMEOUT_MS;
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#http.on('drop', () => this.#log.warn({ limit: MAX_SOCKETS }, 'a connection was refused: too many are open'));
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
      chain.on('head', (event) => this.#notify(headNotifications(chain.genesis, event))),
      mempool.on('added', (transaction) => this.#notify(poolNotifications(chain.genesis, transaction))),
      this.#watchSync(),
    );
    this.#webSockets.start();
    this.#log.info({ url: this.url }, 'JSON-RPC listens');
    if (!this.#isLocal) {
      this.#log.warn(
        { host: this.address.host },
        'JSON-RPC is open to other machines, who may read and send transactions',
      );
    }
  }

  /** Tells those who follow, over WebSocket and with filters. */
  #notify(results: (subscription: Subscription) => readonly unknown[]): void {
    this.#webSockets.notify(results);
    this.#filters.notify(results);
  }

  #watchSync(): Cancel {
    const { sync, runtime } = this.#options;
    let wasSyncing = sync.status().syncing;
    return runtime.scheduler.setInterval(() => {
      const status = sync.status();
      if (status.syncing !== wasSyncing) this.#notify(syncNotifications(status));
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

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
    const body = await readBody(request);
    if (body === 'gone') return;
    if (body === 'tooLarge') {
      return refuse(response, { status: 413, message: `a request has at most ${MAX_BODY_BYTES} bytes` });
    }
    const authorized = isAuthorized(request.headers, this.#options.token);
    const answer = await track(
      this.#answers,
      this.#dispatcher.respond(body.text, { client: this.#clientOf(request), authorized, subscriber: undefined }),
    );
    if (answer === undefined) response.writeHead(204).end();
    else sendJson(response, 200, answer);
  }

  /** The page shows a community's data and takes passphrases: to other machines only over TLS and with the token. */
  #pageAccess(): PageAccess {
    if (this.#isLocal) return { kind: 'local' };
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
    const refusal =
      checkDoor(request.headers, this.#options.config) ??
      (request.url?.split('?')[0] === '/' ? undefined : { status: 404, message: 'the WebSocket is at /' });
    if (refusal) {
      const body = errorBody(refusal.message);
      socket.end(
        `HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return;
    }
    const authorized = isAuthorized(request.headers, this.#options.token);
    this.#webSockets.accept(request, socket, head, { client: this.#clientOf(request), authorized });
  }

  #clientOf({ socket }: IncomingMessage): string {
    return clientOf(socket, this.#options.config.proxies);
  }
}

/** Keeps work in a set until it ends. What it throws stays unhandled on purpose: a bug of ours stops the process. */
function track<T>(set: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  const tracked = work.finally(() => set.delete(tracked));
  set.add(tracked);
  return tracked;
}

/** Lets the page of an allowed origin read the answer. */
function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Vary', 'Origin');
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'POST, OPTIONS',
    'Access-Control-Allow-Headers': 'content-type, authorization',
    'Access-Control-Max-Age': '600',
  });
  response.end();
}

/** Turns a request away. What is left of its body is not read, so the connection cannot be used again. */
function refuse(response: ServerResponse, { status, message }: DoorRefusal): void {
  response.setHeader('Connection', 'close');
  sendJson(response, status, errorBody(message));
}

function errorBody(message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: RPC_CODES.rpcInvalidRequest, message } });
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  send(response, status, 'application/json', body);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

/**
 * The body's text; `gone` when the client left while it sent. Of a body that is too large some more is read and thrown away,
 * because most clients read the answer only after they have sent everything.
 */
async function readBody(request: IncomingMessage): Promise<{ readonly text: string } | 'tooLarge' | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_DISCARDED_BYTES) return 'tooLarge';
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Left open on leaving the loop, since the refusal still goes over this connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > MAX_DISCARDED_BYTES) return 'tooLarge';
      if (length <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
      else chunks.length = 0;
    }
  } catch {
    // The stream of a request fails only when its connection does.
    return 'gone';
  }
  return length > MAX_BODY_BYTES ? 'tooLarge' : { text: Buffer.concat(chunks).toString('utf8') };
}

/** Certificate and key where the configuration names them. Errors: `badCertificate`. */
function readCertificate({ tlsCertPath, tlsKeyPath }: RpcConfig): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCertPath === undefined || tlsKeyPath === undefined) return undefined;
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new WattchainError('badCertificate', `${path} cannot be read`, {
        values: { path },
        hint: 'rpc.tlsCertPath and rpc.tlsKeyPath name PEM files that the node may read',
        cause,
      });
    }
  };
  const pair = { cert: read(tlsCertPath), key: read(tlsKeyPath) };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new WattchainError('badCertificate', `${tlsCertPath} and ${tlsKeyPath} are no certificate and its key`, {
      values: { tlsCertPath, tlsKeyPath },
      hint: 'both are PEM files, and the key belongs to the certificate',
      cause,
    });
  }
  return pair;
}

function listenError(host: string, port: number, cause: Error): WattchainError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new WattchainError('portInUse', `port ${port} on ${host} is in use, so JSON-RPC cannot listen there`, {
      values: { host, port },
      hint: 'stop the other program (perhaps another node) or choose another port: rpc.port or --rpc-port, --port of wattchain dev',
      cause,
    });
  }
  return new WattchainError('rpcListen', `JSON-RPC cannot listen on ${host}, port ${port}: ${cause.message}`, {
    values: { host, port },
    hint: 'rpc.host must be an address of this machine, and ports below 1024 need special rights',
    cause,
  });
}
