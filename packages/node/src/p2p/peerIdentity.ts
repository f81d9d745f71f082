import type { Random } from '../runtime.js';

/** Peer id of the node that has this data directory; makes directory and key where there are none. Errors: `badPeerKey`. */
export async function peerIdIn(dataDir: string, random: Random): Promise<string> {
  // Loaded here and not before: most commands need no libp2p.
  const { loadPeerKey, peerIdOfKey } = await import('./peerKey.js');
  return peerIdOfKey(await loadPeerKey(dataDir, random));
}
