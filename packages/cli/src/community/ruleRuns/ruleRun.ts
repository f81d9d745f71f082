import type { Address, Hash, Log } from '@wattchain/core';
import type { GenesisContractJson, MarketRule, RuleOutcome, RuleParams } from '@wattchain/market';
import type { ChainAccount, ChainContract, CommunityChain } from '../chain.js';
import type { PreparedCommunity } from '../prepare.js';

/** Whose keys act beside the homes' own. */
export interface CommunityRoles {
  /** Two registrars, who are the council. */
  readonly registrars: readonly [ChainAccount, ChainAccount];
  /** Decides on their keys. */
  readonly recovery: ChainAccount;
  /** Reports all meters, settles, and does whatever anyone may do. */
  readonly gateway: ChainAccount;
  readonly issuer: ChainAccount;
  readonly supplier: ChainAccount;
  readonly gridOperator: ChainAccount;
}

/** What a rule's run on a chain is made from. */
export interface RuleRunContext {
  readonly community: PreparedCommunity;
  readonly rule: MarketRule;
  readonly params: RuleParams;
  readonly roles: CommunityRoles;
  /** Block time less market time, seconds. */
  readonly shiftSeconds: bigint;
}

/** A market's account of money as the chain has it: what the bills must be. */
export interface OnChain {
  /** Text of what is compared: `paid to neighbours less got from them`. */
  readonly what: string;
  /** By home: what the chain took from it. */
  readonly paid: readonly bigint[];
  /** By home: the same by the bills. */
  readonly billed: readonly bigint[];
}

/** Reads a view of a contract at the head of a chain. */
export type ReadView = <T>(contract: ChainContract, functionName: string, args?: readonly unknown[]) => T;

/** How one market rule is played on its chain. */
export interface RuleRun {
  /** The contract that settles. */
  readonly market: ChainContract;
  readonly registry: ChainContract;
  /** Entries of the genesis file. */
  contracts(): readonly GenesisContractJson[];
  /** What comes before the first period: meters, money, members, tariffs. */
  setUp(chain: CommunityChain): Promise<void>;
  /** Orders of periods that follow each other, before they begin and before those before them are settled. */
  open(chain: CommunityChain, first: number, count: number): Promise<void>;
  /** Clearing, readings and settlement of periods that are open. */
  play(chain: CommunityChain, first: number, count: number): Promise<void>;
  /** Whether money is conserved. Errors: `runFailed`, with the figures. */
  audit(read: ReadView): void;
  /** What the chain took from each home beside what the bills say. */
  compare(read: ReadView, outcome: RuleOutcome): OnChain;
  /** Starts of the periods that a transaction with these logs cleared or settled. */
  periodsOf(logs: readonly Log[]): readonly bigint[];
  /** Sentences about what is computed beside the chain. */
  readonly notes: readonly string[];
  /** Blocks from the report of a period until its settlement, both included: for the modelled time to confirmation. */
  readonly settlementBlocks: number;
  /** Periods that can be opened at once. */
  readonly mostPeriods: number;
}

/** Which transactions cleared and settled each period. */
export class PeriodTransactions {
  readonly #byStart = new Map<bigint, Hash[]>();

  constructor(private readonly periodsOf: (logs: readonly Log[]) => readonly bigint[]) {}

  note(hash: Hash, logs: readonly Log[]): void {
    for (const start of new Set(this.periodsOf(logs))) {
      const hashes = this.#byStart.get(start);
      if (hashes === undefined) this.#byStart.set(start, [hash]);
      else hashes.push(hash);
    }
  }

  of(start: bigint): readonly Hash[] {
    return this.#byStart.get(start) ?? [];
  }
}

/** Where a meter's name comes from: 32 bytes of the home's account, so that pages can tell whose it is. */
export function meterOf(owner: Address): Hash {
  return `0x${owner.slice(2).padStart(64, '0')}`;
}
