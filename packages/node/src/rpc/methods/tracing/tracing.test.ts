/** `debug_traceTransaction` and `debug_traceCall` over a real chain; the opcodes themselves are tested with the machine. */
import { contractAddress, fromHex } from '@wattchain/core';
import { assemble } from '@wattchain/vm';
import { id } from 'ethers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, testTransaction } from '../../../../testing/chainKit.js';
import { counterDeployment, RpcKit } from '../../../../testing/rpcKit.js';

const COUNTER_ADDRESS = contractAddress(ALICE.address, 0);
let rpc: RpcKit;
beforeEach(async () => {
  rpc = await RpcKit.start();
  const deployment = { to: null, value: 0n, data: counterDeployment(7), gasLimit: 1_000_000 };
  rpc.send(testTransaction(rpc.kit.genesis, ALICE, deployment));
  await rpc.mine();
});
afterEach(() => rpc.stop());

interface Answer {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}
async function ask(method: string, ...params: unknown[]): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json' };
  return (await (await fetch(rpc.url, { method: 'POST', headers, body })).json()) as Answer;
}
const dataOf = (signature: string, amount: number) =>
  fromHex(`${id(signature).slice(0, 10)}${amount.toString(16).padStart(64, '0')}`);
function callCounter(sender: typeof BOB, nonce: number, signature: string, amount: number, to = COUNTER_ADDRESS) {
  const data = dataOf(signature, amount);
  const transaction = testTransaction(rpc.kit.genesis, sender, { nonce, to, value: 0n, data, gasLimit: 200_000 });
  rpc.send(transaction);
  return transaction.hash;
}

interface Step {
  readonly op: string;
  readonly storage?: Readonly<Record<string, string>>;
  readonly source?: { readonly line: number; readonly text: string };
  readonly error?: string;
}

const stepsOf = (trace: Answer['result']) => (trace?.structLogs ?? []) as Step[];

describe('a transaction', () => {
  test('is replayed after those before it in its block, and uses the gas of its receipt', async () => {
    const hashes = [3, 4].map((amount, nonce) => callCounter(BOB, nonce, 'add(uint256)', amount));
    await rpc.mine();
    for (const [index, total] of [10n, 14n].entries()) {
      const { result } = await ask('debug_traceTransaction', hashes[index], {});
      const receipt = (await ask('eth_getTransactionReceipt', hashes[index])).result;
      expect(receipt?.transactionIndex).toBe(`0x${index.toString(16)}`);
      expect(result).toMatchObject({ failed: false, gas: Number(receipt?.gasUsed) });
      expect(BigInt(result?.returnValue as string)).toBe(total);
      const written = stepsOf(result).find(({ op }) => op === 'SSTORE');
      expect(Object.values(written?.storage ?? {}).map(BigInt)).toEqual([total]);
    }
  });

  test('that failed names the error and the line', async () => {
    const hash = callCounter(BOB, 0, 'addStrictly(uint256)', 101);
    await rpc.mine();
    const source = { file: 'counter.wca', line: 21, text: 'arg amount  push 100  revert TooMany' };
    const { result } = await ask('debug_traceTransaction', hash);
    const last = stepsOf(result).at(-1);
    expect(result?.failed).toBe(true);
    expect(last).toMatchObject({ op: 'REVERT', error: 'TooMany(got 101, most 100)', source });
    const calls = await ask('debug_traceTransaction', hash, { tracer: 'callTracer' });
    expect(calls.result).toMatchObject({
      type: 'CALL',
      from: BOB.address,
      to: COUNTER_ADDRESS,
      error: 'execution reverted',
      revertReason: 'TooMany(got 101, most 100)',
      source,
    });
    expect(calls.result?.output).toBe(result?.returnValue);
  });

  test('that deploys or only pays has its calls too', async () => {
    const transfer = testTransaction(rpc.kit.genesis, CAROL, { nonce: 0, to: BOB.address, value: 5n });
    rpc.send(transfer);
    const { transactions } = await rpc.mine();
    expect(transactions).toHaveLength(1);
    const paid = await ask('debug_traceTransaction', transfer.hash, { tracer: 'callTracer' });
    expect(paid.result).toMatchObject({ type: 'CALL', to: BOB.address, value: '0x5', gasUsed: '0x5208', input: '0x' });
    const { hash = '' } = rpc.chain.bodyByHash(rpc.chain.canonicalHash(1) ?? '0x')?.[0] ?? {};
    const made = await ask('debug_traceTransaction', hash, { tracer: 'callTracer' });
    expect(made.result).toMatchObject({ type: 'CREATE', from: ALICE.address, to: COUNTER_ADDRESS });
  });

  test('of a contract that the node knows nothing of is traced without lines', async () => {
    const { code } = assemble('.contract Other\n.function add(uint256 n)\n  push 0 require "no"\n  stop', 'other.wca');
    const data = fromHex(code);
    rpc.send(testTransaction(rpc.kit.genesis, CAROL, { to: null, value: 0n, data, gasLimit: 500_000 }));
    await rpc.mine();
    const hash = callCounter(BOB, 0, 'add(uint256)', 1, contractAddress(CAROL.address, 0));
    await rpc.mine();
    const { result } = await ask('debug_traceTransaction', hash);
    expect(stepsOf(result).map(({ op, source, error }) => [op, source, error])).toEqual([
      ['PUSH', undefined, undefined],
      ['REQUIRE', undefined, 'no'],
    ]);
  });
});

