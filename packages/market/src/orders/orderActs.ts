/** Acts and fills of a market with orders as words (contracts/OrderActs.sol), and what a caller hands in with them. */
import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { inOrderOfPrice, type Order } from '../mechanism/common/orders.js';
import { TieOrder } from '../mechanism/common/ties.js';

/** Kinds of acts, and of fills. */
export const ACT_KINDS = { void: 0n, bid: 1n, ask: 2n, cancel: 3n, commit: 4n, reveal: 5n, forfeit: 6n } as const;

const mask = (bits: bigint) => (1n << bits) - 1n;
/** Acts to a word of a ranking. */
const PLACES_IN_A_WORD = 16;

/** An act by its fields. */
export interface ActFields {
  /** The member's number, from 1. */
  readonly member: bigint;
  readonly kind: bigint;
  /** Place among the acts of the period of what it cancels or opens. */
  readonly about?: bigint;
  /** The period's start by its length. */
  readonly number: bigint;
  readonly energyMwh?: bigint;
  /** Money units for 150 Wh. */
  readonly price?: bigint;
}

export function actWord({ member, kind, about = 0n, number, energyMwh = 0n, price = 0n }: ActFields): bigint {
  return (member << 240n) | (kind << 232n) | (about << 216n) | (number << 184n) | (energyMwh << 96n) | price;
}

export function actFields(word: bigint): Required<ActFields> {
  return {
    member: word >> 240n,
    kind: (word >> 232n) & mask(8n),
    about: (word >> 216n) & mask(16n),
    number: (word >> 184n) & mask(32n),
    energyMwh: (word >> 96n) & mask(56n),
    price: word & mask(96n),
  };
}

/** What became of an act; energy in mWh, money units. */
export interface FillFields {
  readonly member: bigint;
  readonly kind: bigint;
  readonly energyMwh: bigint;
  /** What a bid pays, an ask gets, a forfeited commitment loses. */
  readonly amount: bigint;
  /** What the act has locked. */
  readonly lock: bigint;
}

export function fillFields(word: bigint): FillFields {
  return {
    member: word >> 240n,
    kind: (word >> 232n) & mask(8n),
    energyMwh: (word >> 176n) & mask(56n),
    amount: (word >> 80n) & mask(96n),
    lock: word & mask(80n),
  };
}

/** A commitment to an order, which is a word as in an open market. */
export function commitmentTo(order: bigint, salt: Hex): bigint {
  const { member, number } = actFields(order);
  const hash = keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes32' }], [order, salt]));
  return actWord({ member, kind: ACT_KINDS.commit, number }) | (BigInt(hash) & mask(184n));
}

/** An order that stands, and the place of its act. */
export interface PlacedOrder extends Order {
  readonly place: number;
}

/** The ranking that a call auction takes: places of bids, the dearest first, and of asks, the cheapest first. */
export function rankingOf(periodStart: bigint, bids: readonly PlacedOrder[], asks: readonly PlacedOrder[]): bigint[] {
  const ties = new TieOrder(periodStart);
  const inOrder = (orders: readonly PlacedOrder[], side: 'bids' | 'asks') =>
    inOrderOfPrice(orders, side, ties).map((index) => (orders[index] as PlacedOrder).place);
  return rankingWords([...inOrder(bids, 'bids'), ...inOrder(asks, 'asks')]);
}

/** Sixteen places to a word, the first in the lowest bits. */
export function rankingWords(places: readonly number[]): bigint[] {
  const words: bigint[] = [];
  for (let first = 0; first < places.length; first += PLACES_IN_A_WORD) {
    const some = places.slice(first, first + PLACES_IN_A_WORD);
    words.push(some.reduce((word, place, i) => word | (BigInt(place) << BigInt(16 * i)), 0n));
  }
  return words;
}
