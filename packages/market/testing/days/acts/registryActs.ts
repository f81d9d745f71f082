/** What registrars, gateways and devices do. */
import type { Known, KnownMeter, KnownReading } from '../known.js';
import { DEVICES, GATEWAY, HOUSEHOLDS, METERS, NEW_KEYS, STRANGER } from '../names.js';
import type { Random } from '../random.js';
import type { Act, Json } from '../script.js';
import { type Place, signed } from '../signing.js';
import type { Maker } from './maker.js';

const SOURCES = [...DEVICES, GATEWAY, ...NEW_KEYS];

const registrar = (random: Random, known: Known) => random.pick(known.members) ?? 'p1';

function registerMeter(random: Random, known: Known): Act {
  const household = random.pick(HOUSEHOLDS) ?? 'p6';
  const args = [random.pick(METERS) ?? 'm1', household, GATEWAY, random.oneIn(2), String(random.below(4_000_000))];
  return { by: registrar(random, known), call: 'registry.registerMeter', args };
}

function handleSource(random: Random, known: Known): Act | undefined {
  const meter = random.pick(known.meters);
  if (meter === undefined) return undefined;
  const { id, household, rating } = meter;
  const by = registrar(random, known);
  const announced = random.pick(known.sources.slice(-3));
  if (announced === undefined || random.oneIn(5)) {
    const source = random.pick(SOURCES) ?? GATEWAY;
    const other = String((rating * random.between(2n, 6n)) / 4n);
    return { by, call: 'registry.announceSource', args: [id, source, source !== GATEWAY, other] };
  }
  const { terms } = announced;
  if (random.oneIn(3)) return { by, call: 'registry.announceSource', args: terms };
  if (random.oneIn(4)) return { by: random.oneOf([household, by]), call: 'registry.stopSource', args: terms };
  return { by: STRANGER, call: 'registry.applySource', args: terms };
}

/** The period that a meter reads next: mostly one that was sold or bought, so far as it can be read already. */
function periodToRead(random: Random, known: Known, meter: KnownMeter): bigint | undefined {
  const { resolution, marketTime } = known;
  const latest = marketTime + BigInt(known.rules.registry.readingLeadSeconds) - resolution;
  const wanted = known.trades
    .filter((trade) => trade.offer.meter === meter.id || trade.meter === meter.id)
    .map(({ offer }) => offer.start)
    .filter((start) => start >= meter.readUntil && (start <= latest || random.oneIn(10)))
    .sort((a, b) => (a < b ? -1 : 1));
  const chosen = random.oneIn(10) ? undefined : random.oneIn(8) ? random.pick(wanted) : wanted[0];
  if (chosen !== undefined) return chosen;
  const isEarly = latest < meter.readUntil;
  if (!random.oneIn(isEarly ? 20 : 4)) return undefined;
  const last = latest > marketTime ? marketTime : latest;
  const next = last > meter.readUntil ? last - (last % resolution) : meter.readUntil;
  return next + random.oneOf([0n, 0n, 0n, 0n, 0n, 0n, resolution, -resolution, 1n]);
}

/** What was sold and bought of a period decides what the meter should show; some show less, more, or nonsense. */
function energies(random: Random, known: Known, meter: KnownMeter, start: bigint): [bigint, bigint] {
  const sum = (trades: readonly { readonly energy: bigint }[]) =>
    trades.reduce((total, { energy }) => total + energy, 0n);
  const ofPeriod = known.trades.filter(({ offer }) => offer.start === start);
  const sold = sum(ofPeriod.filter(({ offer }) => offer.meter === meter.id));
  const bought = sum(ofPeriod.filter((trade) => trade.meter === meter.id || trade.buyer === meter.household));
  const near = (energy: bigint) =>
    random.oneIn(3) ? energy : (energy * random.between(0n, 130n)) / 100n + random.between(0n, 2n);
  const own = random.oneIn(2) ? 0n : random.between(0n, 100_000n);
  const produced = near(sold) + own;
  const consumed = near(bought) + (random.oneIn(3) ? own : 0n);
  const within = (energy: bigint) => (energy > meter.rating && !random.oneIn(10) ? meter.rating : energy);
  return [within(produced < 0n ? 0n : produced), within(consumed)];
}

