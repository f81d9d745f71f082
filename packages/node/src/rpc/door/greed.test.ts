/** Clients that ask for all the time there is, and one that asks for little, against a real server. */
import { Agent, request } from 'node:http';
import { bytesToBigInt, contractAddress, fromHex, runToEnd } from '@wattchain/core';
import { assemble, encodeCall, selectorOf, selectorToHex } from '@wattchain/vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, ChainKit, testGenesis, testTransaction } from '../../../testing/chainKit.js';
import { RpcKit } from '../../../testing/rpcKit.js';
import { MAX_BATCH } from '../limits.js';
import { runCall } from '../methods/stateMethods.js';
import type { AnsweredCall } from '../protocol/dispatcher.js';

const SPINNER = assemble(
  `
.contract Spinner
.function spin()
again:   push 1  pop  jump again
.slot    word
.function set(uint256 value)
         arg value  sstore word  stop
.function late() view returns (uint256)
.local   left
         push 20000  lset left
next:    lget left  push 1  sub  lset left
         lget left  jumpif next
         sload word  return 1
.function long() view returns (uint256)
.local   left
         push 1100  lset left
next:    lget left  sload  pop  lget left  push 1  sub  lset left
         lget left  jumpif next
         push 5  return 1
`,
  'spinner.wca',
);
const SPIN = selectorToHex(selectorOf('spin()'));
const SPINNER_ADDRESS = contractAddress(ALICE.address, 0);
const ATTACKERS = 6;
/** Milliseconds that seem to pass with every look at the stopwatch, so with every piece of work. */
const LOOK_MS = 1;
const MAX_REQUEST_MS = 200;

let rpc: RpcKit;
let answered: AnsweredCall[];
const agents: Agent[] = [];

beforeEach(async () => {
  let looks = 0;
  const kit = new ChainKit(testGenesis());
  const config = { maxRequestMs: MAX_REQUEST_MS };
  rpc = await RpcKit.start({ kit, config, stopwatch: { elapsedMs: () => LOOK_MS * looks++ } });
  const data = fromHex(SPINNER.code);
  const deployment = { to: null, value: 0n, data, gasLimit: 1_000_000 };
  await rpc.mine({ transactions: [testTransaction(kit.genesis, ALICE, deployment)] });
  answered = [];
  rpc.server.onAnswered((call) => answered.push(call));
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await rpc.stop();
});

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A client with one connection. */
function client(): (body: unknown) => Promise<unknown> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return (body) =>
    new Promise((resolve, reject) => {
      const sent = request(
        rpc.url,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += String(chunk)));
          response.on('end', () => resolve(JSON.parse(text)));
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
}

const call = (id: number, method: string, ...params: unknown[]) => ({ jsonrpc: '2.0', id, method, params });
/** All of a block's, which an eth_call may exceed. */
const BLOCK_GAS = `0x${testGenesis().blockGasLimit.toString(16)}`;
const spin = (id: number, method = 'eth_call') =>
  call(id, method, { to: SPINNER_ADDRESS, data: SPIN, gas: BLOCK_GAS }, 'latest');
const batchOf = (method?: string) => Array.from({ length: MAX_BATCH }, (_, id) => spin(id, method));

describe('batches of calls that use all of a block, on several connections', () => {
  test('let another client be answered before any of theirs, and end with an error that says why', async () => {
    const methods = ['eth_call', 'eth_estimateGas', 'eth_createAccessList'];
    const attacks = Array.from({ length: ATTACKERS }, (_, i) => client()(batchOf(methods[i % methods.length])));
    const honest = client();
    const asked = [
      call(1, 'eth_getBalance', BOB.address, 'latest'),
      call(2, 'eth_estimateGas', { from: BOB.address, to: ALICE.address, value: '0x1' }),
      call(3, 'eth_getBlockByNumber', 'latest', true),
      call(4, 'eth_getLogs', { fromBlock: '0x0', toBlock: 'latest' }),
    ];
    for (const body of asked) expect(await honest(body)).toMatchObject({ id: body.id, result: expect.anything() });
    // A call with all of a block's gas takes 80 pieces; four short requests were done before one of six such was.
    expect(answered.map(({ method }) => method)).toEqual(asked.map(({ method }) => method));

    for (const answers of (await Promise.all(attacks)) as Answer[][]) {
      expect(answers).toHaveLength(MAX_BATCH);
      // Two runs fit into the time of one message, the rest of the batch gets none.
      const outOfTime = answers.filter(({ error }) => error?.message.startsWith('execution aborted'));
      expect(outOfTime.length).toBe(MAX_BATCH - 2);
      expect(outOfTime[0]?.error).toEqual({
        code: -32000,
        message: expect.stringContaining(`more than ${MAX_REQUEST_MS} ms of the node's time (rpc.maxRequestMs)`),
      });
    }
  });
});

test('a call in pieces reads the state of the block that it began with, whatever comes meanwhile', async () => {
  const read = { from: undefined, to: SPINNER_ADDRESS, value: 0n, data: encodeCall(selectorOf('late()'), []) };
  const begin = () => runCall(rpc.chain, { ...read, gas: undefined, accessList: undefined }, { tag: 'latest' });
  const pieces = begin();
  expect(pieces.next().done).toBe(false);
  const data = encodeCall(selectorOf('set(uint256)'), [7n]);
  const set = { nonce: 1, to: SPINNER_ADDRESS, value: 0n, data, gasLimit: 100_000 };
  await rpc.mine({ transactions: [testTransaction(rpc.kit.genesis, ALICE, set)] });
  expect(pieces.next().done).toBe(false);
  expect(bytesToBigInt(runToEnd(pieces).output)).toBe(0n);
  expect(bytesToBigInt(runToEnd(begin()).output)).toBe(7n);
});

test('a view may read more than a block has gas for, a transaction may not', async () => {
  const long = { to: SPINNER_ADDRESS, data: selectorToHex(selectorOf('long()')) };
  const ask = client();
  expect(await ask(call(1, 'eth_call', long, 'latest'))).toMatchObject({ result: `0x${'5'.padStart(64, '0')}` });
  const { error } = (await ask(call(2, 'eth_estimateGas', long))) as Answer;
  expect(error?.message).toBe('execution reverted: out of gas');
});
