/** One direction of the way between two nodes. Whoever plays the weather changes it while time passes. */
export interface LinkState {
  /** Nothing comes through. What a connection has under way waits, as TCP does, until it is given up. */
  cut: boolean;
  /** Gossip that is lost and requests that are never heard of, of 1,000. */
  lossPerMille: number;
  /** Gossip that comes twice. */
  duplicatePerMille: number;
  /** Each message takes a time of its own between these, milliseconds. */
  latency: { minMs: number; maxMs: number };
  /** Added to each message. */
  slowMs: number;
}

/** A home network with a little of everything. */
export const USUAL_LINK: LinkState = {
  cut: false,
  lossPerMille: 2,
  duplicatePerMille: 5,
  latency: { minMs: 2, maxMs: 60 },
  slowMs: 0,
};

/** A copy that nobody else changes. */
export function copyLink(link: LinkState): LinkState {
  return { ...link, latency: { ...link.latency } };
}
