import { expect, it } from 'vitest';
import { DayMachine } from '../../testing/days/machine.js';
import { ADDRESSES, PEOPLE } from '../../testing/days/names.js';
import type { DayRules, Json } from '../../testing/days/script.js';

const TOKEN = 10n ** 18n;
const FIRST_COME: DayRules = {
  chainId: '77',
  registryAddress: '',
  people: ADDRESSES,
  coins: Object.fromEntries(PEOPLE.map((person) => [person, String(10n ** 24n)])),
  council: { keys: ['p1', 'p2'], recoveryKey: 'p5', noticeSeconds: '60' },
  registry: {
    resolutionSeconds: '900',
    correctionSeconds: '0',
    readingLeadSeconds: '0',
    marketTimeOffset: '0',
  },
  trade: {
    settlement: '2',
    bonds: false,
    gridPrice: String(2n * TOKEN),
    smallestAcceptanceMwh: '1000',
    longestSpanSeconds: '86400',
    gateSeconds: '0',
    offerLeadSeconds: '86400',
  },
  bank: { limits: ['0', '0'], buyRate: '2', redeemRate: '2' },
};
/** A period of market time, and the deadlines of the two trades of it. */
const START_S = 9_000n;
const END_S = START_S + 900n;
const FIRST_DEADLINE_S = END_S + 100n;
const SECOND_DEADLINE_S = END_S + 5_000n;

/** p8 has bought 100 Wh of p6, which is not read, and then 100 Wh of p7; both meters of the second trade are read. */
function twoTrades(): DayMachine {
  const machine = new DayMachine(FIRST_COME);
  machine.nowS = 8_000n;
  const send = (by: string, call: string, args: readonly Json[], coins = '0') => {
    expect(machine.run({ by, call, args, coins }), call).toHaveProperty('taken');
  };
  for (const [i, household] of ['p6', 'p7', 'p8'].entries()) {
    send('p1', 'registry.registerMeter', [`m${i + 1}`, household, 'p9', false, '1000000']);
  }
  send('p8', 'bank.buy', ['0', '8000'], '200');
  send('p8', 'token.approve', ['trade', String(100n * TOKEN)]);
  const gridPrice = FIRST_COME.trade.gridPrice;
  for (const [seller, meter, offerId, settleBy] of [
    ['p6', 'm1', '1', FIRST_DEADLINE_S],
    ['p7', 'm2', '2', SECOND_DEADLINE_S],
  ] as const) {
    const [periodStart, price, acceptUntil] = [String(START_S), String(TOKEN), '8500'];
    send(seller, 'trade.offer', [meter, periodStart, '100000', price, gridPrice, acceptUntil, String(settleBy)]);
    const terms = { offerId, seller, meter, periodStart, price, gridPrice, acceptUntil, settleBy: String(settleBy) };
    send('p8', 'trade.accept', [terms, '100000', 'm3']);
  }
  machine.nowS = END_S;
  const reading = (meter: string, producedMwh: string, consumedMwh: string) => {
    return { meter, number: '1', periodStart: String(START_S), producedMwh, consumedMwh };
  };
  send('p9', 'registry.report', [[reading('m2', '100000', '0'), reading('m3', '0', '150000')]]);
  return machine;
}

const settle = (machine: DayMachine) => machine.run({ by: 'p10', call: 'trade.settle', args: [['2']] });

it('waits for an earlier trade of the same buyer and period until the deadline of that one, and no longer', () => {
  const machine = twoTrades();
  machine.nowS = FIRST_DEADLINE_S;
  expect(settle(machine)).toEqual({ refused: 'TradeNotReady(2, 3)' });
  machine.nowS = FIRST_DEADLINE_S + 1n;
  expect(settle(machine)).toEqual({ taken: '1' });
  expect(machine.view('trade.tradeStatus', ['2'])).toMatchObject({ state: 6, settledMwh: 100_000n });
});
