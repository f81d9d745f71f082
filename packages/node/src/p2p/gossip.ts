import type { Genesis } from '@wattchain/core';
import type { Runtime } from '../runtime.js';
import { consequenceOf, type PeerFault } from './faultPolicy.js';
import { peerPatience, TRANSACTIONS_PER_TURN } from './limits.js';
import { decodeBlockAnnouncement } from './messages.js';
import type { GossipHandlers, Judgement } from './network.js';
import type { Peer, ReadyPeer } from './peer.js';
import type { PeerLog } from './peerLog.js';
import type { GossipTopic, GossipVerdict, Transport } from './transport.js';

/** What gossip needs of the network. */
export interface GossipOptions {
  readonly transport: Transport;
  readonly chain: { readonly genesis: Pick<Genesis, 'blockIntervalMs'> };
  readonly runtime: Runtime;
  readonly log: PeerLog;
  /** The peers whose handshake stands. */
  readonly readyPeers: () => readonly ReadyPeer[];
  readonly isConnected: (peer: Peer) => boolean;
  readonly penalise: (peerId: string, fault: PeerFault) => void;
  readonly disconnect: (peerId: string) => void;
}

/** What keeps a transaction out whatever there is room for: nobody passes on many of these, but to a node that is behind. */
const USELESS: ReadonlySet<PeerFault['code']> = new Set([
  'nonceTooLow',
  'nonceTooHigh',
  'insufficientFunds',
  'gasPriceTooLow',
  'gasLimitTooHigh',
  'publishedKey',
]);

/** News of blocks and transactions: judges what peers pass on or push, publishes our own, and finds peers that gossip does not reach. */
export class Gossip {
  /** What judges the content; absent until the node is put together. */
  handlers: GossipHandlers | undefined;

  constructor(private readonly options: GossipOptions) {}

  /** Takes transactions that a peer pushed, some in each turn of the event loop. */
  async take(peer: Peer, raws: readonly Uint8Array[]): Promise<void> {
    for (const [index, raw] of raws.entries()) {
      if (index > 0 && index % TRANSACTIONS_PER_TURN === 0) await this.#turn();
      if (!this.options.isConnected(peer)) return;
      this.#judgeTransaction(peer, raw);
    }
  }

  /** What becomes of a message that a peer passed on; `undefined`: somebody who is no peer. */
  async judge(peer: Peer | undefined, topic: GossipTopic, data: Uint8Array): Promise<GossipVerdict> {
    // Before the handshake nobody is heard, nor remembered: else a stranger who is quick takes the news from everybody's mouth.
    if (!this.handlers || !peer?.status) return 'forget';
    if (topic === 'transactions') {
      // Not remembered either: else who has used up its rate takes others' transactions from everybody's mouth.
      return peer.gossipedTransactions.take(1) ? this.#judgeTransaction(peer, data) : 'forget';
    }
    const { block } = this.handlers;
    const verdict = await peer.judgeBlock(async () => {
      const announcement = decodeBlockAnnouncement(data);
      const judgement = announcement.fault ?? (await block(announcement.value, peer.id));
      if (judgement === 'drop') return 'ignore';
      const answer = this.#verdict(peer.id, judgement);
      // A block that this node cannot judge now is good news later, and from somebody else.
      return answer === 'ignore' ? 'forget' : answer;
    });
    if (verdict !== undefined && verdict !== 'forget') return verdict;
    // What is not remembered may come again and again.
    if (!peer.putOff.take(1)) this.options.penalise(peer.id, { code: 'announcementFlood' });
    return 'forget';
  }

  /** Judges a transaction, unless its bringer has brought too many of late that come to nothing and cost a look at their signature. */
  #judgeTransaction(peer: Peer, raw: Uint8Array): GossipVerdict {
    if (!this.handlers || peer.uselessTransactions.isEmpty) return 'forget';
    const judgement = this.handlers.transaction(raw, peer.id);
    if (typeof judgement !== 'string' && USELESS.has(judgement.code)) peer.uselessTransactions.take(1);
    return this.#verdict(peer.id, judgement);
  }

  #verdict(peerId: string, judgement: Judgement): GossipVerdict {
    if (judgement === 'pass') return 'accept';
    if (judgement === 'drop') return 'ignore';
    if (judgement === 'later') return 'forget';
    this.options.penalise(peerId, judgement);
    return consequenceOf(judgement).gossip;
  }

  /**
   * Publishes, and gives `reach` every peer that gossip may not lead to: those that joined a moment ago, on whose side the
   * handshake may not stand yet, and those that this message was not sent to (unless it came by gossip and is only passed on).
   */
  async publish(topic: GossipTopic, data: Uint8Array, reach: (peer: ReadyPeer) => void): Promise<void> {
    const { transport, chain, runtime, log } = this.options;
    const { gossipFormingMs } = peerPatience(chain.genesis.blockIntervalMs);
    const published = await transport.publish(topic, data);
    for (const peer of this.options.readyPeers()) {
      const isForming = runtime.stopwatch.elapsedMs() - peer.joinedMs <= gossipFormingMs;
      if (!isForming && (published === 'duplicate' || published.recipients.has(peer.id))) continue;
      reach(peer);
      if (isForming) continue;
      log.say('warn', peer.id, { topic }, 'gossip does not reach a peer, its connection is made anew');
      this.options.disconnect(peer.id);
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.options.runtime.scheduler.setTimeout(resolve, 0);
    });
  }
}
