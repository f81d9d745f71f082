import { assert, type Genesis, sha256, toHex } from '@wattchain/core';
import {
  type GossipTopic,
  type GossipVerdict,
  MAX_GOSSIP_BYTES,
  type Published,
  type TransportHandlers,
} from '@wattchain/node/parts';
import type { SimRuntime } from './runtime.js';

/** A message as it goes round; its id, the hash of its content, is computed by whoever publishes it. */
export interface GossipMessage {
  readonly id: string;
  readonly topic: GossipTopic;
  readonly data: Uint8Array;
}

/** What the flood needs of its transport. */
export interface GossipFloodOptions {
  readonly runtime: SimRuntime;
  readonly genesis: Genesis;
  /** Peers with an open connection. */
  readonly peers: () => readonly string[];
  readonly send: (peerId: string, message: GossipMessage) => void;
  readonly handlers: () => TransportHandlers | undefined;
}

/** As the real transport has it (libp2pTransport.ts): what was seen is remembered so many block intervals, and at least this time. */
const SEEN_INTERVALS = 12;
const SEEN_LEAST_MS = 120_000;
/** A message that was judged for so long is not passed on. */
const PASSED_ON_WITHIN_MS = 12_000;

/** Gossip as gossipsub does it in a small network: everybody is told, the content is the identity, and who judges it decides what becomes of it. */
export class GossipFlood {
  /** Until when each message is remembered, the first to be forgotten first. */
  readonly #seen = new Map<string, number>();
  /** Who has brought what is being judged: they need not be told. */
  readonly #judging = new Map<string, Set<string>>();
  readonly #seenMs: number;

  constructor(private readonly options: GossipFloodOptions) {
    this.#seenMs = Math.max(SEEN_LEAST_MS, SEEN_INTERVALS * options.genesis.blockIntervalMs);
  }

  publish(topic: GossipTopic, data: Uint8Array): Published {
    assert(data.length <= MAX_GOSSIP_BYTES[topic], 'a gossip message is within its limit', data.length);
    const message = { id: toHex(sha256(data).subarray(0, 20)), topic, data };
    if (this.#isSeen(message.id)) return 'duplicate';
    this.#remember(message.id);
    const recipients = this.options.peers();
    for (const peerId of recipients) this.options.send(peerId, message);
    return { recipients: new Set(recipients) };
  }

  /** A message came from a peer. */
  async receive(peerId: string, message: GossipMessage): Promise<void> {
    const { id, topic, data } = message;
    if (this.#isSeen(id)) {
      this.#judging.get(id)?.add(peerId);
      return;
    }
    this.#remember(id);
    const sources = new Set([peerId]);
    this.#judging.set(id, sources);
    const { elapsedMs } = this.options.runtime.stopwatch;
    const startMs = elapsedMs();
    const verdict = await this.#judge(peerId, topic, data);
    this.#judging.delete(id);
    if (verdict === 'forget') this.#seen.delete(id);
    if (verdict !== 'accept' || elapsedMs() - startMs > PASSED_ON_WITHIN_MS) return;
    for (const other of this.options.peers()) if (!sources.has(other)) this.options.send(other, message);
  }

  async #judge(peerId: string, topic: GossipTopic, data: Uint8Array): Promise<GossipVerdict> {
    const handlers = this.options.handlers();
    if (handlers === undefined) return 'ignore';
    const expected = MAX_GOSSIP_BYTES[topic];
    if (data.length <= expected) return handlers.gossip(peerId, topic, data);
    handlers.misbehaved(peerId, { code: 'messageTooLarge', got: data.length, expected });
    return 'reject';
  }

  #isSeen(id: string): boolean {
    return (this.#seen.get(id) ?? 0) > this.options.runtime.stopwatch.elapsedMs();
  }

  #remember(id: string): void {
    const nowMs = this.options.runtime.stopwatch.elapsedMs();
    for (const [oldest, untilMs] of this.#seen) {
      if (untilMs > nowMs) break;
      this.#seen.delete(oldest);
    }
    this.#seen.delete(id);
    this.#seen.set(id, nowMs + this.#seenMs);
  }
}
