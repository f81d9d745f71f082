import type { Outcome } from '@wattchain/core';
import type { PeerFault, RequestFault } from './faultPolicy.js';
import type { RequestKind } from './limits.js';
import type { TrafficCount } from './traffic.js';

export type GossipTopic = 'blocks' | 'transactions';

/** What becomes of a gossiped message: passed on, or not and held against its sender, or just not, or not even remembered. */
export type GossipVerdict = 'accept' | 'reject' | 'ignore' | 'forget';

/** A connection that opened. */
export interface Connected {
  readonly peerId: string;
  /** Multiaddr of the other end. */
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
}

/** What a transport tells whoever uses it. */
export interface TransportHandlers {
  /** Whether a peer may connect now, from this multiaddr or to it (bans, allow-list, number of peers). */
  admits(peerId: string, direction: 'inbound' | 'outbound', address: string): boolean;
  /** A connection opened; there may be another one to the same peer. */
  connected(connection: Connected): void;
  /** The last connection to a peer closed. */
  disconnected(peerId: string): void;
  /** Answers a request; `undefined` resets the stream. */
  request(peerId: string, kind: RequestKind, payload: Uint8Array): Promise<Uint8Array | undefined>;
  gossip(peerId: string, topic: GossipTopic, data: Uint8Array): Promise<GossipVerdict>;
  /** A peer broke the transport's own rules, such as the length of a frame. */
  misbehaved(peerId: string, fault: PeerFault): void;
}

/** Who a published message went to; `duplicate`: it has been on the network before and was not sent again. */
export type Published = { readonly recipients: ReadonlySet<string> } | 'duplicate';

/**
 * Moves bytes between nodes that know each other by their keys. Everything that a byte means lies above; so the same
 * node runs on libp2p or on a simulated network.
 */
export interface Transport {
  /** Own peer id. */
  readonly id: string;
  readonly traffic: TrafficCount;
  /** Errors: `p2pListen`. */
  start(handlers: TransportHandlers): Promise<void>;
  stop(): Promise<void>;
  /** Addresses listened on, with the own peer id. */
  addresses(): string[];
  /** Connects and says to whom. Errors: `dialFailed` with the cause, `dialedSelf`. */
  dial(address: string): Promise<string>;
  /** Closes all connections to a peer. */
  disconnect(peerId: string): Promise<void>;
  /** Sends one request and waits for its answer, within the limits of its kind. */
  request(
    peerId: string,
    kind: RequestKind,
    payload: Uint8Array,
  ): Promise<Outcome<Uint8Array, RequestFault | PeerFault>>;
  publish(topic: GossipTopic, data: Uint8Array): Promise<Published>;
}
