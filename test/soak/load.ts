/** What users and peers do to a network while it is soaked. Everything goes on until it is stopped. */
import type { Transaction } from '@wattchain/core';
import { toHex } from '@wattchain/core';
import { ownCodes } from '../../bench/src/trades/contractCodes.js';
import { GROUP, setUpTransactions, tradeTransactions } from '../../bench/src/trades/tradeWorkload.js';
import { WebSocketClient } from '../../packages/node/testing/webSocketClient.js';
import { Adversary } from '../functional/adversaries.js';
import { type TestNode, waitUntil } from '../functional/framework.js';

/** What was done. */
export interface LoadCounts {
  transactionsMined: number;
  /** Asked to fill caches. */
  questions: number;
  resent: number;
  restarts: number;
  clients: number;
  hostileConnections: number;
}

/** What the parts of the load share. */
export interface Room {
  readonly nodes: readonly TestNode[];
  readonly genesis: object;
  readonly counts: LoadCounts;
  readonly isOver: () => boolean;
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits in short steps, so that the end is not waited for. */
async function rest({ isOver }: Room, ms: number): Promise<void> {
  for (let left = ms; left > 0 && !isOver(); left -= 250) await sleep(Math.min(250, left));
}

/** Transactions of a group are sent so far apart. */
const SEND_MS = 400;
/** What is not mined after so long is sent again: the node that had it alone may have been stopped. */
const RESEND_MS = 60_000;

/** Sends transactions to nodes in turns and waits until all are in blocks. */
export async function mine(room: Room, transactions: readonly Transaction[], pauseMs: number): Promise<void> {
  const { nodes, counts, isOver } = room;
  let turn = 0;
  const send = async (transaction: Transaction) => {
    turn += 1;
    const node = nodes[turn % nodes.length] as TestNode;
    // A node that is down, or that knows it already.
    await node.rpc('eth_sendRawTransaction', [toHex(transaction.raw)]).catch(() => undefined);
  };
  for (const transaction of transactions) {
    if (isOver()) return;
    await send(transaction);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  let left = [...transactions];
  let sentMs = performance.now();
  while (left.length > 0 && !isOver()) {
    await rest(room, 1_000);
    const nonces = new Map<string, number>();
    for (const { sender } of left) {
      if (nonces.has(sender)) continue;
      const count = await (nodes[0] as TestNode)
        .rpc<string>('eth_getTransactionCount', [sender, 'latest'])
        .catch(() => '0x0');
      nonces.set(sender, Number(count));
    }
    left = left.filter(({ sender, nonce }) => nonce >= (nonces.get(sender) ?? 0));
    if (performance.now() - sentMs < RESEND_MS) continue;
    counts.resent += left.length;
    for (const transaction of left) await send(transaction);
    sentMs = performance.now();
  }
  counts.transactionsMined += transactions.length - left.length;
}

/** Contracts, households with meters and tokens, then offers, acceptances and transfers without end. */
export async function trade(room: Room, startS: number): Promise<void> {
  const setUp = setUpTransactions(ownCodes(), startS);
  // In the order in which they build on each other: contracts, then what the operator does, then households.
  const [operator] = setUp;
  const isOperators = ({ sender }: Transaction) => sender === operator?.sender;
  await mine(room, setUp.filter(isOperators), 0);
  await mine(
    room,
    setUp.filter((transaction) => !isOperators(transaction)),
    0,
  );
  const endless = tradeTransactions(startS);
  while (!room.isOver())
    await mine(
      room,
      Array.from({ length: GROUP }, () => endless.next().value),
      SEND_MS,
    );
}

/** How long the churning node is up, and how long it is away. */
const UP_MS = 45_000;
const DOWN_MS = 8_000;
const ENDINGS = ['SIGTERM', 'SIGKILL', 'SIGINT'] as const;

/** Stops a node in one way or another and starts it again. */
export async function churn(room: Room, node: TestNode): Promise<void> {
  for (let round = 0; !room.isOver(); round++) {
    await rest(room, UP_MS);
    if (room.isOver()) return;
    await node.end(ENDINGS[round % ENDINGS.length] as (typeof ENDINGS)[number]);
    await rest(room, DOWN_MS);
    await node.start();
    room.counts.restarts += 1;
  }
}

const CLIENTS_AT_ONCE = 8;
const CLIENT_MS = 4_000;

/** Clients that come, subscribe, make filters, ask, and go: by closing, or without a word. */
export async function visit(room: Room): Promise<void> {
  for (let round = 0; !room.isOver(); round++) {
    await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, (_, i) => visitOnce(room, round * CLIENTS_AT_ONCE + i)));
    await rest(room, 1_000);
  }
}

/** Always the same blocks: what is asked for does not become more while the chain grows, or memory in use would. */
const ASKED_BLOCKS = { fromBlock: '0x0', toBlock: '0x80' };

const QUESTIONS: readonly (readonly [method: string, ...params: unknown[]])[] = [
  ['eth_subscribe', 'newHeads'],
  ['eth_subscribe', 'logs', {}],
  ['eth_newFilter', { fromBlock: 'latest' }],
  ['eth_newBlockFilter'],
  ['eth_getBlockByNumber', 'latest', true],
  ['eth_getLogs', ASKED_BLOCKS],
  ['watt_status'],
];

async function visitOnce(room: Room, number: number): Promise<void> {
  const node = room.nodes[number % room.nodes.length] as TestNode;
  // A node that is down refuses, and one that ends breaks off.
  const client = await WebSocketClient.open(node.rpcUrl.replace(/^http/, 'ws')).catch(() => undefined);
  client?.socket.on('error', () => {});
  for (const [method, ...params] of QUESTIONS) client?.send(method, ...params);
  await rest(room, CLIENT_MS);
  if (number % 3 === 0) client?.socket.terminate();
  else client?.socket.close();
  room.counts.clients += 1;
}

const HOSTILE_MS = 60_000;
const MANNERS = ['silent', 'busy'] as const;

/** Peers that claim much work and are silent or busy: one comes when the other is gone. */
export async function lie(room: Room): Promise<void> {
  for (let round = 0; !room.isOver(); round++) {
    const adversary = await Adversary.liar(MANNERS[round % 2] as (typeof MANNERS)[number], room.genesis, room.nodes);
    await rest(room, HOSTILE_MS);
    room.counts.hostileConnections += adversary.connectionsMade;
    await adversary.stop();
    await rest(room, HOSTILE_MS / 4);
  }
}

/** Waits until every node has so many blocks. */
export async function waitForHeight(nodes: readonly TestNode[], height: number): Promise<void> {
  await waitUntil(`all nodes to reach block ${height}`, async () => {
    const heights = await Promise.all(nodes.map((node) => node.height()));
    return heights.every((each) => each >= height);
  });
}
