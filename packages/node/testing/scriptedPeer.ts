/** A peer that says what a test wants: our own transport with handlers from a script. */

import { silentLogger } from '../src/base/log.js';
import { Libp2pTransport } from '../src/p2p/libp2pTransport.js';
import type { RequestKind } from '../src/p2p/limits.js';
import { encodeStatus, encodeStatusResponse, type Status } from '../src/p2p/messages.js';
import { createPeerKey } from '../src/p2p/peerKey.js';
import type { Published, TransportHandlers } from '../src/p2p/transport.js';
import { type Runtime, systemRuntime } from '../src/runtime.js';
import type { ChainKit, TestBlock } from './chainKit.js';

/** Answers by kind of request; a kind without an answer leaves the asking node waiting for ever. */
export type Answers = Partial<Record<RequestKind, (payload: Uint8Array) => Uint8Array>>;

export class ScriptedPeer {
  /** Peers that it is connected to. */
  readonly connected = new Set<string>();
  readonly #waiters = new Set<() => void>();
  answers: Answers = {};

  private constructor(
    readonly transport: Libp2pTransport,
    readonly kit: ChainKit,
  ) {}

  static async start(kit: ChainKit, runtime: Runtime = systemRuntime()): Promise<ScriptedPeer> {
    const transport = new Libp2pTransport({
      privateKey: await createPeerKey(systemRuntime().random),
      genesis: kit.genesis,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      scheduler: runtime.scheduler,
      log: silentLogger,
    });
    const peer = new ScriptedPeer(transport, kit);
    await transport.start(peer.#handlers());
    return peer;
  }

  get id(): string {
    return this.transport.id;
  }

  /** Address with peer id. */
  get address(): string {
    return this.transport.addresses()[0] ?? '';
  }

  /** A status of the right network that claims a block as head; `lie` replaces fields. */
  status(head: TestBlock = this.kit.genesisBlock, lie: Partial<Status> = {}): Status {
    const { genesis } = this.kit;
    const { hash: headHash, record } = head;
    const { totalWork } = record;
    const height = head.header.height;
    const own = { version: 1, genesisHash: genesis.hash, chainId: genesis.chainId, agent: 'script' };
    return { ...own, headHash, height, totalWork, ...lie };
  }

  /** Connects and makes the handshake with this status, which it also answers from now on. */
  async join(address: string, status: Status = this.status()): Promise<void> {
    this.answers.status = () => encodeStatusResponse(status);
    const peerId = await this.transport.dial(address);
    await this.transport.request(peerId, 'status', encodeStatus(status));
  }

  request(peerId: string, kind: RequestKind, payload: Uint8Array) {
    return this.transport.request(peerId, kind, payload);
  }

  /** Publishes until gossip has formed and somebody gets it. */
  async publish(topic: 'blocks' | 'transactions', data: (attempt: number) => Uint8Array): Promise<void> {
    let published: Published = { recipients: new Set() };
    for (let attempt = 0; published === 'duplicate' || published.recipients.size === 0; attempt++) {
      published = await this.transport.publish(topic, data(attempt));
      await new Promise(setImmediate);
    }
  }

  /** Resolves when the connection to a peer is gone. */
  async untilDisconnected(peerId: string): Promise<void> {
    while (this.connected.has(peerId)) await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  stop(): Promise<void> {
    return this.transport.stop();
  }

  #handlers(): TransportHandlers {
    return {
      admits: () => true,
      connected: ({ peerId }) => this.connected.add(peerId),
      disconnected: (peerId) => {
        this.connected.delete(peerId);
        for (const waiter of this.#waiters) waiter();
        this.#waiters.clear();
      },
      request: async (_, kind, payload) => {
        const answer = this.answers[kind];
        return answer ? answer(payload) : new Promise<undefined>(() => {});
      },
      gossip: async () => 'ignore',
      misbehaved: () => {},
    };
  }
}
