import {
  type Genesis,
  type Hash,
  type Header,
  type HeaderRecord,
  type Outcome,
  type PlacementFault,
  recordOf,
  validateHeader,
  validateLead,
} from '@wattchain/core';
import type { PeerFault } from '../p2p/faultPolicy.js';
import { MAX_HEADERS, MAX_LOCATOR } from '../p2p/limits.js';
import type { ChainView } from '../p2p/serving.js';

/** Up to {@link MAX_HEADERS} headers in a row. */
export interface Segment {
  readonly parentHash: Hash;
  readonly lastHash: Hash;
  readonly count: number;
  /** Absent in a long chain: they are fetched again when their turn comes, and must end in `lastHash`. */
  readonly headers: readonly Header[] | undefined;
}

/** A peer's chain as far as its headers tell: every one validated, so its work is proven. */
export interface HeaderChain {
  /** The newest block of it that is canonical here too. */
  readonly ancestor: HeaderRecord;
  readonly tip: HeaderRecord;
  /** From a block that we have to `tip`, oldest first. */
  readonly segments: readonly Segment[];
  /** Set when the peer's chain goes on with a header from the future. */
  readonly future: PlacementFault | undefined;
}

/** What walking along a peer's headers needs. */
export interface HeaderWalk {
  readonly chain: ChainView;
  readonly nowMs: () => number;
  /** Asks the peer; handles `busy` by itself. */
  readonly ask: (locator: readonly Hash[]) => Promise<Outcome<Header[], PeerFault>>;
  /** Lets others run. */
  readonly pause: () => Promise<void>;
}

/** Segments whose headers stay in memory: 4,096 headers, some 4 MB. A longer chain costs 32 bytes for each 512 headers. */
const KEPT_SEGMENTS = 8;
/** Headers validated in one go, about 10 ms. */
const HEADERS_PER_TURN = 128;
/** How often a peer's chain may change under our hands before we give up on it for now. */
const MAX_RESTARTS = 3;

/** Hashes of our chain from which a peer finds where ours and its part: the last ten, then at doubling distances, genesis. */
export function locatorOf(chain: Pick<ChainView, 'head' | 'genesis' | 'canonicalHash'>): Hash[] {
  const locator: Hash[] = [];
  let step = 1;
  for (let height = chain.head.header.height; height > 0 && locator.length < MAX_LOCATOR - 1; height -= step) {
    const hash = chain.canonicalHash(height);
    if (hash) locator.push(hash);
    if (locator.length >= 10) step *= 2;
  }
  return [...locator, chain.genesis.hash];
}

/** Fetches and validates a peer's headers from the fork with our chain to their end. `undefined`: it has none that we lack. */
export async function fetchHeaderChain(walk: HeaderWalk): Promise<Outcome<HeaderChain | undefined, PeerFault>> {
  const locator = locatorOf(walk.chain);
  let progress: Progress | undefined;
  for (let restarts = 0; ; ) {
    const answer = await walk.ask(progress ? [progress.tip.hash, ...locator.slice(0, MAX_LOCATOR - 1)] : locator);
    if (answer.fault) return answer;
    const [first] = answer.value;
    if (!first) break;
    if (progress && first.parentHash !== progress.tip.hash) {
      // The peer's chain was reorganised between two answers, so what it said before is void.
      if (++restarts > MAX_RESTARTS) return unlinked('the chain changes faster than it is read');
      progress = undefined;
    }
    if (!progress) {
      const start = locator.includes(first.parentHash) ? walk.chain.headerByHash(first.parentHash) : undefined;
      if (!start) return unlinked(`header ${first.height} follows no block that was named`);
      progress = { ancestor: start, tip: start, segments: [], future: undefined };
    }
    const fault = await extend(progress, answer.value, walk);
    if (fault) return { fault };
    if (answer.value.length < MAX_HEADERS || progress.future) break;
  }
  return { value: progress };
}

/** Whether headers that were fetched again are the ones that were validated before. */
export function isSegment(headers: readonly Header[], segment: Segment, hashOf: (header: Header) => Hash): boolean {
  let parentHash = segment.parentHash;
  for (const header of headers.slice(0, segment.count)) {
    if (header.parentHash !== parentHash) return false;
    parentHash = hashOf(header);
  }
  return parentHash === segment.lastHash;
}

interface Progress {
  ancestor: HeaderRecord;
  tip: HeaderRecord;
  readonly segments: Segment[];
  future: PlacementFault | undefined;
}

async function extend(
  progress: Progress,
  headers: readonly Header[],
  walk: HeaderWalk,
): Promise<PeerFault | undefined> {
  const genesis: Genesis = walk.chain.genesis;
  const parentHash = progress.tip.hash;
  let count = 0;
  for (const header of headers) {
    const fault = validateHeader(header, progress.tip, genesis);
    if (fault) return fault;
    progress.future = validateLead(header, walk.nowMs(), genesis);
    if (progress.future) break;
    progress.tip = recordOf(header, progress.tip, genesis);
    count++;
    if (walk.chain.canonicalHash(header.height) === progress.tip.hash) progress.ancestor = progress.tip;
    if (count % HEADERS_PER_TURN === 0) await walk.pause();
  }
  const kept = progress.segments.length < KEPT_SEGMENTS ? headers.slice(0, count) : undefined;
  if (count > 0) progress.segments.push({ parentHash, lastHash: progress.tip.hash, count, headers: kept });
  return undefined;
}

function unlinked(detail: string): { fault: PeerFault } {
  return { fault: { code: 'headersUnlinked', detail } };
}
