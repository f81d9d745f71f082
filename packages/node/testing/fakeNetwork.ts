/** Peers out of a script behind the interface of the network, on manual time: what a node's sync makes of them, and nothing else. */
import type { Hash, Header, HeaderRecord, Outcome, Transaction } from '@wattchain/core';
import { Emitter } from '../src/base/events.js';
import type { PeerFault } from '../src/p2p/faultPolicy.js';
import { MAX_HEADERS, peerPatience } from '../src/p2p/limits.js';
import type { MembersSeen } from '../src/p2p/members.js';
import type { GossipHandlers, Judgement, Network, NetworkEvents, PeerHead, PeerInfo } from '../src/p2p/network.js';
import { PeerScores } from '../src/p2p/peerScores.js';
import type { Runtime } from '../src/runtime.js';
import type { ChainKit, TestBlock } from './chainKit.js';

/** How a peer answers: as it should, that it is busy, never, or what a test says. */
export type Manner<Request, Answer> = 'honest' | 'busy' | 'silent' | ((request: Request) => Answer);

/** A peer that does what a test wants; its chain leads from genesis to its last block. */
export class FakePeer {
  headers: Manner<readonly Hash[], Header[]> = 'honest';
  bodies: Manner<readonly Hash[], (Uint8Array | undefined)[]> = 'honest';
  /** How long its bodies take. */
  bodiesAfterMs = 0;
  /** What it claims instead of the truth. */
  claim: Partial<PeerHead> = {};
  clockOffsetMs: number | undefined;
  /** Bodies that it gives of blocks that it does not have in its chain any more. */
  readonly old: TestBlock[] = [];
  /** Requests that it got. */
  readonly asked = { headers: 0, bodies: 0 };

  constructor(
    readonly id: string,
    readonly kit: ChainKit,
    public chain: readonly TestBlock[],
  ) {}

  get head(): PeerHead {
    const { hash, header, record } = this.chain.at(-1) ?? this.kit.genesisBlock;
    return { hash, height: header.height, totalWork: record.totalWork, ...this.claim };
  }

  get info(): PeerInfo {
    const { id, head, clockOffsetMs } = this;
    const clock = clockOffsetMs === undefined ? {} : { clockOffsetMs };
    return { id, address: '', direction: 'inbound', head, connectedMs: 0, agent: 'fake', ...clock };
  }

  /** Its headers after the first hash that it has, at most so many as one answer holds. */
  headersAfter(locator: readonly Hash[]): Header[] {
    const hashes = [this.kit.genesis.hash, ...this.chain.map(({ hash }) => hash)];
    const place = locator.map((hash) => hashes.indexOf(hash)).find((index) => index >= 0) ?? this.chain.length;
    return this.chain.slice(place, place + MAX_HEADERS).map(({ header }) => header);
  }

  bodiesOf(hashes: readonly Hash[]): (Uint8Array | undefined)[] {
    const blocks = [...this.chain, ...this.old];
    return hashes.map((hash) => blocks.find((block) => block.hash === hash)?.body);
  }
}

/** See the file's comment. Scores are the real ones. */
export class FakeNetwork extends Emitter<NetworkEvents> implements Network {
  readonly id = 'self';
  readonly traffic = { receivedBytes: 0, sentBytes: 0 };
  staticPeers = 0;
  members: MembersSeen = { seen: 2, needed: 2, total: 2, silent: [], apart: [] };
  /** What was announced, oldest first. */
  readonly announced: Hash[] = [];
  /** Transactions that one peer was sent. */
  readonly sent: { readonly peerId: string; readonly transactions: readonly Transaction[] }[] = [];
  /** Faults that were held against peers. */
  readonly penalties: { readonly peerId: string; readonly fault: PeerFault; readonly sentence: string }[] = [];
  /** Until when each peer's chain goes on, where that is from the future. */
  readonly futures = new Map<string, number | undefined>();
  /** Those that are on a chain which parted from this node's for good. */
  readonly parted = new Set<string>();
  readonly scores: PeerScores;
  readonly #peers = new Map<string, FakePeer>();
  #handlers: GossipHandlers | undefined;

