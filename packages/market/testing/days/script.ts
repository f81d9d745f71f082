/**
 * A day of the market as a script: what the contracts were given at the beginning, and who did what when. Machine and reference play the
 * same script. Numbers are decimal text; who and what is meant has a name: p1 … people, m1 … meters, r1 … references and
 * destinations, `trade` and `bank` the contracts, p0, m0 and r0 nobody and nothing.
 */

export type Json = string | boolean | readonly Json[] | { readonly [key: string]: Json };

/** What the genesis of a day decides. */
export interface DayRules {
  readonly chainId: string;
  readonly registryAddress: string;
  /** Address of each person, by name. */
  readonly people: Readonly<Record<string, string>>;
  /** In wei. */
  readonly coins: Readonly<Record<string, string>>;
  readonly council: {
    readonly keys: readonly string[];
    readonly recoveryKey: string;
    readonly noticeSeconds: string;
  };
  readonly registry: {
    readonly resolutionSeconds: string;
    readonly correctionSeconds: string;
    readonly readingLeadSeconds: string;
    readonly marketTimeOffset: string;
  };
  readonly trade: {
    /** 0 seller's meter, 1 pro rata, 2 first come. */
    readonly settlement: string;
    readonly bonds: boolean;
    readonly gridPrice: string;
    readonly smallestAcceptanceMwh: string;
    readonly longestSpanSeconds: string;
    readonly gateSeconds: string;
    readonly offerLeadSeconds: string;
  };
  readonly bank: {
    /** Of each seat. */
    readonly limits: readonly string[];
    readonly buyRate: string;
    readonly redeemRate: string;
  };
}

/** A transaction. */
export interface Act {
  readonly by: string;
  /** `contract.function` */
  readonly call: string;
  readonly args: readonly Json[];
  /** In wei. */
  readonly coins?: string;
}

export interface DayStart {
  readonly day: string;
  readonly rules: DayRules;
}

/** Acts from here on have this block time. */
export interface BlockStart {
  readonly block: string;
}

/** Here the block ends and all is compared. */
export interface Comparison {
  readonly compare: true;
}

export type Line = DayStart | BlockStart | Act | Comparison;

/** All that can be compared after a block, by what it is. */
export type Snapshot = Readonly<Record<string, Json>>;

/** What the machine says to an act: what the function returned, or in the contract's words why not. */
export type MachineAnswer = { readonly taken: Json } | { readonly refused: string };

/** What the reference says: `null` where nothing is returned; all rules that are broken; or what is otherwise than before. */
export type ReferenceAnswer =
  | { readonly taken: Json | null }
  | { readonly refused: readonly string[] }
  | { readonly changed: Snapshot };
