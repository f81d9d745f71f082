import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, testTransaction } from '../../../testing/chainKit.js';
import { ManualRuntime } from '../../../testing/manualRuntime.js';
import { rawHttp } from '../../../testing/rawHttp.js';
import { RpcKit } from '../../../testing/rpcKit.js';
import { silentLogger } from '../../base/log.js';
import { Fanout } from '../methods/fanout.js';
import { Filters } from '../methods/filters.js';
import { METHOD_TABLE } from '../methods/methodTable.js';
import type { RpcBackend } from './backend.js';
import { type Caller, Dispatcher, lengthOf } from './dispatcher.js';
import type { Method } from './method.js';

let rpc: RpcKit;
beforeAll(async () => {
  rpc = await RpcKit.start();
});
afterAll(() => rpc.stop());

const post = (body: string) => rawHttp({ url: rpc.url, headers: { 'content-type': 'application/json' }, body });
const answer = async (body: unknown) =>
  JSON.parse((await post(typeof body === 'string' ? body : JSON.stringify(body))).body) as unknown;
const call = (method: string, ...params: unknown[]) => answer({ jsonrpc: '2.0', id: 1, method, params });
const refused = (code: number, message: string) => ({
  jsonrpc: '2.0',
  id: 1,
  error: { code, message: expect.stringContaining(message) },
});
const ADDRESS = `0x${'11'.repeat(20)}`;

