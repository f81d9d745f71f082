/** What holds after every block, whatever the reference says. */
import { Known } from './known.js';
import { PEOPLE } from './names.js';
import type { DayRules, Snapshot } from './script.js';

const MWH_PER_TOKEN = 150_000n;

/** The first of the market's promises that is broken, in a sentence with its figures. */
export function brokenInvariant(rules: DayRules, snapshot: Snapshot): string | undefined {
  const known = new Known(rules, snapshot, 0n);
  return brokenSupply(known) ?? brokenBank(known) ?? brokenMarket(known) ?? brokenEnergy(known);
}

function brokenSupply(known: Known): string | undefined {
  const sum = [...PEOPLE, 'trade', 'bank'].reduce((total, holder) => total + known.tokens(holder), 0n);
  const supply = BigInt(known.values('token.supply')[0] ?? 0);
  return sum === supply ? undefined : `the supply is ${supply}, the sum of all balances ${sum}`;
}

function brokenBank(known: Known): string | undefined {
  const [reserve = 0n, cover = 0n] = known.values('bank.reserve').map(BigInt);
  if (reserve < cover) return `the reserve is ${reserve}, the cover needed ${cover}`;
  const deposits = known.members.reduce((sum, _, i) => sum + BigInt(known.values(`bank.seat.${i + 1}`)[2] ?? 0), 0n);
  const balance = BigInt(known.values('coins.bank')[0] ?? 0);
  if (deposits + reserve !== balance)
    return `deposits ${deposits} and reserve ${reserve} are not the balance ${balance}`;
  const held = known.payouts.filter(({ state }) => ['1', '2', '3'].includes(state));
  const pending = held.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const tokens = known.tokens('bank');
  return pending === tokens ? undefined : `open payouts are of ${pending}, the bank holds ${tokens}`;
}

function brokenMarket(known: Known): string | undefined {
  const unit = ({ price, gridPrice }: Readonly<Record<string, string>>) => {
    const beyond = BigInt(gridPrice ?? 0) - BigInt(price ?? 0);
    return known.rules.trade.bonds && beyond > 0n ? (beyond + MWH_PER_TOKEN - 1n) / MWH_PER_TOKEN : 0n;
  };
  let held = 0n;
  for (const { terms, remaining } of known.offers) held += remaining * unit(terms);
  for (const { offer, energy, state } of known.trades) {
    if (state < 6) held += (energy * BigInt(offer.price)) / MWH_PER_TOKEN + energy * unit(offer.terms);
  }
  const tokens = known.tokens('trade');
  return held === tokens ? undefined : `escrow and bonds are ${held}, the market holds ${tokens}`;
}

/** Nobody sells more than its final reading shows, nor buys more where both meters count. */
function brokenEnergy(known: Known): string | undefined {
  const both = known.rules.trade.settlement !== '0';
  for (const { meter, start, produced, consumed } of known.readings) {
    const settled = (which: 'sold' | 'bought') =>
      known.trades
        .filter(({ offer }) => offer.start === start)
        .filter((trade) => (which === 'sold' ? trade.offer.meter : trade.meter) === meter)
        .reduce((sum, { id }) => sum + BigInt(known.values(`trade.trade.${id}`)[5] ?? 0), 0n);
    const delivered = BigInt(produced) - BigInt(consumed);
    const sold = settled('sold');
    if (sold > 0n && sold > delivered) return `${meter} delivered ${delivered} in ${start}, settled are ${sold}`;
    const bought = settled('bought');
    const isSilentOnce = bought > 0n && bought > -delivered && both;
    if (isSilentOnce && !wasSilent(known, meter, start)) {
      return `${meter} imported ${-delivered} in ${start}, settled are ${bought}`;
    }
  }
  return undefined;
}

/** A reading that came after a trade was settled without it was too late to count for that trade. */
function wasSilent(known: Known, meter: string, start: bigint): boolean {
  const reportedAt = BigInt(known.values(`registry.reading.${meter}.${start}`)[2] ?? 0);
  const ofPeriod = known.trades.filter((trade) => trade.meter === meter && trade.offer.start === start);
  return ofPeriod.some(({ offer, state }) => state >= 6 && offer.settleBy < reportedAt);
}
