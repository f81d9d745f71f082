import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { formatInstant } from '../instant.js';
import { formatTokenAmount } from '../units.js';
import type { ReadingClient } from './transaction.js';

/** What the grid takes for energy, and what it will. */
export interface GridPrice {
  /** In force, token units for 150 Wh. */
  readonly inForce: bigint;
  /** `undefined` when no other price was announced, or it was retracted or put in force. */
  readonly announced: AnnouncedGridPrice | undefined;
}

/** A grid price that is announced. */
export interface AnnouncedGridPrice {
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** Block time in seconds; names the announcement together with the price. */
  readonly announcedAt: bigint;
  /** Seat of the council. */
  readonly announcedBy: bigint;
  /** Seat of the council; `undefined` while nobody has confirmed it. */
  readonly confirmedBy: bigint | undefined;
  /** Block times in seconds from when on and until when a confirmed one can be put in force. */
  readonly from: bigint;
  readonly until: bigint;
}

export interface GetGridPriceParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
}

/**
 * The grid price in force and the one that is announced.
 * @example
 * const { inForce, announced } = await getGridPrice(client, { tradeAddress });
 */
export async function getGridPrice(client: ReadingClient, parameters: GetGridPriceParameters): Promise<GridPrice> {
  const { tradeAddress: address } = parameters;
  const [inForce, price, announcedAt, announcedBy, confirmedBy, from, until] = await readContract(client, {
    address,
    abi: energyTradeAbi,
    functionName: 'gridPrice',
  });
  if (announcedAt === 0n) return { inForce, announced: undefined };
  const confirmation = confirmedBy === 0n ? undefined : confirmedBy;
  return { inForce, announced: { price, announcedAt, announcedBy, confirmedBy: confirmation, from, until } };
}

/**
 * What the grid takes, what it will, and what must happen for that, in plain language.
 * @param parameters.now time of the newest block, seconds
 * @example
 * console.log(await explainGridPrice(client, { tradeAddress, now }));
 */
export async function explainGridPrice(
  client: ReadingClient,
  { now, ...parameters }: GetGridPriceParameters & { readonly now: bigint },
): Promise<string> {
  return describeGridPrice(await getGridPrice(client, parameters), now);
}

/** The sentences of {@link explainGridPrice} for a price that was read already. */
export function describeGridPrice({ inForce, announced }: GridPrice, now: bigint): string {
  const today = `The grid takes ${formatTokenAmount(inForce)} for 150 Wh`;
  if (announced === undefined) return `${today}.`;
  const { price, announcedAt, announcedBy, confirmedBy, from, until } = announced;
  const change = `${formatTokenAmount(price)}, announced by seat ${announcedBy} at ${formatInstant(announcedAt)}`;
  if (now > until) return `${today}. ${change}, has lapsed.`;
  const agreed =
    confirmedBy === undefined ? 'which another member must confirm' : `which seat ${confirmedBy} has confirmed`;
  const when = now < from ? `from ${formatInstant(from)} to ${formatInstant(until)}` : `until ${formatInstant(until)}`;
  return `${today}. ${change}, ${agreed}, can be put in force by anyone ${when}. Offers keep the price they were made with.`;
}
