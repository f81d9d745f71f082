import { type Address, isBetter, WattchainError } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import { isRequestFault, type PeerFault } from '../p2p/faultPolicy.js';
import type { Network } from '../p2p/network.js';
import type { Cancel, Runtime } from '../runtime.js';
import { type AcceptBlock, createAcceptBlock } from './acceptBlock.js';
import { wayWithoutOverride } from './chainSplit.js';
import { Download } from './download.js';
import { type BetterChain, PeerChains, SETTLE_MS } from './peerChains.js';
import { Relay } from './relay.js';
import { type NodeWarning, nodeWarnings } from './warnings.js';

export interface SyncOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly log: Logger;
  /** Whom this node mines for, if anybody. */
  readonly minerAddress?: Address | undefined;
}

/** Where catching up stands, in the words of `eth_syncing`. Nothing in it rests on what a peer only claims. */
export interface SyncStatus {
  /** Whether a peer has shown a better chain that counts, or one that only this node's clock keeps it from. */
  readonly syncing: boolean;
  /** Height of the head when it began; the head's while not syncing. */
  readonly startHeight: number;
  readonly currentHeight: number;
  /** Height of that chain, or of the head. */
  readonly highestHeight: number;
}

/** Downloads at once, of different branches; one of them may be of a chain whose bodies did not come before. */
const MAX_DOWNLOADS = 3;
/** A node that waits before it follows a chain looks again so often. */
const LOOK_MS = 500;
/** A chain whose first body has not come by then is still waited for, but no miner stops for it. */
const DOUBT_MS = 5_000;

/**
 * Brings this node's chain up to the peers': takes the best of the chains that {@link PeerChains} knows to be proven, fetches
 * their bodies and gives them to the chain. New blocks and transactions arrive through its {@link Relay}.
 */
export class Sync {
  /** What peers' chains are known to be worth. */
  readonly peerChains: PeerChains;
  readonly #relay: Relay;
  readonly #accept: AcceptBlock;
  readonly #downloads = new Map<Download, Promise<void>>();
  #cancels: Cancel[] = [];
  #cancelLook: Cancel | undefined;
  #startHeight: number | undefined;
  #firstHandshakeMs: number | undefined;
  #startedMs: number | undefined;
  #isStopped = true;

