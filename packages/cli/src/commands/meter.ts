import { type Hex, WattchainError } from '@wattchain/core';
import {
  type CommunityClock,
  changeReporter,
  doubtsOfReadings,
  formatKwh,
  getResolution,
  type MeterReading,
  type MeterState,
  registerMeter,
  reportReadings,
  TIME_FORMAT,
  WALL_CLOCK,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Hash } from 'viem';
import type { Connection, SignerClient } from '../client.js';
import { refusePublishedOn } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { counted, formatFields, type Output } from '../output.js';
import { addGroup } from '../program.js';
import { resolveAddress } from './coins.js';
import {
  type DoubtOptions,
  doubtsOfHolder,
  type PowerOptions,
  readContext,
  settleDoubts,
  withDoubts,
  withPower,
} from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatPeriod, formatTime, parseEnergyKwh, parsePeriod } from './energyOptions.js';
import { formatLabel, formatWho, LABEL_FORMAT, parseLabel } from './labels.js';
import { readMeter, requireUnread } from './meters.js';
import { READING_COLUMNS, readReadingsFile, type UnnumberedReading } from './readingsFile.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { reportTransaction, waitForTransaction } from './transaction.js';

/** Readings of one transaction: 192 bytes of data each, and a transaction holds 64 KiB. */
const READINGS_A_TRANSACTION = 200;

/** `wattchain meter …`: registering meters and reporting what they measured. */
export function addMeterCommands(program: Command): void {
  const group = addGroup(program, 'meter', 'register meters, report and show their readings; energy in kWh');
  addRegister(group);
  addReporter(group);
  addReport(group);
  addShow(group);
}

