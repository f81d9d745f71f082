import { toChecksumAddress, WattchainError, ZERO_HASH } from '@wattchain/core';
import {
  attestPurchase,
  type BankFigures,
  bankAbi,
  buyTokens,
  doubtsOfTokens,
  formatTokens,
  getBankFigures,
  getOperators,
  getTokenBalance,
  listPayouts,
  markPayoutPaid,
  type Operator,
  PAYOUT_STATES,
  parseTokens,
  payoutIdOf,
  redeemForCoins,
  refusalError,
  requestPayout,
  TOKEN_UNIT,
} from '@wattchain/market';
import type { Command } from 'commander';
import { parseEventLogs } from 'viem';
import type { Connection } from '../client.js';
import { refusePublishedOn } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatCoins, formatFields, formatTable, reportTable } from '../output.js';
import { addGroup } from '../program.js';
import { ensureAllowance } from './allowance.js';
import { addBankOperatorCommands } from './bankOperator.js';
import { resolveAddress } from './coins.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { parseId } from './energyOptions.js';
import { formatLabel, formatWho, LABEL_FORMAT, parseLabel } from './labels.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { addStandingOrderCommands } from './standingOrder.js';
import { reportTransaction } from './transaction.js';

const ent = (units: bigint) => `${formatTokens(units)} ENT`;

/** `wattchain bank …`: Energy Tokens for coins or money from outside, and back. */
export function addBankCommands(program: Command): void {
  const group = addGroup(program, 'bank', 'buy and redeem Energy Tokens (ENT); one stands for 150 Wh');
  addShow(group);
  addBuy(group);
  addAttest(group);
  addRedeem(group);
  addPay(group);
  addPayouts(group);
  addStandingOrderCommands(group);
  addBankOperatorCommands(group);
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show',
    'what the bank issued, what backs it, its rates, reserve and limits',
    withRpc,
    async (output, options) => {
      const connection = await connectTo(options);
      const { bankAddress } = connection.contracts();
      const [figures, operators] = await Promise.all([
        getBankFigures(connection.client, { bankAddress }),
        getOperators(connection.client, { bankAddress }),
      ]);
      output.result(
        { bank: toChecksumAddress(bankAddress), ...figures, operators },
        renderBank(connection, figures, operators),
      );
    },
  );
}

function renderBank(connection: Connection, figures: BankFigures, operators: readonly Operator[]): string {
  return formatFields([
    ['bank', toChecksumAddress(connection.contracts().bankAddress)],
    ['sells', `a token for ${formatCoins(figures.buyRateWei)}`],
    ['redeems', `a token for ${formatCoins(figures.redeemRateWei)}`],
    ['issued', `${ent(figures.issuedForCoins)} for coins, ${ent(figures.issuedOutside)} for money from outside`],
    ['taken back', `${ent(figures.redeemedForCoins)} for coins, ${ent(figures.paidOutside)} for payouts outside`],
    ['exist', `${ent(figures.outstanding)}, of these ${ent(figures.pendingPayouts)} held for payouts not paid yet`],
    ['backed by', `coins ${ent(figures.backedByCoins)}, money outside ${ent(figures.backedOutside)}`],
    [
      'reserve',
      `${formatCoins(figures.coinReserveWei)}; redeeming all that coins back takes ${formatCoins(figures.coinReserveNeededWei)}, ` +
        `${formatCoins(figures.coinWithdrawableWei)} are free`,
    ],
    ...operators.map(({ operator, limit, attested, remaining }): [string, string] => [
      'operator',
      `${formatWho(connection, operator)} attested ${ent(attested)} of ${ent(limit)}, ${ent(remaining)} remain`,
    ]),
  ]);
}

function addBuy(group: Command): void {
  addEnergyCommand<SendingOptions & DoubtOptions & { readonly tokens: string }>(
    group,
    'buy',
    'buy tokens with coins at the posted rate',
    (command) =>
      withExample(
        withDoubts(withSending(command)).requiredOption('--tokens <n>', 'tokens (150 Wh each), up to 18 decimals'),
        'wattchain bank buy --from testbed:node-2 --tokens 12.5',
      ),
    async (output, options) => {
      const tokens = parseTokens(options.tokens);
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      await settleDoubts(output, options, doubtsOfTokens(tokens));
      const { buyRateWei } = await getBankFigures(connection.client, { bankAddress });
      // Rounded up, so that the bank's rounding down gives at least what was asked for.
      const valueWei = (tokens * buyRateWei + TOKEN_UNIT - 1n) / TOKEN_UNIT;
      const hash = await buyTokens(signer, { bankAddress, valueWei });
      const what = `buy ${ent(tokens)} for ${formatCoins(valueWei)}`;
      await reportTransaction(output, connection, options, hash, what, ({ logs }) => {
        // The rate of the block decides, which may differ from the one read above.
        const bought = parseEventLogs({ abi: bankAbi, eventName: 'Bought', logs })[0]?.args.tokens ?? 0n;
        return { values: { tokens: bought, valueWei }, text: `bought ${ent(bought)}` };
      });
    },
  );
}

