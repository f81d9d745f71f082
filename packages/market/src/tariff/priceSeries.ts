import { WattchainError } from '@wattchain/core';
import { type DecimalKind, readDecimal } from '../input/decimal.js';
import { namesEnds } from '../input/ends.js';
import { type CsvRow, readTable } from '../input/table.js';
import { readTime } from '../input/time.js';
import { type CommunityClock, momentOf } from '../input/zone.js';

/** Columns that a CSV of prices may have, `tariff_eur_per_kWh`. */
const KINDS = ['tariff', 'feed_in', 'grid_fee', 'local_fee'] as const;
export type PriceKind = (typeof KINDS)[number];
const TITLE = /^(tariff|feed_in|grid_fee|local_fee)_([a-z]{3})_per_kwh$/i;
const MAX_ROWS = 600_000;
const PRICE: DecimalKind = {
  name: 'a price for a kWh',
  decimals: 18,
  finest: 'money has 18 decimals',
  hasExponents: true,
};

/** Prices by time; each holds until the next one, the last as long as the one before it. */
export interface PriceSeries {
  readonly currency: string;
  readonly rows: readonly PriceRow[];
  readonly file: string;
}

interface PriceRow {
  readonly row: CsvRow;
  /** 10^-18 of the currency for a kWh. */
  readonly prices: Readonly<Partial<Record<PriceKind, bigint>>>;
}

/** Reads a CSV of prices: the beginning of each, `tariff_eur_per_kWh`, `feed_in_eur_per_kWh`, and fees. Errors: `badTariff`. */
export function readPriceSeries(file: string, text: string): PriceSeries {
  const { header, rows } = readTable(file, text, bad);
  const [time, ...titles] = header.cells;
  if (time === undefined) throw bad(file, 'it is empty', 'give JSON, or a CSV of prices by time');
  if (namesEnds(time))
    throw bad(
      `${file}, line 1, column 1 (${time.slice(0, 80)})`,
      'it names the ends of periods',
      'name their beginnings',
    );
  const columns = titles.map((title, index) => {
    const [, kind, currency] = TITLE.exec(title) ?? [];
    if (kind === undefined || currency === undefined)
      throw bad(
        `${file}, line 1, column ${index + 2} (${title.slice(0, 80)})`,
        'it is no price',
        'columns are tariff_eur_per_kWh, feed_in_eur_per_kWh, grid_fee_eur_per_kWh and local_fee_eur_per_kWh',
      );
    return { kind: kind.toLowerCase() as PriceKind, currency: currency.toUpperCase(), title, position: index + 1 };
  });
  for (const needed of ['tariff', 'feed_in'] as const)
    if (!columns.some(({ kind }) => kind === needed))
      throw bad(`${file}, line 1`, `it has no column ${needed}_…_per_kWh`, 'both tariff and feed_in are needed');
  const currency = columns[0]?.currency ?? '';
  if (
    new Set(columns.map((column) => column.currency)).size > 1 ||
    new Set(columns.map(({ kind }) => kind)).size < columns.length
  )
    throw bad(`${file}, line 1`, 'its columns are in two currencies, or one stands twice', 'leave one of them out');
  if (rows.length === 0 || rows.length > MAX_ROWS)
    throw bad(file, `it has ${rows.length} prices`, `it has from 1 to ${MAX_ROWS}`);
  return {
    file,
    currency,
    rows: rows.map((row) => ({
      row,
      prices: Object.fromEntries(
        columns.map(({ kind, position, title }) => {
          const { value, fault } = readDecimal(row.cells[position] ?? '', PRICE);
          if (fault !== undefined)
            throw bad(`${file}, line ${row.line}, column ${position + 1} (${title})`, fault.what, fault.hint);
          return [kind, value];
        }),
      ),
    })),
  };
}

/** The prices that hold at rising moments. Errors: `badTariff` for a moment before the first or after the last. */
export function pricesAt(
  { file, rows }: PriceSeries,
  starts: readonly bigint[],
  clock: CommunityClock,
): Readonly<Partial<Record<PriceKind, bigint>>>[] {
  const begins: bigint[] = [];
  for (const { row } of rows) {
    const place = `${file}, line ${row.line}, column 1`;
    const { value, fault } = readTime(row.cells[0] ?? '');
    if (fault !== undefined) throw bad(place, `"${(row.cells[0] ?? '').slice(0, 40)}" is not a time`, fault.hint);
    const moment = value.date === undefined ? { value: value.wallSeconds } : momentOf(clock, value, begins.at(-1));
    if (moment.fault !== undefined) throw bad(place, moment.fault.what, moment.fault.hint);
    if (begins.length > 0 && moment.value <= (begins.at(-1) as bigint))
      throw bad(place, 'it is not later than the line before', 'sort the lines by time, each once');
    begins.push(moment.value);
  }
  const last = begins.at(-1) as bigint;
  const end = last + (begins.length > 1 ? last - (begins.at(-2) as bigint) : 86_400n);
  let at = 0;
  return starts.map((start) => {
    while (at + 1 < begins.length && (begins[at + 1] as bigint) <= start) at += 1;
    if (start >= (begins[0] as bigint) && start < end) return rows[at]?.prices ?? {};
    throw bad(
      file,
      `it has no price at second ${start} of meter time`,
      'give prices of the whole span; a time without offset is by the clock of the community',
    );
  });
}

function bad(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badTariff', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
