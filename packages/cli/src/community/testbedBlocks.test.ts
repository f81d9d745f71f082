/** What a run takes from a network of nodes: stubs of two of them that answer JSON-RPC. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  EMPTY_BYTES,
  encodeBody,
  type Hash,
  type Header,
  signTransaction,
  type Transaction,
  toHex,
} from '@wattchain/core';
import type { Chain } from '@wattchain/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestbedBlocks } from './testbedBlocks.js';

const CHAIN_ID = 20_000_001;
const hashOf = (name: number): Hash => `0x${name.toString(16).padStart(64, '0')}`;

/** A header of a height, different for different names. */
function headerOf(height: number, name: number): Header {
  return {
    version: 2,
    parentHash: hashOf(height - 1),
    height,
    timestampMs: 1_498_867_200_123 + height,
    target: 2n ** 240n - 7n,
    miner: '0x00000000000000000000000000000000000000aa',
    transactionsRoot: hashOf(11),
    receiptsRoot: hashOf(12),
    stateRoot: hashOf(name),
    historyRoot: hashOf(14),
    gasLimit: 30_000_000,
    gasUsed: 21_000,
    transactionCount: 0,
    extra: Uint8Array.of(1, 2),
    extraNonce: 2n ** 63n + 5n,
    headerNonce: 0xffff_fff0,
    minerSeal: EMPTY_BYTES,
  };
}

const quantity = (value: number | bigint) => `0x${value.toString(16)}`;

/** A node with some blocks. */
class StubNode {
  readonly sent: string[] = [];
  readonly blocks: object[] = [{}];
  readonly raws = new Map<string, string>();
  asked = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: [string] };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jsonrpc: '2.0', id, ...this.#answer(method, params) }));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The next block, by the name that makes it another one. */
  grow(name: number, transactions: readonly Hash[] = []): void {
    this.blocks.push(blockJson(headerOf(this.blocks.length, name), transactions));
  }

  #answer(method: string, [first]: [string]) {
    if (method === 'eth_blockNumber') {
      this.asked += 1;
      return { result: quantity(this.blocks.length - 1) };
    }
    if (method === 'eth_getBlockByNumber') return { result: this.blocks[Number(first)] ?? null };
    if (method === 'debug_getRawTransaction') return { result: this.raws.get(first) ?? null };
    if (this.sent.includes(first)) return { error: { code: -32_000, message: 'already known' } };
    this.sent.push(first);
    return { result: hashOf(1) };
  }
}

function blockJson(header: Header, transactions: readonly Hash[]) {
  const { height, timestampMs, target, gasLimit, gasUsed, extraNonce, headerNonce, extra, minerSeal } = header;
  return {
    ...header,
    hash: header.stateRoot,
    number: quantity(height),
    timestampMs: quantity(timestampMs),
    target: quantity(target),
    gasLimit: quantity(gasLimit),
    gasUsed: quantity(gasUsed),
    extraNonce: quantity(extraNonce),
    nonce: quantity(((extraNonce & 0xffff_ffffn) << 32n) | BigInt(headerNonce)),
    headerNonce: undefined,
    extraData: toHex(extra),
    extra: undefined,
    minerSeal: toHex(minerSeal),
    transactions,
  };
}

const transaction = (key: number, nonce = 0): Transaction =>
  signTransaction(
    {
      nonce,
      gasPrice: 1n,
      gasLimit: 21_000,
      to: '0x00000000000000000000000000000000000000bb',
      value: 1n,
      data: EMPTY_BYTES,
      chainId: CHAIN_ID,
    },
    new Uint8Array(32).fill(key),
  );

/** As much of a chain as a source of blocks looks at. */
const chainAt = (height: number, timestampMs = 0) =>
  ({ head: { header: { height, timestampMs } }, genesis: { chainId: CHAIN_ID } }) as unknown as Chain;

