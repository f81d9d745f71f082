/** What sellers and buyers do. */
import type { Known, KnownOffer } from '../known.js';
import { HOUSEHOLDS, STRANGER } from '../names.js';
import type { Random } from '../random.js';
import type { Act } from '../script.js';
import type { Maker } from './maker.js';

const MWH_PER_TOKEN = 150_000n;

/** The first period whose offers can still be accepted for a while, or one of the next. */
function periodToOffer(random: Random, known: Known, readUntil: bigint): bigint {
  const { resolution, marketTime, rules } = known;
  const gate = BigInt(rules.trade.gateSeconds);
  const earliest = marketTime + (gate > 0n ? gate : 0n) + 60n;
  const next = earliest - (earliest % resolution) + resolution;
  const first = readUntil > next && !random.oneIn(6) ? readUntil : next;
  // Few periods, so that many trades meet in one.
  return first + resolution * BigInt(random.oneOf([0, 0, 0, 1, 1, 2]));
}

function offer(random: Random, known: Known): Act | undefined {
  const meter = random.pick(known.meters);
  if (meter === undefined) return undefined;
  const { rules, nowS, resolution } = known;
  const { marketTimeOffset, readingLeadSeconds } = rules.registry;
  const gridPrice = BigInt(known.values('trade.gridPrice')[0] ?? 1);
  const start = periodToOffer(random, known, meter.readUntil);
  const smallest = BigInt(rules.trade.smallestAcceptanceMwh);
  const price = random.oneIn(12)
    ? random.oneOf([0n, 1n, MWH_PER_TOKEN - 1n, MWH_PER_TOKEN / smallest])
    : random.between(gridPrice / 4n, random.oneIn(6) ? gridPrice * 2n : gridPrice);
  const energy = random.between(smallest, random.oneIn(10) ? meter.rating + 2n : meter.rating / 2n);
  const latest = start - BigInt(marketTimeOffset) - BigInt(rules.trade.gateSeconds);
  const acceptUntil = random.oneIn(15)
    ? latest + random.oneOf([0n, 1n])
    : nowS + random.between(latest - nowS < 1200n ? 1n : 300n, latest - nowS < 5000n ? latest - nowS : 5000n);
  const readable = start + resolution - BigInt(marketTimeOffset) - BigInt(readingLeadSeconds);
  const least = readable > acceptUntil ? readable : acceptUntil + 1n;
  const settleBy = random.oneIn(15)
    ? random.oneOf([least - 1n, least, nowS + BigInt(rules.trade.longestSpanSeconds) + 1n])
    : least + random.between(0n, 4n * resolution);
  const args = [meter.id, start, energy, price, gridPrice, acceptUntil, settleBy].map(String);
  return { by: meter.household, call: 'trade.offer', args };
}

const isOpen =
  ({ nowS }: Known) =>
  (offer: KnownOffer) =>
    offer.state === '1' && offer.acceptUntil >= nowS;

function accept(random: Random, known: Known): Act | undefined {
  const offers = known.offers.slice(-8);
  const open = offers.filter(isOpen(known));
  const chosen = random.pick(random.oneIn(12) ? offers : open);
  if (chosen === undefined) return undefined;
  const smallest = BigInt(known.rules.trade.smallestAcceptanceMwh);
  const { remaining } = chosen;
  const energy = random.oneIn(3)
    ? random.oneOf([remaining, remaining, remaining + 1n, smallest, smallest - 1n, remaining - smallest + 1n])
    : random.between(smallest, remaining / BigInt(1 + random.below(3)));
  const buyers = random.oneIn(15) ? [...HOUSEHOLDS, STRANGER] : HOUSEHOLDS.filter((who) => who !== chosen.seller);
  const by = random.pick(buyers) ?? STRANGER;
  const own = random.pick(known.meters.filter(({ household }) => household === by))?.id ?? 'm0';
  const counts = known.rules.trade.settlement !== '0';
  const meter = counts !== random.oneIn(20) ? own : 'm0';
  return { by, call: 'trade.accept', args: [chosen.terms, String(energy > 0n ? energy : 0n), meter] };
}

function cancel(random: Random, known: Known): Act | undefined {
  const offer = random.pick(known.offers.slice(-10));
  if (offer === undefined) return undefined;
  const { id, meter, start, price, seller } = offer;
  return { by: seller, call: 'trade.cancelOffer', args: [id, meter, String(start), price] };
}

function settle(random: Random, known: Known): Act | undefined {
  const ready = known.trades.filter(({ state }) => state === 4 || state === 3);
  const chosen = random.oneIn(6) ? known.trades.slice(-6) : ready;
  if (chosen.length === 0) return undefined;
  const all = chosen.map(({ id }) => id);
  const ids = random.oneIn(2) ? all : all.filter(() => !random.oneIn(3));
  if (random.oneIn(4)) ids.reverse();
  if (random.oneIn(10)) ids.push(random.oneOf([ids[0] ?? '1', '0', '99']));
  return { by: STRANGER, call: 'trade.settle', args: [ids] };
}

function refund(random: Random, known: Known): Act | undefined {
  const refundable = known.trades.filter(({ state }) => state === 5);
  const trade = random.pick(random.oneIn(5) ? known.trades.slice(-6) : refundable);
  return trade && { by: STRANGER, call: 'trade.refund', args: [trade.id] };
}

export const TRADE_ACTS: readonly Maker[] = [
  [14, offer],
  [32, accept],
  [2, cancel],
  [12, settle],
  [5, refund],
];
