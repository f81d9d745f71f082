import type { Hash, Header, HeaderRecord, Outcome, Transaction } from '@wattchain/core';
import { Emitter } from '../base/events.js';
import type { Logger } from '../base/log.js';
import type { Cancel, Runtime } from '../runtime.js';
import { PeerAdmission } from './admission.js';
import { consequenceOf, type PeerFault } from './faultPolicy.js';
import { Gossip } from './gossip.js';
import { PATIENCE, peerPatience, type RequestKind, type RequestProtocol, requestProtocols } from './limits.js';
import { MemberSight } from './memberSight.js';
import { type MembersSeen, memberPingMs } from './members.js';
import {
  decodeBodiesResponse,
  decodeHeadersResponse,
  decodeTransactionsResponse,
  encodeBlockAnnouncement,
  encodeBodiesRequest,
  encodeHeadersRequest,
  encodeTransactionsRequest,
  type Response,
  type Status,
} from './messages.js';
import type { GossipHandlers, Network, NetworkEvents, PeerInfo } from './network.js';
import { Outbox, type PushResult } from './outbox.js';
import { Peer, type ReadyPeer } from './peer.js';
import { PeerLog } from './peerLog.js';
import { RequestDesk } from './requestDesk.js';
import type { ChainView } from './serving.js';
import { StaticPeers } from './staticPeers.js';
import { StatusExchange } from './statusExchange.js';
import type { TrafficCount } from './traffic.js';
import type { Connected, Transport, TransportHandlers } from './transport.js';

export interface PeerNetworkOptions {
  readonly transport: Transport;
  readonly chain: ChainView;
  /** Multiaddrs that are dialled for ever. */
  readonly peers: readonly string[];
  /** Peer ids that may connect; absent: everybody. */
  readonly allow?: readonly string[] | undefined;
  /** Peer ids that make up the network, and how many of them must be seen; see {@link MemberWatch}. */
  readonly members?: readonly string[] | undefined;
  readonly minMembers?: number | undefined;
  /** Name and version of this software, printable ASCII. */
  readonly agent: string;
  readonly runtime: Runtime;
  readonly log: Logger;
}

/** {@link Network} over any {@link Transport}: handshakes, messages, gossip, limits, scores. */
export class PeerNetwork extends Emitter<NetworkEvents> implements Network {
  readonly #peers = new Map<string, Peer>();
  readonly #protocols: Readonly<Record<RequestKind, RequestProtocol>>;
  readonly #admission: PeerAdmission;
  readonly #log: PeerLog;
  readonly #desk: RequestDesk;
  readonly #static: StaticPeers;
  readonly #gossip: Gossip;
  readonly #members: MemberSight;
  readonly #statuses: StatusExchange;
  #isRunning = false;
  #cancelStatus: Cancel = () => {};

