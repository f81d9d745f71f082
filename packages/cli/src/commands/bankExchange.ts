import { WattchainError } from '@wattchain/core';
import {
  bankAbi,
  buyTokens,
  DEFAULT_TOLERANCE,
  DEFAULT_WAIT_SECONDS,
  doubtsOfTokens,
  formatTokens,
  getBankFigures,
  getTokenBalance,
  limitBuying,
  limitRedeeming,
  parseCoins,
  parseTokens,
  parseTolerance,
  payoutIdOf,
  redeemForCoins,
  refusalError,
  requestPayout,
  TIME_FORMAT,
  TOKEN_UNIT,
} from '@wattchain/market';
import { type Command, Option } from 'commander';
import { parseEventLogs } from 'viem';
import type { Connection, SignerClient } from '../client.js';
import { formatCoins, type Output } from '../output.js';
import { ensureAllowance } from './allowance.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatBlockTime, formatDuration, parseTime } from './energyOptions.js';
import { formatLabel, LABEL_FORMAT, parseLabel } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { reportTransaction } from './transaction.js';

const ent = (units: bigint) => `${formatTokens(units)} ENT`;

/** `wattchain bank buy` and `redeem`: tokens for coins and back, within limits that the person sets. */
export function addBankExchangeCommands(group: Command): void {
  addBuy(group);
  addRedeem(group);
}

/** How far the rate may move until the transaction is in a block, and until when it may come in. */
interface LimitOptions {
  readonly tolerance?: string;
  readonly least?: string;
  readonly until?: string;
}

/** Adds `--tolerance`, `--least` and `--until`. */
function withLimits(command: Command, least: string): Command {
  return command
    .addOption(
      new Option(
        '--tolerance <percent>',
        `how much less than the rate in force promises is still accepted (default: ${Number(DEFAULT_TOLERANCE) / 100})`,
      ).conflicts('least'),
    )
    .option('--least <amount>', least)
    .option(
      '--until <time>',
      `last block time at which it may happen (default: ${formatDuration(DEFAULT_WAIT_SECONDS)} from the newest block): ${TIME_FORMAT}`,
    );
}

/** The tolerance, and the least amount and last time where they were named. Errors: `badTolerance`, those of `parse`, `badTime`. */
function parseLimits(options: LimitOptions, parse: (text: string) => bigint, { clock }: Connection) {
  const { tolerance, least, until } = options;
  return {
    tolerance: tolerance === undefined ? {} : { tolerance: parseTolerance(tolerance) },
    least: least === undefined ? undefined : parse(least),
    until: until === undefined ? undefined : parseTime('--until', until, clock),
  };
}

function addBuy(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & LimitOptions & { readonly tokens: string }>(
    group,
    'buy',
    'buy tokens with coins at the rate in force, or at none where it has moved too far',
    (command) =>
      withExample(
        withLimits(
          withDoubts(withSending(command)).requiredOption('--tokens <n>', 'tokens (150 Wh each), up to 18 decimals'),
          'fewest tokens that the coins may buy, in place of a tolerance',
        ),
        'wattchain bank buy --from testbed:node-2 --tokens 12.5',
        'wattchain bank buy --from testbed:node-2 --tokens 12.5 --tolerance 0.5',
      ),
    async (output, options) => {
      const tokens = parseTokens(options.tokens);
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const named = parseLimits(options, parseTokens, connection);
      await settleDoubts(output, options, doubtsOfTokens(tokens));
      const { buyRateWei } = await getBankFigures(connection.client, { bankAddress });
      // Rounded up, so that the bank's rounding down gives at least what was asked for.
      const valueWei = (tokens * buyRateWei + TOKEN_UNIT - 1n) / TOKEN_UNIT;
      const limits = await limitBuying(connection.client, { bankAddress, valueWei, ...named.tolerance });
      const { leastTokens, until } = {
        leastTokens: named.least ?? limits.leastTokens,
        until: named.until ?? limits.until,
      };
      const hash = await buyTokens(signer, { bankAddress, valueWei, leastTokens, until });
      const what = `buy ${ent(tokens)} for ${formatCoins(valueWei)}, no fewer than ${ent(leastTokens)}, until ${formatBlockTime(until, connection.clock)}`;
      await reportTransaction(output, connection, options, hash, what, ({ logs }) => {
        // The rate of the block decides, which may differ from the one read above.
        const bought = parseEventLogs({ abi: bankAbi, eventName: 'Bought', logs })[0]?.args.tokens ?? 0n;
        return { values: { tokens: bought, valueWei, leastTokens, until }, text: `bought ${ent(bought)}` };
      });
    },
  );
}

