import { type Address, type Genesis, isBetter, maxLeadMs, unlessDamaged } from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { ChainDamage } from '../chain/damageWatch.js';
import type { Network } from '../p2p/network.js';
import type { Clock } from '../runtime.js';
import { type ChainSplit, wayWithoutOverride } from './chainSplit.js';
import type { PeerChains } from './peerChains.js';

/** What an operator can be warned of; every code, so that metrics show one that ended as 0. */
export const WARNING_CODES = [
  'storeDamaged',
  'storeFailed',
  'chainSplit',
  'fewMembers',
  'clockOff',
  'blocksNotTaken',
  'headOld',
] as const;

/** Something in this node, or between it and its peers, that a person should look at. It ends when it no longer applies. */
export interface NodeWarning {
  readonly code: (typeof WARNING_CODES)[number];
  /** The same as a sentence with its figures. */
  readonly detail: string;
}

/** What warnings rest on. */
export interface WarningSources {
  readonly chain: Pick<Chain, 'genesis' | 'head' | 'headerByHeight' | 'damage'>;
  readonly network: Pick<Network, 'peers' | 'members'>;
  readonly peerChains: Pick<PeerChains, 'split' | 'clockOffsetMs' | 'sharedHeight'>;
  readonly clock: Clock;
  /** How long this node has listened to its peers; absent: it does not yet. */
  readonly listeningMs: number | undefined;
  /** Whom this node mines for, if anybody. */
  readonly minerAddress: Address | undefined;
}

/** Peers tell of their heads every ten seconds; who has not told of a block by then has not taken it. */
const NOT_TAKEN_MS = 30_000;

/** Blocks come at random: one in 5·10^8 takes longer than 20 intervals by chance, so a head older than that is stuck. */
const MAX_HEAD_AGE_INTERVALS = 20;
/** A network of very short intervals still gets the time that a restart takes. */
const MIN_HEAD_AGE_LIMIT_MS = 30_000;

/** How old a head may be, in milliseconds, before something is wrong. */
export function maxHeadAgeMs({ blockIntervalMs }: Pick<Genesis, 'blockIntervalMs'>): number {
  return Math.max(MIN_HEAD_AGE_LIMIT_MS, MAX_HEAD_AGE_INTERVALS * blockIntervalMs);
}

/** Everything that a person should look at now. */
export function nodeWarnings(sources: WarningSources): NodeWarning[] {
  const { split } = sources.peerChains;
  const { damage } = sources.chain;
  const few = fewMembersWarning(sources);
  const clock = clockWarning(sources);
  const old = oldHeadWarning(sources);
  const notTaken = unlessDamaged(() => notTakenWarning(sources), undefined);
  return [
    ...(damage ? [{ code: damage.code, detail: damageDetail(damage) }] : []),
    ...(split ? [{ code: 'chainSplit' as const, detail: splitDetail(split, sources.chain.genesis) }] : []),
    ...(few === undefined ? [] : [{ code: 'fewMembers' as const, detail: few }]),
    ...(clock === undefined ? [] : [{ code: 'clockOff' as const, detail: clock }]),
    ...(notTaken === undefined ? [] : [{ code: 'blocksNotTaken' as const, detail: notTaken }]),
    ...(old === undefined ? [] : [{ code: 'headOld' as const, detail: old }]),
  ];
}

function damageDetail({ detail, hint, stopped }: ChainDamage): string {
  return `${detail} (${stopped ? 'no more blocks are taken' : 'the rest is served'}): ${hint}`;
}

function splitDetail(split: ChainSplit, genesis: Genesis): string {
  const { peerId, fork, head, other } = split;
  const depth = head.header.height - fork.header.height;
  const parted = `peer ${peerId} is on another chain since block ${fork.header.height}, ${depth} blocks ago`;
  const consequence = isBetter(other, head)
    ? 'it has more work and is refused, because it would undo confirmed blocks'
    : 'it has less work and does not come over, because it would undo what is confirmed there';
  const way = wayWithoutOverride(split, genesis) ?? 'call watt_allowDeepReorg where it shall give way';
  return `${parted}: ${consequence}; decide which side holds, and ${way}`;
}

/** Whether this node is on the smaller side of a network that came apart, whether or not it mines itself. */
function fewMembersWarning({ network }: WarningSources): string | undefined {
  const { seen, needed, total, silent } = network.members;
  // Where no members are named, a node that is alone may be all there is.
  if (seen >= needed || silent.length === 0) return undefined;
  return `${seen} of ${total} members answer from this chain, ${needed} are needed to mine; these do not answer, or with a clock that is off: ${silent.join(', ')}`;
}

/** A clock that is off by half of what blocks may lead comes to cost blocks. */
function clockWarning({ chain, peerChains, clock, minerAddress }: WarningSources): string | undefined {
  const leadMs = maxLeadMs(chain.genesis);
  const aheadMs = chain.head.header.timestampMs - clock.nowMs();
  if (aheadMs > leadMs) {
    const wait = `nothing can follow it for ${Math.ceil((aheadMs - leadMs) / 1000)} s`;
    return `the newest block is ${Math.round(aheadMs / 1000)} s later than this node's clock, and ${wait}: compare the clock with one outside the network`;
  }
  const offsetMs = peerChains.clockOffsetMs();
  if (offsetMs === undefined || Math.abs(offsetMs) <= leadMs / 2) return undefined;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const isBehind = offsetMs > 0;
  const text = `this node's clock is about ${seconds} s ${isBehind ? 'behind' : 'ahead of'} its peers'`;
  if (Math.abs(offsetMs) <= leadMs) return `${text}: set it`;
  if (isBehind) return `${text}: it takes their blocks so much later; set it`;
  return minerAddress === undefined ? `${text}: set it` : `${text}: they take no block that it makes now; set it`;
}

/** Whether most peers have told of other heads for a while, although this node made the block after them. */
function notTakenWarning({ chain, network, peerChains, clock, minerAddress }: WarningSources): string | undefined {
  const shared = network.peers().flatMap((peer) => peerChains.sharedHeight(peer) ?? []);
  if (minerAddress === undefined || shared.length === 0) return undefined;
  const mostHave = shared.sort((a, b) => a - b)[Math.floor(shared.length / 2)] as number;
  const next = chain.headerByHeight(mostHave + 1)?.header;
  if (next === undefined || next.miner !== minerAddress) return undefined;
  const ageMs = clock.nowMs() - next.timestampMs;
  if (ageMs <= NOT_TAKEN_MS) return undefined;
  const seconds = Math.round(ageMs / 1000);
  return `most peers have not taken block ${next.height}, which this node made ${seconds} s ago: compare the clocks, and look at their logs`;
}
/** Whether blocks stay away: nobody mines, or whoever is connected keeps them from this node. A node that just began waits as long first. */
function oldHeadWarning({ chain, network, clock, listeningMs }: WarningSources): string | undefined {
  const ageMs = clock.nowMs() - chain.head.header.timestampMs;
  const limitMs = maxHeadAgeMs(chain.genesis);
  if (listeningMs === undefined || ageMs <= limitMs || listeningMs <= limitMs) return undefined;
  const peers = network.peers().length;
  const seconds = Math.round(ageMs / 1000);
  return `the newest block is ${seconds} s old, at most ${limitMs / 1000} s are usual, and none of ${peers} peers has a newer one: nobody mines, or this node is cut off from those who do; compare with another node`;
}
