/** A WebSocket whose client does not read, over a pair of streams that a test empties by hand. */
import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { atOnce } from '@wattchain/core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { ManualRuntime } from '../../../testing/manualRuntime.js';
import { silentLogger } from '../../base/log.js';
import { HELD_BYTES_THAT_COUNT, MAX_QUEUED_BYTES, NOTICE_BUFFER_BYTES } from '../limits.js';
import { Fanout } from '../methods/fanout.js';
import { Filters } from '../methods/filters.js';
import { type News, Notice } from '../methods/news.js';
import type { Dispatcher } from '../protocol/dispatcher.js';
import type { OpenConnection } from './connections.js';
import { WebSocketConnection } from './webSocketConnection.js';

/** What `ws` is to a connection: messages wait until the test takes them. */
class TestWebSocket extends EventEmitter {
  readyState = 1;
  isPaused = false;
  readonly waiting: { readonly text: string; readonly taken: () => void }[] = [];
  terminated = false;

  get bufferedAmount(): number {
    return this.waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  send(message: string | Buffer, _options: unknown, taken: () => void): void {
    this.waiting.push({ text: String(message), taken });
  }

  /** The client reads everything. */
  readAll(): number {
    const taken = this.waiting.splice(0);
    for (const message of taken) message.taken();
    return taken.length;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  ping(): void {}

  terminate(): void {
    this.terminated = true;
    this.readyState = 3;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const { random } = new ManualRuntime(0);
let webSocket: TestWebSocket;
let connection: WebSocketConnection;
let fanout: Fanout;
let held: number;
/** Bytes that came from the client. */
let came: number;
let answer: () => Promise<string | undefined>;

beforeEach(() => {
  webSocket = new TestWebSocket();
  fanout = new Fanout();
  held = 0;
  came = 0;
  answer = async () => undefined;
  const open = {
    isAtWork: false,
    socket: {
      get bytesRead() {
        return came;
      },
    },
    letGo: () => {},
    get unreadBytes() {
      return held;
    },
    expectReading: (bytes: number) => {
      held += bytes;
    },
    hasRead: () => {
      held = 0;
    },
    touch: () => {},
  };
  connection = new WebSocketConnection(webSocket as unknown as WebSocket, {
    open: open as unknown as OpenConnection,
    socket: new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }),
    who: {
      client: 'a',
      authorized: false,
      filters: new Filters(new ManualRuntime(0), fanout).of('a'),
      signal: new AbortController().signal,
      hold: () => {},
    },
    dispatcher: { respond: () => answer() } as unknown as Dispatcher,
    fanout,
    log: silentLogger,
    onActive: () => {},
    makeRoom: () => {},
  });
});

/** News whose one notice has so many bytes. */
function newsOf(bytes: number): News {
  const notices = [new Notice(() => 'x'.repeat(bytes))];
  return { kinds: ['newHeads'], noticesFor: () => atOnce(notices) };
}

describe('a subscriber that does not read', () => {
  beforeEach(() => {
    connection.subscriber.subscribe({ kind: 'newHeads' }, random);
    connection.subscriber.begin();
  });

  test('is sent what fits, has a time for it, and the rest when it has read', async () => {
    const tell = () => fanout.tell(connection.subscriber, newsOf(NOTICE_BUFFER_BYTES / 2));
    for (let i = 0; i < 5; i++) tell();
    await turn();
    await turn();
    expect(webSocket.waiting).toHaveLength(2);
    expect(held).toBe(webSocket.bufferedAmount);
    tell();
    await turn();
    expect(webSocket.waiting).toHaveLength(2);
    for (const [read, heldAfter] of [
      [2, 0],
      [2, 0],
      [2, 0],
    ]) {
      expect(webSocket.readAll()).toBe(read);
      expect(held).toBe(heldAfter);
      await turn();
    }
    expect(webSocket.waiting).toEqual([]);
    expect(webSocket.terminated).toBe(false);
  });

  test('of which a part was read has no time anew', async () => {
    fanout.tell(connection.subscriber, newsOf(1_000));
    fanout.tell(connection.subscriber, newsOf(1_000));
    await turn();
    const before = held;
    expect(before).toBe(webSocket.bufferedAmount);
    webSocket.waiting.shift()?.taken();
    expect(held).toBe(before);
  });
});

test('requests that wait are limited by their bytes: the node reads no more until they are answered', async () => {
  let finish = () => {};
  answer = () =>
    new Promise((resolve) => {
      finish = () => resolve(undefined);
    });
  webSocket.emit('message', Buffer.from('first'));
  webSocket.emit('message', Buffer.from(' '.repeat(MAX_QUEUED_BYTES - 1)));
  expect(webSocket.isPaused).toBe(false);
  webSocket.emit('message', Buffer.from('x'));
  expect(webSocket.isPaused).toBe(true);
  finish();
  await turn();
  expect(webSocket.isPaused).toBe(true);
  finish();
  await turn();
  expect(webSocket.isPaused).toBe(false);
});

describe('a message in parts', () => {
  /** A time between pings passes, in which so many bytes come; the client answers the ping. */
  const pass = (bytes: number) => {
    came += bytes;
    connection.ping();
    came += 6;
    webSocket.emit('pong', Buffer.alloc(0));
  };

  test('has to be complete by the second ping after its beginning', () => {
    pass(HELD_BYTES_THAT_COUNT + 100);
    expect(webSocket.terminated).toBe(false);
    pass(1);
    expect(webSocket.terminated).toBe(true);
  });

  test('that comes to its end costs nothing, nor do pongs', () => {
    for (let i = 0; i < 5; i++) {
      pass(HELD_BYTES_THAT_COUNT + 100);
      came += HELD_BYTES_THAT_COUNT;
      webSocket.emit('message', Buffer.from('whole'));
    }
    for (let i = 0; i < HELD_BYTES_THAT_COUNT; i++) pass(0);
    expect(webSocket.terminated).toBe(false);
  });
});
