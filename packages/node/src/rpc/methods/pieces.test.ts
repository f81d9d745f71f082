/** What is long is made in pieces, between which other clients get their turns: counted, since a piece has no time of its own here. */
import { fromHex, genesisToJson, type Pieces } from '@wattchain/core';
import { assemble, selectorOf, selectorToHex } from '@wattchain/vm';
import { afterEach, expect, test } from 'vitest';
import {
  ALICE,
  ChainKit,
  type TestAccount,
  testAccount,
  testGenesis,
  testTransaction,
} from '../../../testing/chainKit.js';
import { RpcKit } from '../../../testing/rpcKit.js';
import { CHARACTERS_PER_PIECE, TRANSACTIONS_PER_PIECE } from '../limits.js';
import type { Call } from '../protocol/method.js';
import { isPieces } from '../protocol/turns.js';
import { METHOD_TABLE } from './methodTable.js';

const CALLER = '0x00000000000000000000000000000000000ca11e';
const CALLEE = '0x000000000000000000000000000000000ca11ee0';
const contracts = [
  {
    name: 'Caller',
    address: CALLER,
    code: assemble(
      `
.contract Caller
.function many()
.local   made
again:   push ${BigInt(CALLEE)}  push 0  call ping() 0  lget made  push 1  add  lset made
         lget made  push 1000  lt  jumpif again  stop
`,
      'caller.wca',
    ).code,
    storage: {},
  },
  {
    name: 'Callee',
    address: CALLEE,
    code: assemble('.contract Callee\n.function ping()\n stop\n', 'c.wca').code,
    storage: {},
  },
];
const LOGGER = '0x0000000000000000000000000000000000106666';
contracts.push({
  name: 'Logger',
  address: LOGGER,
  code: assemble(
    `
.contract Logger
.event   Noted(uint256 indexed number, uint256 indexed again)
.function note()
.local   made
again:   lget made  lget made  log Noted  lget made  push 1  add  lset made
         lget made  push 200  lt  jumpif again  stop
`,
    'logger.wca',
  ).code,
  storage: {},
});
const KEEPER = '0x0000000000000000000000000000000000106667';
contracts.push({
  name: 'Keeper',
  address: KEEPER,
  code: assemble(
    `
.contract Keeper
.function fill()
.local   made
again:   push 1  lget made  sstore  lget made  push 1  add  lset made
         lget made  push 200  lt  jumpif again  stop
`,
    'keeper.wca',
  ).code,
  storage: {},
});
const senders = Array.from({ length: 2 }, (_, i) => testAccount(`sender ${i}`));
const balance = String(10n ** 24n);
const genesis = testGenesis({
  blockGasLimit: 30_000_000,
  alloc: Object.fromEntries([ALICE, ...senders].map(({ address }) => [address, { balance }])),
  contracts,
});

let rpc: RpcKit;
afterEach(() => rpc.stop());

/** Runs a method as the dispatcher does; how many pieces it took in all, and what it answered. */
async function run(name: string, ...given: unknown[]): Promise<{ count: number; result: unknown }> {
  let count = 0;
  const share: Call['share'] = {
    run: async (pieces) => {
      for (;;) {
        count += 1;
        const { done, value } = pieces.next();
        if (done) return value;
      }
    },
  };
  const method = METHOD_TABLE.get(name);
  const values = method?.parameters.map((parameter, index) => parameter.read(given[index])) ?? [];
  const node = { chain: rpc.chain, mempool: rpc.mempool, artifacts: { find: async () => undefined } };
  const answer = method?.run({ node, share } as unknown as Call, values);
  return { result: await (isPieces(answer) ? share.run(answer) : answer), count };
}

test('a full pool, in pieces by its bytes', async () => {
  rpc = await RpcKit.start({ kit: new ChainKit(genesis) });
  const data = new Uint8Array(3_500).fill(7);
  for (const sender of senders) {
    for (let nonce = 0; nonce < 64; nonce++) {
      rpc.send(testTransaction(genesis, sender, { nonce, data, gasLimit: 100_000 }));
    }
  }
  for (const name of ['txpool_content', 'txpool_inspect']) {
    expect((await run(name)).count, name).toBeGreaterThan((128 * data.length) / CHARACTERS_PER_PIECE);
  }
  const [sender] = senders;
  expect((await run('txpool_contentFrom', sender?.address)).count).toBeGreaterThan(3);
  const { count, result } = await run('watt_mempool');
  expect(count).toBeGreaterThan(1);
  expect(result).toMatchObject({ size: 128, transactions: { length: 128 } });
});

