import type { Outcome } from '@wattchain/core';
import { withPlainMinus } from './minus.js';
import { type Slip, shown } from './slip.js';

/** Most characters of a figure: 2^128 with eighteen decimals has fifty-eight. */
const MAX_CHARACTERS = 80;
/** Largest power of ten of an exponent. */
const MAX_EXPONENT = 40;
/** Marks that people write between thousands. */
const GROUPING = String.raw`[ .,'’\u00a0\u202f]`;
/** Signs that say nothing: a plus, and the minus before a zero that tools write (`-0.0`). */
const EMPTY_SIGN = /^(?:\+(?=[.,]?\d)|-(?=(?:0+(?:[.,]0+)?|[.,]0+)(?:[eE][+-]?\d{1,4})?$))/;
/** A point at the beginning has a 0 before it that is not written. */
const PLAIN = /^(?=[.,]?\d)(\d*)(?:[.,](\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
/** One comma before three digits: a fraction to some, thousands to others. No group of thousands begins with 0. */
const AMBIGUOUS = /^[1-9]\d{0,2},\d{3}$/;
const GROUPED = new RegExp(String.raw`^\d{1,3}(?:${GROUPING}\d{3})+(?:[.,]\d+)?$`);

/** What a figure is, for its errors. */
export interface DecimalKind {
  /** With its unit and article: `an energy in kWh`. */
  readonly name: string;
  /** Digits after the point that a smallest unit leaves room for. */
  readonly decimals: number;
  /** Why there is no room for more. */
  readonly finest: string;
  /** Whether tools write such figures with exponents (`1e-05`); amounts of money are typed by people, and `1e18` is a slip. */
  readonly hasExponents: boolean;
  /** Whether the file's other figures show that its commas are decimal signs: see {@link hasDecimalCommas}. */
  readonly hasDecimalCommas?: boolean;
}

/**
 * The number of smallest units that a figure stands for, exactly: digits with at most one decimal point or comma, where tools write
 * them also with an exponent (`1e-05`). What could mean two numbers (`1,500`) is refused with both, never guessed.
 */
export function readDecimal(text: string, kind: DecimalKind): Outcome<bigint, Slip> {
  const figure = withPlainMinus(text.trim()).replace(EMPTY_SIGN, '');
  const slip = slipOf(figure, kind);
  if (slip !== undefined) return { fault: slip };
  const [, whole = '', fractionText = '', exponentText = '0'] = PLAIN.exec(figure) ?? [];
  const exponent = Number(exponentText);
  const digits = (whole + fractionText).replace(/^0+(?=\d)/, '');
  // The decimal point stands so many digits from the right end.
  const scale = fractionText.length - exponent;
  const needed = digits === '0' || /^0*$/.test(digits) ? 0 : scale - trailingZeros(digits);
  if (needed > kind.decimals) {
    return {
      fault: {
        what: `${shown(figure)} has ${needed} digits after the point`,
        hint: `${kind.finest}; round it before you enter it`,
      },
    };
  }
  const shift = kind.decimals - scale;
  const value = BigInt(digits === '' ? '0' : digits);
  return { value: shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift) };
}

const trailingZeros = (digits: string) => digits.length - digits.replace(/0+$/, '').length;

function slipOf(figure: string, { name, hasExponents, hasDecimalCommas }: DecimalKind): Slip | undefined {
  const example = 'write digits with at most one point, for example 1.071612';
  if (figure === '')
    return {
      what: `there is no figure where ${name} belongs`,
      hint: 'every figure is needed; write 0 only where it was 0',
    };
  if (/^-[.,]?\d/.test(figure))
    return {
      what: `${shown(figure)} is negative`,
      hint: `${name} is at least 0; a net figure is split into its two parts`,
    };
  if (/^[+-]?(nan|inf(inity)?|n\/?a|null|none|-)$/i.test(figure))
    return { what: `${shown(figure)} is not a number`, hint: 'fill the gap from where the figures come' };
  if (figure.length > MAX_CHARACTERS)
    return { what: `${shown(figure)} … has ${figure.length} characters`, hint: `at most ${MAX_CHARACTERS}` };
  if (hasDecimalCommas !== true && AMBIGUOUS.test(figure)) return twoReadings(figure);
  const plain = PLAIN.exec(figure);
  if (plain === null || (plain[3] !== undefined && !hasExponents))
    return GROUPED.test(figure) ? twoReadings(figure) : { what: `${shown(figure)} is not ${name}`, hint: example };
  if (Math.abs(Number(plain[3] ?? 0)) > MAX_EXPONENT)
    return { what: `the exponent of ${shown(figure)} is beyond ${MAX_EXPONENT}`, hint: example };
  return undefined;
}

/** A figure with a mark that may stand between thousands or before the fraction. */
function twoReadings(figure: string): Slip {
  const marks = new RegExp(GROUPING, 'g');
  const last = /[.,](\d+)$/.exec(figure);
  const kinds = new Set(figure.match(marks));
  const isFraction = last !== null && (kinds.size > 1 || last[1]?.length !== 3);
  const whole = isFraction ? figure.slice(0, last.index) : figure;
  const thousands = whole.replace(marks, '') + (isFraction ? `.${last[1]}` : '');
  const [first = '', ...rest] = figure.split(marks);
  return {
    what: `${shown(figure)} can be ${thousands} or ${first}.${rest.join('')}`,
    hint: 'write it with a point before the fraction and nothing between thousands',
  };
}

/**
 * Whether the commas in a file's figures are surely decimal signs: one of them can be nothing else (`0,5`, `12,25`), and no figure
 * has a point.
 */
export function hasDecimalCommas(figures: Iterable<string>): boolean {
  let isShown = false;
  for (const figure of figures) {
    if (figure.includes('.')) return false;
    if (!figure.includes(',')) continue;
    if (!PLAIN.test(figure)) return false;
    isShown ||= !AMBIGUOUS.test(figure);
  }
  return isShown;
}
