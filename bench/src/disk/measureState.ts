import {
  type Address,
  addressOf,
  assert,
  EMPTY_BYTES,
  encodeBody,
  type Genesis,
  type Header,
  numberToBytes,
  parseGenesis,
  sha256,
  signTransaction,
  type Transaction,
  textToBytes,
  toHex,
} from '@wattchain/core';
import { buildTemplate, Chain, NODE_DEFAULTS, openLevelStore, silentLogger, systemRuntime } from '@wattchain/node';
import { inFolder } from '../chainOnDisk.js';

/** What a state of so many accounts costs. Seconds are of this process's processor time, threads of the database included. */
export interface StateCost {
  readonly accounts: number;
  /** To read the genesis, which makes all of them, and to work out its block. */
  readonly genesisSeconds: number;
  /** To write it into an empty folder. */
  readonly writeSeconds: number;
  /** To open the folder again. */
  readonly openSeconds: number;
  /** Transfers in full blocks a second, each to another account. */
  readonly importedPerSecond: number;
  /** Resident memory of the process at most while it imports; the blocks and the genesis are in it. */
  readonly importMemoryBytes: number;
}

/** What `wattchain bench state` says. */
export interface StateReport {
  readonly node: string;
  readonly transactions: number;
  readonly states: readonly StateCost[];
}

interface FullBlock {
  readonly header: Header;
  readonly body: Uint8Array;
}

const CHAIN_ID = 20_000_003;
const GAS_PRICE = 10n ** 9n;
const TRANSFER_GAS = 21_000;
const SENDERS = 40;
const PER_BLOCK = 200;
/** Has no divisor in common with round numbers of accounts, so that blocks after each other meet accounts all over the state. */
const STRIDE = 7_919;

const keyOf = (index: number) => sha256(textToBytes('wattchain bench state'), numberToBytes(index, 4));
const receiverOf = (index: number) => toHex(keyOf(SENDERS + 1 + index).subarray(12));
const MINER: Address = addressOf(keyOf(SENDERS));

/** Measures states of so many accounts each, one after the other, after a warm-up that does not count. */
export async function measureState(
  { accounts, transactions }: { readonly accounts: readonly number[]; readonly transactions: number },
  progress: (text: string) => void,
): Promise<StateReport> {
  const sign = (state: number) => Array.from({ length: transactions }, (_, index) => transferTo(index, state));
  const [first = 1] = accounts;
  progress('warming up …');
  await measureOne(first, sign(first));
  const states: StateCost[] = [];
  for (const count of accounts) {
    progress(`${count} accounts …`);
    states.push(await measureOne(count, sign(count)));
  }
  return { node: process.version, transactions, states };
}

async function measureOne(accounts: number, transactions: readonly Transaction[]): Promise<StateCost> {
  const [genesis, genesisSeconds] = await cpuSeconds(async () => stateGenesis(accounts));
  const blocks = await inFolder(async (folder) => {
    const { chain, close } = await open(folder, genesis);
    const mined = await mine(chain, transactions);
    await close();
    return mined;
  });
  return inFolder(async (folder) => {
    const [opened, writeSeconds] = await cpuSeconds(() => open(folder, genesis));
    let importMemoryBytes = 0;
    const [, importSeconds] = await cpuSeconds(async () => {
      for (const { header, body } of blocks) {
        const { value } = await opened.chain.acceptBlock(header, body);
        assert(value === 'added', 'the chain takes every block');
        importMemoryBytes = Math.max(importMemoryBytes, process.memoryUsage.rss());
      }
    });
    await opened.close();
    const [again, openSeconds] = await cpuSeconds(() => open(folder, genesis));
    assert(again.chain.head.header.height === blocks.length, 'the chain opens with the head that it closed with');
    await again.close();
    const importedPerSecond = transactions.length / importSeconds;
    return { accounts, genesisSeconds, writeSeconds, openSeconds, importedPerSecond, importMemoryBytes };
  });
}

async function open(folder: string, genesis: Genesis): Promise<{ chain: Chain; close: () => Promise<void> }> {
  const { recheckOneIn } = NODE_DEFAULTS;
  const store = await openLevelStore(folder);
  const chain = await Chain.open({ store, genesis, runtime: systemRuntime(), log: silentLogger, recheckOneIn });
  const close = async () => {
    await chain.close();
    await store.close();
  };
  return { chain, close };
}

async function mine(chain: Chain, transactions: readonly Transaction[]): Promise<FullBlock[]> {
  const blocks: FullBlock[] = [];
  for (let from = 0; from < transactions.length; from += PER_BLOCK) {
    const candidates = transactions.slice(from, from + PER_BLOCK);
    const nowMs = chain.head.header.timestampMs + chain.genesis.blockIntervalMs;
    const template = buildTemplate({ chain, candidates, miner: MINER, nowMs });
    assert(template?.transactions.length === candidates.length, 'a block has room for its transactions');
    const block = { header: template.header, body: encodeBody(template.transactions) };
    const { value } = await chain.acceptBlock(block.header, block.body, 'miner', template);
    assert(value === 'added', 'the chain takes its own block');
    blocks.push(block);
  }
  return blocks;
}

function transferTo(index: number, accounts: number): Transaction {
  const to = receiverOf((index * STRIDE) % accounts);
  const nonce = Math.floor(index / SENDERS);
  const fields = { nonce, gasPrice: GAS_PRICE, gasLimit: TRANSFER_GAS, to, value: 1n, data: EMPTY_BYTES };
  return signTransaction({ ...fields, chainId: CHAIN_ID }, keyOf(index % SENDERS));
}

/** A network whose blocks need no search. */
function stateGenesis(accounts: number): Genesis {
  const easy = `0x${'ff'.repeat(32)}`;
  const alloc: Record<Address, { readonly balance: string }> = {};
  for (let i = 0; i < SENDERS; i++) alloc[addressOf(keyOf(i))] = { balance: String(10n ** 24n) };
  for (let i = 0; i < accounts; i++) alloc[receiverOf(i)] = { balance: String(10n ** 18n + BigInt(i)) };
  return parseGenesis({
    name: 'state benchmark',
    chainId: CHAIN_ID,
    timestampMs: 1_751_587_200_000,
    blockIntervalMs: 1_000,
    firstTarget: easy,
    largestTarget: easy,
    blockGasLimit: 30_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: GAS_PRICE.toString(),
    blockRewardWei: '2000000000000000000',
    confirmations: 12,
    alloc,
  });
}

async function cpuSeconds<T>(run: () => Promise<T>): Promise<[T, number]> {
  const before = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}