function addAttest(group: Command): void {
  addEnergyCommand<
    SendingOptions & DoubtOptions & { readonly to: string; readonly tokens: string; readonly reference: string }
  >(
    group,
    'attest',
    'issue tokens for money received outside; operators only, within their limit',
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .requiredOption('--to <who>', 'who paid and gets the tokens: an address, a key name, or testbed:node-3')
          .requiredOption('--tokens <n>', 'tokens (150 Wh each), up to 18 decimals')
          .requiredOption('--reference <text>', `names the payment, once for all operators: ${LABEL_FORMAT}`),
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

function addRedeem(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly tokens: string; readonly outside?: string }>(
    group,
    'redeem',
    'give tokens back for coins at the posted rate, or with --outside for a payout that an operator makes',
    (command) =>
      withExample(
        withSending(command)
          .requiredOption('--tokens <n>', 'tokens (150 Wh each), up to 18 decimals')
          .option('--outside <destination>', `where to pay: ${LABEL_FORMAT}; everybody can read it`),
        'wattchain bank redeem --from testbed:node-1 --tokens 20 --outside "account of node-1"',
      ),
    async (output, options) => {
      const tokens = parseTokens(options.tokens);
      const destination = options.outside === undefined ? undefined : parseLabel('--outside', options.outside);
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      if (destination === undefined) {
        // The contract looks at its reserve first; who has too few tokens wants to know that.
        const { tokenAddress } = connection.contracts();
        const owner = signer.account.address;
        const balance = await getTokenBalance(connection.client, { tokenAddress, owner });
        if (balance < tokens) throw refusalError('ERC20InsufficientBalance', [owner, balance, tokens]);
        const hash = await redeemForCoins(signer, { bankAddress, tokens });
        await reportTransaction(output, connection, options, hash, `redeem ${ent(tokens)}`, ({ logs }) => {
          const coinsWei = parseEventLogs({ abi: bankAbi, eventName: 'Redeemed', logs })[0]?.args.coins ?? 0n;
          return { values: { tokens, coinsWei }, text: `redeemed for ${formatCoins(coinsWei)}` };
        });
        return;
      }
      const approved = await ensureAllowance(
        output,
        connection,
        signer,
        { address: bankAddress, name: 'the bank' },
        tokens,
      );
      const hash = await requestPayout(signer, { bankAddress, tokens, destination });
      const what = `redeem ${ent(tokens)} for a payout to "${formatLabel(destination)}"`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => {
        const payoutId = payoutIdOf(receipt);
        const lines = [
          ...(approved === undefined ? [] : [approved]),
          `payout ${payoutId}: pending until an operator pays`,
        ];
        return { values: { payoutId, tokens, destination, approved }, text: lines.join('\n') };
      });
    },
  );
}

function addPay(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly payout: string; readonly reference: string }>(
    group,
    'pay',
    'mark a payout as paid outside; operators only. Mark with --confirm, then release the payment',
    (command) =>
      withExample(
        withSending(command)
          .requiredOption('--payout <id>', 'from wattchain bank payouts')
          .requiredOption('--reference <text>', `names the payment: ${LABEL_FORMAT}`),
        'wattchain bank pay --from testbed:operator-2 --payout 1 --reference "transfer 4711" --confirm',
      ),
    async (output, options) => {
      const payoutId = parseId('--payout', options.payout);
      const reference = parseLabel('--reference', options.reference);
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const hash = await markPayoutPaid(signer, { bankAddress, payoutId, reference });
      const what = `payout ${payoutId} paid with "${formatLabel(reference)}"`;
      await reportTransaction(output, connection, options, hash, what);
    },
  );
}

const LISTED_PAYOUT_STATES = PAYOUT_STATES.filter((state) => state !== 'none');

function addPayouts(group: Command): void {
  addEnergyCommand<RpcOptions & { readonly state?: string }>(
    group,
    'payouts',
    'the payouts outside, oldest first',
    (command) => withRpc(command).option('--state <state>', `only these: ${LISTED_PAYOUT_STATES.join(', ')}`),
    async (output, options) => {
      const state = LISTED_PAYOUT_STATES.find((known) => known === options.state);
      if (options.state !== undefined && state === undefined) {
        throw new WattchainError('badState', `--state is "${options.state}", not a state of a payout`, {
          values: { state: options.state },
          hint: `states are ${LISTED_PAYOUT_STATES.join(', ')}`,
        });
      }
      const connection = await connectTo(options);
      const { bankAddress } = connection.contracts();
      const payouts = await listPayouts(connection.client, { bankAddress, ...(state === undefined ? {} : { state }) });
      const rows = payouts.map((payout) => [
        String(payout.payoutId),
        payout.state,
        formatWho(connection, payout.holder),
        formatTokens(payout.tokens),
        formatLabel(payout.destination),
        payout.reference === ZERO_HASH ? '' : formatLabel(payout.reference),
      ]);
      const heading = ['payout', 'state', 'holder', 'ENT', 'destination', 'reference'];
      reportTable(output, payouts, rows.length > 0 ? formatTable([heading, ...rows], [0, 3]) : 'no payouts');
    },
  );
}
