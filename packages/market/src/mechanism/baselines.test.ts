import { expect, it } from 'vitest';
import { ownerOf } from '../../testing/fontanaWeek.js';
import { feedInBill, netMeteringBill, timeOfUseBill } from './baselines.js';
import { totalOf } from './common/bills.js';

const [low, high] = [
  { tariff: 10n, feedIn: 2n },
  { tariff: 30n, feedIn: 2n },
];
/** In 150 Wh. */
const periods = [
  { needMwh: 4n, surplusMwh: 0n, band: low },
  { needMwh: 0n, surplusMwh: 3n, band: low },
  { needMwh: 0n, surplusMwh: 5n, band: high },
  { needMwh: 1n, surplusMwh: 0n, band: high },
].map((period) => ({ ...period, needMwh: period.needMwh * 150_000n, surplusMwh: period.surplusMwh * 150_000n }));
const home = ownerOf(1);

it('feed-in tariff: 4·10 + 30 − 8·2', () => {
  expect(totalOf(feedInBill(home, periods))).toBe(40n + 30n - 16n);
});

it('net metering: a surplus is worth the tariff of its hour, and a bill below 0 is paid out', () => {
  expect(totalOf(netMeteringBill(home, periods))).toBe(40n + 30n - 30n - 150n);
});

it('time of use: each register nets its own hours; 1 of need is left in one, 4 of surplus in the other', () => {
  const bill = timeOfUseBill(home, periods);
  expect([bill.importedMwh, bill.exportedMwh]).toEqual([150_000n, 600_000n]);
  expect(totalOf(bill)).toBe(10n - 8n);
});

it('a bill is rounded once', () => {
  const halves = [1n, 1n].map(() => ({ needMwh: 75_000n, surplusMwh: 0n, band: { tariff: 1n, feedIn: 0n } }));
  expect(totalOf(feedInBill(home, halves))).toBe(1n);
});
