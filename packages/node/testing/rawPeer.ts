/**
 * A peer that keeps to no rule: bare libp2p without our transport's limits, from any address of this machine, which speaks
 * gossip by hand. The whole of 127.0.0.0/8 is this machine on Linux, so each attacker may have an address of its own.
 */
import '../src/p2p/promiseWithResolvers.js';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { concatBytes, textToBytes } from '@wattchain/core';
import { createLibp2p } from 'libp2p';
import { FrameStream } from '../src/p2p/frames.js';
import { P2P_VERSION, requestProtocols } from '../src/p2p/limits.js';
import { encodeStatus, type Status } from '../src/p2p/messages.js';
import type { ChainKit } from './chainKit.js';

export interface RawPeerOptions {
  /** Address of this machine that it dials from. */
  readonly from?: string;
  /** Default: a new one. */
  readonly privateKey?: PrivateKey;
}

/** See the file's comment. */
export class RawPeer {
  private constructor(
    readonly libp2p: Libp2p,
    private readonly kit: ChainKit,
  ) {}

  static async start(kit: ChainKit, { from = '127.0.0.1', privateKey }: RawPeerOptions = {}): Promise<RawPeer> {
    // Among the options of the system's `connect`, though not of those that the library names.
    const dialOpts = { noDelay: true, localAddress: from };
    const libp2p = await createLibp2p({
      ...(privateKey && { privateKey }),
      transports: [tcp({ dialOpts })],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      connectionManager: { reconnectRetries: 0 },
    });
    return new RawPeer(libp2p, kit);
  }

  get id(): string {
    return this.libp2p.peerId.toString();
  }

  /** Connections that are open now. */
  get connections(): Connection[] {
    return this.libp2p.getConnections().filter(({ status }) => status === 'open');
  }

  /** A connection that may be closed at once: a node decides when the other end believes that it is open. */
  dial(address: string): Promise<Connection> {
    return this.libp2p.dial(multiaddr(address), { force: true });
  }

  /** Connects and makes a handshake; whether the node keeps it. */
  async join(address: string): Promise<boolean> {
    try {
      const connection = await this.dial(address);
      const answer = await this.request(connection, 'status', encodeStatus(this.status()));
      return answer.length > 0 && connection.status === 'open';
    } catch {
      return false;
    }
  }

  /** What it says of itself: a node of the right network at its genesis. */
  status(): Status {
    const { genesis, genesisBlock } = this.kit;
    return {
      version: P2P_VERSION,
      genesisHash: genesis.hash,
      chainId: genesis.chainId,
      headHash: genesisBlock.hash,
      height: 0,
      totalWork: 0n,
      agent: 'raw',
    };
  }

  /** One request as an honest peer makes it; its answer. Rejects when the stream breaks. */
  async request(
    connection: Connection,
    kind: 'status' | 'headers' | 'bodies' | 'transactions',
    payload: Uint8Array,
  ): Promise<Uint8Array> {
    const { name, maxResponseBytes } = requestProtocols(this.kit.genesis.blockByteLimit)[kind];
    const frames = new FrameStream(await connection.newStream(name), maxResponseBytes);
    const { signal } = new AbortController();
    await frames.write(payload, signal);
    return (await frames.read({ first: signal, total: signal })).value ?? new Uint8Array(0);
  }

  /** A stream to the node's gossip, which it takes for a peer's. */
  gossip(connection: Connection): Promise<Stream> {
    return connection.newStream('/meshsub/1.1.0');
  }

  async stop(): Promise<void> {
    await this.libp2p.stop();
  }
}

/** What of a stream or a connection tells its end. */
export interface Closable {
  readonly status: string;
  addEventListener(type: 'close', listener: () => void): void;
}

/** Resolves when a stream or a connection is closed, by whomever. */
export async function untilClosed(end: Closable): Promise<void> {
  if (end.status === 'open') await new Promise<void>((resolve) => end.addEventListener('close', () => resolve()));
}

/** A TCP connection without libp2p, from an address of this machine, that says what it is told to. */
export async function rawSocket(address: string, from: string, bytes?: Uint8Array): Promise<Socket> {
  const [, host = '', port = ''] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? [];
  const socket = connect({ host, port: Number(port), localAddress: from });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (bytes) socket.write(bytes);
  return socket;
}

// ---- gossipsub's protocol by hand: https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.1.md

/** A number as protocol buffers write it, 7 bits a byte, the lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

const field = (number: number, bytes: Uint8Array) => concatBytes(varint(number * 8 + 2), varint(bytes.length), bytes);
const all = (number: number, items: readonly Uint8Array[]) => concatBytes(...items.map((item) => field(number, item)));

/** What one frame of gossip carries. */
export interface GossipFrame {
  readonly subscribe?: readonly string[];
  readonly messages?: readonly { readonly topic: string; readonly data: Uint8Array }[];
  /** Ids of messages that it says it has, by topic. */
  readonly have?: readonly { readonly topic: string; readonly ids: readonly Uint8Array[] }[];
  readonly want?: readonly Uint8Array[];
  /** Topics that it asks into the mesh of. */
  readonly graft?: readonly string[];
}

/** A frame with its length in front. */
export function gossipFrame({ subscribe = [], messages = [], have = [], want, graft = [] }: GossipFrame): Uint8Array {
  const TRUE = Uint8Array.of(8, 1);
  const control = concatBytes(
    all(
      1,
      have.map(({ topic, ids }) => concatBytes(field(1, textToBytes(topic)), all(2, ids))),
    ),
    want ? field(2, all(1, want)) : new Uint8Array(0),
    all(
      3,
      graft.map((topic) => field(1, textToBytes(topic))),
    ),
  );
  const rpc = concatBytes(
    all(
      1,
      subscribe.map((topic) => concatBytes(TRUE, field(2, textToBytes(topic)))),
    ),
    all(
      2,
      messages.map(({ topic, data }) => concatBytes(field(2, data), field(4, textToBytes(topic)))),
    ),
    control.length > 0 ? field(3, control) : new Uint8Array(0),
  );
  return concatBytes(varint(rpc.length), rpc);
}
