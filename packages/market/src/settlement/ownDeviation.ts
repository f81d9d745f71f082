import { amountOf } from '../units.js';

/** A contract whose sides each answer for their own meter. */
export interface DeviatingContract {
  readonly energyMwh: bigint;
  /** What the buyer's meter shows for it, milliwatt-hours. */
  readonly consumedMwh: bigint;
  /** What the seller's meter shows for it, milliwatt-hours. */
  readonly producedMwh: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** At which the buyer's utility sells what the buyer did not take, token units for 150 Wh. */
  readonly restPrice: bigint;
  /** At which the seller's utility buys what the seller did not make, token units for 150 Wh. */
  readonly missingPrice: bigint;
}

/** Token units; `buyerPays + buyersUtilityPays = sellerGets + sellersUtilityGets`. */
export interface DeviationFlows {
  readonly buyerPays: bigint;
  readonly sellerGets: bigint;
  readonly sellersUtilityGets: bigint;
  readonly buyersUtilityPays: bigint;
}

/**
 * Settlement by each side's own deviation: the buyer pays the whole contract less what it did not take, at the price at which its
 * utility sells the rest; the seller gets the whole contract less what it did not make, at the price at which its utility buys what is
 * missing. Whoever keeps the contract is untouched by the other. The markets with orders settle so with the
 * community's supplier on both sides (CommunityMarket.sol), at its tariff and its feed-in price.
 */
export function ownDeviation(contract: DeviatingContract): DeviationFlows {
  const { energyMwh, consumedMwh, producedMwh, price, restPrice, missingPrice } = contract;
  const whole = amountOf(energyMwh, price);
  const buyersUtilityPays = amountOf(missing(energyMwh, consumedMwh), restPrice);
  const sellersUtilityGets = amountOf(missing(energyMwh, producedMwh), missingPrice);
  return {
    buyerPays: whole - buyersUtilityPays,
    sellerGets: whole - sellersUtilityGets,
    sellersUtilityGets,
    buyersUtilityPays,
  };
}

const missing = (energyMwh: bigint, metered: bigint) => (energyMwh > metered ? energyMwh - metered : 0n);
