import { MAX_PUSHED_BYTES, MAX_PUSHED_TRANSACTIONS } from './limits.js';

/** What became of a batch: taken, not taken now, or not to be had at all. */
export type PushResult = 'taken' | 'later' | 'failed';

/** Transactions that wait for one peer. */
const MAX_WAITING = 4096;

/**
 * Raw transactions on their way to one peer by request: those that gossip cannot bring it, because it joined a moment
 * ago. One message is under way at a time. What a peer does not take is dropped; it gets the pool when it comes back.
 */
export class Outbox {
  #raws: Uint8Array[] = [];
  #isSending = false;

  /** `pause` waits before a busy peer is tried again. */
  constructor(
    private readonly send: (raws: readonly Uint8Array[]) => Promise<PushResult>,
    private readonly pause: () => Promise<void>,
  ) {}

  push(raws: readonly Uint8Array[]): void {
    this.#raws.push(...raws.slice(0, MAX_WAITING - this.#raws.length));
    if (!this.#isSending) void this.#empty();
  }

  async #empty(): Promise<void> {
    this.#isSending = true;
    while (this.#raws.length > 0) {
      const batch = firstOf(this.#raws);
      const result = await this.send(batch);
      if (result === 'taken') this.#raws.splice(0, batch.length);
      else if (result === 'later') await this.pause();
      else this.#raws = [];
    }
    this.#isSending = false;
  }
}

/** As many as fit one message. */
function firstOf(raws: readonly Uint8Array[]): Uint8Array[] {
  let bytes = 0;
  return raws.slice(0, MAX_PUSHED_TRANSACTIONS).filter((raw) => {
    bytes += raw.length;
    return bytes <= MAX_PUSHED_BYTES;
  });
}
