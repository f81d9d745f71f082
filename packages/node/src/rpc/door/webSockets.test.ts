import { contractAddress, fromHex, textToBytes } from '@wattchain/core';
import { id } from 'ethers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, testTransaction } from '../../../testing/chainKit.js';
import { counterDeployment, RpcKit } from '../../../testing/rpcKit.js';
import { WebSocketClient } from '../../../testing/webSocketClient.js';
import { type Logger, silentLogger } from '../../base/log.js';
import { MAX_ALL_SUBSCRIPTIONS, MAX_SUBSCRIPTIONS, PING_INTERVAL_MS, SYNC_CHECK_MS } from '../limits.js';

const COUNTED_TOPIC = id('Counted(address,uint256)');
const COUNTER_ADDRESS = contractAddress(ALICE.address, 0);
const ADD = id('add(uint256)').slice(0, 10);

let rpc: RpcKit;
let warned: Promise<string>;
let client: WebSocketClient;

beforeEach(async () => {
  let warn: (message: string) => void = () => {};
  warned = new Promise((resolve) => {
    warn = resolve;
  });
  const log: Logger = { ...silentLogger, warn: (_, message) => warn(message), child: () => log };
  rpc = await RpcKit.start({ log });
  client = await WebSocketClient.open(rpc.webSocketUrl);
});
afterEach(async () => {
  client.socket.terminate();
  await rpc.stop();
});

const deploy = () =>
  rpc.send(
    testTransaction(rpc.kit.genesis, ALICE, { to: null, value: 0n, data: counterDeployment(0), gasLimit: 1_000_000 }),
  );
const add = (nonce: number, amount: number) => {
  const data = fromHex(`${ADD}${amount.toString(16).padStart(64, '0')}`);
  const call = testTransaction(rpc.kit.genesis, BOB, {
    nonce,
    to: COUNTER_ADDRESS,
    value: 0n,
    data,
    gasLimit: 200_000,
  });
  rpc.send(call);
  return call;
};

describe('requests', () => {
  test('are answered in the order in which they came', async () => {
    for (const method of ['eth_chainId', 'eth_getLogs', 'net_version'])
      client.send(method, ...(method === 'eth_getLogs' ? [{}] : []));
    expect([await client.next(), await client.next(), await client.next()]).toMatchObject([
      { id: 1, result: '0x1312d01' },
      { id: 2, result: [] },
      { id: 3, result: '20000001' },
    ]);
  });

  test('control methods need the token here too', async () => {
    expect(await client.call('watt_setMining', true)).toMatchObject({ error: { code: 4100 } });
  });

  test('a message above the limit ends the connection and nothing else', async () => {
    client.socket.on('error', () => {});
    client.socket.send(`"${'a'.repeat(1024 * 1024)}"`);
    await client.closed();
    const other = await WebSocketClient.open(rpc.webSocketUrl);
    expect(await other.call('eth_blockNumber')).toMatchObject({ result: '0x0' });
    other.socket.terminate();
  });
});