  constructor(private readonly options: PeerNetworkOptions) {
    super();
    const { transport, chain, runtime, log } = options;
    this.#protocols = requestProtocols(chain.genesis.blockByteLimit);
    this.#admission = new PeerAdmission({
      stopwatch: runtime.stopwatch,
      allow: options.allow,
      isOurs: (peerId) => this.#isOurs(peerId),
      connected: () => [...this.#peers.values()].map(connectionOf),
    });
    this.#log = new PeerLog({ log, stopwatch: runtime.stopwatch, isOurs: (peerId) => this.#isOurs(peerId) });
    this.#desk = new RequestDesk({
      chain,
      protocols: this.#protocols,
      penalise: (peerId, fault) => this.penalise(peerId, fault),
      takeTransactions: (peer, raws) => void this.#gossip.take(peer, raws),
      onDamagedHeaders: () => this.#statuses.claimNothing(),
    });
    this.#gossip = new Gossip({
      ...options,
      log: this.#log,
      readyPeers: () => this.#readyPeers(),
      isConnected: (peer) => this.#peers.get(peer.id) === peer,
      penalise: (peerId, fault) => this.penalise(peerId, fault),
      disconnect: (peerId) => this.#disconnect(peerId),
    });
    this.#members = new MemberSight({
      ...options,
      self: transport.id,
      stopwatch: runtime.stopwatch,
      onChange: (members) => this.emit('members', members),
    });
    this.#statuses = new StatusExchange({
      ...options,
      log: this.#log,
      members: this.#members,
      isConnected: (peer) => this.#peers.get(peer.id) === peer,
      penalise: (peerId, fault) => this.penalise(peerId, fault),
      disconnect: (peerId) => this.#disconnect(peerId),
      onHandshake: (peer, status) => this.#onHandshake(peer, status),
      onHead: (peer, status) => this.emit('head', peer.info(status, runtime)),
      onRefused: (peer, fault) => this.emit('refused', { peerId: peer.id, fault }),
    });
    this.#static = new StaticPeers({
      addresses: options.peers,
      dial: (address) => transport.dial(address),
      isConnected: (peerId) => this.#peers.has(peerId),
      scheduler: runtime.scheduler,
      log,
    });
  }

  get id(): string {
    return this.options.transport.id;
  }

  addresses(): string[] {
    return this.options.transport.addresses();
  }

  handleGossip(handlers: GossipHandlers): void {
    this.#gossip.handlers = handlers;
  }

  async start(): Promise<void> {
    const { transport, chain, runtime, log } = this.options;
    await transport.start(this.#transportHandlers());
    this.#isRunning = true;
    log.info({ peer: this.id, addresses: this.addresses() }, 'listening for peers');
    this.#members.start();
    this.#cancelStatus = runtime.scheduler.setInterval(() => {
      this.#askPeers();
      this.#members.review();
    }, memberPingMs(chain.genesis.blockIntervalMs));
    this.#static.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#members.stop();
    this.#cancelStatus();
    this.#static.stop();
    await this.options.transport.stop();
    for (const peerId of [...this.#peers.keys()]) this.#onDisconnected(peerId);
  }

  addPeer(address: string): Promise<string> {
    return this.#static.add(address);
  }

  peers(): PeerInfo[] {
    return this.#readyPeers().map((peer) => peer.info(peer.status, this.options.runtime));
  }

  get handshakes(): number {
    return this.#readyPeers().length;
  }

  get members(): MembersSeen {
    return this.#members.seen;
  }

  get traffic(): TrafficCount {
    return this.options.transport.traffic;
  }

  get staticPeers(): number {
    return this.#static.count;
  }

  announceBlock(record: HeaderRecord): void {
    // Before the start nobody listens, and whoever joins is told then.
    const body = this.#isRunning ? this.options.chain.bodyBytes(record.hash) : undefined;
    if (!body) return;
    // Where blocks come faster than the difficulty wants, members are asked in between.
    if (this.#members.isDue()) this.#askPeers();
    this.#members.review();
    void this.#gossip.publish('blocks', encodeBlockAnnouncement(record.header, body), (peer) => {
      if (peer.status.totalWork < record.totalWork) void this.#statuses.exchangeWith(peer);
    });
  }

  announceTransaction(transaction: Transaction): void {
    if (!this.#isRunning) return;
    void this.#gossip.publish('transactions', transaction.raw, (peer) => peer.outbox.push([transaction.raw]));
  }

  sendTransactions(peerId: string, transactions: readonly Transaction[]): void {
    this.#peers.get(peerId)?.outbox.push(transactions.map(({ raw }) => raw));
  }

  requestHeaders(peerId: string, locator: readonly Hash[]): Promise<Outcome<Header[], PeerFault>> {
    return this.#ask(peerId, 'headers', encodeHeadersRequest(locator), decodeHeadersResponse);
  }

  requestBodies(peerId: string, hashes: readonly Hash[]): Promise<Outcome<(Uint8Array | undefined)[], PeerFault>> {
    const request = encodeBodiesRequest(hashes);
    return this.#ask(peerId, 'bodies', request, (bytes) => decodeBodiesResponse(bytes, hashes.length));
  }

  async refreshStatus(peerId: string): Promise<void> {
    const peer = this.#peers.get(peerId);
    if (peer) await this.#statuses.exchangeWith(peer);
  }

  noteHead(peerId: string, record: HeaderRecord): void {
    const peer = this.#peers.get(peerId);
    if (!peer?.status || record.totalWork <= peer.status.totalWork) return;
    const { hash: headHash, totalWork } = record;
    peer.status = { ...peer.status, headHash, totalWork, height: record.header.height };
    this.#members.onHead(peerId, { hash: headHash, totalWork });
    this.emit('head', peer.info(peer.status, this.options.runtime));
  }

  noteFuture(peerId: string, timestampMs: number | undefined): void {
    const peer = this.#peers.get(peerId);
    if (peer) peer.futureMs = timestampMs;
  }

  noteParted(peerId: string, isParted: boolean): void {
    this.#members.onParted(peerId, isParted);
  }

  penalise(peerId: string, fault: PeerFault): void {
    const sentence = this.#admission.record(peerId, fault);
    const level = consequenceOf(fault).penalty > 0 ? 'warn' : 'debug';
    this.#log.say(level, peerId, { fault, score: this.#admission.score(peerId), sentence }, 'fault of a peer');
    this.emit('penalised', { peerId, fault, sentence });
    if (sentence !== 'none') this.#disconnect(peerId);
  }

  #transportHandlers(): TransportHandlers {
    return {
      admits: (peerId, direction, address) => this.#admission.admits({ peerId, direction, address }),
      connected: (connection) => this.#onConnected(connection),
      disconnected: (peerId) => this.#onDisconnected(peerId),
      request: (peerId, kind, payload) => this.#onRequest(peerId, kind, payload),
      gossip: (peerId, topic, data) => this.#gossip.judge(this.#peers.get(peerId), topic, data),
      misbehaved: (peerId, fault) => this.penalise(peerId, fault),
    };
  }

  /** Whether the configuration names this peer: then no stranger takes its place. */
  #isOurs(peerId: string): boolean {
    return this.#static.has(peerId) || this.#members.has(peerId);
  }

  /** Asks everybody for a status: the answers are what members are seen by. */
  #askPeers(): void {
    this.#members.onAsk();
    for (const peer of this.#readyPeers()) void this.#statuses.exchangeWith(peer);
  }

  // ---- connections

  #onConnected(connection: Connected): void {
    let peer = this.#peers.get(connection.peerId);
    if (!peer) {
      // Others may have come between its key and this moment.
      const place = this.#admission.take(connection);
      if (place === undefined) {
        this.#disconnect(connection.peerId);
        return;
      }
      if (place.from !== undefined) this.#disconnect(place.from);
      const { scheduler, stopwatch } = this.options.runtime;
      const { blockIntervalMs } = this.options.chain.genesis;
      const { handshakeMs } = peerPatience(blockIntervalMs);
      const outbox = this.#createOutbox(connection.peerId);
      const created = new Peer(connection, outbox, this.#protocols, stopwatch, blockIntervalMs);
      created.cancelTimer = scheduler.setTimeout(() => {
        this.penalise(created.id, { code: 'handshakeTimeout', afterMs: handshakeMs });
        this.#disconnect(created.id);
      }, handshakeMs);
      this.#peers.set(created.id, created);
      peer = created;
    }
    // Who dialled speaks first; one exchange tells both sides.
    if (connection.direction === 'outbound' && !peer.status) void this.#statuses.exchangeWith(peer);
  }

  #onHandshake(peer: Peer, status: Status): void {
    this.#static.onHandshake(peer.id);
    const { height, agent } = status;
    this.#log.say('info', peer.id, { address: peer.address, height, agent }, 'peer joined');
    this.emit('peers', { handshakes: this.handshakes });
    this.emit('handshake', peer.info(status, this.options.runtime));
  }

  #onDisconnected(peerId: string): void {
    const peer = this.#peers.get(peerId);
    if (!peer) return;
    this.#peers.delete(peerId);
    peer.settle(false);
    if (peer.status) {
      this.#log.say('info', peerId, { handshakes: this.handshakes }, 'peer left');
      this.emit('peers', { handshakes: this.handshakes });
    }
    this.#members.onGone(peerId);
    this.#static.onDisconnected(peerId);
  }

  // ---- requests

  /** Asks a peer and opens its answer. Faults are the caller's to hold against it. */
  async #ask<T>(
    peerId: string,
    kind: RequestKind,
    payload: Uint8Array,
    decode: (bytes: Uint8Array) => Outcome<Response<T>, PeerFault>,
  ): Promise<Outcome<T, PeerFault>> {
    const answer = await this.options.transport.request(peerId, kind, payload);
    if (answer.fault) return answer;
    const response = decode(answer.value);
    if (response.fault) return response;
    if (!response.value.refusal) return { value: response.value.payload };
    const protocol = this.#protocols[kind].name;
    const code = response.value.refusal === 'busy' ? 'requestRefused' : 'requestRejected';
    return { fault: { code, protocol } };
  }

  async #onRequest(peerId: string, kind: RequestKind, payload: Uint8Array): Promise<Uint8Array | undefined> {
    const peer = this.#peers.get(peerId);
    if (!peer) return undefined;
    if (kind === 'status') {
      return peer.buckets.status.take(1)
        ? this.#statuses.answer(peer, payload)
        : this.#desk.refuseAsBusy(peer, 'status', 1);
    }
    // The status that we answered may overtake the one that we are about to read.
    if (!(await peer.ready)) return undefined;
    return this.#desk.answer(peer, kind, payload);
  }

  // ---- pushes

  #createOutbox(peerId: string): Outbox {
    const send = async (raws: readonly Uint8Array[]): Promise<PushResult> => {
      const { fault } = await this.#ask(
        peerId,
        'transactions',
        encodeTransactionsRequest(raws),
        decodeTransactionsResponse,
      );
      if (!fault) return 'taken';
      if (fault.code === 'requestRefused') return 'later';
      this.penalise(peerId, fault);
      return 'failed';
    };
    return new Outbox(send, () => this.#pause(PATIENCE.pushAgainMs));
  }

  #readyPeers(): ReadyPeer[] {
    return [...this.#peers.values()].filter((peer): peer is ReadyPeer => peer.status !== undefined);
  }

  #disconnect(peerId: string): void {
    const { transport, log } = this.options;
    void transport.disconnect(peerId).catch((error: unknown) => log.debug({ peer: peerId, error }, 'not disconnected'));
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.options.runtime.scheduler.setTimeout(resolve, delayMs);
    });
  }
}

function connectionOf({ id, address, direction }: Peer): Connected {
  return { peerId: id, address, direction };
}
