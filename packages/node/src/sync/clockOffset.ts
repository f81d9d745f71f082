import type { PeerInfo } from '../p2p/network.js';

/**
 * How far the peers' clocks are ahead of this node's, milliseconds (negative: behind): their median, so that no minority decides.
 * Between two opinions the smaller deviation; `undefined` while no peer says its time. For warnings; no rule follows it.
 */
export function clockOffsetOf(peers: readonly Pick<PeerInfo, 'clockOffsetMs'>[]): number | undefined {
  const offsets = peers.flatMap(({ clockOffsetMs }) => clockOffsetMs ?? []).sort((a, b) => a - b);
  const [low, high] = [offsets[Math.ceil(offsets.length / 2) - 1], offsets[Math.floor(offsets.length / 2)]];
  if (low === undefined || high === undefined) return undefined;
  if (low <= 0 && high >= 0) return low === high ? low : 0;
  return Math.abs(low) < Math.abs(high) ? low : high;
}
