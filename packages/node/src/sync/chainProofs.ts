import { type Hash, type Header, isStoreError, type Outcome, unlessDamaged } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import { isRequestFault, type PeerFault } from '../p2p/faultPolicy.js';
import type { Network, PeerInfo } from '../p2p/network.js';
import type { Cancel, Runtime } from '../runtime.js';
import { fetchHeaderChain, type HeaderChain } from './headerChain.js';
import { type Attempt, type PeerState, type PeerStates, RETRY_FIRST_MS, retryMs } from './peerStates.js';

export interface ChainProofsOptions {
  readonly chain: Chain;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Where it is kept what each peer has shown. */
  readonly states: PeerStates;
  /** What a peer has shown may have changed. */
  readonly onChange: () => void;
}

/** A busy peer is asked again within this time before the proof counts as not given; first and longest wait. */
const BUSY_PATIENCE_MS = 4_000;
const BUSY_FIRST_MS = 600;
const BUSY_MOST_MS = 1_000;
/** Proofs of one peer begin at most so often. */
const PROOF_EVERY_MS = 500;

/** Has peers prove by headers what they claim of their chains: one proof of each at a time, in its own time, within limits. */
export class ChainProofs {
  readonly #attempts = new Set<Promise<void>>();
  readonly #timers = new Set<Cancel>();
  #isStopped = true;

  constructor(private readonly options: ChainProofsOptions) {}

  /** Proofs under way. */
  get size(): number {
    return this.#attempts.size;
  }

  start(): void {
    this.#isStopped = false;
  }

  /** Begins no more proofs and waits for those under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    await Promise.all(this.#attempts);
  }

  /** Asks a peer for its headers, when it says something that is not known. `hasNews`: it announced a block without a parent. */
  look(peerId: string, hasNews = false): void {
    const { network, states } = this.options;
    const peer = network.peers().find(({ id }) => id === peerId);
    if (!peer || this.#isStopped) return;
    const state = states.of(peerId);
    state.hasNews ||= hasNews;
    if (state.attempt) return;
    if (!state.hasNews && unlessDamaged(() => this.#isKnown(peer, state), true)) return;
    const waitMs = state.waitUntilMs - this.#elapsedMs();
    if (waitMs > 0) {
      this.#lookLater(peerId, waitMs);
      return;
    }
    const attempt = this.#prove(peer, state);
    this.#attempts.add(attempt);
    void attempt.finally(() => this.#attempts.delete(attempt));
  }

  /** Whether a peer's head is a block of which everything is known, so that its headers say nothing new. */
  #isKnown({ id, head }: PeerInfo, state: PeerState): boolean {
    const own = this.options.chain.headerByHash(head.hash);
    const record = own ?? (state.shown?.tip.hash === head.hash ? state.shown.tip : undefined);
    // More work than the block has is a claim like any other.
    if (!record || head.totalWork > record.totalWork) return false;
    if (own && state.shown) {
      state.shown = undefined;
      this.options.network.noteFuture(id, undefined);
      this.options.onChange();
    }
    return true;
  }

  async #prove(peer: PeerInfo, state: PeerState): Promise<void> {
    const { chain, runtime } = this.options;
    const attempt: Attempt = { claimedWork: peer.head.totalWork, startMs: this.#elapsedMs(), headers: 0 };
    state.attempt = attempt;
    state.hasNews = false;
    const outcome = await fetchHeaderChain(
      {
        chain,
        nowMs: () => runtime.clock.nowMs(),
        ask: (locator) => this.#ask(peer.id, locator, attempt),
        pause: () => this.#pause(0),
      },
      state.shown,
    ).catch(unjudged);
    state.attempt = undefined;
    if (this.#isStopped) return;
    state.waitUntilMs = this.#elapsedMs() + PROOF_EVERY_MS;
    if (outcome === 'unjudged') state.waitUntilMs += RETRY_FIRST_MS;
    else if (outcome.fault) this.#onFailure(peer, state, outcome.fault);
    else this.#onShown(peer, state, outcome.value);
    this.options.onChange();
    this.look(peer.id);
  }

  #onShown({ id, head: claim }: PeerInfo, state: PeerState, shown: HeaderChain | undefined): void {
    const best = shown?.future ?? shown?.tip ?? this.options.chain.head;
    if (best.totalWork < claim.totalWork) {
      state.shown = undefined;
      this.#blame(id, { code: 'falseTotalWork', got: best.totalWork, expected: claim.totalWork });
      return;
    }
    // Who claims a head that is not found in what it shows is not asked for it again and again.
    const isHere = () => this.options.chain.headerByHash(claim.hash) !== undefined;
    const isFound = shown?.hashes.includes(claim.hash) || unlessDamaged(isHere, true);
    if (!isFound && !shown?.future) state.waitUntilMs += RETRY_FIRST_MS;
    state.failures = 0;
    if (!state.shown) state.shownMs = this.#elapsedMs();
    state.shown = shown;
    this.options.network.noteFuture(id, shown?.future?.header.timestampMs);
    // What is from the future today is not tomorrow.
    if (shown?.future) state.hasNews = true;
  }

  #onFailure({ id, head: claim }: PeerInfo, state: PeerState, fault: PeerFault): void {
    this.options.log.debug({ peer: id, fault, claim: claim.totalWork }, 'a peer does not show its chain');
    if (!isRequestFault(fault)) {
      state.shown = undefined;
      this.#blame(id, fault);
      return;
    }
    state.waitUntilMs += retryMs(++state.failures);
    if (state.failures > 1 && claim.totalWork > this.options.chain.head.totalWork) {
      this.#blame(id, { code: 'claimNotShown', got: state.failures, expected: claim.totalWork });
    }
  }

  /** Asks for headers; who is busy is asked again for some seconds. */
  async #ask(peerId: string, locator: readonly Hash[], attempt: Attempt): Promise<Outcome<Header[], PeerFault>> {
    const { network } = this.options;
    const endMs = this.#elapsedMs() + BUSY_PATIENCE_MS;
    for (let waitMs = BUSY_FIRST_MS; ; waitMs = Math.min(BUSY_MOST_MS, 2 * waitMs)) {
      const answer = await network.requestHeaders(peerId, locator);
      if (answer.value) attempt.headers += answer.value.length;
      const isOver = this.#elapsedMs() + waitMs > endMs || this.#isStopped;
      if (answer.fault?.code !== 'requestRefused' || isOver) return answer;
      await this.#pause(waitMs);
    }
  }

  /** All waits are by it: one by a clock that is then set back would last until the clock shows that time again. */
  #elapsedMs(): number {
    return this.options.runtime.stopwatch.elapsedMs();
  }

  #blame(peerId: string, fault: PeerFault): void {
    this.options.network.penalise(peerId, fault);
  }

  /** Looks at a peer again after a time, unless that is arranged. */
  #lookLater(peerId: string, delayMs: number): void {
    const state = this.options.states.of(peerId);
    if (state.isLookArranged) return;
    state.isLookArranged = true;
    const cancel = this.options.runtime.scheduler.setTimeout(() => {
      this.#timers.delete(cancel);
      state.isLookArranged = false;
      this.look(peerId);
    }, delayMs);
    this.#timers.add(cancel);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.options.runtime.scheduler.setTimeout(resolve, delayMs);
    });
  }
}

/** What a peer shows cannot be judged while what it is held against is damaged: that is not the peer's fault. */
function unjudged(error: unknown): 'unjudged' {
  if (isStoreError(error)) return 'unjudged';
  throw error;
}
