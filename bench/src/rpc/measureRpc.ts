import { randomBytes } from 'node:crypto';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, addressOf, EMPTY_BYTES, signTransaction, toHex } from '@wattchain/core';
import { assemble, selectorOf, selectorToHex } from '@wattchain/vm';
import { percentile } from '../statistics.js';
import { type BenchNode, BenchNodes } from './benchNodes.js';
import { Greed } from './greed.js';
import { type LoadResult, RpcLoad, type RpcRequest } from './rpcLoad.js';

/** How the RPC of a node is measured. */
export interface RpcBenchOptions {
  /** What runs `wattchain`: a program and its first arguments. */
  readonly command: readonly string[];
  /** Of each of the four parts. */
  readonly seconds: number;
  readonly requestsPerSecond: number;
  /** Callers of the last part, who ask as fast as they are answered. */
  readonly callers: number;
  /** Told what is going on. */
  readonly progress: (text: string) => void;
}

/** One part: a load, and what the node did meanwhile. */
export interface RpcBenchPart {
  readonly name: 'idle' | 'paced' | 'flat out' | 'greedy others';
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answered with an error, by its message. */
  readonly errors: Readonly<Record<string, number>>;
  /** Absent without requests. */
  readonly latencyMs?: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  /** How late the node's event loop ran its timers meanwhile. */
  readonly eventLoopLagMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly blocksMined: number;
  /** Of the other node. */
  readonly blocksImported: number;
  readonly transactionsIncluded: number;
}

/** What `wattchain bench rpc` says. */
export interface RpcReport {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly loadAverage: number;
  readonly blockIntervalMs: number;
  readonly seconds: number;
  readonly parts: readonly RpcBenchPart[];
}

const BLOCK_INTERVAL_MS = 1_000;
const CHAIN_ID = 20_000_777;
const CONTRACT: Address = `0x${'c0'.repeat(20)}`;
const CONNECTIONS = 64;
const COUNTER = `
.contract Counter
.slot    total
.event   Counted(address indexed by, uint256 value)
.function total() view returns (uint256)
         sload total  return 1
.function add(uint256 amount)
         sload total  arg amount  add  sstore total
         caller  sload total  log Counted  stop
`;
/** Each function goes on until the gas is used up: arithmetic, hashes, reads of what is not there, writes. */
const SPINNER = `
.contract Spinner
.function add()
         push 0
again:   push 1  add  jump again
.function hash()
again:   push 1  push 2  key  pop  jump again
.function read()
.local   slot
again:   lget slot  sload  pop  lget slot  push 1  add  lset slot  jump again
.function write()
.local   slot
again:   push 1  lget slot  sstore  lget slot  push 1  add  lset slot  jump again
`;
const SPINNER_ADDRESS: Address = `0x${'d0'.repeat(20)}`;
const GREEDY_CLIENTS = 8;
/** What the others ask meanwhile: a person with a page and a wallet. */
const GREEDY_PART_PER_SECOND = 20;
const GREEDY_CALLS = ['add()', 'hash()', 'read()', 'write()'].flatMap((signature) =>
  ['eth_call', 'debug_traceCall'].map((method) => ({
    method,
    params: [{ to: SPINNER_ADDRESS, data: selectorToHex(selectorOf(signature)) }, 'latest'],
  })),
);
const TOTAL = '0x2ddbd13a';
const ADD_1 = `0x1003e2d2${'1'.padStart(64, '0')}`;

/**
 * Four parts on a node that mines and imports the blocks of another miner: nothing asked, so many requests a second, as many as it
 * answers, and so many a second while others send batches of calls that use all of a block's gas.
 */
export async function measureRpc(options: RpcBenchOptions): Promise<RpcReport> {
  const { command, seconds, requestsPerSecond, callers, progress } = options;
  const loadAverage = loadavg()[0] ?? 0;
  const key = new Uint8Array(randomBytes(32));
  const miners: [Address, Address] = [toHex(randomBytes(20)), toHex(randomBytes(20))];
  progress('starting two nodes …');
  const { nodes, loaded } = await BenchNodes.start(command, benchGenesis(addressOf(key)), miners);
  const load = new RpcLoad(loaded.url, CONNECTIONS);
  try {
    const mix = new RequestMix(key);
    const parts: RpcBenchPart[] = [];
    const measure = async (name: RpcBenchPart['name'], work: () => Promise<LoadResult>) => {
      progress(`${name}: ${seconds} s …`);
      parts.push(await measurePart(name, load, loaded, work));
    };
    await measure('idle', async () => {
      await sleep(1000 * seconds);
      return { latenciesMs: [], errors: new Map(), durationMs: 1000 * seconds };
    });
    await measure('paced', () => load.paced(requestsPerSecond, seconds, () => mix.next()));
    // One account has room for so many transactions in the pool only, so the fastest callers only read.
    await measure('flat out', () => load.flatOut(callers, seconds, () => mix.nextRead()));
    const greed = new Greed(loaded.url, GREEDY_CLIENTS);
    await measure('greedy others', async () => {
      greed.start(GREEDY_CALLS);
      return load.paced(GREEDY_PART_PER_SECOND, seconds, () => mix.nextRead()).finally(() => greed.stop());
    });
    return {
      node: process.version,
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      loadAverage,
      blockIntervalMs: BLOCK_INTERVAL_MS,
      seconds,
      parts,
    };
  } finally {
    load.close();
    await nodes.stop();
  }
}

