import type { MultiaddrConnection } from '@libp2p/interface';
import { BoundedMap } from '../base/boundedMap.js';
import type { Logger } from '../base/log.js';

/** Hosts of which the log says that they do not get in: then there are too many to be news. */
const MAX_HOSTS = 256;
/** Addresses that are remembered as reached: more than a node dials. */
const MAX_REACHED = 64;

/**
 * TCP connections before anybody knows who is at the other end: what ends then is not one of ours, or has not the key that it
 * needs. libp2p says nothing of it to the side that was dialled.
 */
export class Wires {
  readonly #unproven = new Set<MultiaddrConnection>();
  /** Addresses that were reached over TCP and proved nothing, until they are dialled again. */
  readonly #reached = new BoundedMap<string, true>(MAX_REACHED);
  readonly #told = new Set<string>();

  constructor(private readonly log: Logger) {}

  /** A TCP connection stands. */
  onOpen(wire: MultiaddrConnection): void {
    this.#unproven.add(wire);
    if (wire.direction === 'outbound') this.#reached.set(withoutPeer(String(wire.remoteAddr)), true);
    wire.addEventListener('close', () => {
      if (this.#unproven.delete(wire) && wire.direction === 'inbound') this.#tell(String(wire.remoteAddr));
    });
  }

  /** Both ends have shown each other their keys: the network's, where it has one, and their own. */
  onEncrypted(wire: MultiaddrConnection): void {
    this.#unproven.delete(wire);
    if (wire.direction === 'outbound') this.#reached.delete(withoutPeer(String(wire.remoteAddr)));
  }

  /** An address is about to be dialled. */
  onDial(address: string): void {
    this.#reached.delete(withoutPeer(address));
  }

  /** Whether somebody answered at an address since it was dialled last, without proving to be a node of this network. */
  isUnproven(address: string): boolean {
    return this.#reached.has(withoutPeer(address));
  }

  /** Once for each host: it may try again for ever. */
  #tell(address: string): void {
    const host = address.replace(/\/tcp\/.*$/, '');
    const isNews = !this.#told.has(host) && this.#told.size < MAX_HOSTS;
    if (isNews) this.#told.add(host);
    this.log[isNews ? 'info' : 'debug'](
      { address },
      'a connection was not encrypted: another network key (p2p.pskPath) or none at the other end, or no node',
    );
  }
}

function withoutPeer(address: string): string {
  return address.replace(/\/p2p\/.*$/, '');
}