let nodes: [StubNode, StubNode];
let reached: number[];
let source: TestbedBlocks;

beforeEach(async () => {
  nodes = [new StubNode(), new StubNode()];
  reached = [];
  source = new TestbedBlocks({
    rpcUrls: new Map([
      ['home-1', await nodes[0].start()],
      ['home-2', await nodes[1].start()],
    ]),
    reach: (timeMs) => reached.push(timeMs),
    told: () => {},
  });
});
afterEach(() => {
  for (const node of nodes) node.stop();
});

/** What a promise has come to, or that it has not after all nodes were asked some more times. */
async function afterMoreLooks<T>(promise: Promise<T>): Promise<T | 'nothing yet'> {
  const [node] = nodes;
  const until = node.asked + 3;
  const looked = vi.waitFor(() => expect(node.asked).toBeGreaterThan(until), { timeout: 30_000 });
  return Promise.race([promise, looked.then(() => 'nothing yet' as const)]);
}

describe('blocks of a network', () => {
  it('are taken when every node has them, in their order', async () => {
    for (const name of [101, 102, 103]) nodes[0].grow(name);
    nodes[1].grow(101);
    expect((await source.next(chainAt(0), [], 0)).header).toEqual(headerOf(1, 101));
    const second = source.next(chainAt(1), [], 0);
    expect(await afterMoreLooks(second)).toBe('nothing yet');
    for (const name of [102, 103]) nodes[1].grow(name);
    expect((await second).header).toEqual(headerOf(2, 102));
    expect((await source.next(chainAt(2), [], 0)).header).toEqual(headerOf(3, 103));
  });

  it('of which each node has another are waited for until one of them has given way', async () => {
    nodes[0].grow(101);
    nodes[1].grow(201);
    const first = source.next(chainAt(0), [], 0);
    expect(await afterMoreLooks(first)).toBe('nothing yet');
    nodes[0].blocks[1] = nodes[1].blocks[1] as object;
    expect((await first).header).toEqual(headerOf(1, 201));
  });

  it('come with what was sent, and with what somebody else has sent', async () => {
    const [own, foreign] = [transaction(1), transaction(2)];
    nodes[0].raws.set(foreign.hash, toHex(foreign.raw));
    const first = source.next(chainAt(0), [own], 0);
    for (const node of nodes) node.grow(101, [own.hash, foreign.hash]);
    const { header, body } = await first;
    expect(header).toEqual({ ...headerOf(1, 101), transactionCount: 2 });
    expect(body).toEqual(encodeBody([own, foreign]));
  });
});

describe('what waits for a time', () => {
  it('is sent when a block says that time, each account through its node, and again when no block has taken it', async () => {
    const waiting = [transaction(1), transaction(1, 1), transaction(2), transaction(3)];
    for (let name = 101; name < 121; name++) for (const node of nodes) node.grow(name);
    await source.next(chainAt(0, 5_000), waiting, 6_000);
    expect([reached, nodes.flatMap(({ sent }) => sent)]).toEqual([[6_000], []]);
    await source.next(chainAt(1, 6_000), waiting, 6_000);
    const raws = waiting.map(({ raw }) => toHex(raw));
    expect(nodes.flatMap(({ sent }) => sent).sort()).toEqual([...raws].sort());
    const own = nodes.find(({ sent }) => sent.includes(raws[0] ?? ''));
    expect(own?.sent.filter((raw) => raw === raws[0] || raw === raws[1])).toEqual(raws.slice(0, 2));
    for (const node of nodes) node.sent.splice(0);
    await source.next(chainAt(10, 6_000), waiting, 6_000);
    expect(nodes.flatMap(({ sent }) => sent)).toEqual([]);
    await source.next(chainAt(11, 6_000), waiting.slice(3), 6_000);
    expect(nodes.flatMap(({ sent }) => sent)).toEqual(raws.slice(3));
    expect(reached).toEqual([6_000]);
  });
});
