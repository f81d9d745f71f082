import { WattchainError } from '@wattchain/core';
import { startOfDate } from '../input/time.js';
import { type CommunityClock, type CommunityZone, communityClock, formatZone, wallTimeOf } from '../input/zone.js';
import type { HomeProfile } from '../profile/dayProfile.js';
import {
  type CommunitySeries,
  MAX_SERIES_CELLS,
  MAX_SERIES_HOMES,
  type RateColumn,
  type SeriesPeriod,
} from '../profile/parseSeries.js';
import { formatKwh } from '../units.js';
import { badData } from './badData.js';
import type { DataFile, ImportOptions, Track, TrackGap, TrackKind } from './dataFile.js';
import { requireDense } from './meterTable.js';

const SECONDS_PER_DAY = 86_400n;

/** Periods of a home of which no file has a figure. */
export interface SeriesGap extends TrackGap {
  readonly home: string;
  readonly kind: TrackKind;
  readonly periods: number;
}

/** A community's series out of files, and what of it no file says. */
export interface AssembledSeries {
  readonly series: CommunitySeries;
  /** In the order of homes, then of time. */
  readonly gaps: readonly SeriesGap[];
  readonly notes: readonly string[];
}

/** A home's figures by period. */
interface Lane {
  readonly home: string;
  readonly kind: TrackKind;
  readonly energies: (bigint | undefined)[];
  readonly bridged: TrackGap[];
}

/** The periods of a community. */
interface Grid {
  readonly start: bigint;
  readonly length: bigint;
  readonly count: number;
}

/** Puts files together: one length of periods, one span, every home in each of them; gaps become what the rule says. Errors: `badData`, `gapInData`. */
export function assemble(files: readonly DataFile[], options: ImportOptions): AssembledSeries {
  if (files.every(({ starts }) => starts.length === 0))
    throw badData('the data', 'no file has a period', 'name the files of the homes');
  const zone = zoneOf(files, options);
  const clock = options.clock ?? communityClock(zone);
  const notes: string[] = [];
  const even = files.map((file) => coarser(file, options.resolutionSeconds));
  const grid = gridOf(even, clock, options);
  const lanes = lanesOf(even, grid);
  const gaps = lanes.flatMap((lane) => gapsOf(lane, grid));
  fillGaps(lanes, gaps, grid, clock, options);
  const periods = Array.from({ length: grid.count }, (_, index): SeriesPeriod => {
    const start = grid.start + grid.length * BigInt(index);
    const { date, clock: label } = wallTimeOf(clock, start);
    return { start, label, date: even[0]?.isDated ? date : undefined };
  });
  const series = {
    periodSeconds: grid.length,
    periods,
    homes: homesOf(lanes, even, notes),
    rates: ratesOf(even, grid, notes),
    emptyColumns: 0,
    zone,
  };
  return { series, gaps, notes };
}

/** One clock for all files: the one that is named, else the one that they show. */
function zoneOf(files: readonly DataFile[], { clock }: ImportOptions): CommunityZone {
  if (clock !== undefined) return clock.zone;
  const walls = files.filter(({ zone }) => zone.kind === 'wall');
  const others = files.filter(({ zone }) => zone.kind !== 'wall');
  const [wall, other] = [walls[0], others[0]];
  if (wall !== undefined && other !== undefined)
    throw badData(
      wall.file,
      `its times have no offset, and those of ${other.file} are told by ${formatZone(other.zone)}`,
      'name the zone of the community: --time-zone Europe/Berlin',
    );
  // Of several the one that says most: a summer's file knows no winter.
  const sizeOf = (zone: CommunityZone) => (zone.kind === 'offsets' ? zone.offsets.length : 0);
  return files.reduce(
    (best, { zone }) => (sizeOf(zone) > sizeOf(best) ? zone : best),
    (other ?? wall ?? (files[0] as DataFile)).zone,
  );
}

