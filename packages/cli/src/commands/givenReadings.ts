import { type Hex, WattchainError } from '@wattchain/core';
import { type CommunityClock, doubtsOfReadings, type Meter, type MeterReading, TIME_FORMAT } from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { counted, type Output } from '../output.js';
import { type DoubtOptions, readContext, settleDoubts, withPower } from './doubts.js';
import { parseEnergyKwh, parseTime, withoutLength } from './energyOptions.js';
import { formatLabel, LABEL_FORMAT, parseLabel } from './labels.js';
import { readMarketTime } from './marketTime.js';
import { readMeter, requireUnread } from './meters.js';
import { READING_COLUMNS, readReadingsFile, type UnnumberedReading } from './readingsFile.js';

/** Options that give one reading, or with `--file` many. */
export interface ReadingsOptions extends DoubtOptions {
  readonly file?: string;
  readonly meter?: string;
  readonly start?: string;
  readonly produced?: string;
  readonly consumed?: string;
}

/** Adds what {@link ReadingsOptions} holds. */
export function withReadings(command: Command): Command {
  return withoutLength(
    withPower(command)
      .option('--file <csv>', `readings with the header line ${READING_COLUMNS.join(',')}; earlier periods first`)
      .option('--meter <id>', LABEL_FORMAT)
      .option('--start <time>', `start of the period in meter time: ${TIME_FORMAT}`)
      .option('--produced <kwh>', 'kWh produced in the period, up to 6 decimals')
      .option('--consumed <kwh>', 'kWh consumed in the period, up to 6 decimals'),
  );
}

/** A reading with its number, and its place for errors. */
export interface NumberedReading extends MeterReading {
  readonly place?: string;
}

/**
 * The readings that the options give, numbered after each meter's last, after the person has been asked about what looks like a slip.
 * Errors: `badReport`, `badReadings`, `unknownMeter` and `periodAlreadyRead` with the place, those of the doubts.
 */
export async function readGiven(
  output: Output,
  options: ReadingsOptions,
  connection: Connection,
): Promise<{ readonly readings: readonly NumberedReading[]; readonly meters: ReadonlyMap<Hex, Meter> }> {
  const given =
    options.file === undefined
      ? [readingOf(options, connection.clock)]
      : await fileReadings(output, options, options.file, connection);
  const meters = await readMeters(connection, given);
  const { rules } = await readMarketTime(connection);
  const readings = numberReadings(connection, meters, given, rules.resolutionSeconds);
  const listed = given.map((reading) => ({
    ...reading,
    meterName: formatLabel(reading.meter),
    where: whereOf(reading),
  }));
  const states = new Map([...meters].map(([meter, state]) => [formatLabel(meter), state]));
  await settleDoubts(output, options, doubtsOfReadings(listed, states, await readContext(connection)));
  return { readings, meters };
}

/** The one reading of the options. Errors: `badReport`, and those of its values. */
export function readingOf(options: ReadingsOptions, clock: CommunityClock): UnnumberedReading {
  const { meter, start, produced, consumed } = options;
  if (meter === undefined || start === undefined || produced === undefined || consumed === undefined) {
    throw new WattchainError('badReport', 'a reading needs --meter, --start, --produced and --consumed', {
      hint: 'or give many in a file with --file',
    });
  }
  return {
    meter: parseLabel('--meter', meter),
    periodStart: parseTime('--start', start, clock),
    producedMwh: parseEnergyKwh(produced),
    consumedMwh: parseEnergyKwh(consumed),
  };
}

async function fileReadings(
  output: Output,
  options: ReadingsOptions,
  file: string,
  connection: Connection,
): Promise<readonly UnnumberedReading[]> {
  const { meter, start, produced, consumed } = options;
  if ([meter, start, produced, consumed].some((option) => option !== undefined)) {
    throw new WattchainError('badReport', 'with --file the readings come from the file alone', {
      hint: 'leave out --meter, --start, --produced and --consumed',
    });
  }
  const { rules } = await readMarketTime(connection);
  const { readings, emptyColumns } = readReadingsFile(file, { clock: connection.clock, ...rules });
  if (emptyColumns > 0) output.progress(`${file}: ${counted(emptyColumns, 'empty last column')} left out`);
  return readings;
}

const whereOf = ({ place }: UnnumberedReading) => (place === undefined ? '' : `${place}: `);

/** What the chain knows of the meters of readings. Errors: `unknownMeter` with the place. */
async function readMeters(
  connection: Connection,
  readings: readonly UnnumberedReading[],
): Promise<ReadonlyMap<Hex, Meter>> {
  const meters = new Map<Hex, Meter>();
  for (const reading of readings) {
    if (meters.has(reading.meter)) continue;
    meters.set(reading.meter, await readMeter(connection, reading.meter, whereOf(reading)));
  }
  return meters;
}

/** Gives each reading the number after its meter's last. Errors: `periodAlreadyRead` with the place. */
function numberReadings(
  connection: Connection,
  known: ReadonlyMap<Hex, Meter>,
  readings: readonly UnnumberedReading[],
  resolutionSeconds: bigint,
): readonly NumberedReading[] {
  const last = new Map([...known].map(([meter, { lastNumber, readUntil }]) => [meter, { lastNumber, readUntil }]));
  return readings.map((reading) => {
    const { meter, periodStart } = reading;
    const { lastNumber, readUntil } = last.get(meter) ?? { lastNumber: 0n, readUntil: 0n };
    requireUnread(connection, meter, readUntil, periodStart, whereOf(reading));
    const number = lastNumber + 1n;
    last.set(meter, { lastNumber: number, readUntil: periodStart + resolutionSeconds });
    return { ...reading, number };
  });
}
