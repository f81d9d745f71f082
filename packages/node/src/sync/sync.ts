import { blockHash, type Hash, type Header, type Outcome } from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import { isBodyFault, type PeerFault } from '../p2p/faultPolicy.js';
import type { Network, PeerInfo } from '../p2p/network.js';
import type { Cancel, Runtime } from '../runtime.js';
import { type AcceptBlock, createAcceptBlock } from './acceptBlock.js';
import { BodyFetcher, type FetchedBody } from './bodyFetcher.js';
import { fetchHeaderChain, type HeaderChain, isSegment, type Segment } from './headerChain.js';
import { Relay } from './relay.js';

export interface SyncOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly log: Logger;
}

/** Where catching up stands, in the words of `eth_syncing`. */
export interface SyncStatus {
  readonly syncing: boolean;
  /** Height of the head when it began; the head's while not syncing. */
  readonly startHeight: number;
  readonly currentHeight: number;
  /** Height of the best peer, or of the head. */
  readonly highestHeight: number;
}

/** Bodies per request … */
const BATCH_BLOCKS = 32;
/** … and requests under way at once: at most 16 MiB of bodies wait for their turn. */
const BATCHES_AHEAD = 4;
/** A node that is far behind waits so long for its static peers, so that the first one to answer does not decide alone. */
const SETTLE_MS = 1_500;
/** A peer whose chain could not be taken is not tried again before this … */
const COOL_DOWN_MS = 5_000;
/** … and one whose chain would undo confirmed blocks, which alarms each time: an operator decides, not time. */
const REFUSED_COOL_DOWN_MS = 30_000;
/** Waits for a busy peer: doubling from the first to the last. */
const BUSY_FIRST_MS = 100;
const BUSY_MOST_MS = 2_000;

/**
 * Brings this node's chain up to the peers': picks the peer that claims the most work, proves the claim by its header
 * chain, then fetches the bodies from everybody who has them and gives them to the chain in order. New blocks and
 * transactions arrive through its {@link Relay}.
 */
export class Sync {
  readonly #relay: Relay;
  readonly #accept: AcceptBlock;
  readonly #coolUntilMs = new BoundedMap<string, number>(256);
  #cancels: Cancel[] = [];
  #timers = new Set<Cancel>();
  #run: Promise<void> | undefined;
  #startHeight = 0;
  #firstHandshakeMs: number | undefined;
  #stopped = true;

