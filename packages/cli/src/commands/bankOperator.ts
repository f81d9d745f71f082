import { WattchainError } from '@wattchain/core';
import { formatTokens, getBankFigures, parseTokens } from '@wattchain/market';
import type { Command } from 'commander';
import { addCommand } from '../program.js';
import { setLimit, setRates } from './bankCalls.js';
import { formatCoins } from './chain.js';
import { parseCoins, resolveAddress } from './coins.js';
import { formatWho } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { reportTransaction } from './transaction.js';

/** `wattchain bank rates` and `limit`: what operators decide. */
export function addBankOperatorCommands(group: Command): void {
  addCommand<SendingOptions & { readonly buy?: string; readonly redeem?: string }>(
    group,
    'rates',
    'post new rates, coins for a token; operators only. The other rate stays when one is left out',
    (command) =>
      withExample(
        withSending(command)
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
      const posted = await getBankFigures(connection.client, { bankAddress: connection.contracts().bankAddress });
      const rates = { buyRateWei: buy ?? posted.buyRateWei, redeemRateWei: redeem ?? posted.redeemRateWei };
      const hash = await setRates(connection, signer, rates);
      const what = `sells a token for ${formatCoins(rates.buyRateWei)}, redeems it for ${formatCoins(rates.redeemRateWei)}`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );

  addCommand<SendingOptions & { readonly operator: string; readonly tokens: string }>(
    group,
    'limit',
    'set how many tokens the other operator may attest in all; operators only',
    (command) =>
      withSending(command)
        .requiredOption('--operator <who>', 'the other operator: an address, a key name, or testbed:operator-2')
        .requiredOption('--tokens <n>', 'tokens (150 Wh each), those attested already included'),
    async (output, options) => {
      const limit = parseTokens(options.tokens);
      const operator = resolveAddress(options.operator, options.keys);
      const { connection, signer } = await connectSigner(options);
      const hash = await setLimit(connection, signer, operator, limit);
      const what = `${formatWho(connection, operator)} may attest ${formatTokens(limit)} ENT in all`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}
