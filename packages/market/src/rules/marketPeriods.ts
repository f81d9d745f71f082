import { type Address, assert, WattchainError } from '@wattchain/core';
import type { BaselinePeriod } from '../mechanism/baselines.js';
import type { Member, MemberPeriod } from '../mechanism/common/bills.js';
import type { PriceBand } from '../mechanism/common/price.js';
import { needOf, surplusOf } from '../profile/dayProfile.js';
import type { CommunitySeries, SeriesPeriod } from '../profile/parseSeries.js';
import { formatTokens } from '../units.js';

/** What the grid operator takes in a period, money units for 150 Wh. */
export interface PeriodFees {
  /** For energy from the supplier. */
  readonly gridFee: bigint;
  /** For energy from a neighbour. */
  readonly localFee: bigint;
}

/** All prices of a period. */
export interface PeriodPrices extends PriceBand, PeriodFees {}

/** A period as a rule sees it: what each home needs and has left after its own use, and the prices that hold. */
export interface MarketPeriod extends MemberPeriod {
  /** Its place among the community's periods, from 0. */
  readonly index: number;
  readonly prices: PeriodPrices;
}

/** What the orders of a period are made from: by home, in their order; `undefined` where a home states nothing. */
export interface StatedOrder {
  /** Of its need or surplus, mWh: what it asks for or offers. */
  readonly energyMwh: bigint;
  /** Units for 150 Wh: the most that it pays, the least that it takes. */
  readonly price: bigint;
}

/** What homes state: the agents. The same period and home always give the same. */
export interface Agents {
  /** What a home with a need or a surplus states; `undefined`: nothing. */
  orderOf(period: MarketPeriod, home: number): StatedOrder | undefined;
}

/**
 * A community's periods with their prices, made one by one when they are asked for, so that a long span takes no memory beside its
 * readings.
 */
export class MarketPeriods implements Iterable<MarketPeriod> {
  /**
   * @param series readings
   * @param owners accounts of the homes, in their order
   * @param prices by period
   */
  constructor(
    readonly series: Pick<CommunitySeries, 'homes' | 'periods' | 'periodSeconds'>,
    readonly owners: readonly Address[],
    readonly prices: readonly PeriodPrices[],
  ) {
    assert(
      owners.length === series.homes.length && new Set(owners).size === owners.length,
      'every home has an owner of its own',
    );
    assert(prices.length === series.periods.length, 'every period has its prices');
    prices.forEach(requirePrices);
  }

  get length(): number {
    return this.series.periods.length;
  }

  /** A period by its place, from 0. */
  at(index: number): MarketPeriod {
    const { homes } = this.series;
    const members = homes.map(
      (home, position): Member => ({
        owner: this.owners[position] as Address,
        needMwh: needOf(home, index),
        surplusMwh: surplusOf(home, index),
      }),
    );
    return { index, periodStart: this.described(index).start, members, prices: this.pricesAt(index) };
  }

  /** Start, label and date of a period. */
  described(index: number): SeriesPeriod {
    const period = this.series.periods[index];
    assert(period !== undefined, `period ${index} is one of ${this.length}`);
    return period;
  }

  pricesAt(index: number): PeriodPrices {
    const prices = this.prices[index];
    assert(prices !== undefined, `period ${index} has prices`);
    return prices;
  }

  *[Symbol.iterator](): Iterator<MarketPeriod> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** A home alone, period by period. */
  *ofHome(home: number): Iterable<BaselinePeriod> {
    const profile = this.series.homes[home];
    assert(profile !== undefined, `home ${home} is one of the community`);
    for (let index = 0; index < this.length; index++)
      yield {
        needMwh: needOf(profile, index),
        surplusMwh: surplusOf(profile, index),
        band: this.pricesAt(index),
      };
  }
}

/** A price of 150 Wh as people state it, for a kilowatt-hour. */
const perKwh = (price: bigint) => formatTokens((price * 20n) / 3n);

/** @throws WattchainError `badPriceBand` */
function requirePrices({ tariff, feedIn, gridFee, localFee }: PeriodPrices, index: number): void {
  if (feedIn >= 0n && feedIn <= tariff && gridFee >= 0n && localFee >= 0n) return;
  throw new WattchainError(
    'badPriceBand',
    `period ${index + 1}: the feed-in price is ${perKwh(feedIn)}, the tariff ${perKwh(tariff)}, the fees ${perKwh(gridFee)} and ${perKwh(localFee)} per kWh`,
    {
      values: { period: index + 1, tariff, feedIn, gridFee, localFee },
      hint: 'the feed-in price is at least 0 and at most the tariff, and fees are not below 0',
    },
  );
}
