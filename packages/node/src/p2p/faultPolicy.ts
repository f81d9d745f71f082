import type { BlockFault, Hash, TransactionFault } from '@wattchain/core';
import type { PoolFault } from '../mempool/types.js';

/** Why bytes are not a message of ours. */
export type MessageFault =
  /** Not an envelope: a type, number, length, depth or count that no message uses, or bytes after its end. */
  | { readonly code: 'messageEnvelope'; readonly offset: number; readonly detail: string }
  /** An envelope, but not the message expected here. */
  | { readonly code: 'messageShape'; readonly detail: string }
  /** Its length prefix says more than this kind of message may have. */
  | { readonly code: 'messageTooLarge'; readonly got: number; readonly expected: number };

/** Why a peer cannot be one of ours, whatever it does. */
export type HandshakeFault =
  | { readonly code: 'wrongGenesis'; readonly got: Hash; readonly expected: Hash }
  | { readonly code: 'wrongChainId'; readonly got: number; readonly expected: number }
  | { readonly code: 'wrongVersion'; readonly got: number; readonly expected: number }
  /** It connected and did not say who it is in time. */
  | { readonly code: 'handshakeTimeout'; readonly afterMs: number };

/** What goes wrong between a request and its answer. */
export type RequestFault =
  | { readonly code: 'requestTimeout'; readonly protocol: string; readonly afterMs: number }
  /** The connection or stream broke. */
  | { readonly code: 'requestBroken'; readonly protocol: string; readonly detail: string }
  /** The peer does not answer now: we ask too much. */
  | { readonly code: 'requestRefused'; readonly protocol: string }
  /** The peer calls our request malformed. */
  | { readonly code: 'requestRejected'; readonly protocol: string }
  /** The peer does not read what it asked for. */
  | { readonly code: 'answerNotRead'; readonly protocol: string; readonly afterMs: number }
  /** The peer asks for more than it may. */
  | { readonly code: 'rateLimited'; readonly protocol: string; readonly items: number };

/** A lie or an omission that shows while a chain is fetched. */
export type ServiceFault =
  /** Headers that do not continue what was asked for. */
  | { readonly code: 'headersUnlinked'; readonly detail: string }
  /** A chain with less work than the peer's status claims. */
  | { readonly code: 'falseTotalWork'; readonly got: bigint; readonly expected: bigint }
  /** A peer claims more work and shows no headers for it: it is busy or silent, again and again (`got`: times in a row). */
  | { readonly code: 'claimNotShown'; readonly got: number; readonly expected: bigint }
  /** A peer announces one block after the other that cannot be judged now: the parent is unknown, the time in the future. */
  | { readonly code: 'announcementFlood' }
  /** A peer does not give the body of a block that it claims to have. */
  | { readonly code: 'bodyUnavailable'; readonly got: Hash };

/** Everything that can be wrong with what a peer sent or did. */
export type PeerFault =
  | BlockFault
  | TransactionFault
  | PoolFault
  | MessageFault
  | HandshakeFault
  | RequestFault
  | ServiceFault;

/** What follows from a fault. */
export interface Consequence {
  /**
   * For a gossiped message: `reject` when every node would find this fault in it, so that whoever passed it on did not
   * look; `ignore` when it depends on what a node has seen. Neither is passed on.
   */
  readonly gossip: 'reject' | 'ignore';
  /** Points off the peer's score, see {@link SCORE}. */
  readonly penalty: number;
  /** Whether the score may fall so low by it that the peer is banned. */
  readonly bans: boolean;
}

/** The scale of the ban score: 0 is an unknown peer, −100 the worst. */
export const SCORE = {
  worst: -100,
  /** Below: its connections are closed, it may come back. */
  disconnectBelow: -20,
  /** Below: it may not come back for `banMs`. */
  banBelow: -50,
  banMs: 30 * 60_000,
  /** A score loses half of its distance to 0 in this time. */
  halfLifeMs: 10 * 60_000,
  /** Most scores kept; the mildest go first. */
  maxEntries: 1000,
} as const;

/** Happens between honest nodes: state differs, clocks differ, connections break. */
const HARMLESS: Consequence = { gossip: 'ignore', penalty: 0, bans: false };
/** Honest under load: the third within minutes costs the connection, but never the way back. */
const SLIGHT: Consequence = { gossip: 'ignore', penalty: 10, bans: false };
/** Honest under heavy load, too: only who does it for minutes on end loses the connection. */
const TEDIOUS: Consequence = { gossip: 'ignore', penalty: 5, bans: false };
/** No honest node does it: the first time it is disconnected, the third time within minutes it is banned. */
const SERIOUS: Consequence = { gossip: 'reject', penalty: 25, bans: true };
/** No honest node does it, and it cost us or could: banned at once. */
const FATAL: Consequence = { gossip: 'reject', penalty: 100, bans: true };

