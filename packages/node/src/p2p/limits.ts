/**
 * The wire's limits: what a node of this network may send, and how much of it another one takes. All nodes must agree on
 * the sizes; the rates and times are each node's own patience.
 */
import { MAX_EXTRA_BYTES, MAX_TRANSACTION_BYTES, MINER_SEAL_BYTES } from '@wattchain/core';

/** Version of the messages, exchanged in the handshake. */
export const P2P_VERSION = 1;

/** Most headers in one answer: 115 to 165 KiB. */
export const MAX_HEADERS = 512;
/** Most hashes of a locator: 10 in a row and then at doubling distances reach 2^30 blocks back. */
export const MAX_LOCATOR = 42;
/** Most bodies in one request. */
export const MAX_BODIES = 64;
/** An answer of bodies ends before it would exceed this (one body may, if the network's blocks are larger). */
export const MAX_BODIES_BYTES = 4 * 1024 * 1024;
/** A body up to this size rides along with its announcement and saves a round trip; a larger one is asked for. */
export const MAX_INLINE_BODY_BYTES = 32 * 1024;
/** Most transactions pushed to a peer in one message … */
export const MAX_PUSHED_TRANSACTIONS = 256;
/** … and most bytes of them together. */
export const MAX_PUSHED_BYTES = 1024 * 1024;
/** A header: 260 bytes of fixed fields and lengths (docs/protocol.md), its extra and its seal. */
export const MAX_HEADER_BYTES = 260 + MAX_EXTRA_BYTES + MINER_SEAL_BYTES;
/** Most characters of a peer's name for its software. */
export const MAX_AGENT_LENGTH = 64;

/** Room for types and lengths around the contents of a message. */
const ENVELOPE_OVERHEAD_BYTES = 4096;

/** Largest gossip messages, per topic. */
export const MAX_GOSSIP_BYTES = {
  blocks: MAX_HEADER_BYTES + MAX_INLINE_BODY_BYTES + 16,
  transactions: MAX_TRANSACTION_BYTES,
} as const;

/** Largest frame of the gossip protocol: it carries several messages when a peer asks for what it missed. */
export const MAX_GOSSIP_FRAME_BYTES = 2 * 1024 * 1024;

/** One kind of request. */
export interface RequestProtocol {
  /** libp2p protocol name. */
  readonly name: string;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** Requests of one peer that are answered at the same time; more are reset. */
  readonly maxInboundStreams: number;
  /** Token bucket of one peer, in items (headers, bodies, transactions; 1 for a status). */
  readonly rate: { readonly capacity: number; readonly perSecond: number };
}

export type RequestKind = 'status' | 'headers' | 'bodies' | 'transactions';

/** The requests of a network whose bodies have at most `blockByteLimit` bytes. */
export function requestProtocols(blockByteLimit: number): Readonly<Record<RequestKind, RequestProtocol>> {
  return {
    status: {
      name: '/wattchain/status/1',
      maxRequestBytes: 1024,
      maxResponseBytes: 1024,
      maxInboundStreams: 4,
      // One in a fourth of the members' window and one per head that gossip did not deliver: a node begins two in a second at most.
      rate: { capacity: 20, perSecond: 4 },
    },
    headers: {
      name: '/wattchain/headers/1',
      maxRequestBytes: 4096,
      maxResponseBytes: MAX_HEADERS * (MAX_HEADER_BYTES + 3) + ENVELOPE_OVERHEAD_BYTES,
      maxInboundStreams: 4,
      rate: { capacity: 32 * MAX_HEADERS, perSecond: 8 * MAX_HEADERS },
    },
    bodies: {
      name: '/wattchain/bodies/1',
      maxRequestBytes: 4096,
      maxResponseBytes: Math.max(MAX_BODIES_BYTES, blockByteLimit) + ENVELOPE_OVERHEAD_BYTES,
      maxInboundStreams: 4,
      rate: { capacity: 32 * MAX_BODIES, perSecond: 16 * MAX_BODIES },
    },
    transactions: {
      name: '/wattchain/transactions/1',
      maxRequestBytes: MAX_PUSHED_BYTES + ENVELOPE_OVERHEAD_BYTES,
      maxResponseBytes: 64,
      maxInboundStreams: 2,
      // A pool full of transactions at the first handshake, then as many as a network can check.
      rate: { capacity: 8192, perSecond: 512 },
    },
  };
}

