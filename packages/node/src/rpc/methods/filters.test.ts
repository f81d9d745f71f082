import { contractAddress, fromHex, runToEnd } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, testTransaction } from '../../../testing/chainKit.js';
import { ManualRuntime } from '../../../testing/manualRuntime.js';
import { counterDeployment, RpcKit } from '../../../testing/rpcKit.js';
import { WebSocketClient } from '../../../testing/webSocketClient.js';
import { FILTER_TIMEOUT_MS, MAX_FILTER_ENTRIES, MAX_FILTERS, MAX_FILTERS_PER_CLIENT } from '../limits.js';
import { Fanout } from './fanout.js';
import { Filters } from './filters.js';

/** A chain whose listeners are told what a test says. */
interface Emitting {
  emit(name: 'head', event: unknown): void;
}

const COUNTER = contractAddress(ALICE.address, 0);
let rpc: RpcKit;

beforeEach(async () => {
  rpc = await RpcKit.start();
});
afterEach(() => rpc.stop());

async function ask(method: string, ...params: unknown[]) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(rpc.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
}
const call = async (method: string, ...params: unknown[]) => {
  const { result, error } = await ask(method, ...params);
  expect(error).toBeUndefined();
  return result;
};
const deploy = () =>
  rpc.send(
    testTransaction(rpc.kit.genesis, ALICE, { to: null, value: 0n, data: counterDeployment(0), gasLimit: 1_000_000 }),
  );
const add = (nonce: number, amount: number) => {
  const data = fromHex(`0x1003e2d2${amount.toString(16).padStart(64, '0')}`);
  rpc.send(testTransaction(rpc.kit.genesis, BOB, { nonce, to: COUNTER, value: 0n, data, gasLimit: 200_000 }));
};
const counted = (value: number, removed: boolean) => ({
  address: COUNTER,
  data: `0x${value.toString(16).padStart(64, '0')}`,
  removed,
});

describe('filters', () => {
  test('of blocks give the hashes since the last question, those of a reorganisation too', async () => {
    const id = await call('eth_newBlockFilter');
    expect(await call('eth_getFilterChanges', id)).toEqual([]);
    const fork = await rpc.mine();
    const undone = await rpc.mine();
    expect(await call('eth_getFilterChanges', id)).toEqual([fork.hash, undone.hash]);
    expect(await call('eth_getFilterChanges', id)).toEqual([]);
    const branch = rpc.kit.mineMany(fork, 2, 'branch');
    for (const block of branch) await rpc.accept(block);
    expect(await call('eth_getFilterChanges', id)).toEqual(branch.map(({ hash }) => hash));
  });

  test('of pending transactions give their hashes', async () => {
    const id = await call('eth_newPendingTransactionFilter');
    const transactions = [ALICE, BOB, CAROL].map((account) => testTransaction(rpc.kit.genesis, account));
    for (const transaction of transactions) rpc.send(transaction);
    expect(await call('eth_getFilterChanges', id)).toEqual(transactions.map(({ hash }) => hash));
  });

  test('of logs give those that match, and again as removed when a reorganisation takes them away', async () => {
    deploy();
    const fork = await rpc.mine();
    const matching = await call('eth_newFilter', { address: COUNTER });
    const other = await call('eth_newFilter', { address: BOB.address });
    add(0, 3);
    add(1, 4);
    await rpc.mine();
    expect(await call('eth_getFilterChanges', matching)).toMatchObject([counted(3, false), counted(7, false)]);
    for (const block of rpc.kit.mineMany(fork, 2, 'branch')) await rpc.accept(block);
    expect(await call('eth_getFilterChanges', matching)).toMatchObject([counted(7, true), counted(3, true)]);
    expect(await call('eth_getFilterChanges', other)).toEqual([]);
  });

  test('of logs keep to numbers of blocks, and give all of them when asked', async () => {
    deploy();
    await rpc.mine();
    const id = await call('eth_newFilter', { address: COUNTER, fromBlock: '0x1', toBlock: '0x3' });
    for (let nonce = 0; nonce < 3; nonce++) {
      add(nonce, 1);
      await rpc.mine();
    }
    expect(await call('eth_getFilterChanges', id)).toMatchObject([counted(1, false), counted(2, false)]);
    expect(await call('eth_getFilterLogs', id)).toMatchObject([counted(1, false), counted(2, false)]);
    expect(await call('eth_getFilterLogs', id)).toHaveLength(2);
  });

  test('that follow no logs have none to give', async () => {
    const id = await call('eth_newBlockFilter');
    expect(await ask('eth_getFilterLogs', id)).toMatchObject({
      error: { code: -32000, message: expect.stringContaining('follows no logs') },
    });
  });

  test('of one block, or of a range that ends before it begins, are refused', async () => {
    expect(await ask('eth_newFilter', { blockHash: rpc.kit.genesis.hash })).toMatchObject({
      error: { code: -32602, message: expect.stringContaining('eth_getLogs') },
    });
    expect(await ask('eth_newFilter', { fromBlock: '0x5', toBlock: '0x4' })).toMatchObject({
      error: { code: -32602, message: expect.stringContaining('fromBlock 5 is above toBlock 4') },
    });
  });
});

