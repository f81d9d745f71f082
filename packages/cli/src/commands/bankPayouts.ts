import { WattchainError, ZERO_HASH } from '@wattchain/core';
import {
  closePayout,
  decidePayout,
  describePayout,
  formatTokens,
  getPayout,
  listPayouts,
  markPayoutPaid,
  objectToPayout,
  PAYOUT_STATES,
  type Payout,
  type PayoutState,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatTable, reportTable } from '../output.js';
import { addEnergyCommand } from './energyCommand.js';
import { parseId } from './energyOptions.js';
import { formatLabel, formatWho, inWords, LABEL_FORMAT, parseLabel } from './labels.js';
import { describeNext, type ListOptions, pageOf, withPage } from './listOptions.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

/** States of payouts in plain words. */
export const PAYOUT_STATE_WORDS: Readonly<Record<PayoutState, string>> = {
  none: 'unknown',
  pending: 'pending',
  markedPaid: 'marked as paid',
  disputed: 'disputed',
  paid: 'paid',
  cancelled: 'cancelled',
};

/** `wattchain bank pay`, `object`, `decide`, `close` and `payouts`: money outside the chain for tokens. */
export function addPayoutCommands(group: Command): void {
  addPay(group);
  addObject(group);
  addDecide(group);
  addClose(group);
  addPayouts(group);
}

/** A payout by the number that was given, as its holder left it: what is signed names all of it. */
export async function readPayout({ client, contracts }: Connection, text: string): Promise<Payout> {
  return getPayout(client, { bankAddress: contracts().bankAddress, payoutId: parseId('--payout', text) });
}

const describe = (connection: Connection, { payoutId, tokens, holder, destination }: Payout) =>
  `payout ${payoutId}, ${formatTokens(tokens)} ENT of ${formatWho(connection, holder)} to "${formatLabel(destination)}"`;

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
      parseId('--payout', options.payout);
      const reference = parseLabel('--reference', options.reference);
      const { connection, signer } = await connectSigner(options);
      const payout = await readPayout(connection, options.payout);
      const { bankAddress } = connection.contracts();
      const hash = await markPayoutPaid(signer, { ...termsOf(payout), bankAddress, reference });
      const what = `${describe(connection, payout)}: paid with "${formatLabel(reference)}"`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, payout));
    },
  );
}

/** Where a payout stands after an act on it. */
async function standingOf(connection: Connection, { payoutId }: Payout): Promise<ReceiptNews> {
  const payout = await getPayout(connection.client, { bankAddress: connection.contracts().bankAddress, payoutId });
  return { values: { ...payout }, text: inWords(connection, describePayout(payout)) };
}

/** What an act on a payout names. */
const termsOf = ({ payoutId, holder, tokens, destination }: Payout) => ({ payoutId, holder, tokens, destination });

function addObject(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly payout: string }>(
    group,
    'object',
    'deny that a payout which was marked as paid has come; its holder, or another operator than the payer',
    (command) => withSending(command).requiredOption('--payout <id>', 'from wattchain bank payouts'),
    async (output, options) => {
      parseId('--payout', options.payout);
      const { connection, signer } = await connectSigner(options);
      const payout = await readPayout(connection, options.payout);
      const { bankAddress } = connection.contracts();
      const hash = await objectToPayout(signer, { bankAddress, ...termsOf(payout), reference: payout.reference });
      const what = `${describe(connection, payout)}: "${formatLabel(payout.reference)}" has not come`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, payout));
    },
  );
}

function addDecide(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly payout: string; readonly paid?: boolean; readonly unpaid?: boolean }>(
    group,
    'decide',
    'decide a payout that is disputed: an operator or the holder, who neither paid nor objected; or who gives in',
    (command) =>
      withExample(
        withSending(command)
          .requiredOption('--payout <id>', 'from wattchain bank payouts')
          .option('--paid', 'it was paid: the tokens are burned, their cover goes to the payer')
          .option('--unpaid', 'it was not: the payout is pending again'),
        'wattchain bank decide --from testbed:operator-1 --payout 1 --unpaid',
      ),
    async (output, options) => {
      parseId('--payout', options.payout);
      const wasPaid = options.paid === true;
      if (wasPaid === (options.unpaid === true)) {
        throw new WattchainError('badDecision', 'it takes one of --paid and --unpaid', {
          hint: 'ask both sides, and look at the account that the payment came from',
        });
      }
      const { connection, signer } = await connectSigner(options);
      const payout = await readPayout(connection, options.payout);
      const { bankAddress } = connection.contracts();
      const hash = await decidePayout(signer, {
        bankAddress,
        ...termsOf(payout),
        reference: payout.reference,
        wasPaid,
      });
      const what = `${describe(connection, payout)}: "${formatLabel(payout.reference)}" was ${wasPaid ? '' : 'not '}paid`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, payout));
    },
  );
}

function addClose(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly payout: string }>(
    group,
    'close',
    'close a payout that was marked as paid and not objected to in time; anyone may',
    (command) => withSending(command).requiredOption('--payout <id>', 'from wattchain bank payouts'),
    async (output, options) => {
      parseId('--payout', options.payout);
      const { connection, signer } = await connectSigner(options);
      const payout = await readPayout(connection, options.payout);
      const { bankAddress } = connection.contracts();
      const hash = await closePayout(signer, { bankAddress, payoutId: payout.payoutId });
      const what = `close ${describe(connection, payout)}`;
      await reportTransaction(output, connection, options, hash, what, () => standingOf(connection, payout));
    },
  );
}

const LISTED_PAYOUT_STATES = PAYOUT_STATES.filter((state) => state !== 'none');

function addPayouts(group: Command): void {
  addEnergyCommand<RpcOptions & ListOptions & { readonly state?: string }>(
    group,
    'payouts',
    'the payouts outside, newest first',
    (command) => withPage(withRpc(command)).option('--state <state>', `only these: ${LISTED_PAYOUT_STATES.join(', ')}`),
    async (output, options) => {
      const state = LISTED_PAYOUT_STATES.find((known) => known === options.state);
      if (options.state !== undefined && state === undefined) {
        throw new WattchainError('badState', `--state is "${options.state}", not a state of a payout`, {
          values: { state: options.state },
          hint: `states are ${LISTED_PAYOUT_STATES.join(', ')}`,
        });
      }
      const page = pageOf(options);
      const connection = await connectTo(options);
      const { bankAddress } = connection.contracts();
      const filter = state === undefined ? {} : { state };
      const payouts = await listPayouts(connection.client, { bankAddress, ...page, ...filter });
      const rows = payouts.entries.map((payout) => [
        String(payout.payoutId),
        PAYOUT_STATE_WORDS[payout.state],
        formatWho(connection, payout.holder),
        formatTokens(payout.tokens),
        formatLabel(payout.destination),
        payout.reference === ZERO_HASH ? '' : formatLabel(payout.reference),
      ]);
      const heading = ['payout', 'state', 'holder', 'ENT', 'destination', 'reference'];
      const table = rows.length > 0 ? formatTable([heading, ...rows], [0, 3]) : 'no payouts';
      reportTable(output, payouts.entries, [table, ...describeNext(payouts, 'payout')].join('\n\n'));
    },
  );
}