/** Gossiped transactions of one peer: more than a small network can execute; beyond it they are neither judged nor remembered. */
export const GOSSIP_TRANSACTION_RATE = { capacity: 4096, perSecond: 512 } as const;
/** Transactions of one peer that come to nothing (their senders cannot pay, their nonces are used up): as many as a pool greets with, then few. */
export const USELESS_TRANSACTION_RATE = { capacity: 1024, perSecond: 16 } as const;
/** Gossiped blocks of one peer that are judged at the same time; beyond it they are put off, until they come again. */
export const MAX_JUDGED_BLOCKS_PER_PEER = 8;
/** Announcements of one peer that may be put off (orphans, blocks from the future) at once, and then in each block interval. */
export const PUT_OFF_RATE = { capacity: 64, perInterval: 16 } as const;
/** Refusals that a peer may overhear: an honest one waits when it is told `busy`. */
export const REFUSAL_RATE = { capacity: 16, perSecond: 2 } as const;
/** Pushed transactions checked in one go, about 20 ms, before others get their turn. */
export const TRANSACTIONS_PER_TURN = 16;

/** How long a node waits for one other, milliseconds. */
export interface PeerPatience {
  readonly dialMs: number;
  /** From connection to finished handshake. */
  readonly handshakeMs: number;
  /** From request to the first byte of the answer. */
  readonly firstByteMs: number;
  /** From request to the last byte of the answer; also for reading a whole request. */
  readonly totalMs: number;
  /** Gossip reaches a new peer within this time; what is news until then, it is told directly. Else it gets a new connection. */
  readonly gossipFormingMs: number;
}

/** Longer intervals than this leave nobody more time, milliseconds. */
const MOST_PATIENT_INTERVAL_MS = 30_000;

/**
 * A message may take a fourth of a block interval, and everybody still agrees; so a round trip takes up to half of one. A request takes two,
 * as its protocol is agreed on first, a connection three, and gossip five; some time is left for the work.
 */
export function peerPatience(blockIntervalMs: number): PeerPatience {
  const intervalMs = Math.min(blockIntervalMs, MOST_PATIENT_INTERVAL_MS);
  const firstByteMs = Math.max(5_000, Math.ceil((4 * intervalMs) / 3));
  return {
    dialMs: Math.max(5_000, 2 * intervalMs),
    handshakeMs: firstByteMs,
    firstByteMs,
    totalMs: Math.max(10_000, 2 * intervalMs),
    gossipFormingMs: Math.max(10_000, 3 * intervalMs),
  };
}

/** How long a node waits for others, whatever its blocks' interval. */
export const PATIENCE = {
  /** Between two statuses of a peer, at most; the rule of members asks more often where blocks are fast. */
  statusMs: 10_000,
  /** Between two statuses to the same peer, however many heads there are to tell: twice as long as the peer's rate asks. */
  statusAgainMs: 500,
  /** First and longest wait before a static peer is dialled again. */
  redialFirstMs: 250,
  redialMostMs: 10_000,
  /** A refused peer is left this time to read why. */
  farewellMs: 500,
  /** Between two times at which libp2p is made to forget who is gone. */
  forgetGoneMs: 60_000,
  /** Wait before a push that met a busy peer is tried again. */
  pushAgainMs: 500,
} as const;

/** The rule of members: what a node has to hear from them before it mines, see members.ts. */
export const MEMBERSHIP = {
  /** An answer counts for so many block intervals after its question was sent, and at least for this time: round trips need it. */
  windowIntervals: 4,
  windowLeastMs: 2_000,
  /** Questions to each peer within that time. */
  pingsPerWindow: 4,
  /**
   * A member counts while its chain is the own one up to fewer blocks than this below the own head: half of what confirms a block, so that whoever confirms
   * one has heard of a majority that is more than halfway there on the same chain.
   */
  blocks: 6,
} as const;

/** Peers that dialled this node and that it was not told of. Those that it was told of come on top, so that nobody takes their places. */
export const MAX_PEERS = 32;
/** Of them those of one address: a class or a household behind one; a quarter of all, so that no address has them alone. */
export const MAX_PEERS_PER_NETWORK = 8;
/** Lines of the log about peers that this node was not told of: at `info` and above some at once, then 5 MB a day. */
export const STRANGER_LINES = { capacity: 200, perSecond: 0.25 } as const;
/** Connections that others are making: their keys are not shown or checked yet; each holds a socket for {@link PeerPatience.dialMs} at most. */
export const MAX_PENDING = 128;
/** Of them those of one address: all nodes of a testbed, which is one host, may begin at once. */
export const MAX_PENDING_PER_NETWORK = 16;
/** Attempts of one address in a second. */
export const MAX_ATTEMPTS_PER_SECOND = 32;
/** What libp2p is told instead: above all that is let in, as it would close connections without knowing whose they are. */
export const MAX_CONNECTIONS = 1024;
/** Peers that a node keeps dialling, above which it is told of no more. */
export const MAX_STATIC_PEERS = 32;
/** Of one peer: two, because two nodes that dial each other at the same moment get two, and gossip may run over either. */
export const MAX_CONNECTIONS_PER_PEER = 2;
