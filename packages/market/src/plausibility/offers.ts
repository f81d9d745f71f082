import { formatTokens, TOKEN_UNIT } from '../units.js';
import { type Doubt, doubtOf, slipOf } from './doubt.js';
import { type CheckedPeriod, doubtsOfPeriod, doubtsOfPower, momentText, type PlausibilityContext } from './periods.js';

const YEAR_SECONDS = 366n * 86_400n;
/** Token units for 150 Wh, of which a token stands for itself. */
const LOW_PRICE = TOKEN_UNIT / 1_000n;
const HIGH_PRICE = 100n * TOKEN_UNIT;
const MAX_PRICE = 1_000_000n * TOKEN_UNIT;

/** An offer before it is signed, or before somebody accepts it. */
export interface CheckedOffer extends CheckedPeriod {
  readonly energyMwh: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** Block time, seconds. */
  readonly settleBy: bigint;
}

/** What is doubtful about an offer: when, how much, at what price, until when. */
export function doubtsOfOffer(offer: CheckedOffer, context: PlausibilityContext): Doubt[] {
  return [
    ...doubtsOfPeriod(offer, context),
    ...doubtsOfPower(offer.energyMwh, context),
    ...doubtsOfPrice(offer.price),
    ...doubtsOfDeadline(offer, context),
  ];
}

/** What is doubtful about a price, in token units for 150 Wh. */
export function doubtsOfPrice(price: bigint): Doubt[] {
  const text = `${formatTokens(price)} ENT for 150 Wh`;
  const hint = 'a token stands for 150 Wh, so the usual price is 1';
  if (price > MAX_PRICE) return [slipOf('price', `the price is ${text}`, hint)];
  if (price === 0n) return [doubtOf('price', 'the price is 0: the energy is given away', hint)];
  if (price > HIGH_PRICE || price < LOW_PRICE) return [doubtOf('price', `the price is ${text}`, hint)];
  return [];
}

function doubtsOfDeadline({ periodStart, settleBy }: CheckedOffer, context: PlausibilityContext): Doubt[] {
  if (settleBy > context.now + YEAR_SECONDS)
    return [
      doubtOf(
        'lateDeadline',
        `the reading may come until ${momentText(context, settleBy)}, more than a year from now`,
        "buyers' tokens stay in escrow until then when no reading comes",
      ),
    ];
  // Deadlines are block time, periods market time.
  const end = periodStart + context.resolutionSeconds - context.marketTimeOffset;
  if (end > settleBy)
    return [
      doubtOf(
        'earlyDeadline',
        `the reading must be in by ${momentText(context, settleBy)}, and the period ends at ${momentText(context, end)}`,
        'a reading comes after its period: give it more time',
      ),
    ];
  return [];
}
