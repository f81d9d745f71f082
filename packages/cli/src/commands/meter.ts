import {
  describeReading,
  doubtsOfRating,
  formatKwh,
  getReading,
  kilowatts,
  type Meter,
  powerOf,
  registerMeter,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { refusePublishedOn } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatFields } from '../output.js';
import { addGroup } from '../program.js';
import { resolveAddress } from './coins.js';
import { doubtsOfHolder, parsePower, settleDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatDuration, formatTime, type PeriodOptions, parseTime, withPeriod } from './energyOptions.js';
import { formatLabel, formatWho, inWords, parseLabel } from './labels.js';
import { describeMarketTime, readMarketTime } from './marketTime.js';
import { addCorrectionCommands } from './meterCorrect.js';
import { addReportCommand } from './meterReport.js';
import { addSignCommand } from './meterSign.js';
import { addSourceCommands } from './meterSource.js';
import { readMeter } from './meters.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { describeSource, readSource, type SourceOptions, withSource } from './sourceOptions.js';
import { reportTransaction } from './transaction.js';

/** `wattchain meter …`: registering meters, reporting and correcting what they measured. */
export function addMeterCommands(program: Command): void {
  const group = addGroup(program, 'meter', 'register meters, report, correct and show their readings; energy in kWh');
  addRegister(group);
  addSourceCommands(group);
  addReportCommand(group);
  addSignCommand(group);
  addCorrectionCommands(group);
  addShow(group);
  addExplain(group);
  addRules(group);
}

function addRegister(group: Command): void {
  addEnergyCommand<SendingOptions & SourceOptions & { readonly household: string }>(
    group,
    'register',
    'register a meter for a household; registrars (the operators) only, once for a meter',
    (command) =>
      withExample(
        withSource(withSending(command)).requiredOption(
          '--household <who>',
          "who sells the meter's energy, for ever: an address, a key name, or testbed:node-1",
        ),
        'wattchain meter register --from testbed:operator-1 --meter roof-7 --household testbed:node-1 --reporter testbed:gateway',
        'wattchain meter register --from operator-1 --meter roof-8 --household anna --device roof-8-key --max-kw 30',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      const household = resolveAddress(options.household, options.keys);
      const ratingW = parsePower(options.maxKw);
      const { connection, signer } = await connectSigner(options);
      const { rules } = await readMarketTime(connection);
      const source = readSource(options, rules);
      refusePublishedOn(connection, household, source.source);
      const doubts = [
        await doubtsOfHolder(connection, 'household', household),
        await doubtsOfHolder(connection, source.isDevice ? 'device key' : 'reporter', source.source),
        doubtsOfRating(ratingW),
      ];
      await settleDoubts(output, options, doubts.flat());
      const { registryAddress } = connection.contracts();
      const hash = await registerMeter(signer, { registryAddress, meter, household, ...source });
      const what = `meter ${formatLabel(meter)} of ${formatWho(connection, household)}, ${describeSource(connection, source, rules)}`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show <meter>',
    'who a meter belongs to, where its readings come from, and how far it was read',
    withRpc,
    async (output, options, id) => {
      const meter = parseLabel('the meter', id as string);
      const connection = await connectTo(options);
      const [found, time] = await Promise.all([readMeter(connection, meter), readMarketTime(connection)]);
      output.result(
        { ...found, marketTime: time.marketNow },
        formatFields([
          ['meter', formatLabel(meter)],
          ['id', meter],
          ['household', formatWho(connection, found.household)],
          [found.isDevice ? 'device key' : 'reporter', formatWho(connection, found.source)],
          [
            'most power',
            `${kilowatts(powerOf(found.ratingMwh, time.rules.resolutionSeconds))} kW, ${formatKwh(found.ratingMwh)} kWh in a period`,
          ],
          ['readings', String(found.lastNumber)],
          ['read until', readUntilText(connection, found)],
          ['market time', describeMarketTime(time, connection)],
        ]),
      );
    },
  );
}

const readUntilText = ({ clock }: Connection, { lastNumber, readUntil }: Meter) =>
  lastNumber === 0n ? 'not yet' : `${formatTime(readUntil, clock)} in meter time`;

function addExplain(group: Command): void {
  addEnergyCommand<RpcOptions & PeriodOptions>(
    group,
    'explain <meter>',
    'what a reading of a meter says, whether it can be corrected and was, or why there is none, in a sentence',
    (command) =>
      withExample(withPeriod(withRpc(command)), 'wattchain meter explain node-1 --start 2018-07-04T08:00-07:00'),
    async (output, options, id) => {
      const meter = parseLabel('the meter', id as string);
      const connection = await connectTo(options);
      const periodStart = parseTime('--start', options.start, connection.clock);
      await readMeter(connection, meter);
      const { registryAddress } = connection.contracts();
      const reading = await getReading(connection.client, { registryAddress, meter, periodStart });
      const explanation = inWords(connection, describeReading(reading));
      output.result({ ...reading, explanation }, explanation);
    },
  );
}

function addRules(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'rules',
    'length of the periods, time for corrections, and market time',
    withRpc,
    async (output, options) => {
      const connection = await connectTo(options);
      const time = await readMarketTime(connection);
      const { resolutionSeconds, correctionSeconds, readingLeadSeconds } = time.rules;
      output.result(
        { ...time.rules, marketTime: time.marketNow },
        formatFields([
          ['periods', `${formatDuration(resolutionSeconds)} each, from midnight UTC on`],
          [
            'corrections',
            correctionSeconds === 0n
              ? 'none: a reading is final at once'
              : `for ${formatDuration(correctionSeconds)} after a reading came`,
          ],
          [
            'readings',
            readingLeadSeconds === 0n
              ? 'when their period is over'
              : `up to ${formatDuration(readingLeadSeconds)} before the end of their period`,
          ],
          ['market time', describeMarketTime(time, connection)],
        ]),
      );
    },
  );
}
