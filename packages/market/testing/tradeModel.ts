/**
 * What EnergyTrade should do, written as differently from the contract as possible: offers, trades and readings are collected, every sum
 * is added up from them when someone asks, and what a trade gets is what the pure functions of settlement say.
 */
import type { Settlement } from '../src/genesisRules.js';
import { type Allotment, allotTrade, type PeriodEnergy } from '../src/settlement/allotTrade.js';
import { bondOf, type Payments, paymentsOf } from '../src/settlement/payments.js';
import { amountOf } from '../src/units.js';

/** An offer in the model; households are numbered, and so are their meters. */
export interface ModelOffer {
  readonly id: number;
  readonly seller: number;
  readonly period: number;
  readonly price: bigint;
  readonly gridPrice: bigint;
  readonly acceptUntil: bigint;
  readonly settleBy: bigint;
  readonly energyMwh: bigint;
  cancelledMwh: bigint;
}

/** A trade in the model, in order of acceptance. */
export interface ModelTrade {
  readonly id: number;
  readonly offer: ModelOffer;
  readonly buyer: number;
  readonly energyMwh: bigint;
  /** Once it is closed. */
  end?: Allotment & Payments & { readonly isRefund: boolean };
}

/** A reading in the model. */
export interface ModelReading extends PeriodEnergy {
  readonly finalFrom: bigint;
}

/** How trades settle, and whether sellers put in bonds. */
export interface ModelRules {
  readonly settlement: Settlement;
  readonly bonds: boolean;
}

export type OpenState =
  | 'awaitingReading'
  | 'readingNotFinal'
  | 'waitingForEarlierTrade'
  | 'readyToSettle'
  | 'refundable';

export class TradeModel {
  readonly offers: ModelOffer[] = [];
  readonly trades: ModelTrade[] = [];
  /** By household and period. */
  readonly readings = new Map<string, ModelReading>();

  constructor(readonly rules: ModelRules) {}

  remaining(offer: ModelOffer): bigint {
    return offer.energyMwh - offer.cancelledMwh - sumOf(this.trades.filter((trade) => trade.offer === offer));
  }

  bond(energyMwh: bigint, offer: ModelOffer): bigint {
    return this.rules.bonds ? bondOf(energyMwh, offer) : 0n;
  }

  reading(household: number, period: number): ModelReading | undefined {
    return this.readings.get(`${household} ${period}`);
  }

  /** Where an open trade stands at a time. */
  stateOf(trade: ModelTrade, now: bigint): OpenState {
    const { sellers, buyers } = this.#readings(trade);
    const counting = this.rules.settlement === 'sellerMeter' ? [sellers] : [sellers, buyers];
    if (counting.includes(undefined) && now <= trade.offer.settleBy) return 'awaitingReading';
    if (counting.some((reading) => reading !== undefined && reading.finalFrom > now)) return 'readingNotFinal';
    if (this.rules.settlement === 'firstCome') {
      if (this.#comesFirst(trade, now)) return 'waitingForEarlierTrade';
    }
    return sellers === undefined ? 'refundable' : 'readyToSettle';
  }

  /** Whether an earlier trade of the same buyer comes first: it is open, and its seller is not silent beyond its deadline. */
  #comesFirst(trade: ModelTrade, now: bigint): boolean {
    const before = this.#boughtBy(trade).filter(({ id }) => id < trade.id);
    const closed = before.findLastIndex(({ end }) => end !== undefined);
    return before
      .slice(closed + 1)
      .some((one) => now <= one.offer.settleBy || this.#readings(one).sellers !== undefined);
  }

  /** What closing a trade with the readings that are there gives. */
  close(trade: ModelTrade): NonNullable<ModelTrade['end']> {
    const { offer, energyMwh } = trade;
    const bond = this.bond(energyMwh, offer);
    const sold = this.trades.filter((one) => one.offer.seller === offer.seller && one.offer.period === offer.period);
    const bought = this.#boughtBy(trade);
    const place = {
      energyMwh,
      aheadMwh: sumOf(sold.filter(({ id }) => id < trade.id)),
      soldMwh: sumOf(sold),
      boughtMwh: sumOf(bought),
      coveredMwh: bought.reduce((sum, one) => sum + this.#covered(one), 0n),
    };
    const readings = this.#readings(trade);
    const allotment = allotTrade(this.rules.settlement, place, readings);
    const isRefund = readings.sellers === undefined;
    trade.end = { ...allotment, ...paymentsOf(energyMwh, offer, bond, allotment), isRefund };
    return trade.end;
  }

  /** Tokens that the contract holds: escrows and bonds of open trades, and bonds of what is left of offers. */
  held(): bigint {
    const open = this.trades.filter(({ end }) => end === undefined);
    return (
      open.reduce(
        (sum, { offer, energyMwh }) => sum + amountOf(energyMwh, offer.price) + this.bond(energyMwh, offer),
        0n,
      ) + this.offers.reduce((sum, offer) => sum + this.bond(this.remaining(offer), offer), 0n)
    );
  }

  #covered({ end, offer, energyMwh }: ModelTrade): bigint {
    if (end === undefined) return 0n;
    return end.settledMwh + (this.bond(energyMwh, offer) > 0n ? end.shortMwh : 0n);
  }

  #readings({ offer, buyer }: ModelTrade) {
    return { sellers: this.reading(offer.seller, offer.period), buyers: this.reading(buyer, offer.period) };
  }

  #boughtBy({ buyer, offer }: ModelTrade): ModelTrade[] {
    return this.trades.filter((one) => one.buyer === buyer && one.offer.period === offer.period);
  }
}

const sumOf = (trades: readonly ModelTrade[]) => trades.reduce((sum, { energyMwh }) => sum + energyMwh, 0n);