  constructor(private readonly runtime: Runtime) {
    super();
    this.scores = new PeerScores(runtime.stopwatch);
  }

  /** A peer makes its handshake. */
  join(peer: FakePeer): FakePeer {
    this.#peers.set(peer.id, peer);
    this.emit('peers', { handshakes: this.handshakes });
    this.emit('handshake', peer.info);
    return peer;
  }

  leave(peerId: string): void {
    if (this.#peers.delete(peerId)) this.emit('peers', { handshakes: this.handshakes });
  }

  /** A peer sends its status. */
  tell(peer: FakePeer): void {
    if (this.#peers.has(peer.id)) this.emit('head', peer.info);
  }

  /** Gossip brings a block of a peer. */
  async gossip(peerId: string, { header, body }: TestBlock, withBody = true): Promise<Judgement | undefined> {
    return this.#handlers?.block({ header, body: withBody ? body : undefined }, peerId);
  }

  /** Codes of the faults of a peer. */
  faultsOf(peerId: string): PeerFault['code'][] {
    return this.penalties.filter((penalty) => penalty.peerId === peerId).map(({ fault }) => fault.code);
  }

  isConnected(peerId: string): boolean {
    return this.#peers.has(peerId);
  }

  addresses(): string[] {
    return [];
  }
  handleGossip(handlers: GossipHandlers): void {
    this.#handlers = handlers;
  }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async addPeer(): Promise<string> {
    return '';
  }
  peers(): PeerInfo[] {
    return [...this.#peers.values()].map(({ info }) => info);
  }
  get handshakes(): number {
    return this.#peers.size;
  }
  announceBlock({ hash }: HeaderRecord): void {
    this.announced.push(hash);
  }
  announceTransaction(): void {}
  sendTransactions(peerId: string, transactions: readonly Transaction[]): void {
    this.sent.push({ peerId, transactions });
  }
  async refreshStatus(): Promise<void> {}
  noteHead(): void {}
  noteParted(peerId: string, isParted: boolean): void {
    if (isParted) this.parted.add(peerId);
    else this.parted.delete(peerId);
  }
  noteFuture(peerId: string, timestampMs: number | undefined): void {
    this.futures.set(peerId, timestampMs);
  }

  requestHeaders(peerId: string, locator: readonly Hash[]): Promise<Outcome<Header[], PeerFault>> {
    const peer = this.#peers.get(peerId);
    if (peer) peer.asked.headers++;
    return this.#answer('headers', peer?.headers, locator, () => peer?.headersAfter(locator) ?? []);
  }

  async requestBodies(
    peerId: string,
    hashes: readonly Hash[],
  ): Promise<Outcome<(Uint8Array | undefined)[], PeerFault>> {
    const peer = this.#peers.get(peerId);
    if (peer) peer.asked.bodies++;
    if (peer?.bodiesAfterMs) await this.#pass(peer.bodiesAfterMs);
    return this.#answer('bodies', peer?.bodies, hashes, () => peer?.bodiesOf(hashes) ?? []);
  }

  penalise(peerId: string, fault: PeerFault): void {
    const sentence = this.scores.record(peerId, fault);
    this.penalties.push({ peerId, fault, sentence });
    if (sentence !== 'none') this.leave(peerId);
  }

  async #answer<Request, Answer>(
    protocol: string,
    manner: Manner<Request, Answer> | undefined,
    request: Request,
    honest: () => Answer,
  ): Promise<Outcome<Answer, PeerFault>> {
    if (manner === undefined) return { fault: { code: 'requestBroken', protocol, detail: 'not connected' } };
    if (manner === 'busy') return { fault: { code: 'requestRefused', protocol } };
    if (manner === 'honest') return { value: honest() };
    if (manner !== 'silent') return { value: manner(request) };
    const afterMs = peerPatience(0).firstByteMs;
    await this.#pass(afterMs);
    return { fault: { code: 'requestTimeout', protocol, afterMs } };
  }

  #pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.runtime.scheduler.setTimeout(resolve, delayMs));
  }
}
