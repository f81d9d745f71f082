/** How what belongs to all is shared: whoever holds most gives first. */

/** Something that clients hold. */
export interface Held<T> {
  readonly item: T;
  readonly client: string;
  /** What the item counts. */
  readonly weight: number;
  /** Given only when its client has nothing else to give. */
  readonly isSpared?: boolean;
  /** Counted and never given. */
  readonly isKept?: boolean;
}

/** Who gives, what, and how much they hold. */
export interface Largest<T> {
  readonly item: T;
  readonly client: string;
  readonly amount: number;
}

/** What one client holds. */
export function amountOf<T>(held: Iterable<Held<T>>, client: string): number {
  let amount = 0;
  for (const { client: holder, weight } of held) if (holder === client) amount += weight;
  return amount;
}

/**
 * Of the client that holds most, the item that comes first. Items are listed in the order of their last use, so it is the
 * one that rested longest; among clients that hold the same, it is the first of all.
 */
export function largestHolder<T>(held: readonly Held<T>[]): Largest<T> | undefined {
  const amounts = new Map<string, number>();
  for (const { client, weight } of held) amounts.set(client, (amounts.get(client) ?? 0) + weight);
  let best: { readonly held: Held<T>; readonly amount: number } | undefined;
  for (const candidate of held) {
    if (candidate.weight === 0 || candidate.isKept === true) continue;
    const amount = amounts.get(candidate.client) as number;
    const isBetter =
      best === undefined ||
      amount > best.amount ||
      (amount === best.amount && best.held.isSpared === true && candidate.isSpared !== true);
    if (isBetter) best = { held: candidate, amount };
  }
  return best && { item: best.held.item, client: best.held.client, amount: best.amount };
}
