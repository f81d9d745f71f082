import { startOfDate } from '../input/time.js';
import { type CommunityZone, UTC_ZONE, type ZoneOffset } from '../input/zone.js';
import { roundHalfEven } from '../units.js';
import { badData } from './badData.js';
import { type DataFile, homeOf, type ImportFile, type ImportOptions, type Track, type TrackKind } from './dataFile.js';
import { lengthOf } from './meterTable.js';
import { elementsOf, findElement, readXml, textOf, type XmlElement } from './xml.js';

/** Units of measure of ESPI that are electric energy and power: Wh and W. */
const UOM_WH = '72';
const UOM_W = '38';
/** Flow: 1 forward, to the customer; 19 reverse; 4 net, with a sign. */
const FORWARD = '1';
const REVERSE = '19';
const NET = '4';
/** How figures accumulate: 4 = delta data, 12 = summation of a period, 6 = indicating (a power). Others count on. */
const PERIOD_DATA: ReadonlySet<string> = new Set(['4', '12', '6', '0', '']);
const MAX_READINGS = 4_000_000;
/** No home meters more in a period: a gigawatt-hour. */
const MAX_PERIOD_MWH = 10n ** 12n;

interface Entry {
  readonly content: XmlElement;
  readonly self: string;
  readonly up: string;
  readonly related: readonly string[];
  readonly title: string;
}

/** What the readings of a meter are, by its type. */
interface ReadingKind {
  readonly kind: TrackKind | 'net';
  readonly uom: string;
  readonly power: number;
}

interface Reading {
  readonly start: bigint;
  readonly duration: bigint;
  readonly value: bigint;
  readonly line: number;
}

/**
 * Green Button's XML (NAESB REQ.21, ESPI): an Atom feed of usage points, meter readings, reading types and interval blocks. A usage point is
 * a home; forward flow is its load, reverse flow its production, net flow both with a sign. Times are seconds since 1970; days are told by
 * `LocalTimeParameters`. Errors: `badData` with the line.
 */
export function readGreenButton(file: ImportFile, options: ImportOptions): DataFile {
  const feed = readXml(file.file, file.text);
  const entries = elementsOf(feed, 'entry').flatMap(readEntry);
  const notes: string[] = [];
  const groups = groupReadings(file, entries, notes);
  if (groups.size === 0)
    throw badData(
      file.file,
      'it holds no interval readings of electricity',
      'ask for interval usage data, not for bills',
    );
  const moments = [...new Set([...groups.values()].flatMap(({ readings }) => readings.map(({ start }) => start)))].sort(
    (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  );
  const lineOf = new Map(
    [...groups.values()].flatMap(({ readings }) => readings.map(({ start, line }) => [start, line] as const)),
  );
  const lines = moments.map((start) => lineOf.get(start) ?? 0);
  const periodSeconds = lengthOf(file.file, { moments, isDated: true }, lines);
  const positions = new Map(moments.map((start, index) => [start, index]));
  const tracks = [...groups.values()].flatMap((group) => tracksOf(file.file, group, positions, periodSeconds));
  return {
    file: file.file,
    format: 'green-button',
    starts: moments,
    lines,
    periodSeconds,
    tracks,
    rates: [],
    zone: options.clock?.zone ?? zoneOf(file.file, entries, moments, notes),
    isDated: true,
    notes,
  };
}

function readEntry(entry: XmlElement): Entry[] {
  const content = entry.children.find(({ name }) => name === 'content');
  if (content === undefined) return [];
  const links = entry.children.filter(({ name }) => name === 'link');
  const hrefs = (rel: string) =>
    links
      .filter(({ attributes }) => attributes.get('rel') === rel)
      .map(({ attributes }) => pathOf(attributes.get('href')));
  return [
    {
      content,
      self: hrefs('self')[0] ?? '',
      up: hrefs('up')[0] ?? '',
      related: hrefs('related'),
      title: textOf(entry, 'title') ?? '',
    },
  ];
}

/** The path of a link, whose host differs between links of some utilities. */
const pathOf = (href = '') => href.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/+$/, '');

