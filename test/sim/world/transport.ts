import { type Genesis, type Outcome, WattchainError } from '@wattchain/core';
import {
  type GossipTopic,
  MAX_CONNECTIONS_PER_PEER,
  type PeerFault,
  type PeerPatience,
  type Published,
  peerPatience,
  type RequestFault,
  type RequestKind,
  type RequestProtocol,
  requestProtocols,
  type Transport,
  type TransportHandlers,
} from '@wattchain/node/parts';
import { GossipFlood, type GossipMessage } from './gossip.js';
import type { SimRuntime } from './runtime.js';
import { Wire, type WireEnd, type WireWorld } from './wire.js';

/** A node that can be dialled. */
export interface PeerPlace {
  readonly index: number;
  readonly id: string;
}

/** Who is where, as transports see it. */
export interface Switchboard extends WireWorld {
  placeOf(address: string): PeerPlace;
  addressOf(index: number): string;
  listen(transport: SimTransport): void;
  unlisten(transport: SimTransport): void;
  listenerAt(index: number): SimTransport | undefined;
}

export interface TransportOptions {
  readonly index: number;
  readonly id: string;
  readonly runtime: SimRuntime;
  readonly genesis: Genesis;
  readonly network: Switchboard;
}

type Answer = Outcome<Uint8Array, RequestFault | PeerFault>;

/** What a message costs beside its content: frames, encryption. */
const OVERHEAD_BYTES = 100;
/** Round trips of a dial: TCP, noise, yamux, identify. */
const DIAL_TRIPS = 3;
/** Gossip that a link lost is asked for again at the heartbeats that follow, as gossipsub does. */
const HEARTBEAT_MS = 1_000;
const HEARTBEATS = 3;

/** {@link Transport} of one process over the wires of a world. */
export class SimTransport implements Transport, WireEnd {
  readonly index: number;
  readonly id: string;
  readonly traffic = { receivedBytes: 0, sentBytes: 0 };
  readonly #protocols: Readonly<Record<RequestKind, RequestProtocol>>;
  readonly #patience: PeerPatience;
  /** Open wires by peer, at most {@link MAX_CONNECTIONS_PER_PEER} each. */
  readonly #wires = new Map<string, Wire[]>();
  /** What ends the requests under way when their wire does. */
  readonly #asked = new Map<Wire, Set<(detail: string) => void>>();
  /** Requests that are being answered, by peer and kind. */
  readonly #served = new Map<string, number>();
  readonly #flood: GossipFlood;
  #handlers: TransportHandlers | undefined;

