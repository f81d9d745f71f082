/** Somebody who tries to profit: whose keys it has, what it has and what others owe it by what they have signed. */
import { Known, type KnownTrade } from './known.js';
import { HOUSEHOLDS, STRANGER } from './names.js';
import type { Random } from './random.js';
import type { DayRules, Snapshot } from './script.js';

const ONE_TOKEN = 10n ** 18n;
const MWH_PER_TOKEN = 150_000n;

export interface Party {
  readonly name: string;
  readonly keys: readonly string[];
}

/** Whoever tries: a home, two homes of one owner, a stranger, an operator with one key. */
export const PARTIES: readonly Party[] = [
  { name: 'a home', keys: [HOUSEHOLDS[0]] },
  { name: 'two homes of one owner', keys: [HOUSEHOLDS[0], HOUSEHOLDS[1]] },
  { name: 'a stranger', keys: [STRANGER] },
  { name: 'an operator', keys: ['p1'] },
  { name: 'an operator who has a home', keys: ['p1', HOUSEHOLDS[0]] },
];

/** What a meter measures in a period, whatever is reported. */
export interface Truth {
  readonly produced: bigint;
  readonly consumed: bigint;
}

/** The world's own figures. */
export type TruthOf = (meter: string, start: bigint) => Truth;

/** What a party has: coins, its deposit, and tokens at the redeem rate; in 10^-18 wei. */
export function wealthOf({ keys }: Party, rules: DayRules, snapshot: Snapshot): bigint {
  const known = new Known(rules, snapshot, 0n);
  const rate = BigInt(known.values('bank.rates')[1] ?? 0);
  let wealth = 0n;
  for (const key of keys) {
    wealth += BigInt(known.values(`coins.${key}`)[0] ?? 0) * ONE_TOKEN + known.tokens(key) * rate;
    const seat = known.members.indexOf(key) + 1;
    if (seat > 0) wealth += BigInt(known.values(`bank.seat.${seat}`)[2] ?? 0) * ONE_TOKEN;
    // Nobody has paid these: whoever asked can have them back.
    for (const { holder, state, amount } of known.payouts)
      if (holder === key && state === '1') wealth += BigInt(amount) * rate;
  }
  return wealth;
}

/**
 * The most that a party may have gained by trades, in 10^-18 wei: what its meters delivered, at the best prices for which others bought it; and
 * what the grid took beyond the price for energy that it needed, had bought, and did not get.
 */
export function owedTo({ keys }: Party, rules: DayRules, snapshot: Snapshot, truthOf: TruthOf): bigint {
  const known = new Known(rules, snapshot, 0n);
  const isOwn = (person: string) => keys.includes(person);
  const delivered = ({ produced, consumed }: Truth) => (produced > consumed ? produced - consumed : 0n);
  const sold = known.trades.filter(({ offer, buyer }) => isOwn(offer.seller) && !isOwn(buyer));
  const bought = known.trades.filter(({ offer, buyer }) => isOwn(buyer) && !isOwn(offer.seller));
  let owed = 0n;
  for (const trades of byPlace(sold, ({ offer }) => offer.meter)) {
    const [{ offer }] = trades;
    owed += best(trades, delivered(truthOf(offer.meter, offer.start)), (trade) => BigInt(trade.offer.price));
  }
  const failed = bought.filter((trade) => rules.trade.bonds && !wasDelivered(known, trade, truthOf));
  const both = rules.trade.settlement !== '0';
  for (const trades of byPlace(failed, ({ meter, id }) => (both ? meter : id))) {
    const [{ meter, offer, energy }] = trades;
    const { produced, consumed } = both ? truthOf(meter, offer.start) : { produced: 0n, consumed: energy };
    const needed = consumed > produced ? consumed - produced : 0n;
    owed += best(trades, needed, (trade) => BigInt(trade.offer.terms.gridPrice ?? 0) - BigInt(trade.offer.price));
  }
  const rate = BigInt(known.values('bank.rates')[1] ?? 0);
  // A unit for each trade whose parts were rounded.
  return ((owed + BigInt(sold.length + bought.length) * MWH_PER_TOKEN) * rate) / MWH_PER_TOKEN;
}

/** Whether the seller's meter showed all that was sold of the period. */
function wasDelivered(known: Known, { offer }: KnownTrade, truthOf: TruthOf): boolean {
  const ofPlace = known.trades.filter(
    (trade) => trade.offer.meter === offer.meter && trade.offer.start === offer.start,
  );
  const sold = ofPlace.reduce((sum, { energy }) => sum + energy, 0n);
  const isRead = known.readings.some(({ meter, start }) => meter === offer.meter && start === offer.start);
  const { produced, consumed } = truthOf(offer.meter, offer.start);
  return isRead && produced - consumed >= sold && ofPlace.every(({ state }) => state === 6 || state === 7);
}

type Trades = readonly [KnownTrade, ...KnownTrade[]];

/** Trades of the same meter and period. */
function byPlace(trades: readonly KnownTrade[], meterOf: (trade: KnownTrade) => string): Trades[] {
  const places = new Map<string, [KnownTrade, ...KnownTrade[]]>();
  for (const trade of trades) {
    const place = `${meterOf(trade)} ${trade.offer.start}`;
    const found = places.get(place);
    if (found === undefined) places.set(place, [trade]);
    else found.push(trade);
  }
  return [...places.values()];
}

/** The most that so much energy can be worth, each trade's at its own price, in token units for 150 kWh. */
function best(trades: Trades, energy: bigint, priceOf: (trade: KnownTrade) => bigint): bigint {
  let left = energy;
  let worth = 0n;
  for (const trade of [...trades].sort((a, b) => (priceOf(a) > priceOf(b) ? -1 : 1))) {
    const part = trade.energy < left ? trade.energy : left;
    left -= part;
    if (priceOf(trade) > 0n) worth += part * priceOf(trade);
  }
  return worth;
}

/** Of a day, which home produces and consumes how much in each period. */
export function randomTruth(random: Random, ratings: ReadonlyMap<string, bigint>): TruthOf {
  const known = new Map<string, Truth>();
  return (meter, start) => {
    const place = `${meter} ${start}`;
    const found = known.get(place);
    if (found !== undefined) return found;
    const most = (ratings.get(meter) ?? 0n) / BigInt(1 + random.below(6));
    const truth = { produced: random.between(0n, most), consumed: random.between(0n, most) };
    const made = random.oneIn(2) ? { ...truth, consumed: 0n } : random.oneIn(2) ? { ...truth, produced: 0n } : truth;
    known.set(place, made);
    return made;
  };
}