type RedeemOptions = SendingOptions & LimitOptions & { readonly tokens: string; readonly outside?: string };

function addRedeem(group: Command): void {
  addEnergyCommand<RedeemOptions>(
    group,
    'redeem',
    'give tokens back for coins at the rate in force, or with --outside for a payout that an operator makes',
    (command) =>
      withExample(
        withLimits(
          withSending(command)
            .requiredOption('--tokens <n>', 'tokens (150 Wh each), up to 18 decimals')
            .option('--outside <destination>', `where to pay: ${LABEL_FORMAT}; everybody can read it`),
          'fewest coins that the tokens may bring, in place of a tolerance',
        ),
        'wattchain bank redeem --from testbed:node-2 --tokens 2 --least 1.9',
        'wattchain bank redeem --from testbed:node-1 --tokens 20 --outside "account of node-1"',
      ),
    async (output, options) => {
      const tokens = parseTokens(options.tokens);
      if (options.outside !== undefined) {
        await redeemOutside(output, options, tokens, options.outside);
        return;
      }
      const { connection, signer } = await connectSigner(options);
      await redeemCoins(output, options, tokens, { connection, signer });
    },
  );
}

interface Signing {
  readonly connection: Connection;
  readonly signer: SignerClient;
}

async function redeemCoins(
  output: Output,
  options: RedeemOptions,
  tokens: bigint,
  { connection, signer }: Signing,
): Promise<void> {
  const { bankAddress, tokenAddress } = connection.contracts();
  const named = parseLimits(options, parseCoins, connection);
  // The contract looks at other things first; who has too few tokens wants to know that.
  const owner = signer.account.address;
  const balance = await getTokenBalance(connection.client, { tokenAddress, owner });
  if (balance < tokens) throw refusalError('ERC20InsufficientBalance', [owner, balance, tokens]);
  const limits = await limitRedeeming(connection.client, { bankAddress, tokens, ...named.tolerance });
  const leastCoinsWei = named.least ?? limits.leastCoinsWei;
  const until = named.until ?? limits.until;
  const hash = await redeemForCoins(signer, { bankAddress, tokens, leastCoinsWei, until });
  const what = `redeem ${ent(tokens)} for no less than ${formatCoins(leastCoinsWei)}, until ${formatBlockTime(until, connection.clock)}`;
  await reportTransaction(output, connection, options, hash, what, ({ logs }) => {
    const coinsWei = parseEventLogs({ abi: bankAbi, eventName: 'Redeemed', logs })[0]?.args.coins ?? 0n;
    return { values: { tokens, coinsWei, leastCoinsWei, until }, text: `redeemed for ${formatCoins(coinsWei)}` };
  });
}

async function redeemOutside(output: Output, options: RedeemOptions, tokens: bigint, place: string): Promise<void> {
  const given = [options.tolerance, options.least, options.until].some((limit) => limit !== undefined);
  if (given) {
    throw new WattchainError(
      'badExchange',
      'a payout outside has no rate: --tolerance, --least and --until are for coins',
      {
        hint: 'leave them out, or leave --outside out to redeem for coins',
      },
    );
  }
  const destination = parseLabel('--outside', place);
  const { connection, signer } = await connectSigner(options);
  const { bankAddress } = connection.contracts();
  const spender = { address: bankAddress, name: 'the bank' };
  const approved = await ensureAllowance(output, connection, signer, spender, tokens);
  const hash = await requestPayout(signer, { bankAddress, tokens, destination });
  const what = `redeem ${ent(tokens)} for a payout to "${formatLabel(destination)}"`;
  await reportTransaction(output, connection, options, hash, what, (receipt) => {
    const payoutId = payoutIdOf(receipt);
    const lines = [...(approved === undefined ? [] : [approved]), `payout ${payoutId}: pending until an operator pays`];
    return { values: { payoutId, tokens, destination, approved }, text: lines.join('\n') };
  });
}
