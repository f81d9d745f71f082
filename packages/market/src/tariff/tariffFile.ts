import { type CalendarRule, readDays, readHours, readMonths } from '../input/calendar.js';
import type { DecimalKind } from '../input/decimal.js';
import { Fields } from '../input/fields.js';
import { MWH_PER_KWH } from '../units.js';
import { extentsOf, LAW_PERIOD_SECONDS, LOCAL_REDUCTIONS, type LocalLaw, reductionOf } from './laws.js';
import { type PriceSeries, readPriceSeries } from './priceSeries.js';

/** Money of a tariff: 10^-18 of its currency. */
const MONEY_DECIMALS = 18;
/** Parts of a million in a percent. */
const PERCENT_DECIMALS = 4;
export const MILLION = 1_000_000n;
/** A kilowatt-hour costs less than this, in whole units of a currency. */
const MAX_PRICE = 1_000_000n * 10n ** 18n;
const MAX_NAME = 80;

/** A price, and when it holds. */
export interface TimedPrice {
  /** 10^-18 of the currency for a kWh. */
  readonly price: bigint;
  readonly when: CalendarRule;
}

/** A tax or contribution on each kWh that comes over the grid. */
export interface Levy {
  readonly name: string;
  readonly price: bigint;
  /** Whether a neighbour's energy carries it too. */
  readonly isOnLocal: boolean;
}

/** More, or less where it is below 0, for each kWh of a month beyond a number of them. */
export interface Tier {
  readonly aboveMwh: bigint;
  readonly add: bigint;
}

/** Paid whatever is used. */
export interface StandingCharge {
  readonly name: string;
  readonly amount: bigint;
  readonly per: 'month' | 'day';
}

/** What a supplier and a grid operator take and give. */
export interface Tariff {
  readonly file: string;
  readonly name: string;
  /** Upper case: `EUR`. */
  readonly currency: string;
  /** The first that fits a moment holds. */
  readonly energy: readonly TimedPrice[];
  readonly feedIn: readonly TimedPrice[];
  readonly gridFee: readonly TimedPrice[];
  /** Parts of 100 that the grid's fee is less for a neighbour's energy. */
  readonly localReduction: bigint;
  readonly levies: readonly Levy[];
  readonly tiers: readonly Tier[];
  readonly standing: readonly StandingCharge[];
  /** Parts of a million. */
  readonly vat: bigint;
  /** Whether what a home pays to neighbours is taxed; small producers mostly are not. */
  readonly isLocalTaxed: boolean;
  /** Prices by time that a CSV file gives in place of the lists. */
  readonly series: PriceSeries | undefined;
  readonly notes: readonly string[];
}

const PRICE: DecimalKind = {
  name: 'a price for a kWh',
  decimals: MONEY_DECIMALS,
  finest: `money has ${MONEY_DECIMALS} decimals`,
  hasExponents: true,
};
const AMOUNT: DecimalKind = { ...PRICE, name: 'an amount of money' };
const PERCENT: DecimalKind = {
  name: 'a percentage',
  decimals: PERCENT_DECIMALS,
  finest: `a percentage has ${PERCENT_DECIMALS} decimals`,
  hasExponents: false,
};
const KWH: DecimalKind = {
  name: 'an energy in kWh',
  decimals: 6,
  finest: 'energy is counted in whole mWh',
  hasExponents: false,
};

/**
 * Reads a tariff, JSON or a CSV of prices by time (`docs/community-data.md`).
 * @throws WattchainError `badTariff` with the file and the field, or line and column
 */
