import { assert } from '@wattchain/core';
import { WebSocket } from 'ws';

/** A message from the server. */
export interface ServerMessage {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly params?: { readonly subscription: string; readonly result: unknown };
}

/** A WebSocket client for tests that shows every message as it came, in order. */
export class WebSocketClient {
  readonly socket: WebSocket;
  readonly #waiting: ((message: ServerMessage) => void)[] = [];
  readonly #messages: ServerMessage[] = [];
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ServerMessage;
      const take = this.#waiting.shift();
      if (take === undefined) this.#messages.push(message);
      else take(message);
    });
  }

  /** Connects. `autoPong: false` makes a client that answers no ping. */
  static open(url: string, { autoPong = true } = {}): Promise<WebSocketClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { autoPong });
      socket.once('open', () => resolve(new WebSocketClient(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request and does not wait. */
  send(method: string, ...params: unknown[]): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id: this.#nextId++, method, params }));
  }

  /** The next message, whatever it is. */
  next(): Promise<ServerMessage> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Sends a request and takes the next message as its answer. */
  async call(method: string, ...params: unknown[]): Promise<ServerMessage> {
    const id = this.#nextId;
    this.send(method, ...params);
    const message = await this.next();
    assert(message.id === id, `the next message is the answer, not ${JSON.stringify(message)}`);
    return message;
  }

  /** Resolves when the connection has ended. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === WebSocket.CLOSED) resolve();
      else this.socket.once('close', () => resolve());
    });
  }
}
