import { readTable, type Table } from '../input/table.js';
import { badData } from './badData.js';
import { type DataFile, homeOf, type ImportFile, type ImportOptions } from './dataFile.js';
import { type MeterTable, readMeterTable, type TrackColumn } from './meterTable.js';
import { readTitle } from './titles.js';

/**
 * gsy-e's profiles: `INTERVAL;POWER(W)` or `INTERVAL,ENERGY(Wh)`, the start of each period as 00:15, 2019-03-02T00:15 or
 * with seconds, one figure of one device. A power is the average of its period. Figures of a meter below 0 are what the home gives.
 * Source: gsy-framework, read_user_profile.py.
 */
export function readGsyProfile(file: ImportFile, options: ImportOptions): DataFile {
  const table = readTable(file.file, file.text, badData);
  const { cells } = table.header;
  const title = cells[1] ?? '';
  if (cells.length !== 2)
    throw badData(`${file.file}, line 1`, `it has ${cells.length} columns, not two`, 'INTERVAL;POWER(W)');
  const { unit: named } = readTitle(title);
  // A title that names no unit is a power in watts to gsy-e.
  const unit = named ?? options.unit ?? (/power/i.test(title) ? 'W' : undefined);
  if (unit === undefined)
    throw badData(
      `${file.file}, line 1, column 2 (${title.slice(0, 80)})`,
      'its unit is unknown',
      'say --unit W or kWh',
    );
  const isSigned = isSignedColumn(file, table);
  const notes = named === undefined ? [`${title.slice(0, 80)} names no unit and is taken as ${unit}`] : [];
  if (isSigned) notes.push(`${title.slice(0, 80)}: above 0 is what the home takes, below 0 what it gives`);
  return readOneColumn(file, table, { format: 'gsy-e', title, unit, isSigned, notes }, options);
}

/**
 * lemlab's time series of a plant: `timestamp,power`, seconds since 1970 and the average power of the period that begins there, W. A file
 * named `…_pu` holds parts of the installed power, and needs panels' size, so it is refused. Source: lemlab, input_data/prosumers.
 */
export function readLemlabSeries(file: ImportFile, options: ImportOptions): DataFile {
  const table = readTable(file.file, file.text, badData);
  if (/_pu\.csv$/i.test(file.file))
    throw badData(
      file.file,
      'it holds parts of the installed power (per unit), not watts',
      'multiply its figures by the power of the plant in W, and leave _pu out of its name',
    );
  const isSigned = isSignedColumn(file, table);
  const notes = isSigned ? ['power above 0 is what the home takes, below 0 what it gives'] : [];
  const title = table.header.cells[1] ?? '';
  return readOneColumn(file, table, { format: 'lemlab', title, unit: options.unit ?? 'W', isSigned, notes }, options);
}

/** Whether a meter's one column has figures below 0, which are what the home gives. */
function isSignedColumn(file: ImportFile, { rows }: Table): boolean {
  return file.kind === undefined && rows.some(({ cells }) => /^[-\u2212]\s*[\d.]*[1-9]/.test(cells[1] ?? ''));
}

/** What a layout says of its one column of figures, beside the column of times that periods begin at. */
interface OneColumn extends Pick<MeterTable, 'format' | 'notes'>, Pick<TrackColumn, 'title' | 'unit'> {
  readonly isSigned: boolean;
}

function readOneColumn(
  file: ImportFile,
  { header, rows }: Table,
  { format, title, unit, isSigned, notes }: OneColumn,
  options: ImportOptions,
): DataFile {
  const role = isSigned ? 'net' : (file.kind ?? 'load');
  return readMeterTable(
    {
      file: file.file,
      format,
      rows,
      timeTitle: header.cells[0] ?? '',
      timePosition: 0,
      timeOf: ({ cells }) => cells[0] ?? '',
      isEnding: false,
      isStampAssumed: false,
      columns: [{ position: 1, title, home: homeOf(file), role, unit, isRegister: false }],
      areRegistersSaid: true,
      notes,
    },
    options,
  );
}
