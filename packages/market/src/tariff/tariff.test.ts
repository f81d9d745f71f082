import { readdirSync, readFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { dateOf } from '../input/time.js';
import { communityClock, WALL_CLOCK } from '../input/zone.js';
import { addBills, type Bill } from '../mechanism/common/bills.js';
import { amountAt, wholePrice } from '../mechanism/common/price.js';
import { memberPeriods } from '../mechanism/memberPeriods.js';
import { dynamicCoefficientBills, staticCoefficientBills } from '../mechanism/pools/coefficients.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { billLines, billPrinter, standingCharges } from './billLines.js';
import { parseTariff, type Tariff } from './tariffFile.js';
import { tariffPrices } from './tariffPrices.js';

const FOLDER = new URL('../../../../examples/community/tariffs/', import.meta.url);
const shipped = (file: string) => parseTariff(file, readFileSync(new URL(file, FOLDER), 'utf8'));
const cents = (units: bigint) => {
  const size = units < 0n ? -units : units;
  return `${units < 0n ? '-' : ''}${size / 10n ** 18n}.${String((size % 10n ** 18n) / 10n ** 16n).padStart(2, '0')}`;
};
const units = (perKwh: string) => (BigInt(Math.round(Number(perKwh) * 1e6)) * 10n ** 12n * 3n) / 20n;

/** July 2026 in quarters of an hour, by the wall clock. Homes consume the same in each; the last produces from 12 to 14 o'clock. */
function july(loadsWh: readonly number[], producedWh: number): CommunitySeries {
  const start = 1_782_864_000n; // 2026-07-01T00:00 by `date -u -d`.
  const periods = Array.from({ length: 31 * 96 }, (_, index) => {
    const at = start + BigInt(index) * 900n;
    const minutes = (index % 96) * 15;
    const label = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    return { start: at, label, date: dateOf(at) };
  });
  return {
    periodSeconds: 900n,
    periods,
    homes: loadsWh.map((load, index) => ({
      name: `home${index}`,
      consumedMwh: periods.map(() => BigInt(load) * 1_000n),
      producedMwh: periods.map(({ label }) =>
        index === loadsWh.length - 1 && label >= '12:00' && label < '14:00' ? BigInt(producedWh) * 1_000n : 0n,
      ),
    })),
    rates: [],
    emptyColumns: 0,
    zone: WALL_CLOCK.zone,
  };
}

type Allocation = 'dynamic' | readonly bigint[];

/** What each home pays in the month: neighbours at a price, by one of the laws' two ways to allot; fees by what came from where. */
function month(series: CommunitySeries, tariff: Tariff, localPerKwh: string, allocation: Allocation) {
  const owners = series.homes.map((_, index): `0x${string}` => `0x${(index + 1).toString(16).padStart(40, '0')}`);
  const prices = tariffPrices(tariff, series, WALL_CLOCK);
  const local = wholePrice(units(localPerKwh));
  let sums: (Bill & { fees: bigint })[] | undefined;
  memberPeriods(series, owners).forEach((period, index) => {
    const price = prices[index] ?? { tariff: 0n, feedIn: 0n, gridFee: 0n, localFee: 0n };
    const bills =
      allocation === 'dynamic'
        ? dynamicCoefficientBills(period, price, local)
        : staticCoefficientBills(period, price, local, allocation);
    const withFees = bills.map((bill) => ({
      ...bill,
      fees:
        amountAt(bill.importedMwh, wholePrice(price.gridFee)) + amountAt(bill.boughtMwh, wholePrice(price.localFee)),
    }));
    sums =
      sums === undefined
        ? withFees
        : withFees.map((bill, home) => ({
            ...addBills(bill, (sums as typeof withFees)[home] as Bill),
            fees: bill.fees + ((sums as typeof withFees)[home]?.fees ?? 0n),
          }));
  });
  return (sums ?? []).map((bill) => ({
    bill,
    lines: Object.fromEntries(
      billLines(tariff, bill, { from: '2026-07-01', until: '2026-08-01' }).map(({ kind, amount }) => [
        kind,
        cents(amount),
      ]),
    ),
  }));
}

describe('a month by law, by hand to the cent', () => {
  // Home 0 takes 100 Wh in each of 31 · 96 = 2,976 quarters: 297.6 kWh. Home 1 takes nothing and produces 200 Wh in 31 · 8 = 248 of them:
  // 49.6 kWh, of which home 0 takes 24.8 kWh; 24.8 kWh go to the supplier, and home 0 imports 272.8 kWh.
  const series = july([100, 0], 200);

  test('Switzerland, one transformer: 40 % off the grid fee', () => {
    const [taker, giver] = month(series, shipped('switzerland-leg-one-transformer.json'), '0.10', 'dynamic');
    // Energy 272.8 · 0.1400 = 38.192. Grid 0.1000, to neighbours 0.0600: 27.28 + 1.488 = 28.768; levies 0.0310 on all 297.6 kWh: 9.2256;
    // together 37.9936. Standing 8.00. VAT 8.1 % of 38.19 + 37.99 + 8.00 = 84.18: 6.81858. Neighbours 24.8 · 0.10 = 2.48. Sum 93.48.
    expect(taker?.lines).toEqual({
      energy: '38.19',
      fees: '37.99',
      standing: '8.00',
      vat: '6.82',
      bought: '2.48',
      total: '93.48',
    });
    // 24.8 · 0.10 from home 0, 24.8 · 0.06 = 1.488 from the supplier; standing 8.00 and its VAT 0.648.
    expect(giver?.lines).toEqual({
      energy: '0.00',
      standing: '8.00',
      vat: '0.65',
      sold: '-2.48',
      feedIn: '-1.49',
      total: '4.68',
    });
  });

  test('Switzerland, beyond one transformer: 20 % off', () => {
    const [taker] = month(series, shipped('switzerland-leg-beyond.json'), '0.10', 'dynamic');
    // Grid to neighbours 0.0800: 27.28 + 1.984 + 9.2256 = 38.4896. VAT of 38.19 + 38.49 + 8.00 = 84.68: 6.85908. Sum 94.02.
    expect(taker?.lines).toEqual({
      energy: '38.19',
      fees: '38.49',
      standing: '8.00',
      vat: '6.86',
      bought: '2.48',
      total: '94.02',
    });
  });

  test('Austria, local: 57 % off, and no levy on the neighbours energy', () => {
    const [taker] = month(series, shipped('austria-eeg-local.json'), '0.10', 'dynamic');
    // Energy 272.8 · 0.1500 = 40.92. Grid 0.0700, to neighbours 0.0301: 19.096 + 0.74648; levies 0.0230 on imports alone: 6.2744; together
    // 26.11688. Standing 5.50. VAT 20 % of 40.92 + 26.12 + 5.50 = 72.54: 14.508. Neighbours 2.48. Sum 89.53.
    expect(taker?.lines).toEqual({
      energy: '40.92',
      fees: '26.12',
      standing: '5.50',
      vat: '14.51',
      bought: '2.48',
      total: '89.53',
    });
  });

  test('Austria, regional: 28 % off', () => {
    const [taker] = month(series, shipped('austria-eeg-regional.json'), '0.10', 'dynamic');
    // Grid to neighbours 0.0504: 19.096 + 1.24992 + 6.2744 = 26.62032. VAT of 40.92 + 26.62 + 5.50 = 73.04: 14.608. Sum 90.13.
    expect(taker?.lines).toEqual({
      energy: '40.92',
      fees: '26.62',
      standing: '5.50',
      vat: '14.61',
      bought: '2.48',
      total: '90.13',
    });
  });

  test('static and dynamic allotment by the quarter of an hour', () => {
    // Homes 0 and 1 take 50 and 150 Wh, home 2 gives 100 Wh in 248 quarters. Static halves: 50 and 50 Wh, 12.4 kWh each. Dynamic by need:
    // 25 and 75 Wh, 6.2 and 18.6 kWh.
    const three = july([50, 150, 0], 100);
    const bought = (allocation: Allocation) =>
      month(three, shipped('austria-eeg-local.json'), '0.10', allocation).map(({ bill }) => bill.boughtMwh);
    expect(bought([1n, 1n, 0n])).toEqual([12_400_000n, 12_400_000n, 0n]);
    expect(bought('dynamic')).toEqual([6_200_000n, 18_600_000n, 0n]);
    // What a home does not need of its static part goes to the grid: of 200 Wh halves are 100 each, home 0 takes 50.
    const rich = july([50, 150, 0], 200);
    expect(
      month(rich, shipped('austria-eeg-local.json'), '0.10', [1n, 1n, 0n]).map(({ bill }) => [
        bill.boughtMwh,
        bill.exportedMwh,
      ]),
    ).toEqual([
      [12_400_000n, 0n],
      [24_800_000n, 0n],
      [0n, 12_400_000n],
    ]);
  });

  test('time of use, tiers and a standing charge by the day', () => {
    const [taker] = month(july([100, 0], 0), shipped('time-of-use-tiers.json'), '0.10', 'dynamic');
    // July 2026 has 23 weekdays and 8 days of weekends. Peak 16 to 21 on weekdays in summer: 23 · 20 quarters · 0.1 = 46 kWh at 0.54;
    // off-peak 8 to 16 on all days at 0.22: 31 · 32 · 0.1 = 99.2 kWh; the rest 297.6 − 46 − 99.2 = 152.4 kWh at 0.40:
    // 24.84 + 21.824 + 60.96 = 107.624. Tiers: beyond 200 kWh 0.05 up to 280: 80 · 0.05 = 4.00; beyond 280 0.10: 17.6 · 0.10 = 1.76.
    // Standing 0.40 · 31 = 12.40.
    expect(taker?.lines).toMatchObject({ energy: '107.62', standing: '12.40', total: '125.78' });
    const tiers = billLines(
      shipped('time-of-use-tiers.json'),
      { ...(taker?.bill as Bill), fees: 0n },
      { from: '2026-07-01', until: '2026-08-01' },
    );
    expect(tiers.filter(({ kind }) => kind === 'tier').map(({ amount }) => cents(amount))).toEqual(['4.00', '1.76']);
  });
});

describe('prices', () => {
  const flat = { name: 't', currency: 'eur', energy: '0.30', feedIn: '0.08' };
  const parse = (change: object) => parseTariff('t.json', JSON.stringify({ ...flat, ...change }));

  test('are units for 150 Wh, by the clock of the community, through a change of clocks', () => {
    const clock = communityClock({ kind: 'named', name: 'Europe/Berlin' }, (_, seconds) =>
      seconds >= 1_711_846_800n ? 7_200n : 3_600n,
    );
    const tariff = parse({
      energy: [{ price: '0.20', hours: '22-6' }, { price: '0.30' }],
      gridFee: 0.07,
      local: { reduction: 57 },
    });
    const hours = [21, 22, 23, 24, 25, 26, 27, 28, 29].map((hour) => 1_711_753_200n + BigInt(hour) * 3_600n);
    const periods = hours.map((start) => {
      const wall = start + clock.offsetAt(start);
      return { start, date: dateOf(wall), label: `${String((wall / 3_600n) % 24n).padStart(2, '0')}:00` };
    });
    const prices = tariffPrices(tariff, { periods, periodSeconds: 3_600n }, clock);
    // 30 March 21:00 to 31 March 06:00, where 02:00 does not exist.
    expect(periods.map(({ label }) => label)).toEqual([
      '21:00',
      '22:00',
      '23:00',
      '00:00',
      '01:00',
      '03:00',
      '04:00',
      '05:00',
      '06:00',
    ]);
    expect(prices.map(({ tariff: price }) => price / 10n ** 15n)).toEqual([
      45n,
      30n,
      30n,
      30n,
      30n,
      30n,
      30n,
      30n,
      45n,
    ]);
    expect(prices[0]).toEqual({
      tariff: 45n * 10n ** 15n,
      feedIn: 12n * 10n ** 15n,
      gridFee: 105n * 10n ** 14n,
      localFee: 4_515n * 10n ** 12n,
    });
  });

  test('by time come from a CSV and hold until the next one', () => {
    const csv = 'start,tariff_eur_per_kWh,feed_in_eur_per_kWh\n2026-07-01T00:00,0.20,0.05\n2026-07-01T01:00,0.40,0.05';
    const periods = july([1], 0).periods.slice(0, 8);
    const prices = tariffPrices(parseTariff('p.csv', csv), { periods, periodSeconds: 900n }, WALL_CLOCK);
    expect(prices.map(({ tariff }) => tariff / 10n ** 16n)).toEqual([3n, 3n, 3n, 3n, 6n, 6n, 6n, 6n]);
    expect(() =>
      tariffPrices(
        parseTariff('p.csv', csv),
        { periods: july([1], 0).periods.slice(0, 9), periodSeconds: 900n },
        WALL_CLOCK,
      ),
    ).toThrow('it has no price');
  });

  test.each([
    ['a name that is no field', { enregy: '0.3' }, 't.json, enregy: it is unknown'],
    [
      'a list that ends with hours',
      { energy: [{ price: '1', hours: '1-2' }] },
      't.json, energy: no price of it holds at all other times',
    ],
    [
      'hours that are none',
      { energy: [{ price: '1', hours: '7-25' }, { price: '1' }] },
      't.json, energy[0], hours: "7-25" are no hours',
    ],
    ['a price that is no figure', { energy: 'NaN' }, 't.json, energy: "NaN" is not a number'],
    ['a price of wei', { energy: '300000000' }, 'a million or more'],
    ['a law without an extent', { local: { law: 'CH' } }, 't.json, local, extent'],
    ['a law that is none', { local: { law: 'DE', extent: 'x' } }, '"DE" is unknown'],
    ['more than all', { vat: '120' }, 'more than 100 percent'],
    [
      'tiers that fall',
      {
        tiers: [
          { aboveKwh: 300, add: '0.1' },
          { aboveKwh: 200, add: '0.2' },
        ],
      },
      'tiers rise',
    ],
  ])('refuse %s', (_, change, message) => {
    let told = '';
    try {
      parse(change);
    } catch (error) {
      if (!(error instanceof WattchainError)) throw error;
      told = `${error.message} | ${error.hint}`;
    }
    expect(told).toContain(message);
  });

  test('refuse a feed-in price above the tariff, a change within a period, and days without a date', () => {
    const periods = july([1], 0).periods.slice(0, 4);
    expect(() => tariffPrices(parse({ feedIn: '0.31' }), { periods, periodSeconds: 900n }, WALL_CLOCK)).toThrow(
      'at 2026-07-01 00:00 the feed-in price is above',
    );
    const inside = parse({ energy: [{ price: '0.2', hours: '0:10-5' }, { price: '0.3' }] });
    expect(() => tariffPrices(inside, { periods, periodSeconds: 900n }, WALL_CLOCK)).toThrow(
      'changes within the period that begins at 2026-07-01 00:00',
    );
    const days = parse({ energy: [{ price: '0.2', days: 'sat,sun' }, { price: '0.3' }] });
    expect(() =>
      tariffPrices(
        days,
        { periods: periods.map((period) => ({ ...period, date: undefined })), periodSeconds: 900n },
        WALL_CLOCK,
      ),
    ).toThrow('no date');
  });

  test('bills are printed where the tariff has more than a market knows, and what the fund gives back is on them', () => {
    const series = july([1], 0);
    expect(billPrinter(shipped('flat.json'), series)).toBeUndefined();
    const undated = { ...series, periods: series.periods.map((period) => ({ ...period, date: undefined })) };
    expect(() => billPrinter(shipped('time-of-use-tiers.json'), undated)).toThrow('the periods have no date');
    const nothing = {
      importedMwh: 0n,
      boughtMwh: 0n,
      paidToSupplier: 0n,
      gotFromSupplier: 0n,
      paidToNeighbours: 0n,
      gotFromNeighbours: 0n,
      fees: 0n,
    };
    const lines = billPrinter(
      parse({ vat: '20' }),
      undated,
    )?.({ ...nothing, paidToSupplier: 10n ** 18n, fromFund: 25n * 10n ** 16n });
    expect(lines?.map(({ kind, amount }) => [kind, cents(amount)])).toEqual([
      ['energy', '1.00'],
      ['vat', '0.20'],
      ['fund', '-0.25'],
      ['total', '0.95'],
    ]);
  });

  test('every tariff that ships can be read, and standing charges count days of a part of a month', () => {
    const files = readdirSync(FOLDER);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(shipped(file).currency).toMatch(/^[A-Z]{3}$/);
    const half = { ...july([1], 0), periods: july([1], 0).periods.slice(0, 96 * 15) };
    // 15 of 31 days of 8.00 a month.
    expect(standingCharges(shipped('switzerland-leg-beyond.json'), half)).toBe((8n * 10n ** 18n * 15n) / 31n);
  });
});