describe('options', () => {
  test('shorten the answer', async () => {
    const hash = callCounter(BOB, 0, 'add(uint256)', 1);
    await rpc.mine();
    const { result: whole } = await ask('debug_traceTransaction', hash, {});
    const { result: few } = await ask('debug_traceTransaction', hash, { limit: 3, timeout: '10s', enableMemory: true });
    expect(whole).not.toHaveProperty('truncated');
    expect(few?.structLogs).toEqual(stepsOf(whole).slice(0, 3));
    expect(few?.truncated).toBe(true);
    const { result: bare } = await ask('debug_traceTransaction', hash, { disableStack: true, disableStorage: true });
    const fields = new Set(stepsOf(bare).flatMap((step) => Object.keys(step)));
    expect(fields.has('stack') || fields.has('storage')).toBe(false);
    const { result: logs } = await ask('debug_traceTransaction', hash, {
      tracer: 'callTracer',
      tracerConfig: { withLog: true },
    });
    expect(logs?.logs).toHaveLength(1);
  });

  test.each([
    [{ tracer: 'prestateTracer' }, '"tracer": expected "callTracer"'],
    [{ limit: -1 }, '"limit": expected a whole number'],
    [{ disableStack: 'yes' }, '"disableStack": expected true or false'],
    [7, 'expected an object'],
  ])('%j is refused', async (options, message) => {
    const { error } = await ask('debug_traceTransaction', `0x${'00'.repeat(32)}`, options);
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining(message) });
  });
});

describe('what cannot be traced', () => {
  test('is a transaction that is in no block', async () => {
    const hash = callCounter(BOB, 0, 'add(uint256)', 1);
    const { error } = await ask('debug_traceTransaction', hash);
    expect(error).toMatchObject({ code: -32000, message: expect.stringContaining('transaction not found') });
  });

  test('is one whose state is no longer kept: the newest 64 blocks can be', async () => {
    const hash = callCounter(BOB, 0, 'add(uint256)', 1);
    await rpc.mine();
    await rpc.mineEmpty(63);
    expect((await ask('debug_traceTransaction', hash)).result).toMatchObject({ failed: false });
    await rpc.mineEmpty(1);
    const { error } = await ask('debug_traceTransaction', hash);
    expect(error).toMatchObject({ code: -32000, message: 'state of block 1 is not kept' });
  });
});

test('a call is traced as eth_call runs it, failing or not', async () => {
  const call = {
    from: BOB.address,
    to: COUNTER_ADDRESS,
    data: `${id('take(uint256)').slice(0, 10)}${'8'.padStart(64, '0')}`,
  };
  const { result } = await ask('debug_traceCall', call, 'latest', { tracer: 'callTracer' });
  expect(result).toMatchObject({
    error: 'execution reverted',
    revertReason: 'arithmetic overflow or underflow',
    source: { line: 25, text: 'sload total  arg amount  sub  sstore total  stop' },
  });
  const tooFew = await ask('debug_traceCall', { ...call, gas: '0x5208' }, 'latest', { tracer: 'callTracer' });
  expect(tooFew.result).toMatchObject({ type: 'CALL', error: 'out of gas', gas: '0x5208' });
});