/** The file with its periods added up to longer ones; a longer one of which a part is missing has no figure. */
function coarser(file: DataFile, resolution: bigint | undefined): DataFile {
  if (resolution === undefined || resolution === file.periodSeconds) return file;
  if (resolution < file.periodSeconds || resolution % file.periodSeconds !== 0n)
    throw badData(
      file.file,
      `its periods of ${file.periodSeconds / 60n} minutes cannot be made to ${resolution / 60n}`,
      'shorter periods are added up to longer ones, and none is split',
    );
  const parts = Number(resolution / file.periodSeconds);
  const groups = new Map<bigint, number[]>();
  file.starts.forEach((start, index) => {
    const begin = start - (start % resolution);
    const group = groups.get(begin);
    if (group === undefined) groups.set(begin, [index]);
    else group.push(index);
  });
  const entries = [...groups.entries()];
  const sumOf = (values: readonly (bigint | undefined)[], indexes: readonly number[]) => {
    if (indexes.length !== parts) return undefined;
    let total = 0n;
    for (const index of indexes) {
      const value = values[index];
      if (value === undefined) return undefined;
      total += value;
    }
    return total;
  };
  return {
    ...file,
    periodSeconds: resolution,
    until: file.until === undefined ? undefined : file.until + ((resolution - (file.until % resolution)) % resolution),
    starts: entries.map(([begin]) => begin),
    lines: entries.map(([, indexes]) => file.lines[indexes[0] ?? 0] ?? 0),
    tracks: file.tracks.map((track) => ({
      ...track,
      energies: entries.map(([, indexes]) => sumOf(track.energies, indexes)),
      bridged: track.bridged.map(({ start, end }) => ({
        start: start - (start % resolution),
        end: end + ((resolution - (end % resolution)) % resolution),
      })),
    })),
    rates: file.rates.map(({ title, values }) => ({
      title,
      values: entries.map(([, [first = 0]]) => values[first] ?? 0n),
    })),
  };
}

function gridOf(files: readonly DataFile[], clock: CommunityClock, { from, to }: ImportOptions): Grid {
  const first = files[0] as DataFile;
  const odd = files.find(({ periodSeconds }) => periodSeconds !== first.periodSeconds);
  if (odd !== undefined)
    throw badData(
      odd.file,
      `its periods have ${odd.periodSeconds / 60n} minutes, those of ${first.file} ${first.periodSeconds / 60n}`,
      'name the longer one to add the shorter ones up to it: --resolution 1h',
    );
  const undated = files.find(({ isDated }) => isDated !== first.isDated);
  if (undated !== undefined)
    throw badData(
      (first.isDated ? undated : first).file,
      `its times have no date, and those of ${(first.isDated ? first : undated).file} have one`,
      'say which day it is: --date 2024-07-04',
    );
  for (const day of [from, to])
    if (day !== undefined && startOfDate(day) === undefined)
      throw badData(`the date "${day.slice(0, 20)}"`, 'there is no such day', 'write it as 2017-07-04');
  if ((from !== undefined || to !== undefined) && !first.isDated)
    throw badData(first.file, 'its times have no dates', 'days cannot be chosen from it');
  const length = first.periodSeconds;
  const starts = files.flatMap((file) => [
    file.starts[0] as bigint,
    (file.until ?? (file.starts.at(-1) as bigint) + length) - length,
  ]);
  let [begin, last] = [starts.reduce((a, b) => (b < a ? b : a)), starts.reduce((a, b) => (b > a ? b : a))];
  for (const file of files) requireAligned(file, begin, length);
  const dateOf = (start: bigint) => wallTimeOf(clock, start).date;
  const [held, until] = [dateOf(begin), dateOf(last)];
  // A day may be shorter or longer than 24 hours, so its beginning is looked for within one of it.
  if (from !== undefined) {
    const day = startOfDate(from) as bigint;
    if (begin < day - 2n * SECONDS_PER_DAY) begin += ((day - 2n * SECONDS_PER_DAY - begin) / length) * length;
    while (begin <= last && dateOf(begin) < from) begin += length;
  }
  if (to !== undefined) {
    const day = startOfDate(to) as bigint;
    if (last > day + 3n * SECONDS_PER_DAY) last -= ((last - day - 3n * SECONDS_PER_DAY) / length) * length;
    while (last >= begin && dateOf(last) > to) last -= length;
  }
  if (begin > last)
    throw badData(first.file, `no day from ${from ?? held} to ${to ?? until} is in it`, `it holds ${held} to ${until}`);
  return { start: begin, length, count: Number((last - begin) / length) + 1 };
}

