/** Answers of a real chain against the schemas of Ethereum's execution API; where ours differ stands here and in differences.ts. */
import { readFileSync } from 'node:fs';
import { assert, contractAddress, fromHex, signTransaction } from '@wattchain/core';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, testTransaction } from '../../../testing/chainKit.js';
import { startDocumentedChain } from '../../../testing/documentedChain.js';
import type { RpcKit } from '../../../testing/rpcKit.js';
import { METHOD_TABLE } from './methodTable.js';

const specification = JSON.parse(
  readFileSync(new URL('../../../../../test/vectors/executionApis.json', import.meta.url), 'utf8'),
) as { components: object; results: Record<string, object> };
const ajv = new Ajv({ allErrors: true, strict: false });
// Added as a whole, so that a shape is compiled once for all methods.
ajv.addSchema({ $id: 'https://example.org/execution-apis', ...specification });

function validatorOf(method: string): ValidateFunction {
  const validator = ajv.getSchema(`https://example.org/execution-apis#/results/${method}`);
  assert(validator !== undefined, `the specification's result of ${method} is in the vectors`);
  return validator;
}

/** Field names that an answer has more than the specification, wherever they stand. */
const EXTRA_FIELDS = ['historyRoot', 'timestampMs', 'target', 'extraNonce', 'minerSeal', 'revertReason'];

let rpc: RpcKit;
beforeAll(async () => {
  rpc = await startDocumentedChain();
  // A failed transaction and one with an empty block behind it, so that every kind of answer occurs.
  const take = fromHex(`0x0cb3b7c2${'ff'.padStart(64, '0')}`);
  const counter = contractAddress(ALICE.address, 0);
  rpc.send(testTransaction(rpc.kit.genesis, BOB, { nonce: 2, to: counter, value: 0n, data: take, gasLimit: 100_000 }));
  await rpc.mine();
  await rpc.mine({ transactions: [] });
  rpc.send(testTransaction(rpc.kit.genesis, BOB, { nonce: 3 }));
});
afterAll(() => rpc.stop());

async function call(method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(rpc.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const answer = (await response.json()) as { result?: unknown; error?: unknown };
  expect(answer.error, method).toBeUndefined();
  return answer.result;
}

/** Without our own fields, and what was taken out. */
function withoutExtras(value: unknown, found: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((element) => withoutExtras(element, found));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => {
    if (EXTRA_FIELDS.includes(name)) found.add(name);
    return !EXTRA_FIELDS.includes(name);
  });
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutExtras(field, found)]));
}

async function expectSpecified(method: string, ...params: unknown[]): Promise<Set<string>> {
  const extras = new Set<string>();
  const result = withoutExtras(await call(method, params), extras);
  const validate = validatorOf(method);
  validate(result);
  expect(validate.errors ?? [], `${method}: ${JSON.stringify(result)}`).toEqual([]);
  return extras;
}

