import { WattchainError } from '@wattchain/core';
import { ENDS_HINT, namesEnds } from '../input/ends.js';
import type { CsvRow } from '../input/table.js';
import type { EnergyUnit } from '../units.js';

/** A column of energies. */
export interface EnergyColumn {
  /** Position in a line, from 0. */
  readonly position: number;
  /** As the header writes it. */
  readonly title: string;
  readonly unit: EnergyUnit;
}

/** The columns of one home. */
export interface HomeColumns {
  readonly name: string;
  readonly production: EnergyColumn | undefined;
  readonly consumption: EnergyColumn;
}

/** What a day file's header says. */
export interface DayColumns {
  readonly homes: readonly HomeColumns[];
  /** Titles of columns that hold no energy, such as tariffs. */
  readonly ignored: readonly string[];
}

/** How wide a file may be. */
export interface WidthLimits {
  readonly mostColumns: number;
  readonly mostHomes: number;
}

/** Longest title: that of a meter with an address in it, several times. */
const MAX_TITLE = 256;
/** How energy columns are titled, for error messages. */
const COLUMN_FORMAT =
  'title energy columns load01_kWh and pv01_kWh, or ann_load_kWh and ann_pv_kWh; consumption, consumed, production and produced do too, and so do Wh and mWh';

const PRODUCTION_WORDS = ['pv', 'production', 'produced'];
const CONSUMPTION_WORDS = ['load', 'consumption', 'consumed'];
const WORDS = [...PRODUCTION_WORDS, ...CONSUMPTION_WORDS].join('|');
const PREFIXED = new RegExp(`^(${WORDS})[ _-]?(.+)$`, 'i');
const SUFFIXED = new RegExp(`^(.+?)[ _-](${WORDS})$`, 'i');
/** A home with this name owns the file's only production column, if that names no other home. */
const ONLY_PRODUCER = 'prosumer';

/** Whether a header is a day file's: every column but the first is a home's load or production with a unit, or a rate. */
export function looksLikeDayFile(header: readonly string[]): boolean {
  const titles = header.slice(1);
  const isHome = (title: string) => {
    const stem = /^(.*)_[A-Za-z]+$/.exec(title)?.[1];
    return stem !== undefined && (SUFFIXED.test(stem) || PREFIXED.test(stem));
  };
  return titles.some(isHome) && titles.every((title) => title === '' || /_per_/i.test(title) || isHome(title));
}

/**
 * Reads a header: the first column is the time, every other one a home's load or production, or a rate (`…_per_…`). Errors: `badDayFile`.
 */
export function readColumns(file: string, header: CsvRow, limits: WidthLimits): DayColumns {
  const titles = header.cells;
  const line = `${file}, line ${header.line}`;
  const { mostColumns, mostHomes } = limits;
  if (titles.length > mostColumns) {
    const homes = new Set(titles.slice(1).flatMap((title) => ownerOf(title)?.home ?? []));
    throw bad(
      line,
      `it has ${homes.size} homes in ${titles.length} columns`,
      `the limit is ${mostHomes} homes in ${mostColumns} columns: leave out columns`,
    );
  }
  const time = titles[0] ?? '';
  if (namesEnds(time))
    throw bad(`${line}, column 1 (${time.slice(0, 80)})`, 'periods are named by their ends', ENDS_HINT);
  const productions = new Map<string, EnergyColumn>();
  const consumptions = new Map<string, EnergyColumn>();
  const ignored: string[] = [];
  titles.slice(1).forEach((title, index) => {
    if (/_per_/i.test(title)) {
      ignored.push(title);
      return;
    }
    const position = index + 1;
    const place = `${line}, column ${position + 1} (${title.slice(0, 80)})`;
    const { home, isProduction, unit } = readTitle(place, title);
    const columns = isProduction ? productions : consumptions;
    if (columns.has(home)) throw bad(place, `${home} has this column twice`, 'leave one of them out');
    columns.set(home, { position, title, unit });
  });
  const homes = joinHomes(line, productions, consumptions);
  if (homes.length > mostHomes)
    throw bad(line, `it has ${homes.length} homes`, `the limit is ${mostHomes}: leave out columns`);
  return { homes, ignored };
}

function readTitle(place: string, title: string): { home: string; isProduction: boolean; unit: EnergyUnit } {
  if (title.length > MAX_TITLE)
    throw bad(place, `its title has ${title.length} characters`, `the limit is ${MAX_TITLE}`);
  const owner = ownerOf(title);
  if (owner === undefined) throw bad(place, "it is neither a home's load nor its production", COLUMN_FORMAT);
  const { home, isProduction, unitText } = owner;
  return { home, isProduction, unit: readUnit(place, unitText) };
}

/** Whose column a title names; `undefined` where it is no home's. */
function ownerOf(title: string): { home: string; isProduction: boolean; unitText: string } | undefined {
  const [, stem = '', unitText = ''] = /^(.*)_([A-Za-z]+)$/.exec(title) ?? [];
  const suffixed = SUFFIXED.exec(stem);
  const prefixed = PREFIXED.exec(stem);
  const [word, id] = suffixed ? [suffixed[2], suffixed[1]] : [prefixed?.[1], prefixed?.[2]];
  if (word === undefined || id === undefined) return undefined;
  const isProduction = PRODUCTION_WORDS.includes(word.toLowerCase());
  return { home: /^\d+$/.test(id) ? `home${id}` : id, isProduction, unitText };
}

function readUnit(place: string, text: string): EnergyUnit {
  if (/^kwh$/i.test(text)) return 'kWh';
  // An m of the wrong size is a factor of a thousand million, so the case of mWh counts.
  if (text === 'mWh') return 'mWh';
  if (/^wh$/i.test(text)) return 'Wh';
  const isPower = /^[kM]?W$/i.test(text);
  throw bad(
    place,
    isPower ? `${text} is a power, not an energy` : `its unit "${text}" is unknown`,
    isPower ? 'give the energy of each period in kWh' : 'the units are kWh, Wh and mWh (milliwatt-hours)',
  );
}

/** Puts the columns of each home together, in the order of the loads. */
function joinHomes(
  line: string,
  productions: ReadonlyMap<string, EnergyColumn>,
  consumptions: ReadonlyMap<string, EnergyColumn>,
): HomeColumns[] {
  if (consumptions.size === 0) throw bad(line, "no column is a home's load", COLUMN_FORMAT);
  const owned = new Map(productions);
  const [stray, ...others] = [...productions].filter(([home]) => !consumptions.has(home));
  const isOnlyProducers = productions.size === 1 && consumptions.has(ONLY_PRODUCER);
  if (stray && isOnlyProducers) owned.set(ONLY_PRODUCER, stray[1]);
  else if (stray) {
    const more = others.length > 0 ? ` (nor have ${others.length} others)` : '';
    throw bad(
      `${line}, column ${stray[1].position + 1} (${stray[1].title})`,
      `${stray[0]} has no column of its load${more}`,
      'add one; of a plant without consumption it holds zeros',
    );
  }
  return [...consumptions].map(([name, consumption]) => ({ name, production: owned.get(name), consumption }));
}

function bad(place: string, what: string, hint: string): WattchainError {
  return new WattchainError('badDayFile', `${place}: ${what}`, { values: { place }, hint });
}
