import type { Log } from '@wattchain/core';
import {
  ALL_ARTIFACTS,
  type AnyContractName,
  COMMUNITY_ADDRESSES,
  deployCommunity,
  type GenesisContractJson,
  homeTotal,
  type PeriodPrices,
  type RuleOutcome,
} from '@wattchain/market';
import type { Abi } from 'viem';
import { BLOCK_GAS, type ChainContract, type CommunityChain, eventsOf } from '../chain.js';
import { blockTimeOf, endOf, registerMeters, reportReadings, requireConserved } from './community.js';
import { councilRules, NOTICE_SECONDS, registryRules } from './genesis.js';
import { meterOf, type OnChain, type ReadView, type RuleRun, type RuleRunContext } from './ruleRun.js';

/** Entries of a tariff that one transaction posts at most. */
const ENTRIES_A_TRANSACTION = 200;
/** Members times periods that a settlement's call has at most: some thousand gas each of a block. */
const SETTLED_A_CALL = 3_000;
/** Gas of a settlement at most: of the call, and of each member in it beside its periods. */
const CALL_GAS = 300_000;
const MEMBER_GAS = 18_000;
/** Gas of a member that is measured or paid where one period is settled in parts, and of each that `pay` is told of. */
const PART_GAS = 40_000;
const TOLD_GAS = 800;
/** Room beyond all that may be owed: roundings of a unit or so for each period. */
const ROUNDING = 1_000_000n;
const SILENCE_SECONDS = 30n * 86_400n;

/** A contract at one of a community's addresses. */
export function contractAt(name: AnyContractName, address: ChainContract['address']): ChainContract {
  return { name, address, abi: ALL_ARTIFACTS[name].abi as Abi };
}

/** An entry in force from a period's start on. */
interface Entry {
  readonly from: bigint;
  readonly prices: PeriodPrices;
}

/** What all markets on the shared accounts have in common: members with deposits, tariffs posted with notice, readings, settlement. */
export abstract class CommunityMarketRun implements RuleRun {
  readonly market: ChainContract;
  readonly notes: readonly string[] = [];
  readonly settlementBlocks: number = 2;
  readonly mostPeriods: number = Number.POSITIVE_INFINITY;
  protected readonly money = contractAt('CommunityMoney', COMMUNITY_ADDRESSES.moneyAddress);
  readonly registry: ChainContract = contractAt('CommunityRegistry', COMMUNITY_ADDRESSES.registryAddress);
  protected readonly grid = contractAt('Grid', COMMUNITY_ADDRESSES.gridAddress);
  readonly #tariffs: readonly Entry[];
  readonly #fees: readonly Entry[];
  readonly #deposits: readonly bigint[];
  readonly #advance: bigint;

  protected constructor(
    protected readonly context: RuleRunContext,
    protected readonly contractName: AnyContractName,
    private readonly args: readonly unknown[],
    /** What each home puts in beyond what its energies can cost, money units. */
    beside = 0n,
  ) {
    this.market = contractAt(contractName, COMMUNITY_ADDRESSES.marketAddress);
    this.#tariffs = changesOf(context, (a, b) => a.tariff === b.tariff && a.feedIn === b.feedIn);
    this.#fees = changesOf(context, (a, b) => a.gridFee === b.gridFee && a.localFee === b.localFee);
    const { advance, deposits } = depositsOf(context);
    this.#advance = advance;
    this.#deposits = deposits.map((units) => units + beside);
  }

  contracts(): readonly GenesisContractJson[] {
    const { community, roles } = this.context;
    const first = community.periods.pricesAt(0);
    const { tariff, feedIn, gridFee, localFee } = first;
    return deployCommunity({
      council: councilRules(this.context),
      registry: registryRules(this.context),
      supplier: roles.supplier.address,
      gridOperator: roles.gridOperator.address,
      money: { issuer: roles.issuer.address, symbol: community.facts.currency },
      grid: { noticeSeconds: NOTICE_SECONDS, first: { tariff, feedIn, gridFee, localFee } },
      market: {
        contract: this.contractName,
        args: this.args,
        depositFloor: this.#advance,
        advanceLimit: this.#advance,
        firstPeriod: community.facts.fromSeconds,
        silenceSeconds: SILENCE_SECONDS,
      },
    });
  }

