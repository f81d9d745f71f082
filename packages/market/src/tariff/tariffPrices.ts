import { WattchainError } from '@wattchain/core';
import { holdsAt, minuteOf, type WallMoment } from '../input/calendar.js';
import { type CommunityClock, wallTimeOf } from '../input/zone.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import type { PeriodPrices } from '../rules/marketPeriods.js';
import { pricesAt } from './priceSeries.js';
import type { Tariff, TimedPrice } from './tariffFile.js';

/** 150 Wh are three twentieths of a kilowatt-hour: money units for 150 Wh of a price for a kWh, rounded down. */
export const perTokenEnergy = (pricePerKwh: bigint): bigint => (pricePerKwh * 3n) / 20n;

/**
 * The prices of a community's periods: what the supplier takes and gives, and the grid operator's fees with the levies, for imported
 * energy and, reduced, for a neighbour's. VAT, tiers and standing charges are not in them: {@link billLines}.
 * @throws WattchainError `badTariff` for a period in which prices change, and for a feed-in price above the tariff
 */
export function tariffPrices(
  tariff: Tariff,
  { periods, periodSeconds }: Pick<CommunitySeries, 'periods' | 'periodSeconds'>,
  clock: CommunityClock,
): PeriodPrices[] {
  const listed =
    tariff.series === undefined
      ? undefined
      : pricesAt(
          tariff.series,
          periods.map(({ start }) => start),
          clock,
        );
  const onImport = tariff.levies.reduce((total, { price }) => total + price, 0n);
  const onLocal = tariff.levies.reduce((total, { price, isOnLocal }) => total + (isOnLocal ? price : 0n), 0n);
  return periods.map(({ start, label, date }, index) => {
    const where = `${date ?? ''} ${label}`.trim();
    const begin = { date, minuteOfDay: minuteOf(label) };
    const end =
      date === undefined
        ? { date, minuteOfDay: begin.minuteOfDay + Number(periodSeconds / 60n) - 1 }
        : lastMinute(clock, start + periodSeconds);
    const priceOf = (name: string, prices: readonly TimedPrice[]) =>
      priceIn(tariff, name, prices, { begin, end, where });
    const row = listed?.[index];
    const gridFee = row?.grid_fee ?? (row === undefined ? priceOf('gridFee', tariff.gridFee) : 0n);
    const prices = {
      tariff: perTokenEnergy(row?.tariff ?? priceOf('energy', tariff.energy)),
      feedIn: perTokenEnergy(row?.feed_in ?? priceOf('feedIn', tariff.feedIn)),
      gridFee: perTokenEnergy(gridFee + onImport),
      localFee: perTokenEnergy(
        row === undefined ? (gridFee * (100n - tariff.localReduction)) / 100n + onLocal : (row.local_fee ?? gridFee),
      ),
    };
    if (prices.feedIn <= prices.tariff) return prices;
    throw new WattchainError(
      'badTariff',
      `${tariff.file}: at ${where} the feed-in price is above the price of energy`,
      {
        values: { file: tariff.file, where },
        hint: 'a local market shares what lies between the two: the feed-in price is at most the price of energy',
      },
    );
  });
}

function lastMinute(clock: CommunityClock, end: bigint): WallMoment {
  const { date, clock: label } = wallTimeOf(clock, end - 60n);
  return { date, minuteOfDay: minuteOf(label) };
}

/** The price that holds in a period: from its first minute to its last. */
function priceIn(
  { file }: Tariff,
  name: string,
  prices: readonly TimedPrice[],
  { begin, end, where }: { readonly begin: WallMoment; readonly end: WallMoment; readonly where: string },
): bigint {
  if (begin.date === undefined && prices.some(({ when }) => when.days !== undefined || when.months !== undefined))
    throw new WattchainError('badTariff', `${file}, ${name}: it has days or months, and the periods have no date`, {
      values: { file, name },
      hint: 'say which day it is: --date 2024-07-04',
    });
  const first = prices.find(({ when }) => holdsAt(when, begin));
  if (first !== undefined && first === prices.find(({ when }) => holdsAt(when, end))) return first.price;
  throw new WattchainError(
    'badTariff',
    `${file}, ${name}: the price changes within the period that begins at ${where}`,
    {
      values: { file, name, where },
      hint: 'take shorter periods, or let prices change where periods begin',
    },
  );
}
