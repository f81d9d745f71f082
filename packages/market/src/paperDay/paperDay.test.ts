import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { numberToHex, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { MarketVm, operators, testAccount } from '../../testing/marketVm.js';
import { GENESIS_ADDRESSES } from '../contracts/contracts.js';
import { DEFAULT_PRICE, formatKwh, formatTokens, formatTokensRounded, parseKwh, parseTokens } from '../units.js';
import { compareWithPaper, computePaperDay, PAPER_PERIOD_SECONDS, paperPeriodStart } from './day.js';
import { decidePurchase, PAPER_NEEDS } from './needs.js';
import { PAPER_START_TOKENS, PAPER_TABLE } from './table.js';

const csv: Record<string, string>[] = parse(
  readFileSync(new URL('../../data/paper-table-2.csv', import.meta.url), 'utf8'),
  { columns: true },
);

describe('the table', () => {
  it('equals the CSV, figure by figure', () => {
    expect(
      PAPER_TABLE.map((row) => ({
        hour: `${row.hour}:00`,
        node1_surplus_kwh: row.surplusMwh,
        node1_tokens: row.node1Tokens,
        node2_purchased_kwh: row.node2PurchaseMwh,
        node2_tokens: row.node2Tokens,
        node3_purchased_kwh: row.node3PurchaseMwh,
        node3_tokens: row.node3Tokens,
      })),
    ).toEqual(
      csv.map((row) => ({
        ...row,
        node1_surplus_kwh: parseKwh(row.node1_surplus_kwh ?? ''),
        node2_purchased_kwh: parseKwh(row.node2_purchased_kwh ?? ''),
        node3_purchased_kwh: parseKwh(row.node3_purchased_kwh ?? ''),
      })),
    );
  });

  it('sums to 14.257980 kWh of surplus', () => {
    expect(formatKwh(PAPER_TABLE.reduce((sum, { surplusMwh }) => sum + surplusMwh, 0n))).toBe('14.257980');
  });
});

describe('the needs', () => {
  it('of node 2 show from 8:00 to 13:00, of node 3 at 10:00 and 11:00', () => {
    const shown = (node: 'node2' | 'node3') =>
      PAPER_NEEDS.filter((needs) => needs[node].source === 'shown').map(({ hour }) => hour);
    expect(shown('node2')).toEqual([8, 9, 10, 11, 12, 13]);
    expect(shown('node3')).toEqual([10, 11]);
    for (const [i, row] of PAPER_TABLE.entries()) {
      const needs = PAPER_NEEDS[i];
      if (needs?.node2.source === 'shown') expect(needs.node2.energyMwh).toBe(row.node2PurchaseMwh);
      if (needs?.node3.source === 'shown') expect(needs.node3.energyMwh).toBe(row.node3PurchaseMwh);
    }
  });

  it('exist at night too, when nothing is on offer', () => {
    expect(PAPER_NEEDS[0]?.node2.energyMwh).toBe(854_339n);
    expect(PAPER_NEEDS[23]?.node3.energyMwh).toBe(1_118_510n);
    expect(decidePurchase(5n, 0n)).toBe(0n);
  });
});

describe('the day by its rules', () => {
  const day = computePaperDay();

  it('buys what the paper bought and leaves energy at 10:00 and 11:00', () => {
    for (const [i, hour] of day.entries()) {
      expect(hour.node2PurchaseMwh).toBe(PAPER_TABLE[i]?.node2PurchaseMwh);
      expect(hour.node3PurchaseMwh).toBe(PAPER_TABLE[i]?.node3PurchaseMwh);
    }
    const unsold = day.filter(({ unsoldMwh }) => unsoldMwh > 0n).map(({ hour, unsoldMwh }) => [hour, unsoldMwh]);
    expect(unsold).toEqual([
      [10, parseKwh('0.381665')],
      [11, parseKwh('0.251295')],
    ]);
    const traded = day.reduce((sum, hour) => sum + hour.node2PurchaseMwh + hour.node3PurchaseMwh, 0n);
    expect(formatKwh(traded)).toBe('13.625020');
  });

  it('has the balances of the paper, node 1 a thousandth lower at 12:00 and from 14:00', () => {
    const marks = day.map(({ balances: [node1, node2, node3] }, i) => {
      const row = PAPER_TABLE[i];
      return [
        compareWithPaper(node1, row?.node1Tokens ?? ''),
        compareWithPaper(node2, row?.node2Tokens ?? ''),
        compareWithPaper(node3, row?.node3Tokens ?? ''),
      ];
    });
    expect(marks.flatMap(([node1], hour) => (node1 === 'within' ? [hour] : []))).toEqual([
      12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
    ]);
    expect(marks.flat()).not.toContain('wrong');
    expect(marks.every(([, node2, node3]) => node2 === 'equal' && node3 === 'equal')).toBe(true);
    expect(compareWithPaper(parseTokens('190.832999'), '190.834')).toBe('wrong');
  });
});

const DAY = 86_400n;
/** Block time of the tests' first block, which stands for 00:00 of the day. */
const START = 1_000_000n;

it('runs on the contracts and ends with exactly the balances of the rules', () => {
  const vm = new MarketVm({
    registry: {
      resolutionSeconds: PAPER_PERIOD_SECONDS,
      correctionSeconds: 0n,
      readingLeadSeconds: DAY,
      marketTimeOffset: paperPeriodStart(0) - START,
    },
    trade: { settlement: 'sellerMeter', bonds: false, gateSeconds: -DAY, offerLeadSeconds: DAY },
  });
  expect(vm.nowS).toBe(START);
  const [node1, node2, node3, gateway] = [3, 4, 5, 6].map(testAccount);
  if (!node1 || !node2 || !node3 || !gateway) throw new TypeError('four accounts');
  const nodes = [node1, node2, node3];
  const meter = numberToHex(1, { size: 32 });
  const trade = GENESIS_ADDRESSES.tradeAddress;
  vm.send(operators[0], 'registry', 'registerMeter', [meter, node1.address, gateway.address, false, parseKwh('5')]);
  const gridPrice = vm.read<{ gridPrice: bigint }>('trade', 'rules').gridPrice;
  for (const node of nodes) {
    vm.give(node, parseTokens(PAPER_START_TOKENS));
    vm.send(node, 'token', 'approve', [trade, 2n ** 256n - 1n]);
  }

  const sunny = PAPER_TABLE.filter(({ surplusMwh }) => surplusMwh > 0n);
  const offerIds = sunny.map(({ hour, surplusMwh }) => {
    const deadlines = [vm.nowS + 100n, vm.nowS + 1000n];
    const terms = [meter, paperPeriodStart(hour), surplusMwh, DEFAULT_PRICE, gridPrice, ...deadlines];
    return vm.send(node1, 'trade', 'offer', terms).output as bigint;
  });
  const trades = new Map<number, bigint[]>();
  for (const [buyer, need] of [
    [node2, 'node2'],
    [node3, 'node3'],
  ] as const) {
    for (const [i, { hour }] of sunny.entries()) {
      const [terms, , onOffer] = vm.read<[object, bigint, bigint]>('trade', 'offers', [offerIds[i]]);
      const energy = decidePurchase(PAPER_NEEDS[hour]?.[need].energyMwh ?? 0n, onOffer);
      if (energy === 0n) continue;
      const tradeId = vm.send(buyer, 'trade', 'accept', [terms, energy, zeroHash]).output as bigint;
      trades.set(hour, [...(trades.get(hour) ?? []), tradeId]);
    }
  }

  const day = computePaperDay();
  for (const [hour, { surplusMwh, node2PurchaseMwh, balances }] of day.entries()) {
    // The table gives the surplus alone; any production and consumption with that difference will do.
    const periodStart = paperPeriodStart(hour);
    const reading = { meter, number: hour + 1, periodStart, producedMwh: surplusMwh + 7n, consumedMwh: 7n };
    vm.send(gateway, 'registry', 'report', [[reading]]);
    if (node2PurchaseMwh > 0n) vm.send(node3, 'trade', 'settle', [trades.get(hour)]);
    const escrow = vm.tokens({ address: trade });
    expect(vm.tokens(node1)).toBe(balances[0]);
    expect(nodes.reduce((sum, node) => sum + vm.tokens(node), escrow)).toBe(parseTokens('300'));
  }
  expect(nodes.map((node) => vm.tokens(node))).toEqual(day.at(-1)?.balances);
  expect(nodes.map((node) => formatTokensRounded(vm.tokens(node), 6))).toEqual([
    '190.833467',
    '40.286033',
    '68.880500',
  ]);
  // From an independent computation: 100 ± Σ floor(mWh · 10^18 / 150000).
  expect(nodes.map((node) => formatTokens(vm.tokens(node)))).toEqual([
    '190.83346666666666666',
    '40.286033333333333337',
    '68.880500000000000003',
  ]);
  expect(vm.tokens({ address: trade })).toBe(0n);
});