async function measurePart(
  name: RpcBenchPart['name'],
  load: RpcLoad,
  node: BenchNode,
  work: () => Promise<LoadResult>,
): Promise<RpcBenchPart> {
  const first = Number(await load.result('eth_blockNumber', [])) + 1;
  await node.lag();
  const { latenciesMs, errors, durationMs } = await work();
  const lag = await node.lag();
  const last = Number(await load.result('eth_blockNumber', []));
  const counts = { blocksMined: 0, blocksImported: 0, transactionsIncluded: 0 };
  for (let height = first; height <= last; height++) {
    const block = (await load.result('eth_getBlockByNumber', [`0x${height.toString(16)}`, false])) as {
      miner: string;
      transactions: unknown[];
    };
    counts[block.miner === node.miner ? 'blocksMined' : 'blocksImported']++;
    counts.transactionsIncluded += block.transactions.length;
  }
  const at = (share: number) => percentile(latenciesMs, share);
  return {
    name,
    requests: latenciesMs.length,
    requestsPerSecond: (1000 * latenciesMs.length) / durationMs,
    errors: Object.fromEntries(errors),
    ...(latenciesMs.length === 0 ? {} : { latencyMs: { p50: at(50), p95: at(95), p99: at(99), max: at(100) } }),
    eventLoopLagMs: { p50: lag.p50Ms, p99: lag.p99Ms, max: lag.maxMs },
    ...counts,
  };
}

/** What wallets, pages and tools ask, in turns; every tenth request sends a transaction. */
class RequestMix {
  readonly #key: Uint8Array;
  readonly #address: Address;
  readonly #reads: readonly RpcRequest[];
  #count = 0;
  #nonce = 0;

  constructor(key: Uint8Array) {
    this.#key = key;
    this.#address = addressOf(key);
    const latest = 'latest';
    this.#reads = [
      { method: 'eth_blockNumber', params: [] },
      { method: 'eth_getBalance', params: [this.#address, latest] },
      { method: 'eth_getBlockByNumber', params: [latest, true] },
      { method: 'eth_call', params: [{ to: CONTRACT, data: TOTAL }, latest] },
      { method: 'eth_getLogs', params: [{ address: CONTRACT, fromBlock: '0x0' }] },
      { method: 'eth_getProof', params: [CONTRACT, ['0x0'], latest] },
      { method: 'eth_feeHistory', params: ['0x14', latest, [50]] },
      { method: 'eth_estimateGas', params: [{ from: this.#address, to: CONTRACT, data: ADD_1 }] },
      { method: 'watt_status', params: [] },
    ];
  }

  next(): RpcRequest {
    return this.#count % (this.#reads.length + 1) === this.#reads.length ? this.#nextTransaction() : this.nextRead();
  }

  nextRead(): RpcRequest {
    return this.#reads[this.#count++ % this.#reads.length] as RpcRequest;
  }

  #nextTransaction(): RpcRequest {
    this.#count++;
    const data = Uint8Array.from(Buffer.from(ADD_1.slice(2), 'hex'));
    const isTransfer = this.#nonce % 2 === 0;
    const fields = isTransfer
      ? { to: this.#address, value: 1n, data: EMPTY_BYTES, gasLimit: 21_000 }
      : { to: CONTRACT, value: 0n, data, gasLimit: 100_000 };
    const transaction = signTransaction(
      { ...fields, nonce: this.#nonce++, gasPrice: 1n, chainId: CHAIN_ID },
      this.#key,
    );
    return { method: 'eth_sendRawTransaction', params: [toHex(transaction.raw)] };
  }
}

/** One block a second from two fifths of a core of a slow machine; the difficulty finds the rest by itself. */
function benchGenesis(rich: Address): object {
  const target = 2n ** 256n / 400_000n;
  return {
    name: 'benchmark',
    chainId: CHAIN_ID,
    timestampMs: Date.now() - 60_000,
    blockIntervalMs: BLOCK_INTERVAL_MS,
    firstTarget: `0x${target.toString(16).padStart(64, '0')}`,
    largestTarget: `0x${'ff'.repeat(32)}`,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: '1',
    blockRewardWei: '2000000000000000000',
    confirmations: 12,
    alloc: { [rich]: { balance: '1000000000000000000000000' } },
    contracts: [
      { name: 'Counter', address: CONTRACT, code: assemble(COUNTER, 'counter.wca').code, storage: {} },
      { name: 'Spinner', address: SPINNER_ADDRESS, code: assemble(SPINNER, 'spinner.wca').code, storage: {} },
    ],
  };
}
