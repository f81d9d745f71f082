import type { Hash, Header } from '@wattchain/core';
import type { Cancel, Runtime } from '../runtime.js';

/** A block whose timestamp this node's clock has not reached. */
export interface HeldBlock {
  readonly hash: Hash;
  readonly header: Header;
  readonly bodyBytes: Uint8Array;
  readonly from: string | undefined;
}

/** Longest sleep: the clock may be set meanwhile, and a block that waits for the clock should not wait for a timer. */
const LONGEST_SLEEP_MS = 1_000;
/** Blocks held at once: more than a network makes in the half minute that clocks may differ. */
export const MAX_HELD = 32;

/** Keeps blocks from the future and hands each back when its time has come. */
export class HeldBlocks {
  readonly #blocks = new Map<Hash, { readonly block: HeldBlock; readonly dueMs: number }>();
  #cancel: Cancel | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly release: (block: HeldBlock) => void,
  ) {}

  /** Holds a block until the clock shows `dueMs`. When there are too many, the one furthest in the future goes. */
  hold(block: HeldBlock, dueMs: number): void {
    this.#blocks.set(block.hash, { block, dueMs });
    if (this.#blocks.size > MAX_HELD) {
      const last = [...this.#blocks.values()].reduce((a, b) => (b.dueMs > a.dueMs ? b : a));
      this.#blocks.delete(last.block.hash);
    }
    this.#schedule();
  }

  /** Blocks held now, at most {@link MAX_HELD}. */
  get size(): number {
    return this.#blocks.size;
  }

  /** Drops everything. */
  clear(): void {
    this.#blocks.clear();
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#blocks.size === 0) return;
    const nextMs = Math.min(...[...this.#blocks.values()].map(({ dueMs }) => dueMs));
    const delayMs = Math.max(0, Math.min(LONGEST_SLEEP_MS, nextMs - this.runtime.clock.nowMs()));
    this.#cancel = this.runtime.scheduler.setTimeout(() => this.#releaseDue(), delayMs);
  }

  #releaseDue(): void {
    const nowMs = this.runtime.clock.nowMs();
    const due = [...this.#blocks.values()].filter(({ dueMs }) => dueMs <= nowMs);
    // Lower blocks first, so that a child finds its parent.
    due.sort((a, b) => a.block.header.height - b.block.header.height);
    for (const { block } of due) this.#blocks.delete(block.hash);
    this.#schedule();
    for (const { block } of due) this.release(block);
  }
}
