import { WattchainError } from '@wattchain/core';
import { startOfDate } from '../input/time.js';
import { zoneOfOffsets } from '../input/zone.js';
import { parseEnergy } from '../units.js';
import { badData } from './badData.js';
import { type DataFile, homeOf, type ImportFile, type ImportOptions, type Track, type TrackKind } from './dataFile.js';
import { lengthOf } from './meterTable.js';
import { periodsOfRegister } from './registers.js';

/** A telegram's time: YYMMDDhhmmss and W (winter) or S (summer), by the clock of the Netherlands and Belgium. */
const TIME = /^0-0:1\.0\.0\((\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})([WS])\)/;
/** Registers of energy taken (1.8) and given (2.8) at both tariffs. */
const REGISTER = /^1-0:([12])\.8\.([12])\((\d{1,9}\.\d{1,3})\*(k?Wh)\)/;
/** Telegrams come every second or every ten; the length of periods that are made of them where nobody names one. */
const DEFAULT_PERIOD_SECONDS = 900n;
const MAX_TELEGRAMS = 4_000_000;

interface Telegram {
  readonly line: number;
  readonly seconds: bigint;
  readonly offsetSeconds: bigint;
  readonly load: bigint | undefined;
  readonly pv: bigint | undefined;
}

/**
 * Telegrams of a Dutch or Belgian smart meter as its P1 port sends them (DSMR 4 and 5), one after the other: registers of energy taken and
 * given. Of each quarter of an hour, or what `--resolution` names, the first telegram at or after its beginning counts, if it is not
 * later than a tenth of the period. Errors: `badData` with the line.
 */
export function readP1Telegrams(file: ImportFile, options: ImportOptions): DataFile {
  const telegrams = readTelegrams(file);
  const length = options.resolutionSeconds ?? DEFAULT_PERIOD_SECONDS;
  const chosen = new Map<bigint, Telegram>();
  let before: Telegram | undefined;
  for (const telegram of telegrams) {
    if (before !== undefined && telegram.seconds <= before.seconds)
      throw badData(
        `${file.file}, line ${telegram.line}`,
        `the telegram is not later than that of line ${before.line}`,
        'sort them by time, each once',
      );
    before = telegram;
    const start = telegram.seconds - (telegram.seconds % length);
    if ((telegram.seconds - start) * 10n <= length && !chosen.has(start)) chosen.set(start, telegram);
  }
  const starts = [...chosen.keys()];
  const picked = [...chosen.values()];
  const lines = picked.map(({ line }) => line);
  const periodSeconds = lengthOf(file.file, { moments: starts, isDated: true }, lines);
  const notes = [`registers at the first telegram of each ${periodSeconds / 60n} minutes`];
  const tracks = (['load', 'pv'] as const).flatMap((kind) =>
    trackOf(file, kind, { picked, starts, lines, periodSeconds, notes }),
  );
  if (tracks.length === 0)
    throw badData(file.file, 'no telegram has a register of energy (1.8 or 2.8)', 'electricity is read, not gas');
  const { value: zone, fault } = zoneOfOffsets(picked);
  if (fault !== undefined) throw badData(file.file, fault.what, fault.hint);
  return {
    file: file.file,
    format: 'p1',
    starts: starts.slice(0, -1),
    lines: lines.slice(0, -1),
    until: starts.at(-1),
    periodSeconds,
    tracks,
    rates: [],
    zone: options.clock?.zone ?? zone,
    isDated: true,
    notes,
  };
}

interface Picked {
  readonly picked: readonly Telegram[];
  readonly starts: readonly bigint[];
  readonly lines: readonly number[];
  readonly periodSeconds: bigint;
  readonly notes: string[];
}

function trackOf(file: ImportFile, kind: TrackKind, { picked, starts, lines, periodSeconds, notes }: Picked): Track[] {
  const shown = picked.map((telegram) => telegram[kind]);
  if (shown.every((figure) => figure === undefined)) return [];
  const title = kind === 'load' ? '1-0:1.8' : '1-0:2.8';
  const periods = periodsOfRegister(shown, { file: file.file, title, moments: starts, lines, periodSeconds });
  notes.push(...periods.notes);
  return [{ home: homeOf(file), kind, energies: periods.energies, bridged: periods.bridged }];
}

function readTelegrams({ file, text }: ImportFile): Telegram[] {
  const telegrams: Telegram[] = [];
  let open: { line: number; body: string[] } | undefined;
  const add = (end: number) => {
    if (open !== undefined) telegrams.push(readTelegram(file, open, end));
    open = undefined;
    if (telegrams.length > MAX_TELEGRAMS)
      throw badData(file, `it has more than ${MAX_TELEGRAMS} telegrams`, 'split it');
  };
  let line = 0;
  for (const row of text.split(/\r?\n/)) {
    line += 1;
    if (row.startsWith('/')) {
      if (open !== undefined)
        throw badData(
          `${file}, line ${line}`,
          'a telegram begins before the one before it ends',
          'each ends with a line !',
        );
      open = { line, body: [] };
    } else if (row.startsWith('!')) add(line);
    else if (open !== undefined) open.body.push(row);
    else if (row.trim() !== '')
      throw badData(`${file}, line ${line}`, 'a line belongs to no telegram', 'each begins with a line /');
  }
  if (open !== undefined)
    throw badData(`${file}, line ${open.line}`, 'the last telegram does not end', 'each ends with a line !');
  return telegrams;
}

function readTelegram(file: string, { line, body }: { line: number; body: readonly string[] }, end: number): Telegram {
  const place = `${file}, lines ${line} to ${end}`;
  const found = body.map((row) => TIME.exec(row)).find((match) => match !== null);
  if (found === undefined)
    throw badData(place, 'the telegram has no time (0-0:1.0.0)', 'meters of DSMR 4 and later send one');
  const [, year, month, day, hour, minute, second, season] = found;
  const midnight = startOfDate(`20${year}-${month}-${day}`);
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw badData(place, `its time ${found[0].slice(0, 40)} does not exist`, 'it is YYMMDDhhmmss and W or S');
  const offsetSeconds = season === 'S' ? 7_200n : 3_600n;
  const seconds = midnight + BigInt(Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) - offsetSeconds;
  return { line, seconds, offsetSeconds, load: registerOf(place, body, '1'), pv: registerOf(place, body, '2') };
}

/** Both tariffs together; a register that is not there counts nothing if the other is. */
function registerOf(place: string, body: readonly string[], side: string): bigint | undefined {
  let total: bigint | undefined;
  for (const row of body) {
    const [, found, , figure = '', unit = 'kWh'] = REGISTER.exec(row) ?? [];
    if (found !== side) continue;
    try {
      total = (total ?? 0n) + parseEnergy(figure, unit as 'kWh' | 'Wh');
    } catch (cause) {
      if (!(cause instanceof WattchainError)) throw cause;
      throw badData(place, cause.message, cause.hint, cause);
    }
  }
  return total;
}
