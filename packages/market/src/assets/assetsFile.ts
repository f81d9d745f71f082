import type { Panels } from '../importers/panels.js';
import type { CalendarRule } from '../input/calendar.js';
import { readDays, readHours } from '../input/calendar.js';
import type { DecimalKind } from '../input/decimal.js';
import { Fields } from '../input/fields.js';
import { MWH_PER_KWH } from '../units.js';

/** Largest power and capacity that a home has, W and mWh: a megawatt, ten megawatt-hours. */
const MAX_POWER_W = 1_000_000n;
const MAX_CAPACITY_MWH = 10_000n * MWH_PER_KWH;
export const MILLION = 1_000_000n;

/** A battery behind a home's meter. */
export interface Battery {
  readonly home: string;
  readonly capacityMwh: bigint;
  /** Most that it takes and gives. */
  readonly powerW: bigint;
  /** Parts of a million of what it takes that it can give later. */
  readonly efficiency: bigint;
  /** In it at the beginning. */
  readonly startMwh: bigint;
  /** `undefined`: greedy self-consumption. */
  readonly signal: PriceSignal | undefined;
}

/** When a battery looks at prices: 10^-18 of the currency for a kWh, of energy with the grid's fee. */
export interface PriceSignal {
  /** It charges from the grid too while energy costs this or less … */
  readonly chargeBelow: bigint;
  /** … and covers its home's needs only while it costs this or more. */
  readonly dischargeAbove: bigint;
}

/** A car that is charged at home: so much in each window, behind the home's meter. */
export interface Car {
  readonly home: string;
  readonly powerW: bigint;
  /** In each window. */
  readonly energyMwh: bigint;
  /** Hours, and days on which the window begins. */
  readonly window: Pick<CalendarRule, 'days'> & { readonly hours: readonly [number, number] };
  /** As soon as the window opens, or in its cheapest periods. */
  readonly when: 'first' | 'cheapest';
}

/** What a home's connection lets through, W; `undefined` without a limit. */
export interface ConnectionLimit {
  readonly home: string;
  readonly importW: bigint | undefined;
  readonly exportW: bigint | undefined;
}

/** What stands behind the meters. */
export interface Assets {
  readonly panels: readonly Panels[];
  readonly batteries: readonly Battery[];
  readonly cars: readonly Car[];
  readonly connections: readonly ConnectionLimit[];
}

const kindOf = (name: string, decimals: number, finest: string): DecimalKind => ({
  name,
  decimals,
  finest,
  hasExponents: false,
});
const KILOWATTS = kindOf('a power in kW', 3, 'powers are whole watts');
const KWH = kindOf('an energy in kWh', 6, 'energy is counted in whole mWh');
const PERCENT = kindOf('a percentage', 4, 'a percentage has four decimals');
const DEGREES = kindOf('an angle in degrees', 3, 'angles have three decimals');
const PRICE = kindOf('a price for a kWh', 18, 'money has 18 decimals');

/**
 * Reads a file of assets, JSON (`docs/community-data.md`).
 * @throws WattchainError `badAssets` with the file and the field
 */
export function parseAssets(file: string, text: string): Assets {
  const fields = Fields.parse(file, text, 'badAssets');
  const assets = {
    panels: fields.objects('panels').map(panelsOf),
    batteries: fields.objects('batteries').map(batteryOf),
    cars: fields.objects('cars').map(carOf),
    connections: fields.objects('connections').map(connectionOf),
  };
  fields.finish();
  for (const name of ['batteries', 'connections'] as const) {
    const homes = assets[name].map(({ home }) => home);
    const twice = homes.find((home, index) => homes.indexOf(home) !== index);
    if (twice !== undefined)
      throw fields.wrong(name, `${twice.slice(0, 64)} stands twice`, 'a home has one: add them up');
  }
  return assets;
}

