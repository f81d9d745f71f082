import { networkOfMultiaddr } from './admission.js';
import { MAX_PENDING_PER_NETWORK } from './limits.js';

/**
 * Connections whose other end has not shown its key yet, counted by address: whoever opens many and says nothing takes the
 * places of its own address only.
 */
export class PendingInbound {
  readonly #counts = new Map<string, number>();

  /** One that came from this multiaddr; gives what ends it, which may be called twice, or nothing when there are too many. */
  begin(address: string): (() => void) | undefined {
    const network = networkOfMultiaddr(address) ?? address;
    const count = this.#counts.get(network) ?? 0;
    if (count >= MAX_PENDING_PER_NETWORK) return undefined;
    this.#counts.set(network, count + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.#counts.get(network) ?? 1) - 1;
      if (left === 0) this.#counts.delete(network);
      else this.#counts.set(network, left);
    };
  }

  /** Addresses that have any. */
  get size(): number {
    return this.#counts.size;
  }
}
