import { WattchainError } from '@wattchain/core';
import {
  approveTokens,
  bankAbi,
  cancelPayout,
  cancelStandingOrder,
  doubtsOfOrder,
  formatTokens,
  getAllowance,
  getPayout,
  listDueStandingOrders,
  listStandingOrders,
  parseTokens,
  runStandingOrders,
  setStandingOrder,
  standingOrderIdOf,
} from '@wattchain/market';
import type { Command } from 'commander';
import { parseEventLogs, type TransactionReceipt } from 'viem';
import type { Connection } from '../client.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { counted, formatTable, reportTable } from '../output.js';
import { type DoubtOptions, settleDoubts, withDoubts } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatBlockTime, formatDuration, parseDuration, parseId } from './energyOptions.js';
import { formatLabel, formatWho, LABEL_FORMAT, parseLabel } from './labels.js';
import { describeNext, type ListOptions, pageOf, withPage } from './listOptions.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction, waitForTransaction } from './transaction.js';

/** Orders that one run pays at most: each takes some 200,000 gas, and a block must hold them. */
const MAX_ORDERS_A_RUN = 100;

/** `wattchain bank order`, `orders`, `cancel` and `run`: payouts outside that repeat. */
export function addStandingOrderCommands(group: Command): void {
  addOrder(group);
  addOrders(group);
  addCancel(group);
  addRun(group);
}

interface OrderOptions extends SendingOptions, DoubtOptions {
  readonly tokens: string;
  readonly every: string;
  readonly outside: string;
  readonly allow?: string;
}

function addOrder(group: Command): void {
  addEnergyCommand<OrderOptions>(
    group,
    'order',
    "leave a standing order: a payout outside at every interval, as far as your tokens and the bank's allowance reach",
    (command) =>
      withExample(
        withDoubts(withSending(command))
          .requiredOption('--tokens <n>', 'tokens each time (150 Wh each), up to 18 decimals')
          .requiredOption('--every <duration>', 'interval in block time: 90s, 15m, 1h, 30d')
          .requiredOption('--outside <destination>', `where to pay: ${LABEL_FORMAT}; everybody can read it`)
          .option('--allow <n>', 'first let the bank take up to so many of your tokens in all (sends an approval)'),
        'wattchain bank order --from testbed:node-1 --tokens 30 --every 30d --outside "account of node-1" --allow 360',
      ),
    async (output, options) => {
      const tokens = parseTokens(options.tokens);
      const intervalSeconds = parseDuration('--every', options.every);
      const destination = parseLabel('--outside', options.outside);
      const allow = options.allow === undefined ? undefined : parseTokens(options.allow);
      const { connection, signer } = await connectSigner(options);
      const { bankAddress, tokenAddress } = connection.contracts();
      const doubts = doubtsOfOrder({ tokens, intervalSeconds, allow }, connection.genesis.testbed);
      await settleDoubts(output, options, doubts);
      if (allow !== undefined) {
        const approval = `the bank may take ${formatTokens(allow)} ENT of yours (approval)`;
        const approvalHash = await approveTokens(signer, { tokenAddress, spender: bankAddress, tokens: allow });
        output.progress(`sent ${approvalHash}: ${approval}, waiting …`);
        await waitForTransaction(connection, { hash: approvalHash, what: approval, output });
      }
      const hash = await setStandingOrder(signer, { bankAddress, tokens, intervalSeconds, destination });
      const what = `${formatTokens(tokens)} ENT every ${formatDuration(intervalSeconds)} to "${formatLabel(destination)}"`;
      await reportTransaction(output, connection, options, hash, what, async (receipt) => {
        const orderId = standingOrderIdOf(receipt);
        const allowance = await getAllowance(connection.client, {
          tokenAddress,
          owner: signer.account.address,
          spender: bankAddress,
        });
        const reach = `standing order ${orderId}; the bank may take ${formatTokens(allowance)} ENT of yours, enough for ${allowance / tokens} times`;
        return { values: { orderId, tokens, intervalSeconds, destination, allowance }, text: reach };
      });
    },
  );
}

