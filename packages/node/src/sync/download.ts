import { type BlockFault, blockHash, type Hash, type Header, type Outcome } from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import { isBodyFault, type PeerFault } from '../p2p/faultPolicy.js';
import type { Network } from '../p2p/network.js';
import type { AcceptBlock } from './acceptBlock.js';
import { BodyFetcher, type FetchedBody } from './bodyFetcher.js';
import { isSegment, mayContain, type Segment } from './headerChain.js';
import type { BetterChain } from './peerChains.js';

export interface DownloadOptions {
  readonly target: BetterChain;
  readonly chain: Chain;
  readonly network: Pick<Network, 'requestHeaders' | 'requestBodies' | 'penalise'>;
  readonly accept: AcceptBlock;
  /** Peers that may have the body of a block, the target's first. */
  readonly holders: (hash: Hash) => readonly string[];
  readonly pause: (delayMs: number) => Promise<void>;
}

interface MissingBlock {
  readonly header: Header;
  readonly hash: Hash;
}

/** What became of a block that was given to the chain, or that its body came from somebody who sent wrong ones. */
type Judged = Awaited<ReturnType<AcceptBlock>> | 'distrusted';

/** Bodies per request … */
const BATCH_BLOCKS = 32;
/** … and requests under way at once: at most 16 MiB of bodies wait for their turn. */
const BATCHES_AHEAD = 4;
/** Blocks that the chain is given at once: while it executes one, the next are opened and the one before is written. */
const BLOCKS_AHEAD = 4;

/** Fetches the bodies of a proven chain from everybody who has them, and gives them to our chain in order. */
export class Download {
  readonly target: BetterChain;
  readonly #fetcher: BodyFetcher;
  readonly #given = new Set<Hash>();
  #isStopped = false;

  constructor(private readonly options: DownloadOptions) {
    const { target, network, holders, pause } = options;
    this.target = target;
    this.#fetcher = new BodyFetcher({ network, sourceId: target.peerId, holders, pause });
  }

  /** Whether one of the two chains may be the beginning of the other: then this brings the other nearer. */
  isOnWayTo({ headers }: BetterChain): boolean {
    const own = this.target.headers;
    return mayContain(own, headers.tip) || mayContain(headers, own.tip);
  }

  /** Whether the block is on its way into the chain, and not the last one. */
  isPassing(hash: Hash): boolean {
    return this.#given.has(hash) && hash !== this.target.headers.tip.hash;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Runs to the end of the chain, or says what keeps it from there. What a peer is to blame for is held against it. */
  async run(): Promise<PeerFault | undefined> {
    for (const segment of this.target.headers.segments) {
      const headers = await this.#headersOf(segment);
      if (headers.fault) return headers.fault;
      const fault = await this.#takeSegment(headers.value);
      if (fault || this.#isStopped) return fault;
    }
    return undefined;
  }

  async #headersOf(segment: Segment): Promise<Outcome<readonly Header[], PeerFault>> {
    if (segment.headers) return { value: segment.headers };
    const { network, target } = this.options;
    const answer = await network.requestHeaders(target.peerId, [segment.parentHash]);
    if (answer.fault) return { fault: this.#blame(target.peerId, answer.fault) };
    if (isSegment(answer.value, segment, blockHash)) return { value: answer.value.slice(0, segment.count) };
    // An honest peer's chain may have been reorganised, so nothing is held against it.
    return { fault: { code: 'parentUnknown', got: segment.parentHash } };
  }

  async #takeSegment(headers: readonly Header[]): Promise<PeerFault | undefined> {
    const { chain } = this.options;
    const missing = headers
      .map((header) => ({ header, hash: blockHash(header) }))
      .filter(({ hash }) => !chain.headerByHash(hash));
    const batches: MissingBlock[][] = [];
    for (let i = 0; i < missing.length; i += BATCH_BLOCKS) batches.push(missing.slice(i, i + BATCH_BLOCKS));
    const fetches = new Map<number, Promise<Outcome<FetchedBody[], PeerFault>>>();
    for (const [index, batch] of batches.entries()) {
      for (let ahead = index; ahead < Math.min(index + BATCHES_AHEAD, batches.length); ahead++) {
        if (fetches.has(ahead)) continue;
        fetches.set(ahead, this.#fetcher.fetch((batches[ahead] ?? []).map(({ hash }) => hash)));
      }
      const bodies = await fetches.get(index);
      fetches.set(index, Promise.resolve({ value: [] }));
      if (!bodies || bodies.fault) return bodies?.fault;
      const fault = await this.#takeBatch(batch, bodies.value);
      if (fault || this.#isStopped) return fault;
    }
    return undefined;
  }

  async #takeBatch(batch: readonly MissingBlock[], bodies: readonly FetchedBody[]): Promise<PeerFault | undefined> {
    const given: Promise<Judged>[] = [];
    for (const [i, block] of batch.entries()) {
      for (let ahead = given.length; ahead < Math.min(i + BLOCKS_AHEAD, batch.length); ahead++) {
        given.push(this.#give(batch[ahead] as MissingBlock, bodies[ahead] as FetchedBody));
      }
      const fault = await this.#take(block, bodies[i] as FetchedBody, given[i] as Promise<Judged>);
      if (fault || this.#isStopped) return fault;
    }
    return undefined;
  }

  async #give({ header, hash }: MissingBlock, { body, peerId }: FetchedBody): Promise<Judged> {
    if (this.#fetcher.isDistrusted(peerId)) return 'distrusted';
    this.#given.add(hash);
    const outcome = await this.options.accept(header, body, peerId);
    this.#given.delete(hash);
    return outcome;
  }

  /** Waits for what the chain says of a block; a wrong body is asked from somebody else, anything else is the header's sender's fault. */
  async #take(block: MissingBlock, fetched: FetchedBody, given: Promise<Judged>): Promise<PeerFault | undefined> {
    let outcome = await given;
    // It was given before its parent was there, whose body was a wrong one at first.
    if (isFault(outcome, 'parentUnknown')) outcome = await this.#give(block, fetched);
    for (let { peerId } = fetched; ; ) {
      if (outcome === 'unavailable') return { code: 'requestBroken', protocol: 'chain', detail: 'takes no block now' };
      if (outcome !== 'distrusted') {
        if (!outcome.fault) return undefined;
        if (!isBodyFault(outcome.fault)) return this.#blame(this.target.peerId, outcome.fault);
        this.#blame(peerId, outcome.fault);
        this.#fetcher.distrust(peerId);
      }
      const again = await this.#fetcher.fetch([block.hash]);
      if (again.fault) return again.fault;
      const [other] = again.value as [FetchedBody];
      ({ peerId } = other);
      outcome = await this.#give(block, other);
    }
  }

  #blame(peerId: string, fault: PeerFault): PeerFault {
    this.options.network.penalise(peerId, fault);
    return fault;
  }
}

function isFault(judged: Judged, code: BlockFault['code']): boolean {
  return typeof judged === 'object' && judged.fault?.code === code;
}