describe('as specified', () => {
  test('every method of the specification that is not left out is there', () => {
    for (const method of Object.keys(specification.results)) expect(METHOD_TABLE.has(method), method).toBe(true);
  });

  test('blocks, but for five more fields', async () => {
    for (const block of ['0x0', '0x1', '0x2', '0x3', 'latest', 'safe']) {
      for (const full of [false, true]) {
        const extras = await expectSpecified('eth_getBlockByNumber', block, full);
        expect([...extras].sort()).toEqual(['extraNonce', 'historyRoot', 'minerSeal', 'target', 'timestampMs']);
      }
    }
    expect(await call('eth_getBlockByNumber', ['latest', false])).toHaveProperty('baseFeePerGas', '0x64');
    await expectSpecified('eth_getBlockByHash', rpc.kit.genesis.hash, true);
    await expectSpecified('eth_getBlockByNumber', '0x99', false);
  });

  test('transactions in blocks and receipts, but for the reason of a failure', async () => {
    let failures = 0;
    for (let height = 0; height <= 4; height++) {
      const block = `0x${height}`;
      const extras = await expectSpecified('eth_getBlockReceipts', block);
      failures += Number(extras.has('revertReason'));
      const { transactions } = (await call('eth_getBlockByNumber', [block, false])) as { transactions: string[] };
      for (const hash of transactions) {
        await expectSpecified('eth_getTransactionByHash', hash);
        await expectSpecified('eth_getTransactionReceipt', hash);
      }
      await expectSpecified('eth_getTransactionByBlockNumberAndIndex', block, '0x0');
      await expectSpecified('eth_getBlockTransactionCountByNumber', block);
      await expectSpecified('eth_getUncleCountByBlockNumber', block);
    }
    expect(failures).toBe(1);
    const { hash } = rpc.tip;
    await expectSpecified('eth_getTransactionByBlockHashAndIndex', hash, '0x0');
    await expectSpecified('eth_getBlockTransactionCountByHash', hash);
    await expectSpecified('eth_getUncleCountByBlockHash', hash);
    await expectSpecified('eth_getTransactionReceipt', hash);
  });

  test('transactions of every type, in blocks, receipts and the pool', async () => {
    const { chainId } = rpc.kit.genesis;
    const nonce = Number(await call('eth_getTransactionCount', [CAROL.address, 'pending']));
    // One of hers waits with the nonce between these two.
    const common = { gasLimit: 40_000, to: BOB.address, value: 1n, data: fromHex('0x'), chainId };
    const accessList = [{ address: BOB.address, storageKeys: [`0x${'07'.repeat(32)}` as const] }];
    const transactions = [
      signTransaction({ ...common, nonce, type: 1, gasPrice: 120n, accessList }, CAROL.key),
      signTransaction(
        { ...common, nonce: nonce + 2, type: 2, maxFeePerGas: 500n, maxPriorityFeePerGas: 7n, accessList },
        CAROL.key,
      ),
    ];
    for (const transaction of transactions) rpc.send(transaction);
    await expectSpecified('txpool_content');
    const [, waiting] = await Promise.all(transactions.map(({ hash }) => call('eth_getTransactionByHash', [hash])));
    expect(waiting).toMatchObject({ type: '0x2', gasPrice: '0x1f4', blockHash: null });
    const { header } = await rpc.mine();
    const block = `0x${header.height.toString(16)}`;
    await expectSpecified('eth_getBlockByNumber', block, true);
    await expectSpecified('eth_getBlockReceipts', block);
    for (const { hash, signature } of transactions) {
      await expectSpecified('eth_getTransactionByHash', hash);
      expect(await call('eth_getTransactionByHash', [hash])).toMatchObject({
        accessList,
        yParity: `0x${signature.recovery}`,
        v: `0x${signature.recovery}`,
      });
      await expectSpecified('eth_getTransactionReceipt', hash);
    }
    const [first, second] = transactions.map(({ hash }) => hash);
    expect(await call('eth_getTransactionByHash', [first])).toMatchObject({ type: '0x1', gasPrice: '0x78' });
    expect(await call('eth_getTransactionReceipt', [first])).toMatchObject({ type: '0x1', effectiveGasPrice: '0x78' });
    expect(await call('eth_getTransactionByHash', [second])).toMatchObject({
      type: '0x2',
      gasPrice: '0x6b',
      maxFeePerGas: '0x1f4',
      maxPriorityFeePerGas: '0x7',
    });
    expect(await call('eth_getTransactionReceipt', [second])).toMatchObject({
      type: '0x2',
      effectiveGasPrice: '0x6b',
      gasUsed: `0x${(21_000 + 2_400 + 1_900).toString(16)}`,
    });
  });

  test('logs and filters', async () => {
    await expectSpecified('eth_getLogs', { fromBlock: '0x0' });
    const withTopics = (topics: unknown) => call('eth_getLogs', [{ fromBlock: '0x0', topics }]) as Promise<unknown[]>;
    const all = await withTopics([null]);
    expect(all.length).toBeGreaterThan(0);
    // A null takes every topic, also as one of several, as in geth.
    const nothing = `0x${'ee'.repeat(32)}`;
    for (const topics of [[[null]], [[nothing, null]], [[]], [[null], [null]]]) {
      expect(await withTopics(topics), JSON.stringify(topics)).toEqual(all);
    }
    expect(await withTopics([[nothing]])).toEqual([]);
    const ids: unknown[] = [];
    for (const method of ['eth_newFilter', 'eth_newBlockFilter', 'eth_newPendingTransactionFilter']) {
      const params = method === 'eth_newFilter' ? [{ fromBlock: '0x0' }] : [];
      await expectSpecified(method, ...params);
      ids.push(await call(method, params));
    }
    await rpc.mine();
    await expectSpecified('eth_getFilterLogs', ids[0]);
    for (const id of ids) {
      await expectSpecified('eth_getFilterChanges', id);
      await expectSpecified('eth_uninstallFilter', id);
    }
  });

  test('accounts, calls and proofs', async () => {
    const counter = contractAddress(ALICE.address, 0);
    for (const address of [ALICE.address, counter, `0x${'99'.repeat(20)}`]) {
      for (const method of ['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode']) {
        await expectSpecified(method, address, 'latest');
      }
      await expectSpecified('eth_getStorageAt', address, '0x0', 'latest');
      await expectSpecified('eth_getProof', address, ['0x0', '0x1'], '0x1');
    }
    await expectSpecified('eth_call', { to: counter, data: '0x2ddbd13a' }, 'latest');
    const transfer = { from: ALICE.address, to: BOB.address, value: '0x1' };
    await expectSpecified('eth_estimateGas', transfer);
    await expectSpecified('eth_createAccessList', transfer, 'latest');
    const listed = { ...transfer, accessList: [{ address: counter, storageKeys: [`0x${'00'.repeat(32)}`] }] };
    expect(await call('eth_estimateGas', [listed])).toBe(`0x${(21_000 + 2_400 + 1_900).toString(16)}`);
    expect(await call('eth_createAccessList', [listed])).toEqual({ accessList: [], gasUsed: '0x5208' });
    expect(await call('eth_createAccessList', [{ to: counter, data: '0x12345678' }])).toMatchObject({
      accessList: [],
      error: expect.stringContaining('execution reverted'),
    });
  });

  test('fees, the node and its pool', async () => {
    await expectSpecified('eth_feeHistory', '0x400', 'latest', [0, 50, 100]);
    await expectSpecified('eth_feeHistory', '0x2', 'latest');
    for (const method of [
      'eth_gasPrice',
      'eth_maxPriorityFeePerGas',
      'eth_chainId',
      'eth_blockNumber',
      'eth_accounts',
      'eth_coinbase',
    ]) {
      await expectSpecified(method);
    }
    await expectSpecified('eth_syncing');
    rpc.syncing = true;
    await expectSpecified('eth_syncing');
    rpc.syncing = false;
    await expectSpecified('txpool_status');
    await expectSpecified('txpool_content');
    const raw = testTransaction(rpc.kit.genesis, ALICE, { nonce: 1 }).raw;
    await expectSpecified('eth_sendRawTransaction', `0x${Buffer.from(raw).toString('hex')}`);
  });
});

