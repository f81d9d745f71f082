import {
  formatKwh,
  formatRatio,
  formatTokensRounded,
  type IndicatorInfo,
  type PriceFraction,
  type Ratio,
  ratioOf,
} from '@wattchain/market';

/** What stands for a figure that has no value. */
export const NO_VALUE = formatRatio(undefined, 0);
/** Units of money in one of the currency; figures are drawn as floats, never computed from them. */
const MONEY_UNIT = 1e18;
const MWH_PER_KWH = 1e6;
/** Thousands are parted by a narrow blank that does not break, from five digits on. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/g;
const NARROW_BLANK = '\u202f';

/** `-1234567.8` as `−1 234 567.8`. */
export function grouped(digits: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(digits) ?? [];
  const parted = whole.length > 4 ? whole.replace(THOUSANDS, NARROW_BLANK) : whole;
  return `${sign === '' ? '' : '−'}${parted}${rest}`;
}

/** A whole number with all its digits. */
export const integer = (value: bigint | number) => grouped(value.toString());

/** Money in the currency, half to even: two digits as on a bill, four where rules are compared. */
export const money = (units: bigint, digits = 2) => grouped(withoutMinusZero(formatTokensRounded(units, digits)));

/** Money with its sign, for what is more or less than something. */
export function signedMoney(units: bigint, digits = 2): string {
  const text = money(units, digits);
  return /[1-9]/.test(text) && units > 0n ? `+${text}` : text;
}

/** Kilowatt-hours with so many of their six digits, half to even. */
export const kwh = (energyMwh: bigint, digits = 3) =>
  grouped(withoutMinusZero(formatRatio({ numerator: energyMwh, denominator: 1_000_000n }, digits)));

/** All digits of an energy, for tables that are computed with. */
export const exactKwh = (energyMwh: bigint) => formatKwh(energyMwh);

/** Units for 150 Wh as the currency's price of a kilowatt-hour. */
export function pricePerKwh(price: PriceFraction | undefined, digits = 4): string {
  if (price === undefined) return NO_VALUE;
  const { numerator, denominator } = price;
  return formatRatio({ numerator: numerator * 20n, denominator: denominator * 3n * 10n ** 18n }, digits);
}

/** What an energy cost on the average, the currency for a kilowatt-hour; `–` for no energy. */
export function meanPrice(amount: bigint, energyMwh: bigint, digits = 4): string {
  return formatRatio(ratioOf(amount * 1_000_000n, energyMwh * 10n ** 18n), digits);
}

/** A part of a whole in per cent. */
export function percent(part: bigint, whole: bigint, digits = 1): string {
  const share = ratioOf(part * 100n, whole);
  return share === undefined ? NO_VALUE : `${grouped(withoutMinusZero(formatRatio(share, digits)))} %`;
}

/** A decimal text such as `-0.1479` as an exact fraction; `undefined` for none. */
export function decimalRatio(text: string | undefined): Ratio | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text ?? '') ?? [];
  if (whole === '') return undefined;
  return { numerator: BigInt(`${sign}${whole}${fraction}`), denominator: 10n ** BigInt(fraction.length) };
}

const DIGITS: Readonly<Record<IndicatorInfo['unit'], number>> = {
  share: 1,
  money: 4,
  'money/kWh': 4,
  kg: 1,
  ratio: 4,
  kWh: 3,
  'gas/kWh': 0,
  'bytes/kWh': 0,
  'J/kWh': 2,
  s: 0,
};

/** An indicator as tables show it, without its unit but for per cent. */
export function indicatorText(text: string | undefined, unit: IndicatorInfo['unit']): string {
  const ratio = decimalRatio(text);
  if (ratio === undefined) return NO_VALUE;
  if (unit === 'share') return percent(ratio.numerator, ratio.denominator, DIGITS.share);
  return grouped(withoutMinusZero(formatRatio(ratio, DIGITS[unit])));
}

/** The unit of an indicator with the currency's name in it; empty where there is none to name. */
export function unitText(unit: IndicatorInfo['unit'], currency: string): string {
  return unit === 'share' || unit === 'ratio' ? '' : unit.replace('money', currency);
}

/** A time in words of two units: `3 min 12 s`. */
export function duration(seconds: bigint): string {
  const units = [
    [86_400n, 'd'],
    [3_600n, 'h'],
    [60n, 'min'],
    [1n, 's'],
  ] as const;
  const first = units.findIndex(([length]) => seconds >= length);
  if (first < 0) return '0 s';
  let rest = seconds;
  const words = units.slice(first, first + 2).map(([length, word]) => {
    const count = rest / length;
    rest -= count * length;
    return `${count} ${word}`;
  });
  return words.filter((word, index) => index === 0 || !word.startsWith('0 ')).join(' ');
}

/** Millijoules with three digits and a fitting unit. */
export function joules(millijoules: bigint): string {
  const units = ['mJ', 'J', 'kJ', 'MJ', 'GJ', 'TJ'];
  let [divisor, index] = [1n, 0];
  while (millijoules >= divisor * 1000n && index < units.length - 1) {
    divisor *= 1000n;
    index += 1;
  }
  const whole = (millijoules / divisor).toString().length;
  return `${formatRatio({ numerator: millijoules, denominator: divisor }, index === 0 ? 0 : 3 - whole)} ${units[index]}`;
}

/** For drawing only. */
export const drawnMoney = (units: bigint) => Number(units) / MONEY_UNIT;
/** For drawing only. */
export const drawnKwh = (energyMwh: bigint) => Number(energyMwh) / MWH_PER_KWH;
/** For drawing only: the currency for a kilowatt-hour from units for 150 Wh. */
export const drawnPrice = (units: bigint) => (Number(units) * 20) / 3 / MONEY_UNIT;
/** For drawing only. */
export const drawnIndicator = (text: string | undefined) => (text === undefined ? undefined : Number(text));

const withoutMinusZero = (text: string) => (/[1-9]/.test(text) ? text : text.replace('-', ''));
