import { assert, WattchainError } from '@wattchain/core';
import { copyLink, type LinkState, USUAL_LINK } from './link.js';
import type { SeededRandom } from './random.js';
import { type PeerPlace, SimTransport, type Switchboard, type TransportOptions } from './transport.js';
import type { VirtualTime } from './virtualTime.js';

export type { LinkState } from './link.js';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Characters of a peer id behind those that all Ed25519 ids begin with. */
const ID_LENGTH = 44;

/** What a network is made of. */
export interface SimNetworkOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly nodes: number;
  /** How the links are at the start. */
  readonly link?: Partial<LinkState>;
}

/** The way between all nodes of a world, who can be reached and how well. */
export class SimNetwork implements Switchboard {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly #usual: LinkState;
  readonly #links: LinkState[][];
  readonly #ids: readonly string[];
  /** Who listens now. */
  readonly #listening = new Map<number, SimTransport>();

  constructor({ time, random, nodes, link = {} }: SimNetworkOptions) {
    this.time = time;
    this.random = random.fork('messages');
    this.#usual = { ...USUAL_LINK, ...link };
    this.#links = Array.from({ length: nodes }, () => Array.from({ length: nodes }, () => copyLink(this.#usual)));
    this.#ids = Array.from({ length: nodes }, (_, index) => {
      const digits = random.fork(`peer ${index}`);
      return `12D3KooW${Array.from({ length: ID_LENGTH }, () => BASE58[digits.below(BASE58.length)]).join('')}`;
    });
  }

  /** The way from one node to another, to be looked at and changed. */
  link(from: number, to: number): LinkState {
    const link = this.#links[from]?.[to];
    assert(link !== undefined, `there is a link from node ${from} to node ${to}`);
    return link;
  }

  /** Cuts every link between nodes of different groups; a node in no group is one of its own. */
  partition(groups: readonly (readonly number[])[]): void {
    const groupOf = (node: number) => groups.find((group) => group.includes(node));
    for (const [from, row] of this.#links.entries()) {
      for (const [to, link] of row.entries()) {
        const group = groupOf(from);
        if (from !== to && (group === undefined || group !== groupOf(to))) link.cut = true;
      }
    }
  }

  cutOneWay(from: number, to: number): void {
    this.link(from, to).cut = true;
  }

  /** No link is cut any more; what else they are stays. */
  heal(): void {
    for (const link of this.#links.flat()) link.cut = false;
  }

  /** All links are as at the start. */
  restore(): void {
    for (const link of this.#links.flat()) Object.assign(link, copyLink(this.#usual));
  }

  /** Identity of a node, whatever process runs it. */
  peerIdOf(index: number): string {
    return this.#ids[index] as string;
  }

  /** Where a node listens. */
  addressOf(index: number): string {
    return `/ip4/10.0.${index >> 8}.${index & 0xff}/tcp/30303/p2p/${this.peerIdOf(index)}`;
  }

  /** The transport of one process of a node. */
  transport(options: Omit<TransportOptions, 'network' | 'id'>): SimTransport {
    return new SimTransport({ ...options, id: this.peerIdOf(options.index), network: this });
  }

  // ---- for transports

  /** Who has an address. Errors: `badAddress`. */
  placeOf(address: string): PeerPlace {
    const id = /\/p2p\/([^/]+)$/.exec(address)?.[1];
    const index = this.#ids.indexOf(id ?? '');
    if (index >= 0) return { index, id: this.peerIdOf(index) };
    throw new WattchainError('badAddress', `"${address}" is not an address of this world`, {
      values: { address },
      hint: 'take what addressOf says',
    });
  }

  listen(transport: SimTransport): void {
    this.#listening.set(transport.index, transport);
  }

  unlisten(transport: SimTransport): void {
    if (this.#listening.get(transport.index) === transport) this.#listening.delete(transport.index);
  }

  listenerAt(index: number): SimTransport | undefined {
    return this.#listening.get(index);
  }
}
