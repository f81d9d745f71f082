import { assert } from '@wattchain/core';
import { addBills, type Bill, splitAmount } from '../mechanism/common/bills.js';
import { amountAt, type PriceFraction, wholePrice } from '../mechanism/common/price.js';
import { sum } from '../mechanism/common/split.js';
import { TieOrder } from '../mechanism/common/ties.js';
import type { MarketPeriod, MarketPeriods } from './marketPeriods.js';
import { emptyBill, type RuleBill, type RuleOutcome, type RulePeriod } from './marketRule.js';

/** What a rule makes of one period. */
export interface PeriodOutcome {
  /** In the order of the members. */
  readonly bills: readonly Bill[];
  readonly toFund?: bigint;
  readonly buyPrice?: PriceFraction | undefined;
  readonly sellPrice?: PriceFraction | undefined;
}

/** Adds up the bills of a span, period by period, with the fees of the grid operator. */
export class SpanBills {
  readonly #bills: RuleBill[];
  readonly #periods: RulePeriod[] = [];
  #toFund = 0n;

  constructor(readonly periods: MarketPeriods) {
    this.#bills = periods.owners.map(emptyBill);
  }

  /** Adds the next period. */
  add(period: MarketPeriod, { bills, toFund = 0n, buyPrice, sellPrice }: PeriodOutcome): void {
    assert(period.index === this.#periods.length, 'periods come in their order');
    const fees = feesOf(period, bills);
    bills.forEach((bill, home) => {
      const before = this.#bills[home];
      assert(before?.owner === bill.owner, 'bills come in the order of the homes');
      this.#bills[home] = {
        ...addBills(before, bill),
        fees: before.fees + (fees[home] ?? 0n),
        fromFund: before.fromFund,
      };
    });
    this.#toFund += toFund;
    this.#periods.push({ ...periodOf(bills), buyPrice, sellPrice });
  }

  outcome(): RuleOutcome {
    return {
      bills: this.#bills,
      periods: this.#periods,
      supplier: supplierOf(this.#bills),
      toFund: this.#toFund,
    };
  }
}

/** A rule that settles each period by itself. */
export function settleByPeriod(periods: MarketPeriods, settle: (period: MarketPeriod) => PeriodOutcome): RuleOutcome {
  const span = new SpanBills(periods);
  for (const period of periods) span.add(period, settle(period));
  return span.outcome();
}

/**
 * What homes owe the grid operator in a period: its fee for what came from the supplier and that for what came from neighbours, each
 * computed once for the community, rounded down, and split by energy.
 */
export function feesOf(
  { periodStart, members, prices }: MarketPeriod,
  bills: readonly Pick<Bill, 'importedMwh' | 'boughtMwh'>[],
): bigint[] {
  const { gridFee, localFee } = prices;
  if (gridFee === 0n && localFee === 0n) return bills.map(() => 0n);
  const ties = new TieOrder(periodStart);
  const split = (energies: readonly bigint[], fee: bigint) =>
    splitAmount(members, energies, amountAt(sum(energies), wholePrice(fee)), ties);
  const grid = split(
    bills.map(({ importedMwh }) => importedMwh),
    gridFee,
  );
  const local = split(
    bills.map(({ boughtMwh }) => boughtMwh),
    localFee,
  );
  return grid.map((fee, home) => fee + (local[home] ?? 0n));
}

/** The community's period in its bills. */
export function periodOf(bills: readonly Bill[]): RulePeriod {
  return {
    tradedMwh: sum(bills.map(({ boughtMwh }) => boughtMwh)),
    importedMwh: sum(bills.map(({ importedMwh }) => importedMwh)),
    exportedMwh: sum(bills.map(({ exportedMwh }) => exportedMwh)),
    localAmount: sum(bills.map(({ paidToNeighbours }) => paidToNeighbours)),
  };
}

/** What bills say that the supplier got and gave. */
export function supplierOf(bills: readonly Bill[]): RuleOutcome['supplier'] {
  return {
    paid: sum(bills.map(({ paidToSupplier }) => paidToSupplier)),
    got: sum(bills.map(({ gotFromSupplier }) => gotFromSupplier)),
  };
}
