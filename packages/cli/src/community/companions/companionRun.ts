import type { Log } from '@wattchain/core';
import {
  type AnyContractName,
  COMMUNITY_ADDRESSES,
  type CompanionFigure,
  deployCommunity,
  type GenesisContractJson,
  type RuleOutcome,
} from '@wattchain/market';
import type { ChainContract, CommunityChain } from '../chain.js';
import type { PreparedCommunity } from '../prepare.js';
import { batchesOf } from '../ruleChain.js';
import { contractAt } from '../ruleRuns/communityMarketRun.js';
import { councilRules, NOTICE_SECONDS, registryRules } from '../ruleRuns/genesis.js';
import type { OnChain, ReadView, RuleRun, RuleRunContext } from '../ruleRuns/ruleRun.js';

/** A companion has no bills: what it did is compared with its own pure rule. */
export const NO_BILLS: RuleOutcome = { bills: [], periods: [], supplier: { paid: 0n, got: 0n }, toFund: 0n };

/** All periods of a day are played at once. */
const MOST_PERIODS = Number.POSITIVE_INFINITY;

/** Days as they are played. */
export const daysOf = (community: PreparedCommunity) => batchesOf(community, { mostPeriods: MOST_PERIODS });

/** How a contract is played that settles no market, but stands beside one, with the community's readings on a chain of its own. */
export abstract class CompanionRun implements RuleRun {
  readonly market: ChainContract;
  readonly registry = contractAt('CommunityRegistry', COMMUNITY_ADDRESSES.registryAddress);
  readonly settlementBlocks = 2;
  readonly mostPeriods = MOST_PERIODS;
  abstract readonly notes: readonly string[];
  protected readonly money = contractAt('CommunityMoney', COMMUNITY_ADDRESSES.moneyAddress);

  protected constructor(
    protected readonly context: RuleRunContext,
    private readonly contractName: AnyContractName,
    private readonly args: readonly unknown[],
  ) {
    this.market = contractAt(contractName, COMMUNITY_ADDRESSES.marketAddress);
  }

  contracts(): readonly GenesisContractJson[] {
    const { community, roles } = this.context;
    const { tariff, feedIn, gridFee, localFee } = community.periods.pricesAt(0);
    return deployCommunity({
      council: councilRules(this.context),
      registry: registryRules(this.context),
      supplier: roles.supplier.address,
      gridOperator: roles.gridOperator.address,
      money: { issuer: roles.issuer.address, symbol: community.facts.currency },
      grid: { noticeSeconds: NOTICE_SECONDS, first: { tariff, feedIn, gridFee, localFee } },
      others: [{ contract: this.contractName, address: this.market.address, args: this.args }],
    });
  }

  abstract setUp(chain: CommunityChain): Promise<void>;
  async open(_chain: CommunityChain, _first: number, _count: number): Promise<void> {}

  abstract play(chain: CommunityChain, first: number, count: number): Promise<void>;
  abstract audit(read: ReadView): void;
  /** What the chain has and what the pure rule says, home by home. */
  protected abstract check(read: ReadView): OnChain;
  protected abstract figuresOf(read: ReadView): readonly CompanionFigure[];

  /** What the contract says at the end; nothing before it was compared. */
  figures: readonly CompanionFigure[] = [];

  compare(read: ReadView): OnChain {
    this.figures = this.figuresOf(read);
    return this.check(read);
  }

  periodsOf(_logs: readonly Log[]): readonly bigint[] {
    return [];
  }
}