function newReading(random: Random, known: Known, meter: KnownMeter, ahead = 0n) {
  const first = periodToRead(random, known, meter);
  if (first === undefined) return undefined;
  const start = first + ahead * known.resolution;
  const [produced, consumed] = energies(random, known, meter, start);
  return {
    meter: meter.id,
    number: String(meter.number + 1n + ahead),
    periodStart: String(start < 0n ? 0n : start),
    producedMwh: String(produced),
    consumedMwh: String(consumed),
  };
}

/** A signature that is mostly good; else of another key, chain or contract. */
function signature(random: Random, type: 'Reading' | 'Correction', message: Record<string, string>, by: string): Json {
  const place: Place = random.oneIn(60) ? { chainId: 78 } : random.oneIn(60) ? { contract: 'trade' } : {};
  return signed(type, message, random.oneIn(40) ? (random.pick(SOURCES) ?? by) : by, place);
}

function report(random: Random, known: Known): Act | undefined {
  const isSigned = random.oneIn(2);
  const meters = known.meters.filter(({ isDevice }) => isDevice === isSigned || random.oneIn(40));
  const first = random.pick(meters);
  if (first === undefined) return undefined;
  const others = meters.filter((meter) => meter !== first && random.oneIn(3));
  const places = [first, ...others].map((meter) => ({ meter, ahead: 0n }));
  if (random.oneIn(6)) places.push({ meter: first, ahead: 1n });
  const readings = places.flatMap(({ meter, ahead }) => {
    const reading = newReading(random, known, meter, ahead);
    return reading ? [{ meter, reading }] : [];
  });
  if (readings.length === 0) return undefined;
  if (!isSigned) {
    return { by: first.source, call: 'registry.report', args: [readings.map(({ reading }) => reading)] };
  }
  const batch = readings.map(({ meter, reading }) => ({
    reading,
    signature: signature(random, 'Reading', reading, meter.source),
  }));
  return { by: random.oneOf([GATEWAY, STRANGER]), call: 'registry.reportSigned', args: [batch] };
}

/** Most corrections are of a reading that is not final, some of a period that was skipped. */
function correct(random: Random, known: Known): Act | undefined {
  const { resolution } = known;
  const meter = random.pick(known.meters);
  if (meter === undefined) return undefined;
  const own = known.readings.filter((reading) => reading.meter === meter.id);
  const open = own.filter(({ finalFrom }) => finalFrom > known.nowS);
  if (open.length === 0 && own.length > 0 && !random.oneIn(4)) return undefined;
  const sold = known.trades.filter(({ offer }) => offer.meter === meter.id).map(({ offer }) => offer.start);
  const skipped = [...sold, meter.readUntil - 2n * resolution, meter.readUntil - resolution].filter(
    (start) => start >= 0n && own.every((reading) => reading.start !== start),
  );
  const found = random.pick(open.length > 0 && !random.oneIn(4) ? open : own);
  const start = random.oneIn(3) || found === undefined ? random.pick(skipped) : found.start;
  if (start === undefined) return undefined;
  const old: KnownReading | undefined = own.find((reading) => reading.start === start);
  const [produced, consumed] = energies(random, known, meter, start);
  const change = {
    meter: meter.id,
    periodStart: String(start),
    correction: old?.corrections ?? '0',
    oldProducedMwh: old?.produced ?? '0',
    oldConsumedMwh: old?.consumed ?? '0',
    newProducedMwh: String(produced),
    newConsumedMwh: String(consumed),
  };
  const bySource = signature(random, 'Correction', change, meter.source);
  const byRegistrar = signature(random, 'Correction', change, registrar(random, known));
  return { by: STRANGER, call: 'registry.correct', args: [change, bySource, byRegistrar] };
}

/** What ends a notice. */
export const REGISTRY_DECISIONS = [handleSource];

export const REGISTRY_ACTS: readonly Maker[] = [
  [1, registerMeter],
  [4, handleSource],
  [30, report],
  [10, correct],
];
