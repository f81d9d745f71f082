/**
 * What EnergyTrade should do, written as differently from the contract as possible: readings and trades are collected, and
 * the result of a trade is computed from them alone when someone asks, without cursors or running rests.
 */

/** An offer in the model. */
export interface ModelOffer {
  readonly id: number;
  readonly period: string;
  readonly start: bigint;
  readonly price: bigint;
  readonly acceptUntil: bigint;
  readonly settleBy: bigint;
  readonly energy: bigint;
  cancelled: bigint;
}

/** A trade in the model, in order of acceptance. */
export interface ModelTrade {
  readonly id: number;
  readonly offer: ModelOffer;
  readonly buyer: number;
  readonly energy: bigint;
}

/** A reading in the model. */
export interface ModelReading {
  readonly deliverable: bigint;
  readonly reportedAt: bigint;
}

/** How a trade ends. */
export interface ModelResult {
  readonly kind: 'settled' | 'refunded';
  readonly delivered: bigint;
  readonly toSeller: bigint;
  readonly toBuyer: bigint;
}

/** Energy of an offer that nobody has accepted and the seller has not cancelled. */
export function remainingOf(offer: ModelOffer, trades: readonly ModelTrade[]): bigint {
  const sold = trades.filter((trade) => trade.offer === offer).reduce((sum, { energy }) => sum + energy, 0n);
  return offer.energy - sold - offer.cancelled;
}

/** Tokens that a trade holds in escrow. */
export function escrowOf({ offer, energy }: ModelTrade): bigint {
  return (energy * offer.price) / 150_000n;
}

/** How a trade ends, or `undefined` while it is not decided: no reading yet, and settleBy not passed. */
export function resultOf(
  trade: ModelTrade,
  trades: readonly ModelTrade[],
  readings: ReadonlyMap<string, ModelReading>,
  nowS: bigint,
): ModelResult | undefined {
  const escrow = escrowOf(trade);
  const reading = readings.get(trade.offer.period);
  const isInTime = ({ offer }: ModelTrade) => reading !== undefined && reading.reportedAt <= offer.settleBy;
  if (reading === undefined || !isInTime(trade)) {
    if (nowS <= trade.offer.settleBy) return undefined;
    return { kind: 'refunded', delivered: 0n, toSeller: 0n, toBuyer: escrow };
  }
  const before = trades
    .filter((other) => other.offer.period === trade.offer.period && other.id < trade.id && isInTime(other))
    .reduce((sum, { energy }) => sum + energy, 0n);
  // The middle of the three: nothing, what is left at this trade's turn, all of it.
  const reach = reading.deliverable - before;
  const delivered = [0n, reach, trade.energy].sort((a, b) => (a < b ? -1 : 1))[1] ?? 0n;
  const toSeller = (delivered * trade.offer.price) / 150_000n;
  return { kind: 'settled', delivered, toSeller, toBuyer: escrow - toSeller };
}
