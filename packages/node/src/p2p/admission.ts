import { BoundedMap } from '../base/boundedMap.js';
import { canonicalAddress, networkOf } from '../base/ipNetwork.js';
import { type Held, largestHolder } from '../base/shares.js';
import type { Stopwatch } from '../runtime.js';
import { consequenceOf, type PeerFault, SCORE } from './faultPolicy.js';
import { MAX_PEERS, MAX_PEERS_PER_NETWORK } from './limits.js';
import { PeerScores, type Sentence } from './peerScores.js';
import type { Connected } from './transport.js';

export interface PeerAdmissionOptions {
  readonly stopwatch: Stopwatch;
  /** Peer ids that may connect; absent: everybody. */
  readonly allow: readonly string[] | undefined;
  /** Whether this node was told of a peer: it always has a place, and its address is nothing against it. */
  readonly isOurs: (peerId: string) => boolean;
  /** Who is connected, in the order in which they came. */
  readonly connected: () => Iterable<Connected>;
}

/** A place for a stranger; taken from somebody, or free. */
export interface Place {
  /** Who gives it up. */
  readonly from: string | undefined;
}

/**
 * Who may connect. A ban is of a peer id, which costs nothing to change, and with the same points of the address that it came
 * from: while that is banned, nobody unknown comes in from there. Strangers who dial in have a bounded number of places, each
 * address a part of them, and when all are taken whoever has most gives one up. Peers that this node was told of, and those
 * that it dials, take none of these places and are not asked where they come from.
 */
export class PeerAdmission {
  readonly #ids: PeerScores;
  readonly #networks: PeerScores;
  /** Where peers came from, kept when they are gone: a fault may be found after its sender has left. */
  readonly #networkOfPeer = new BoundedMap<string, string>(SCORE.maxEntries);
  readonly #allow: ReadonlySet<string> | undefined;

  constructor(private readonly options: PeerAdmissionOptions) {
    this.#ids = new PeerScores(options.stopwatch);
    this.#networks = new PeerScores(options.stopwatch);
    this.#allow = options.allow && new Set(options.allow);
  }

  /** Whether a connection may be made. */
  admits(connection: Connected): boolean {
    const { peerId, address } = connection;
    if (this.#ids.isBanned(peerId) || (this.#allow && !this.#allow.has(peerId))) return false;
    if (!this.#isStranger(connection)) return true;
    const network = networkOfMultiaddr(address);
    if (network !== undefined && this.#networks.isBanned(network)) return false;
    return this.#placeFor(connection) !== undefined;
  }

  /** A connection was made and takes its place; `undefined`: there is none any more. */
  take(connection: Connected): Place | undefined {
    const network = networkOfMultiaddr(connection.address);
    if (network !== undefined) this.#networkOfPeer.set(connection.peerId, network);
    return this.#placeFor(connection);
  }

  #placeFor(connection: Connected): Place | undefined {
    if (!this.#isStranger(connection)) return { from: undefined };
    const strangers = [...this.options.connected()].filter((peer) => this.#isStranger(peer));
    if (strangers.some(({ peerId }) => peerId === connection.peerId)) return { from: undefined };
    const network = networkOfMultiaddr(connection.address);
    const own =
      network === undefined ? 0 : strangers.filter((peer) => networkOfMultiaddr(peer.address) === network).length;
    if (own >= MAX_PEERS_PER_NETWORK) return undefined;
    if (strangers.length < MAX_PEERS) return { from: undefined };
    // The newest first: who has stayed longest keeps its place.
    const held = strangers.reverse().map(({ peerId, address }): Held<string> => {
      return { item: peerId, client: networkOfMultiaddr(address) ?? peerId, weight: 1 };
    });
    const largest = largestHolder(held);
    // With one more the newcomer's address must not hold as many as the one that gives.
    return largest !== undefined && largest.amount > own + 1 ? { from: largest.item } : undefined;
  }

  /** Takes a fault's points off the peer, and off its address what no honest node does; says what follows for the peer. */
  record(peerId: string, fault: PeerFault): Sentence {
    const network = this.#networkOfPeer.get(peerId);
    if (network !== undefined && consequenceOf(fault).bans && !this.options.isOurs(peerId)) {
      this.#networks.record(network, fault);
    }
    return this.#ids.record(peerId, fault);
  }

  /** A peer's score now. */
  score(peerId: string): number {
    return this.#ids.score(peerId);
  }

  #isStranger({ peerId, direction }: Connected): boolean {
    return direction === 'inbound' && !this.options.isOurs(peerId);
  }
}

/** What one party has of the addresses, of a multiaddr that begins with an IP address. */
export function networkOfMultiaddr(address: string): string | undefined {
  const ip = /^(?:\/ip6zone\/[^/]+)?\/ip[46]\/([^/]+)/.exec(address)?.[1];
  return ip === undefined ? undefined : networkOf(canonicalAddress(ip));
}
