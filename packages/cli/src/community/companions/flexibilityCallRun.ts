import {
  amountOf,
  baselineSum,
  COMMUNITY_ADDRESSES,
  type CompanionFigure,
  type FlexibilityDelivery,
  type FlexibilityPromise,
  needOf,
  settleFlexibility,
  surplusOf,
} from '@wattchain/market';
import type { Hex } from 'viem';
import { BLOCK_GAS, type CommunityChain } from '../chain.js';
import {
  blockTimeOf,
  endOf,
  largestReading,
  registerMeters,
  reportReadings,
  requireConserved,
} from '../ruleRuns/community.js';
import { meterOf, type OnChain, type ReadView, type RuleRunContext } from '../ruleRuns/ruleRun.js';
import { CompanionRun, daysOf } from './companionRun.js';

const DAY = 86_400n;
const BASELINE_DAYS = 3n;
/** Days that a baseline may reach back. */
const MOST_DAYS_BACK = 93n;
const SILENCE_SECONDS = 30n * DAY;
/** A tenth of what the community usually needs then is wanted. */
const WANTED_SHARE = 10n;

interface Terms {
  readonly buyer: Hex;
  readonly periodStart: bigint;
  readonly isMore: false;
  readonly wantedMwh: bigint;
  readonly price: bigint;
  readonly penaltyPrice: bigint;
  readonly number: bigint;
}

/** A day's call, with who promised what. */
interface DayCall {
  readonly terms: Terms;
  readonly homes: readonly number[];
  readonly promises: readonly FlexibilityPromise[];
}

/** The grid operator calls for less in the hour of the day in which the community needs most, every day. */
export class FlexibilityCallRun extends CompanionRun {
  readonly notes = [
    'Readings are what they are: nobody changes what it does for a call. Homes promise what they know that their readings will be below the baseline, so what is paid is paid for chance.',
  ];
  /** By the first period of a day. */
  readonly #calls: ReadonlyMap<number, DayCall>;
  readonly #stocks: readonly bigint[];
  readonly #budget: bigint;

  constructor(context: RuleRunContext) {
    super(context, 'FlexibilityCall', [
      COMMUNITY_ADDRESSES.moneyAddress,
      COMMUNITY_ADDRESSES.registryAddress,
      { baselineDays: BASELINE_DAYS, lagDays: 1n, gateSeconds: 0n, silenceSeconds: SILENCE_SECONDS },
    ]);
    this.#calls = callsOf(context);
    const calls = [...this.#calls.values()];
    const costOf = ({ terms }: DayCall, price: bigint) => amountOf(terms.wantedMwh, price);
    this.#budget = calls.reduce((sum, call) => sum + costOf(call, call.terms.price), 0n);
    this.#stocks = context.community.homes.map((_, home) =>
      calls.reduce((sum, call) => (call.homes.includes(home) ? sum + costOf(call, call.terms.penaltyPrice) : sum), 0n),
    );
  }