describe('subscriptions', () => {
  test('newHeads sends headers without transactions', async () => {
    const { result: subscription } = await client.call('eth_subscribe', 'newHeads');
    const block = await rpc.mine();
    const { params } = await client.next();
    expect(params).toMatchObject({
      subscription,
      result: { number: '0x1', hash: block.hash, parentHash: rpc.kit.genesis.hash, logsBloom: `0x${'00'.repeat(256)}` },
    });
    expect(params?.result).not.toHaveProperty('transactions');
  });

  test('newPendingTransactions sends hashes, or whole transactions when asked', async () => {
    await client.call('eth_subscribe', 'newPendingTransactions');
    await client.call('eth_subscribe', 'newPendingTransactions', true);
    const transaction = testTransaction(rpc.kit.genesis, ALICE);
    rpc.send(transaction);
    expect((await client.next()).params?.result).toBe(transaction.hash);
    expect((await client.next()).params?.result).toMatchObject({
      hash: transaction.hash,
      blockHash: null,
      from: ALICE.address,
    });
  });

  test('logs come with their block, and again as removed when a reorganisation takes it away', async () => {
    deploy();
    const fork = await rpc.mine();
    const { result: all } = await client.call('eth_subscribe', 'logs', {});
    const { result: counted } = await client.call('eth_subscribe', 'logs', { topics: [COUNTED_TOPIC] });
    await client.call('eth_subscribe', 'logs', { address: BOB.address });
    const [first, second] = [add(0, 3), add(1, 4)];
    const undone = await rpc.mine();
    const shape = (subscription: unknown, hash: string, value: number, removed: boolean) => ({
      subscription,
      result: {
        address: COUNTER_ADDRESS,
        data: `0x${value.toString(16).padStart(64, '0')}`,
        blockHash: undone.hash,
        transactionHash: hash,
        logIndex: value === 3 ? '0x0' : '0x1',
        removed,
      },
    });
    for (const subscription of [all, counted]) {
      expect((await client.next()).params).toMatchObject(shape(subscription, first.hash, 3, false));
      expect((await client.next()).params).toMatchObject(shape(subscription, second.hash, 7, false));
    }

    const branch = rpc.kit.mineMany(fork, 2, 'branch');
    for (const block of branch) await rpc.accept(block);
    for (const subscription of [all, counted]) {
      expect((await client.next()).params).toMatchObject(shape(subscription, second.hash, 7, true));
      expect((await client.next()).params).toMatchObject(shape(subscription, first.hash, 3, true));
    }

    expect(await client.call('eth_getLogs', { fromBlock: 'earliest' })).toMatchObject({ result: [] });
    expect(await client.call('eth_getLogs', { blockHash: undone.hash })).toMatchObject({
      error: { code: -32000, message: expect.stringContaining('header not found') },
    });
    expect(await client.call('eth_getTransactionReceipt', first.hash)).toMatchObject({ result: null });
    expect(await client.call('eth_getBlockByHash', undone.hash, false)).toMatchObject({
      result: { hash: undone.hash },
    });
    expect(await client.call('watt_transactionStatus', first.hash)).toMatchObject({ result: { status: 'waiting' } });
  });

  test('syncing tells when the node begins to catch up, and when it is done', async () => {
    const { result: subscription } = await client.call('eth_subscribe', 'syncing');
    rpc.runtime.advance(SYNC_CHECK_MS);
    rpc.syncing = true;
    rpc.runtime.advance(SYNC_CHECK_MS);
    const status = { startingBlock: '0x0', currentBlock: '0x0', highestBlock: '0x5a' };
    expect((await client.next()).params).toEqual({ subscription, result: { syncing: true, status } });
    rpc.runtime.advance(SYNC_CHECK_MS);
    rpc.syncing = false;
    rpc.runtime.advance(SYNC_CHECK_MS);
    expect((await client.next()).params).toEqual({ subscription, result: false });
  });

  test('end when asked to, once', async () => {
    const { result: subscription } = await client.call('eth_subscribe', 'newHeads');
    expect(await client.call('eth_unsubscribe', subscription)).toMatchObject({ result: true });
    expect(await client.call('eth_unsubscribe', subscription)).toMatchObject({ result: false });
    await rpc.mine();
    expect(await client.call('eth_blockNumber')).toMatchObject({ result: '0x1' });
  });

  test('are bounded, of known kinds, and each connection has its own', async () => {
    expect(await client.call('eth_subscribe', 'newBlocks')).toMatchObject({ error: { code: -32602 } });
    expect(await client.call('eth_subscribe', 'logs', true)).toMatchObject({ error: { code: -32602 } });
    for (let i = 0; i < MAX_SUBSCRIPTIONS; i++) await client.call('eth_subscribe', 'logs', { address: BOB.address });
    expect(await client.call('eth_subscribe', 'newHeads')).toMatchObject({ error: { code: -32000 } });
    const other = await WebSocketClient.open(rpc.webSocketUrl);
    expect(await other.call('eth_subscribe', 'newHeads')).toHaveProperty('result');
    other.socket.terminate();
  });
});

describe('clients that do not keep up', () => {
  test('one that asks and does not read is dropped', async () => {
    rpc.send(
      testTransaction(rpc.kit.genesis, ALICE, {
        data: textToBytes('x'.repeat(60_000)),
        gasLimit: 1_500_000,
        to: BOB.address,
      }),
    );
    await rpc.mine();
    client.socket.pause();
    for (let i = 0; i < 200; i++) client.send('eth_getBlockByNumber', 'latest', true);
    expect(await warned).toContain('reads too slowly');
    client.socket.resume();
    await client.closed();
  });

  test('one that answers pings stays, one that does not is dropped', async () => {
    const dead = await WebSocketClient.open(rpc.webSocketUrl, { autoPong: false });
    const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
    rpc.runtime.advance(PING_INTERVAL_MS);
    await pinged;
    // The pong went out before this request, so it has arrived when the answer comes.
    await client.call('eth_chainId');
    rpc.runtime.advance(PING_INTERVAL_MS);
    await dead.closed();
    expect(await client.call('eth_chainId')).toHaveProperty('result');
  });

  test('subscriptions of all are limited: the WebSocket that rested longest of whoever has most is closed', async () => {
    await client.call('eth_subscribe', 'newHeads');
    const greedy: WebSocketClient[] = [];
    for (let all = 1; all < MAX_ALL_SUBSCRIPTIONS; all += MAX_SUBSCRIPTIONS) {
      const other = await WebSocketClient.open(rpc.webSocketUrl);
      greedy.push(other);
      const count = Math.min(MAX_SUBSCRIPTIONS, MAX_ALL_SUBSCRIPTIONS - all);
      for (let i = 0; i < count; i++) other.send('eth_subscribe', 'newHeads');
      for (let i = 0; i < count; i++) expect(await other.next()).toHaveProperty('result');
    }
    const [active, resting] = greedy as [WebSocketClient, WebSocketClient];
    await active.call('eth_chainId');
    expect(await client.call('eth_subscribe', 'logs', {})).toHaveProperty('result');
    await resting.closed();
    expect(greedy.filter(({ socket }) => socket.readyState === socket.OPEN)).toHaveLength(greedy.length - 1);
    await rpc.mine();
    expect((await client.next()).params?.result).toMatchObject({ number: '0x1' });
    for (const { socket } of greedy) socket.terminate();
  });

  test('all are let go when the server stops', async () => {
    await rpc.server.stop();
    await client.closed();
  });
});
