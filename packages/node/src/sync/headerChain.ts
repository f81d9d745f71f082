import {
  blockHash,
  type Hash,
  type Header,
  type HeaderRecord,
  type Outcome,
  recordOf,
  validateHeader,
  validateLead,
} from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { PeerFault } from '../p2p/faultPolicy.js';
import { MAX_HEADERS, MAX_LOCATOR } from '../p2p/limits.js';

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
  /** The block of ours that the headers follow, canonical when they were fetched. */
  readonly base: HeaderRecord;
  /** The newest header whose time has come. */
  readonly tip: HeaderRecord;
  /** From `base` to `tip`, oldest first. */
  readonly segments: readonly Segment[];
  /** Of the blocks that `segments` keep the headers of: the first {@link KEPT_SEGMENTS} · {@link MAX_HEADERS} above `base`. */
  readonly hashes: readonly Hash[];
  /** The newest header, when the chain goes on with headers from the future. Their work is right, nobody takes them yet. */
  readonly future: HeaderRecord | undefined;
}

/** What walking along a peer's headers reads of the chain. */
export type WalkedChain = Pick<Chain, 'genesis' | 'head' | 'headerByHash' | 'canonicalHash' | 'isInvalid'>;

/** What walking along a peer's headers needs. */
export interface HeaderWalk {
  readonly chain: WalkedChain;
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
export function locatorOf(chain: Pick<WalkedChain, 'head' | 'genesis' | 'canonicalHash'>): Hash[] {
  const locator: Hash[] = [];
  let step = 1;
  for (let height = chain.head.header.height; height > 0 && locator.length < MAX_LOCATOR - 1; height -= step) {
    const hash = chain.canonicalHash(height);
    if (hash) locator.push(hash);
    if (locator.length >= 10) step *= 2;
  }
  return [...locator, chain.genesis.hash];
}

/**
 * Fetches and validates a peer's headers from the fork with our chain to their end, or from where `known` of an earlier walk
 * ended. `undefined`: it has none that we lack.
 */
export async function fetchHeaderChain(
  walk: HeaderWalk,
  known?: HeaderChain,
): Promise<Outcome<HeaderChain | undefined, PeerFault>> {
  const locator = locatorOf(walk.chain);
  const knownHeight = known?.tip.header.height ?? 0;
  const isAhead = knownHeight > walk.chain.head.header.height;
  // A chain beside ours that stays there, as in a split, is not walked again from the fork for every block. What became ours is behind us.
  let isBeside = known !== undefined && !isAhead && walk.chain.canonicalHash(knownHeight) !== known.tip.hash;
  let progress = known && (isAhead || isBeside) ? resume(walk.chain, known) : undefined;
  for (let restarts = 0; ; ) {
    const answer = await walk.ask(progress ? [progress.tip.hash, ...locator.slice(-(MAX_LOCATOR - 1))] : locator);
    if (answer.fault) return answer;
    const [first] = answer.value;
    if (!first) {
      if (!progress || !isBeside) break;
      // It has nothing beyond what was known, or has left that for our chain: our own hashes tell.
      progress = undefined;
      continue;
    }
    if (progress && first.parentHash !== progress.tip.hash) {
      // The peer's chain was reorganised between two answers, so what it said before is void.
      if (++restarts > MAX_RESTARTS)
        return { fault: { code: 'requestBroken', protocol: 'headers', detail: 'flapping' } };
      progress = undefined;
    }
    if (!progress) {
      const start = locator.includes(first.parentHash) ? walk.chain.headerByHash(first.parentHash) : undefined;
      if (!start) return unlinked(`header ${first.height} follows no block that was named`);
      progress = { base: start, tip: start, segments: [], hashes: [], future: undefined };
    }
    isBeside = false;
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

/**
 * Newest block that a peer's chain and ours share now; the head where they agree as far as hashes are kept. `undefined` when
 * ours has left the block that the peer's was proven from: it must be walked anew.
 */
export function forkPoint(chain: WalkedChain, { base, tip, hashes }: HeaderChain): HeaderRecord | undefined {
  const heightOfFirst = base.header.height + 1;
  if (chain.canonicalHash(base.header.height) !== base.hash) return undefined;
  let shared = 0;
  for (let most = hashes.length; shared < most; ) {
    const middle = Math.floor((shared + most) / 2);
    if (chain.canonicalHash(heightOfFirst + middle) === hashes[middle]) shared = middle + 1;
    else most = middle;
  }
  if (shared === 0) return base;
  const isLonger = tip.header.height >= heightOfFirst + hashes.length;
  if (shared === hashes.length && isLonger) return chain.head;
  return chain.headerByHash(hashes[shared - 1] as Hash);
}

/** First block of a peer's chain above the fork that we do not have; `undefined` where hashes are not kept so far. */
export function firstMissing(chain: WalkedChain, { base, hashes }: HeaderChain, fork: HeaderRecord): Hash | undefined {
  return hashes.slice(Math.max(0, fork.header.height - base.header.height)).find((hash) => !chain.headerByHash(hash));
}

/** Whether a block is part of a peer's chain; where hashes are not kept so far it may be. */
export function mayContain({ base, tip, hashes }: HeaderChain, { hash, header }: HeaderRecord): boolean {
  const place = header.height - base.header.height - 1;
  if (place < 0) return true;
  return place < hashes.length ? hashes[place] === hash : header.height < tip.header.height || hash === tip.hash;
}

interface Progress {
  readonly base: HeaderRecord;
  tip: HeaderRecord;
  readonly segments: Segment[];
  readonly hashes: Hash[];
  future: HeaderRecord | undefined;
}

/** Goes on from where a walk ended, without what has become ours since: else a chain that is a block ahead all the time grows for hours. */
function resume(chain: WalkedChain, known: HeaderChain): Progress {
  const { base, tip, segments, hashes } = known;
  const fork = forkPoint(chain, known);
  const ours = Math.min(hashes.length, (fork ?? base).header.height - base.header.height);
  const newBase = ours === 0 ? base : chain.headerByHash(hashes[ours - 1] as Hash);
  // What is kept of a long chain are its first headers.
  const isWhole = segments.every(({ headers }) => headers !== undefined);
  if (newBase === undefined || !isWhole)
    return { base, tip, segments: [...segments], hashes: [...hashes], future: undefined };
  return {
    base: newBase,
    tip,
    segments: withoutFirst(segments, ours, newBase.hash),
    hashes: hashes.slice(ours),
    future: undefined,
  };
}

/** What follows the first headers, the last of which has this hash. */
function withoutFirst(segments: readonly Segment[], count: number, lastHash: Hash): Segment[] {
  const [first, ...rest] = segments;
  if (first === undefined || count === 0) return [...segments];
  if (count >= first.count) return withoutFirst(rest, count - first.count, lastHash);
  const headers = first.headers?.slice(count);
  return [{ ...first, parentHash: lastHash, count: first.count - count, headers }, ...rest];
}

async function extend(
  progress: Progress,
  headers: readonly Header[],
  walk: HeaderWalk,
): Promise<PeerFault | undefined> {
  const { chain } = walk;
  const before = progress.tip;
  const hashes: Hash[] = [];
  let last = progress.tip;
  for (const [index, header] of headers.entries()) {
    const hash = blockHash(header);
    const fault = validateHeader(header, last, chain.genesis, hash);
    if (fault) return fault;
    last = recordOf(header, last, chain.genesis, hash);
    // No honest node is on a chain that it executed and found to be wrong.
    if (chain.isInvalid(last.hash)) return { code: 'parentInvalid', got: last.hash };
    if (progress.future || validateLead(header, walk.nowMs(), chain.genesis)) progress.future = last;
    else {
      progress.tip = last;
      hashes.push(last.hash);
    }
    if (index % HEADERS_PER_TURN === HEADERS_PER_TURN - 1) await walk.pause();
  }
  if (hashes.length > 0) append(progress, headers.slice(0, hashes.length), hashes, before.hash);
  return undefined;
}

/** Adds headers to the last segment where they fit, for a chain that grows block by block. */
function append(progress: Progress, headers: readonly Header[], hashes: readonly Hash[], parentHash: Hash): void {
  const { segments } = progress;
  const last = segments.at(-1);
  const joins = last !== undefined && last.count + headers.length <= MAX_HEADERS;
  const joined = joins ? segments.pop() : undefined;
  const isKept = segments.length < KEPT_SEGMENTS;
  if (isKept) progress.hashes.push(...hashes);
  segments.push({
    parentHash: joined?.parentHash ?? parentHash,
    lastHash: progress.tip.hash,
    count: (joined?.count ?? 0) + headers.length,
    headers: isKept ? [...(joined?.headers ?? []), ...headers] : undefined,
  });
}

function unlinked(detail: string): { fault: PeerFault } {
  return { fault: { code: 'headersUnlinked', detail } };
}
