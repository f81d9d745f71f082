import { WattchainError } from '@wattchain/core';
import {
  deposit,
  doubtsOfLimit,
  doubtsOfRate,
  formatTokens,
  getBankFigures,
  parseCoins,
  parseTokens,
  setLimit,
  setRates,
  withdraw,
} from '@wattchain/market';
import type { Command } from 'commander';
import { formatCoins } from '../output.js';
import { resolveAddress } from './coins.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatWho } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { reportTransaction } from './transaction.js';

/** `wattchain bank rates`, `limit`, `deposit` and `withdraw`: what operators decide, and the coin reserve. */
export function addBankOperatorCommands(group: Command): void {
  addRates(group);
  addLimit(group);
  addDeposit(group);
  addWithdraw(group);
}

function addRates(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & { readonly buy?: string; readonly redeem?: string }>(
    group,
    'rates',
    'post new rates, coins for a token; operators only. The other rate stays when one is left out',
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .option('--buy <coins>', 'what the bank takes for a token')
          .option('--redeem <coins>', 'what the bank gives for a token, at most what it takes'),
        'wattchain bank rates --from testbed:operator-1 --buy 1 --redeem 0.95',
      ),
    async (output, options) => {
      const buy = options.buy === undefined ? undefined : parseCoins(options.buy);
      const redeem = options.redeem === undefined ? undefined : parseCoins(options.redeem);
      if (buy === undefined && redeem === undefined) {
        throw new WattchainError('noRate', 'neither --buy nor --redeem is given', {
          hint: 'wattchain bank show says what is posted now',
        });
      }
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const posted = await getBankFigures(connection.client, { bankAddress });
      const rates = { buyRateWei: buy ?? posted.buyRateWei, redeemRateWei: redeem ?? posted.redeemRateWei };
      await settleDoubts(output, options, [
        ...doubtsOfRate('selling', rates.buyRateWei, posted.buyRateWei),
        ...doubtsOfRate('redeeming', rates.redeemRateWei, posted.redeemRateWei),
      ]);
      const hash = await setRates(signer, { bankAddress, ...rates });
      const what = `sells a token for ${formatCoins(rates.buyRateWei)}, redeems it for ${formatCoins(rates.redeemRateWei)}`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

function addLimit(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & { readonly operator: string; readonly tokens: string }>(
    group,
    'limit',
    'set how many tokens the other operator may attest in all; operators only',
    (command) =>
      withDoubts(withSending(command))
        .requiredOption('--operator <who>', 'the other operator: an address, a key name, or testbed:operator-2')
        .requiredOption('--tokens <n>', 'tokens (150 Wh each), those attested already included'),
    async (output, options) => {
      const limit = parseTokens(options.tokens);
      const operator = resolveAddress(options.operator, options.keys);
      const { connection, signer } = await connectSigner(options);
      await settleDoubts(output, options, doubtsOfLimit(limit));
      const hash = await setLimit(signer, { bankAddress: connection.contracts().bankAddress, operator, limit });
      const what = `${formatWho(connection, operator)} may attest ${formatTokens(limit)} ENT in all`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

function addDeposit(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly coins: string }>(
    group,
    'deposit',
    "add coins to the bank's reserve, for no tokens; anyone may",
    (command) =>
      withExample(
        withSending(command).requiredOption('--coins <n>', 'coins, up to 18 decimals'),
        'wattchain bank deposit --from testbed:operator-1 --coins 50',
      ),
    async (output, options) => {
      const valueWei = parseCoins(options.coins);
      const { connection, signer } = await connectSigner(options);
      const hash = await deposit(signer, { bankAddress: connection.contracts().bankAddress, valueWei });
      await reportTransaction(output, connection, options, hash, `deposit ${formatCoins(valueWei)}`);
    },
  );
}

function addWithdraw(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly coins: string }>(
    group,
    'withdraw',
    "take coins that back no token out of the bank's reserve; operators only",
    (command) =>
      withExample(
        withSending(command).requiredOption('--coins <n>', 'coins, at most those that wattchain bank show calls free'),
        'wattchain bank withdraw --from testbed:operator-1 --coins 50',
      ),
    async (output, options) => {
      const amountWei = parseCoins(options.coins);
      const { connection, signer } = await connectSigner(options);
      const hash = await withdraw(signer, { bankAddress: connection.contracts().bankAddress, amountWei });
      await reportTransaction(output, connection, options, hash, `withdraw ${formatCoins(amountWei)}`);
    },
  );
}
