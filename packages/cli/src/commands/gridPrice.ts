import { WattchainError } from '@wattchain/core';
import {
  type AnnouncedGridPrice,
  announceGridPrice,
  applyGridPrice,
  confirmGridPrice,
  describeGridPrice,
  doubtsOfPrice,
  formatTokens,
  getGridPrice,
  parseTokens,
  retractGridPrice,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { addGroup } from '../program.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { inWords } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

const priceText = (price: bigint) => `${formatTokens(price)} ENT for 150 Wh`;

/** `wattchain trade grid-price …`: what the grid takes, by which bonds are measured; changed with notice. */
export function addGridPriceCommands(trade: Command): void {
  const group = addGroup(
    trade,
    'grid-price',
    'what the grid takes for 150 Wh, by which bonds are measured: changed with notice',
  );
  addShow(group);
  addAnnounce(group);
  addConfirm(group);
  addOnTheWay(group, 'apply', 'bring a confirmed grid price into force once the notice is over; anyone may', {
    send: applyGridPrice,
    what: 'in force',
  });
  addOnTheWay(group, 'retract', 'take an announced grid price back; operators only', {
    send: retractGridPrice,
    what: 'retracted',
  });
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show',
    'the grid price in force, and the one that is on its way',
    withRpc,
    async (output, options) => {
      const connection = await connectTo(options);
      const { values, text } = await standingOf(connection);
      output.result(values, text);
    },
  );
}

function addAnnounce(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions>(
    group,
    'announce <tokens>',
    'announce a grid price; operators only',
    (command) =>
      withExample(
        withDoubts(withSending(command)),
        'wattchain trade grid-price announce 2.4 --from testbed:operator-1',
      ),
    async (output, options, tokens) => {
      const price = parseTokens(tokens as string);
      const { connection, signer } = await connectSigner(options);
      await settleDoubts(output, options, doubtsOfPrice(price));
      const hash = await announceGridPrice(signer, { tradeAddress: connection.contracts().tradeAddress, price });
      const what = `announced: the grid takes ${priceText(price)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection));
    },
  );
}

function addConfirm(group: Command): void {
  addEnergyCommand<SendingOptions>(
    group,
    'confirm <tokens>',
    'agree to a grid price that another operator announced; it is named, so that nothing else is agreed to',
    (command) => withExample(withSending(command), 'wattchain trade grid-price confirm 2.4 --from testbed:operator-2'),
    async (output, options, tokens) => {
      const price = parseTokens(tokens as string);
      const { connection, signer } = await connectSigner(options);
      const pending = await pendingPrice(connection);
      if (pending.price !== price) {
        throw new WattchainError('termsDiffer', `announced is ${priceText(pending.price)}, not ${priceText(price)}`, {
          values: { announced: pending.price, meant: price },
          hint: 'confirm what is announced, or retract it: wattchain trade grid-price retract',
        });
      }
      const { announcedAt } = pending;
      const { tradeAddress } = connection.contracts();
      const hash = await confirmGridPrice(signer, { tradeAddress, price, announcedAt });
      const what = `confirmed: the grid takes ${priceText(price)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection));
    },
  );
}

/** A command for the grid price that is on its way, whichever it is. */
function addOnTheWay(
  group: Command,
  name: string,
  description: string,
  { send, what }: { readonly send: typeof applyGridPrice; readonly what: string },
): void {
  addEnergyCommand<SendingOptions>(group, name, description, withSending, async (output, options) => {
    const { connection, signer } = await connectSigner(options);
    const { price, announcedAt } = await pendingPrice(connection);
    const hash = await send(signer, { tradeAddress: connection.contracts().tradeAddress, price, announcedAt });
    const told = `${what}: the grid takes ${priceText(price)}`;
    await reportTransaction(output, connection, options, hash, told, () => standingOf(connection));
  });
}

/** The grid price that is on its way. Errors: `nothingAnnounced`. */
async function pendingPrice({ client, contracts }: Connection): Promise<AnnouncedGridPrice> {
  const { announced } = await getGridPrice(client, { tradeAddress: contracts().tradeAddress });
  if (announced !== undefined) return announced;
  throw new WattchainError('nothingAnnounced', 'no change of the grid price is announced', {
    hint: 'an operator announces one with wattchain trade grid-price announce',
  });
}

async function standingOf(connection: Connection): Promise<ReceiptNews> {
  const { client } = connection;
  const [price, { timestamp }] = await Promise.all([
    getGridPrice(client, { tradeAddress: connection.contracts().tradeAddress }),
    client.getBlock(),
  ]);
  return { values: { ...price }, text: inWords(connection, describeGridPrice(price, timestamp)) };
}
