import {
  emissions,
  liquidity,
  loadFactor,
  localShare,
  peakToAverage,
  selfConsumption,
  selfSufficiency,
} from '../indicators/energy.js';
import { gini, jain, qualityOfExperience } from '../indicators/fairness.js';
import { formatRatio } from '../indicators/format.js';
import { type Ratio, ratioOf } from '../indicators/ratio.js';
import { sum } from '../mechanism/common/split.js';
import type { RuleOutcome } from '../rules/marketRule.js';
import { MWH_PER_KWH, MWH_PER_TOKEN, TOKEN_UNIT } from '../units.js';
import { type ChainFigures, type HomeBill, homeTotal, type Indicators } from './communityResult.js';
import { INDICATORS, type IndicatorInfo, type IndicatorName } from './indicators.js';
import type { BaselineBills, ResultContext } from './resultContext.js';

/** Digits after the point that texts of a unit have. */
const DIGITS: Readonly<Record<IndicatorInfo['unit'], number>> = {
  share: 6,
  money: 6,
  'money/kWh': 6,
  kg: 3,
  ratio: 6,
  kWh: 6,
  'gas/kWh': 0,
  'bytes/kWh': 0,
  'J/kWh': 3,
  s: 0,
};
const MILLIJOULES_PER_JOULE = 1_000n;

/** A rule's indicators. */
export function indicatorsOf(
  context: ResultContext,
  baselines: BaselineBills,
  bills: readonly HomeBill[],
  outcome: RuleOutcome,
  chain: ChainFigures | undefined,
): Indicators {
  const { periods } = outcome;
  const traded = sum(periods.map(({ tradedMwh }) => tradedMwh));
  const imports = periods.map(({ importedMwh }) => importedMwh);
  const { factors, totals } = context;
  const perKwh = (amount: bigint | number | undefined) =>
    amount === undefined ? undefined : ratioOf(BigInt(amount) * MWH_PER_KWH, traded);
  const joules = perKwh(chain?.millijoules);
  const values: Readonly<Record<IndicatorName, Ratio | undefined>> = {
    ...savingsOfRule(baselines, bills),
    selfSufficiency: selfSufficiency({ coveredMwh: totals.ownUseMwh + traded, consumedMwh: totals.consumedMwh }),
    selfConsumption: selfConsumption({ usedMwh: totals.ownUseMwh + traded, producedMwh: totals.producedMwh }),
    ...tradeOfRule(context, outcome, traded),
    ...fairnessOfRule(context, baselines, bills),
    peakImport: ratioOf(
      imports.reduce((most, mwh) => (mwh > most ? mwh : most), 0n),
      MWH_PER_KWH,
    ),
    peakToAverage: peakToAverage(imports),
    loadFactor: loadFactor(imports),
    co2: factors === undefined ? undefined : emissions(imports, factors),
    gasPerKwh: perKwh(chain?.gas),
    bytesPerKwh: perKwh(chain?.bytes),
    joulesPerKwh: joules && { ...joules, denominator: joules.denominator * MILLIJOULES_PER_JOULE },
    secondsToConfirmation: chain && ratioOf(chain.secondsToConfirmation, 1n),
  };
  return textsOf(values);
}

function textsOf(values: Readonly<Record<IndicatorName, Ratio | undefined>>): Indicators {
  const texts: Partial<Record<IndicatorName, string>> = {};
  for (const name of Object.keys(INDICATORS) as IndicatorName[]) {
    const value = values[name];
    if (value !== undefined) texts[name] = formatRatio(value, DIGITS[INDICATORS[name].unit]);
  }
  return texts;
}

const money = (units: bigint) => ratioOf(units, TOKEN_UNIT);
const totalOfAll = (bills: readonly HomeBill[]) => sum(bills.map(homeTotal));

function savingsOfRule({ feedIn, netMetering }: BaselineBills, bills: readonly HomeBill[]) {
  const cost = totalOfAll(bills);
  const share = (before: bigint) => (before > 0n ? ratioOf(before - cost, before) : undefined);
  const [alone, netted] = [totalOfAll(feedIn), totalOfAll(netMetering)];
  return {
    cost: money(cost),
    savedAgainstFeedIn: money(alone - cost),
    savedShareAgainstFeedIn: share(alone),
    savedAgainstNetMetering: money(netted - cost),
    savedShareAgainstNetMetering: share(netted),
  };
}

function tradeOfRule({ totals }: ResultContext, { periods }: RuleOutcome, traded: bigint) {
  const amount = sum(periods.map(({ localAmount }) => localAmount));
  // Σ D and Σ min(D, S) are the same under every rule, so one period stands for all.
  const whole = { needMwh: totals.needMwh, surplusMwh: totals.tradableMwh, tradedMwh: traded };
  return {
    localShare: localShare([whole]),
    liquidity: liquidity([whole]),
    untraded: ratioOf(totals.tradableMwh - traded, MWH_PER_KWH),
    meanLocalPrice: ratioOf(amount * MWH_PER_KWH, traded * TOKEN_UNIT),
  };
}

function fairnessOfRule({ periods }: ResultContext, { feedIn }: BaselineBills, bills: readonly HomeBill[]) {
  const savings = bills.flatMap((bill, home): Ratio[] => {
    const alone = feedIn[home];
    const saved = alone && ratioOf((homeTotal(alone) - homeTotal(bill)) * MWH_PER_KWH, consumedOf(bill) * TOKEN_UNIT);
    return saved === undefined ? [] : [saved];
  });
  const prices = bills.flatMap(({ paidToNeighbours, paidToSupplier, boughtMwh, importedMwh }): Ratio[] => {
    const price = ratioOf((paidToNeighbours + paidToSupplier) * MWH_PER_TOKEN, boughtMwh + importedMwh);
    return price === undefined ? [] : [price];
  });
  const count = BigInt(periods.length);
  const mean = (of: 'tariff' | 'feedIn') =>
    count === 0n ? 0n : sum(periods.prices.map((prices) => prices[of])) / count;
  return {
    gini: gini(savings),
    jain: jain(savings),
    qualityOfExperience: qualityOfExperience(prices, { tariff: mean('tariff'), feedIn: mean('feedIn') }),
  };
}

/** Everything that a home used, from wherever. */
const consumedOf = ({ ownUseMwh, boughtMwh, importedMwh }: HomeBill) => ownUseMwh + boughtMwh + importedMwh;
