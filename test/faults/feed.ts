/** Blocks that a node is given in order: a chain that is reorganised every few blocks, each with enough in it that LevelDB has work. */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type Address,
  addressOf,
  assert,
  blockHash,
  bytesToBigInt,
  concatBytes,
  decodeHeader,
  encodeBody,
  encodeHeader,
  type Genesis,
  genesisToJson,
  type Hash,
  type Header,
  numberToBytes,
  parseGenesis,
  search,
  sha256,
  signTransaction,
  targetToWords,
  textToBytes,
} from '@wattchain/core';
import { buildTemplate, Chain, MemoryStore, silentLogger, systemRuntime } from '@wattchain/node';
import { draw } from './draw.js';

/** What a block does to the chain of a node that has all blocks before it. */
export type FeedKind = 'extends' | 'beside' | 'reorganises';

/** A block of a feed. */
export interface FeedBlock {
  readonly hash: Hash;
  readonly header: Header;
  readonly body: Uint8Array;
}

/** Blocks in the order in which a node is given them. */
export interface Feed {
  readonly genesis: Genesis;
  readonly blocks: readonly FeedBlock[];
  /** By block: what it does, and the head after it. */
  readonly kinds: readonly FeedKind[];
  readonly heads: readonly Hash[];
  /** Hashes of the last head's chain by height. */
  readonly canonical: readonly Hash[];
}

const START_MS = 1_700_000_000_000;
const INTERVAL_MS = 1_000;
const ACCOUNTS = 240;
const TRANSACTIONS_PER_BLOCK = 6;
/** Data of a transaction that compress to nothing less. */
const DATA_BYTES = 1_536;
const GAS_LIMIT = 200_000;
/** Blocks between two reorganisations, and how many one undoes: fewer than are confirmed. */
const [MOST_BETWEEN, MOST_UNDONE] = [4, 6];

const keyOf = (account: number) => sha256(textToBytes(`wattchain fault account ${account}`));
const [HONEST, LOSING] = [addressOf(keyOf(0)), addressOf(keyOf(1))];

/** Every account of a feed's network. */
export function addressesOf({ genesis }: Feed): Address[] {
  return Array.from(genesis.alloc, ({ address }) => address);
}

/** The network of every feed. */
function feedGenesis(): Genesis {
  const addresses = Array.from({ length: ACCOUNTS }, (_, account) => addressOf(keyOf(account)));
  return parseGenesis({
    name: 'crash tests',
    chainId: 20_160_001,
    timestampMs: START_MS,
    blockIntervalMs: INTERVAL_MS,
    firstTarget: `0x1f${'f'.repeat(62)}`,
    largestTarget: `0x${'f'.repeat(64)}`,
    blockGasLimit: 30_000_000,
    blockByteLimit: 262_144,
    minGasPriceWei: '100',
    blockRewardWei: '2000000000000000000',
    confirmations: 12,
    alloc: Object.fromEntries(addresses.map((address) => [address, { balance: '1000000000000000000000' }])),
  });
}

/** Makes a feed of at least so many blocks: the same for the same seed. */
export async function makeFeed(seed: number, length: number): Promise<Feed> {
  const genesis = feedGenesis();
  const runtime = systemRuntime();
  const open = () => Chain.open({ store: new MemoryStore(), genesis, runtime, log: silentLogger });
  // The first is a node that is given the feed; on the second grows what wins, before the first hears of it.
  const [first, second] = [await open(), await open()];
  const blocks: FeedBlock[] = [];
  const kinds: FeedKind[] = [];
  const heads: Hash[] = [];
  const add = async (block: FeedBlock, kind: FeedKind) => {
    blocks.push(block);
    kinds.push(kind);
    heads.push(kind === 'beside' ? (heads.at(-1) ?? genesis.hash) : block.hash);
    for (const chain of [first, second]) await chain.acceptBlock(block.header, block.body);
    assert(first.head.hash === heads.at(-1), 'a block of a feed does what its kind says', kind);
  };
  while (blocks.length < length) {
    const between = 1 + draw(MOST_BETWEEN, seed, 'between', blocks.length);
    for (let i = 0; i < between; i++) await add(grow(second, HONEST), 'extends');
    const undone = 1 + draw(MOST_UNDONE, seed, 'undone', blocks.length);
    const winners: FeedBlock[] = [];
    for (let i = 0; i <= undone; i++) {
      const block = grow(second, HONEST);
      await second.acceptBlock(block.header, block.body);
      winners.push(block);
    }
    for (let i = 0; i < undone; i++) await add(grow(first, LOSING), 'extends');
    for (const [i, block] of winners.entries()) await add(block, i < undone ? 'beside' : 'reorganises');
  }
  const canonical = Array.from({ length: first.head.header.height + 1 }, (_, height) => first.canonicalHash(height));
  for (const chain of [first, second]) await chain.close();
  return { genesis, blocks, kinds, heads, canonical: canonical.flatMap((hash) => hash ?? []) };
}

/** The next block on the head of a chain, which is not given it. */
function grow(chain: Chain, miner: Address): FeedBlock {
  const { genesis, head } = chain;
  const height = head.header.height + 1;
  const candidates = Array.from({ length: TRANSACTIONS_PER_BLOCK }, (_, i) => {
    const place = (height - 1) * TRANSACTIONS_PER_BLOCK + i;
    const data = Array.from({ length: DATA_BYTES / 32 }, (_, part) => sha256(textToBytes(`${place} ${part} ${miner}`)));
    return signTransaction(
      {
        nonce: Math.floor(place / ACCOUNTS),
        gasPrice: genesis.minGasPriceWei,
        gasLimit: GAS_LIMIT,
        to: addressOf(keyOf((place * 7 + 3) % ACCOUNTS)),
        value: BigInt(place + 1),
        data: concatBytes(...data),
        chainId: genesis.chainId,
      },
      keyOf(place % ACCOUNTS),
    );
  });
  const template = buildTemplate({ chain, candidates, miner, nowMs: head.header.timestampMs + INTERVAL_MS });
  assert(template?.transactions.length === TRANSACTIONS_PER_BLOCK, 'the transactions of a feed can be executed');
  const { solution } = search(template.sealHash, targetToWords(template.header.target), 0n, 1, 0, 2 ** 32, undefined);
  assert(solution !== undefined, 'the target of a feed is easy');
  const header = { ...template.header, ...solution };
  return { hash: blockHash(header), header, body: encodeBody(template.transactions) };
}

/** Writes the genesis and the blocks to two files, for {@link readFeed}. */
export function writeFeed({ genesis, blocks }: Feed, genesisFile: string, blocksFile: string): void {
  writeFileSync(genesisFile, JSON.stringify(genesisToJson(genesis)));
  const parts = blocks.flatMap(({ header, body }) => [encodeHeader(header), body]);
  writeFileSync(blocksFile, concatBytes(...parts.flatMap((part) => [numberToBytes(part.length, 4), part])));
}

/** The blocks of a file. */
export function readFeed(blocksFile: string): FeedBlock[] {
  const bytes = readFileSync(blocksFile);
  let offset = 0;
  const take = () => {
    const length = Number(bytesToBigInt(bytes.subarray(offset, offset + 4)));
    const part = new Uint8Array(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
    return part;
  };
  const blocks: FeedBlock[] = [];
  while (offset < bytes.length) {
    const { value: header } = decodeHeader(take());
    assert(header !== undefined, 'a file of blocks has headers');
    blocks.push({ hash: blockHash(header), header, body: take() });
  }
  return blocks;
}
