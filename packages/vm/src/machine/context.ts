import type { Address, Genesis } from '@wattchain/core';

/** What a transaction can know of the block it runs in. */
export interface BlockContext {
  readonly height: number;
  /** Milliseconds since 1970; contracts see whole seconds. */
  readonly timestampMs: number;
  /** Earns the fees. */
  readonly miner: Address;
  readonly genesis: Genesis;
}
