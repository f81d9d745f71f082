import type { Libp2p } from '@libp2p/interface';

/**
 * Forgets everybody who is not connected. libp2p keeps what a peer says of itself, some kilobytes, for hours and drops it only when
 * it is looked for again; but a key costs nothing, and whoever is dialled here is dialled by address.
 */
export async function forgetGone(libp2p: Pick<Libp2p, 'peerStore' | 'getConnections'>): Promise<void> {
  for (const { id } of await libp2p.peerStore.all()) {
    if (libp2p.getConnections(id).length === 0) await libp2p.peerStore.delete(id);
  }
}
