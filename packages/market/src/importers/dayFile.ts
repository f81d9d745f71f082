import { hasDecimalCommas } from '../input/decimal.js';
import { looksCumulative } from '../profile/cumulative.js';
import { readRates, SERIES_LIMITS } from '../profile/parseSeries.js';
import { readProfileRows } from '../profile/profileRows.js';
import { badData } from './badData.js';
import { type DataFile, type ImportFile, type ImportOptions, PERIOD_LENGTHS, type Track } from './dataFile.js';
import { type FigureContext, placeOf, readFigure } from './figures.js';
import { lengthOf } from './meterTable.js';

/**
 * The day file's format (`docs/data.md`), longer and with empty cells as gaps. Its figures are exact: one finer than 1 mWh is an error.
 * Errors: `badDayFile` for its header and times, `badData` for its figures.
 */
export function readDayFile({ file, text }: ImportFile, { clock, date }: ImportOptions): DataFile {
  const limits = { lengths: PERIOD_LENGTHS, ...SERIES_LIMITS };
  const { columns, timed, zone, emptyColumns, titles } = readProfileRows({ file, text, date, clock }, limits);
  const starts = timed.map(({ seconds }) => seconds);
  const lines = timed.map(({ line }) => line);
  const isDated = timed[0]?.date !== undefined;
  const periodSeconds = lengthOf(file, { moments: starts, isDated }, lines);
  const used = columns.homes.flatMap(({ name, production, consumption }) => [
    { home: name, kind: 'load' as const, column: consumption },
    ...(production === undefined ? [] : [{ home: name, kind: 'pv' as const, column: production }]),
  ]);
  const commas = hasDecimalCommas(
    (function* () {
      for (const { cells } of timed) for (const { column } of used) yield cells[column.position] ?? '';
    })(),
  );
  const context: FigureContext = { file, hasDecimalCommas: commas, periodSeconds, isSigned: false };
  const rounding = { rounded: 0 };
  const tracks = used.map(({ home, kind, column }): Track => {
    const figure = { ...column, isRegister: false };
    const energies = timed.map(({ line, cells }) => {
      const energyMwh = readFigure(cells[column.position] ?? '', line, figure, context, rounding);
      if (rounding.rounded === 0) return energyMwh;
      throw badData(
        placeOf(line, figure, context),
        `${(cells[column.position] ?? '').slice(0, 80)} is finer than a milliwatt-hour`,
        'energy is counted in whole milliwatt-hours (0.000001 kWh); round it before you enter it',
      );
    });
    if (looksCumulative(energies.filter((energy) => energy !== undefined)))
      throw badData(
        `${file}, column ${column.position + 1} (${column.title})`,
        'the figures only grow and are never small',
        'is it the register of a meter, which counts on (cumulative)? Give what each period adds to it',
      );
    return { home, kind, energies, bridged: [] };
  });
  return {
    file,
    format: 'day',
    starts,
    lines,
    periodSeconds,
    tracks,
    rates: columns.ignored.map((title) => readRates(file, timed, titles.indexOf(title), title)),
    zone,
    isDated,
    notes: emptyColumns > 0 ? [`${emptyColumns} empty last columns were left out`] : [],
  };
}