interface ReadingGroup {
  readonly home: string;
  readonly type: ReadingKind;
  readonly readings: Reading[];
}

/** Readings by home and direction. */
function groupReadings(file: ImportFile, entries: readonly Entry[], notes: string[]): Map<string, ReadingGroup> {
  const types = new Map(
    entries.filter(({ content }) => findElement(content, 'ReadingType')).map((entry) => [entry.self, entry]),
  );
  const meters = entries.filter(({ content }) => findElement(content, 'MeterReading'));
  const points = entries.filter(({ content }) => findElement(content, 'UsagePoint'));
  const groups = new Map<string, ReadingGroup>();
  let count = 0;
  for (const entry of entries) {
    const blocks = elementsOf(entry.content, 'IntervalBlock');
    if (blocks.length === 0) continue;
    const meter = meters.find(
      ({ self, related }) =>
        isBelow(entry.self, self) ||
        isBelow(entry.up, self) ||
        related.some((link) => link !== '' && (link === entry.up || isBelow(entry.self, link))),
    );
    const found =
      meter?.related.map((link) => types.get(link)).find((type) => type !== undefined) ?? onlyOf([...types.values()]);
    const type = kindOf(file.file, found, blocks[0]?.line ?? 0, notes);
    if (type === undefined) continue;
    const home = homeOfEntry(file, entry, points);
    const key = JSON.stringify([home, type.kind]);
    const group = groups.get(key) ?? { home, type, readings: [] };
    if (group.type.uom !== type.uom || group.type.power !== type.power)
      throw badData(
        `${file.file}, line ${blocks[0]?.line}`,
        'one direction comes in two units',
        'ask for one kind of readings',
      );
    for (const block of blocks)
      for (const reading of elementsOf(block, 'IntervalReading')) {
        count += 1;
        if (count > MAX_READINGS) throw badData(file.file, `it has more than ${MAX_READINGS} readings`, 'split it');
        group.readings.push(readReading(file.file, reading));
      }
    groups.set(key, group);
  }
  return groups;
}

const isBelow = (path: string, parent: string) => parent !== '' && (path === parent || path.startsWith(`${parent}/`));
const onlyOf = <Item>(items: readonly Item[]): Item | undefined => (items.length === 1 ? items[0] : undefined);

function homeOfEntry(file: ImportFile, entry: Entry, points: readonly Entry[]): string {
  if (file.home !== undefined || points.length < 2) return homeOf(file);
  const point = points.find(({ self }) => isBelow(entry.self, self) || isBelow(entry.up, self));
  const name =
    point?.title !== undefined && point.title !== '' ? point.title : /UsagePoint\/([^/]+)/.exec(entry.self)?.[1];
  return name === undefined ? homeOf(file) : `${homeOf(file)} ${name}`.slice(0, 64);
}

/** What a reading type says; `undefined` for what is no electric energy or power of periods. */
function kindOf(file: string, entry: Entry | undefined, line: number, notes: string[]): ReadingKind | undefined {
  const type = entry === undefined ? undefined : findElement(entry.content, 'ReadingType');
  if (type === undefined)
    throw badData(
      `${file}, line ${line}`,
      'no reading type belongs to these readings',
      'the file must hold its ReadingType with uom and flowDirection',
    );
  const place = `${file}, line ${type.line}`;
  const uom = textOf(type, 'uom') ?? '';
  const accumulation = textOf(type, 'accumulationBehaviour') ?? '';
  if ((uom !== UOM_WH && uom !== UOM_W) || !['', '0', '1', '2'].includes(textOf(type, 'commodity') ?? '')) {
    notes.push(
      `${place}: readings with the unit of measure ${uom.slice(0, 8)} are no electric energy and were left out`,
    );
    return undefined;
  }
  if (!PERIOD_DATA.has(accumulation)) {
    notes.push(`${place}: readings that count on (accumulation ${accumulation.slice(0, 8)}) were left out`);
    return undefined;
  }
  const power = textOf(type, 'powerOfTenMultiplier') ?? '0';
  if (!/^-?\d{1,2}$/.test(power) || Math.abs(Number(power)) > 12)
    throw badData(place, `powerOfTenMultiplier is "${power.slice(0, 20)}"`, 'it is a whole number from -12 to 12');
  const flow = textOf(type, 'flowDirection') ?? FORWARD;
  const kind = flow === REVERSE ? 'pv' : flow === NET ? 'net' : flow === FORWARD || flow === '0' ? 'load' : undefined;
  if (kind === undefined) {
    notes.push(`${place}: readings with the flow direction ${flow.slice(0, 8)} were left out`);
    return undefined;
  }
  return { kind, uom, power: Number(power) };
}

