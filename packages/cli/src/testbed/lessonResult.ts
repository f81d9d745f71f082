import type { CommunityCheck, DayCosts } from './result.js';

/** A household in a lesson. Amounts of tokens are exact decimal text. */
export interface LessonParty {
  readonly account: string;
  readonly startTokens: string;
  readonly endTokens: string;
  /** What it has once it has paid the grid for what did not come. */
  readonly afterGridTokens: string;
  /** What it would have, had all come. */
  readonly honestTokens: string;
  /** What the shortfall cost it. */
  readonly lostTokens: string;
}

/** A lesson as it happened on the chain: a seller that delivers less than it sold. Amounts are exact decimal text. */
export interface LessonResult extends DayCosts {
  readonly lesson: 'cheater';
  readonly period: string;
  readonly soldKwh: string;
  readonly deliveredKwh: string;
  readonly shortKwh: string;
  /** Tokens for 150 Wh. */
  readonly price: string;
  readonly gridPrice: string;
  /** What the buyer put in, what of it the seller got, and what came back. */
  readonly escrow: string;
  readonly paid: string;
  readonly returned: string;
  /** What the seller put in, and what of it the buyer got. */
  readonly bond: string;
  readonly compensation: string;
  /** What the grid takes for the energy that did not come. */
  readonly gridCost: string;
  readonly seller: LessonParty;
  readonly buyer: LessonParty;
  readonly explanation: string;
  readonly checks: readonly CommunityCheck[];
  /** Every check holds. */
  readonly passed: boolean;
}
