import { assert, WattchainError } from '@wattchain/core';
import {
  approveTokens,
  communityFigures,
  daySeries,
  formatKwh,
  formatTokens,
  getPayout,
  listDueStandingOrders,
  markPayoutPaid,
  PAPER_PROFILE,
  PAPER_START_TOKENS,
  PAPER_TABLE,
  type Payout,
  parseTokens,
  payoutIdOf,
  runStandingOrders,
  setStandingOrder,
  standingOrderIdOf,
  surplusOf,
} from '@wattchain/market';
import { compareBalance, compareEnergy } from './compare.js';
import type { DayLedger } from './dayLedger.js';
import { DayRun } from './dayRun.js';
import type { Testbed } from './network.js';
import { type DayResult, type DayRow, rowsHold } from './result.js';
import type { SentTransaction } from './sender.js';
import { type Household, labelOf, type TradingDay } from './tradingDay.js';

/** What node 1's standing order takes out of the bank each time. */
const ORDER_TOKENS = parseTokens('50');
/** Its interval in block time: short, so that it is due within the minute that the day takes. */
const ORDER_INTERVAL_SECONDS = 10n;
const ORDER_DESTINATION = 'account of node-1';
const PAYMENT_REFERENCE = 'transfer 4711';
/** How long an order may take to fall due after its interval, in which blocks carry the time on. */
const ORDER_DUE_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
/** Marked, and its holder does not object; it is closed when the time for that is over. */
const PAID_STATES: ReadonlySet<Payout['state']> = new Set(['markedPaid', 'paid']);

const START_TOKENS = parseTokens(PAPER_START_TOKENS);
/** The households of Table 2; their meters have the same names. */
const HOUSEHOLDS: readonly Household[] = [
  { account: 'node-1', meter: labelOf('node-1'), startTokens: START_TOKENS },
  { account: 'node-2', meter: labelOf('node-2'), startTokens: START_TOKENS },
  { account: 'node-3', meter: labelOf('node-3'), startTokens: START_TOKENS, paidOutside: 'cash from node-3, 4 July' },
];

/** Plays the paper's 4 July on a running testbed and gives what happened. Errors: `dayFailed`, with the reason. */
export async function runDay(testbed: Testbed, progress: (text: string) => void): Promise<DayResult> {
  const run = await DayRun.begin(testbed, PAPER_PROFILE, HOUSEHOLDS, progress);
  const orderId = await leaveStandingOrder(run.day);
  await run.trade();
  const payout = await payStandingOrder(run.day, orderId);
  const { ledger, costs } = await run.finish();
  const rows = tableRows(ledger);
  const totals = communityFigures(ledger.community);
  const [node1, node2, node3] = ledger.accounts.map(({ end }) => formatTokens(end));
  const [seller] = ledger.accounts;
  assert(seller && node1 && node2 && node3, 'the table has three households');
  return {
    ...costs,
    rows,
    balances: { node1, node2, node3 },
    surplusKwh: formatKwh(totals.surplusMwh),
    tradedKwh: formatKwh(totals.soldMwh),
    trades: ledger.trades.length,
    redemption: {
      orderId: Number(orderId),
      intervalSeconds: Number(ORDER_INTERVAL_SECONDS),
      destination: ORDER_DESTINATION,
      payoutId: Number(payout.payoutId),
      tokens: formatTokens(payout.tokens),
      status: payout.state,
      reference: PAYMENT_REFERENCE,
      node1TokensAfter: formatTokens(seller.end - seller.redeemed),
    },
    passed: rowsHold(rows) && costs.headsAgree && PAID_STATES.has(payout.state),
    series: daySeries(ledger.profile, ledger.trades),
  };
}

