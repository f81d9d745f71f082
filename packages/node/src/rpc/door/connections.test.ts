/** Who gives up a connection, and when: real sockets on a free port, clients that a test names, time by hand. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { assert } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualRuntime } from '../../../testing/manualRuntime.js';
import { silentLogger } from '../../base/log.js';
import {
  HEADERS_TIMEOUT_MS,
  MAX_HELD_BYTES,
  MAX_PIPELINED_REQUESTS,
  MAX_SOCKETS,
  MAX_SOCKETS_PER_CLIENT,
  MAX_WEB_SOCKETS,
  MIN_READ_BYTES_PER_SECOND,
  READING_TIMEOUT_MS,
  SWEEP_MS,
} from '../limits.js';
import { Connections, type OpenConnection } from './connections.js';

let server: Server;
let runtime: ManualRuntime;
let connections: Connections;
let joining = '';
let peers: Socket[];

beforeEach(async () => {
  runtime = new ManualRuntime(0);
  connections = new Connections({ clientOf: () => joining, scheduler: runtime.scheduler, log: silentLogger });
  connections.start();
  peers = [];
  server = createServer((socket) => connections.accept(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  connections.stop();
  for (const peer of peers) peer.destroy();
  server.close();
});

/** A client connects. */
async function join(client: string): Promise<OpenConnection> {
  joining = client;
  const accepted = once(server, 'connection');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  peer.on('error', () => {});
  peers.push(peer);
  const [socket] = (await accepted) as [Socket];
  const connection = connections.find(socket);
  assert(connection !== undefined, 'it has a place at once');
  return connection;
}

async function joinMany(client: string, count: number): Promise<OpenConnection[]> {
  const joined: OpenConnection[] = [];
  for (let i = 0; i < count; i++) joined.push(await join(client));
  return joined;
}

const isOpen = ({ socket }: OpenConnection) => !socket.destroyed;
const closed = (all: readonly OpenConnection[]) => all.flatMap((connection, at) => (isOpen(connection) ? [] : [at]));

describe('places', () => {
  test('go to whoever comes: the client that has most gives up the one that rested longest', async () => {
    const modest = await join('modest');
    const greedy = await joinMany('greedy', MAX_SOCKETS_PER_CLIENT);
    const others = await joinMany('other', MAX_SOCKETS - MAX_SOCKETS_PER_CLIENT - 1);
    greedy[0]?.rest();
    const late = await join('late');
    expect([modest, late, ...others].filter(isOpen)).toHaveLength(others.length + 2);
    expect(closed(greedy)).toEqual([1]);
    expect(connections.size).toBe(MAX_SOCKETS);
  });

  test('of one client are limited: it gives up one of its own', async () => {
    const modest = await join('modest');
    const greedy = await joinMany('greedy', MAX_SOCKETS_PER_CLIENT + 2);
    expect(closed(greedy)).toEqual([0, 1]);
    expect(isOpen(modest)).toBe(true);
  });

  test('are taken from those who let the node wait before those whom it works for', async () => {
    const all: OpenConnection[] = [];
    for (let i = 0; i < MAX_SOCKETS; i++) all.push(await join(`client ${i}`));
    all[0]?.work();
    const late = await join('late');
    expect(closed(all)).toEqual([1]);
    for (const connection of [...all, late]) connection.work();
    const stillOpen = all.filter(isOpen);
    await join('later');
    expect(closed(stillOpen)).toEqual([0]);
  });

  test('of WebSockets and of requests are apart', async () => {
    const webSockets: OpenConnection[] = [];
    for (let i = 0; i < MAX_WEB_SOCKETS; i++) {
      webSockets.push(await join(`client ${i}`));
      webSockets[i]?.becomeWebSocket();
    }
    for (let i = 0; i < 2 * MAX_SOCKETS; i++) await join(`stranger ${i}`);
    expect(closed(webSockets)).toEqual([]);
    webSockets[0]?.touch();
    const one = await join('one more');
    one.becomeWebSocket();
    expect(closed(webSockets)).toEqual([1]);
    expect(isOpen(one)).toBe(true);
  });
});

