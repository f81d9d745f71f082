import { HttpRequestError } from 'viem';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from '../client.js';
import { waitForTransaction } from './transaction.js';

const HASH = `0x${'12'.repeat(32)}` as const;
const RECEIPT = { status: 'success' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A node that says at each second where the transaction is; an error: it does not answer. */
function connectionTo(statusAt: (second: number) => object | Error): Connection {
  const startMs = Date.now();
  return {
    rpcUrl: 'http://127.0.0.1:1',
    genesis: { confirmations: 12 },
    client: {
      pollingInterval: 1_000,
      getTransactionReceipt: async () => RECEIPT,
      getBlockNumber: async () => 5n,
    },
    watt: async () => {
      const status = statusAt(Math.floor((Date.now() - startMs) / 1_000));
      if (status instanceof Error) throw status;
      return status;
    },
  } as unknown as Connection;
}

/** Waits for so many seconds; what came of it, when, and what was said meanwhile. */
async function waitOn(connection: Connection, confirmations = 1) {
  const said: string[] = [];
  const startMs = Date.now();
  const wait = {
    hash: HASH,
    what: 'a transfer',
    confirmations,
    output: { json: false, result: () => {}, progress: (text: string) => void said.push(text) },
  };
  const outcome = waitForTransaction(connection, wait).then(
    (value) => ({ value, seconds: (Date.now() - startMs) / 1_000 }),
    (error: unknown) => ({ error, seconds: (Date.now() - startMs) / 1_000 }),
  );
  await vi.advanceTimersByTimeAsync(120_000);
  return { ...(await outcome), said };
}

const NO_ANSWER = new HttpRequestError({ url: 'http://127.0.0.1:1' });
const WAITING = { status: 'waiting', reason: { text: "its nonce is 8 and the sender's next is 0" } };
const included = (confirmations: number) => ({ status: 'included', height: 5, confirmations });

test('ends with the confirmations that are wanted', async () => {
  const { value, seconds } = (await waitOn(
    connectionTo((second) => (second < 3 ? WAITING : included(second - 2))),
    4,
  )) as { value: object; seconds: number };
  expect({ value, seconds }).toEqual({ value: { receipt: RECEIPT, status: included(4) }, seconds: 6 });
});

test('says every ten seconds why it waits, and when no block comes', async () => {
  const { said } = await waitOn(connectionTo((second) => (second < 25 ? WAITING : included(1))));
  expect(said).toEqual([
    "waiting: its nonce is 8 and the sender's next is 0",
    "waiting: its nonce is 8 and the sender's next is 0; no block came within 10 s, the newest is 5",
  ]);
});

test('ends when the node has forgotten the transaction, as after a restart', async () => {
  const outcome = await waitOn(
    connectionTo((second) => (second < 5 ? WAITING : second < 30 ? NO_ANSWER : { status: 'unknown' })),
  );
  expect(outcome).toMatchObject({
    error: { code: 'transactionLost' },
    said: expect.arrayContaining(['the node does not answer']),
  });
  expect(outcome.seconds).toBeGreaterThan(44);
});

test('survives a moment in which a reorganisation has taken the transaction away', async () => {
  const outcome = await waitOn(connectionTo((second) => (second < 10 ? { status: 'unknown' } : included(1))));
  expect(outcome).toMatchObject({ value: { receipt: RECEIPT } });
});

test('ends when the node stays away', async () => {
  const outcome = await waitOn(connectionTo((second) => (second < 5 ? WAITING : NO_ANSWER)));
  expect(outcome).toMatchObject({ error: { code: 'nodeUnreachable', hint: `when it is back: wattchain tx ${HASH}` } });
  expect(outcome.seconds).toBeGreaterThan(60);
});

test('tells why a transaction failed', async () => {
  const status = {
    status: 'failed',
    height: 5,
    confirmations: 1,
    failure: { reason: 'too few tokens', hint: 'buy some' },
  };
  const connection = connectionTo(() => status);
  // The explanation of a failure reads the transaction, which this node has not.
  Object.assign(connection.client, { getTransaction: async () => ({ to: null, input: '0x' }) });
  const { error } = (await waitOn(connection)) as { error: Error };
  expect(error.message).toContain('a transfer: failed in block 5: too few tokens');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('whoever stops waiting by %s gets the hash of what was sent', async (signal, code) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const results: unknown[] = [];
  const output = { json: true, result: (value: unknown) => void results.push(value), progress: () => {} };
  const before = process.listeners(signal);
  const waiting = waitForTransaction(
    connectionTo((second) => (second < 5 ? WAITING : included(1))),
    { hash: HASH, what: 'a transfer', output },
  );
  const [listener] = process.listeners(signal).filter((each) => !before.includes(each));
  listener?.(signal);
  expect(results).toEqual([{ hash: HASH, status: 'sent', what: 'a transfer' }]);
  expect(exit).toHaveBeenCalledWith(code);
  await vi.advanceTimersByTimeAsync(10_000);
  await waiting;
  expect(process.listeners(signal)).toEqual(before);
  exit.mockRestore();
});
