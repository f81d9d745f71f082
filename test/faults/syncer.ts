/** A node that catches up with a peer, both real processes, and is killed. */

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Hash } from '@wattchain/core';
import { CHAIN_FOLDER } from '@wattchain/node';
import type { Feed } from './feed.js';
import { Importer } from './importer.js';
import { type KillOutcome, lookAtStore, type Place } from './killed.js';
import { NodeProcess, writeDataDir } from './nodeProcess.js';
import type { NodeMoment } from './plan.js';

/** A block that a client was shown as the newest. */
interface Shown {
  readonly height: number;
  readonly hash: Hash;
}

/** How often a client asks for the newest block. */
const ASK_MS = 20;
/** What a chain may say at `warn` in its log. */
const ORDINARY = 'chain reorganised';

/** A peer that has the whole chain of a feed, for as long as it is not ended. */
export class Provider {
  readonly #node: NodeProcess;

  private constructor(
    node: NodeProcess,
    readonly address: string,
  ) {
    this.#node = node;
  }

  /** Imports the feed into a data directory and starts a node on it. */
  static async start(dataDir: string, feed: Feed, files: { readonly genesis: string; readonly blocks: string }) {
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`;
    writeDataDir(dataDir, feed.genesis, address, []);
    const wrong = await new Importer(join(dataDir, CHAIN_FOLDER), feed, files).finish();
    if (wrong.length > 0) throw new TypeError(`the peer's chain cannot be made: ${wrong.join('; ')}`);
    const node = new NodeProcess(dataDir);
    await node.line('node started');
    return new Provider(node, address);
  }

  async stop(): Promise<void> {
    this.#node.end('SIGKILL');
    await this.#node.ended();
  }
}

/** The node that catches up, started again and again on the same data directory. */
export class Syncer {
  #known: { readonly height: number; readonly hash: Hash } | undefined;

  constructor(
    readonly dataDir: string,
    private readonly feed: Feed,
    provider: Provider,
  ) {
    writeDataDir(dataDir, feed.genesis, '/ip4/127.0.0.1/tcp/0', [provider.address]);
  }

  /** Runs the node until it is killed at this moment; one that has all blocks begins anew first. */
  async kill(moment: NodeMoment): Promise<KillOutcome> {
    if (this.#known?.height === this.#lastHeight) {
      await rm(this.#folder, { recursive: true });
      this.#known = undefined;
    }
    const node = new NodeProcess(this.dataDir);
    const shown: Shown[] = [];
    let left = moment.nth;
    const note = (what: NodeMoment['at']) => {
      if (what === moment.at && --left === 0) setTimeout(() => node.end('SIGKILL'), moment.delayMs);
    };
    node.onLine((line) => {
      const { msg, rpc } = line;
      if (msg === 'chain opened' || msg === 'catching up' || msg === 'new head') note(msg);
      if (msg === 'node started' && rpc !== undefined) void askUntilItEnds(rpc, shown);
      // The node that has everything has no later moment.
      if (msg === 'new head' && line.height === this.#lastHeight) node.end('SIGKILL');
    });
    note('start');
    const [code, signal] = await node.ended();
    const outcome = await this.#judge(node, shown);
    const end = signal === 'SIGKILL' ? [] : [`it ended with ${signal ?? code}: ${node.stderr}`];
    return { ...outcome, wrong: [...outcome.wrong, ...end] };
  }

  get #folder(): string {
    return join(this.dataDir, CHAIN_FOLDER);
  }

  get #lastHeight(): number {
    return this.feed.canonical.length - 1;
  }

  async #judge({ lines }: NodeProcess, shown: readonly Shown[]): Promise<KillOutcome> {
    const wrong = lines.flatMap(({ level, service, msg }) =>
      (level === 'warn' || level === 'error') && service === 'chain' && msg !== ORDINARY ? [`it says: ${msg}`] : [],
    );
    const opened = lines.find(({ msg }) => msg === 'chain opened');
    const expected = this.#known?.hash ?? this.feed.genesis.hash;
    if (opened !== undefined && opened.hash !== expected) wrong.push(`it opened ${opened.hash} instead of ${expected}`);
    if (opened === undefined && this.#known === undefined) {
      return { places: ['start'], head: undefined, inFlight: undefined, shown: 0, wrong };
    }
    const store = await lookAtStore(this.#folder, this.feed.genesis);
    wrong.push(...store.wrong);
    // The chain tells its log of a head when it shows it; one more may be on the disk, or on its way.
    const told = Math.max(
      this.#known?.height ?? 0,
      ...lines.map(({ msg, height }) => (msg === 'new head' ? (height ?? 0) : 0)),
    );
    if (store.height !== told && store.height !== told + 1)
      wrong.push(`the head is block ${store.height}, and the node was at block ${told}`);
    for (const { height, hash } of [{ height: store.height, hash: store.head }, ...shown])
      if (this.feed.canonical[height] !== hash) wrong.push(`block ${height} is ${hash}, which is none of the chain`);
    const lost = shown.filter(({ height }) => height > store.height);
    if (lost.length > 0)
      wrong.push(`clients were shown block ${lost.at(-1)?.height}, and the head is block ${store.height}`);
    if (store.head !== undefined) this.#known = { height: store.height, hash: store.head };
    const isBehind = lines.some(({ msg }) => msg === 'catching up') && store.height < this.#lastHeight;
    const place: Place = opened === undefined ? 'start' : isBehind ? 'sync' : 'between';
    return {
      places: [place],
      head: store.head,
      inFlight: undefined,
      shown: new Set(shown.map(({ hash }) => hash)).size,
      wrong,
    };
  }
}

/** Asks for the newest block again and again, and notes each answer, until nobody answers. */
async function askUntilItEnds(url: string, shown: Shown[]): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params: ['latest', false] });
  for (;;) {
    try {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const { result } = (await answer.json()) as { result?: { number: string; hash: Hash } };
      if (result !== undefined) shown.push({ height: Number(result.number), hash: result.hash });
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

/** A TCP port that is free. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