  constructor(private readonly options: TransportOptions) {
    const { index, id, runtime, genesis } = options;
    this.index = index;
    this.id = id;
    this.#protocols = requestProtocols(genesis.blockByteLimit);
    this.#patience = peerPatience(genesis.blockIntervalMs);
    this.#flood = new GossipFlood({
      runtime,
      genesis,
      peers: () => [...this.#wires.keys()].filter((peerId) => this.#wireTo(peerId)),
      send: (peerId, message) => this.#sendGossip(peerId, message, HEARTBEATS),
      handlers: () => this.#handlers,
    });
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
    this.options.network.listen(this);
  }

  async stop(): Promise<void> {
    this.options.network.unlisten(this);
    for (const wire of [...this.#wires.values()].flat()) wire.close(this);
    // Their ends are told of a little later, as with the real one.
    await new Promise<void>((resolve) => this.options.runtime.later(0, 'stopped', resolve));
    this.#handlers = undefined;
  }

  /** The process is gone; the operating system closes what it had open. */
  kill(): void {
    this.options.network.unlisten(this);
    this.#handlers = undefined;
    for (const wire of [...this.#wires.values()].flat()) wire.close(this);
    this.#wires.clear();
  }

  addresses(): string[] {
    return [this.options.network.addressOf(this.index)];
  }

  async dial(address: string): Promise<string> {
    const { network } = this.options;
    const { index, id } = network.placeOf(address);
    if (index === this.index) {
      throw new WattchainError('dialedSelf', `${address} is this node itself`, { hint: 'take it out of the peers' });
    }
    if (this.#wireTo(id)) return id;
    const tripsMs = DIAL_TRIPS * (this.#latencyMs(this.index, index) + this.#latencyMs(index, this.index));
    const isReached = () => !network.link(this.index, index).cut && !network.link(index, this.index).cut;
    await this.#pass(isReached() ? Math.min(tripsMs, this.#patience.dialMs) : this.#patience.dialMs);
    if (!isReached() || tripsMs >= this.#patience.dialMs) throw dialFailed(address, 'no answer');
    // It may have dialled us meanwhile.
    if (this.#wireTo(id)) return id;
    const remote = network.listenerAt(index);
    const wire = remote && this.#connect(remote);
    if (wire === undefined) throw dialFailed(address, remote ? 'the connection was closed' : 'connection refused');
    return id;
  }

  async disconnect(peerId: string): Promise<void> {
    for (const wire of this.#wires.get(peerId) ?? []) wire.close(this);
  }

  request(peerId: string, kind: RequestKind, payload: Uint8Array): Promise<Answer> {
    const { name: protocol, maxResponseBytes: expected } = this.#protocols[kind];
    const wire = this.#wireTo(peerId);
    const broken = (detail: string): Answer => ({ fault: { code: 'requestBroken', protocol, detail } });
    if (wire === undefined) return Promise.resolve(broken('not connected'));
    return new Promise((resolve) => {
      const finish = (answer: Answer) => {
        cancel();
        this.#asked.get(wire)?.delete(end);
        resolve(answer);
      };
      const end = (detail: string) => finish(broken(detail));
      const afterMs = this.#patience.firstByteMs;
      const cancel = this.options.runtime.later(afterMs, `${kind} late`, () =>
        finish({ fault: { code: 'requestTimeout', protocol, afterMs } }),
      );
      this.#ended(wire).add(end);
      if (this.#isLost(wire)) return;
      const answer = (bytes: Uint8Array | undefined) => {
        // What comes after the end of the wait is of no account.
        if (!this.#asked.get(wire)?.has(end)) return;
        this.traffic.receivedBytes += bytes?.length ?? 0;
        if (bytes === undefined) end('the stream was reset');
        else if (bytes.length > expected) finish({ fault: { code: 'messageTooLarge', got: bytes.length, expected } });
        else finish({ value: bytes });
      };
      const remote = wire.otherEnd(this) as SimTransport;
      this.#send(wire, payload, `${kind} ${this.index}>${remote.index}`, () =>
        remote.#serve(this, wire, kind, payload, answer),
      );
    });
  }

  async publish(topic: GossipTopic, data: Uint8Array): Promise<Published> {
    return this.#flood.publish(topic, data);
  }

  /** Gossip runs over one of a peer's connections, so the end of one is the end of both, as with the real transport. */
  closed(wire: Wire): void {
    if (!this.options.runtime.isAlive) return;
    const peerId = (wire.otherEnd(this) as SimTransport).id;
    const left = (this.#wires.get(peerId) ?? []).filter((other) => other !== wire);
    if (left.length > 0) this.#wires.set(peerId, left);
    else this.#wires.delete(peerId);
    for (const end of [...(this.#asked.get(wire) ?? [])]) end('the connection was closed');
    this.#asked.delete(wire);
    if (left.length === 0) this.options.runtime.guard(() => this.#handlers?.disconnected(peerId));
    for (const other of left) other.close(this);
  }

  #wireTo(peerId: string): Wire | undefined {
    return this.#wires.get(peerId)?.find((wire) => wire.isOpenAt(this));
  }

  #latencyMs(from: number, to: number): number {
    const { network } = this.options;
    const { latency, slowMs } = network.link(from, to);
    return network.random.between(latency.minMs, latency.maxMs) + slowMs;
  }

  #pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.options.runtime.later(delayMs, 'dial', resolve));
  }

  /** A connection, where both sides have room for it and take each other. */
  #connect(remote: SimTransport): Wire | undefined {
    const ours = this.#handlers?.admits(remote.id, 'outbound', remote.addresses()[0] ?? '') ?? false;
    const theirs = remote.#handlers?.admits(this.id, 'inbound', this.addresses()[0] ?? '') ?? false;
    const isFull = (remote.#wires.get(this.id)?.length ?? 0) >= MAX_CONNECTIONS_PER_PEER;
    if (!ours || !theirs || isFull) return undefined;
    const wire = new Wire(this.options.network, this, remote);
    remote.#open(wire, this, 'inbound');
    this.#open(wire, remote, 'outbound');
    return wire;
  }

  #open(wire: Wire, other: SimTransport, direction: 'inbound' | 'outbound'): void {
    const { network, runtime } = this.options;
    this.#wires.set(other.id, [...(this.#wires.get(other.id) ?? []), wire]);
    const address = network.addressOf(other.index);
    runtime.guard(() => this.#handlers?.connected({ peerId: other.id, address, direction }));
  }

  #ended(wire: Wire): Set<(detail: string) => void> {
    const ends = this.#asked.get(wire) ?? new Set();
    this.#asked.set(wire, ends);
    return ends;
  }

  #isLost(wire: Wire): boolean {
    const { network } = this.options;
    const { lossPerMille } = network.link(this.index, wire.otherEnd(this).index);
    return network.random.chance(lossPerMille);
  }

  #send(wire: Wire, bytes: Uint8Array, label: string, deliver: () => void, isOrdered = true): void {
    this.traffic.sentBytes += bytes.length;
    wire.send(this, bytes.length + OVERHEAD_BYTES, label, deliver, isOrdered);
  }

  /** Answers a request of another node, within the limits of a stream. */
  #serve(
    from: SimTransport,
    wire: Wire,
    kind: RequestKind,
    payload: Uint8Array,
    answer: (bytes: Uint8Array | undefined) => void,
  ): void {
    const { maxRequestBytes: expected, maxInboundStreams } = this.#protocols[kind];
    const place = `${from.id} ${kind}`;
    const served = this.#served.get(place) ?? 0;
    const respond = (bytes: Uint8Array | undefined) =>
      this.#send(wire, bytes ?? new Uint8Array(), `${kind} answered ${this.index}>${from.index}`, () => answer(bytes));
    this.options.runtime.guard(() => {
      this.traffic.receivedBytes += payload.length;
      if (payload.length > expected) {
        this.#handlers?.misbehaved(from.id, { code: 'messageTooLarge', got: payload.length, expected });
      }
      const handled =
        payload.length > expected || served >= maxInboundStreams
          ? undefined
          : this.#handlers?.request(from.id, kind, payload);
      if (handled === undefined) {
        respond(undefined);
        return;
      }
      this.#served.set(place, served + 1);
      const free = () => {
        const left = (this.#served.get(place) ?? 1) - 1;
        if (left > 0) this.#served.set(place, left);
        else this.#served.delete(place);
      };
      void handled.then(respond, () => respond(undefined)).then(free);
    });
  }

  /** What a link loses comes at one of the next heartbeats, when the other side asks for it. */
  #sendGossip(peerId: string, message: GossipMessage, heartbeats: number): void {
    const wire = this.#wireTo(peerId);
    if (wire === undefined) return;
    const { network, runtime } = this.options;
    const remote = wire.otherEnd(this) as SimTransport;
    if (this.#isLost(wire)) {
      if (heartbeats > 0) {
        runtime.later(HEARTBEAT_MS, 'heartbeat', () => this.#sendGossip(peerId, message, heartbeats - 1));
      }
      return;
    }
    const isTwice = network.random.chance(network.link(this.index, remote.index).duplicatePerMille);
    const label = `${message.topic} ${this.index}>${remote.index}`;
    for (let copies = isTwice ? 2 : 1; copies > 0; copies--) {
      this.#send(wire, message.data, label, () => remote.takeGossip(this.id, message), false);
    }
  }

  /** Gossip has come. */
  takeGossip(peerId: string, message: GossipMessage): void {
    this.traffic.receivedBytes += message.data.length;
    this.options.runtime.guard(() => void this.#flood.receive(peerId, message));
  }
}

function dialFailed(address: string, detail: string): WattchainError {
  return new WattchainError('dialFailed', `no connection to ${address}: ${detail}`, {
    values: { address },
    hint: 'check that the node there is running and that the address is right',
  });
}
