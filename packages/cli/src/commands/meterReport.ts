import { WattchainError } from '@wattchain/core';
import { formatKwh, refusalError, reportReadings, reportSignedReadings, WALL_CLOCK } from '@wattchain/market';
import { type Command, Option } from 'commander';
import type { Hash } from 'viem';
import type { Connection } from '../client.js';
import { counted, type Output } from '../output.js';
import { readingsATransaction } from '../readingParts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatPeriod } from './energyOptions.js';
import { type NumberedReading, type ReadingsOptions, readGiven, readingOf, withReadings } from './givenReadings.js';
import { formatLabel } from './labels.js';
import { readMarketTime } from './marketTime.js';
import { readMeter } from './meters.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { readSignedFile } from './signedFile.js';
import { reportTransaction, waitForTransaction } from './transaction.js';

type ReportOptions = SendingOptions & ReadingsOptions & { readonly signed?: string };

/** `wattchain meter report`. */
export function addReportCommand(group: Command): void {
  addEnergyCommand<ReportOptions>(
    group,
    'report',
    "report one reading, or with --file many, as the meter's reporter; or bring signed ones, as anyone. Numbers follow each meter's last",
    (command) =>
      withExample(
        withReadings(withSending(command)).addOption(
          new Option('--signed <file>', 'readings that devices signed, from wattchain meter sign').conflicts([
            'file',
            'meter',
            'start',
            'produced',
            'consumed',
          ]),
        ),
        'wattchain meter report --from testbed:gateway --meter node-1 --start 2018-07-04T08:00-07:00 --produced 1.9 --consumed 0.828388',
        'wattchain meter report --from testbed:gateway --file readings.csv',
        'wattchain meter report --from gateway --signed signed.json',
      ),
    async (output, options) => {
      if (options.signed !== undefined) {
        await bringSigned(output, options, options.signed);
        return;
      }
      if (options.file === undefined) readingOf(options, WALL_CLOCK);
      const { connection, signer } = await connectSigner(options);
      const { readings } = await readGiven(output, options, connection);
      const { registryAddress } = connection.contracts();
      await sendInParts(output, { connection, options }, readings, {
        size: await readingsATransaction(connection.client, 'plain'),
        send: (part) => reportReadings(signer, { registryAddress, readings: part }),
      });
    },
  );
}

async function bringSigned(output: Output, options: ReportOptions, file: string): Promise<void> {
  const { connection, signer } = await connectSigner(options);
  const readings = await leaveOutBrought(output, connection, readSignedFile(file, connection));
  const { registryAddress } = connection.contracts();
  await sendInParts(output, { connection, options }, readings, {
    size: await readingsATransaction(connection.client, 'signed'),
    send: (part) => reportSignedReadings(signer, { registryAddress, readings: part }),
  });
}

/** A file may be brought again after an interruption: what the registry has is left out. Errors: `refused` when it has all of them. */
async function leaveOutBrought<Reading extends NumberedReading>(
  output: Output,
  connection: Connection,
  readings: readonly Reading[],
): Promise<readonly Reading[]> {
  const last = new Map<string, bigint>();
  for (const { meter, place = '' } of readings)
    if (!last.has(meter)) last.set(meter, (await readMeter(connection, meter, `${place}: `)).lastNumber);
  const open = readings.filter(({ meter, number }) => number > (last.get(meter) ?? 0n));
  if (open.length === 0) throw refusalError('Error', ['there is no new reading']);
  const brought = readings.length - open.length;
  if (brought > 0) output.progress(`${counted(brought, 'reading')} of ${readings.length} left out: brought before`);
  return open;
}

/** How readings of one kind are sent. */
interface Sending<Reading> {
  /** Readings of one transaction. */
  readonly size: number;
  readonly send: (part: readonly Reading[]) => Promise<Hash>;
}

/** Sends the readings in as few transactions as hold them; each but the last is waited for, since the next builds on its numbers. */
async function sendInParts<Reading extends NumberedReading>(
  output: Output,
  { connection, options }: { readonly connection: Connection; readonly options: SendingOptions },
  readings: readonly Reading[],
  { size, send }: Sending<Reading>,
): Promise<void> {
  const { rules } = await readMarketTime(connection);
  const earlier: Hash[] = [];
  for (let start = 0; ; start += size) {
    const part = readings.slice(start, start + size);
    const what = describePart(part, rules.resolutionSeconds, connection);
    const isLast = start + part.length === readings.length;
    try {
      const hash = await send(part);
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
      throw earlier.length === 0 ? cause : interrupted(cause, part[0]?.place ?? '', earlier);
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

function describePart(part: readonly NumberedReading[], resolutionSeconds: bigint, { clock }: Connection): string {
  const [first] = part;
  if (first === undefined || part.length > 1) {
    const meters = new Set(part.map(({ meter }) => meter)).size;
    return `${counted(part.length, 'reading')} of ${counted(meters, 'meter')}`;
  }
  const energies = `${formatKwh(first.producedMwh)} kWh produced, ${formatKwh(first.consumedMwh)} kWh consumed`;
  const period = formatPeriod(first.periodStart, resolutionSeconds, clock);
  return `reading ${first.number} of meter ${formatLabel(first.meter)} (${period}): ${energies}`;
}