test('fee history weighs what was paid above the base fee by the gas that was used at it', async () => {
  const { genesis } = rpc.kit;
  const nonce = Number(await call('eth_getTransactionCount', [BOB.address, 'latest']));
  const transactions = [300n, 100n, 200n].map((gasPrice, index) =>
    testTransaction(genesis, BOB, { nonce: nonce + index, to: ALICE.address, gasPrice }),
  );
  const { header } = await rpc.mine({ transactions });
  await rpc.mine({ transactions: [] });
  // Three transfers of 21,000 gas each: a third of the gas cost 0 wei above 100, two thirds at most 100 above it.
  const params = [`0x${(header.height + 1).toString(16)}`, 'latest', [0, 33, 34, 66, 67, 100]];
  const fees = (await call('eth_feeHistory', params)) as Record<string, unknown[]>;
  expect(fees.oldestBlock).toBe('0x1');
  expect(fees.reward?.at(-2)).toEqual(['0x0', '0x0', '0x64', '0x64', '0xc8', '0xc8']);
  expect(fees.reward?.at(-1)).toEqual(Array(6).fill('0x0'));
  expect(fees.gasUsedRatio?.at(-2)).toBe(63_000 / 2_000_000);
  expect(fees.baseFeePerGas).toEqual(Array(header.height + 2).fill('0x64'));
});
