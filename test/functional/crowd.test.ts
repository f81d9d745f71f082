/**
 * One client holds everything that it can of a real node: places, half requests, unread answers, WebSockets that follow
 * everything and read nothing, filters. Another one asks meanwhile, follows heads and polls a filter.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocketClient } from '../../packages/node/testing/webSocketClient.js';
import { TestNetwork, testGenesis, waitUntil } from './framework.js';

const [MINER = ''] = PUBLISHED_ADDRESSES;
/** More than a node has places for. */
const CROWD = 300;
let network: TestNetwork;
let port: number;
const attack: Socket[] = [];
const clients: WebSocketClient[] = [];

beforeAll(async () => {
  network = await TestNetwork.create(testGenesis([MINER]), { nodes: 1, miners: [0] }, MINER);
  await network.start();
  port = Number(new URL(network.node(0).rpcUrl).port);
});
afterEach(() => {
  for (const socket of attack.splice(0)) socket.destroy();
  for (const { socket } of clients.splice(0)) socket.terminate();
});
afterAll(() => network.remove());

/** A connection that sends something and reads nothing. */
async function hold(text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  attack.push(socket);
  socket.on('error', () => {});
  socket.pause();
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const post = (body: string, length = body.length) =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
const call = (method: string, params: readonly unknown[] = []) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });

async function openWebSocket(): Promise<WebSocketClient> {
  const client = await WebSocketClient.open(`ws://127.0.0.1:${port}`);
  client.socket.on('error', () => {});
  clients.push(client);
  return client;
}

/** A WebSocket that subscribes as often as it may and then reads nothing; resolves when it has, or was closed. */
async function holdWebSocket(): Promise<WebSocketClient> {
  const client = await openWebSocket();
  const subscribed = async () => {
    for (let i = 0; i < 128; i++) client.send('eth_subscribe', i % 2 === 0 ? 'newHeads' : 'newPendingTransactions');
    for (let i = 0; i < 128; i++) await client.next();
    client.socket.pause();
  };
  await Promise.race([subscribed(), client.closed()]);
  return client;
}

/** What an honest client gets: a call on a connection of its own, as `curl` makes it. */
function ask(
  method: string,
  params: readonly unknown[] = [],
): Promise<{ result?: unknown; error?: { message: string } }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(call(method, params));
  });
}

async function askMany(count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect(await ask('eth_blockNumber')).toHaveProperty('result');
}

test('connections that say nothing, half a header, half a body', async () => {
  for (const text of ['', 'POST / HTTP/1.1\r\nHo', post('{"jsonrpc"', 500)]) {
    for (let i = 0; i < CROWD; i++) await hold(text);
    await askMany(5);
  }
});

test('answers that nobody reads, and requests sent ahead of them', async () => {
  const batch = post(`[${Array.from({ length: 100 }, () => call('rpc.discover')).join()}]`);
  for (let i = 0; i < 20; i++) await hold(batch);
  await askMany(5);
  for (let i = 0; i < CROWD; i++) await hold(post(call('eth_getLogs', [{}])).repeat(12));
  await askMany(5);
});

test('requests of those who leave at once', async () => {
  for (let i = 0; i < 3 * CROWD; i++) (await hold(post(call('eth_getLogs', [{}])))).destroy();
  // It waits for its turn as they do, and finds no places taken by work for nobody.
  for (let i = 0; i < 5; i++) expect(await ask('eth_getLogs', [{}])).toHaveProperty('result');
});

test('all filters', async () => {
  const { result: filter } = await ask('eth_newBlockFilter');
  for (let i = 0; i < CROWD; i++) {
    expect(await ask('eth_newPendingTransactionFilter')).toHaveProperty('result');
    if (i % 100 === 0) expect(await ask('eth_getFilterChanges', [filter])).toHaveProperty('result');
  }
  const { result: another } = await ask('eth_newBlockFilter');
  await waitUntil('both filters to tell of blocks', async () => {
    const changes = await Promise.all([filter, another].map((id) => ask('eth_getFilterChanges', [id])));
    return changes.every(({ result }) => (result as unknown[]).length > 0);
  });
});

test('WebSockets with all subscriptions that read nothing', async () => {
  const honest = await openWebSocket();
  await honest.call('eth_subscribe', 'newHeads');
  let heads = 0;
  honest.socket.on('message', () => {
    heads++;
  });
  const held = await Promise.all(Array.from({ length: 190 }, holdWebSocket));
  const isOpen = ({ socket }: WebSocketClient) => socket.readyState === socket.OPEN;
  expect(held.every(isOpen)).toBe(false);
  const before = heads;
  await waitUntil('five more heads to be told', async () => {
    await askMany(2);
    return heads >= before + 5;
  });
  expect(isOpen(honest)).toBe(true);
});

test('upgrades that are refused by those who stay', async () => {
  const upgrade = 'GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  for (let i = 0; i < CROWD; i++) await hold(upgrade);
  await askMany(5);
});
