import './promiseWithResolvers.js';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { type GossipSub, type GossipsubMessage, TopicValidatorResult } from '@libp2p/gossipsub';
import { type Identify, identify } from '@libp2p/identify';
import type { Connection, Libp2p, MultiaddrConnection, PeerId, PrivateKey, Stream } from '@libp2p/interface';
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id';
import { preSharedKey } from '@libp2p/pnet';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { assert, type Genesis, type Outcome, WattchainError } from '@wattchain/core';
import { createLibp2p } from 'libp2p';
import type { Logger } from '../base/log.js';
import type { Cancel, Scheduler } from '../runtime.js';
import { createDeadline } from './deadline.js';
import type { PeerFault, RequestFault } from './faultPolicy.js';
import { FrameStream } from './frames.js';
import { createGossipsub } from './gossipsub.js';
import {
  MAX_ATTEMPTS_PER_SECOND,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_PEER,
  MAX_GOSSIP_BYTES,
  MAX_PENDING,
  PATIENCE,
  type PeerPatience,
  peerPatience,
  type RequestKind,
  type RequestProtocol,
  requestProtocols,
} from './limits.js';
import { forgetGone } from './peerMemory.js';
import { PendingInbound } from './pendingInbound.js';
import { Traffic } from './traffic.js';
import type { GossipTopic, GossipVerdict, Published, Transport, TransportHandlers } from './transport.js';
import { Wires } from './wires.js';

export interface Libp2pTransportOptions {
  readonly privateKey: PrivateKey;
  readonly genesis: Genesis;
  /** Multiaddrs; port 0 lets the operating system choose. */
  readonly listen: readonly string[];
  /** Content of the key file of a private network. */
  readonly networkKey?: Uint8Array | undefined;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

type Services = { identify: Identify; pubsub: GossipSub };

const TOPICS: readonly GossipTopic[] = ['blocks', 'transactions'];

/** {@link Transport} on libp2p: TCP, noise, yamux, identify, gossipsub. With `libp2pNetwork.ts` and `peerKey.ts` the only user of it. */
export class Libp2pTransport implements Transport {
  readonly id: string;
  readonly traffic: Traffic;
  readonly #wires: Wires;
  readonly #peerId: PeerId;
  readonly #protocols: Readonly<Record<RequestKind, RequestProtocol>>;
  readonly #patience: PeerPatience;
  readonly #topicNames: Readonly<Record<GossipTopic, string>>;
  /** Connections that are being made by the other end, and what ends each of them. */
  readonly #pending = new PendingInbound();
  readonly #endsOfPending = new WeakMap<MultiaddrConnection, () => void>();
  #libp2p: Libp2p<Services> | undefined;
  #handlers: TransportHandlers | undefined;
  #cancelForgetting: Cancel = () => {};

