import { WattchainError } from '@wattchain/core';
import { type CsvRow, readTable } from '../input/table.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { parseKwh } from '../units.js';
import type { Agents, StatedOrder } from './marketPeriods.js';
import { pricePerKwh } from './params.js';

const COLUMNS = ['time', 'home', 'energy_kWh', 'price_per_kWh'] as const;
/** Most energy of an order, kWh: beyond it the amounts leave what a market's accounts can lock. */
const MOST_ORDER_KWH = 1_000_000n;
const MWH_PER_KWH = 1_000_000n;
const FORMAT = `its columns are ${COLUMNS.join(', ')}: time as 2017-07-01T08:00 or 08:00, home as the data names it`;

/** A file of orders, and the data that it speaks of. */
export interface OrderFile {
  readonly file: string;
  readonly text: string;
  readonly series: Pick<CommunitySeries, 'homes' | 'periods'>;
}

/**
 * Agents that state what a file says: a line for each order, at most one of a home in a period; homes without a line state nothing. A
 * home bids where it has a need and asks where it has a surplus.
 * @throws WattchainError `badOrderFile` with file and line
 */
export function parseAgentOrders({ file, text, series }: OrderFile): Agents {
  const { header, rows } = readTable(file, text, bad);
  if (COLUMNS.some((column, index) => header.cells[index] !== column))
    throw bad(`${file}, line ${header.line}`, `its columns are ${header.cells.join(', ').slice(0, 120)}`, FORMAT);
  const periods = new Map(series.periods.flatMap(({ label, date }, index) => namesOf(label, date, index)));
  const homes = new Map(series.homes.map(({ name }, index) => [name, index]));
  const orders = new Map<string, StatedOrder>();
  for (const row of rows) {
    const place = `${file}, line ${row.line}`;
    const [time = '', home = ''] = row.cells;
    const [period, position] = [periods.get(time), homes.get(home)];
    if (period === undefined) throw bad(place, `there is no period ${time.slice(0, 40)}`, FORMAT);
    if (position === undefined) throw bad(place, `there is no home ${home.slice(0, 40)}`, FORMAT);
    const key = `${period} ${position}`;
    if (orders.has(key)) throw bad(place, `${home} has two orders of ${time}`, 'give a home one order in a period');
    orders.set(key, readOrder(place, row));
  }
  return { orderOf: ({ index }, home) => orders.get(`${index} ${home}`) };
}

/** What a period is called: its time with the date, and without where the data has no dates. */
function namesOf(label: string, date: string | undefined, index: number): [string, number][] {
  return [[date === undefined ? label : `${date}T${label}`, index]];
}

function readOrder(place: string, { cells }: CsvRow): StatedOrder {
  const [, , energy = '', price = ''] = cells;
  try {
    const energyMwh = parseKwh(energy);
    if (energyMwh <= MOST_ORDER_KWH * MWH_PER_KWH) return { energyMwh, price: pricePerKwh('price_per_kWh', price) };
    throw bad(
      place,
      `an order of ${energy.slice(0, 40)} kWh`,
      `one of ${MOST_ORDER_KWH} kWh is the largest; mind the unit`,
    );
  } catch (error) {
    if (error instanceof WattchainError && error.code !== 'badOrderFile')
      throw bad(place, error.message, error.hint ?? FORMAT);
    throw error;
  }
}

function bad(place: string, what: string, hint: string): WattchainError {
  return new WattchainError('badOrderFile', `${place}: ${what}`, { values: { place }, hint });
}