/** Node 1 leaves a standing order with the bank, which may take the tokens of one payout. */
async function leaveStandingOrder(day: TradingDay): Promise<bigint> {
  const { bankAddress, tokenAddress } = day.contracts;
  day.progress(
    `node 1 leaves a standing order: ${formatTokens(ORDER_TOKENS)} ENT every ${ORDER_INTERVAL_SECONDS} s to "${ORDER_DESTINATION}" …`,
  );
  const order = {
    bankAddress,
    tokens: ORDER_TOKENS,
    intervalSeconds: ORDER_INTERVAL_SECONDS,
    destination: labelOf(ORDER_DESTINATION),
  };
  const [, left] = await day.send([
    {
      from: 'node-1',
      what: 'node-1 allows the bank to take tokens',
      action: (client) => approveTokens(client, { tokenAddress, spender: bankAddress, tokens: ORDER_TOKENS }),
    },
    { from: 'node-1', what: 'leave a standing order', action: (client) => setStandingOrder(client, order) },
  ]);
  const orderId = left && standingOrderIdOf(await receiptOf(day, left));
  if (orderId === undefined)
    throw new WattchainError('dayFailed', 'the bank gave no id for the standing order', { values: { ...left } });
  return orderId;
}

/** When the order is due, an operator's run makes a payout of it, and another operator marks that as paid. */
async function payStandingOrder(day: TradingDay, orderId: bigint): Promise<Payout> {
  const { bankAddress } = day.contracts;
  await waitUntilDue(day, orderId);
  day.progress(`the standing order of node 1 is due: operator 1 runs it, operator 2 pays …`);
  const [run] = await day.send([
    {
      from: 'operator-1',
      what: 'run the standing orders that are due',
      action: async (client) =>
        runStandingOrders(client, { bankAddress, orderIds: await listDueStandingOrders(client, { bankAddress }) }),
    },
  ]);
  const payoutId = run && payoutIdOf(await receiptOf(day, run));
  if (payoutId === undefined)
    throw new WattchainError('dayFailed', `the run made no payout of standing order ${orderId}`, {
      values: { orderId },
    });
  const { client } = day.sender.connectionOf('operator-2');
  const payout = await getPayout(client, { bankAddress, payoutId });
  await day.send([
    {
      from: 'operator-2',
      what: 'mark the payout as paid',
      action: (signer) => markPayoutPaid(signer, { bankAddress, ...payout, reference: labelOf(PAYMENT_REFERENCE) }),
    },
  ]);
  return getPayout(client, { bankAddress, payoutId });
}

/** Waits until the newest block's time has reached the order's date. */
async function waitUntilDue(day: TradingDay, orderId: bigint): Promise<void> {
  const { bankAddress } = day.contracts;
  const { client } = day.sender.connectionOf('operator-1');
  const deadline = Date.now() + ORDER_DUE_TIMEOUT_MS;
  while (!(await listDueStandingOrders(client, { bankAddress })).includes(orderId)) {
    if (Date.now() > deadline)
      throw new WattchainError('dayFailed', `standing order ${orderId} did not fall due`, { values: { orderId } });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const receiptOf = ({ sender }: TradingDay, { from, hash }: SentTransaction) =>
  sender.connectionOf(from).client.getTransactionReceipt({ hash });

/**
 * The day as the paper's table shows it. A buyer's balance counts what is in escrow for later hours as its own, so that a row shows the
 * end of its hour.
 */
function tableRows({ profile, trades, accounts }: DayLedger): DayRow[] {
  const units = accounts.map(({ start }) => start);
  const [home] = profile.homes;
  return PAPER_TABLE.map((paper, period): DayRow => {
    const bought = [0n, 0n, 0n];
    for (const { buyer, seller, energyMwh, paid } of trades.filter((trade) => trade.period === period)) {
      bought[buyer] = (bought[buyer] ?? 0n) + energyMwh;
      units[buyer] = (units[buyer] ?? 0n) - paid;
      units[seller] = (units[seller] ?? 0n) + paid;
    }
    const [, node2Mwh = 0n, node3Mwh = 0n] = bought;
    const [node1 = 0n, node2 = 0n, node3 = 0n] = units;
    const surplusMwh = home ? surplusOf(home, period) : 0n;
    return {
      hour: `${paper.hour}:00`,
      surplusKwh: compareEnergy(surplusMwh, paper.surplusMwh),
      node1Tokens: compareBalance(node1, paper.node1Tokens),
      node2Kwh: compareEnergy(node2Mwh, paper.node2PurchaseMwh),
      node2Tokens: compareBalance(node2, paper.node2Tokens),
      node3Kwh: compareEnergy(node3Mwh, paper.node3PurchaseMwh),
      node3Tokens: compareBalance(node3, paper.node3Tokens),
      unsoldKwh: formatKwh(surplusMwh - node2Mwh - node3Mwh),
    };
  });
}