function readReading(file: string, reading: XmlElement): Reading {
  const place = `${file}, line ${reading.line}`;
  const period = reading.children.find(({ name }) => name === 'timePeriod');
  const [start, duration] = ['start', 'duration'].map((name) => textOf(period, name) ?? '');
  const value = textOf(reading, 'value') ?? '';
  if (!/^\d{1,10}$/.test(start ?? '') || !/^\d{1,7}$/.test(duration ?? ''))
    throw badData(
      place,
      `a reading has the start "${start?.slice(0, 20)}" and the duration "${duration?.slice(0, 20)}"`,
      'both are whole seconds',
    );
  if (!/^-?\d{1,15}$/.test(value))
    throw badData(
      place,
      `a reading has the value "${value.slice(0, 20)}"`,
      'it is a whole number in the unit of its reading type',
    );
  return { start: BigInt(start ?? 0), duration: BigInt(duration ?? 0), value: BigInt(value), line: reading.line };
}

function tracksOf(
  file: string,
  { home, type, readings }: ReadingGroup,
  positions: ReadonlyMap<bigint, number>,
  periodSeconds: bigint,
): Track[] {
  const values: (bigint | undefined)[] = Array.from({ length: positions.size }, () => undefined);
  for (const { start, duration, value, line } of readings) {
    const place = `${file}, line ${line}`;
    if (duration !== periodSeconds)
      throw badData(place, `a reading has ${duration} seconds, others ${periodSeconds}`, 'all periods have one length');
    const position = positions.get(start) as number;
    if (values[position] !== undefined) throw badData(place, `two readings begin at ${start}`, 'leave one of them out');
    // 10^power Wh are 1,000 · 10^power mWh; a power counts for its period.
    const scale = 1_000n * 10n ** BigInt(Math.max(type.power, 0)) * (type.uom === UOM_W ? periodSeconds : 1n);
    const divisor = 10n ** BigInt(Math.max(-type.power, 0)) * (type.uom === UOM_W ? 3_600n : 1n);
    const energyMwh = roundHalfEven(value * scale, divisor);
    if (energyMwh > MAX_PERIOD_MWH || -energyMwh > MAX_PERIOD_MWH)
      throw badData(place, 'a reading is more than a gigawatt-hour', 'check powerOfTenMultiplier');
    if (energyMwh < 0n && type.kind !== 'net')
      throw badData(
        place,
        `a reading is ${value}, below 0`,
        'only readings with net flow (flowDirection 4) have a sign',
      );
    values[position] = energyMwh;
  }
  if (type.kind !== 'net') return [{ home, kind: type.kind, energies: values, bridged: [] }];
  const side = (sign: bigint) =>
    values.map((value) => (value === undefined ? undefined : value * sign > 0n ? value * sign : 0n));
  return [
    { home, kind: 'load', energies: side(1n), bridged: [] },
    { home, kind: 'pv', energies: side(-1n), bridged: [] },
  ];
}

/** A rule of daylight saving as ESPI packs it into 32 bits. */
interface DstRule {
  readonly month: number;
  /** 0 the day of the month, 1 the weekday on or after it, 2 to 6 the first to fifth weekday, 7 the last. */
  readonly operator: number;
  readonly day: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  readonly seconds: number;
}

