import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Address,
  decodeTransaction,
  encodeBody,
  fromHex,
  type Hash,
  HEADER_VERSION,
  type Header,
  type Hex,
  type Transaction,
  toHex,
  WattchainError,
} from '@wattchain/core';
import type { Chain } from '@wattchain/node';
import { type Client, createClient, http, numberToHex } from 'viem';
import { wattRequest } from '../client.js';
import type { BlockSource, MadeBlock } from './blockSource.js';

/** A node that was killed starts again: 0.1 s doubling, 25 s in all. */
const RPC_RETRIES = 8;
const RPC_RETRY_DELAY_MS = 100;
const POLL_MS = 100;
/** Transactions that are on their way at once: an account of a pool has 512 places. */
const MOST_SENT = 256;
/** A transaction that is in none of so many blocks is sent again: a node that was killed has forgotten it. */
const RESEND_BLOCKS = 10;
/** How long nothing may happen: a machine whose processors are in use makes blocks slowly. */
const PATIENCE_MS = 180_000;

/** Nodes whose blocks a run follows. */
export interface FollowedNodes {
  /** By name, in the order in which they are asked. */
  readonly rpcUrls: ReadonlyMap<string, string>;
  /** Moves the clocks of all nodes on to a moment, if they are not there yet. */
  reach(timeMs: number): void;
  /** Told of every block: its height and how many transactions wait. */
  told(height: number, waiting: number): void;
}

/** A block as `eth_getBlockByNumber` gives it, as far as its header follows from it. */
interface BlockJson {
  readonly hash: Hash;
  readonly number: Hex;
  readonly parentHash: Hash;
  readonly nonce: Hex;
  readonly extraNonce: Hex;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  readonly stateRoot: Hash;
  readonly historyRoot: Hash;
  readonly miner: Address;
  readonly extraData: Hex;
  readonly gasLimit: Hex;
  readonly gasUsed: Hex;
  readonly timestampMs: Hex;
  readonly target: Hex;
  readonly minerSeal: Hex;
  readonly transactions: readonly Hash[];
}

/**
 * The blocks of a network of several nodes, by JSON-RPC: transactions go to its nodes, and a block is taken when every node has it on its
 * chain, so that none is taken back again. The chain of this process validates each as a node does.
 */
export class TestbedBlocks implements BlockSource {
  readonly keepsOrder = false;
  readonly #clients: readonly { readonly name: string; readonly client: Client }[];
  /** Taken from the network, and not asked for yet. */
  readonly #fetched: MadeBlock[] = [];
  /** What was sent and is in no block yet, with the height of the head at that time. */
  readonly #sent = new Map<Hash, { readonly transaction: Transaction; readonly height: number }>();