function panelsOf(fields: Fields): Panels {
  const thousandths = (name: string, least: number, most: number, usual: bigint | undefined) => {
    const value = fields.decimal(name, DEGREES, true) ?? usual;
    if (value === undefined) throw fields.wrong(name, 'it is missing', 'it is needed');
    const number = Number(value) / 1_000;
    if (number < least || number > most) throw fields.wrong(name, `it is ${number}`, `it is from ${least} to ${most}`);
    return number;
  };
  const panels = {
    home: fields.requiredText('home'),
    peakW: Number(power(fields, 'peakKw')),
    tilt: thousandths('tilt', 0, 90, undefined),
    azimuth: thousandths('azimuth', -180, 180, 0n),
    lossPercent: thousandths('lossPercent', 0, 99, 14_000n),
  };
  fields.finish();
  return panels;
}

function batteryOf(fields: Fields): Battery {
  const capacityMwh = energy(fields, 'capacityKwh');
  const percent = fields.decimal('efficiencyPercent', PERCENT) ?? 900_000n;
  if (percent <= 0n || percent > MILLION)
    throw fields.wrong('efficiencyPercent', 'it is 0 or above 100', 'what of 100 kWh comes out again: 90');
  const startMwh = fields.decimal('startKwh', KWH) ?? 0n;
  if (startMwh > capacityMwh)
    throw fields.wrong('startKwh', 'it is more than the battery holds', 'give at most capacityKwh');
  const chargeBelow = fields.decimal('chargeBelow', PRICE);
  const dischargeAbove = fields.decimal('dischargeAbove', PRICE);
  if ((chargeBelow === undefined) !== (dischargeAbove === undefined))
    throw fields.wrong(
      'chargeBelow',
      'chargeBelow and dischargeAbove belong together',
      'give both, or none for self-consumption',
    );
  if (chargeBelow !== undefined && dischargeAbove !== undefined && chargeBelow >= dischargeAbove)
    throw fields.wrong('chargeBelow', 'it is not below dischargeAbove', 'a battery charges while energy is cheap');
  const battery: Battery = {
    home: fields.requiredText('home'),
    capacityMwh,
    powerW: power(fields, 'powerKw'),
    efficiency: percent,
    startMwh,
    signal: chargeBelow === undefined || dischargeAbove === undefined ? undefined : { chargeBelow, dischargeAbove },
  };
  fields.finish();
  return battery;
}

function carOf(fields: Fields): Car {
  const hours = readHours(fields.requiredText('hours'));
  if (hours.fault !== undefined) throw fields.wrong('hours', hours.fault.what, hours.fault.hint);
  const dayText = fields.text('days');
  const days = dayText === undefined ? undefined : readDays(dayText);
  if (days?.fault !== undefined) throw fields.wrong('days', days.fault.what, days.fault.hint);
  const car: Car = {
    home: fields.requiredText('home'),
    powerW: power(fields, 'powerKw'),
    energyMwh: energy(fields, 'energyKwh'),
    window: { hours: hours.value, days: days?.value },
    when: fields.choice('when', ['first', 'cheapest'] as const) ?? 'first',
  };
  fields.finish();
  return car;
}

function connectionOf(fields: Fields): ConnectionLimit {
  const limit = {
    home: fields.requiredText('home'),
    importW: fields.has('importKw') ? power(fields, 'importKw') : undefined,
    exportW: fields.has('exportKw') ? fields.decimal('exportKw', KILOWATTS) : undefined,
  };
  fields.finish();
  return limit;
}

function power(fields: Fields, name: string): bigint {
  const watts = fields.requiredDecimal(name, KILOWATTS);
  if (watts > 0n && watts <= MAX_POWER_W) return watts;
  throw fields.wrong(name, 'it is 0, or more than a megawatt', 'give kW');
}

function energy(fields: Fields, name: string): bigint {
  const energyMwh = fields.requiredDecimal(name, KWH);
  if (energyMwh > 0n && energyMwh <= MAX_CAPACITY_MWH) return energyMwh;
  throw fields.wrong(name, 'it is 0, or more than ten megawatt-hours', 'give kWh');
}
