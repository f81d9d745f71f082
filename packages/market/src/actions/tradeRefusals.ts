import { TRADE_STATES } from '../contracts/states.js';
import { formatInstant } from '../instant.js';
import { formatKwh, formatTokenAmount } from '../units.js';

const number = (value: unknown) => BigInt(String(value));
const tokens = (value: unknown) => formatTokenAmount(number(value));
const kwh = (value: unknown) => `${formatKwh(number(value))} kWh`;
const time = (value: unknown) => formatInstant(number(value));

/** Custom errors of the trade contract; their arguments are in the order of the declaration. */
export const TRADE_REFUSALS: Readonly<Record<string, (args: readonly unknown[]) => { message: string; hint: string }>> =
  {
    NotEnoughOnOffer: ([available, needed]) => ({
      message: `${kwh(available)} are left of the offer, not ${kwh(needed)}`,
      hint: 'accept at most what is left, or more from another offer',
    }),
    TermDiffers: ([term, got, stored]) => ({
      message: `the offer of that number has another ${term} than was signed: ${stored}, not ${got}`,
      hint: 'look the offer up again: a reorganisation may have given its number to another one',
    }),
    GridPriceDiffers: ([got, inForce]) => ({
      message: `the grid price is ${tokens(inForce)}, not ${tokens(got)}`,
      hint: 'look the grid price up again and offer with the one in force',
    }),
    TooLittleEnergy: ([got, smallest]) => ({
      message: `${kwh(got)} are less than the smallest part of ${kwh(smallest)} that is traded`,
      hint: 'take more; an acceptance may be smaller only when it takes all that is left',
    }),
    AboveRating: ([got, rating]) => ({
      message: `${kwh(got)} are more than the ${kwh(rating)} that the meter can show for a period`,
      hint: "offer at most that; a registrar changes a meter's rating",
    }),
    PriceRoundsToNothing: ([energy, price]) => ({
      message: `${kwh(energy)} at ${tokens(price)} for 150 Wh cost nothing`,
      hint: 'name a higher price, or 0 for a gift',
    }),
    PeriodNotAligned: ([start, resolution]) => ({
      message: `periods are ${resolution} seconds long and begin at multiples of that, not at ${time(start)}`,
      hint: 'choose the start of a period',
    }),
    PeriodTooFarAhead: ([start, latest]) => ({
      message: `the period begins at ${time(start)}, and offers are taken for periods until ${time(latest)}`,
      hint: 'offer it later',
    }),
    PeriodAlreadyRead: ([meter, periodStart, readUntil]) => ({
      message: `meter ${meter} was read until ${time(readUntil)}, the period begins at ${time(periodStart)}`,
      hint: 'choose a period that begins after the last reading ends',
    }),
    ClosesTooLate: ([acceptUntil, latest]) => ({
      message: `offers for this period close at ${time(latest)}, not at ${time(acceptUntil)}`,
      hint: 'choose an earlier deadline, or a later period',
    }),
    SettlesTooLate: ([settleBy, latest]) => ({
      message: `an offer of now must settle by ${time(latest)}, not by ${time(settleBy)}`,
      hint: 'choose an earlier deadline',
    }),
    SettlesTooEarly: ([settleBy, earliest]) => ({
      message: `the period cannot be read before ${time(earliest)}, but the offer settles by ${time(settleBy)}`,
      hint: 'choose a later deadline',
    }),
    TradeNotReady: ([tradeId, state]) => ({
      message: `trade ${tradeId} ${WHY_NOT[TRADE_STATES[Number(state)] ?? 'none']}`,
      hint: 'look at the trade for what it waits for or how it ended',
    }),
  };

const WHY_NOT: Readonly<Record<(typeof TRADE_STATES)[number], string>> = {
  none: 'is unknown',
  awaitingReading: 'waits for a reading, and its deadline has not passed',
  readingNotFinal: 'has a reading that can still be corrected',
  waitingForEarlierTrade: 'waits for an earlier trade of the same buyer and period',
  readyToSettle: 'has its readings: settle it',
  refundable: 'has no reading of the seller, and its deadline has passed: refund it',
  settled: 'is settled already',
  short: 'is settled already',
  refunded: 'is refunded already',
};

/** What to do about a text of a `require` of the trade contract, where the text does not say it by itself. */
export const TRADE_TEXT_HINTS: Readonly<Record<string, string>> = {
  "only the meter's household": 'the household that the meter is registered for must sign it',
  "only the offer's seller": 'the seller of the offer must sign it',
  'only a meter of the buyer': 'name a meter that is registered for the household that accepts',
  "only the seller's meter counts here": 'accept without naming a meter',
  'only a member of the council': 'a member of the council must sign it, whose key no veto has frozen',
  'another member confirms': 'ask another member of the council for it',
  'another grid price is on its way': 'put it in force, take it back, or wait until it lapses',
  'this grid price is not on its way': 'look the announced grid price up again',
  'this grid price has lapsed': 'announce it again',
  'nobody has confirmed this grid price': 'another member of the council than who has announced it must confirm it',
  'seller cannot accept own offer': "accept another household's offer, or cancel your own",
  'the offer has expired': 'look for an offer that is open',
  'there is no such offer': 'look its number up in the list of offers',
  'there is no such trade': 'look its number up in the list of trades',
  'acceptUntil is not in the future': "choose a deadline after the newest block's time",
  'this trade is closed already': 'look at the trade for how it ended',
};