  async setUp(chain: CommunityChain): Promise<void> {
    const { community, roles } = this.context;
    registerMeters(chain, this.registry, this.context);
    const owners = [
      { account: roles.gridOperator, stock: this.#budget },
      ...community.homes.map((account, home) => ({ account, stock: this.#stocks[home] ?? 0n })),
    ];
    for (const { account, stock } of owners) {
      chain.send(roles.issuer, this.money, 'mint', [account.address, stock]);
      chain.send(account, this.money, 'approve', [this.market.address, stock]);
    }
    await chain.seal(0n);
  }

  async play(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { community, roles } = this.context;
    const call = this.#calls.get(first);
    if (call !== undefined) {
      chain.send(roles.gridOperator, this.market, 'makeCall', [call.terms]);
      await chain.seal(0n);
      call.homes.forEach((home, index) => {
        const account = community.homes[home];
        const energy = call.promises[index]?.promisedMwh;
        if (account !== undefined)
          chain.send(account, this.market, 'promiseEnergy', [call.terms, meterOf(account.address), energy]);
      });
      await chain.seal(0n);
    }
    reportReadings(chain, this.registry, this.context, { first, count });
    await chain.seal(blockTimeOf(this.context, endOf(community, first + count - 1)));
    if (call === undefined) return;
    const meters = call.homes.map((home) => meterOf(community.facts.accounts[home] ?? '0x'));
    chain.send(roles.gateway, this.market, 'settle', [call.terms, meters], BLOCK_GAS);
    await chain.seal(0n);
  }

  /** The contract holds what open calls have put in; no money is made or lost. */
  audit(read: ReadView): void {
    const { community, roles } = this.context;
    const holders = [this.market, roles.gridOperator, ...community.homes];
    const held = holders.reduce((sum, { address }) => sum + read<bigint>(this.money, 'balanceOf', [address]), 0n);
    requireConserved(held, read<bigint>(this.money, 'totalSupply'));
  }

  protected check(read: ReadView): OnChain {
    const { homes } = this.context.community;
    const paid = homes.map(
      ({ address }, home) => (this.#stocks[home] ?? 0n) - read<bigint>(this.money, 'balanceOf', [address]),
    );
    const billed = homes.map((_, home) =>
      this.#deliveriesOf(home).reduce((sum, one) => sum + one.penalty - one.paid, 0n),
    );
    return { what: 'penalties less payments', paid, billed };
  }

  protected figuresOf(read: ReadView): readonly CompanionFigure[] {
    const { facts, homes } = this.context.community;
    const { gridOperator } = this.context.roles;
    const calls = [...this.#calls.values()];
    const left = read<bigint>(this.money, 'balanceOf', [gridOperator.address]);
    const wanted = calls.reduce((sum, { terms }) => sum + terms.wantedMwh, 0n);
    const accepted = homes.flatMap((_, home) => this.#deliveriesOf(home));
    const sumOf = (field: 'acceptedMwh' | 'paid' | 'penalty') => accepted.reduce((sum, one) => sum + one[field], 0n);
    return [
      { what: 'calls', value: BigInt(calls.length), unit: 'number' },
      { what: 'energy wanted', value: wanted, unit: 'mWh' },
      { what: 'energy accepted', value: sumOf('acceptedMwh'), unit: 'mWh' },
      { what: 'paid for delivery', value: sumOf('paid'), unit: 'money' },
      { what: 'penalties', value: sumOf('penalty'), unit: 'money' },
      { what: 'spent by the grid operator', value: this.#budget - left, unit: 'money' },
      ...homes.map(({ address }, home) => ({
        what: `gained by ${facts.homes[home]}`,
        value: read<bigint>(this.money, 'balanceOf', [address]) - (this.#stocks[home] ?? 0n),
        unit: 'money' as const,
      })),
    ];
  }

  #deliveriesOf(home: number): FlexibilityDelivery[] {
    return [...this.#calls.values()].flatMap(({ terms, homes, promises }) => {
      const { deliveries } = settleFlexibility({ ...terms, baselineDays: BASELINE_DAYS }, promises);
      return deliveries.filter((_, index) => homes[index] === home);
    });
  }
}

/** A call for each day of which some home has a baseline, and something to promise. */
function callsOf(context: RuleRunContext): Map<number, DayCall> {
  const { community, roles } = context;
  const { periods } = community;
  const starts = new Map(Array.from({ length: periods.length }, (_, index) => [periods.described(index).start, index]));
  const peak = peakOf(context);
  const promised = community.homes.map(() => new Set<bigint>());
  const calls = new Map<number, DayCall>();
  for (const { first, count } of daysOf(community)) {
    const index = Array.from({ length: count }, (_, k) => first + k).find(
      (period) => period > first && periods.described(period).start % DAY === peak.time,
    );
    if (index === undefined) continue;
    const periodStart = periods.described(index).start;
    const { tariff } = periods.pricesAt(index);
    const terms: Terms = {
      buyer: roles.gridOperator.address,
      periodStart,
      isMore: false,
      wantedMwh: peak.wantedMwh,
      price: tariff,
      penaltyPrice: tariff,
      number: BigInt(first),
    };
    if (amountOf(terms.wantedMwh, terms.price) === 0n) continue;
    const homes: number[] = [];
    const promises: FlexibilityPromise[] = [];
    for (const home of community.homes.keys()) {
      const promise = promiseOf(context, { home, index, starts, promised: promised[home] ?? new Set() }, terms);
      if (promise === undefined) continue;
      homes.push(home);
      promises.push(promise);
    }
    if (homes.length === 0) continue;
    for (const home of homes) promised[home]?.add(periodStart);
    calls.set(first, { terms, homes, promises });
  }
  return calls;
}

interface HomeAt {
  readonly home: number;
  readonly index: number;
  readonly starts: ReadonlyMap<bigint, number>;
  readonly promised: ReadonlySet<bigint>;
}

/** What a home knows that it will be below its baseline; `undefined` where it has none, or is not. */
function promiseOf(
  context: RuleRunContext,
  at: HomeAt,
  { periodStart, wantedMwh }: Terms,
): FlexibilityPromise | undefined {
  const { home, index, starts, promised } = at;
  const days: { netMwh: bigint; hasPromised: boolean }[] = [];
  for (let back = 1n; back <= MOST_DAYS_BACK; back += 1n) {
    const day = starts.get(periodStart - back * DAY);
    // A day without a reading makes a promise impossible, unless there are days enough before it.
    if (day === undefined) break;
    days.push({ netMwh: netOf(context, home, day), hasPromised: promised.has(periodStart - back * DAY) });
  }
  const baselineSumMwh = baselineSum(days, BASELINE_DAYS);
  if (baselineSumMwh === undefined) return undefined;
  const netMwh = netOf(context, home, index);
  const below = (baselineSumMwh - BASELINE_DAYS * netMwh) / BASELINE_DAYS;
  const most = [wantedMwh, largestReading(context.community, home)].reduce((a, b) => (a < b ? a : b));
  const promisedMwh = below < most ? below : most;
  return promisedMwh > 0n ? { promisedMwh, baselineSumMwh, netMwh } : undefined;
}

function netOf({ community }: RuleRunContext, home: number, index: number): bigint {
  const profile = community.periods.series.homes[home];
  return profile === undefined ? 0n : needOf(profile, index) - surplusOf(profile, index);
}

/** The time of the day at which the community needs most over the span, and a tenth of what it needs then on the mean. */
function peakOf({ community }: RuleRunContext): { readonly time: bigint; readonly wantedMwh: bigint } {
  const sums = new Map<bigint, { need: bigint; count: bigint }>();
  for (const { periodStart, members } of community.periods) {
    const sum = sums.get(periodStart % DAY) ?? { need: 0n, count: 0n };
    sum.need += members.reduce((all, { needMwh }) => all + needMwh, 0n);
    sum.count += 1n;
    sums.set(periodStart % DAY, sum);
  }
  let peak = { time: 0n, need: -1n, wantedMwh: 1n };
  for (const [time, { need, count }] of sums) {
    if (need <= peak.need) continue;
    const wantedMwh = need / count / WANTED_SHARE;
    peak = { time, need, wantedMwh: wantedMwh > 0n ? wantedMwh : 1n };
  }
  return peak;
}
