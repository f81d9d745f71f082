import { WattchainError } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Cancel, Scheduler } from '../runtime.js';
import { MAX_STATIC_PEERS, PATIENCE } from './limits.js';

interface Target {
  readonly address: string;
  /** From the address, or learned when it was first reached. */
  peerId: string | undefined;
  failures: number;
  state: 'waiting' | 'dialing' | 'connected' | 'given up';
  cancel: Cancel | undefined;
}

export interface StaticPeersOptions {
  /** Multiaddrs, with or without `/p2p/<id>`. */
  readonly addresses: readonly string[];
  /** Connects and says to whom. */
  readonly dial: (address: string) => Promise<string>;
  readonly isConnected: (peerId: string) => boolean;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/**
 * Keeps dialling the peers of the configuration, for ever: libp2p's own reconnecting gives up after five tries. The wait
 * doubles from 0.25 s to 10 s and starts anew once a handshake stands, so that a peer of another network is not asked
 * several times a second.
 */
export class StaticPeers {
  readonly #targets: Target[];
  #stopped = true;

  constructor(private readonly options: StaticPeersOptions) {
    this.#targets = [...new Set(options.addresses)].map(createTarget);
  }

  get count(): number {
    return this.#targets.length;
  }

  start(): void {
    this.#stopped = false;
    for (const target of this.#targets) void this.#dial(target);
  }

  stop(): void {
    this.#stopped = true;
    for (const target of this.#targets) target.cancel?.();
  }

  /**
   * Connects to one more address and keeps dialling it from then on; says who is there. An address that nobody answers at is
   * not kept. Errors: `tooManyStaticPeers`, and what dialling throws.
   */
  async add(address: string): Promise<string> {
    const { dial, isConnected } = this.options;
    const known = this.#targets.find((target) => target.address === address);
    if (known?.peerId && isConnected(known.peerId)) return known.peerId;
    if (known === undefined && this.count >= MAX_STATIC_PEERS) {
      throw new WattchainError('tooManyStaticPeers', `${this.count} peers are dialled already, which is the limit`, {
        values: { limit: MAX_STATIC_PEERS },
        hint: 'a node needs a handful: others find it through them',
      });
    }
    const peerId = await dial(address);
    // The configuration may name it, or another request may have added it meanwhile.
    if (this.#targets.every((target) => target.address !== address)) {
      const target: Target = { ...createTarget(address), peerId, state: 'connected' };
      this.#targets.push(target);
      if (!isConnected(peerId)) this.#retry(target);
    }
    return peerId;
  }

  /** Whether the node was told of this peer. */
  has(peerId: string): boolean {
    return this.#targets.some((target) => target.peerId === peerId);
  }

  /** A handshake stands: the next loss is answered quickly. */
  onHandshake(peerId: string): void {
    for (const target of this.#of(peerId)) target.failures = 0;
  }

  /** The last connection to a peer closed. */
  onDisconnected(peerId: string): void {
    for (const target of this.#of(peerId)) {
      if (target.state === 'connected') this.#retry(target);
    }
  }

  #of(peerId: string): Target[] {
    return this.#targets.filter((target) => target.peerId === peerId);
  }

  #retry(target: Target): void {
    if (this.#stopped) return;
    const delayMs = Math.min(PATIENCE.redialMostMs, PATIENCE.redialFirstMs * 2 ** Math.min(target.failures, 10));
    target.failures++;
    target.state = 'waiting';
    target.cancel = this.options.scheduler.setTimeout(() => void this.#dial(target), delayMs);
  }

  async #dial(target: Target): Promise<void> {
    const { dial, isConnected, log } = this.options;
    target.state = 'dialing';
    try {
      // It may have dialled us meanwhile; a second connection would be of no use.
      if (!target.peerId || !isConnected(target.peerId)) target.peerId = await dial(target.address);
      target.state = 'connected';
      // The connection may have ended before its end could be noticed here.
      if (!isConnected(target.peerId)) this.#retry(target);
    } catch (error) {
      if (error instanceof WattchainError && error.code === 'dialedSelf') {
        target.state = 'given up';
        log.warn({ address: target.address }, error.message);
        return;
      }
      // The first failure is news, the hundredth is not.
      const level = target.failures === 0 ? 'info' : 'debug';
      log[level](
        { address: target.address, failures: target.failures + 1, error: rootMessage(error) },
        'peer not reached',
      );
      this.#retry(target);
    }
  }
}

function createTarget(address: string): Target {
  const peerId = /\/p2p\/([^/]+)$/.exec(address)?.[1];
  return { address, peerId, failures: 0, state: 'waiting', cancel: undefined };
}

/** The innermost message, because the outer ones of a failed dial say nothing. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? error.message : rootMessage(inner);
}
