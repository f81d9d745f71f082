/**
 * Real blocks for tests: a small network with a target that a few tries meet, accounts with coins, and a builder that
 * mines on any block it has made before, so that tests get branches, bad blocks and transactions without a node.
 */
import {
  type Address,
  addressOf,
  assert,
  commitState,
  EMPTY_BYTES,
  encodeBody,
  type Genesis,
  genesisChanges,
  genesisRecord,
  type Hash,
  HEADER_VERSION,
  type Header,
  type HeaderRecord,
  type KeyValueReader,
  MemoryKeyValues,
  nextTarget,
  Overlay,
  parseGenesis,
  recordOf,
  sealHash,
  search,
  sha256,
  signTransaction,
  type Transaction,
  targetToWords,
  textToBytes,
  transactionsRoot,
  type UnsignedLegacy,
} from '@wattchain/core';
import { BlockExecution } from '@wattchain/vm';

/** Block interval of the test network. */
export const TEST_INTERVAL_MS = 1_000;
/** When the test network began. */
export const TEST_START_MS = 1_700_000_000_000;
const ETHER = 10n ** 18n;

/** A key and its address. */
export interface TestAccount {
  readonly key: Uint8Array;
  readonly address: Address;
}

/** The same account for the same name in every run. */
export function testAccount(name: string): TestAccount {
  const key = sha256(textToBytes(`wattchain test account ${name}`));
  return { key, address: addressOf(key) };
}

/** Accounts with 1,000 coins each in the test genesis. */
export const ALICE: TestAccount = testAccount('alice');
export const BOB: TestAccount = testAccount('bob');
export const CAROL: TestAccount = testAccount('carol');
/** Earns the rewards; has nothing at first. */
export const MINER: TestAccount = testAccount('miner');

/** A genesis for tests: one-second blocks, eight tries a block, cheap gas. `overrides` are fields of the genesis file. */
export function testGenesis(overrides: Record<string, unknown> = {}): Genesis {
  const balance = String(1_000n * ETHER);
  return parseGenesis({
    name: 'test',
    chainId: 20_000_001,
    timestampMs: TEST_START_MS,
    blockIntervalMs: TEST_INTERVAL_MS,
    firstTarget: `0x1f${'f'.repeat(62)}`,
    largestTarget: `0x${'f'.repeat(64)}`,
    blockGasLimit: 2_000_000,
    blockByteLimit: 262_144,
    minGasPriceWei: '100',
    blockRewardWei: String(2n * ETHER),
    confirmations: 12,
    alloc: { [ALICE.address]: { balance }, [BOB.address]: { balance }, [CAROL.address]: { balance } },
    ...overrides,
  });
}

/** A genesis for tests with so many accounts that the state tree has records below its topmost. */
export function crowdedGenesis(carolsCoins = 1_000n): Genesis {
  const accounts = [ALICE, BOB, ...Array.from({ length: 64 }, (_, i) => testAccount(`crowd ${i}`))];
  const alloc = Object.fromEntries(accounts.map(({ address }) => [address, { balance: String(1_000n * ETHER) }]));
  return testGenesis({ alloc: { ...alloc, [CAROL.address]: { balance: String(carolsCoins * ETHER) } } });
}

/** A signed transaction; what is left out is a transfer of 1 wei to Bob at the nonce 0. */
export function testTransaction(
  genesis: Genesis,
  from: TestAccount,
  fields: Partial<UnsignedLegacy> = {},
): Transaction {
  return signTransaction(
    {
      nonce: 0,
      gasPrice: genesis.minGasPriceWei,
      gasLimit: 21_000,
      to: BOB.address,
      value: 1n,
      data: EMPTY_BYTES,
      chainId: genesis.chainId,
      ...fields,
    },
    from.key,
  );
}

