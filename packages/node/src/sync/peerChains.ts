import { type Hash, type HeaderRecord, isBetter, maxLeadMs, unlessDamaged, validateLead } from '@wattchain/core';
import { BoundedMap } from '../base/boundedMap.js';
import { Emitter } from '../base/events.js';
import type { Fill } from '../base/fill.js';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import { MAX_PEERS, MAX_STATIC_PEERS } from '../p2p/limits.js';
import type { Network, PeerInfo } from '../p2p/network.js';
import type { Cancel, Runtime } from '../runtime.js';
import { ChainProofs } from './chainProofs.js';
import { type ChainSplit, type OtherChain, SplitWatch } from './chainSplit.js';
import { medianOffsetMs } from './clockOffset.js';
import { firstMissing, forkPoint, type HeaderChain } from './headerChain.js';
import { MAX_REMEMBERED, PeerStates, retryMs } from './peerStates.js';

export interface PeerChainsOptions {
  readonly chain: Chain;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly log: Logger;
}

/** A peer's chain that is proven to have more work than ours, and that fork choice would accept. */
export interface BetterChain {
  readonly peerId: string;
  readonly headers: HeaderChain;
  readonly fork: HeaderRecord;
  /** First block to fetch; `undefined` where it lies further than hashes are kept. */
  readonly missing: Hash | undefined;
  /** Whether its bodies were asked for and did not come: then it counts for nothing until they do. */
  readonly isWithheld: boolean;
}

/** What `PeerChains` tells. */
export interface PeerChainsEvents {
  /** What peers' chains are worth may have changed. */
  readonly change: undefined;
}

/** Blocks that are remembered because their bodies did not come. */
const MAX_WITHHELD = 1_024;
/** A node that is far behind waits so long for its static peers, and for a chain that is claimed to be better … */
export const SETTLE_MS = 5_000;
/** … and longer while headers come at this pace, a fifth of what a peer may send. */
const SETTLE_HEADERS_PER_MS = 1;
/**
 * What peers' chains are known to be worth: the one home of it. A peer's claim only starts an attempt to prove it by headers;
 * each peer's runs for itself, within limits, so that nobody waits for a liar. What counts is a chain whose headers prove more
 * work than our head has, that fork choice would accept, and whose bodies come when they are asked for.
 */
export class PeerChains extends Emitter<PeerChainsEvents> {
  readonly #states = new PeerStates();
  readonly #withheld = new BoundedMap<Hash, true>(MAX_WITHHELD);
  readonly #proofs: ChainProofs;
  readonly #timers = new Set<Cancel>();
  #cancels: Cancel[] = [];
  #isStopped = true;

  readonly #splits: SplitWatch;

  constructor(private readonly options: PeerChainsOptions) {
    super();
    this.#splits = new SplitWatch(options);
    this.#proofs = new ChainProofs({ ...options, states: this.#states, onChange: () => this.#review() });
  }

