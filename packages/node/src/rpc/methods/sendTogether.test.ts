import { runToEnd, toHex } from '@wattchain/core';
import { afterEach, expect, test, vi } from 'vitest';
import { ALICE, BOB, testTransaction } from '../../../testing/chainKit.js';
import { rawHttp } from '../../../testing/rawHttp.js';
import { RpcKit } from '../../../testing/rpcKit.js';

const kits: RpcKit[] = [];
afterEach(async () => {
  for (const kit of kits.splice(0)) await kit.stop();
});
async function start(config = {}): Promise<RpcKit> {
  const kit = await RpcKit.start({ config });
  kits.push(kit);
  return kit;
}

async function post({ url }: RpcKit, body: unknown): Promise<unknown> {
  const answer = await rawHttp({ url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return answer.body === '' ? undefined : JSON.parse(answer.body);
}

let lastId = 0;
const send = (...params: unknown[]) => ({ jsonrpc: '2.0', id: ++lastId, method: 'eth_sendRawTransaction', params });
const transfer = ({ kit }: RpcKit, nonce: number, fields = {}) =>
  toHex(testTransaction(kit.genesis, ALICE, { nonce, ...fields }).raw);

test('transactions of a batch go to the pool together, and each is answered as if it had come alone', async () => {
  const [together, oneByOne] = [await start(), await start()];
  const spy = vi.spyOn(together.mempool, 'addRawsInPieces');
  const raw = (nonce: number, fields = {}) => transfer(together, nonce, fields);
  const batch = [
    send(raw(0)),
    send(raw(1)),
    send(raw(1)),
    send(raw(0, { gasPrice: 1n })),
    send('0xc0'),
    { jsonrpc: '2.0', id: ++lastId, method: 'eth_getTransactionCount', params: [ALICE.address, 'pending'] },
    { ...send(raw(2)), id: undefined },
    send(raw(3)),
    send('no hex'),
    send(),
    send(raw(4), 'too much'),
    send(raw(4)),
    { ...send(raw(5)), id: {} },
    7,
    send(raw(6)),
    send(raw(5)),
  ];
  const answers = (await post(together, batch)) as { id: number }[];
  const alone = [];
  for (const request of batch) alone.push(await post(oneByOne, request));
  expect(answers).toEqual(alone.filter((answer) => answer !== undefined));
  expect(answers).toHaveLength(batch.length - 1);
  expect(runToEnd(together.mempool.contentInPieces())).toEqual(runToEnd(oneByOne.mempool.contentInPieces()));
  expect(spy.mock.calls.map(([raws]) => raws.length)).toEqual([5, 2, 1, 2]);
});

test('many are recovered in pieces, and added at one time', async () => {
  const rpc = await start();
  const added: number[] = [];
  let turn = 0;
  const count = () => {
    turn += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  rpc.mempool.on('added', () => added.push(turn));
  const batch = Array.from({ length: 70 }, (_, nonce) => send(transfer(rpc, nonce)));
  expect(await post(rpc, batch)).toHaveLength(70);
  clearImmediate(next);
  expect(added).toHaveLength(70);
  expect(new Set(added).size).toBe(1);
});

test('a batch that uses up its time adds nothing, and says so of each', async () => {
  // Every look at this clock takes a second.
  let nowMs = 0;
  const stopwatch = { elapsedMs: () => (nowMs += 1_000) };
  const rpc = await RpcKit.start({ stopwatch, config: { maxRequestMs: 1_000 } });
  kits.push(rpc);
  const raws = Array.from({ length: 40 }, (_, nonce) => toHex(testTransaction(rpc.kit.genesis, BOB, { nonce }).raw));
  const answers = (await post(
    rpc,
    raws.map((raw) => send(raw)),
  )) as { error?: { message: string } }[];
  expect(answers).toHaveLength(40);
  for (const { error } of answers) expect(error?.message).toContain('rpc.maxRequestMs');
  expect(rpc.mempool.size).toBe(0);
});
