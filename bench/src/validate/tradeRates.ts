import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, type Hex, type Transaction, toHex, WattchainError } from '@wattchain/core';
import type { Contestant } from '../servers/contestants.js';
import type { RpcCall, RpcClient } from '../servers/rpcClient.js';
import { Server } from '../servers/server.js';
import type { SignedWorkload } from '../trades/signedWorkload.js';
import { callData, GROUP, placeOf, type TradeContract, tradeAddresses, tradeResults } from '../trades/tradeWorkload.js';
import type { Entrant, Extent, Rate } from './rivals.js';

/** Reads in one message. */
const BATCH = 100;
/** Milliseconds until a server counts as stuck. */
const PATIENCE_MS = 60_000;

export const TRADE_MEASURES = ['tradesMined', 'tradesAuto', 'tradesOneByOne'] as const;
export type TradeMeasure = (typeof TRADE_MEASURES)[number];

/** Presigned transactions that belong together, and what says that all of them are in blocks. */
interface Trades {
  readonly raws: readonly Hex[];
  /** Nonces of all senders afterwards. */
  readonly nonces: ReadonlyMap<Address, number>;
}

function tradesOf(transactions: readonly Transaction[]): Trades {
  return {
    raws: transactions.map(({ raw }) => toHex(raw)),
    nonces: new Map(transactions.map(({ sender, nonce }) => [sender, nonce + 1])),
  };
}

/**
 * A server of its own with a market, warmed up: ready for rounds of one way of sending trades, which go on with the same market. What they have done is checked
 * after each, which does not count.
 *
 * @throws WattchainError `benchServer`, `benchAnswer`, `benchResult`
 */
export async function enterTrades(
  measure: TradeMeasure,
  contestant: Contestant,
  workload: SignedWorkload,
  { warmUp, measured }: Extent,
): Promise<Entrant> {
  const server = await Server.start(contestant.commandFor);
  const { client } = server;
  const send = SENDERS[measure];
  let sent = 0;
  const sendNext = async (count: number) => {
    await send(client, tradesOf(workload.trades(sent, count)));
    sent += count;
  };
  const run = async (): Promise<Rate> => {
    const [startCpuS, startMs] = [server.cpuSeconds(), performance.now()];
    await sendNext(measured);
    const [endCpuS, endMs] = [server.cpuSeconds(), performance.now()];
    await checkResults(client, sent);
    return {
      perCpuSecond: measured / Math.max(0.01, endCpuS - startCpuS),
      perWallSecond: (1_000 * measured) / (endMs - startMs),
    };
  };
  try {
    await oneByOne(client, tradesOf(workload.setUp(contestant.codes)));
    if (measure === 'tradesMined') await client.call(...contestant.pause);
    await sendNext(warmUp);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { run, end: () => server.stop() };
}

const SENDERS: Readonly<Record<TradeMeasure, (client: RpcClient, trades: Trades) => Promise<void>>> = {
  tradesMined: pooledThenMined,
  tradesAuto: inBatches,
  tradesOneByOne: oneByOne,
};

/** All wait in the pool, then blocks are asked for until all are in one. */
async function pooledThenMined(client: RpcClient, { raws, nonces }: Trades): Promise<void> {
  for (const group of groupsOf(raws)) await client.batch(sendCalls(group));
  for (let blocks = 0; !(await areMined(client, nonces)); blocks++) {
    if (blocks > raws.length)
      throw new WattchainError('benchResult', `${blocks} blocks have not taken all transactions`);
    await client.call('evm_mine', []);
  }
}

/** The next batch is sent when there is a receipt of the last of the one before: Anvil lets lie what comes faster than it mines. */
async function inBatches(client: RpcClient, { raws, nonces }: Trades): Promise<void> {
  for (const group of groupsOf(raws)) await receiptOf(client, (await client.batch(sendCalls(group))).at(-1));
  await until(() => areMined(client, nonces));
}

async function areMined(client: RpcClient, nonces: ReadonlyMap<Address, number>): Promise<boolean> {
  const counts = await client.batch([...nonces.keys()].map((from) => ['eth_getTransactionCount', [from, 'latest']]));
  return [...nonces.values()].every((nonce, i) => Number(counts[i]) === nonce);
}

/** The next is sent when there is a receipt of the one before, each in a block of its own. */
async function oneByOne(client: RpcClient, { raws }: Trades): Promise<void> {
  const first = Number(await client.call('eth_blockNumber', []));
  for (const raw of raws) await receiptOf(client, await client.call('eth_sendRawTransaction', [raw]));
  const blocks = Number(await client.call('eth_blockNumber', [])) - first;
  if (blocks !== raws.length) {
    throw new WattchainError('benchResult', `${raws.length} transactions one by one made ${blocks} blocks`);
  }
}

async function receiptOf(client: RpcClient, hash: unknown): Promise<void> {
  await until(async () => {
    const receipt = (await client.call('eth_getTransactionReceipt', [hash])) as { status: string } | null;
    if (receipt === null || receipt.status === '0x1') return receipt !== null;
    throw new WattchainError('benchResult', `transaction ${hash} failed`);
  });
}

/** Asks until it is so: at once the first times, then less often. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  while (!(await isSo())) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > PATIENCE_MS) throw new WattchainError('benchResult', 'transactions wait and are not mined');
    await sleep(waitedMs / 4);
  }
}

function groupsOf(raws: readonly Hex[]): (readonly Hex[])[] {
  return Array.from({ length: Math.ceil(raws.length / GROUP) }, (_, i) => raws.slice(GROUP * i, GROUP * (i + 1)));
}

function sendCalls(raws: readonly Hex[]): RpcCall[] {
  return raws.map((raw) => ['eth_sendRawTransaction', [raw]]);
}

/** Offers, trades, tokens in escrow's hands and coins of all receivers are those of the transactions that were sent. */
async function checkResults(client: RpcClient, count: number): Promise<void> {
  const { offers, trades, balances } = tradeResults(count);
  const from = tradeAddresses()[0];
  const read = async (contract: TradeContract, name: string, args: readonly string[] = []) => {
    const data = toHex(callData(contract, name, args));
    return BigInt((await client.call('eth_call', [{ from, to: placeOf(contract), data }, 'latest'])) as Hex);
  };
  const expected: [string, bigint, bigint][] = [
    ['offers', offers, await read('EnergyTrade', 'offerCount')],
    ['trades', trades, await read('EnergyTrade', 'tradeCount')],
  ];
  const addresses = [...balances.keys()];
  for (let first = 0; first < addresses.length; first += BATCH) {
    const some = addresses.slice(first, first + BATCH);
    const got = await client.batch(some.map((address) => ['eth_getBalance', [address, 'latest']]));
    for (const [i, address] of some.entries()) {
      expected.push([`coins of ${address}`, balances.get(address) ?? 0n, BigInt(got[i] as Hex)]);
    }
  }
  for (const [what, should, is] of expected) {
    if (should !== is) throw new WattchainError('benchResult', `${what}: ${is} after the trades, not ${should}`);
  }
}
