import { WattchainError } from '@wattchain/core';
import {
  type AnnouncedSource,
  announceSource,
  applySource,
  doubtsOfRating,
  getAnnouncedSource,
  stopSource,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { refusePublishedOn } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { addGroup } from '../program.js';
import { doubtsOfHolder, parsePower, settleDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatBlockTime } from './energyOptions.js';
import { formatLabel, parseLabel } from './labels.js';
import { readMarketTime } from './marketTime.js';
import { readMeter } from './meters.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { describeSource, readSource, type SourceOptions, withSource } from './sourceOptions.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

/** One step of a change: what it does with what was announced, and what is said of it. */
interface Step {
  readonly description: string;
  readonly send: typeof announceSource;
  readonly told: string;
  /** Whether it is about an announcement that is there. */
  readonly needsAnnouncement: boolean;
}

const STEPS: Readonly<Record<string, Step>> = {
  announce: {
    description: 'announce another source or rating of a meter; registrars (the operators) only',
    send: announceSource,
    told: 'announced',
    needsAnnouncement: false,
  },
  confirm: {
    description:
      "agree to what another registrar announced, so that the meter's household cannot stop it; registrars only",
    send: announceSource,
    told: 'confirmed',
    needsAnnouncement: true,
  },
  apply: {
    description: 'bring what was announced into force once the notice is over; anyone may',
    send: applySource,
    told: 'in force',
    needsAnnouncement: true,
  },
  stop: {
    description: "stop what was announced; registrars, or the meter's household while it is not confirmed",
    send: stopSource,
    told: 'stopped',
    needsAnnouncement: true,
  },
};

/** `wattchain meter source …`: another reporter or device key of a meter, or another rating, with notice. */
export function addSourceCommands(meter: Command): void {
  const group = addGroup(meter, 'source', 'change where the readings of a meter come from, or its rating: with notice');
  for (const [name, step] of Object.entries(STEPS)) addStep(group, name, step);
  addExplain(group);
}

function addStep(group: Command, name: string, { description, send, told, needsAnnouncement }: Step): void {
  addEnergyCommand<SendingOptions & SourceOptions>(
    group,
    name,
    description,
    (command) =>
      withExample(
        withSource(withSending(command)),
        `wattchain meter source ${name} --from testbed:operator-1 --meter roof-7 --reporter testbed:gateway`,
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      const { connection, signer } = await connectSigner(options);
      const { rules } = await readMarketTime(connection);
      const source = readSource(options, rules);
      await readMeter(connection, meter);
      const { registryAddress } = connection.contracts();
      const terms = { registryAddress, meter, ...source };
      const announced = await getAnnouncedSource(connection.client, terms);
      if (needsAnnouncement && announced === undefined) {
        throw new WattchainError(
          'nothingAnnounced',
          `of meter ${formatLabel(meter)} this is not announced: ${describeSource(connection, source, rules)}`,
          {
            values: { meter, ...source },
            hint: 'name what was announced, rating included: wattchain meter source announce',
          },
        );
      }
      if (!needsAnnouncement) {
        refusePublishedOn(connection, source.source);
        const holder = await doubtsOfHolder(connection, source.isDevice ? 'device key' : 'reporter', source.source);
        await settleDoubts(output, options, [...holder, ...doubtsOfRating(parsePower(options.maxKw))]);
      }
      const hash = await send(signer, terms);
      const what = `${told}: meter ${formatLabel(meter)} ${describeSource(connection, source, rules)}`;
      await reportTransaction(output, connection, options, hash, what, async () =>
        standingOf(connection, await getAnnouncedSource(connection.client, terms)),
      );
    },
  );
}

function addExplain(group: Command): void {
  addEnergyCommand<RpcOptions & SourceOptions & { readonly keys?: string }>(
    group,
    'explain',
    'where an announcement stands and why, in a sentence',
    (command) =>
      withSource(withRpc(command)).option(
        '--keys <dir>',
        'directory of key files (default: $WATTCHAIN_KEYS or ~/.wattchain/keys)',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      const connection = await connectTo(options);
      const { rules } = await readMarketTime(connection);
      const source = readSource(options, rules);
      await readMeter(connection, meter);
      const { registryAddress } = connection.contracts();
      const announced = await getAnnouncedSource(connection.client, { registryAddress, meter, ...source });
      const { values, text } = standingOf(connection, announced);
      const explanation = announced === undefined ? 'it is not announced, or was applied or stopped' : text;
      output.result(
        { ...values, explanation },
        `meter ${formatLabel(meter)} ${describeSource(connection, source, rules)}: ${explanation}`,
      );
    },
  );
}

function standingOf(connection: Connection, announced: AnnouncedSource | undefined): ReceiptNews {
  if (announced === undefined) return { values: {}, text: '' };
  const { clock } = connection;
  const { announcedBy, isConfirmed, inForceFrom, inForceUntil } = announced;
  const agreed = isConfirmed
    ? 'and another registrar has confirmed it'
    : "and the meter's household can stop it until another registrar confirms it";
  const when = `anyone can apply it from ${formatBlockTime(inForceFrom, clock)} to ${formatBlockTime(inForceUntil, clock)}`;
  return { values: { ...announced }, text: `seat ${announcedBy} announced it, ${agreed}; ${when}` };
}