test('a trace of many calls', async () => {
  rpc = await RpcKit.start({ kit: new ChainKit(genesis) });
  const request = { from: ALICE.address, to: CALLER, data: selectorToHex(selectorOf('many()')) };
  const plain = await run('eth_call', request);
  const { count, result } = await run('debug_traceCall', request, 'latest', { tracer: 'callTracer' });
  expect(result).toMatchObject({ calls: { length: 1_000 } });
  expect(count).toBeGreaterThan(plain.count + 5);
});

test('the receipt of one transaction takes what it takes alone, and is the one that all of the block have', async () => {
  rpc = await RpcKit.start({ kit: new ChainKit(genesis) });
  const data = fromHex(selectorToHex(selectorOf('note()')));
  const sent = Array.from({ length: 9 }, (_, nonce) =>
    testTransaction(genesis, ALICE, { nonce, to: LOGGER, value: 0n, data, gasLimit: 3_000_000 }),
  );
  for (const transaction of sent) rpc.send(transaction);
  await rpc.mine();
  const all = await run('eth_getBlockReceipts', 'latest');
  const one = await run('eth_getTransactionReceipt', sent[7]?.hash);
  expect(one.result).toEqual((all.result as unknown[])[7]);
  expect(one.result).toMatchObject({ logs: { length: 200, 0: { logIndex: '0x578' } }, status: '0x1' });
  // The pieces are those of the logs' blooms.
  expect(9 * one.count).toBeLessThan(2 * all.count);
});

test('a price, and where a transaction is, among many that wait', async () => {
  rpc = await RpcKit.start({ kit: new ChainKit(genesis) });
  for (const sender of senders) {
    for (let nonce = 0; nonce < 300; nonce++) rpc.send(testTransaction(genesis, sender, { nonce }));
  }
  const pieces = Math.floor(600 / TRANSACTIONS_PER_PIECE);
  expect(await run('eth_gasPrice')).toEqual({ count: 1 + pieces, result: '0x64' });
  expect(await run('eth_maxPriorityFeePerGas')).toEqual({ count: 1 + pieces, result: '0x0' });
  const last = testTransaction(genesis, senders[1] as TestAccount, { nonce: 300 });
  rpc.send(last);
  const { count, result } = await run('watt_transactionStatus', last.hash);
  expect(result).toMatchObject({ status: 'waiting', reason: { code: 'notMinedYet' } });
  expect(count).toBe(1 + pieces);
  expect(await run('watt_transactionStatus', `0x${'00'.repeat(32)}`)).toMatchObject({ count: 1 });
});

test('a trace whose steps show many words of storage', async () => {
  rpc = await RpcKit.start({ kit: new ChainKit(genesis) });
  const request = { from: ALICE.address, to: KEEPER, data: selectorToHex(selectorOf('fill()')) };
  const plain = await run('debug_traceCall', request, 'latest', { disableStorage: true, disableStack: true });
  const { count, result } = await run('debug_traceCall', request, 'latest', { disableStack: true });
  const shown = (result as { structLogs: { storage?: object }[] }).structLogs.map(({ storage = {} }) => storage);
  const words = shown.reduce((sum, storage) => sum + 2 * Object.keys(storage).length, 0);
  expect(words).toBe(200 * 201);
  // About a thousand to a piece.
  expect(count - plain.count).toBeGreaterThan((3 * words) / 4 / 1_024);
});

test('a genesis of many accounts, which are left out where nobody wants them, and refused where no answer holds them', async () => {
  const alloc = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, i) => [`0x${(i + 1).toString(16).padStart(40, '0')}`, { balance: '5' }]),
  );
  const many = testGenesis({ alloc });
  rpc = await RpcKit.start({ kit: new ChainKit(many) });
  const { count, result } = await run('watt_genesis');
  expect(count).toBe(3);
  expect(result).toEqual({ hash: many.hash, genesis: genesisToJson(many) });
  expect(await run('watt_genesis', false)).toEqual({
    count: 1,
    result: { hash: many.hash, genesis: { ...genesisToJson(many), alloc: {} } },
  });
  const tooMany = { ...many, alloc: { length: 410_000 } };
  const node = { chain: { genesis: tooMany } };
  const answer = METHOD_TABLE.get('watt_genesis')?.run({ node } as unknown as Call, [true]) as Pieces<unknown>;
  expect(() => answer.next()).toThrow('410000 accounts, more than an answer holds');
});
