import {
  blockHash,
  type Hash,
  type Header,
  type HeaderRecord,
  isStoreError,
  meetsTarget,
  type Transaction,
  unlessDamaged,
  validateHeader,
} from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import { isBodyFault } from '../p2p/faultPolicy.js';
import type { BlockAnnouncement } from '../p2p/messages.js';
import type { Judgement, Network, PeerInfo } from '../p2p/network.js';
import type { Cancel, Stopwatch } from '../runtime.js';
import type { AcceptBlock } from './acceptBlock.js';
import { BodyFetcher, type FetchedBody } from './bodyFetcher.js';

export interface RelayOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly accept: AcceptBlock;
  /** Looks at the chain of a peer that announced a block without a known parent. */
  readonly look: (peerId: string, announced: Hash) => void;
  /** Whether a block is one on the way while catching up: those are not announced one by one. */
  readonly isPassing: (hash: Hash) => boolean;
  readonly stopwatch: Stopwatch;
  readonly pause: (delayMs: number) => Promise<void>;
}

/** Most transactions of the pool that a new peer is sent. */
const MAX_GREETING_TRANSACTIONS = 1024;
/** Every peer is told again of what waits for so long, with the next head: its pool may have been full when it heard of it. */
const REPEAT_MS = 60_000;
/** Most transactions that are told again at once. */
const MAX_REPEATED_TRANSACTIONS = 256;

/** Takes blocks and transactions from gossip into chain and pool, and tells the others what is new there. */
export class Relay {
  #cancels: Cancel[] = [];
  #repeatedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: RelayOptions) {
    options.network.handleGossip({
      block: (announcement, peerId) => this.#judgeBlock(announcement, peerId).catch(dropIfDamaged),
      transaction: (raw) => unlessDamaged(() => this.#judgeTransaction(raw), 'drop'),
    });
  }

  start(): void {
    const { chain, mempool, network, isPassing } = this.options;
    this.#cancels = [
      // What came by gossip is announced here once more, which the network recognises as a duplicate; what was mined
      // here, put off or held back is news.
      chain.on('head', ({ head }) => {
        if (isPassing(head.hash)) return;
        network.announceBlock(head);
        this.#repeat();
      }),
      mempool.on('added', (transaction) => network.announceTransaction(transaction)),
      network.on('handshake', (peer) => this.#greet(peer)),
    ];
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  /** A new peer gets our pool, what is ready first: gossip does not repeat what it said before the peer came. */
  #greet({ id }: PeerInfo): void {
    const { mempool, network } = this.options;
    const greeting = new Set<Transaction>();
    for (const part of [mempool.executable(), mempool.waiting()]) {
      for (const transaction of part) {
        if (greeting.size >= MAX_GREETING_TRANSACTIONS) break;
        greeting.add(transaction);
      }
    }
    if (greeting.size > 0) network.sendTransactions(id, [...greeting]);
  }

  /** Who sends through this node relies on it alone: it tells of their transactions until they are in a block. */
  #repeat(): void {
    const { mempool, network, stopwatch } = this.options;
    const nowMs = stopwatch.elapsedMs();
    if (nowMs - this.#repeatedMs < REPEAT_MS) return;
    this.#repeatedMs = nowMs;
    const waiting: Transaction[] = [];
    for (const transaction of mempool.ownExecutable(nowMs - REPEAT_MS)) {
      if (waiting.push(transaction) === MAX_REPEATED_TRANSACTIONS) break;
    }
    if (waiting.length === 0) return;
    for (const { id } of network.peers()) network.sendTransactions(id, waiting);
  }

  #judgeTransaction(raw: Uint8Array): Judgement {
    const known = this.options.mempool.findRaw(raw);
    if (known) return { code: 'alreadyKnown', got: known.hash };
    return this.options.mempool.addRaw(raw, 'gossip').fault ?? 'pass';
  }

  async #judgeBlock({ header, body }: BlockAnnouncement, peerId: string): Promise<Judgement> {
    const { chain, network, look } = this.options;
    const hash = blockHash(header);
    if (!chain.headerByHash(hash)) {
      const parent = chain.headerByHash(header.parentHash);
      if (!parent) {
        // Without the parent only the work can be judged; it is what keeps strangers from sending us round.
        if (header.target > chain.genesis.largestTarget || !meetsTarget(hash, header.target)) {
          return { code: 'headerWork', got: hash, expected: header.target };
        }
        // Nothing of it is kept: it tells that its sender has news, and once they are here they are announced from here.
        look(peerId, hash);
        return 'later';
      }
      const judgement = await this.#judgeChild(header, hash, parent, body, peerId);
      if (judgement !== 'pass') return judgement;
    }
    // Blocks beside our chain are not passed on: only who takes them as its head has executed them.
    const record = chain.headerByHash(hash);
    if (!record || chain.canonicalHash(header.height) !== hash) return 'drop';
    network.noteHead(peerId, record);
    return 'pass';
  }

  async #judgeChild(
    header: Header,
    hash: Hash,
    parent: HeaderRecord,
    inlineBody: Uint8Array | undefined,
    peerId: string,
  ): Promise<Judgement> {
    const { chain, accept } = this.options;
    const fault = validateHeader(header, parent, chain.genesis);
    if (fault) return fault;
    if (inlineBody) {
      const outcome = await accept(header, inlineBody, peerId);
      return outcome === 'unavailable' ? 'later' : (outcome.fault ?? 'pass');
    }
    return this.#judgeWithBody(header, hash, peerId);
  }

  /** Asks the announcing peer for the body, and others when it is slow: copies of theirs were dropped meanwhile. */
  async #judgeWithBody(header: Header, hash: Hash, sourceId: string): Promise<Judgement> {
    const { network, accept, pause } = this.options;
    const holders = () => [sourceId, ...network.peers().flatMap(({ id }) => (id === sourceId ? [] : [id]))];
    const fetcher = new BodyFetcher({ network, sourceId, holders, pause });
    for (;;) {
      const fetched = await fetcher.fetch([hash]);
      if (fetched.fault) return 'later';
      const { body, peerId } = fetched.value[0] as FetchedBody;
      const outcome = await accept(header, body, peerId);
      if (outcome === 'unavailable') return 'later';
      if (!outcome.fault) return 'pass';
      if (peerId === sourceId || !isBodyFault(outcome.fault)) return outcome.fault;
      network.penalise(peerId, outcome.fault);
      fetcher.distrust(peerId);
    }
  }
}

/** Who brings what this node cannot judge, because its own store is damaged or fails, is not to blame. */
function dropIfDamaged(error: unknown): Judgement {
  if (isStoreError(error)) return 'drop';
  throw error;
}
