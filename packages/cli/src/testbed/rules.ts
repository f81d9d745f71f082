import { type DayProfile, DEFAULT_PRICE, dayBeginning, daySpan, surplusOf, tradesByRule } from '@wattchain/market';
import type { MarketOptions } from '../genesisFile.js';

const DAY_SECONDS = 86_400n;
/** Short, so that a change that is announced can be seen to come into force. */
const NOTICE_SECONDS = 60n;
/** Smallest offer and acceptance, mWh, unless the day has smaller ones. */
const SMALLEST_ACCEPTANCE_MWH = 1_000n;
/** What the grid takes on testbeds beside a neighbour's price: the tariff in the testbed's data is 0.22 $ a kWh, and 2.45 times that in the evening. */
export const GRID_PRICE = (DEFAULT_PRICE * 5n) / 2n;

/** Whose keys a testbed's council has, and when it begins. */
interface TestbedBeginning extends Pick<MarketOptions, 'operators' | 'recoveryKey'> {
  /** Block time of the genesis, seconds. */
  readonly genesisSeconds: bigint;
}

/**
 * The rules of a testbed that plays a day within a minute: its genesis stands for 00:00 of the day, readings are final at once, the seller's
 * meter alone counts and offers need no bond, as in the paper. Offers and readings may lead by the day that is played and the one after it,
 * so that trading goes on by hand.
 */
export function testbedRules(profile: DayProfile, { genesisSeconds, ...council }: TestbedBeginning): MarketOptions {
  const lead = daySpan(profile) + DAY_SECONDS;
  const amounts = [
    ...profile.homes.flatMap((home) => profile.periods.map((_, period) => surplusOf(home, period))),
    ...tradesByRule(profile).map(({ energyMwh }) => energyMwh),
  ];
  return {
    ...council,
    noticeSeconds: NOTICE_SECONDS,
    registry: {
      resolutionSeconds: profile.periodSeconds,
      correctionSeconds: 0n,
      readingLeadSeconds: lead,
      marketTimeOffset: dayBeginning(profile) - genesisSeconds,
    },
    trade: {
      settlement: 'sellerMeter',
      bonds: false,
      gridPrice: GRID_PRICE,
      smallestAcceptanceMwh: amounts
        .filter((energyMwh) => energyMwh > 0n)
        .reduce((least, energyMwh) => (energyMwh < least ? energyMwh : least), SMALLEST_ACCEPTANCE_MWH),
      longestSpanSeconds: 7n * DAY_SECONDS,
      gateSeconds: -DAY_SECONDS,
      offerLeadSeconds: lead,
    },
  };
}

/** The rules of a developer's chain: those of a testbed, in the time of its blocks, by quarters of an hour. */
export function developmentRules(council: Pick<MarketOptions, 'operators' | 'recoveryKey'>): MarketOptions {
  const quarters: DayProfile = { date: undefined, periodSeconds: 900n, periods: [], homes: [] };
  return testbedRules(quarters, { ...council, genesisSeconds: 0n });
}
