/** The market's commands against a real node: trades, the bank, meters and readings, and what is said where they cannot. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTokens } from '@wattchain/market';
import { describe, expect, test } from 'vitest';
import { NODE_1, NODE_3, printed, useNetwork } from './commandKit.js';
import { waitUntil } from './framework.js';

const { commands, node } = useNetwork();
const { directory, json, refuse, refuseAll, run, spawned, succeed } = commands;

describe('a trade, command by command', () => {
  const period = '--meter roof-1 --start 2018-07-04T08:00-07:00';

  test('the operator registers the meter while the buyer buys tokens, and the household offers', async () => {
    const [registered, bought] = await Promise.all([
      spawned(
        'meter register --from testbed:operator-1 --meter roof-1 --household testbed:node-1 --reporter testbed:gateway',
      ),
      spawned('bank buy --from testbed:node-2 --tokens 12.5'),
    ]);
    expect(printed(registered)).toMatch(
      /^meter roof-1 of testbed:node-1, reported by testbed:gateway, up to 50 kW\nin block \d+, /,
    );
    expect(printed(bought)).toMatch(
      /^buy 12\.5 ENT for 12\.5 WATT, no fewer than 12\.375 ENT, until .*\nbought 12\.5 ENT\n/,
    );

    const timeOf = async (block: string) =>
      Number((await node().rpc<{ timestamp: string }>('eth_getBlockByNumber', [block, false])).timestamp);
    const before = await timeOf('finalized');
    const offered = await json<{ offerId: string; acceptUntil: string; settleBy: string; height: number }>(
      `trade offer --from testbed:node-1 ${period} --energy 1.071612 --accept-within 10m --settle-within 2h`,
    );
    expect(offered).toMatchObject({
      offerId: '1',
      status: 'included',
      energyMwh: '1071612',
      periodStart: '1530716400',
    });
    // Deadlines count from the chain's clock when the command looked at it, before the block that holds the offer.
    const from = Number(offered.acceptUntil) - 600;
    expect(from).toBeGreaterThanOrEqual(before);
    expect(from).toBeLessThanOrEqual(await timeOf(`0x${offered.height.toString(16)}`));
    expect(Number(offered.settleBy) - Number(offered.acceptUntil)).toBe(7_200 - 600);
  });

  test('an acceptance sends the approval that it needs, of exactly that, and says so', async () => {
    await refuseAll([
      [
        /offer 1 is at 1 ENT for 150 Wh, not at 0\.9\n/,
        'trade accept --from testbed:node-2 --offer 1 --energy 0.1 --price 0.9',
      ],
      [
        /offer 1 is of meter roof-1, not of roof-2\n/,
        'trade accept --from testbed:node-2 --offer 1 --energy 0.1 --meter roof-2',
      ],
      [
        /the seller's meter alone counts/,
        'trade accept --from testbed:node-2 --offer 1 --energy 0.1 --buyer-meter roof-2',
      ],
    ]);
    const accepted = await spawned('trade accept --from testbed:node-2 --offer 1 --energy 0.854339 --price 1');
    // What is signed is shown, and only that is accepted.
    expect(accepted.stderr).toMatch(/^price +1 ENT for 150 Wh; the grid takes 2 ENT$/m);
    expect(printed(accepted)).toContain(
      'the trade contract may take 5.695593333333333333 tokens of yours (approval, was 0 tokens)\n' +
        'trade 1: 5.695593333333333333 ENT in escrow\n',
    );
    const listed = await succeed('trade list');
    expect(listed).toMatch(/^ {4}1 {2}open +testbed:node-1 +roof-1 +2018-07-04 15:00Z, 15 min +0\.217273 +1\.071612 /m);
    expect(listed).toMatch(/^ {4}1 {2}waiting for a reading +testbed:node-1 +testbed:node-2 +roof-1 /m);
    expect(listed).toMatch(/^market time 2018-07-10 00:\d\d:\d\dZ \(period 2018-07-10 00:\d\dZ, 15 min\)$/m);
    expect(await succeed('trade show 1')).toContain("waiting for the reading of the seller's meter, until ");
    expect(await succeed('trade explain 1')).toMatch(/^Trade 1, 0\.854339 kWh for .*: waiting for the reading/);
  });

  test('what cannot be covered is refused before an approval is paid for', async () => {
    await refuseAll([
      [
        /0\.217273 kWh are left of the offer, not 0\.300000 kWh/,
        'trade accept --from testbed:node-2 --offer 1 --energy 0.3',
      ],
      [
        /has 0 tokens, 1\.33\d+ tokens are needed\n {2}buy tokens/,
        'trade accept --from testbed:node-3 --offer 1 --energy 0.2',
      ],
      [/there is no offer 77/, 'trade accept --from testbed:node-3 --offer 77 --energy 0.2'],
    ]);
    expect(await node().rpc('eth_getTransactionCount', [NODE_3, 'pending'])).toBe('0x0');
  });

  test('the gateway reports, anyone settles, and the trade is settled', async () => {
    const reported = await succeed(`meter report --from testbed:gateway ${period} --produced 1.9 --consumed 0.828388`);
    expect(reported).toMatch(/^reading 1 of meter roof-1 \(2018-07-04 15:00Z, 15 min\): 1\.900000 kWh produced, /);
    const settled = await json<object>('trade settle 1 --from testbed:node-3');
    expect(settled).toMatchObject({
      refunded: [],
      left: [],
      settled: [{ tradeId: '1', settledMwh: '854339', shortMwh: '0', paid: '5695593333333333333', returned: '0' }],
    });
    const trade = await json<object>('trade show 1');
    const shown = await succeed('trade show 1');
    const balance = await json<{ tokenUnits: string }>('balance testbed:node-1');
    expect(trade).toMatchObject({ state: 'settled', seller: expect.stringMatching(new RegExp(NODE_1, 'i')) });
    expect(shown).toMatch(/^state +settled$/m);
    expect(shown).toContain('which covered all of it; the seller got 5.695593333333333333 tokens');
    expect(formatTokens(BigInt(balance.tokenUnits))).toBe('5.695593333333333333');
  });

  test('status sets the proof of work beside the confirmed trade', async () => {
    interface CostJson {
      readonly finalized: { readonly height: number };
      readonly cost: { readonly joulesPerHash: number; readonly recent: Record<string, unknown> & { joules: number } };
    }
    const status = await waitUntil('the settlement to be confirmed', async () => {
      const now = await json<CostJson>('status');
      return now.cost.recent.trades === 1 ? now : undefined;
    });
    let tries = 0;
    for (let height = 1; height <= status.finalized.height; height++) {
      const block = (await node().rpc('eth_getBlockByNumber', [`0x${height.toString(16)}`, false])) as {
        readonly difficulty: string;
      };
      tries += Number(block.difficulty);
    }
    const { joulesPerHash, recent } = status.cost;
    expect(joulesPerHash).toBe(6e-7);
    expect(recent).toMatchObject({ blocks: status.finalized.height, tries, trades: 1, tradedKwh: '0.854339' });
    expect(recent.joules).toBeCloseTo(tries * 6e-7, 9);
    // One trade of 0.854339 kWh: what it cost, and what a kWh would have.
    expect(recent.perTrade).toEqual({ joules: recent.joules });
    expect((recent.perKwh as { joules: number }).joules).toBeCloseTo(recent.joules / 0.854339, 9);
    const text = await succeed('status');
    expect(text).toMatch(
      /^next block +[\d,]+ tries expected, about .*J at 0\.6 µJ a try \(an estimate: mine\.joulesPerHash\)$/m,
    );
    expect(text).toMatch(
      /^cost of trade +the last \d+ confirmed blocks: about .+ for 1 trade of 0\.854339 kWh: .+ per kWh/m,
    );
  });

  test('what stands in the way of the next steps is said in words', async () => {
    await refuseAll([
      [
        /meter roof-1 was read until 2018-07-04 15:15Z, the period begins at 2018-07-04 15:00Z/,
        `trade offer --from testbed:node-1 ${period} --energy 1`,
      ],
      [/meter roof-9 is not registered/, 'meter show roof-9'],
      [/offer 1 is closed: its meter was read/, 'trade accept --from testbed:node-2 --offer 1 --energy 0.1'],
      [/this trade is closed already/, 'trade refund 1 --from testbed:node-2'],
      [/trade 1 .*(settled|closed)/, 'trade settle 1 --from testbed:node-1'],
      [
        /only the meter's household/,
        'trade offer --from testbed:node-2 --meter roof-1 --start 2018-07-05T00:00 --energy 1',
      ],
      [
        /only a registrar may do this/,
        'meter register --from testbed:node-1 --meter roof-2 --household testbed:node-1 --reporter testbed:node-1',
      ],
      [
        /this meter is registered already/,
        'meter register --from testbed:operator-2 --meter roof-1 --household testbed:node-1 --reporter testbed:node-1',
      ],
    ]);
  });
});

describe('the bank', () => {
  test('issues for money from outside, covered by its operator, and pays outside', async () => {
    const attest = 'bank attest --from testbed:operator-1 --to testbed:node-3 --tokens 10 --reference';
    await refuse(
      /the operator's deposit has 0 WATT, 10 WATT are needed\n {2}cover it first/,
      attest,
      'invoice 2018-17',
    );
    await succeed('bank deposit --from testbed:operator-1 --coins 10');
    const attested = await succeed(attest, 'invoice 2018-17');
    expect(attested).toContain('10 ENT to testbed:node-3 for the payment "invoice 2018-17"');
    const redeemed = await json<{ payoutId: string; approved: string }>(
      'bank redeem --from testbed:node-3 --tokens 4 --outside',
      'account of node-3',
    );
    expect(redeemed).toMatchObject({ payoutId: '1', approved: expect.stringContaining('the bank may take 4 tokens') });
    expect(await succeed('bank payouts')).toMatch(/^ +1 {2}pending {2}testbed:node-3 +4 {2}account of node-3$/m);

    await succeed('bank pay --from testbed:operator-2 --payout 1 --reference', 'transfer 4711');
    const figures = await json<object>('bank show');
    const shown = await succeed('bank show');
    expect(await json<object[]>('bank payouts')).toMatchObject([{ payoutId: '1', state: 'markedPaid' }]);
    // Until its holder's time to object is over, the tokens of the payout exist.
    expect(figures).toMatchObject({
      issuedForCoins: '12500000000000000000',
      issuedOutside: '10000000000000000000',
      paidOutside: '0',
      pendingPayouts: '4000000000000000000',
      outstanding: '22500000000000000000',
      coinReserveWei: '22500000000000000000',
      operators: [{ attested: '10000000000000000000', depositWei: '0' }, { attested: '0' }],
    });
    expect(shown).toMatch(/^reserve +22\.5 WATT; redeeming all tokens takes 22\.5 WATT, 0 WATT cover nothing$/m);
  });

  test('redeems for coins, and an operator announces rates and sets the other one’s limit', async () => {
    const redeemed = await succeed('bank redeem --from testbed:node-2 --tokens 1');
    expect(redeemed).toMatch(/^redeem 1 ENT for no less than 0\.99 WATT, until .*\nredeemed for 1 WATT\n/);
    await succeed('bank rates announce --from testbed:operator-1 --redeem 0.9');
    await succeed('bank limit --from testbed:operator-1 --operator testbed:operator-2 --tokens 3');
    expect(await succeed('bank show')).toMatch(
      /^redeems +a token for 1 WATT\non its way +.*1 and 0\.9 coins[\s\S]*^operator 2 +testbed:operator-2 attested 0 ENT of 3 ENT, 3 ENT remain; deposit 0 WATT$/m,
    );
  });

  test('keeps the deposits of its operators apart from what covers tokens', async () => {
    const deposits = async () => BigInt((await json<{ coinDepositsWei: string }>('bank show')).coinDepositsWei);
    const before = await deposits();
    expect(await succeed('bank deposit --from testbed:operator-2 --coins 2.5')).toMatch(/^deposit 2\.5 WATT\n/);
    expect((await deposits()) - before).toBe(2_500_000_000_000_000_000n);
    expect(await succeed('bank withdraw --from testbed:operator-2 --coins 1')).toMatch(/^withdraw 1 WATT\n/);
    expect((await deposits()) - before).toBe(1_500_000_000_000_000_000n);
    await refuseAll([
      [
        /the operator's deposit has 1\.5 WATT, 99 WATT .*\n {2}.*bank show/,
        'bank withdraw --from testbed:operator-2 --coins 99',
      ],
      [/only an operator may do this\n {2}sign as/, 'bank withdraw --from testbed:node-2 --coins 0.1'],
      [/no coins were sent/, 'bank deposit --from testbed:operator-2 --coins 0'],
    ]);
  });

  test('pays a standing order when it is due', async () => {
    const order = await json<{ orderId: string; height: number }>(
      'bank order --from testbed:node-3 --tokens 1 --every 1s --allow 2 --outside acc-3',
    );
    expect(order).toMatchObject({ orderId: '1', allowance: '2000000000000000000' });
    const [listed] = await json<{ nextDue: string }[]>('bank orders');
    await waitUntil('the order to be due', async () => {
      const block = await node().rpc<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
      return Number(block.timestamp) > Number(listed?.nextDue);
    });
    expect(await json('bank run --from testbed:operator-1')).toMatchObject({
      payouts: [{ orderId: '1', payoutId: '2' }],
      uncovered: [],
      left: 0,
    });
    await succeed('bank cancel --from testbed:node-3 --order 1');
    expect(await succeed('bank orders')).toBe('no standing orders\n');
    expect(await succeed('bank run --from testbed:operator-1')).toBe('no standing order is due\n');
  });

  test('says what it refuses', async () => {
    await refuseAll([
      [
        /this reference was used before/,
        'bank attest --from testbed:operator-2 --to testbed:node-3 --tokens 1 --reference',
        'invoice 2018-17',
      ],
      [
        /may still attest 3 tokens, not 100 tokens/,
        'bank attest --from testbed:operator-2 --to testbed:node-3 --tokens 100 --reference x',
      ],
      [
        /--reference is text of at most 31 bytes.*has 32 bytes/,
        'bank attest --from testbed:operator-2 --to testbed:node-3 --tokens 1 --reference',
        'x'.repeat(32),
      ],
      [/only an operator may do this/, 'bank rates retract --from testbed:node-1'],
      [
        /the node refuses: insufficient funds for gas \* price \+ value/,
        'bank deposit --from testbed:operator-2 --coins 99999999',
      ],
      [/this payout is not pending/, 'bank pay --from testbed:operator-1 --payout 1 --reference again'],
    ]);
  });
});

describe('a meter', () => {
  test('is reported by whom it was registered with, and by another only after a notice', async () => {
    const reading = '--meter roof-1 --start 2018-07-04T08:15-07:00 --produced 0 --consumed 0';
    const source = '--meter roof-1 --reporter testbed:node-1';
    expect(await succeed('meter show roof-1')).toMatch(/^reporter +testbed:gateway$/m);
    await refuseAll([
      [/\n {2}.*wattchain meter show/, `meter report --from testbed:node-1 ${reading}`],
      [/only a registrar/, `meter source announce --from testbed:node-1 ${source}`],
      [
        /meter x is not registered/,
        'meter source announce --from testbed:operator-1 --meter x --reporter testbed:gateway',
      ],
    ]);
    expect(await succeed(`meter source announce --from testbed:operator-2 ${source}`)).toMatch(
      /^announced: meter roof-1 reported by testbed:node-1, up to 50 kW\nseat 2 announced it/,
    );
    expect(await succeed('meter show roof-1')).toMatch(/^reporter +testbed:gateway$/m);
    await succeed(`meter source stop --from testbed:node-1 ${source}`);
  });
});

describe('a readings file', () => {
  test('is reported in as many transactions as it takes, numbered after the last', async () => {
    const rows = Array.from({ length: 350 }, (_, index) => `roof-1,${1_530_717_300 + index * 900},900,0.1,0.000001`);
    const file = join(directory, 'readings.csv');
    writeFileSync(file, ['meter,start,seconds,produced_kwh,consumed_kwh', ...rows, ''].join('\n'));
    const reported = await json<{ earlier: string[]; readings: { number: string }[] }>(
      'meter report --from testbed:gateway --file',
      file,
    );
    // A block of 2.5 million gas has room for 55.
    expect(reported.earlier).toHaveLength(6);
    expect(reported.readings.map(({ number }) => number)).toEqual(rows.map((_, index) => String(index + 2)));
    expect(await succeed('meter show roof-1')).toMatch(/^readings +351\nread until +2018-07-08 06:45Z in meter time$/m);
  });

  test('with a mistake is refused with its place, and nothing of it is reported', async () => {
    const header = 'meter,start,seconds,produced_kwh,consumed_kwh';
    const mistakes = [
      ['typo.csv', 'roof-1,2018-07-09T00:00,900,0.1,O.1', /typo\.csv, line 2, column 5 \(consumed_kwh\): "O\.1"/],
      ['read.csv', 'roof-1,2018-07-04T08:00,900,0.1,0', /read\.csv, line 2: meter roof-1 was read until/],
      ['stranger.csv', 'roof-9,2018-07-09T00:00,900,0.1,0', /stranger\.csv, line 2: meter roof-9 is not registered/],
      [
        'year.csv',
        'roof-1,2118-07-08T00:00,900,0.1,0',
        /year\.csv, line 2: the period begins at 2118-07-08 00:00Z, and/,
      ],
      [
        'late.csv',
        'roof-1,2018-07-08T08:00Z,900,0.1,0',
        /roof-1 from 2018-07-08 06:45Z to 2018-07-08 08:00Z.*\n.*--yes/,
      ],
      [
        'hour.csv',
        'roof-1,2018-07-08T06:45Z,3600,0.1,0',
        /line 2, column 3 \(seconds\): the period has "3600" seconds, and the registry's have 900/,
      ],
    ] as const;
    for (const [name, line, message] of mistakes) {
      writeFileSync(join(directory, name), `${header}\n${line}\n`);
      await refuse(message, 'meter report --from testbed:gateway --file', join(directory, name));
    }
    expect(await json('meter show roof-1')).toMatchObject({ lastNumber: '351' });
  });
});

test('who has too few tokens hears of them, not of the reserve of the bank', async () => {
  await refuse(/has [\d.]+ tokens?, 90000 tokens are needed/, 'bank redeem --from testbed:node-1 --tokens 90000');
});

test('a table that is wider than the terminal says how to see all of it', async () => {
  const { code, stdout, stderr } = await run('account list --testbed');
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^\(lines of \d+ characters: .*less -S.*--json.*\)\n$/)]);
  expect(stdout).toContain('testbed:node-1');
  expect((await run('account list --testbed --json')).stderr).toBe('');
});