function addOrders(group: Command): void {
  addEnergyCommand<RpcOptions & ListOptions>(
    group,
    'orders',
    'the standing orders that are not cancelled, newest first',
    (command) => withPage(withRpc(command)),
    async (output, options) => {
      const page = pageOf(options);
      const connection = await connectTo(options);
      const { bankAddress } = connection.contracts();
      const orders = await listStandingOrders(connection.client, { bankAddress, ...page });
      const rows = orders.entries.map((order) => [
        String(order.orderId),
        formatWho(connection, order.holder),
        formatTokens(order.tokens),
        formatDuration(order.intervalSeconds),
        formatBlockTime(order.nextDue, connection.clock),
        formatLabel(order.destination),
      ]);
      const heading = ['order', 'holder', 'ENT', 'every', 'next due', 'destination'];
      const table = rows.length > 0 ? formatTable([heading, ...rows], [0, 2]) : 'no standing orders';
      reportTable(output, orders.entries, [table, ...describeNext(orders, 'standing order')].join('\n\n'));
    },
  );
}

function addCancel(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly payout?: string; readonly order?: string }>(
    group,
    'cancel',
    'take a payout back that is not paid yet, or end a standing order; its holder only',
    (command) =>
      withSending(command)
        .option('--payout <id>', 'this payout; its tokens come back')
        .option('--order <id>', 'this standing order; payouts it made already stay'),
    async (output, options) => {
      if ((options.payout === undefined) === (options.order === undefined)) {
        throw new WattchainError('badCancel', 'it takes one of --payout and --order', {
          hint: 'wattchain bank payouts and wattchain bank orders show the ids',
        });
      }
      const isPayout = options.payout !== undefined;
      const id = parseId(isPayout ? '--payout' : '--order', options.payout ?? options.order ?? '');
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const hash = isPayout
        ? await cancelPayout(signer, {
            bankAddress,
            ...(await getPayout(connection.client, { bankAddress, payoutId: id })),
          })
        : await cancelStandingOrder(signer, { bankAddress, ...(await requireOrder(connection, id)) });
      await reportTransaction(
        output,
        connection,
        options,
        hash,
        `cancel ${isPayout ? 'payout' : 'standing order'} ${id}`,
      );
    },
  );
}

/** A standing order as its holder left it, which an act on it names. Errors: `unknownOrder`. */
async function requireOrder({ client, contracts }: Connection, orderId: bigint) {
  const { bankAddress } = contracts();
  const { entries } = await listStandingOrders(client, { bankAddress, before: orderId + 1n, limit: 1 });
  const [order] = entries;
  if (order?.orderId === orderId) return order;
  throw new WattchainError('unknownOrder', `there is no standing order ${orderId}`, {
    values: { orderId },
    hint: 'wattchain bank orders shows the standing orders there are',
  });
}

function addRun(group: Command): void {
  addEnergyCommand<SendingOptions>(
    group,
    'run',
    'turn the standing orders that are due into payouts; operators only',
    withSending,
    async (output, options) => {
      const { connection, signer } = await connectSigner(options);
      const { bankAddress } = connection.contracts();
      const due = await listDueStandingOrders(connection.client, { bankAddress });
      if (due.length === 0) {
        output.result({ payouts: [], uncovered: [], left: 0 }, 'no standing order is due');
        return;
      }
      const orderIds = due.slice(0, MAX_ORDERS_A_RUN);
      const left = due.length - orderIds.length;
      const hash = await runStandingOrders(signer, { bankAddress, orderIds });
      const more = left > 0 ? `, ${left} more ${left === 1 ? 'is' : 'are'} due: run again` : '';
      const what = `run ${counted(orderIds.length, 'standing order')}${more}`;
      await reportTransaction(output, connection, options, hash, what, (receipt) =>
        describeRun(connection, receipt, left),
      );
    },
  );
}

function describeRun({ clock }: Connection, { logs }: TransactionReceipt, left: number): ReceiptNews {
  const paid = parseEventLogs({ abi: bankAbi, eventName: 'StandingOrderPaid', logs }).map(({ args }) => args);
  const uncovered = parseEventLogs({ abi: bankAbi, eventName: 'StandingOrderUncovered', logs }).map(({ args }) => args);
  const lines = [
    ...paid.map(
      (order) => `order ${order.orderId}: payout ${order.payoutId}, next due ${formatBlockTime(order.nextDue, clock)}`,
    ),
    ...uncovered.map(
      ({ orderId, available, needed }) =>
        `order ${orderId}: left alone, ${formatTokens(available)} ENT of ${formatTokens(needed)} ENT are there and allowed`,
    ),
  ];
  return { values: { payouts: paid, uncovered, left }, text: lines.join('\n') };
}
