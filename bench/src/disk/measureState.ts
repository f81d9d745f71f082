import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Address,
  addressOf,
  assert,
  EMPTY_BYTES,
  encodeBody,
  type Header,
  numberToBytes,
  sha256,
  signTransaction,
  type Transaction,
  textToBytes,
  toHex,
} from '@wattchain/core';
import {
  buildTemplate,
  Chain,
  loadGenesisRules,
  NODE_DEFAULTS,
  networkOf,
  openLevelStore,
  silentLogger,
  systemRuntime,
} from '@wattchain/node';
import { inFolder } from '../chainOnDisk.js';

/** What a state of so many accounts costs. Seconds are of this process's processor time, threads of the database included. */
export interface StateCost {
  readonly accounts: number;
  /** To start for the first time: to read the genesis file, which names all of them, to work out its block and to write the state into an empty folder. */
  readonly firstStartSeconds: number;
  /** To start again: to read the file and to open the folder. */
  readonly startSeconds: number;
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

/** A node's chain as it starts: rules from a file, the state in a folder beside it. */
interface Started {
  readonly chain: Chain;
  readonly close: () => Promise<void>;
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
const GENESIS_FILE = 'genesis.json';
/** Text that is written at once. */
const TEXT_BYTES = 65_536;

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
  const blocks = await inFolder(async (folder) => {
    writeGenesisFile(folder, accounts);
    const { chain, close } = await start(folder);
    const mined = await mine(chain, transactions);
    await close();
    return mined;
  });
  return inFolder(async (folder) => {
    writeGenesisFile(folder, accounts);
    const [opened, firstStartSeconds] = await cpuSeconds(() => start(folder));
    let importMemoryBytes = 0;
    const [, importSeconds] = await cpuSeconds(async () => {
      for (const { header, body } of blocks) {
        const { value } = await opened.chain.acceptBlock(header, body);
        assert(value === 'added', 'the chain takes every block');
        importMemoryBytes = Math.max(importMemoryBytes, process.memoryUsage.rss());
      }
    });
    await opened.close();
    const [again, startSeconds] = await cpuSeconds(() => start(folder));
    assert(again.chain.head.header.height === blocks.length, 'the chain opens with the head that it closed with');
    await again.close();
    const importedPerSecond = transactions.length / importSeconds;
    return { accounts, firstStartSeconds, startSeconds, importedPerSecond, importMemoryBytes };
  });
}

async function start(folder: string): Promise<Started> {
  const { recheckOneIn } = NODE_DEFAULTS;
  const rules = loadGenesisRules(join(folder, GENESIS_FILE));
  const store = await openLevelStore(join(folder, 'chain'));
  const genesis = await networkOf(rules, store);
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

/** A network whose blocks need no search, account by account: as an object it would be most of the memory that is measured. */
function writeGenesisFile(folder: string, accounts: number): void {
  const easy = `0x${'ff'.repeat(32)}`;
  const file = openSync(join(folder, GENESIS_FILE), 'w');
  const rules = JSON.stringify({
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
  });
  writeSync(file, `${rules.slice(0, -1)},"alloc":{`);
  let text = '';
  for (let i = 0; i < SENDERS; i++) text += `"${addressOf(keyOf(i))}":{"balance":"${10n ** 24n}"},`;
  for (let i = 0; i < accounts; i++) {
    text += `"${receiverOf(i)}":{"balance":"${10n ** 18n + BigInt(i)}"}${i < accounts - 1 ? ',' : '}}'}`;
    if (text.length < TEXT_BYTES) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
}

async function cpuSeconds<T>(run: () => Promise<T>): Promise<[T, number]> {
  const before = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}