  constructor(private readonly nodes: FollowedNodes) {
    this.#clients = Array.from(nodes.rpcUrls, ([name, url]) => ({
      name,
      client: createClient({ transport: http(url, { retryCount: RPC_RETRIES, retryDelay: RPC_RETRY_DELAY_MS }) }),
    }));
  }

  async next(chain: Chain, waiting: readonly Transaction[], earliestMs: number): Promise<MadeBlock> {
    const { height, timestampMs } = chain.head.header;
    // No block after one of that time says less.
    if (timestampMs < earliestMs) this.nodes.reach(earliestMs);
    else await this.#send(waiting.slice(0, MOST_SENT), height);
    const next = this.#fetched.shift() ?? (await this.#fetch(height + 1, chain.genesis.chainId));
    this.nodes.told(next.header.height, waiting.length);
    return next;
  }

  /** Everybody sends through a node of its own, each account in the order of its nonces. */
  async #send(waiting: readonly Transaction[], height: number): Promise<void> {
    const isDue = ({ hash }: Transaction) => height - (this.#sent.get(hash)?.height ?? -RESEND_BLOCKS) >= RESEND_BLOCKS;
    const due = waiting.filter(isDue);
    const doors = this.#clients.slice(0, 2);
    await Promise.all(
      doors.map(async ({ name, client }, door) => {
        for (const transaction of due) {
          if (Number.parseInt(transaction.sender.slice(-1), 16) % doors.length !== door) continue;
          this.#sent.set(transaction.hash, { transaction, height });
          await sendRaw(name, client, toHex(transaction.raw));
        }
      }),
    );
  }

  /** Waits until all nodes agree on a block at this height or above, and takes all up to it. */
  async #fetch(height: number, chainId: number): Promise<MadeBlock> {
    let seen = -1;
    for (let deadline = Date.now() + PATIENCE_MS; ; ) {
      const heads = await this.#ask<Hex>('eth_blockNumber', []);
      const lowest = Math.min(...heads.map(Number));
      if (lowest >= height) {
        const blocks = await this.#ask<BlockJson | null>('eth_getBlockByNumber', [numberToHex(lowest), false]);
        const [one] = blocks;
        if (one && blocks.every((block) => block?.hash === one.hash)) return this.#take(height, one, chainId);
      }
      if (lowest > seen) deadline = Date.now() + PATIENCE_MS;
      seen = Math.max(seen, lowest);
      if (Date.now() > deadline)
        throw new WattchainError('runFailed', `no block that all nodes have comes after ${seen}`, {
          values: { height, seen, waitedMs: PATIENCE_MS },
          hint: 'their logs say why; on a machine with much else to do a longer --block-interval helps',
        });
      await sleep(POLL_MS);
    }
  }

  /** The blocks from a height up to one that all nodes have; the first of them. */
  async #take(height: number, last: BlockJson, chainId: number): Promise<MadeBlock> {
    for (let at = height; at < Number(last.number); at++) {
      const block = await this.#askFirst<BlockJson>('eth_getBlockByNumber', [numberToHex(at), false]);
      this.#fetched.push(await this.#read(block, chainId));
    }
    this.#fetched.push(await this.#read(last, chainId));
    return this.#fetched.shift() as MadeBlock;
  }

  async #read(block: BlockJson, chainId: number): Promise<MadeBlock> {
    const transactions: Transaction[] = [];
    for (const hash of block.transactions) {
      transactions.push(this.#sent.get(hash)?.transaction ?? (await this.#foreign(hash, chainId)));
      this.#sent.delete(hash);
    }
    return { header: headerOf(block), body: encodeBody(transactions) };
  }

  /** What somebody else has sent. */
  async #foreign(hash: Hash, chainId: number): Promise<Transaction> {
    const raw = await this.#askFirst<Hex>('debug_getRawTransaction', [hash]);
    const { value, fault } = decodeTransaction(fromHex(raw), chainId);
    if (fault === undefined) return value;
    throw new WattchainError('runFailed', `a node gives transaction ${hash} as none: ${fault.code}`, {
      values: { hash, fault },
      hint: 'the node is not of this version: run again',
    });
  }

  #ask<Result>(method: string, params: readonly unknown[]): Promise<Result[]> {
    return Promise.all(this.#clients.map(({ client }) => wattRequest<Result>(client, method, params)));
  }

  async #askFirst<Result>(method: string, params: readonly unknown[]): Promise<Result> {
    const [first] = this.#clients;
    if (first === undefined) throw new RangeError('nodes');
    return wattRequest<Result>(first.client, method, params);
  }
}

/** Errors: `runFailed` with what the node says; a transaction that it has, or had in a block, is no reason. */
async function sendRaw(name: string, client: Client, raw: Hex): Promise<void> {
  try {
    await wattRequest<Hash>(client, 'eth_sendRawTransaction', [raw]);
  } catch (cause) {
    if (/already known|nonce too low/.test(String(cause))) return;
    throw new WattchainError('runFailed', `${name} takes a transaction not: ${String(cause).split('\n')[0]}`, {
      values: { node: name },
      hint: 'its log says more',
      cause,
    });
  }
}

function headerOf(block: BlockJson): Header {
  return {
    version: HEADER_VERSION,
    parentHash: block.parentHash,
    height: Number(block.number),
    timestampMs: Number(block.timestampMs),
    target: BigInt(block.target),
    miner: block.miner,
    transactionsRoot: block.transactionsRoot,
    receiptsRoot: block.receiptsRoot,
    stateRoot: block.stateRoot,
    historyRoot: block.historyRoot,
    gasLimit: Number(block.gasLimit),
    gasUsed: Number(block.gasUsed),
    transactionCount: block.transactions.length,
    extra: fromHex(block.extraData),
    extraNonce: BigInt(block.extraNonce),
    headerNonce: Number(BigInt(block.nonce) & 0xffff_ffffn),
    minerSeal: fromHex(block.minerSeal),
  };
}
