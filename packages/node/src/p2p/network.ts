import type { Hash, Header, HeaderRecord, Outcome, Transaction } from '@wattchain/core';
import type { Cancel } from '../runtime.js';
import type { PeerFault } from './faultPolicy.js';
import type { StrangerFault } from './handshake.js';
import type { MembersSeen } from './members.js';
import type { BlockAnnouncement } from './messages.js';
import type { Sentence } from './peerScores.js';
import type { TrafficCount } from './traffic.js';

/**
 * The newest block of a peer's chain, as it says itself (or as a block that it relayed proves): a hint where to look, worth
 * nothing until its headers are seen.
 */
export interface PeerHead {
  readonly hash: Hash;
  readonly height: number;
  readonly totalWork: bigint;
}

/** A peer whose status handshake stands. */
export interface PeerInfo {
  /** libp2p peer id, from its public key. */
  readonly id: string;
  /** Multiaddr of the connection's other end. */
  readonly address: string;
  /** Who dialled: `outbound` means this node. */
  readonly direction: 'inbound' | 'outbound';
  readonly head: PeerHead;
  /** When the connection opened, milliseconds since 1970. */
  readonly connectedMs: number;
  /** Name and version of its software, at most 64 characters, its own words. */
  readonly agent: string;
  /** Its clock less this node's, milliseconds, as its last status says; absent when it says no time. */
  readonly clockOffsetMs?: number;
}

/** Why a connection did not become a peer. */
export interface Refusal {
  readonly peerId: string;
  /** With what the peer has (`got`) and what this node has (`expected`). */
  readonly fault: StrangerFault;
}

/** A fault of a peer and what followed. */
export interface Penalty {
  readonly peerId: string;
  readonly fault: PeerFault;
  readonly sentence: Sentence;
}

/** What a network tells. */
export interface NetworkEvents {
  /** The number of handshakes changed. */
  readonly peers: { readonly handshakes: number };
  /** Another number of members is seen than before. */
  readonly members: MembersSeen;
  /** A handshake was completed. */
  readonly handshake: PeerInfo;
  /** A peer claims another head than before. */
  readonly head: PeerInfo;
  /** A handshake was refused, by either side. */
  readonly refused: Refusal;
  /** A fault was held against a peer. */
  readonly penalised: Penalty;
}

/**
 * What to do with a gossiped message: `pass` it on, `drop` it although nothing is known to be wrong with it, put it off to
 * `later` (it is not remembered as seen, so that it can come again), or treat it and its sender as the fault policy says.
 */
export type Judgement = 'pass' | 'drop' | 'later' | PeerFault;

/** Who judges what gossip brings. */
export interface GossipHandlers {
  /**
   * May take as long as validation takes, and holds one of the sender's few places meanwhile: it waits for nobody else. A
   * message older than some seconds is not passed on any more.
   */
  block(announcement: BlockAnnouncement, peerId: string): Promise<Judgement>;
  /** `raw` is a signed transaction of at most `MAX_TRANSACTION_BYTES`, from gossip or pushed by a peer. */
  transaction(raw: Uint8Array, peerId: string): Judgement;
}

/**
 * The other nodes, as the rest of a node sees them: only peers with whom a status handshake stands, only decoded messages.
 * Requests return faults, never throw; whoever asked holds them against the peer ({@link Network.penalise}).
 */
export interface Network {
  /** This node's peer id. */
  readonly id: string;
  /** Multiaddrs that this node listens on, with its peer id; empty before `start`. */
  addresses(): string[];
  /** Says who judges gossip; once, before `start`. */
  handleGossip(handlers: GossipHandlers): void;
  /** Listens and dials. Errors: `p2pListen` when an address is taken or wrong. */
  start(): Promise<void>;
  stop(): Promise<void>;

  /**
   * Connects to an address, keeps dialling it until the network stops, and says which peer is there. Errors: `badAddress`,
   * `dialedSelf`, `dialFailed`, `tooManyStaticPeers`.
   */
  addPeer(address: string): Promise<string>;
  /** Peers whose handshake stands. */
  peers(): PeerInfo[];
  /** Their number. */
  readonly handshakes: number;
  /** How many of the network's members answer this node from its own chain, now; a node mines while enough of them do. */
  readonly members: MembersSeen;
  /** Bytes to and from all peers. */
  readonly traffic: TrafficCount;
  /** Number of peers that this node was told to keep dialling. */
  readonly staticPeers: number;

  /** Tells the peers of a block of our canonical chain. Announcing a block twice is harmless. */
  announceBlock(record: HeaderRecord): void;
  /** Tells the peers of a valid transaction. Announcing it twice is harmless. */
  announceTransaction(transaction: Transaction): void;
  /** Sends transactions to one peer, in order. */
  sendTransactions(peerId: string, transactions: readonly Transaction[]): void;

  /**
   * Headers of the peer's canonical chain after the first hash of `locator` that is on it, oldest first, at most
   * `MAX_HEADERS`. They are decoded, nothing else is checked.
   */
  requestHeaders(peerId: string, locator: readonly Hash[]): Promise<Outcome<Header[], PeerFault>>;
  /**
   * Encoded bodies, at most `MAX_BODIES` at once, in the order of `hashes`; `undefined` where the peer has none. The answer
   * may be shorter than the question, when more would not fit a message, but is never empty.
   */
  requestBodies(peerId: string, hashes: readonly Hash[]): Promise<Outcome<(Uint8Array | undefined)[], PeerFault>>;
  /** Exchanges status now; the peer's head is up to date when the promise resolves. */
  refreshStatus(peerId: string): Promise<void>;

  /** The peer has shown that it has this block. */
  noteHead(peerId: string, record: HeaderRecord): void;
  /**
   * The peer is on a chain whose newest block, of this time (milliseconds since 1970), is from the future to this node; `undefined`: it is on none.
   * No honest one shows blocks that are from the future to itself, so its clock is judged by it.
   */
  noteFuture(peerId: string, timestampMs: number | undefined): void;
  /** Whether the peer has shown a chain that parted from this node's for good: then it counts as a member by its answers alone. */
  noteParted(peerId: string, isParted: boolean): void;
  /** Holds a fault against a peer, as the fault policy says. */
  penalise(peerId: string, fault: PeerFault): void;

  /** Calls `listener` on every later event; the result unsubscribes. */
  on<Name extends keyof NetworkEvents>(name: Name, listener: (event: NetworkEvents[Name]) => void): Cancel;
}