/** Periods begin at whole multiples of their length since 1970: the registry's do. */
function requireAligned({ file, starts, lines }: DataFile, begin: bigint, length: bigint): void {
  const start = starts[0] ?? 0n;
  if ((start - begin) % length === 0n && start % length === 0n) return;
  throw badData(
    `${file}, line ${lines[0]}`,
    `its periods of ${length / 60n} minutes begin ${start % length} seconds after a whole multiple of them`,
    'shift the times to whole periods; where the zone is off by half an hour, give half hours or quarters of an hour',
  );
}

function lanesOf(files: readonly DataFile[], grid: Grid): Lane[] {
  const lanes = new Map<string, Lane & { file: string }>();
  const homes = new Set(files.flatMap(({ tracks }) => tracks.map(({ home }) => home)));
  if (homes.size > MAX_SERIES_HOMES)
    throw badData('the data', `it has ${homes.size} homes`, `the limit is ${MAX_SERIES_HOMES}`);
  if (homes.size * grid.count > MAX_SERIES_CELLS)
    throw badData(
      'the data',
      `${homes.size} homes in ${grid.count} periods are ${homes.size * grid.count}`,
      `the limit of homes times periods is ${MAX_SERIES_CELLS}: take fewer days (--from, --to) or longer periods (--resolution)`,
    );
  requireDense(
    'the data',
    Math.max(...files.map(({ starts }) => starts.length)),
    grid.start,
    grid.start + grid.length * BigInt(grid.count - 1),
    grid.length,
  );
  for (const file of files)
    for (const track of file.tracks) {
      const key = JSON.stringify([track.home, track.kind]);
      const lane = lanes.get(key) ?? { ...emptyLane(track, grid), file: file.file };
      lanes.set(key, lane);
      addTrack(lane, track, file, grid);
    }
  return [...lanes.values()];
}

const emptyLane = ({ home, kind }: Track, { count }: Grid): Lane => ({
  home,
  kind,
  energies: Array.from({ length: count }, () => undefined),
  bridged: [],
});

function addTrack(lane: Lane & { file: string }, track: Track, file: DataFile, grid: Grid): void {
  const end = grid.start + grid.length * BigInt(grid.count);
  file.starts.forEach((start, index) => {
    const energyMwh = track.energies[index];
    if (energyMwh === undefined || start < grid.start || start >= end) return;
    const position = Number((start - grid.start) / grid.length);
    if (lane.energies[position] !== undefined)
      throw badData(
        `${file.file}, line ${file.lines[index]}`,
        `${track.home} has a figure of this period already, from ${lane.file}`,
        'two files may follow each other and not overlap; name whose each is: anna=FILE, anna:pv=FILE',
      );
    lane.energies[position] = energyMwh;
  });
  lane.bridged.push(...track.bridged);
}

function gapsOf({ home, kind, energies, bridged }: Lane, grid: Grid): SeriesGap[] {
  const gaps: SeriesGap[] = [];
  const moment = (index: number) => grid.start + grid.length * BigInt(index);
  const bridges = new Map(bridged.map((bridge) => [bridge.start, bridge]));
  for (let index = 0; index < grid.count; ) {
    if (energies[index] !== undefined) {
      index += 1;
      continue;
    }
    let next = index;
    const bridge = bridges.get(moment(index));
    const end = bridge === undefined ? undefined : Number((bridge.end - grid.start) / grid.length);
    while (next < grid.count && energies[next] === undefined && (next === index || !bridges.has(moment(next))))
      next += 1;
    const isWhole = end !== undefined && end <= next;
    const stop = isWhole ? end : next;
    gaps.push({
      home,
      kind,
      start: moment(index),
      end: moment(stop),
      periods: stop - index,
      ...(isWhole && bridge?.energyMwh !== undefined ? { energyMwh: bridge.energyMwh } : {}),
    });
    index = stop;
  }
  return gaps;
}

/** A gap in a sentence: `anna's load from 2024-03-01 02:00 to 2024-03-01 04:00 (2 periods)`. */
export function describeGap({ home, kind, start, end, periods, energyMwh }: SeriesGap, clock: CommunityClock): string {
  const show = (seconds: bigint) => {
    const { date, clock: label } = wallTimeOf(clock, seconds);
    return `${date} ${label}`;
  };
  const known = energyMwh === undefined ? '' : `, ${formatKwh(energyMwh)} kWh in all`;
  return `${home}'s ${kind === 'load' ? 'load' : 'production'} from ${show(start)} to ${show(end)} (${periods} ${periods === 1 ? 'period' : 'periods'}${known})`;
}

