import { bondNeeded, COMMUNITY_ADDRESSES, type CompanionFigure, TOKEN_UNIT } from '@wattchain/market';
import { BLOCK_GAS, type CommunityChain } from '../chain.js';
import { blockTimeOf, endOf, registerMeters, requireConserved } from '../ruleRuns/community.js';
import type { OnChain, ReadView, RuleRunContext } from '../ruleRuns/ruleRun.js';
import { CompanionRun, daysOf } from './companionRun.js';

/** A coin for a unit of account, and a bond of one and a half times that. */
const RATE_WEI = TOKEN_UNIT;
const RATIO_BPS = 15_000n;
const MWH_PER_TOKEN = 150_000n;

/** The supplier as a host: homes pay for what they take from the grid with its units, day by day, and it redeems them at the end. */
export class DualTokenRun extends CompanionRun {
  readonly notes = [
    'The supplier is the host, a coin is worth a unit throughout, and each home has bought the units for its whole span outside the chain.',
  ];
  /** What a home pays by day of the run, without a market; of the first period of a day. */
  readonly #costs: readonly ReadonlyMap<number, bigint>[];

  constructor(context: RuleRunContext) {
    const { community, roles } = context;
    super(context, 'DualToken', [
      'Unit of account',
      community.facts.currency,
      COMMUNITY_ADDRESSES.councilAddress,
      roles.supplier.address,
      RATE_WEI,
      RATIO_BPS,
    ]);
    const days = daysOf(community);
    this.#costs = community.homes.map((_, home) => {
      const raw: bigint[] = [];
      for (const { needMwh, band } of community.periods.ofHome(home)) raw.push(needMwh * band.tariff);
      return new Map(
        days.map(({ first, count }) => {
          const cost = raw.slice(first, first + count).reduce((sum, one) => sum + one, 0n);
          return [first, cost / MWH_PER_TOKEN];
        }),
      );
    });
  }

  async setUp(chain: CommunityChain): Promise<void> {
    const { community, roles } = this.context;
    registerMeters(chain, this.registry, this.context);
    const bond = bondNeeded(this.#made(), RATE_WEI, RATIO_BPS);
    chain.send(roles.supplier, this.market, 'lockBond', [], BLOCK_GAS, bond);
    community.homes.forEach(({ address }, home) => {
      const units = this.#unitsOf(home);
      if (units > 0n) chain.send(roles.supplier, this.market, 'mint', [address, units]);
    });
    await chain.seal(0n);
  }

  async play(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { community, roles } = this.context;
    community.homes.forEach((home, index) => {
      const cost = this.#costs[index]?.get(first) ?? 0n;
      if (cost > 0n) chain.send(home, this.market, 'transfer', [roles.supplier.address, cost]);
    });
    await chain.seal(blockTimeOf(this.context, endOf(community, first + count - 1)));
    if (first + count < community.periods.length) return;
    const back = chain.read<bigint>(this.market, 'balanceOf', [roles.supplier.address]);
    if (back > 0n) chain.send(roles.supplier, this.market, 'redeem', [back, 0n]);
    await chain.seal(0n);
  }

  /** The bond covers the units at its ratio. */
  audit(read: ReadView): void {
    const [bond, needed] = read<readonly [bigint, bigint, boolean]>(this.market, 'bondState');
    requireConserved(bond < needed ? bond : needed, needed);
  }

  protected check(read: ReadView): OnChain {
    const { homes } = this.context.community;
    return {
      what: 'what is left of its units',
      paid: homes.map(({ address }) => read<bigint>(this.market, 'balanceOf', [address])),
      billed: homes.map(() => 0n),
    };
  }

  protected figuresOf(read: ReadView): readonly CompanionFigure[] {
    const [bond, needed] = read<readonly [bigint, bigint, boolean]>(this.market, 'bondState');
    const left = read<bigint>(this.market, 'totalSupply');
    const made = this.#made();
    return [
      { what: 'units made', value: made, unit: 'money' },
      { what: 'bond locked for them', value: bondNeeded(made, RATE_WEI, RATIO_BPS), unit: 'wei' },
      { what: 'units redeemed', value: made - left, unit: 'money' },
      { what: 'units left', value: left, unit: 'money' },
      { what: 'bond left', value: bond, unit: 'wei' },
      { what: 'bond needed', value: needed, unit: 'wei' },
    ];
  }

  #made(): bigint {
    return this.#costs.reduce((sum, _, home) => sum + this.#unitsOf(home), 0n);
  }

  #unitsOf(home: number): bigint {
    return [...(this.#costs[home]?.values() ?? [])].reduce((sum, one) => sum + one, 0n);
  }
}