describe('a filter ends', () => {
  const notFound = { error: { code: -32000, message: expect.stringContaining('filter not found') } };

  test('when it is removed, once', async () => {
    const id = await call('eth_newBlockFilter');
    expect(await call('eth_uninstallFilter', id)).toBe(true);
    expect(await call('eth_uninstallFilter', id)).toBe(false);
    expect(await ask('eth_getFilterChanges', id)).toMatchObject(notFound);
  });

  test('when nobody asks about it', async () => {
    const [asked, forgotten] = [await call('eth_newBlockFilter'), await call('eth_newBlockFilter')];
    rpc.runtime.advance(FILTER_TIMEOUT_MS);
    expect(await call('eth_getFilterChanges', asked)).toEqual([]);
    rpc.runtime.advance(1);
    expect(await call('eth_getFilterChanges', asked)).toEqual([]);
    expect(await ask('eth_getFilterChanges', forgotten)).toMatchObject(notFound);
  });

  test('when it holds too much', async () => {
    const id = await call('eth_newFilter', {});
    deploy();
    const { hash } = await rpc.mine();
    // Thousands of logs in a moment: the head event that a block full of them would give.
    const summary = rpc.chain.blockSummary(hash);
    const log = { address: COUNTER, topics: [], data: new Uint8Array(0) };
    const receipt = { gasUsed: 1, failure: null, logs: Array.from({ length: MAX_FILTER_ENTRIES }, () => log) };
    const event = (receipts: object[]) => ({
      head: rpc.chain.head,
      removed: [],
      added: [{ ...summary, receipts }],
      changedAccounts: 'all',
    });
    const emitHead = (head: unknown) => (rpc.chain as unknown as Emitting).emit('head', head);
    emitHead(event([receipt]));
    expect(await call('eth_getFilterChanges', id)).toHaveLength(MAX_FILTER_ENTRIES);
    emitHead(event([{ ...receipt, logs: [...receipt.logs, log] }]));
    expect(await ask('eth_getFilterChanges', id)).toMatchObject(notFound);
  });
});

describe('there are only so many filters', () => {
  const pending = { kind: 'newPendingTransactions', full: false } as const;
  const tableOf = () => {
    const runtime = new ManualRuntime(0);
    return { runtime, filters: new Filters(runtime, new Fanout()) };
  };
  const isThere = (filters: Filters, id: string) => {
    try {
      runToEnd(filters.of('anybody').takeEntries(id));
      return true;
    } catch {
      return false;
    }
  };

  test('of one client', async () => {
    const client = await WebSocketClient.open(rpc.webSocketUrl);
    for (let i = 0; i < MAX_FILTERS_PER_CLIENT; i++) {
      expect(await client.call('eth_newBlockFilter')).toHaveProperty('result');
    }
    expect(await client.call('eth_newPendingTransactionFilter')).toMatchObject({
      error: { code: -32000, message: expect.stringContaining(`${MAX_FILTERS_PER_CLIENT} filters`) },
    });
    expect(await call('eth_newBlockFilter')).toMatch(/^0x[1-9a-f]/);
    client.socket.terminate();
    const { filters, runtime } = tableOf();
    for (let i = 0; i < MAX_FILTERS_PER_CLIENT; i++) filters.of('192.0.2.7').add(pending);
    expect(() => filters.of('192.0.2.7').add(pending)).toThrow(`${MAX_FILTERS_PER_CLIENT} filters`);
    runtime.advance(FILTER_TIMEOUT_MS + 1);
    expect(filters.of('192.0.2.7').add(pending)).toMatch(/^0x[1-9a-f]/);
  });

  test('of all: who made most loses the one that it did not ask about for longest', () => {
    const { filters } = tableOf();
    const modest = filters.of('modest').add(pending);
    const made = ['greedy 1', 'greedy 2', 'greedy 3', 'greedy 4'].flatMap((client) =>
      Array.from({ length: client === 'greedy 4' ? MAX_FILTERS_PER_CLIENT - 1 : MAX_FILTERS_PER_CLIENT }, () =>
        filters.of(client).add(pending),
      ),
    );
    expect(made).toHaveLength(MAX_FILTERS - 1);
    const [first = '', second = ''] = made;
    runToEnd(filters.of('greedy 1').takeEntries(first));
    const late = filters.of('late').add(pending);
    expect(isThere(filters, second)).toBe(false);
    for (const id of [modest, first, late, ...made.slice(2)]) expect(isThere(filters, id), id).toBe(true);
  });

  test('where every connection is a client: who asks keeps its own, however many come', () => {
    const { filters } = tableOf();
    const honest = filters.of('honest').add(pending);
    for (let i = 0; i < 4 * MAX_FILTERS; i++) {
      filters.of(`stranger ${i}`).add(pending);
      if (i === 0) expect(isThere(filters, honest)).toBe(true);
    }
    expect(isThere(filters, honest)).toBe(true);
  });
});
