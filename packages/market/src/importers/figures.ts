import { type DecimalKind, readDecimal } from '../input/decimal.js';
import { withPlainMinus } from '../input/minus.js';
import { MWH_PER_KWH, roundHalfEven } from '../units.js';
import { badData } from './badData.js';
import type { FigureUnit } from './dataFile.js';

/** Digits after the point that are read before a figure is rounded to the mWh. */
const READ_DECIMALS = 30;
const READ_UNIT = 10n ** BigInt(READ_DECIMALS);
/** mWh in an hour of one unit. */
const MWH_OF: Readonly<Record<FigureUnit, bigint>> = {
  kWh: MWH_PER_KWH,
  Wh: 1_000n,
  mWh: 1n,
  kW: MWH_PER_KWH,
  W: 1_000n,
};
/** No home meters more than a gigawatt-hour in a period: a larger figure has another unit. */
const MAX_PERIOD_MWH = 1_000_000n * MWH_PER_KWH;
/** Most that a register shows: nine digits of kWh, and room. */
const MAX_REGISTER_MWH = 10n ** 17n;
/** Most figures are short, and need no more than this. */
const SHORT = /^(\d{1,9})(?:\.(\d{1,6}))?$/;
/** What tools write where they have no figure. */
const MISSING = /^(?:|nan|n\/?a|null|none|-|--|#n\/a)$/i;

const isPower = (unit: FigureUnit) => unit === 'kW' || unit === 'W';

/** A column of figures, and what they are. */
export interface FigureColumn {
  /** From 0. */
  readonly position: number;
  /** As the header writes it. */
  readonly title: string;
  readonly unit: FigureUnit;
  /** Whether it counts on. */
  readonly isRegister: boolean;
}

/** What figures of a file are read with. */
export interface FigureContext {
  readonly file: string;
  readonly hasDecimalCommas: boolean;
  /** Of each period; what a power is multiplied with. */
  readonly periodSeconds: bigint;
  /** Whether a minus means the other direction. */
  readonly isSigned: boolean;
}

/** Counts figures that had to be rounded. */
export interface Rounding {
  rounded: number;
}

/**
 * A figure in mWh: exactly where it is a whole number of them, else rounded half to even; a power times the length of its period. Nothing
 * (`undefined`) of an empty cell and of what tools write for a missing figure. Errors: `badData` with line, column and unit.
 */
export function readFigure(
  text: string,
  line: number,
  column: FigureColumn,
  context: FigureContext,
  rounding: Rounding,
): bigint | undefined {
  const short = SHORT.exec(text);
  if (short !== null && column.unit === 'kWh')
    return limited(BigInt((short[1] ?? '') + (short[2] ?? '').padEnd(6, '0')), text, line, column, context);
  if (MISSING.test(text)) return undefined;
  const plain = withPlainMinus(text);
  const isNegative = context.isSigned && /^-\s*[\d.,]/.test(plain);
  const kind: DecimalKind = {
    name: `${isPower(column.unit) ? 'a power' : 'an energy'} in ${column.unit}`,
    decimals: READ_DECIMALS,
    finest: `figures have at most ${READ_DECIMALS} digits after the point`,
    hasExponents: true,
    hasDecimalCommas: context.hasDecimalCommas,
  };
  const { value, fault } = readDecimal(isNegative ? plain.replace(/^-\s*/, '') : plain, kind);
  if (fault !== undefined) throw badData(placeOf(line, column, context), fault.what, fault.hint);
  const divisor = isPower(column.unit) ? READ_UNIT * 3_600n : READ_UNIT;
  const scaled = value * MWH_OF[column.unit] * (isPower(column.unit) ? context.periodSeconds : 1n);
  if (scaled % divisor !== 0n) rounding.rounded += 1;
  const energyMwh = limited(roundHalfEven(scaled, divisor), text, line, column, context);
  return isNegative ? -energyMwh : energyMwh;
}

function limited(energyMwh: bigint, text: string, line: number, column: FigureColumn, context: FigureContext): bigint {
  if (energyMwh <= (column.isRegister ? MAX_REGISTER_MWH : MAX_PERIOD_MWH)) return energyMwh;
  const what = column.isRegister
    ? `${text.slice(0, 40)} ${column.unit} is more than a register shows`
    : `${text.slice(0, 40)} ${column.unit} is more than a gigawatt-hour in one period`;
  throw badData(placeOf(line, column, context), what, 'check the unit in the header');
}

/** Where a figure stands: `own.csv, line 2, column 4 (import kWh)`. */
export function placeOf(
  line: number,
  { position, title }: Pick<FigureColumn, 'position' | 'title'>,
  { file }: Pick<FigureContext, 'file'>,
): string {
  return `${file}, line ${line}, column ${position + 1} (${title.slice(0, 80)})`;
}