  constructor(private readonly options: Libp2pTransportOptions) {
    this.#peerId = peerIdFromPrivateKey(options.privateKey);
    this.id = this.#peerId.toString();
    this.#wires = new Wires(options.log);
    this.traffic = new Traffic((wire) => this.#wires.onOpen(wire));
    this.#protocols = requestProtocols(options.genesis.blockByteLimit);
    this.#patience = peerPatience(options.genesis.blockIntervalMs);
    // Networks that share a peer by mistake must not share gossip.
    const prefix = `wattchain/${options.genesis.hash.slice(2, 10)}`;
    this.#topicNames = { blocks: `${prefix}/blocks`, transactions: `${prefix}/transactions` };
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
    const libp2p = await this.#create(handlers);
    this.#libp2p = libp2p;
    libp2p.addEventListener('connection:open', ({ detail }) => this.#onOpen(detail));
    libp2p.addEventListener('connection:close', ({ detail }) => this.#onClose(detail));
    for (const kind of Object.keys(this.#protocols) as RequestKind[]) await this.#serve(libp2p, kind);
    libp2p.services.pubsub.addEventListener('gossipsub:message', ({ detail }) => void this.#onGossip(detail));
    try {
      await libp2p.start();
    } catch (cause) {
      throw new WattchainError('p2pListen', `cannot listen for peers on ${this.options.listen.join(', ')}`, {
        values: { listen: this.options.listen },
        hint: 'stop the program that uses the port, or choose another one: p2p.listen in config.json, or --listen (with wattchain init: --p2p-port)',
        cause,
      });
    }
    for (const topic of TOPICS) libp2p.services.pubsub.subscribe(this.#topicNames[topic]);
    const { scheduler, log } = this.options;
    const forget = () =>
      forgetGone(libp2p).catch((error: unknown) => log.debug({ error: text(error) }, 'not forgotten'));
    this.#cancelForgetting = scheduler.setInterval(() => void forget(), PATIENCE.forgetGoneMs);
  }

  async stop(): Promise<void> {
    this.#cancelForgetting();
    await this.#libp2p?.stop();
  }

  addresses(): string[] {
    return this.#libp2p?.getMultiaddrs().map(String) ?? [];
  }

  async dial(address: string): Promise<string> {
    const target = parseAddress(address);
    if (target.getComponents().some(({ name, value }) => name === 'p2p' && value === this.id))
      throw dialedSelf(address);
    const deadline = createDeadline(this.options.scheduler, this.#patience.dialMs);
    this.#wires.onDial(address);
    try {
      const connection = await this.#started().dial(target, { signal: deadline.signal });
      return connection.remotePeer.toString();
    } catch (cause) {
      if (cause instanceof Error && /dial self|own peer id/i.test(cause.message)) throw dialedSelf(address);
      throw new WattchainError('dialFailed', `no connection to ${address}`, {
        values: { address },
        hint: 'check that the node there is running and that the address is right',
        cause: this.#reasonOf(address, deadline.passed ? 'late' : cause),
      });
    } finally {
      deadline.clear();
    }
  }

  /** Why an address was not reached, in words. */
  #reasonOf(address: string, cause: unknown): unknown {
    if (this.#wires.isUnproven(address)) {
      return new WattchainError(
        'notEncrypted',
        'it is reached, but not encrypted: another network key (p2p.pskPath) or none at one end, no node, or too busy',
      );
    }
    return cause === 'late' ? new WattchainError('dialTimeout', `no answer within ${this.#patience.dialMs} ms`) : cause;
  }

  async disconnect(peerId: string): Promise<void> {
    await this.#libp2p?.hangUp(peerIdFromString(peerId));
  }

  async request(
    peerId: string,
    kind: RequestKind,
    payload: Uint8Array,
  ): Promise<Outcome<Uint8Array, RequestFault | PeerFault>> {
    const { name: protocol, maxResponseBytes } = this.#protocols[kind];
    const first = createDeadline(this.options.scheduler, this.#patience.firstByteMs);
    const total = createDeadline(this.options.scheduler, this.#patience.totalMs);
    const libp2p = this.#started();
    let stream: Stream | undefined;
    try {
      const connection = libp2p.getConnections(peerIdFromString(peerId))[0];
      if (!connection) return { fault: { code: 'requestBroken', protocol, detail: 'not connected' } };
      stream = await connection.newStream(protocol, { signal: first.signal });
      const frames = new FrameStream(stream, maxResponseBytes);
      await frames.write(payload, total.signal);
      const response = await frames.read({ first: first.signal, total: total.signal });
      if (response.fault) stream.abort(new WattchainError(response.fault.code, 'the answer is too large'));
      return response;
    } catch (error) {
      stream?.abort(error instanceof Error ? error : new WattchainError('requestBroken', String(error)));
      if (first.passed || total.passed) {
        const afterMs = total.passed ? this.#patience.totalMs : this.#patience.firstByteMs;
        return { fault: { code: 'requestTimeout', protocol, afterMs } };
      }
      return {
        fault: overflowFault(error, maxResponseBytes) ?? { code: 'requestBroken', protocol, detail: text(error) },
      };
    } finally {
      first.clear();
      total.clear();
    }
  }

  async publish(topic: GossipTopic, data: Uint8Array): Promise<Published> {
    assert(data.length <= MAX_GOSSIP_BYTES[topic], `a message of ${data.length} bytes for the topic ${topic}`);
    try {
      const { recipients } = await this.#started().services.pubsub.publish(this.#topicNames[topic], data);
      return { recipients: new Set(recipients.map(String)) };
    } catch (error) {
      if (text(error) === 'PublishError.Duplicate') return 'duplicate';
      // A peer whose stream broke meanwhile: whoever was not reached is told in another way.
      this.options.log.debug({ topic, error: text(error) }, 'gossip not published');
      return { recipients: new Set() };
    }
  }

  #create(handlers: TransportHandlers): Promise<Libp2p<Services>> {
    const { privateKey, listen, genesis, networkKey } = this.options;
    const denies = (direction: 'inbound' | 'outbound') => (peer: PeerId, wire: MultiaddrConnection) => {
      this.#wires.onEncrypted(wire);
      if ((this.#libp2p?.getConnections(peer).length ?? 0) >= MAX_CONNECTIONS_PER_PEER) return true;
      return !handlers.admits(peer.toString(), direction, wire.remoteAddr.toString());
    };
    return createLibp2p({
      start: false,
      privateKey,
      nodeInfo: { name: 'wattchain', version: '1', userAgent: 'wattchain' },
      addresses: { listen: listen.map((address) => parseAddress(address).toString()) },
      transports: [tcp()],
      ...(networkKey && { connectionProtector: preSharedKey({ psk: networkKey }) }),
      connectionEncrypters: [noise()],
      metrics: () => this.traffic,
      streamMuxers: [yamux({ maxInboundStreams: 32, streamOptions: { maxReadBufferLength: 1024 * 1024 } })],
      // A status is asked every few seconds; a second heartbeat would only add a second opinion.
      connectionMonitor: { enabled: false },
      connectionManager: {
        maxConnections: MAX_CONNECTIONS,
        maxIncomingPendingConnections: MAX_PENDING,
        inboundConnectionThreshold: MAX_ATTEMPTS_PER_SECOND,
        dialTimeout: this.#patience.dialMs,
        addressDialTimeout: this.#patience.dialMs,
        inboundUpgradeTimeout: this.#patience.dialMs,
        inboundStreamProtocolNegotiationTimeout: this.#patience.firstByteMs,
        outboundStreamProtocolNegotiationTimeout: this.#patience.firstByteMs,
        // Who is dialled again, and when, is decided in staticPeers.ts.
        reconnectRetries: 0,
      },
      connectionGater: {
        denyInboundConnection: (connection) => !this.#beginPending(connection),
        denyInboundEncryptedConnection: denies('inbound'),
        denyOutboundEncryptedConnection: denies('outbound'),
        denyInboundUpgradedConnection: (_, connection) => {
          this.#endsOfPending.get(connection)?.();
          return false;
        },
      },
      services: {
        identify: identify({ timeout: this.#patience.firstByteMs }),
        pubsub: createGossipsub(Object.values(this.#topicNames), genesis.blockIntervalMs),
      },
    });
  }

  /** A connection came in and has to show its key; false when its address has too many of these. */
  #beginPending(connection: MultiaddrConnection): boolean {
    if (connection.status !== 'open') return false;
    const end = this.#pending.begin(connection.remoteAddr.toString());
    if (end === undefined) return false;
    this.#endsOfPending.set(connection, end);
    connection.addEventListener('close', end);
    return true;
  }

  #onOpen(connection: Connection): void {
    const others = this.#libp2p?.getConnections(connection.remotePeer).filter(({ id }) => id !== connection.id) ?? [];
    if (others.length >= MAX_CONNECTIONS_PER_PEER) {
      // It opened them at once, so that none was there when it was asked: the end of one is the end of all.
      connection.abort(new WattchainError('tooManyConnections', 'a peer has two connections at most'));
      return;
    }
    this.#handlers?.connected({
      peerId: connection.remotePeer.toString(),
      address: connection.remoteAddr.toString(),
      direction: connection.direction,
    });
  }

  /**
   * Gossip runs over one of a peer's connections and does not move to the other when that one closes. So the end of one
   * is the end of both; a static peer is dialled again at once.
   */
  #onClose(connection: Connection): void {
    const others = this.#libp2p?.getConnections(connection.remotePeer).filter(({ id }) => id !== connection.id) ?? [];
    if (others.length === 0) this.#handlers?.disconnected(connection.remotePeer.toString());
    for (const other of others) void other.close().catch((error: unknown) => other.abort(error as Error));
  }

  async #serve(libp2p: Libp2p<Services>, kind: RequestKind): Promise<void> {
    const protocol = this.#protocols[kind];
    await libp2p.handle(protocol.name, (stream, connection) => this.#onStream(stream, connection, kind), {
      maxInboundStreams: protocol.maxInboundStreams,
      maxOutboundStreams: 16,
    });
  }

  async #onStream(stream: Stream, { remotePeer }: Connection, kind: RequestKind): Promise<void> {
    const { name: protocol, maxRequestBytes } = this.#protocols[kind];
    const frames = new FrameStream(stream, maxRequestBytes);
    const deadline = createDeadline(this.options.scheduler, this.#patience.totalMs);
    const peerId = remotePeer.toString();
    let isAnswered = false;
    try {
      const request = await frames.read({ first: deadline.signal, total: deadline.signal });
      if (request.fault) this.#handlers?.misbehaved(peerId, request.fault);
      const response = request.fault ? undefined : await this.#handlers?.request(peerId, kind, request.value);
      isAnswered = response !== undefined;
      if (response) await frames.write(response, deadline.signal);
      else stream.abort(new WattchainError('requestRejected', 'the request is not answered'));
    } catch (error) {
      const isNotRead = isAnswered && deadline.passed;
      const notRead = { code: 'answerNotRead', protocol, afterMs: this.#patience.totalMs } as const;
      const fault = isNotRead ? notRead : overflowFault(error, maxRequestBytes);
      if (fault) this.#handlers?.misbehaved(peerId, fault);
      this.options.log.debug({ peer: peerId, kind, error: text(error) }, 'request not answered');
      stream.abort(error instanceof Error ? error : new WattchainError('requestBroken', text(error)));
    } finally {
      deadline.clear();
    }
  }

  async #onGossip({ propagationSource, msgId, msg }: GossipsubMessage): Promise<void> {
    const topic = TOPICS.find((name) => this.#topicNames[name] === msg.topic);
    if (!topic || !this.#handlers) return;
    const peerId = propagationSource.toString();
    const verdict = await this.#judge(peerId, topic, msg.data);
    const pubsub = this.#libp2p?.services.pubsub as GossipSub & GossipInternals;
    pubsub.reportMessageValidationResult(msgId, peerId, VERDICTS[verdict]);
    // `ignore` takes it out of the cache of messages, not out of the memory of what was seen: copies would be dropped unread.
    if (verdict === 'forget') pubsub.seenCache.entries.delete(msgId);
  }

  async #judge(peerId: string, topic: GossipTopic, data: Uint8Array): Promise<GossipVerdict> {
    if (data.length <= MAX_GOSSIP_BYTES[topic]) return (await this.#handlers?.gossip(peerId, topic, data)) ?? 'ignore';
    const expected = MAX_GOSSIP_BYTES[topic];
    this.#handlers?.misbehaved(peerId, { code: 'messageTooLarge', got: data.length, expected });
    return 'reject';
  }

  #started(): Libp2p<Services> {
    assert(this.#libp2p, 'the transport is used before it was started');
    return this.#libp2p;
  }
}

/** Left out of gossipsub's exported interface, though `asyncValidation` needs the one and putting off a message the other. */
interface GossipInternals {
  reportMessageValidationResult(messageId: string, source: string, acceptance: TopicValidatorResult): void;
  readonly seenCache: { readonly entries: Map<string, unknown> };
}

const VERDICTS = {
  accept: TopicValidatorResult.Accept,
  reject: TopicValidatorResult.Reject,
  ignore: TopicValidatorResult.Ignore,
  forget: TopicValidatorResult.Ignore,
} as const;

function parseAddress(address: string) {
  try {
    return multiaddr(address);
  } catch (cause) {
    throw new WattchainError('badAddress', `"${address}" is not a multiaddr`, {
      values: { address },
      hint: 'write it like /ip4/192.168.1.20/tcp/7333 or /dns4/meter.local/tcp/7333/p2p/12D3KooW…',
      cause,
    });
  }
}

function dialedSelf(address: string): WattchainError {
  return new WattchainError(
    'dialedSelf',
    `${address} is this node itself, or another one with a copy of its peer.key`,
    {
      values: { address },
      hint: 'take the address out of the peers, or delete peer.key on one of the two nodes',
    },
  );
}

function overflowFault(error: unknown, expected: number): PeerFault | undefined {
  const isOverflow = error instanceof Error && error.name === 'StreamBufferError';
  return isOverflow ? { code: 'messageTooLarge', got: expected + 1, expected } : undefined;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