/** A block that the kit has mined. */
export interface TestBlock {
  readonly record: HeaderRecord;
  readonly hash: Hash;
  readonly header: Header;
  readonly transactions: readonly Transaction[];
  /** Encoded. */
  readonly body: Uint8Array;
}

/** How a block differs from the next plain one. */
export interface MineOptions {
  readonly transactions?: readonly Transaction[];
  /** Default: one interval after the parent, so that the target stays. */
  readonly timestampMs?: number;
  readonly miner?: Address;
  /** At most 32 bytes; makes two blocks on one parent different. */
  readonly extra?: Uint8Array;
  /** Put into the header before the search, so that the work is right and something else is not. */
  readonly tamper?: Partial<Header>;
}

/** Mines on anything it has mined before; see the file's comment. */
export class ChainKit {
  readonly genesis: Genesis;
  readonly genesisBlock: TestBlock;
  readonly #states = new Map<Hash, KeyValueReader>();

  constructor(genesis: Genesis = testGenesis()) {
    this.genesis = genesis;
    const record = genesisRecord(genesis);
    this.genesisBlock = { record, hash: record.hash, header: record.header, transactions: [], body: encodeBody([]) };
    const state = new MemoryKeyValues();
    const { changes, codes } = genesisChanges(genesis);
    state.apply([...commitState(state, changes).writes, ...codes]);
    this.#states.set(record.hash, state);
  }

  /** The state after a block of this kit; of a tampered block, what its transactions really give. */
  stateAfter(block: TestBlock): KeyValueReader {
    const state = this.#states.get(block.hash);
    assert(state !== undefined, `block ${block.hash} was not mined by this kit`);
    return state;
  }

  /** Mines a block; asserts that its transactions can be executed. */
  mine(parent: TestBlock, options: MineOptions = {}): TestBlock {
    const { genesis } = this;
    const { transactions = [], miner = MINER.address, extra = EMPTY_BYTES, tamper = {} } = options;
    const height = parent.header.height + 1;
    const timestampMs = options.timestampMs ?? parent.header.timestampMs + TEST_INTERVAL_MS;
    const state = new Overlay(this.stateAfter(parent));
    const execution = new BlockExecution(state, { height, timestampMs, miner, genesis });
    for (const transaction of transactions) {
      const { fault } = execution.apply(transaction);
      assert(fault === undefined, `a test transaction cannot be executed: ${fault?.code}`);
    }
    const { writes, stateRoot, receiptsRoot, gasUsed } = execution.finish();
    state.apply(writes);
    const header = solve({
      version: HEADER_VERSION,
      parentHash: parent.hash,
      height,
      timestampMs,
      target: nextTarget(genesis, parent.record),
      miner,
      transactionsRoot: transactionsRoot(transactions),
      receiptsRoot,
      stateRoot,
      historyRoot: parent.record.history.top.hash,
      gasLimit: genesis.blockGasLimit,
      gasUsed,
      transactionCount: transactions.length,
      extra,
      extraNonce: 0n,
      headerNonce: 0,
      minerSeal: EMPTY_BYTES,
      ...tamper,
    });
    const record = recordOf(header, { ...parent.record, hash: header.parentHash }, genesis);
    this.#states.set(record.hash, state);
    return { record, hash: record.hash, header, transactions, body: encodeBody(transactions) };
  }

  /** Mines `count` plain blocks one after another, oldest first; `salt` tells branches apart. */
  mineMany(parent: TestBlock, count: number, salt = ''): TestBlock[] {
    const blocks: TestBlock[] = [];
    for (let i = 0; i < count; i++) blocks.push(this.mine(blocks.at(-1) ?? parent, { extra: textToBytes(salt) }));
    return blocks;
  }
}

/** The header with nonces that meet its target. */
export function solve(header: Header): Header {
  const { solution } = search(sealHash(header), targetToWords(header.target), 0n, 1, 0, 2 ** 32, undefined);
  assert(solution !== undefined, 'a test target is easy');
  return { ...header, ...solution };
}
