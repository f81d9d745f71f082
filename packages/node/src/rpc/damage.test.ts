/** What clients hear of a store that lost something while the node ran: of that request alone, and what to do. */
import {
  type Address,
  accountKey,
  contractAddress,
  fromHex,
  groupKey,
  type Hash,
  type Hex,
  storeFailed,
  treeKey,
} from '@wattchain/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ALICE,
  BOB,
  ChainKit,
  crowdedGenesis,
  TEST_START_MS,
  type TestBlock,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { counterDeployment, RpcKit } from '../../testing/rpcKit.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { MemoryStore } from '../store/memoryStore.js';
import { bodyKey, receiptsKey } from '../store/schema.js';

/** Opening reads the topmost record of the state tree and keeps it in memory, so that accounts are lost below it. */
const kit = new ChainKit(crowdedGenesis());
const counter = contractAddress(ALICE.address, 0);
const blocks: TestBlock[] = [];
const mine = (fields: Parameters<typeof testTransaction>[2]) => {
  const transactions = [testTransaction(kit.genesis, ALICE, { gasLimit: 1_000_000, value: 0n, ...fields })];
  blocks.push(kit.mine(blocks.at(-1) ?? kit.genesisBlock, { transactions }));
};
mine({ to: null, data: counterDeployment(1) });
// add(uint256): its event is what the logs have.
for (let nonce = 1; nonce <= 4; nonce++) {
  mine({ nonce, to: counter, data: fromHex(`0x1003e2d2${'0'.repeat(63)}1`) });
}
const third = blocks[2] as TestBlock;

let store: MemoryStore;
let rpc: RpcKit;

beforeEach(async () => {
  store = new MemoryStore();
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  const chain = await Chain.open({ store, genesis: kit.genesis, runtime, log: silentLogger });
  for (const { header, body } of blocks) await chain.acceptBlock(header, body);
  // Opened again, so that nothing of it is in memory.
  rpc = await RpcKit.start({ kit, store });
});
afterEach(() => rpc.stop());

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

async function ask(method: string, ...params: readonly unknown[]): Promise<Answer> {
  const response = await fetch(rpc.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return (await response.json()) as Answer;
}

const EVERYTHING = { fromBlock: '0x0', toBlock: 'latest' };
const lose = (key: Uint8Array) => store.batch([{ key, value: undefined }]);
/** The record of the state tree in which an account stands. */
const placeOf = (address: Address) => groupKey(4, treeKey(accountKey(address)));
const transactionHash = third.transactions[0]?.hash as Hash;

test('finds all logs while nothing is lost', async () => {
  expect((await ask('eth_getLogs', EVERYTHING)).result).toHaveLength(4);
});

test.each<[string, Uint8Array, string, readonly unknown[]]>([
  ['receipts', receiptsKey(third.hash), 'eth_getLogs', [EVERYTHING]],
  ['receipts', receiptsKey(third.hash), 'eth_getTransactionReceipt', [transactionHash]],
  ['receipts', receiptsKey(third.hash), 'eth_getBlockReceipts', ['0x3']],
  ['a body', bodyKey(third.hash), 'eth_getLogs', [EVERYTHING]],
  ['a body', bodyKey(third.hash), 'eth_getBlockByNumber', ['0x3', false]],
  ['a body', bodyKey(third.hash), 'eth_getBlockByHash', [third.hash, true]],
  ['a body', bodyKey(third.hash), 'eth_getTransactionByHash', [transactionHash]],
  ['a body', bodyKey(third.hash), 'debug_traceTransaction', [transactionHash]],
  ['receipts', receiptsKey(third.hash), 'watt_transactionStatus', [transactionHash]],
  ['an account', placeOf(BOB.address), 'eth_getBalance', [BOB.address, 'latest']],
  ['an account', placeOf(BOB.address), 'eth_getProof', [BOB.address, [], 'latest']],
  ['a contract', placeOf(counter), 'eth_getCode', [counter, 'latest']],
  ['a contract', placeOf(counter), 'eth_call', [{ to: counter, data: '0x2ddbd13a' }, 'latest']],
  ['a contract', placeOf(counter), 'eth_estimateGas', [{ to: counter, data: '0x2ddbd13a' }]],
])('%s (%#): a request fails with what to do, others are answered', async (_what, key, method, params) => {
  await lose(key);
  const { error, result } = await ask(method, ...params);
  expect({ result, code: error?.code }).toEqual({ result: undefined, code: -32000 });
  expect(error?.message).toMatch(/^the stored chain is damaged: .* missing.*wattchain db verify/);
  expect((await ask('eth_getBlockByNumber', '0x4', true)).result).toMatchObject({ number: '0x4' });
  expect((await ask('eth_getBalance', ALICE.address, 'latest')).result).toMatch(/^0x/);
  expect((await ask('eth_getLogs', { fromBlock: '0x4', toBlock: '0x5' })).result).toHaveLength(2);
  expect((await ask('watt_status')).result).toMatchObject({ head: { height: 5 } });
  expect(rpc.chain.damage).toMatchObject({ stopped: false });
});

test('a transaction that only a damaged account keeps from the pool is not called bad', async () => {
  await lose(placeOf(BOB.address));
  const raw: Hex = `0x${Buffer.from(testTransaction(kit.genesis, BOB, { to: ALICE.address }).raw).toString('hex')}`;
  const { error } = await ask('eth_sendRawTransaction', raw);
  expect(error?.message).toMatch(/^the stored chain is damaged: the state tree's record at depth 4 is missing/);
});

test('the miner makes no template of what cannot be read, and says so', async () => {
  await lose(placeOf(BOB.address));
  rpc.send(testTransaction(kit.genesis, ALICE, { nonce: 5, to: BOB.address }));
  await expect(rpc.worker.getWork()).rejects.toMatchObject({
    code: 'miningPaused',
    values: { reason: 'storeDamaged' },
  });
});

test('a node whose disk is full refuses transactions, alone and together, pauses its miner and answers the rest', async () => {
  store.batch = () => Promise.reject(storeFailed('No space left on device'));
  const next = kit.mine(blocks.at(-1) as TestBlock);
  rpc.runtime.advance(10_000);
  await expect(rpc.chain.acceptBlock(next.header, next.body)).rejects.toMatchObject({ code: 'storeFailed' });
  const raw = (nonce: number): Hex =>
    `0x${Buffer.from(testTransaction(kit.genesis, BOB, { nonce }).raw).toString('hex')}`;
  const refused = {
    code: -32000,
    message: expect.stringMatching(/^this node takes no more blocks .*: the disk of the/),
  };
  expect((await ask('eth_sendRawTransaction', raw(0))).error).toEqual(refused);
  const batch = [0, 1].map((id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [raw(id)] }));
  const response = await fetch(rpc.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(batch),
  });
  expect(((await response.json()) as Answer[]).map(({ error }) => error)).toEqual([refused, refused]);
  await expect(rpc.worker.getWork()).rejects.toMatchObject({ values: { reason: 'storeFailed' } });
  expect((await ask('eth_getBalance', ALICE.address, 'latest')).result).toMatch(/^0x/);
  expect((await ask('eth_getLogs', EVERYTHING)).result).toHaveLength(4);
});
