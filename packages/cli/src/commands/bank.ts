import { toChecksumAddress } from '@wattchain/core';
import {
  attestPurchase,
  type BankFigures,
  describePayout,
  describeRates,
  doubtsOfTokens,
  formatTokens,
  getBankFigures,
  getOperators,
  getRates,
  type Operator,
  parseTokens,
  type Rates,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { refusePublishedOn } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatCoins, formatFields } from '../output.js';
import { addGroup } from '../program.js';
import { addBankExchangeCommands } from './bankExchange.js';
import { addBankOperatorCommands } from './bankOperator.js';
import { addPayoutCommands, readPayout } from './bankPayouts.js';
import { addRateCommands } from './bankRates.js';
import { resolveAddress } from './coins.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatLabel, formatWho, inWords, LABEL_FORMAT, parseLabel } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { addStandingOrderCommands } from './standingOrder.js';
import { reportTransaction } from './transaction.js';

const ent = (units: bigint) => `${formatTokens(units)} ENT`;

/** `wattchain bank …`: Energy Tokens for coins or money from outside, and back. */
export function addBankCommands(program: Command): void {
  const group = addGroup(program, 'bank', 'buy and redeem Energy Tokens (ENT); one stands for 150 Wh');
  addShow(group);
  addBankExchangeCommands(group);
  addAttest(group);
  addPayoutCommands(group);
  addStandingOrderCommands(group);
  addBankOperatorCommands(group);
  addRateCommands(group);
  addExplain(group);
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show',
    'what the bank issued, what covers it, its rates, reserve, deposits and limits',
    withRpc,
    async (output, options) => {
      const connection = await connectTo(options);
      const { bankAddress } = connection.contracts();
      const [figures, operators, rates] = await Promise.all([
        getBankFigures(connection.client, { bankAddress }),
        getOperators(connection.client, { bankAddress }),
        getRates(connection.client, { bankAddress }),
      ]);
      const { pending } = rates;
      output.result(
        { bank: toChecksumAddress(bankAddress), ...figures, ...(pending === undefined ? {} : { pending }), operators },
        renderBank(connection, figures, operators, rates),
      );
    },
  );
}

function renderBank(
  connection: Connection,
  figures: BankFigures,
  operators: readonly Operator[],
  rates: Rates,
): string {
  return formatFields([
    ['bank', toChecksumAddress(connection.contracts().bankAddress)],
    ['sells', `a token for ${formatCoins(figures.buyRateWei)}`],
    ['redeems', `a token for ${formatCoins(figures.redeemRateWei)}`],
    ...(rates.pending === undefined ? [] : [['on its way', inWords(connection, describeRates(rates))] as const]),
    ['issued', `${ent(figures.issuedForCoins)} for coins, ${ent(figures.issuedOutside)} for money from outside`],
    ['taken back', `${ent(figures.redeemedForCoins)} for coins, ${ent(figures.paidOutside)} for payouts outside`],
    ['exist', `${ent(figures.outstanding)}, of these ${ent(figures.pendingPayouts)} held for payouts not closed yet`],
    [
      'reserve',
      `${formatCoins(figures.coinReserveWei)}; redeeming all tokens takes ${formatCoins(figures.coinCoverNeededWei)}, ` +
        `${formatCoins(figures.coinSurplusWei)} cover nothing`,
    ],
    ['deposits', `${formatCoins(figures.coinDepositsWei)} of the operators, which cover no token yet`],
    ...operators.map(({ seat, operator, isFrozen, limit, attested, remaining, depositWei }): [string, string] => [
      `operator ${seat}`,
      `${formatWho(connection, operator)} attested ${ent(attested)} of ${ent(limit)}, ${ent(remaining)} remain; deposit ${formatCoins(depositWei)}` +
        (isFrozen ? '; FROZEN by a veto: wattchain council show' : ''),
    ]),
  ]);
}

function addAttest(group: Command): void {
  addEnergyCommand<
    SendingOptions & DoubtOptions & { readonly to: string; readonly tokens: string; readonly reference: string }
  >(
    group,
    'attest',
    'issue tokens for money received outside, covered by your deposit; operators only, within their limit',
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .requiredOption('--to <who>', 'who paid and gets the tokens: an address, a key name, or testbed:node-3')
          .requiredOption('--tokens <n>', 'tokens (150 Wh each), up to 18 decimals')
          .requiredOption('--reference <text>', `names the payment, once for all operators: ${LABEL_FORMAT}`),
        'wattchain bank deposit --from testbed:operator-1 --coins 100',
        'wattchain bank attest --from testbed:operator-1 --to testbed:node-3 --tokens 100 --reference "invoice 2018-17"',
      ),
    async (output, options) => {
      const tokens = parseTokens(options.tokens);
      const reference = parseLabel('--reference', options.reference);
      const to = resolveAddress(options.to, options.keys);
      const { connection, signer } = await connectSigner(options);
      refusePublishedOn(connection, to);
      await settleDoubts(output, options, doubtsOfTokens(tokens));
      const { bankAddress } = connection.contracts();
      const hash = await attestPurchase(signer, { bankAddress, to, tokens, reference });
      const what = `${ent(tokens)} to ${formatWho(connection, to)} for the payment "${formatLabel(reference)}"`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

function addExplain(group: Command): void {
  addEnergyCommand<RpcOptions & { readonly payout?: string }>(
    group,
    'explain',
    'the rates and what is on its way, or with --payout where a payout stands and why, in a sentence',
    (command) => withRpc(command).option('--payout <id>', 'from wattchain bank payouts'),
    async (output, options) => {
      const connection = await connectTo(options);
      if (options.payout !== undefined) {
        const payout = await readPayout(connection, options.payout);
        const explanation = inWords(connection, describePayout(payout));
        output.result({ ...payout, explanation }, explanation);
        return;
      }
      const rates = await getRates(connection.client, { bankAddress: connection.contracts().bankAddress });
      const explanation = inWords(connection, describeRates(rates));
      output.result({ ...rates, explanation }, explanation);
    },
  );
}