describe('JSON-RPC 2.0', () => {
  test('text that is not JSON', async () => {
    expect(await answer('{"jsonrpc"')).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await answer('['.repeat(50))).toMatchObject({
      id: null,
      error: { code: -32700, message: expect.stringContaining('32') },
    });
  });

  test.each([
    [1, null],
    [true, null],
    [null, null],
    [{}, null],
    [{ jsonrpc: '2.0', id: 1 }, 1],
    [{ jsonrpc: '2.0', id: 1, method: 5 }, 1],
    [{ jsonrpc: '1.0', id: 'a', method: 'eth_chainId' }, 'a'],
    [{ id: 1, method: 'eth_chainId' }, 1],
    [{ jsonrpc: '2.0', id: {}, method: 'eth_chainId' }, null],
    [[], null],
  ])('%j is no request', async (body, id) => {
    expect(await answer(body)).toEqual({ jsonrpc: '2.0', id, error: { code: -32600, message: expect.any(String) } });
  });

  test('parameters go by position', async () => {
    expect(await answer({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: {} })).toEqual(
      refused(-32602, 'by position'),
    );
    expect(await answer({ jsonrpc: '2.0', id: 1, method: 'eth_chainId' })).toHaveProperty('result');
  });

  test('notifications get no answer', async () => {
    expect(await post('{"jsonrpc":"2.0","method":"eth_chainId"}')).toMatchObject({ status: 204, body: '' });
    expect(await post('{"jsonrpc":"2.0","method":"unknown"}')).toMatchObject({ status: 204, body: '' });
  });

  test('ids come back as they were', async () => {
    for (const id of [0, -1, 1.5, 'a', '', null]) {
      expect(await answer({ jsonrpc: '2.0', id, method: 'net_version' })).toEqual({
        jsonrpc: '2.0',
        id,
        result: '20000001',
      });
    }
  });

  test('an id that would come back as another number is refused', async () => {
    for (const id of ['9007199254740993', '-9007199254740993', '1e16', '18446744073709551615']) {
      expect(await answer(`{"jsonrpc":"2.0","id":${id},"method":"net_version"}`)).toEqual({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32600, message: expect.stringContaining('given back exactly: at most 2^53 − 1') },
      });
    }
    const largest = '9007199254740991';
    expect(await answer(`{"jsonrpc":"2.0","id":${largest},"method":"net_version"}`)).toHaveProperty(
      'id',
      Number(largest),
    );
    expect(await answer('{"jsonrpc":"2.0","id":"9007199254740993","method":"net_version"}')).toHaveProperty(
      'id',
      '9007199254740993',
    );
  });

  test('a batch is answered in order, notifications left out, each fault by itself', async () => {
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'eth_blockNumber' },
      { jsonrpc: '2.0', method: 'eth_chainId' },
      { jsonrpc: '2.0', id: 2, method: 'nothing' },
      3,
    ];
    expect(await answer(batch)).toMatchObject([
      { id: 1, result: '0x0' },
      { id: 2, error: { code: -32601 } },
      { id: null, error: { code: -32600 } },
    ]);
    expect(await post(JSON.stringify([batch[1]]))).toMatchObject({ status: 204 });
  });

  test('a batch of more than 100 is refused whole', async () => {
    const batch = Array.from({ length: 101 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'eth_chainId' }));
    expect(await answer(batch)).toMatchObject({
      id: null,
      error: { code: -32600, message: expect.stringContaining('100') },
    });
    expect(await answer(batch.slice(1))).toHaveLength(100);
  });

  test("unknown methods are told in geth's words, prototype names too", async () => {
    for (const method of [
      'eth_fillTransaction',
      'eth_blobBaseFee',
      'no_such_method',
      '__proto__',
      'constructor',
      'toString',
    ]) {
      expect(await call(method)).toEqual(refused(-32601, `the method ${method} does not exist/is not available`));
    }
  });

  test('an absent method of the specification says why it is', async () => {
    expect(await call('eth_sendTransaction', {})).toEqual(refused(-32601, 'sign on your side'));
    expect(await call('eth_blobBaseFee')).toEqual(refused(-32601, 'there are no blobs'));
    expect(await call('evm_snapshot')).toEqual(refused(-32601, '`wattchain dev` has most of them'));
  });

  test('prototype keys in parameters change nothing', async () => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"__proto__":{"to":"${ADDRESS}"},"constructor":1},"latest"]}`;
    expect(await answer(body)).toMatchObject({ id: 1, error: { code: 3 } });
    expect(({} as Record<string, unknown>).to).toBeUndefined();
  });
});

describe('parameters', () => {
  test.each<[string, unknown[], string]>([
    ['eth_getBalance', [], 'eth_getBalance, parameter 1 (address) is missing: it takes an address'],
    ['eth_getBalance', [null], 'parameter 1 (address) is missing'],
    ['eth_getBalance', ['0x12'], 'parameter 1 (address): '],
    ['eth_getBalance', [5], 'got 5'],
    ['eth_getBalance', ['0x52908400098527886E0F7030069857D2E4169Ee7'], 'parameter 1 (address): '],
    [
      'eth_getBalance',
      [ADDRESS, 'newest'],
      'parameter 2 (block): expected a block number such as "0x1f" or one of latest',
    ],
    ['eth_getBalance', [ADDRESS, 5], 'got 5'],
    ['eth_getBalance', [ADDRESS, '0x05'], 'without leading zeros'],
    ['eth_getBalance', [ADDRESS, '0x'], 'without leading zeros'],
    ['eth_getBalance', [ADDRESS, '0xffffffffffffffff'], 'too large'],
    ['eth_getBalance', [ADDRESS, {}], 'either "blockHash" or "blockNumber"'],
    ['eth_getBalance', [ADDRESS, 'latest', 1], 'takes at most 2 parameters, got 3'],
    ['eth_getBlockByHash', ['0x12', true], 'parameter 1 (hash): expected a hash'],
    ['eth_getBlockByNumber', ['latest', 'yes'], 'parameter 2 (full): expected true or false; got "yes"'],
    ['eth_getStorageAt', [ADDRESS, `0x${'1'.repeat(65)}`], 'expected a storage slot'],
    ['eth_call', ['0x'], 'parameter 1 (call): expected an object'],
    ['eth_call', [{ to: '0x1' }], '"to": '],
    ['eth_call', [{ accessList: {} }], '"accessList": expected a list of entries'],
    ['eth_call', [{ accessList: [{ storageKeys: [] }] }], '"accessList": expected an address'],
    ['eth_call', [{ accessList: [{ address: ADDRESS, storageKeys: ['0x1'] }] }], '"accessList": expected a hash'],
    ['eth_call', [{ data: '0x123' }], '"data": expected bytes'],
    ['eth_call', [{ data: '0x01', input: '0x02' }], 'leave one of them out'],
    ['eth_call', [{ value: `0x1${'0'.repeat(64)}` }], '"value": the number is 2^256 or more'],
    ['eth_call', [{}, 'latest', { [ADDRESS]: { balance: '0x1' } }], 'stateOverrides are not supported'],
    ['eth_getLogs', [{ address: [null] }], '"address": expected an address'],
    ['eth_getLogs', [{ topics: [1] }], '"topics": expected a hash'],
    ['eth_getLogs', [{ topics: [null, null, null, null, null] }], 'at most 4 topics'],
    ['eth_getLogs', [{ address: [], blockHash: `0x${'11'.repeat(32)}`, fromBlock: '0x0' }], 'cannot be combined'],
    ['eth_getLogs', [{ fromBlock: '0x2', toBlock: '0x1' }], 'fromBlock 2 is above toBlock 1'],
    ['eth_sendRawTransaction', ['hello'], 'expected bytes'],
    ['watt_transactionStatus', ['0x00'], 'expected a hash'],
  ])('%s%j', async (method, params, message) => {
    expect(await call(method, ...params)).toEqual(refused(-32602, message));
  });

  test('null stands for an optional parameter that is left out', async () => {
    expect(await call('eth_getBalance', ADDRESS, null)).toMatchObject({ result: '0x0' });
    expect(await call('eth_call', { to: ADDRESS, data: null, from: null }, null, {})).toMatchObject({ result: '0x' });
  });

  test('fees, types and access lists of a call are no obstacle', async () => {
    const request = {
      to: ADDRESS,
      maxFeePerGas: '0x1',
      maxPriorityFeePerGas: '0x1',
      gasPrice: '0x9',
      type: '0x2',
      accessList: [],
      nonce: '0x7',
    };
    expect(await call('eth_estimateGas', request)).toMatchObject({ result: '0x5208' });
  });

  test('a tip above the whole fee is refused wherever a call is taken, zero and equal fees are not', async () => {
    const fees = (maxFeePerGas: string, maxPriorityFeePerGas: string) => ({
      to: ADDRESS,
      maxFeePerGas,
      maxPriorityFeePerGas,
    });
    for (const method of ['eth_call', 'eth_estimateGas', 'eth_createAccessList', 'debug_traceCall']) {
      expect(await call(method, fees('0x1', '0x2'))).toEqual(
        refused(
          -32602,
          'max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: 2, maxFeePerGas: 1',
        ),
      );
      expect(await call(method, fees('0x0', '0x0'))).toHaveProperty('result');
    }
    expect(await call('eth_call', { to: ADDRESS, maxPriorityFeePerGas: '0x2' })).toHaveProperty('result');
  });

  test('subscriptions are for WebSocket', async () => {
    expect(await call('eth_subscribe', 'newHeads')).toEqual(refused(-32000, 'notifications not supported'));
  });
});

describe('blocks that cannot be answered for', () => {
  test('a block above the head, and an unknown hash', async () => {
    expect(await call('eth_getBalance', ADDRESS, '0x999')).toEqual(refused(-32000, 'header not found: block 2457'));
    const unknown = `0x${'77'.repeat(32)}`;
    expect(await call('eth_getBalance', ADDRESS, { blockHash: unknown })).toEqual(
      refused(-32000, `header not found: block ${unknown}`),
    );
    expect(await call('eth_getBlockByNumber', '0x999', false)).toMatchObject({ result: null });
    expect(await call('eth_getBlockReceipts', unknown)).toMatchObject({ result: null });
  });

  test('state of 64 blocks is kept, older is told', async () => {
    await rpc.mineEmpty(70);
    const height = rpc.tip.header.height;
    expect(await call('eth_getBalance', ALICE.address, `0x${(height - 64).toString(16)}`)).toHaveProperty('result');
    expect(await call('eth_getBalance', ALICE.address, '0x1')).toEqual(refused(-32000, 'state of block 1 is not kept'));
    expect(await call('eth_getBlockByNumber', '0x1', false)).toMatchObject({ result: { number: '0x1' } });
  });
});

test('a raw transaction that is no transaction is refused with what is wrong', async () => {
  expect(await call('eth_sendRawTransaction', '0xc0')).toEqual(refused(-32000, 'rlp: '));
  expect(await call('eth_sendRawTransaction', '0x')).toEqual(refused(-32000, 'rlp: '));
  expect(await call('eth_sendRawTransaction', `0xf9${'00'.repeat(70_000)}`)).toEqual(refused(-32000, 'oversized data'));
});

test('gas price rises above what the next block has no room for', async () => {
  for (let nonce = 0; nonce < 3; nonce++) {
    rpc.send(testTransaction(rpc.kit.genesis, ALICE, { nonce, gasLimit: 900_000, gasPrice: 500n }));
  }
  expect(await call('eth_gasPrice')).toMatchObject({ result: '0x1f5' });
});

describe('a client that leaves', () => {
  const { signal: staying } = new AbortController();
  const callerWith = (signal: AbortSignal, hold: (bytes: number) => void = () => {}): Caller => ({
    client: 'a',
    authorized: false,
    filters: new Filters(new ManualRuntime(0), new Fanout()).of('a'),
    signal,
    hold,
    subscriber: undefined,
  });
  const dispatcherOf = (run: Method['run']) => {
    const template = METHOD_TABLE.get('eth_blockNumber') as Method;
    const methods = new Map<string, Method>([
      ['light', { ...template, name: 'light', run }],
      ['heavy', { ...template, name: 'heavy', cost: 'range', run }],
    ]);
    return new Dispatcher({
      node: {} as RpcBackend,
      methods,
      whyAbsent: () => undefined,
      hasToken: true,
      stopwatch: { elapsedMs: () => 0 },
      maxRequestMs: 1_000,
      log: silentLogger,
    });
  };
  const request = (method: string) => ({ jsonrpc: '2.0', id: 1, method });

  test('is not answered, and the rest of its batch is not worked on', async () => {
    const leaving = new AbortController();
    let runs = 0;
    const dispatcher = dispatcherOf(() => {
      runs += 1;
      if (runs === 3) leaving.abort();
      return 'x';
    });
    const batch = JSON.stringify(Array.from({ length: 10 }, () => request('light')));
    expect(await dispatcher.respond(batch, callerWith(leaving.signal))).toBeUndefined();
    expect(runs).toBe(3);
    expect(await dispatcher.respond(JSON.stringify(request('heavy')), callerWith(leaving.signal))).toBeUndefined();
    expect(runs).toBe(3);
    const answer = await dispatcher.respond(JSON.stringify(request('heavy')), callerWith(staying));
    expect(JSON.parse(String(Buffer.concat(answer ?? [])))).toMatchObject({ result: 'x' });
  });

  test('an account is kept of the answers of a batch', async () => {
    const dispatcher = dispatcherOf(() => 'x'.repeat(1_000));
    let held = 0;
    const batch = JSON.stringify(Array.from({ length: 5 }, () => request('light')));
    const answer = await dispatcher.respond(
      batch,
      callerWith(staying, (bytes) => {
        held += bytes;
      }),
    );
    expect(held).toBeGreaterThan(5_000);
    expect(held).toBeLessThanOrEqual(lengthOf(answer ?? []));
  });
});