  constructor(private readonly options: SyncOptions) {
    const { chain, mempool, network, log } = options;
    this.#accept = createAcceptBlock(chain, log);
    this.#relay = new Relay({
      chain,
      mempool,
      network,
      accept: this.#accept,
      catchUp: () => this.catchUp(),
      isCatchingUp: () => this.#run !== undefined,
    });
  }

  /** Begins to listen to chain, pool and network; before the network starts. */
  start(): void {
    const { network, runtime } = this.options;
    this.#stopped = false;
    this.#relay.start();
    this.#cancels = [
      network.on('handshake', () => {
        if (this.#firstHandshakeMs === undefined) {
          this.#firstHandshakeMs = runtime.clock.nowMs();
          this.#later(SETTLE_MS);
        }
        void this.catchUp();
      }),
      network.on('head', () => void this.catchUp()),
      network.on('peers', ({ handshakes }) => {
        if (handshakes === 0) this.#firstHandshakeMs = undefined;
      }),
    ];
  }

  /** Stops listening and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#relay.stop();
    for (const cancel of [...this.#cancels, ...this.#timers]) cancel();
    this.#cancels = [];
    this.#timers.clear();
    await this.#run;
  }

  status(): SyncStatus {
    const currentHeight = this.options.chain.head.header.height;
    const best = bestOf(this.options.network.peers());
    const syncing = this.#run !== undefined && this.#isAhead(best);
    return {
      syncing,
      startHeight: syncing ? this.#startHeight : currentHeight,
      currentHeight,
      highestHeight: Math.max(currentHeight, syncing && best ? best.head.height : 0),
    };
  }

  /** Catches up with the peers, unless there is nothing to fetch. Resolves when it is done or can do nothing for now. */
  catchUp(): Promise<void> {
    if (this.#run) return this.#run;
    if (this.#stopped || !this.#nextPeer()) return Promise.resolve();
    const { chain, network } = this.options;
    const before = chain.head;
    this.#startHeight = before.header.height;
    this.#run = this.#runUntilDone().finally(() => {
      this.#run = undefined;
      // The blocks on the way were not announced; who hangs on this node learns of the new head now.
      if (!this.#stopped && chain.head !== before) network.announceBlock(chain.head);
    });
    return this.#run;
  }

  async #runUntilDone(): Promise<void> {
    for (let peer = this.#nextPeer(); peer && !this.#stopped; peer = this.#nextPeer()) {
      const fault = await this.#follow(peer);
      if (!fault) continue;
      this.options.log.info({ peer: peer.id, fault }, 'the chain of a peer was not taken');
      const coolDownMs = fault.code === 'reorgTooDeep' ? REFUSED_COOL_DOWN_MS : COOL_DOWN_MS;
      this.#coolUntilMs.set(peer.id, this.options.runtime.clock.nowMs() + coolDownMs);
      this.#later(coolDownMs);
    }
  }

  /** Takes one peer's chain, or says why not. What the peer is to blame for is held against it. */
  async #follow(peer: PeerInfo): Promise<PeerFault | undefined> {
    const { chain, log } = this.options;
    const headers = await this.#fetchHeaders(peer);
    if (headers.fault) return this.#blame(peer.id, headers.fault);
    const found = headers.value;
    const proven = found?.tip ?? chain.head;
    if (proven.totalWork < peer.head.totalWork && !found?.future) {
      return this.#blame(peer.id, { code: 'falseTotalWork', got: proven.totalWork, expected: peer.head.totalWork });
    }
    // The head may have moved meanwhile, or what is missing lies in the future.
    if (!found || found.tip.totalWork <= chain.head.totalWork) return found?.future;
    const refusal = chain.checkReorg(found.ancestor, found.tip);
    if (refusal) return refusal;
    const { height } = found.tip.header;
    log.info({ peer: peer.id, from: found.ancestor.header.height, to: height }, 'catching up');
    const fault = await this.#download(peer.id, found);
    if (fault || this.#stopped || chain.head.totalWork >= found.tip.totalWork) return fault;
    return { code: 'parentUnknown', got: found.tip.hash };
  }

  #fetchHeaders(peer: PeerInfo): Promise<Outcome<HeaderChain | undefined, PeerFault>> {
    const { chain, runtime } = this.options;
    return fetchHeaderChain({
      chain,
      nowMs: () => runtime.clock.nowMs(),
      ask: (locator) => this.#askHeaders(peer.id, locator),
      pause: () => this.#pause(0),
    });
  }

  async #askHeaders(peerId: string, locator: readonly Hash[]): Promise<Outcome<Header[], PeerFault>> {
    for (let busy = 1; ; busy++) {
      const answer = await this.options.network.requestHeaders(peerId, locator);
      if (answer.fault?.code !== 'requestRefused' || busy >= 10 || this.#stopped) return answer;
      await this.#pauseForBusy(busy);
    }
  }

  async #download(sourceId: string, { segments, tip }: HeaderChain): Promise<PeerFault | undefined> {
    const fetcher = new BodyFetcher({
      network: this.options.network,
      sourceId,
      tipWork: tip.totalWork,
      pause: (attempt) => this.#pauseForBusy(attempt),
    });
    for (const segment of segments) {
      const headers = await this.#headersOf(segment, sourceId);
      if (headers.fault) return headers.fault;
      const fault = await this.#downloadSegment(headers.value, sourceId, fetcher);
      if (fault || this.#stopped) return fault;
    }
    return undefined;
  }

  async #headersOf(segment: Segment, sourceId: string): Promise<Outcome<readonly Header[], PeerFault>> {
    if (segment.headers) return { value: segment.headers };
    const answer = await this.#askHeaders(sourceId, [segment.parentHash]);
    if (answer.fault) return { fault: this.#blame(sourceId, answer.fault) };
    if (isSegment(answer.value, segment, blockHash)) return { value: answer.value.slice(0, segment.count) };
    // An honest peer's chain may have been reorganised, so nothing is held against it.
    return { fault: { code: 'parentUnknown', got: segment.parentHash } };
  }

  async #downloadSegment(
    headers: readonly Header[],
    sourceId: string,
    fetcher: BodyFetcher,
  ): Promise<PeerFault | undefined> {
    const { chain } = this.options;
    const missing = headers
      .map((header) => ({ header, hash: blockHash(header) }))
      .filter(({ hash }) => !chain.headerByHash(hash));
    const batches: (typeof missing)[] = [];
    for (let i = 0; i < missing.length; i += BATCH_BLOCKS) batches.push(missing.slice(i, i + BATCH_BLOCKS));
    const fetches = new Map<number, Promise<Outcome<FetchedBody[], PeerFault>>>();
    for (const [index, batch] of batches.entries()) {
      for (let ahead = index; ahead < Math.min(index + BATCHES_AHEAD, batches.length); ahead++) {
        if (fetches.has(ahead)) continue;
        fetches.set(ahead, fetcher.fetch((batches[ahead] ?? []).map(({ hash }) => hash)));
      }
      const bodies = await fetches.get(index);
      fetches.set(index, Promise.resolve({ value: [] }));
      if (!bodies || bodies.fault) return bodies?.fault;
      for (const [i, { header, hash }] of batch.entries()) {
        const fault = await this.#take(header, hash, bodies.value[i] as FetchedBody, sourceId, fetcher);
        if (fault || this.#stopped) return fault;
      }
    }
    return undefined;
  }

  /** Gives a block to the chain; a wrong body is asked from somebody else, anything else is the header's sender's fault. */
  async #take(
    header: Header,
    hash: Hash,
    fetched: FetchedBody,
    sourceId: string,
    fetcher: BodyFetcher,
  ): Promise<PeerFault | undefined> {
    for (let { body, peerId } = fetched; ; ) {
      if (!fetcher.isDistrusted(peerId)) {
        const outcome = await this.#accept(header, body, peerId);
        if (outcome === 'unavailable')
          return { code: 'requestBroken', protocol: 'chain', detail: 'takes no block now' };
        if (!outcome.fault) return undefined;
        if (!isBodyFault(outcome.fault)) return this.#blame(sourceId, outcome.fault);
        this.#blame(peerId, outcome.fault);
        fetcher.distrust(peerId);
      }
      const again = await fetcher.fetch([hash]);
      if (again.fault) return again.fault;
      ({ body, peerId } = again.value[0] as FetchedBody);
    }
  }

  /** The peer to follow next: of those with more work than our head the one that claims the most, unless it cools down. */
  #nextPeer(): PeerInfo | undefined {
    const nowMs = this.options.runtime.clock.nowMs();
    const peers = this.options.network.peers().filter(({ id }) => (this.#coolUntilMs.get(id) ?? 0) <= nowMs);
    const best = bestOf(peers);
    return best && this.#isAhead(best) && this.#isSettled(best) ? best : undefined;
  }

  #isAhead(peer: PeerInfo | undefined): boolean {
    return peer !== undefined && peer.head.totalWork > this.options.chain.head.totalWork;
  }

  /**
   * Whether it is time to follow a chain that is far ahead: it could not be left again for a better one, once more than
   * `confirmations` blocks of it are taken. So the static peers are given the time to say what they have.
   */
  #isSettled({ head }: PeerInfo): boolean {
    const { chain, network, runtime } = this.options;
    if (head.height - chain.head.header.height < chain.genesis.confirmations) return true;
    if (network.staticPeers > 0 && network.handshakes >= network.staticPeers) return true;
    return runtime.clock.nowMs() - (this.#firstHandshakeMs ?? runtime.clock.nowMs()) >= SETTLE_MS;
  }

  #blame(peerId: string, fault: PeerFault): PeerFault {
    this.options.network.penalise(peerId, fault);
    return fault;
  }

  /** Looks again after a time. */
  #later(delayMs: number): void {
    const cancel = this.options.runtime.scheduler.setTimeout(() => {
      this.#timers.delete(cancel);
      void this.catchUp();
    }, delayMs);
    this.#timers.add(cancel);
  }

  #pauseForBusy(attempt: number): Promise<void> {
    return this.#pause(Math.min(BUSY_MOST_MS, BUSY_FIRST_MS * 2 ** (attempt - 1)));
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.options.runtime.scheduler.setTimeout(resolve, delayMs);
    });
  }
}

/** Catching up and gossip of a node, not started. Before the network starts. */
export function createSync(options: SyncOptions): Sync {
  return new Sync(options);
}

function bestOf(peers: readonly PeerInfo[]): PeerInfo | undefined {
  let best: PeerInfo | undefined;
  for (const peer of peers) if (!best || peer.head.totalWork > best.head.totalWork) best = peer;
  return best;
}