describe('time', () => {
  const advance = (ms: number) => runtime.advance(ms);

  test('for the first headers runs from connecting, whatever trickles in', async () => {
    const connection = await join('slow');
    advance(HEADERS_TIMEOUT_MS);
    expect(isOpen(connection)).toBe(true);
    advance(SWEEP_MS);
    expect(isOpen(connection)).toBe(false);
    expect(connections.size).toBe(0);
  });

  test('for later ones from their first byte; a rest has none', async () => {
    const connection = await join('slow');
    const [peer] = peers;
    connection.work();
    connection.rest();
    advance(10 * HEADERS_TIMEOUT_MS);
    expect(isOpen(connection)).toBe(true);
    peer?.write('P');
    await once(connection.socket, 'readable');
    connection.socket.read();
    advance(HEADERS_TIMEOUT_MS + SWEEP_MS);
    expect(isOpen(connection)).toBe(true);
    advance(SWEEP_MS);
    expect(isOpen(connection)).toBe(false);
  });

  test('is not counted while the node works', async () => {
    const connection = await join('patient');
    connection.work();
    advance(100 * HEADERS_TIMEOUT_MS);
    expect(isOpen(connection)).toBe(true);
  });

  test('for reading grows with what there is to read, and what comes meanwhile gives none anew', async () => {
    const seconds = 20;
    const [reader, stalled] = [await join('reader'), await join('stalled')];
    for (const connection of [reader, stalled]) {
      connection.work();
      connection.expectReading(seconds * MIN_READ_BYTES_PER_SECOND);
    }
    advance(READING_TIMEOUT_MS + (seconds / 2) * 1000);
    stalled.expectReading(MIN_READ_BYTES_PER_SECOND);
    reader.hasRead();
    advance((seconds / 2 + 1) * 1000);
    expect(isOpen(stalled)).toBe(true);
    advance(SWEEP_MS);
    expect(isOpen(stalled)).toBe(false);
    advance(READING_TIMEOUT_MS * 100);
    expect(isOpen(reader)).toBe(true);
  });
});

describe('bytes that are held for clients', () => {
  test('are limited: who rested longest goes, who has read keeps its place', async () => {
    const [young, oldest, small] = [await join('a'), await join('b'), await join('c')];
    for (const connection of [young, oldest, small]) connection.work();
    const half = MAX_HELD_BYTES / 2;
    small.expectReading(1_000);
    small.rest();
    oldest.expectReading(half);
    oldest.rest();
    young.expectReading(half - 1_000);
    young.rest();
    expect([young, oldest, small].every(isOpen)).toBe(true);
    const next = await join('d');
    next.work();
    next.expectReading(100_000);
    expect([young, oldest, small, next].map(isOpen)).toEqual([true, false, true, true]);
    // What was held for it is free.
    next.expectReading(half - 200_000);
    expect(isOpen(young)).toBe(true);
    // A late word of a connection that is gone changes nothing.
    oldest.hasRead();
    next.expectReading(200_000);
    expect(isOpen(young)).toBe(false);
  });

  test('of work in progress count too; the oldest goes when nobody else holds anything', async () => {
    const [first, second, idle] = [await join('a'), await join('b'), await join('c')];
    for (const connection of [first, second]) connection.work();
    first.hold(MAX_HELD_BYTES / 2);
    second.hold(MAX_HELD_BYTES / 2);
    expect([first, second, idle].every(isOpen)).toBe(true);
    second.hold(1);
    expect([first, second, idle].map(isOpen)).toEqual([false, true, true]);
    expect([first, second].map(({ signal }) => signal.aborted)).toEqual([true, false]);
    second.letGo();
    expect(second.heldBytes).toBe(0);
    second.hold(MAX_HELD_BYTES);
    expect(isOpen(second)).toBe(true);
  });
});

describe('requests of one connection', () => {
  test('are answered one after the other, and not when it is gone', async () => {
    const connection = await join('a');
    const seen: string[] = [];
    let finish = () => {};
    const first = connection.inTurn(
      () =>
        new Promise((resolve) => {
          finish = resolve;
          seen.push('first');
        }),
    );
    const second = connection.inTurn(async () => {
      seen.push('second');
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['first']);
    finish();
    await Promise.all([first, second]);
    expect(seen).toEqual(['first', 'second']);
    const third = connection.inTurn(async () => connection.socket.destroy() as unknown as undefined);
    const fourth = connection.inTurn(async () => {
      seen.push('fourth');
    });
    await Promise.all([third, fourth]);
    expect(seen).toEqual(['first', 'second']);
  });

  test('that it sends ahead are limited', async () => {
    const connection = await join('a');
    for (let i = 0; i < MAX_PIPELINED_REQUESTS; i++) void connection.inTurn(() => new Promise(() => {}));
    expect(isOpen(connection)).toBe(true);
    await connection.inTurn(async () => {});
    expect(isOpen(connection)).toBe(false);
  });
});
