import { type Address, WattchainError } from '@wattchain/core';
import { amountOf } from '../../units.js';
import { type MemberPeriod, requireMembers, totalsOf } from '../common/bills.js';
import { amountAt, type PriceBand, requireBand, wholePrice } from '../common/price.js';
import { excess, splitByLargestRemainder, sum } from '../common/split.js';
import { TieOrder } from '../common/ties.js';

/** A member's contract with the pool, for one accounting period. */
export interface AllowanceContract {
  readonly owner: Address;
  /** Free energy from the pool, mWh. */
  readonly allowanceMwh: bigint;
  /** What its battery gave to the grid when called, mWh; data from outside. */
  readonly calledMwh: bigint;
}

/** The terms of the pool, for one accounting period. */
export interface AllowanceTerms {
  readonly contracts: readonly AllowanceContract[];
  /** For energy beyond the allowance, units for 150 Wh. */
  readonly price: bigint;
  /** Back for allowance that was not used, units for 150 Wh. */
  readonly cashBackPrice: bigint;
  /** What the pool earned with its batteries, money units. */
  readonly serviceIncome: bigint;
  /** What members are expected to give to the pool, mWh: it bounds the sum of the allowances. */
  readonly forecastMwh: bigint;
}

/** A period of the pool with the supplier's prices in it. */
export interface PricedPeriod extends MemberPeriod {
  readonly band: PriceBand;
}

/** A member's account at the end. */
export interface AllowanceBill {
  readonly owner: Address;
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
  /** For what it needed beyond its allowance. */
  readonly paid: bigint;
  /** For the allowance that it left. */
  readonly cashBack: bigint;
  /** Its part of the service income, by energy called. */
  readonly service: bigint;
}

/** What the pool did. */
export interface AllowanceResult {
  readonly bills: readonly AllowanceBill[];
  readonly paidToSupplier: bigint;
  readonly gotFromSupplier: bigint;
  /** What the pool's treasury gained, below 0 where it lost: all that came in less all that went out. */
  readonly treasury: bigint;
}

/**
 * A pool with allowances (sonnenCommunity, as its public description has it): members give their surplus to the pool without payment and
 * take from it free of charge up to an allowance, at a price beyond; at the end they get cash back for allowance not used, and their part of
 * what the pool earned with their batteries. What the pool lacks it buys from the supplier, what it has left it sells to it, in each period.
 *
 * Each amount is `floor(mWh · price / 150000)` of the whole accounting period; the supplier's, of the periods of one price band together.
 *
 * Budget balance: no, the treasury can lose. Individual rationality: no. Truthfulness: no (an allowance is worth stating too high).
 * Independence of arrival: yes.
 *
 * @throws WattchainError `badAllowances` where allowances sum to more than the forecast, and for contracts that are not one for each member, of 0 or more
 */
export function settleAllowances(periods: Iterable<PricedPeriod>, terms: AllowanceTerms): AllowanceResult {
  requireAllowances(terms);
  const members = new Map(terms.contracts.map(({ owner }) => [owner, { needMwh: 0n, surplusMwh: 0n }]));
  const rests = new Map<string, { readonly band: PriceBand; importedMwh: bigint; exportedMwh: bigint }>();
  let firstStart: bigint | undefined;
  for (const period of periods) {
    firstStart ??= period.periodStart;
    requireBand(period.band);
    requireMembers(period.members);
    for (const { owner, needMwh, surplusMwh } of period.members) {
      const member = members.get(owner);
      if (member === undefined) throw badAllowances(`${owner} is no member of the pool`, 'give each home a contract');
      member.needMwh += needMwh;
      member.surplusMwh += surplusMwh;
    }
    const { tariff, feedIn } = period.band;
    const key = `${tariff} ${feedIn}`;
    const rest = rests.get(key) ?? { band: period.band, importedMwh: 0n, exportedMwh: 0n };
    const { needMwh, surplusMwh } = totalsOf(period.members);
    rest.importedMwh += excess(needMwh, surplusMwh);
    rest.exportedMwh += excess(surplusMwh, needMwh);
    rests.set(key, rest);
  }
  const ties = new TieOrder(firstStart ?? 0n);
  const calls = terms.contracts.map(({ owner, calledMwh }) => ({ owner, weight: calledMwh }));
  // Without a battery that was called nobody has a part in the income, and the treasury keeps it.
  const shared = calls.some(({ weight }) => weight > 0n) ? terms.serviceIncome : 0n;
  const services = splitByLargestRemainder(shared, calls, ties);
  const bills = terms.contracts.map(({ owner, allowanceMwh }, index) => {
    const { needMwh = 0n, surplusMwh = 0n } = members.get(owner) ?? {};
    return {
      owner,
      needMwh,
      surplusMwh,
      paid: amountOf(excess(needMwh, allowanceMwh), terms.price),
      cashBack: amountOf(excess(allowanceMwh, needMwh), terms.cashBackPrice),
      service: services[index] ?? 0n,
    };
  });
  const [paidToSupplier, gotFromSupplier] = [
    sum([...rests.values()].map(({ band, importedMwh }) => amountAt(importedMwh, wholePrice(band.tariff)))),
    sum([...rests.values()].map(({ band, exportedMwh }) => amountAt(exportedMwh, wholePrice(band.feedIn)))),
  ];
  const fromMembers = sum(bills.map(({ paid, cashBack, service }) => paid - cashBack - service));
  return {
    bills,
    paidToSupplier,
    gotFromSupplier,
    treasury: fromMembers + terms.serviceIncome + gotFromSupplier - paidToSupplier,
  };
}

function requireAllowances({ contracts, forecastMwh }: AllowanceTerms): void {
  if (new Set(contracts.map(({ owner }) => owner)).size < contracts.length)
    throw badAllowances('a home has two contracts', 'give each home one');
  if (contracts.some(({ allowanceMwh, calledMwh }) => allowanceMwh < 0n || calledMwh < 0n))
    throw badAllowances('an allowance or the energy called of a battery is below 0', 'both are 0 or more');
  const allowances = sum(contracts.map(({ allowanceMwh }) => allowanceMwh));
  if (allowances <= forecastMwh) return;
  throw badAllowances(
    `the allowances sum to ${allowances} mWh, the pool expects ${forecastMwh} mWh`,
    'promise no more than members are expected to give',
  );
}

function badAllowances(what: string, hint: string): WattchainError {
  return new WattchainError('badAllowances', what, { hint });
}