function addRegister(group: Command): void {
  addEnergyCommand<
    SendingOptions & DoubtOptions & { readonly meter: string; readonly household: string; readonly reporter: string }
  >(
    group,
    'register',
    'register a meter for a household; registrars (the operators) only, once for a meter',
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .requiredOption('--meter <id>', LABEL_FORMAT)
          .requiredOption(
            '--household <who>',
            "who sells the meter's energy: an address, a key name, or testbed:node-1",
          )
          .requiredOption('--reporter <who>', "whose readings count: the meter's own key or a gateway's"),
        'wattchain meter register --from testbed:operator-1 --meter roof-7 --household testbed:node-1 --reporter testbed:gateway',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      const household = resolveAddress(options.household, options.keys);
      const reporter = resolveAddress(options.reporter, options.keys);
      const { connection, signer } = await connectSigner(options);
      refusePublishedOn(connection, household, reporter);
      const holders = [
        await doubtsOfHolder(connection, 'household', household),
        await doubtsOfHolder(connection, 'reporter', reporter),
      ];
      await settleDoubts(output, options, holders.flat());
      const { tradeAddress } = connection.contracts();
      const hash = await registerMeter(signer, { tradeAddress, meter, household, reporter });
      const what = `meter ${formatLabel(meter)} of ${formatWho(connection, household)}, reported by ${formatWho(connection, reporter)}`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

function addReporter(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & { readonly meter: string; readonly reporter: string }>(
    group,
    'reporter',
    'change who reports for a meter; registrars (the operators) only',
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .requiredOption('--meter <id>', LABEL_FORMAT)
          .requiredOption(
            '--reporter <who>',
            'whose readings count from now on: an address, a key name, or testbed:gateway',
          ),
        'wattchain meter reporter --from testbed:operator-1 --meter roof-7 --reporter testbed:gateway',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      const reporter = resolveAddress(options.reporter, options.keys);
      const { connection, signer } = await connectSigner(options);
      refusePublishedOn(connection, reporter);
      await settleDoubts(output, options, await doubtsOfHolder(connection, 'reporter', reporter));
      const hash = await changeReporter(signer, { tradeAddress: connection.contracts().tradeAddress, meter, reporter });
      const what = `meter ${formatLabel(meter)} is reported by ${formatWho(connection, reporter)}`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

interface ReportOptions extends SendingOptions, PowerOptions {
  readonly file?: string;
  readonly meter?: string;
  readonly start?: string;
  readonly hours?: string;
  readonly seconds?: string;
  readonly produced?: string;
  readonly consumed?: string;
}

function addReport(group: Command): void {
  addEnergyCommand<ReportOptions>(
    group,
    'report',
    "report one reading, or with --file many; the meter's reporter only. Numbers follow each meter's last",
    (command) =>
      withExample(
        withPower(withSending(command))
          .option('--file <csv>', `readings with the header line ${READING_COLUMNS.join(',')}; earlier periods first`)
          .option('--meter <id>', LABEL_FORMAT)
          .option('--start <time>', `start of the period in meter time: ${TIME_FORMAT}`)
          .option('--hours <n>', 'length of the period in hours (default: 1)')
          .option('--seconds <n>', 'length of the period in seconds')
          .option('--produced <kwh>', 'kWh produced in the period, up to 6 decimals')
          .option('--consumed <kwh>', 'kWh consumed in the period, up to 6 decimals'),
        'wattchain meter report --from testbed:gateway --meter node-1 --start 2018-07-04T08:00-07:00 --produced 1.9 --consumed 0.828388',
        'wattchain meter report --from testbed:gateway --file readings.csv',
      ),
    async (output, options) => {
      if (options.file === undefined) readingOf(options, WALL_CLOCK);
      const { connection, signer } = await connectSigner(options);
      const readings =
        options.file === undefined
          ? [readingOf(options, connection.clock)]
          : fileReadings(output, options, options.file, connection.clock);
      const meters = await readMeters(connection, readings);
      const numbered = numberReadings(connection, meters, readings);
      const listed = readings.map((reading) => ({
        ...reading,
        meterName: formatLabel(reading.meter),
        where: whereOf(reading),
      }));
      const states = new Map([...meters].map(([meter, state]) => [formatLabel(meter), state]));
      await settleDoubts(output, options, doubtsOfReadings(listed, states, await readContext(connection, options)));
      await sendReadings(output, connection, signer, options, numbered);
    },
  );
}

function readingOf(options: ReportOptions, clock: CommunityClock): UnnumberedReading {
  const { meter, start, produced, consumed } = options;
  if (meter === undefined || start === undefined || produced === undefined || consumed === undefined) {
    throw new WattchainError('badReport', 'a reading needs --meter, --start, --produced and --consumed', {
      hint: 'or give many in a file with --file',
    });
  }
  const period = parsePeriod({ ...options, start }, clock);
  return {
    meter: parseLabel('--meter', meter),
    ...period,
    producedMwh: parseEnergyKwh(produced),
    consumedMwh: parseEnergyKwh(consumed),
  };
}

function fileReadings(
  output: Output,
  options: ReportOptions,
  file: string,
  clock: CommunityClock,
): readonly UnnumberedReading[] {
  const { meter, start, hours, seconds, produced, consumed } = options;
  if ([meter, start, hours, seconds, produced, consumed].some((option) => option !== undefined)) {
    throw new WattchainError('badReport', 'with --file the readings come from the file alone', {
      hint: 'leave out --meter, --start, --hours, --seconds, --produced and --consumed',
    });
  }
  const { readings, emptyColumns } = readReadingsFile(file, clock);
  if (emptyColumns > 0) output.progress(`${file}: ${counted(emptyColumns, 'empty last column')} left out`);
  return readings;
}

/** A reading with its number, and its place for errors. */
interface NumberedReading extends MeterReading {
  readonly place?: string;
}

const whereOf = ({ place }: UnnumberedReading) => (place === undefined ? '' : `${place}: `);

/** What the chain knows of the meters of readings. Errors: `unknownMeter` with the place. */
async function readMeters(
  connection: Connection,
  readings: readonly UnnumberedReading[],
): Promise<ReadonlyMap<Hex, MeterState>> {
  const { tradeAddress } = connection.contracts();
  const meters = new Map<Hex, MeterState>();
  for (const reading of readings) {
    if (meters.has(reading.meter)) continue;
    const known = await readMeter(connection, reading.meter, whereOf(reading));
    const resolutionSeconds = await getResolution(connection.client, { tradeAddress, ...known });
    meters.set(reading.meter, { ...known, resolutionSeconds });
  }
  return meters;
}

/** Gives each reading the number after its meter's last. Errors: `periodAlreadyRead` with the place. */
function numberReadings(
  connection: Connection,
  known: ReadonlyMap<Hex, MeterState>,
  readings: readonly UnnumberedReading[],
): readonly NumberedReading[] {
  const meters = new Map(known);
  return readings.map((reading) => {
    const { meter, periodStart, periodSeconds } = reading;
    const { lastNumber, readUntil } = meters.get(meter) ?? { lastNumber: 0n, readUntil: 0n };
    requireUnread(connection, meter, readUntil, periodStart, whereOf(reading));
    const number = lastNumber + 1n;
    meters.set(meter, { lastNumber: number, readUntil: periodStart + periodSeconds });
    return { ...reading, number };
  });
}

/** Sends the readings in as few transactions as hold them; each but the last is waited for, since the next builds on its numbers. */
async function sendReadings(
  output: Output,
  connection: Connection,
  signer: SignerClient,
  options: SendingOptions,
  readings: readonly NumberedReading[],
): Promise<void> {
  const { tradeAddress } = connection.contracts();
  const earlier: Hash[] = [];
  for (let start = 0; ; start += READINGS_A_TRANSACTION) {
    const batch = readings.slice(start, start + READINGS_A_TRANSACTION);
    const what = describeBatch(batch, connection.clock);
    const isLast = start + batch.length === readings.length;
    try {
      const hash = await reportReadings(signer, { tradeAddress, readings: batch });
      if (isLast) {
        await reportTransaction(output, connection, options, hash, what, () => ({
          values: { readings: readings.map(({ place: _, ...reading }) => reading), earlier },
          text: earlier.length === 0 ? '' : `${readings.length} readings in ${earlier.length + 1} transactions`,
        }));
        return;
      }
      output.progress(`sent ${hash}: ${what}, waiting …`);
      await waitForTransaction(connection, { hash, what, output });
      earlier.push(hash);
    } catch (cause) {
      throw earlier.length === 0 ? cause : interrupted(cause, batch[0]?.place ?? '', earlier);
    }
  }
}

/** An error of a later transaction: what came before it is on the chain. */
function interrupted(cause: unknown, place: string, earlier: readonly Hash[]): WattchainError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new WattchainError(
    'reportInterrupted',
    `the readings before ${place} are recorded; from there on: ${reason}`,
    {
      values: { place, earlier },
      hint: 'remove the recorded lines from the file and report the rest',
      cause,
    },
  );
}

function describeBatch(batch: readonly NumberedReading[], clock: CommunityClock): string {
  const [first] = batch;
  if (first === undefined || batch.length > 1) {
    const meters = new Set(batch.map(({ meter }) => meter)).size;
    return `${counted(batch.length, 'reading')} of ${counted(meters, 'meter')}`;
  }
  const energies = `${formatKwh(first.producedMwh)} kWh produced, ${formatKwh(first.consumedMwh)} kWh consumed`;
  return `reading ${first.number} of meter ${formatLabel(first.meter)} (${formatPeriod(first, clock)}): ${energies}`;
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show <meter>',
    'who a meter belongs to, who reports for it, and how far it was read',
    withRpc,
    async (output, options, id) => {
      const meter = parseLabel('the meter', id as string);
      const connection = await connectTo(options);
      const found = await readMeter(connection, meter);
      output.result(
        found,
        formatFields([
          ['meter', formatLabel(meter)],
          ['id', meter],
          ['household', formatWho(connection, found.household)],
          ['reporter', formatWho(connection, found.reporter)],
          ['readings', String(found.lastNumber)],
          [
            'read until',
            found.lastNumber === 0n ? 'not yet' : `${formatTime(found.readUntil, connection.clock)} in meter time`,
          ],
        ]),
      );
    },
  );
}