export function parseTariff(file: string, text: string): Tariff {
  if (!/^\s*[[{]/.test(text)) return tariffOfSeries(file, readPriceSeries(file, text));
  const fields = Fields.parse(file, text, 'badTariff');
  const name = fields.requiredText('name').slice(0, MAX_NAME);
  const currency = currencyOf(fields);
  const energy = timedPrices(fields, 'energy', true);
  const feedIn = timedPrices(fields, 'feedIn', true);
  const gridFee = timedPrices(fields, 'gridFee', false);
  const local = localOf(fields);
  const tariff: Tariff = {
    file,
    name,
    currency,
    energy,
    feedIn,
    gridFee,
    localReduction: local.reduction,
    levies: fields.objects('levies').map(levyOf),
    tiers: tiersOf(fields),
    standing: fields.objects('standing').map(standingOf),
    vat: percentOf(fields, 'vat') ?? 0n,
    isLocalTaxed: fields.flag('vatOnLocal') ?? false,
    series: undefined,
    notes: local.law === undefined ? [] : [noteOf(local.law)],
  };
  fields.finish();
  return tariff;
}

const noteOf = (law: LocalLaw) =>
  `energy of neighbours counts by the period; the law of ${law} counts quarters of an hour (${LAW_PERIOD_SECONDS} s)`;

function tariffOfSeries(file: string, series: PriceSeries): Tariff {
  return {
    file,
    name: file.replace(/^.*[/\\]/, ''),
    currency: series.currency,
    energy: [],
    feedIn: [],
    gridFee: [],
    localReduction: 0n,
    levies: [],
    tiers: [],
    standing: [],
    vat: 0n,
    isLocalTaxed: false,
    series,
    notes: [],
  };
}

function currencyOf(fields: Fields): string {
  const text = fields.requiredText('currency');
  if (/^[A-Za-z]{3}$/.test(text)) return text.toUpperCase();
  throw fields.wrong('currency', `"${text.slice(0, 20)}" is no currency`, 'write its three letters: EUR, CHF, USD');
}

/** A price that holds always, or a list of prices with hours, days and months, the last of which holds always. */
function timedPrices(fields: Fields, name: string, isNeeded: boolean): TimedPrice[] {
  if (!fields.has(name)) {
    if (isNeeded)
      throw fields.wrong(
        name,
        'it is missing',
        'give a price for a kWh, or a list of prices with hours, days and months',
      );
    return [{ price: 0n, when: {} }];
  }
  const entries = fields.isList(name) ? fields.objects(name) : undefined;
  if (entries === undefined) return [{ price: priceOf(fields, name), when: {} }];
  const prices = entries.map((entry): TimedPrice => {
    const price = priceOf(entry, 'price');
    const when = ruleOf(entry);
    entry.finish();
    return { price, when };
  });
  const last = prices.at(-1)?.when;
  if (last === undefined || Object.values(last).some((part) => part !== undefined))
    throw fields.wrong(
      name,
      'no price of it holds at all other times',
      'end the list with a price without hours, days and months',
    );
  return prices;
}

function priceOf(fields: Fields, name: string): bigint {
  const price = fields.requiredDecimal(name, PRICE);
  if (price < MAX_PRICE) return price;
  throw fields.wrong(name, 'it is a million or more for a kWh', 'prices are in whole units of the currency, 0.22');
}

/** When an entry holds. */
export function ruleOf(fields: Fields): CalendarRule {
  const read = <Value>(
    name: string,
    reader: (text: string) => ReturnType<typeof readHours> | ReturnType<typeof readDays>,
  ) => {
    const text = fields.text(name);
    if (text === undefined) return undefined;
    const { value, fault } = reader(text);
    if (fault !== undefined) throw fields.wrong(name, fault.what, fault.hint);
    return value as Value;
  };
  return {
    hours: read<readonly [number, number]>('hours', readHours),
    days: read<ReadonlySet<number>>('days', readDays),
    months: read<ReadonlySet<number>>('months', readMonths),
  };
}

function localOf(fields: Fields): { readonly reduction: bigint; readonly law?: LocalLaw } {
  const local = fields.object('local');
  if (local === undefined) return { reduction: 0n };
  const law = local.choice('law', Object.keys(LOCAL_REDUCTIONS) as LocalLaw[]);
  const extent = local.text('extent');
  const own = local.decimal('reduction', { ...PERCENT, decimals: 0, finest: 'whole parts of 100' });
  local.finish();
  if (law !== undefined) {
    const found = reductionOf(law, extent ?? '');
    if (found === undefined)
      throw local.wrong(
        'extent',
        `"${(extent ?? '').slice(0, 40)}" is unknown to the law of ${law}`,
        `it is one of ${extentsOf(law).join(', ')}`,
      );
    if (own !== undefined) throw local.wrong('reduction', 'the law says it', 'leave one of them out');
    return { reduction: found, law };
  }
  if (own === undefined || own > 100n)
    throw local.wrong('reduction', 'it is missing, or more than 100', 'give parts of 100, or a law and an extent');
  return { reduction: own };
}

function levyOf(fields: Fields): Levy {
  const levy = {
    name: fields.requiredText('name').slice(0, MAX_NAME),
    price: priceOf(fields, 'price'),
    isOnLocal: fields.flag('onLocal') ?? true,
  };
  fields.finish();
  return levy;
}

function tiersOf(fields: Fields): Tier[] {
  const tiers = fields.objects('tiers').map((entry) => {
    const tier = { aboveMwh: entry.requiredDecimal('aboveKwh', KWH), add: entry.decimal('add', PRICE, true) };
    entry.finish();
    if (tier.add === undefined)
      throw entry.wrong('add', 'it is missing', 'what each kWh beyond costs more, or less with a minus');
    return { aboveMwh: tier.aboveMwh, add: tier.add };
  });
  tiers.forEach(({ aboveMwh }, index) => {
    if (index > 0 && aboveMwh <= (tiers[index - 1]?.aboveMwh ?? 0n))
      throw fields.wrong(
        'tiers',
        `tier ${index} begins at ${aboveMwh / MWH_PER_KWH} kWh, not above the one before it`,
        'tiers rise',
      );
  });
  return tiers;
}

function standingOf(fields: Fields): StandingCharge {
  const name = fields.requiredText('name').slice(0, MAX_NAME);
  const [month, day] = [fields.decimal('perMonth', AMOUNT), fields.decimal('perDay', AMOUNT)];
  fields.finish();
  if ((month === undefined) === (day === undefined))
    throw fields.wrong('perMonth', 'one of perMonth and perDay is needed', 'give one of them');
  return month === undefined ? { name, amount: day ?? 0n, per: 'day' } : { name, amount: month, per: 'month' };
}

/** A percentage in parts of a million. */
function percentOf(fields: Fields, name: string): bigint | undefined {
  const value = fields.decimal(name, PERCENT);
  if (value === undefined || value <= MILLION) return value;
  throw fields.wrong(name, 'it is more than 100 percent', 'write 8.1 for 8.1 %');
}
