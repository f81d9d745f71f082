import { WattchainError } from '@wattchain/core';
import { daysInMonth } from '../input/calendar.js';
import { dateOf, startOfDate } from '../input/time.js';
import type { Bill } from '../mechanism/common/bills.js';
import { excess } from '../mechanism/common/split.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { MWH_PER_KWH } from '../units.js';
import { MILLION, type Tariff } from './tariffFile.js';

/** Money units of a cent. */
const CENT = 10n ** 16n;
/** Least common multiple of the lengths of months: parts of a month are whole numbers of it. */
const MONTH_PARTS = 377_580n;
const SECONDS_PER_DAY = 86_400n;

/** A home's energies and money of a span, as a market's bill has them. */
export interface BilledHome
  extends Pick<
    Bill,
    'importedMwh' | 'boughtMwh' | 'paidToSupplier' | 'gotFromSupplier' | 'paidToNeighbours' | 'gotFromNeighbours'
  > {
  /** To the grid operator. */
  readonly fees: bigint;
  /** Given back by the community's fund. */
  readonly fromFund?: bigint;
}

/** First day, and the day after the last. */
export interface BilledSpan {
  readonly from: string;
  readonly until: string;
}

export type BillLineKind =
  | 'energy'
  | 'feedIn'
  | 'bought'
  | 'sold'
  | 'fees'
  | 'tier'
  | 'standing'
  | 'vat'
  | 'fund'
  | 'total';

/** A line of a printed bill. */
export interface BillLine {
  readonly kind: BillLineKind;
  readonly name: string;
  /** Money units, whole cents; below 0 where the home gets it. */
  readonly amount: bigint;
}

/**
 * The lines of a home's bill as one prints it, each rounded to the cent, halves up, so that they add up to the total; VAT of the lines that
 * carry it, together. A month that is billed in part counts by its days.
 */
export function billLines(tariff: Tariff, home: BilledHome, span: BilledSpan): BillLine[] {
  const taxed: BillLine[] = [
    { kind: 'energy', name: 'energy from the supplier', amount: toCents(home.paidToSupplier) },
    { kind: 'fees', name: 'grid fees and levies', amount: toCents(home.fees) },
    ...tierLines(tariff, home.importedMwh, monthParts(span)),
    ...tariff.standing.map(
      ({ name, amount, per }): BillLine => ({ kind: 'standing', name, amount: toCents(amountOver(amount, per, span)) }),
    ),
  ];
  const bought: BillLine = { kind: 'bought', name: 'energy from neighbours', amount: toCents(home.paidToNeighbours) };
  const untaxed: BillLine[] = [
    ...(tariff.isLocalTaxed ? [] : [bought]),
    { kind: 'sold', name: 'energy to neighbours', amount: -toCents(home.gotFromNeighbours) },
    { kind: 'feedIn', name: 'energy to the supplier', amount: -toCents(home.gotFromSupplier) },
    { kind: 'fund', name: "back from the community's fund", amount: -toCents(home.fromFund ?? 0n) },
  ];
  if (tariff.isLocalTaxed) taxed.push(bought);
  const base = taxed.reduce((total, { amount }) => total + amount, 0n);
  const vat: BillLine = { kind: 'vat', name: 'VAT', amount: toCents((base * tariff.vat) / MILLION) };
  const lines = [...taxed, ...(tariff.vat === 0n ? [] : [vat]), ...untaxed].filter(
    ({ amount, kind }) => amount !== 0n || kind === 'energy',
  );
  return [...lines, { kind: 'total', name: 'total', amount: lines.reduce((total, { amount }) => total + amount, 0n) }];
}

/**
 * What prints the bills of a series; `undefined` for a tariff that has neither VAT nor tiers nor standing charges, whose bills say all.
 * Errors: `badTariff` where it has tiers or standing charges and the times have no date.
 */
export function billPrinter(
  tariff: Tariff,
  series: Pick<CommunitySeries, 'periods' | 'periodSeconds'>,
): ((home: BilledHome) => BillLine[]) | undefined {
  const needsDays = tariff.tiers.length > 0 || tariff.standing.length > 0;
  if (!needsDays && tariff.vat === 0n) return undefined;
  const span = needsDays ? spanOf(tariff, series) : { from: '1970-01-01', until: '1970-01-01' };
  return (home) => billLines(tariff, home, span);
}

/** Standing charges of a home over a series, money units, without VAT. Errors: `badTariff` where its times have no date. */
export function standingCharges(tariff: Tariff, series: Pick<CommunitySeries, 'periods' | 'periodSeconds'>): bigint {
  if (tariff.standing.length === 0) return 0n;
  const span = spanOf(tariff, series);
  return tariff.standing.reduce((total, { amount, per }) => total + amountOver(amount, per, span), 0n);
}

/** The days of a series; the last one counts whole. */
export function spanOf(
  { file }: Pick<Tariff, 'file'>,
  { periods }: Pick<CommunitySeries, 'periods' | 'periodSeconds'>,
): BilledSpan {
  const [from, last] = [periods[0]?.date, periods.at(-1)?.date];
  if (from === undefined || last === undefined)
    throw new WattchainError('badTariff', `${file}: it has standing charges or tiers, and the periods have no date`, {
      values: { file },
      hint: 'say which day it is: --date 2024-07-04',
    });
  return { from, until: dateOf((startOfDate(last) ?? 0n) + SECONDS_PER_DAY) };
}

/** To the nearest cent, halves away from 0. */
function toCents(amount: bigint): bigint {
  const size = amount < 0n ? -amount : amount;
  const cents = ((size + CENT / 2n) / CENT) * CENT;
  return amount < 0n ? -cents : cents;
}

/** Parts of a month in a span: `MONTH_PARTS` for each whole one. */
function monthParts({ from, until }: BilledSpan): bigint {
  const end = startOfDate(until) ?? 0n;
  let parts = 0n;
  for (let day = startOfDate(from) ?? 0n; day < end; day += SECONDS_PER_DAY)
    parts += MONTH_PARTS / BigInt(daysInMonth(dateOf(day)));
  return parts;
}

function amountOver(amount: bigint, per: 'month' | 'day', span: BilledSpan): bigint {
  if (per === 'month') return (amount * monthParts(span)) / MONTH_PARTS;
  return amount * (((startOfDate(span.until) ?? 0n) - (startOfDate(span.from) ?? 0n)) / SECONDS_PER_DAY);
}

/** What each tier adds for the imported energy beyond its limit of a month, up to the next one. */
function tierLines({ tiers }: Tariff, importedMwh: bigint, parts: bigint): BillLine[] {
  const limitOf = (aboveMwh: bigint) => (aboveMwh * parts) / MONTH_PARTS;
  return tiers.map(({ aboveMwh, add }, index) => {
    const next = tiers[index + 1];
    const beyond =
      excess(importedMwh, limitOf(aboveMwh)) - (next === undefined ? 0n : excess(importedMwh, limitOf(next.aboveMwh)));
    return {
      kind: 'tier',
      name: `beyond ${aboveMwh / MWH_PER_KWH} kWh a month`,
      amount: toCents((beyond * add) / MWH_PER_KWH),
    };
  });
}
