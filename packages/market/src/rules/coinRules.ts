import type { Address } from '@wattchain/core';
import { sum } from '../mechanism/common/split.js';
import { settleCoins } from '../mechanism/mintPerKwh.js';
import { type AllowanceTerms, type PricedPeriod, settleAllowances } from '../mechanism/pools/allowancePool.js';
import type { MarketPeriods } from './marketPeriods.js';
import { emptyBill, type MarketRule, type RuleOutcome, type RuleParams } from './marketRule.js';
import { kwhParam, listParam, moneyParam, paramOf, pricePerKwh } from './params.js';
import { energiesOfPool } from './poolRules.js';
import { feesOf, supplierOf } from './spanBills.js';

/** A pool with allowances. */
export const ALLOWANCE_POOL: MarketRule = {
  name: 'allowancePool',
  title: 'pool with allowances',
  company: 'sonnenCommunity',
  contract: 'AllowancePool',
  claims: { budgetBalance: 'no', individualRationality: 'no', truthfulness: 'no', independenceOfArrival: 'yes' },
  defaults: {
    allowanceKwh: 'equalShare',
    price: 'middle',
    cashBackPrice: 'feedIn',
    serviceIncome: '0',
    calledMwh: 'none',
  },
  settle: ({ periods, params }) => allowances(periods, params),
};

function allowances(periods: MarketPeriods, params: RuleParams): RuleOutcome {
  const span = energiesOfPool(periods);
  const terms = allowanceTerms(periods, params);
  const result = settleAllowances(priced(periods), terms);
  const bills = span.bills.map((bill, home) => {
    const { paid = 0n, cashBack = 0n, service = 0n } = result.bills[home] ?? {};
    return { ...bill, paidToNeighbours: paid, fromFund: cashBack + service };
  });
  return {
    periods: span.periods,
    bills,
    supplier: { paid: result.paidToSupplier, got: result.gotFromSupplier },
    // What the batteries earned came from outside, so the homes' bills do not hold it.
    toFund: result.treasury - terms.serviceIncome,
  };
}

function* priced(periods: MarketPeriods): Iterable<PricedPeriod> {
  for (const period of periods) yield { ...period, band: period.prices };
}

/**
 * The terms of the pool for the whole span: by default each home has an equal part of all surpluses as its allowance, what is beyond
 * costs the middle of the mean tariff and the mean feed-in price, what is left is paid back at the mean feed-in price, and no battery was
 * called.
 */
export function allowanceTerms(periods: MarketPeriods, params: RuleParams): AllowanceTerms {
  const homes = periods.owners.length;
  let forecastMwh = 0n;
  for (const { members } of periods) forecastMwh += sum(members.map(({ surplusMwh }) => surplusMwh));
  const equal = homes === 0 ? 0n : forecastMwh / BigInt(homes);
  const allowanceMwh = kwhParam(params, 'allowanceKwh', 'equalShare') ?? equal;
  const called = listParam(params, 'calledMwh', 'none', homes);
  return {
    contracts: periods.owners.map((owner, home) => ({ owner, allowanceMwh, calledMwh: called?.[home] ?? 0n })),
    price: meanPrice(periods, params, 'price'),
    cashBackPrice: meanPrice(periods, params, 'cashBackPrice'),
    serviceIncome: moneyParam(params, 'serviceIncome'),
    forecastMwh,
  };
}

/** One price for the whole span: of the means over all periods where it is not an amount. Units for 150 Wh, rounded down. */
function meanPrice({ prices, length }: MarketPeriods, params: RuleParams, name: string): bigint {
  const text = paramOf(params, name);
  const count = BigInt(length);
  const tariffs = sum(prices.map(({ tariff }) => tariff));
  const feedIns = sum(prices.map(({ feedIn }) => feedIn));
  if (count === 0n) return 0n;
  if (text === 'middle') return (tariffs + feedIns) / (2n * count);
  if (text === 'tariff') return tariffs / count;
  if (text === 'feedIn') return feedIns / count;
  return pricePerKwh(name, text);
}

/** Coins for exports. */
export const MINT_PER_KWH: MarketRule = {
  name: 'mintPerKwh',
  title: 'coins minted per kilowatt-hour',
  company: 'NRGcoin',
  contract: 'MintPerKwh',
  claims: { budgetBalance: 'no', individualRationality: 'no', truthfulness: '–', independenceOfArrival: 'yes' },
  defaults: { widthKwh: 'meanNeed' },
  settle: ({ periods, params }) => minted(periods, mintWidth(periods, params)),
};

/** The width of the bell, mWh, at least 1: by default the mean need of a period. */
export function mintWidth(periods: MarketPeriods, params: RuleParams): bigint {
  const given = kwhParam(params, 'widthKwh', 'meanNeed');
  if (given !== undefined) return given;
  let needMwh = 0n;
  for (const { members } of periods) needMwh += sum(members.map((member) => member.needMwh));
  const mean = periods.length === 0 ? 0n : needMwh / BigInt(periods.length);
  return mean > 0n ? mean : 1n;
}

function minted(periods: MarketPeriods, widthMwh: bigint): RuleOutcome {
  const bills = periods.owners.map((owner) => ({
    ...emptyBill(owner),
    coins: { minted: 0n, burned: 0n, balance: 0n },
  }));
  const balances = new Map<Address, bigint>();
  const energies = [];
  for (const period of periods) {
    const outside = period.members.map(({ needMwh }) => ({ importedMwh: needMwh, boughtMwh: 0n }));
    const fees = feesOf(period, outside);
    settleCoins(period, period.prices, widthMwh, balances).forEach((coin, home) => {
      const before = bills[home] as (typeof bills)[number];
      const { needMwh = 0n, surplusMwh = 0n } = period.members[home] ?? {};
      bills[home] = {
        ...before,
        importedMwh: before.importedMwh + needMwh,
        exportedMwh: before.exportedMwh + surplusMwh,
        paidToSupplier: before.paidToSupplier + coin.paidToSupplier,
        fees: before.fees + (fees[home] ?? 0n),
        coins: {
          minted: before.coins.minted + coin.minted,
          burned: before.coins.burned + coin.burned,
          balance: coin.balance,
        },
      };
      balances.set(coin.owner, coin.balance);
    });
    energies.push({
      tradedMwh: 0n,
      importedMwh: sum(period.members.map(({ needMwh }) => needMwh)),
      exportedMwh: sum(period.members.map(({ surplusMwh }) => surplusMwh)),
      localAmount: 0n,
    });
  }
  return { bills, periods: energies, supplier: supplierOf(bills), toFund: 0n };
}