  start(): void {
    const { chain, network } = this.options;
    this.#isStopped = false;
    this.#proofs.start();
    this.#cancels = [
      network.on('handshake', ({ id }) => this.look(id)),
      network.on('head', ({ id }) => this.look(id)),
      network.on('peers', () => this.#review()),
      chain.on('head', () => this.#review()),
      chain.on('override', () => this.#review()),
    ];
  }

  /** Stops listening and waits for the proofs under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of [...this.#cancels.splice(0), ...this.#timers]) cancel();
    this.#timers.clear();
    await this.#proofs.stop();
  }

  /** How full what it keeps for peers is. */
  get fills(): Fill[] {
    return [
      { name: 'peers that are remembered', size: this.#states.size, limit: MAX_REMEMBERED },
      { name: 'withheld blocks', size: this.#withheld.size, limit: MAX_WITHHELD },
      { name: 'proofs under way', size: this.#proofs.size, limit: MAX_PEERS + MAX_STATIC_PEERS },
    ];
  }

  /** Chains with more work than ours that fork choice would accept, those that count first, then by their work. */
  better(): BetterChain[] {
    const found = this.options.network.peers().flatMap(({ id }) => unlessDamaged(() => this.#betterOf(id), []) ?? []);
    return found.sort(
      (a, b) => Number(a.isWithheld) - Number(b.isWithheld) || (isBetter(a.headers.tip, b.headers.tip) ? -1 : 1),
    );
  }

  /** Tip of the best chain that counts; `undefined` when it is our own. */
  ahead(): HeaderRecord | undefined {
    const [best] = this.better();
    return best?.isWithheld === false ? best.headers.tip : undefined;
  }

  /** Tip of the best chain that only this node's clock keeps us from: by its peers' clocks its time has come. */
  beyondClock(): HeaderRecord | undefined {
    const { chain, network, runtime } = this.options;
    const nowMs = runtime.clock.nowMs() + Math.max(0, this.clockOffsetMs() ?? 0);
    let best: HeaderRecord | undefined;
    for (const { id } of network.peers()) {
      const tip = this.#states.known(id)?.shown?.future;
      if (!tip || !isBetter(tip, best ?? chain.head) || validateLead(tip.header, nowMs, chain.genesis)) continue;
      best = tip;
    }
    return best;
  }

  /**
   * How far the peers' clocks are ahead of this node's, milliseconds (negative: behind), or `undefined`. A peer that says no time
   * has one all the same: no honest one shows blocks that are from the future to itself.
   */
  clockOffsetMs(): number | undefined {
    const { chain, network, runtime } = this.options;
    const latestMs = runtime.clock.nowMs() + maxLeadMs(chain.genesis);
    return medianOffsetMs(
      network.peers().flatMap(({ id, clockOffsetMs }) => {
        const future = this.#states.known(id)?.shown?.future?.header.timestampMs;
        return clockOffsetMs ?? (future === undefined ? [] : Math.max(0, future - latestMs));
      }),
    );
  }

  /** Height up to which a peer is on our chain, as far as it tells or has shown; `undefined` when its head is not known. */
  sharedHeight({ id, head }: PeerInfo): number | undefined {
    const { chain } = this.options;
    const shown = this.#states.known(id)?.shown;
    if (shown) return forkPoint(chain, shown)?.header.height;
    const record = chain.headerByHash(head.hash);
    return record && chain.canonicalHash(record.header.height) === record.hash ? record.header.height : undefined;
  }

  /** The other chain, while a peer is on one that neither side leaves by itself. */
  get split(): ChainSplit | undefined {
    return this.#splits.current;
  }

  /** Who may have the body of a block of a peer's chain: those whose headers say so, that peer first. */
  holdersOf({ peerId, headers }: BetterChain, hash: Hash): string[] {
    const place = headers.hashes.indexOf(hash);
    const others = this.options.network.peers().filter(({ id }) => {
      const shown = id === peerId ? undefined : this.#states.known(id)?.shown;
      if (!shown) return false;
      // Where hashes are not kept so far, who has shown as much work may be on the same chain.
      if (place < 0) return shown.tip.totalWork >= headers.tip.totalWork;
      return shown.hashes[headers.base.header.height + place - shown.base.header.height] === hash;
    });
    return [peerId, ...others.map(({ id }) => id)];
  }

  /**
   * Whether somebody may be about to prove more than this chain: who is far behind waits, for it could not leave a chain again once
   * more than `confirmations` blocks of it are taken. Neither a peer that sends headers slowly is waited for, nor one that began
   * long after the chain was here, so that a stream of strangers delays nothing.
   */
  mayBeSurpassed({ peerId, headers: { tip } }: BetterChain): boolean {
    const nowMs = this.#elapsedMs();
    const latestStartMs = this.#states.of(peerId).shownMs + SETTLE_MS;
    return this.options.network.peers().some(({ id, head: claim }) => {
      const { attempt, failures, waitUntilMs } = this.#states.of(id);
      if (failures > 0) return false;
      if (attempt) {
        const endMs = attempt.startMs + SETTLE_MS + attempt.headers / SETTLE_HEADERS_PER_MS;
        return attempt.claimedWork > tip.totalWork && attempt.startMs <= latestStartMs && nowMs <= endMs;
      }
      // It came a moment ago, and is asked in the next.
      return claim.totalWork > tip.totalWork && waitUntilMs <= nowMs && nowMs <= latestStartMs;
    });
  }

  /** A peer announced a block without a known parent: news, unless its headers have told of it already. */
  hear(peerId: string, announced: Hash): void {
    if (!this.#states.known(peerId)?.shown?.hashes.includes(announced)) this.look(peerId, true);
  }

  /** Asks a peer for its headers, see {@link ChainProofs.look}. */
  look(peerId: string, hasNews = false): void {
    this.#proofs.look(peerId, hasNews);
  }

  /** The bodies of a peer's chain did not come: from `missing` on it counts for nothing until they do. */
  withhold({ peerId, missing }: BetterChain): void {
    const state = this.#states.of(peerId);
    const waitMs = retryMs(++state.withheld);
    state.fetchAfterMs = this.#elapsedMs() + waitMs;
    if (missing) this.#withheld.set(missing, true);
    this.#later(() => this.emit('change', undefined), waitMs);
    this.emit('change', undefined);
  }

  /** A body of a peer's chain is long in coming: nobody stops mining for it any more, and it is waited for on. */
  doubt({ missing }: BetterChain): void {
    if (missing) this.#withheld.set(missing, true);
    this.emit('change', undefined);
  }

  /** The bodies of a peer's chain came. */
  delivered(peerId: string): void {
    this.#states.of(peerId).withheld = 0;
  }

  /** Whether a peer whose bodies did not come may be asked again. */
  mayFetch(peerId: string): boolean {
    return this.#states.of(peerId).fetchAfterMs <= this.#elapsedMs();
  }

  #betterOf(peerId: string): BetterChain | undefined {
    const { chain } = this.options;
    const state = this.#states.known(peerId);
    const headers = state?.shown;
    if (!headers || !isBetter(headers.tip, chain.head)) return undefined;
    const fork = forkPoint(chain, headers);
    if (!fork || chain.reorgFault(fork)) return undefined;
    const missing = firstMissing(chain, headers, fork);
    if (missing && chain.isInvalid(missing)) return undefined;
    const isWithheld = state.fetchAfterMs > this.#elapsedMs() || this.#isWithheld(missing);
    return { peerId, headers, fork, missing, isWithheld };
  }

  /** All waits are by it: one by a clock that is then set back would last until the clock shows that time again. */
  #elapsedMs(): number {
    return this.options.runtime.stopwatch.elapsedMs();
  }

  #isWithheld(missing: Hash | undefined): boolean {
    return missing !== undefined && this.#withheld.has(missing);
  }

  /** Looks at everything again, because our chain, the peers or what they have shown is not what it was. */
  #review(): void {
    if (this.#isStopped) return;
    const { chain, network } = this.options;
    const others: OtherChain[] = [];
    for (const { id } of network.peers()) {
      const shown = this.#states.known(id)?.shown;
      if (!shown) {
        network.noteParted(id, false);
        continue;
      }
      const fork = unlessDamaged(() => forkPoint(chain, shown), 'unreadable');
      if (fork === 'unreadable') continue;
      if (fork) {
        const other = { peerId: id, fork, other: shown.tip };
        others.push(other);
        network.noteParted(id, this.#splits.isSplit(other));
      } else {
        this.#states.of(id).shown = undefined;
        this.look(id, true);
      }
    }
    this.#splits.review(others);
    this.emit('change', undefined);
  }

  #later(task: () => void, delayMs: number): void {
    const cancel = this.options.runtime.scheduler.setTimeout(() => {
      this.#timers.delete(cancel);
      task();
    }, delayMs);
    this.#timers.add(cancel);
  }
}