  constructor(private readonly options: SyncOptions) {
    const { chain, mempool, network, runtime, log } = options;
    this.#accept = createAcceptBlock(chain, log);
    this.peerChains = new PeerChains({ chain, network, runtime, log });
    this.#relay = new Relay({
      chain,
      mempool,
      network,
      accept: this.#accept,
      look: (peerId, announced) => this.peerChains.hear(peerId, announced),
      isPassing: (hash) => [...this.#downloads.keys()].some((download) => download.isPassing(hash)),
      stopwatch: runtime.stopwatch,
      pause: (delayMs) => this.#pause(delayMs),
    });
  }

  /** Begins to listen to chain, pool and network; before the network starts. */
  start(): void {
    const { network, runtime } = this.options;
    this.#isStopped = false;
    this.#startedMs = runtime.stopwatch.elapsedMs();
    this.#relay.start();
    this.#cancels = [
      network.on('peers', ({ handshakes }) => {
        if (handshakes === 0) this.#firstHandshakeMs = undefined;
        else this.#firstHandshakeMs ??= runtime.stopwatch.elapsedMs();
      }),
      this.peerChains.on('change', () => this.#catchUp()),
    ];
    this.peerChains.start();
  }

  /** Stops listening and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#relay.stop();
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#cancelLook?.();
    for (const download of this.#downloads.keys()) download.stop();
    await Promise.all([this.peerChains.stop(), ...this.#downloads.values()]);
  }

  status(): SyncStatus {
    const currentHeight = this.options.chain.head.header.height;
    const ahead = this.peerChains.ahead();
    const beyondClock = this.peerChains.beyondClock();
    const best = beyondClock && (!ahead || isBetter(beyondClock, ahead)) ? beyondClock : ahead;
    return {
      syncing: best !== undefined,
      startHeight: Math.min(currentHeight, (best && this.#startHeight) ?? currentHeight),
      currentHeight,
      highestHeight: Math.max(currentHeight, best?.header.height ?? 0),
    };
  }

  /** What a person should look at between this node and its peers. */
  warnings(): NodeWarning[] {
    const { chain, network, runtime, minerAddress } = this.options;
    const { peerChains } = this;
    const listeningMs = this.#startedMs === undefined ? undefined : runtime.stopwatch.elapsedMs() - this.#startedMs;
    return nodeWarnings({ chain, network, peerChains, clock: runtime.clock, listeningMs, minerAddress });
  }

  /**
   * Operator's override: lets one reorganisation undo confirmed blocks. Throws `splitTooDeep`, and allows nothing, where that cannot bring
   * this node to the other chain of the split that it is in.
   */
  allowDeepReorg(): void {
    const { chain } = this.options;
    const { split } = this.peerChains;
    const hint = split && wayWithoutOverride(split, chain.genesis);
    if (split !== undefined && hint !== undefined) {
      const [height, forkHeight] = [chain.head.header.height, split.fork.header.height];
      const message = `the chain of peer ${split.peerId} left this node's at block ${forkHeight}, ${height - forkHeight} blocks ago: nothing was allowed`;
      throw new WattchainError('splitTooDeep', message, { values: { height, forkHeight }, hint });
    }
    chain.allowDeepReorg();
  }

  /** Milliseconds that the peers' clocks are ahead of this node's (negative: behind); `undefined` when none is known. */
  clockOffsetMs(): number | undefined {
    return this.peerChains.clockOffsetMs();
  }

  /** Begins to fetch what there is to fetch and is not being fetched. */
  #catchUp(): void {
    const { chain } = this.options;
    // Blocks that the chain does not take because its store is damaged need not be fetched again and again.
    if (this.#isStopped || chain.damage?.stopped) return;
    const better = this.peerChains.better();
    this.#startHeight = better.length === 0 ? undefined : (this.#startHeight ?? chain.head.header.height);
    for (const target of better) {
      const running = [...this.#downloads.keys()];
      if (running.length >= MAX_DOWNLOADS) return;
      if (better.some((other) => this.#keepsFrom(target, other))) continue;
      if (running.some((download) => download.isOnWayTo(target))) continue;
      if (target.isWithheld) {
        const isOther = running.some((download) => download.target.isWithheld);
        if (isOther || !this.peerChains.mayFetch(target.peerId)) continue;
      }
      if (this.#isSettled(target)) this.#download(target);
      else this.#lookAgain();
    }
  }

  /** Whether taking a chain would keep this node from a better one that counts: its fork would lie too deep then. */
  #keepsFrom({ headers }: BetterChain, other: BetterChain): boolean {
    if (other.isWithheld || !isBetter(other.headers.tip, headers.tip)) return false;
    return headers.tip.header.height - other.fork.header.height >= this.options.chain.genesis.confirmations;
  }

  #download(target: BetterChain): void {
    const { chain, network, runtime, log } = this.options;
    const { peerId, headers, fork } = target;
    log.info({ peer: peerId, from: fork.header.height, to: headers.tip.header.height }, 'catching up');
    const before = chain.head;
    const download = new Download({
      target,
      chain,
      network,
      accept: this.#accept,
      holders: (hash) => this.peerChains.holdersOf(target, hash),
      pause: (delayMs) => this.#pause(delayMs),
    });
    const cancelDoubt = runtime.scheduler.setTimeout(() => this.peerChains.doubt(target), DOUBT_MS);
    const run = download.run().then((fault) => {
      cancelDoubt();
      this.#downloads.delete(download);
      if (this.#isStopped) return;
      this.#onEnd(target, fault);
      // The blocks on the way were not announced; who hangs on this node learns of the new head now.
      if (chain.head !== before) network.announceBlock(chain.head);
      this.#catchUp();
    });
    this.#downloads.set(download, run);
  }

  #onEnd(target: BetterChain, fault: PeerFault | undefined): void {
    const { chain, log } = this.options;
    const { peerId, headers } = target;
    if (!fault && chain.head.totalWork >= headers.tip.totalWork) {
      this.peerChains.delivered(peerId);
      return;
    }
    log.info({ peer: peerId, fault }, 'the chain of a peer was not taken');
    if (fault && !isRequestFault(fault) && fault.code !== 'bodyUnavailable') {
      // It is another chain than it was: the peer's, or how far ours has grown beside it.
      this.peerChains.look(peerId, true);
      this.#lookAgain();
      return;
    }
    this.peerChains.withhold(target);
  }

  /**
   * Whether it is time to follow a chain that is far ahead: it could not be left again for a better one, once more than
   * `confirmations` blocks of it are taken. So the static peers are given the time to say what they have, and who says that it
   * has more, to show it.
   */
  #isSettled(target: BetterChain): boolean {
    const { chain, network, runtime } = this.options;
    const { tip } = target.headers;
    if (tip.header.height - chain.head.header.height < chain.genesis.confirmations) return true;
    if (this.peerChains.mayBeSurpassed(target)) return false;
    if (network.staticPeers > 0 && network.handshakes >= network.staticPeers) return true;
    return runtime.stopwatch.elapsedMs() - (this.#firstHandshakeMs ?? Number.NEGATIVE_INFINITY) >= SETTLE_MS;
  }

  #lookAgain(): void {
    this.#cancelLook ??= this.options.runtime.scheduler.setTimeout(() => {
      this.#cancelLook = undefined;
      this.#catchUp();
    }, LOOK_MS);
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