function readRule(text: string): DstRule | undefined {
  if (!/^[0-9a-f]{8}$/i.test(text)) return undefined;
  const bits = Number.parseInt(text, 16);
  const field = (low: number, width: number) => (bits >>> low) & ((1 << width) - 1);
  const rule = {
    month: field(28, 4),
    operator: field(25, 3),
    day: field(20, 5),
    weekday: field(17, 3),
    seconds: field(12, 5) * 3_600 + field(0, 12),
  };
  return rule.month >= 1 && rule.month <= 12 ? rule : undefined;
}

/** When a rule holds in a year, seconds since 1970 on the wall. */
function momentOfRule({ month, operator, day, weekday, seconds }: DstRule, year: number): bigint | undefined {
  const first = startOfDate(`${year}-${String(month).padStart(2, '0')}-01`);
  const after = startOfDate(`${month === 12 ? year + 1 : year}-${String((month % 12) + 1).padStart(2, '0')}-01`);
  if (first === undefined || after === undefined) return undefined;
  const days = Number((after - first) / 86_400n);
  // 1970-01-01 was a Thursday, ISO day 4.
  const weekdayOf = (index: number) => ((Number(first / 86_400n) + index + 3) % 7) + 1;
  const fitting = Array.from({ length: days }, (_, index) => index).filter((index) => weekdayOf(index) === weekday);
  const index =
    operator === 0
      ? day - 1
      : operator === 1
        ? fitting.find((candidate) => candidate >= day - 1)
        : operator === 7
          ? fitting.at(-1)
          : fitting[operator - 2];
  return index === undefined || index < 0 ? undefined : first + BigInt(index * 86_400 + seconds);
}

function zoneOf(file: string, entries: readonly Entry[], moments: readonly bigint[], notes: string[]): CommunityZone {
  const found = entries
    .map(({ content }) => findElement(content, 'LocalTimeParameters'))
    .find((item) => item !== undefined);
  if (found === undefined) {
    notes.push('it names no zone: days are those of UTC, unless --time-zone says otherwise');
    return UTC_ZONE;
  }
  const place = `${file}, line ${found.line}`;
  const [tz, dst] = ['tzOffset', 'dstOffset'].map((name) => textOf(found, name) ?? '0');
  if (![tz, dst].every((text) => /^-?\d{1,5}$/.test(text ?? '')))
    throw badData(place, `its offsets are "${tz?.slice(0, 20)}" and "${dst?.slice(0, 20)}"`, 'they are whole seconds');
  const [standard, saving] = [Number(tz), Number(dst)];
  const [begins, ends] = ['dstStartRule', 'dstEndRule'].map((name) => readRule(textOf(found, name) ?? ''));
  const base: ZoneOffset = { fromSeconds: 0, offsetSeconds: standard };
  if (saving === 0 || begins === undefined || ends === undefined) return { kind: 'offsets', offsets: [base] };
  const yearOf = (moment: bigint) => new Date(Number(moment) * 1000).getUTCFullYear();
  const years = [yearOf(moments[0] ?? 0n) - 1, yearOf(moments.at(-1) ?? 0n) + 1] as const;
  const offsets: ZoneOffset[] = [];
  for (let year = Math.max(years[0], 1970); year <= years[1] && offsets.length < 60; year += 1) {
    const [from, to] = [momentOfRule(begins, year), momentOfRule(ends, year)];
    if (from !== undefined) offsets.push({ fromSeconds: Number(from) - standard, offsetSeconds: standard + saving });
    if (to !== undefined) offsets.push({ fromSeconds: Number(to) - standard - saving, offsetSeconds: standard });
  }
  offsets.sort((a, b) => a.fromSeconds - b.fromSeconds);
  // Before the first change the clock shows what the last one left.
  return {
    kind: 'offsets',
    offsets: [{ fromSeconds: 0, offsetSeconds: offsets[1]?.offsetSeconds ?? standard }, ...offsets],
  };
}