  async setUp(chain: CommunityChain): Promise<void> {
    const { community, roles } = this.context;
    const { supplier, gridOperator, issuer } = roles;
    registerMeters(chain, this.registry, this.context);
    const stock = this.#supplierDeposit();
    chain.send(issuer, this.money, 'mint', [supplier.address, stock]);
    community.homes.forEach(({ address }, home) => {
      chain.send(issuer, this.money, 'mint', [address, this.#deposits[home] ?? 0n]);
    });
    await chain.seal(0n);
    chain.send(supplier, this.money, 'approve', [this.market.address, stock]);
    chain.send(supplier, this.market, 'deposit', [supplier.address, stock]);
    for (const part of inParts(this.#tariffs.slice(1)))
      chain.send(
        supplier,
        this.grid,
        'postTariffs',
        [part.map(({ from, prices: { tariff, feedIn } }) => ({ from, tariff, feedIn }))],
        BLOCK_GAS,
      );
    for (const part of inParts(this.#fees.slice(1)))
      chain.send(
        gridOperator,
        this.grid,
        'postFees',
        [part.map(({ from, prices: { gridFee, localFee } }) => ({ from, gridFee, localFee }))],
        BLOCK_GAS,
      );
    await chain.seal(0n);
    community.homes.forEach((home, index) => {
      const deposit = this.#deposits[index] ?? 0n;
      chain.send(home, this.money, 'approve', [this.market.address, deposit]);
    });
    await chain.seal(0n);
    community.homes.forEach((home, index) => {
      // A member takes the next place.
      chain.send(home, this.market, 'join', [meterOf(home.address), this.#deposits[index] ?? 0n, index + 1]);
    });
    await chain.seal(0n, 'inOrder');
  }

  async play(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { community } = this.context;
    await this.duringPeriods(chain, first, count);
    reportReadings(chain, this.registry, this.context, { first, count });
    await chain.seal(blockTimeOf(this.context, endOf(community, first + count - 1)));
    const most = Math.max(1, Math.floor(SETTLED_A_CALL / community.homes.length));
    for (let from = first; from < first + count; from += most)
      await this.settle(chain, from, Math.min(most, first + count - from));
    await this.afterPeriods(chain, first + count);
  }

  /** Orders, where the rule has any. */
  async open(_chain: CommunityChain, _first: number, _count: number): Promise<void> {}

  /** What is done while periods run: clearing. */
  protected async duringPeriods(_chain: CommunityChain, _first: number, _count: number): Promise<void> {}

  /** Settles periods whose readings are final. */
  protected abstract settle(chain: CommunityChain, first: number, count: number): Promise<void>;

  /**
   * Settles periods of a pool in as few calls as there is room for in blocks, and one that has none in parts.
   * @param periodGas of a member and period, at most
   */
  protected async settlePeriods(chain: CommunityChain, first: number, count: number, periodGas: number): Promise<void> {
    const homes = this.context.community.homes.length;
    if (CALL_GAS + homes * (MEMBER_GAS + count * periodGas) <= chain.blockGas) {
      const args = [this.hintOf(first), this.startOf(first), BigInt(count)];
      chain.send(this.context.roles.gateway, this.market, 'settle', args, BLOCK_GAS);
      await chain.seal(0n);
    } else if (count > 1) {
      const half = Math.ceil(count / 2);
      await this.settlePeriods(chain, first, half, periodGas);
      await this.settlePeriods(chain, first + half, count - half, periodGas);
    } else await this.#settleInParts(chain, first, homes);
  }

  /** Members are measured, what all of them get is worked out, and they are paid; some in each call. */
  async #settleInParts(chain: CommunityChain, period: number, homes: number): Promise<void> {
    const call = async (name: string, ...args: readonly unknown[]) => {
      chain.send(this.context.roles.gateway, this.market, name, args, BLOCK_GAS);
      return (await chain.seal(0n)).flatMap(({ receipt }) => receipt.logs);
    };
    const [hint, start] = [this.hintOf(period), this.startOf(period)];
    const most = Math.max(1, Math.floor((chain.blockGas - CALL_GAS - homes * TOLD_GAS) / PART_GAS));
    for (let done = 0; done < homes; done += most) await call('measure', hint, start, BigInt(most));
    const shared = eventsOf<{ parts: readonly bigint[] }>(this.market, 'Shared', await call('share', hint, start));
    for (let done = 0; done < homes; done += most) await call('pay', start, shared[0]?.parts ?? [], BigInt(most));
  }

  /** What is done when all periods before `next` are settled. */
  protected async afterPeriods(_chain: CommunityChain, _next: number): Promise<void> {}

  /** Where the prices of a period stand in the grid's lists. */
  protected hintOf(period: number): { readonly tariffEntry: bigint; readonly feeEntry: bigint } {
    const { start } = this.context.community.periods.described(period);
    const entryOf = (entries: readonly Entry[]) => BigInt(entries.findLastIndex(({ from }) => from <= start));
    return { tariffEntry: entryOf(this.#tariffs), feeEntry: entryOf(this.#fees) };
  }

  protected startOf(period: number): bigint {
    return this.context.community.periods.described(period).start;
  }

  audit(read: ReadView): void {
    const [held, accounts] = read<readonly [bigint, bigint]>(this.market, 'audit');
    requireConserved(held, accounts);
  }

  compare(read: ReadView, { bills }: RuleOutcome): OnChain {
    return {
      what: 'what the deposit lost',
      paid: this.context.community.homes.map(({ address }, home) => {
        const [balance, , owed] = read<readonly [bigint, bigint, bigint]>(this.market, 'accountOf', [address]);
        return (this.#deposits[home] ?? 0n) - balance - owed;
      }),
      billed: bills.map((bill) => homeTotal({ ...bill, ownUseMwh: 0n, charges: 0n })),
    };
  }

  periodsOf(logs: readonly Log[]): readonly bigint[] {
    const { periodSeconds } = this.context.community.facts;
    return eventsOf<{ from: bigint; until: bigint }>(this.market, 'Settled', logs).flatMap(({ from, until }) => {
      const start = this.settledFrom(from, until);
      return Array.from(
        { length: Number((until - start) / periodSeconds) },
        (_, k) => start + BigInt(k) * periodSeconds,
      );
    });
  }

  /** The first period of what an event says to be settled. */
  protected settledFrom(from: bigint, _until: bigint): bigint {
    return from;
  }

  /** What the supplier pays for all exports, and what it keeps for the homes. */
  #supplierDeposit(): bigint {
    const { periods, homes } = this.context.community;
    let exported = 0n;
    for (const { members, prices } of periods)
      for (const { surplusMwh } of members) exported += (surplusMwh * prices.feedIn) / 150_000n + 1n;
    return exported + BigInt(homes.length) * this.#advance + ROUNDING;
  }
}

/** Consecutive periods with the same prices make one entry. The first is in force from market time 0 on. */
function changesOf(
  { community }: RuleRunContext,
  isSame: (a: PeriodPrices, b: PeriodPrices) => boolean,
): readonly Entry[] {
  const entries: Entry[] = [];
  for (const [period, prices] of community.periods.prices.entries()) {
    const last = entries.at(-1);
    if (last !== undefined && isSame(last.prices, prices)) continue;
    entries.push({ from: last === undefined ? 0n : community.periods.described(period).start, prices });
  }
  return entries;
}

/** The most that a milliwatt-hour costs in the span, money units, rounded up. */
function dearest({ community }: RuleRunContext): bigint {
  const largest = community.periods.prices.reduce((most, { tariff, gridFee }) => {
    const price = tariff + gridFee;
    return price > most ? price : most;
  }, 0n);
  return largest / 150_000n + 1n;
}

/** What a home needs, has and states in each period, mWh. */
function* energiesOf({ community }: RuleRunContext): Iterable<readonly bigint[]> {
  for (const period of community.periods)
    yield period.members.map(
      ({ needMwh, surplusMwh }, home) =>
        needMwh + surplusMwh + (community.agents.orderOf(period, home)?.energyMwh ?? 0n),
    );
}

/**
 * The most that a period can cost a home, money units: the least deposit of a member, and what the supplier advances; and what each home
 * puts in, which is all that its energies can cost.
 */
function depositsOf(context: RuleRunContext): { readonly advance: bigint; readonly deposits: readonly bigint[] } {
  const unit = dearest(context);
  const { homes, periods } = context.community;
  const sums = homes.map(() => 0n);
  let most = 0n;
  for (const energies of energiesOf(context))
    energies.forEach((mwh, home) => {
      sums[home] = (sums[home] ?? 0n) + mwh;
      if (mwh > most) most = mwh;
    });
  const rounding = ROUNDING * BigInt(periods.length + 1);
  const advance = most * unit + ROUNDING;
  return { advance, deposits: sums.map((mwh) => 2n * mwh * unit + rounding + advance) };
}

function inParts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / ENTRIES_A_TRANSACTION) }, (_, part) =>
    items.slice(part * ENTRIES_A_TRANSACTION, (part + 1) * ENTRIES_A_TRANSACTION),
  );
}
