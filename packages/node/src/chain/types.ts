import type {
  Address,
  BlockFault,
  Hash,
  HeaderRecord,
  Outcome,
  PlacementFault,
  Receipt,
  Transaction,
} from '@wattchain/core';

/** A block of the canonical chain with what its transactions did. */
export interface BlockSummary {
  readonly record: HeaderRecord;
  readonly transactions: readonly Transaction[];
  /** In the order of `transactions`. */
  readonly receipts: readonly Receipt[];
}

/** The head moved: first every block of `removed` left the chain, then every block of `added` joined it. */
export interface HeadEvent {
  readonly head: HeaderRecord;
  /** Oldest first, never empty; the last one is the head. */
  readonly added: readonly BlockSummary[];
  /** Oldest first; empty unless this was a reorganisation. */
  readonly removed: readonly BlockSummary[];
  /** Accounts whose nonce, balance or code may be another one than before; `all` after another chain was taken over. */
  readonly changedAccounts: ReadonlySet<Address> | 'all';
}

/** Something that a person should look at: a branch with more work would undo confirmed blocks, and was refused. */
export interface ChainAlarm {
  readonly fault: Extract<PlacementFault, { code: 'reorgTooDeep' }>;
  /** Newest block that both branches share. */
  readonly ancestor: HeaderRecord;
  readonly head: HeaderRecord;
  /** Tip of the refused branch. */
  readonly refused: HeaderRecord;
}

/** What a chain found out about a block that it was given. */
export interface JudgedBlock {
  readonly hash: Hash;
  readonly outcome: Outcome<AcceptResult, BlockFault>;
}

/** What a chain tells. */
export interface ChainEvents {
  /** It began with a block; `judged` follows before the next but one begins: a new head is written while the next block is executed. */
  readonly judging: Hash;
  readonly judged: JudgedBlock;
  readonly head: HeadEvent;
  readonly alarm: ChainAlarm;
  /** The operator allowed a deep reorganisation from this head: what was refused may be taken now. */
  readonly override: HeaderRecord;
  /** The chain cannot go on: its store failed or an assertion did. The node must stop. */
  readonly failure: unknown;
}

/** What became of a block: joined the canonical chain, was there before, or waits on a branch with less work. */
export type AcceptResult = 'added' | 'known' | 'side';