function fillGaps(
  lanes: readonly Lane[],
  gaps: readonly SeriesGap[],
  grid: Grid,
  clock: CommunityClock,
  options: ImportOptions,
): void {
  const rule = options.gaps ?? 'refuse';
  const [first] = gaps;
  if (first === undefined) return;
  if (rule === 'refuse') {
    const more = gaps.length > 1 ? `, and there are ${gaps.length - 1} more gaps` : '';
    throw new WattchainError('gapInData', `there is no figure of ${describeGap(first, clock)}${more}`, {
      values: { gaps: gaps.length, first },
      hint: 'add the figures, take other days (--from, --to), or say what gaps become: --gaps zero or --gaps interpolate; wattchain community check lists them',
    });
  }
  const byLane = new Map(lanes.map((lane) => [JSON.stringify([lane.home, lane.kind]), lane]));
  for (const gap of gaps) {
    const lane = byLane.get(JSON.stringify([gap.home, gap.kind])) as Lane;
    const begin = Number((gap.start - grid.start) / grid.length);
    const values = rule === 'zero' ? Array.from({ length: gap.periods }, () => 0n) : lineOver(lane, gap, begin, clock);
    values.forEach((value, index) => {
      lane.energies[begin + index] = value;
    });
  }
}

/** What a register counted over the gap in equal parts, the first ones larger by a unit; else the line between the neighbours, rounded down. */
function lineOver(lane: Lane, gap: SeriesGap, begin: number, clock: CommunityClock): bigint[] {
  const count = BigInt(gap.periods);
  if (gap.energyMwh !== undefined) {
    const [part, rest] = [gap.energyMwh / count, gap.energyMwh % count];
    return Array.from({ length: gap.periods }, (_, index) => part + (BigInt(index) < rest ? 1n : 0n));
  }
  const [before, after] = [lane.energies[begin - 1], lane.energies[begin + gap.periods]];
  if (before === undefined || after === undefined)
    throw new WattchainError(
      'gapInData',
      `nothing can be drawn over ${describeGap(gap, clock)}: it has no figure on one side`,
      {
        values: { gap },
        hint: 'take days that all files hold (--from, --to), or say --gaps zero',
      },
    );
  return Array.from({ length: gap.periods }, (_, index) => {
    const step = BigInt(index + 1);
    return (before * (count + 1n - step) + after * step) / (count + 1n);
  });
}

function homesOf(lanes: readonly Lane[], files: readonly DataFile[], notes: string[]): HomeProfile[] {
  const names = [...new Set(lanes.map(({ home }) => home))];
  if (names.length === 0)
    throw badData(files[0]?.file ?? 'the data', 'it holds no home', 'name the files of the homes');
  return names.map((name) => {
    const lane = (kind: TrackKind) => lanes.find((candidate) => candidate.home === name && candidate.kind === kind);
    const [load, pv] = [lane('load'), lane('pv')];
    if (load === undefined) notes.push(`${name} has production and no load: its load is taken as 0`);
    const zeros = () => (load ?? pv)?.energies.map(() => 0n) ?? [];
    return {
      name,
      producedMwh: (pv?.energies as bigint[] | undefined) ?? zeros(),
      consumedMwh: (load?.energies as bigint[] | undefined) ?? zeros(),
    };
  });
}

/** Columns of rates on the periods; over a gap the one before holds on. */
function ratesOf(files: readonly DataFile[], grid: Grid, notes: string[]): RateColumn[] {
  const seen = new Set<string>();
  return files.flatMap(({ file, starts, rates }) =>
    rates.map(({ title, values }) => {
      if (seen.has(title)) throw badData(file, `${title} is in another file too`, 'leave one of them out');
      seen.add(title);
      const byStart = new Map(starts.map((start, index) => [start, values[index]]));
      let [held, missing] = [values[0] ?? 0n, 0];
      const onGrid = Array.from({ length: grid.count }, (_, index) => {
        const value = byStart.get(grid.start + grid.length * BigInt(index));
        if (value === undefined) missing += 1;
        held = value ?? held;
        return held;
      });
      if (missing > 0) notes.push(`${title} has no figure in ${missing} periods, where the one before holds on`);
      return { title, values: onGrid };
    }),
  );
}