/**
 * The one table from every fault to what happens to the peer that sent it. A new code does not compile without a
 * decision. For a block, who is held to it is whoever sent the part that is wrong: the body faults concern the sender of
 * the body, all others the sender of the header.
 */
export const FAULT_POLICY: Readonly<Record<PeerFault['code'], Consequence>> = {
  // Headers: their faults need nothing but the parent, and every node checks before it passes a header on.
  headerEncoding: FATAL,
  headerVersion: SERIOUS, // a newer network, perhaps; not somebody to talk to
  headerWork: FATAL,
  headerParent: FATAL,
  headerTarget: FATAL,
  headerHeight: FATAL,
  headerHistory: FATAL,
  headerTimestamp: FATAL,
  headerGasLimit: FATAL,
  headerGasUsed: FATAL,
  headerSeal: FATAL,
  headerMiner: FATAL,

  // Bodies: the header may be good, so the block is not marked invalid, but the sender made the body up.
  blockEncoding: FATAL,
  blockTooLarge: FATAL,
  transactionsRoot: FATAL,
  transactionCount: FATAL,
  transactionForm: FATAL,

  // Execution: blocks are executed before they are passed on, so an honest node never sends one of these.
  transactionState: FATAL,
  gasUsed: FATAL,
  receiptsRoot: FATAL,
  stateRoot: FATAL,
  parentInvalid: FATAL,

  // Placement: nothing is wrong with the block.
  parentUnknown: HARMLESS,
  fromTheFuture: HARMLESS,
  reorgTooDeep: HARMLESS,

  // The form of a transaction: whoever passed it on could have known.
  txEncoding: SERIOUS,
  txType: SERIOUS,
  txTooLarge: SERIOUS,
  txUnprotected: SERIOUS,
  txChainId: SERIOUS,
  txSignature: SERIOUS,
  txPriorityFee: SERIOUS,
  txFeeOverflow: SERIOUS,
  intrinsicGas: SERIOUS,

  // Its fit with state, and the pool's limits: two honest nodes differ in both.
  nonceTooLow: HARMLESS,
  nonceTooHigh: HARMLESS,
  insufficientFunds: HARMLESS,
  gasPriceTooLow: HARMLESS,
  gasLimitTooHigh: HARMLESS,
  alreadyKnown: HARMLESS,
  replacementUnderpriced: HARMLESS,
  poolFull: HARMLESS,
  accountLimit: HARMLESS,
  replacementLimit: HARMLESS,
  publishedKey: HARMLESS,

  // Messages: our own codec cannot produce these.
  messageEnvelope: SERIOUS,
  messageShape: SERIOUS,
  messageTooLarge: SERIOUS,

  // Handshakes: a stranger, not an enemy; the connection is closed by the handshake itself.
  wrongGenesis: HARMLESS,
  wrongChainId: HARMLESS,
  wrongVersion: HARMLESS,
  handshakeTimeout: HARMLESS,

  // Requests.
  requestTimeout: SLIGHT,
  requestBroken: HARMLESS,
  requestRefused: HARMLESS,
  requestRejected: SLIGHT,
  rateLimited: SLIGHT,
  answerNotRead: TEDIOUS, // a slow line, perhaps

  // Service.
  headersUnlinked: FATAL,
  falseTotalWork: FATAL,
  claimNotShown: TEDIOUS,
  announcementFlood: SLIGHT,
  bodyUnavailable: SLIGHT,
};

const BODY_FAULTS: ReadonlySet<PeerFault['code']> = new Set([
  'blockEncoding',
  'blockTooLarge',
  'transactionsRoot',
  'transactionCount',
  'transactionForm',
]);

const REQUEST_FAULTS: ReadonlySet<PeerFault['code']> = new Set([
  'requestTimeout',
  'requestBroken',
  'requestRefused',
  'requestRejected',
]);

/** Whether the sender of the body, not that of the header, is to blame. */
export function isBodyFault(fault: PeerFault): boolean {
  return BODY_FAULTS.has(fault.code);
}

/** Whether an answer failed to come, rather than came and was wrong. */
export function isRequestFault(fault: PeerFault): fault is RequestFault {
  return REQUEST_FAULTS.has(fault.code);
}

/** What follows from a fault. */
export function consequenceOf(fault: PeerFault): Consequence {
  return FAULT_POLICY[fault.code];
}
