import { WattchainError } from '@wattchain/core';
import {
  correctReading,
  describeReading,
  doubtsOfReading,
  formatKwh,
  getCouncil,
  getReading,
  type MeterCorrection,
  refusalError,
  type StoredReading,
  signCorrection,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { openSigner, type SignerOptions, withSigner } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { addGroup } from '../program.js';
import { type DoubtOptions, readContext, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatPeriod, type PeriodOptions, parseEnergyKwh, parseTime, withPeriod } from './energyOptions.js';
import { formatLabel, formatWho, inWords, LABEL_FORMAT, parseLabel } from './labels.js';
import { readMarketTime } from './marketTime.js';
import { readMeter } from './meters.js';
import { type SendingOptions, withExample, withSending } from './sending.js';
import { readCorrectionFile, writeCorrectionFile } from './signedFile.js';
import { reportTransaction } from './transaction.js';

/** `wattchain meter correct …`: a wrong or missing reading, by its source together with a registrar. */
export function addCorrectionCommands(meter: Command): void {
  const group = addGroup(
    meter,
    'correct',
    "correct a reading that is not final, or bring one that was skipped: signed by the meter's source, then sent by a registrar",
  );
  addSign(group);
  addSend(group);
}

type CorrectOptions = RpcOptions &
  SignerOptions &
  DoubtOptions &
  PeriodOptions & {
    readonly meter: string;
    readonly produced: string;
    readonly consumed: string;
    readonly out: string;
  };

function addSign(group: Command): void {
  addEnergyCommand<CorrectOptions>(
    group,
    'sign',
    "sign a correction as the meter's device or reporter into a file; nothing is sent",
    (command) =>
      withExample(
        withPeriod(withDoubts(withSigner(withRpc(command))).requiredOption('--meter <id>', LABEL_FORMAT))
          .requiredOption('--produced <kwh>', 'what was produced in truth')
          .requiredOption('--consumed <kwh>', 'what was consumed in truth')
          .requiredOption('--out <file>', 'where the signed correction goes'),
        'wattchain meter correct sign --from roof-8-key --meter roof-8 --start 2026-07-04T08:00 --produced 0.4 --consumed 0.1 --out correction.json',
        'wattchain meter correct send --from operator-1 --file correction.json',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      const now = { producedMwh: parseEnergyKwh(options.produced), consumedMwh: parseEnergyKwh(options.consumed) };
      parseTime('--start', options.start);
      const connection = await connectTo(options);
      const periodStart = parseTime('--start', options.start, connection.clock);
      const source = await openSigner(options, connection);
      const { ratingMwh, source: expected } = await readMeter(connection, meter);
      if (expected.toLowerCase() !== source.address.toLowerCase()) {
        throw new WattchainError(
          'notItsKey',
          `the readings of meter ${formatLabel(meter)} come from ${formatWho(connection, expected)}`,
          {
            values: { meter, source: expected, signer: source.address },
            hint: 'sign with that key',
          },
        );
      }
      const { registryAddress } = connection.contracts();
      const before = await getReading(connection.client, { registryAddress, meter, periodStart });
      requireCorrectable(connection, before);
      await settleDoubts(
        output,
        options,
        doubtsOfReading({ periodStart, ...now }, await readContext(connection, ratingMwh)),
      );
      const correction: MeterCorrection = {
        meter,
        periodStart,
        correction: before.corrections,
        oldProducedMwh: before.producedMwh,
        oldConsumedMwh: before.consumedMwh,
        newProducedMwh: now.producedMwh,
        newConsumedMwh: now.consumedMwh,
      };
      const place = { registryAddress, chainId: connection.genesis.chainId };
      const sourceSignature = await signCorrection(source, { ...place, correction });
      writeCorrectionFile(options.out, connection, { correction, sourceSignature });
      const what = await describeCorrection(connection, correction);
      output.result(
        { file: options.out, correction, sourceSignature },
        `${what}\nsigned into ${options.out}; a registrar sends it with: wattchain meter correct send --file ${options.out}`,
      );
    },
  );
}

/** Refuses what no correction can change any more, or not yet. Errors: `notCorrectable`. */
function requireCorrectable(connection: Connection, reading: StoredReading): void {
  if (reading.state === 'correctable' || reading.state === 'skipped') return;
  throw new WattchainError('notCorrectable', inWords(connection, describeReading(reading)), {
    values: { ...reading },
    hint:
      reading.state === 'final'
        ? 'nothing changes a final reading: the two sides can settle the difference by a payment'
        : 'report it in the ordinary way: wattchain meter report',
  });
}

function addSend(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly file: string }>(
    group,
    'send',
    'countersign a correction and send it; registrars (the operators) only. Look at what it changes before',
    (command) =>
      withExample(
        withSending(command).requiredOption(
          '--file <file>',
          "from wattchain meter correct sign, by the meter's source",
        ),
        'wattchain meter correct send --from operator-1 --file correction.json',
      ),
    async (output, options) => {
      const connection = await connectTo(options);
      const { correction, sourceSignature } = readCorrectionFile(options.file, connection);
      const { registryAddress } = connection.contracts();
      const { meter, periodStart } = correction;
      await requireCurrent(connection, correction);
      const registrar = await openSigner(options, connection);
      await requireRegistrar(connection, registrar.address);
      const what = await describeCorrection(connection, correction);
      output.progress(`you sign: ${what}`);
      const place = { registryAddress, chainId: connection.genesis.chainId };
      const registrarSignature = await signCorrection(registrar, { ...place, correction });
      const signer = connection.signer(registrar);
      const hash = await correctReading(signer, { registryAddress, correction, sourceSignature, registrarSignature });
      await reportTransaction(output, connection, options, hash, what, async () => {
        const reading = await getReading(connection.client, { registryAddress, meter, periodStart });
        return { values: { correction, reading }, text: inWords(connection, describeReading(reading)) };
      });
    },
  );
}

/** What the contract would refuse is refused before anything is signed. Errors: `notCorrectable`, `refused`. */
async function requireCurrent(connection: Connection, correction: MeterCorrection): Promise<void> {
  const { registryAddress } = connection.contracts();
  const { meter, periodStart } = correction;
  const reading = await getReading(connection.client, { registryAddress, meter, periodStart });
  requireCorrectable(connection, reading);
  const { corrections, producedMwh, consumedMwh } = reading;
  const isSame =
    corrections === correction.correction &&
    producedMwh === correction.oldProducedMwh &&
    consumedMwh === correction.oldConsumedMwh;
  if (!isSame) throw refusalError('AnotherReading', [meter, corrections, producedMwh, consumedMwh]);
}

async function requireRegistrar({ client, contracts }: Connection, signer: string): Promise<void> {
  const { members } = await getCouncil(client, { councilAddress: contracts().councilAddress });
  if (members.some(({ key, isFrozen }) => !isFrozen && key.toLowerCase() === signer.toLowerCase())) return;
  throw refusalError('Error', ['only a registrar may do this']);
}

async function describeCorrection(connection: Connection, correction: MeterCorrection): Promise<string> {
  const { rules } = await readMarketTime(connection);
  const period = formatPeriod(correction.periodStart, rules.resolutionSeconds, connection.clock);
  const { oldProducedMwh, oldConsumedMwh, newProducedMwh, newConsumedMwh } = correction;
  return (
    `meter ${formatLabel(correction.meter)} (${period}): ${formatKwh(newProducedMwh)} kWh produced and ${formatKwh(newConsumedMwh)} kWh consumed, ` +
    `in place of ${formatKwh(oldProducedMwh)} and ${formatKwh(oldConsumedMwh)}`
  );
}
