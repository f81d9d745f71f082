import {
  blockHash,
  type Hash,
  type Header,
  type HeaderRecord,
  keccak256,
  meetsTarget,
  toHex,
  validateHeader,
} from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import type { BlockAnnouncement } from '../p2p/messages.js';
import type { Judgement, Network, PeerInfo } from '../p2p/network.js';
import type { Cancel } from '../runtime.js';
import type { AcceptBlock } from './acceptBlock.js';

export interface RelayOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly accept: AcceptBlock;
  /** Catches up with whoever has more work; resolves when there is nothing left to fetch for now. */
  readonly catchUp: () => Promise<void>;
  /** While catching up, heads are not announced one by one. */
  readonly isCatchingUp: () => boolean;
}

/** Most transactions of the pool that a new peer is sent. */
const MAX_GREETING_TRANSACTIONS = 1024;

/** Takes blocks and transactions from gossip into chain and pool, and tells the others what is new there. */
export class Relay {
  #cancels: Cancel[] = [];

  constructor(private readonly options: RelayOptions) {
    options.network.handleGossip({
      block: (announcement, peerId) => this.#judgeBlock(announcement, peerId),
      transaction: (raw) => this.#judgeTransaction(raw),
    });
  }

  start(): void {
    const { chain, mempool, network, isCatchingUp } = this.options;
    this.#cancels = [
      // What came by gossip is announced here once more, which the network recognises as a duplicate; what was mined
      // here or held back is news.
      chain.on('head', ({ head }) => {
        if (!isCatchingUp()) network.announceBlock(head);
      }),
      mempool.on('added', (transaction) => network.announceTransaction(transaction)),
      network.on('handshake', (peer) => this.#greet(peer)),
    ];
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  /** A new peer gets our pool: gossip does not repeat what it said before the peer came. */
  #greet({ id }: PeerInfo): void {
    const { mempool, network } = this.options;
    const ready = new Set(mempool.executable());
    const waiting = mempool.content().filter(({ transaction }) => !ready.has(transaction));
    const all = [...ready, ...waiting.map(({ transaction }) => transaction)];
    if (all.length > 0) network.sendTransactions(id, all.slice(0, MAX_GREETING_TRANSACTIONS));
  }

  #judgeTransaction(raw: Uint8Array): Judgement {
    const hash = toHex(keccak256(raw));
    // Before the signature is recovered, which costs a thousand times as much.
    if (this.options.mempool.has(hash)) return { code: 'alreadyKnown', got: hash };
    return this.options.mempool.addRaw(raw, 'gossip').fault ?? 'pass';
  }

  async #judgeBlock({ header, body }: BlockAnnouncement, peerId: string): Promise<Judgement> {
    const { chain, network, catchUp } = this.options;
    const hash = blockHash(header);
    if (!chain.headerByHash(hash)) {
      const parent = chain.headerByHash(header.parentHash);
      if (parent) {
        const judgement = await this.#judgeChild(header, hash, parent, body, peerId);
        if (judgement !== 'pass') return judgement;
      } else {
        // Without the parent only the work can be judged; it is what keeps strangers from sending us round.
        if (header.target > chain.genesis.largestTarget || !meetsTarget(hash, header.target)) {
          return { code: 'headerWork', got: hash, expected: header.target };
        }
        await network.refreshStatus(peerId);
        await catchUp();
      }
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
    const { chain, network, accept } = this.options;
    const fault = validateHeader(header, parent, chain.genesis);
    if (fault) return fault;
    let body = inlineBody;
    if (!body) {
      const answer = await network.requestBodies(peerId, [hash]);
      if (answer.fault) return answer.fault;
      body = answer.value[0];
      if (!body) return { code: 'bodyUnavailable', got: hash };
    }
    const outcome = await accept(header, body, peerId);
    return outcome === 'unavailable' ? 'drop' : (outcome.fault ?? 'pass');
  }
}
