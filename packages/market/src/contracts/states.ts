/** States of an offer, by the number that `offers(id)` returns. */
export const OFFER_STATES = ['none', 'open', 'soldOut', 'cancelled', 'expired', 'periodRead'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** States of a trade, by the number that `tradeStatus(id)` returns. */
export const TRADE_STATES = [
  'none',
  'awaitingReading',
  'readingNotFinal',
  'waitingForEarlierTrade',
  'readyToSettle',
  'refundable',
  'settled',
  'short',
  'refunded',
] as const;
export type TradeState = (typeof TRADE_STATES)[number];

/** States of a payout, by the number that `payouts(id)` returns. */
export const PAYOUT_STATES = ['none', 'pending', 'markedPaid', 'disputed', 'paid', 'cancelled'] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

/** States of a standing order, by the numbers that `standingOrdersIn` takes. */
export const STANDING_ORDER_STATES = ['none', 'waiting', 'due', 'cancelled'] as const;
export type StandingOrderState = (typeof STANDING_ORDER_STATES)[number];

/** States of announced rates, by the number that `pendingRates()` returns. */
export const RATES_STATES = ['none', 'announced', 'confirmed', 'ready', 'lapsed'] as const;
export type RatesState = (typeof RATES_STATES)[number];

/** States of a meter's period: no reading yet, none because a later period was read, one that can be corrected, one that cannot. */
export type ReadingState = 'awaited' | 'skipped' | 'correctable' | 'final';

/** States of a change of keys, by the number that `keyChange(oldKey, newKey)` returns. */
export const KEY_CHANGE_STATES = ['none', 'open', 'inForce', 'ended'] as const;
export type KeyChangeState = (typeof KEY_CHANGE_STATES)[number];
