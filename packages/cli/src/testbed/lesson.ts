import {
  amountOf,
  bondOf,
  type DayProfile,
  DEFAULT_PRICE,
  describeTrade,
  formatKwh,
  formatTokens,
  getTrade,
  PAPER_PERIOD_SECONDS,
  PAPER_ZONE,
  paperPeriodStart,
  parseKwh,
  parseTokens,
  type Trade,
} from '@wattchain/market';
import type { Connection } from '../client.js';
import { inWords } from '../commands/labels.js';
import type { TokenAccount } from './dayLedger.js';
import { DayRun } from './dayRun.js';
import type { LessonParty, LessonResult } from './lessonResult.js';
import type { Testbed } from './network.js';
import type { CommunityCheck } from './result.js';
import { GRID_PRICE } from './rules.js';
import { type Household, labelOf } from './tradingDay.js';

/** What the seller promises, and what its meter shows in the end. */
const SOLD_MWH = parseKwh('1.2');
const DELIVERED_MWH = parseKwh('0.9');
const OWN_USE_MWH = parseKwh('0.3');
const HOUR = 12;
/** Enough for the bond of one and the purchase of the other. */
const START_TOKENS = parseTokens('20');

const HOUSEHOLDS: readonly Household[] = [
  { account: 'node-1', meter: labelOf('node-1'), startTokens: START_TOKENS },
  { account: 'node-2', meter: labelOf('node-2'), startTokens: START_TOKENS },
];

/** An hour in which node 1 has so much to sell, and node 2 needs all that was promised. */
function hourWith(surplusMwh: bigint): DayProfile {
  return {
    date: undefined,
    periodSeconds: PAPER_PERIOD_SECONDS,
    periods: [{ start: paperPeriodStart(HOUR), label: `${HOUR}:00` }],
    homes: [
      { name: 'node 1', producedMwh: [surplusMwh + OWN_USE_MWH], consumedMwh: [OWN_USE_MWH] },
      { name: 'node 2', producedMwh: [0n], consumedMwh: [SOLD_MWH] },
    ],
  };
}

/** What the lesson's testbed is made for: the hour as it was promised, in a market that asks for bonds. */
export const LESSON = {
  profile: hourWith(SOLD_MWH),
  trade: { bonds: true, gridPrice: GRID_PRICE },
  zone: PAPER_ZONE,
} as const;

/** Plays the lesson of the cheater on a testbed made for {@link LESSON}. Errors: `dayFailed`, with the reason. */
export async function runCheaterLesson(testbed: Testbed, progress: (text: string) => void): Promise<LessonResult> {
  const run = await DayRun.begin(testbed, LESSON.profile, HOUSEHOLDS, progress);
  await run.trade(hourWith(DELIVERED_MWH));
  const { ledger, costs } = await run.finish();
  const connection = run.day.sender.connection('home-1');
  const trade = await getTrade(connection.client, { tradeAddress: connection.contracts().tradeAddress, tradeId: 1n });
  const [seller, buyer] = ledger.accounts.map((account, position) => partyOf(position, account, trade));
  const parties = seller === undefined || buyer === undefined ? undefined : { seller, buyer };
  if (parties === undefined) throw new RangeError('the lesson has two households');
  const checks = checkLesson(ledger.accounts, trade, costs.headsAgree);
  return {
    ...costs,
    lesson: 'cheater',
    period: `${HOUR}:00`,
    soldKwh: formatKwh(trade.energyMwh),
    deliveredKwh: formatKwh(trade.settledMwh),
    shortKwh: formatKwh(trade.shortMwh),
    price: formatTokens(trade.price),
    gridPrice: formatTokens(trade.gridPrice),
    escrow: formatTokens(trade.escrow),
    paid: formatTokens(trade.paidToSeller),
    returned: formatTokens(trade.returnedToBuyer),
    bond: formatTokens(trade.bond),
    compensation: formatTokens(trade.compensation),
    gridCost: formatTokens(gridCostOf(trade)),
    ...parties,
    explanation: explain(connection, trade),
    checks,
    passed: checks.every(({ holds }) => holds),
  };
}

const explain = (connection: Connection, trade: Trade) => inWords(connection, describeTrade(trade));

/** What the buyer pays the grid for what did not come. */
const gridCostOf = ({ shortMwh, gridPrice }: Trade) => amountOf(shortMwh, gridPrice);

/** A household before, after, and as it would be had all come; the buyer's after counts what it still pays the grid. */
function partyOf(position: number, { start, end }: TokenAccount, trade: Trade): LessonParty {
  const isSeller = position === 0;
  const gridCost = isSeller ? 0n : gridCostOf(trade);
  const honest = isSeller ? start + trade.escrow : start - trade.escrow;
  return {
    account: HOUSEHOLDS[position]?.account ?? '',
    startTokens: formatTokens(start),
    endTokens: formatTokens(end),
    afterGridTokens: formatTokens(end - gridCost),
    honestTokens: formatTokens(honest),
    lostTokens: formatTokens(honest - (end - gridCost)),
  };
}

/** What must hold, recomputed from energies and prices alone, to the last unit. */
function checkLesson(accounts: readonly TokenAccount[], trade: Trade, headsAgree: boolean): CommunityCheck[] {
  const shortMwh = SOLD_MWH - DELIVERED_MWH;
  const expected = amountOf(shortMwh, GRID_PRICE - DEFAULT_PRICE);
  const [seller, buyer] = accounts;
  const [sellerGot, buyerGot] = [
    (seller?.end ?? 0n) - (seller?.start ?? 0n),
    (buyer?.end ?? 0n) - (buyer?.start ?? 0n),
  ];
  const bond = bondOf(SOLD_MWH, { price: DEFAULT_PRICE, gridPrice: GRID_PRICE });
  return [
    {
      what: `${formatKwh(DELIVERED_MWH)} kWh of ${formatKwh(SOLD_MWH)} kWh are settled, ${formatKwh(shortMwh)} kWh are short`,
      holds: trade.settledMwh === DELIVERED_MWH && trade.shortMwh === shortMwh && trade.energyMwh === SOLD_MWH,
    },
    {
      what: `the bond of ${formatTokens(bond)} ENT pays ${formatKwh(shortMwh)} kWh × (grid price − trade price) = ${formatTokens(expected)} ENT`,
      holds: trade.bond === bond && trade.compensation === expected,
    },
    {
      what: 'the buyer is whole to the last unit: with what the grid takes it has paid what the trade would have cost',
      holds: buyerGot - amountOf(shortMwh, GRID_PRICE) === -amountOf(SOLD_MWH),
    },
    {
      what: 'the seller has what it delivered, less what its bond paid',
      holds: sellerGot === amountOf(DELIVERED_MWH) - expected,
    },
    { what: 'tokens conserved: what one lost the other has', holds: sellerGot + buyerGot === 0n },
    { what: 'all four nodes have the same head and the same state root', holds: headsAgree },
  ];
}
