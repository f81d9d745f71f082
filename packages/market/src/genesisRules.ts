/**
 * What a community decides in its genesis, a type for each contract. What is left out has the value of a pilot with real people's
 * money; a testbed that plays days within minutes says otherwise.
 */
import { TOKEN_UNIT } from './units.js';

const HOUR = 3600n;
const DAY = 24n * HOUR;

/** Whose keys act for the community. */
export interface CouncilRules {
  /** Keys of seats 1, 2, 3 …: two to sixteen, operators of the bank and registrars of meters. */
  readonly members: readonly string[];
  /** Decides on changes of keys after the notice; owns nothing and is best kept on paper. Needed with two members. Default none. */
  readonly recoveryKey?: string;
  /** Seconds between what is announced and its coming into force: 1 to 90 days. Default {@link PILOT_NOTICE_SECONDS}. */
  readonly noticeSeconds?: bigint;
}

/** A day: who is asleep when a key is stolen has time to object. */
export const PILOT_NOTICE_SECONDS = DAY;

/** When readings count. */
export interface RegistryRules {
  /** Length of every period in seconds. */
  readonly resolutionSeconds: bigint;
  /** How long after its report a reading can be corrected, in seconds; nothing is settled before. */
  readonly correctionSeconds: bigint;
  /** Seconds by which a reading may come before its period has ended by market time. */
  readonly readingLeadSeconds: bigint;
  /** Market time less block time, in seconds. */
  readonly marketTimeOffset: bigint;
}

/** Quarters of an hour as meters of the grid show them, a day for corrections, no reading of what has not been measured. */
export const PILOT_REGISTRY_RULES: RegistryRules = {
  resolutionSeconds: HOUR / 4n,
  correctionSeconds: DAY,
  readingLeadSeconds: 0n,
  marketTimeOffset: 0n,
};

/** Which meters decide what of a trade is settled, by the number that the contract has for it. */
export const SETTLEMENTS = ['sellerMeter', 'proRata', 'firstCome'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** How energy is traded. */
export interface TradeRules {
  /** `sellerMeter`: what the seller's meter delivered; `proRata`, `firstCome`: the smaller of what both meters show. */
  readonly settlement: Settlement;
  /** Whether an offer needs a bond that makes its buyers whole. */
  readonly bonds: boolean;
  /** First price of the grid, token units for 150 Wh. */
  readonly gridPrice: bigint;
  /** Smallest offer and acceptance in mWh, but for the rest of an offer. */
  readonly smallestAcceptanceMwh: bigint;
  /** Most seconds from now until a trade must be settled. */
  readonly longestSpanSeconds: bigint;
  /** Offers close so many seconds before their period begins; negative: after it. */
  readonly gateSeconds: bigint;
  /** Seconds of market time by which an offer may lead its period. */
  readonly offerLeadSeconds: bigint;
}

/** Both meters count, and who does not deliver pays for it. */
export const PILOT_TRADE_RULES: TradeRules = {
  settlement: 'proRata',
  bonds: true,
  gridPrice: 2n * TOKEN_UNIT,
  smallestAcceptanceMwh: 1_000n,
  longestSpanSeconds: 14n * DAY,
  gateSeconds: HOUR,
  offerLeadSeconds: 7n * DAY,
};

/** What the bank pays and is paid. */
export interface BankRules {
  /** Wei for one token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for one token, paid by the bank; at most `buyRateWei`. */
  readonly redeemRateWei: bigint;
  /** Token units that a seat may attest as paid outside, in all, by seat from 1; 0 for those left out. */
  readonly attestationLimits: readonly bigint[];
}
