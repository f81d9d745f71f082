import { WattchainError } from '@wattchain/core';
import {
  announceRates,
  applyRates,
  confirmRates,
  describeRates,
  doubtsOfRate,
  getBankFigures,
  getRates,
  type PendingRates,
  parseCoins,
  retractRates,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { formatCoins } from '../output.js';
import { addGroup } from '../program.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { inWords } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

interface RateValues {
  readonly buyRateWei: bigint;
  readonly redeemRateWei: bigint;
}

const ratesText = ({ buyRateWei, redeemRateWei }: RateValues) =>
  `a token for ${formatCoins(buyRateWei)}, redeemed for ${formatCoins(redeemRateWei)}`;

/** `wattchain bank rates …`: what a token costs and brings, changed with notice. */
export function addRateCommands(bank: Command): void {
  const group = addGroup(
    bank,
    'rates',
    'change what a token costs and brings: announced, confirmed, in force after the notice',
  );
  addAnnounce(group);
  addConfirm(group);
  addOnTheWay(group, 'apply', 'bring confirmed rates into force once the notice is over; anyone may', {
    send: applyRates,
    what: 'in force',
  });
  addOnTheWay(group, 'retract', 'take announced rates back; operators only', { send: retractRates, what: 'retracted' });
}

function addAnnounce(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & { readonly buy?: string; readonly redeem?: string }>(
    group,
    'announce',
    'announce new rates, coins for a token; operators only. The other rate stays when one is left out',
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .option('--buy <coins>', 'what the bank takes for a token')
          .option('--redeem <coins>', 'what the bank gives for a token, at most what it takes now and then'),
        'wattchain bank rates announce --from testbed:operator-1 --buy 1 --redeem 0.95',
      ),
    async (output, options) => {
      const buy = options.buy === undefined ? undefined : parseCoins(options.buy);
      const redeem = options.redeem === undefined ? undefined : parseCoins(options.redeem);
      if (buy === undefined && redeem === undefined) {
        throw new WattchainError('noRate', 'neither --buy nor --redeem is given', {
          hint: 'wattchain bank show says what is in force',
        });
      }
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const inForce = await getBankFigures(connection.client, { bankAddress });
      const rates = { buyRateWei: buy ?? inForce.buyRateWei, redeemRateWei: redeem ?? inForce.redeemRateWei };
      await settleDoubts(output, options, [
        ...doubtsOfRate('selling', rates.buyRateWei, inForce.buyRateWei),
        ...doubtsOfRate('redeeming', rates.redeemRateWei, inForce.redeemRateWei),
      ]);
      const hash = await announceRates(signer, { bankAddress, ...rates });
      const what = `announced: ${ratesText(rates)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection));
    },
  );
}

function addConfirm(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly buy: string; readonly redeem: string }>(
    group,
    'confirm',
    'agree to rates that another operator announced; operators only. They are named, so that nothing else is agreed to',
    (command) =>
      withExample(
        withSending(command)
          .requiredOption('--buy <coins>', 'what the bank is to take for a token')
          .requiredOption('--redeem <coins>', 'what the bank is to give for a token'),
        'wattchain bank rates confirm --from testbed:operator-2 --buy 1 --redeem 0.95',
      ),
    async (output, options) => {
      const meant = { buyRateWei: parseCoins(options.buy), redeemRateWei: parseCoins(options.redeem) };
      const { connection, signer } = await connectSigner(options);
      const pending = await pendingRates(connection);
      if (pending.buyRateWei !== meant.buyRateWei || pending.redeemRateWei !== meant.redeemRateWei) {
        throw new WattchainError('termsDiffer', `announced is ${ratesText(pending)}, not ${ratesText(meant)}`, {
          values: { announced: pending, meant },
          hint: 'confirm what is announced, or retract it: wattchain bank rates retract',
        });
      }
      const { announcedAt } = pending;
      const { bankAddress } = connection.contracts();
      const hash = await confirmRates(signer, { bankAddress, ...meant, announcedAt });
      const what = `confirmed: ${ratesText(meant)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection));
    },
  );
}

/** A command for the rates that are on their way, whichever they are. */
function addOnTheWay(
  group: Command,
  name: string,
  description: string,
  { send, what }: { readonly send: typeof applyRates; readonly what: string },
): void {
  addEnergyCommand<SendingOptions>(group, name, description, withSending, async (output, options) => {
    const { connection, signer } = await connectSigner(options);
    const { buyRateWei, redeemRateWei, announcedAt } = await pendingRates(connection);
    const { bankAddress } = connection.contracts();
    const hash = await send(signer, { bankAddress, buyRateWei, redeemRateWei, announcedAt });
    const told = `${what}: ${ratesText({ buyRateWei, redeemRateWei })}`;
    await reportTransaction(output, connection, options, hash, told, () => standingOf(connection));
  });
}

/** The rates that are on their way. Errors: `nothingAnnounced`. */
async function pendingRates({ client, contracts }: Connection): Promise<PendingRates> {
  const { pending } = await getRates(client, { bankAddress: contracts().bankAddress });
  if (pending !== undefined) return pending;
  throw new WattchainError('nothingAnnounced', 'no change of the rates is announced', {
    hint: 'an operator announces one with wattchain bank rates announce',
  });
}

async function standingOf(connection: Connection): Promise<ReceiptNews> {
  const rates = await getRates(connection.client, { bankAddress: connection.contracts().bankAddress });
  return { values: { ...rates }, text: inWords(connection, describeRates(rates)) };
}
