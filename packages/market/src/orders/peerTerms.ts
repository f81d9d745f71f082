/** Terms of homes in a market of chosen neighbours as the contract takes them (contracts/PeerTerms.sol), and their proofs. */
import type { Address } from '@wattchain/core';
import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import type { PeerSource } from '../mechanism/peerChoice.js';

/** How a home trades until it says otherwise. */
export interface PeerTerms {
  /** Units for 150 Wh. */
  readonly price: bigint;
  /** Empty: for everybody. */
  readonly reservedFor: readonly Address[];
  /** From the first choice on. */
  readonly ranks: readonly (readonly PeerSource[])[];
}

/** Terms, and from which period on they hold. */
export interface PeerChange {
  /** Number of the period: its start by its length. */
  readonly from: number;
  readonly terms: PeerTerms;
}

const TERMS = {
  type: 'tuple',
  components: [
    { name: 'price', type: 'uint96' },
    { name: 'reservedFor', type: 'address[]' },
    { name: 'sources', type: 'uint256[]' },
  ],
} as const;
const MOST_CHAIN = (1n << 224n) - 1n;

/** As the argument of `stand`. */
export function termsArgument({ price, reservedFor, ranks }: PeerTerms) {
  const sources = ranks.flatMap((rank, index) =>
    rank.map(
      ({ seller, shareBps, maxPrice }) =>
        (maxPrice << 184n) | (BigInt(index + 1) << 176n) | (BigInt(shareBps) << 160n) | BigInt(seller),
    ),
  );
  return { price, reservedFor, sources };
}

function termsHash(terms: PeerTerms): Hex {
  return keccak256(encodeAbiParameters([TERMS], [termsArgument(terms)]));
}

/** The chain of terms with one more. */
function chained(before: bigint, { from, terms }: PeerChange): bigint {
  const words = [{ type: 'uint224' }, { type: 'uint32' }, { type: 'bytes32' }] as const;
  return BigInt(keccak256(encodeAbiParameters(words, [before, from, termsHash(terms)]))) & MOST_CHAIN;
}

/**
 * What shows a market which terms a home had in a period and in those before the next change.
 * @param changes all that the home has said, in their order
 * @param numberOf of a member; 0 for who is none
 */
export function peerProof(changes: readonly PeerChange[], period: number, numberOf: (owner: Address) => bigint) {
  const count = changes.filter(({ from }) => from <= period).length;
  const inForce = changes[count - 1];
  const chainBefore = changes.slice(0, Math.max(0, count - 1)).reduce(chained, 0n);
  const later = changes.slice(count).map(({ from, terms }) => ({ from, termsHash: termsHash(terms) }));
  const terms = inForce === undefined ? { price: 0n, reservedFor: [], sources: [] } : termsArgument(inForce.terms);
  const numbers = (inForce?.terms.ranks ?? []).flat().map(({ seller }) => numberOf(seller));
  return { chainBefore, from: inForce?.from ?? 0, terms, numbers, later };
}
