import { readDecimal } from '../input/decimal.js';
import { withPlainMinus } from '../input/minus.js';
import { badData } from './badData.js';

/** What a roof sees in an hour. Numbers of floating point: energies are computed from them by +, −, × and ÷ and become integers. */
export interface WeatherHour {
  /** Global and diffuse irradiation on the horizontal, direct irradiation across the beam: Wh/m². */
  readonly global: number;
  readonly direct: number;
  readonly diffuse: number;
  /** °C. */
  readonly temperature: number;
}

/** A typical year's weather at a place, by month, day and hour of its standard time. */
export interface WeatherFile {
  readonly latitude: number;
  /** Degrees, east positive. */
  readonly longitude: number;
  /** Seconds that its standard time is ahead of UTC. */
  readonly offsetSeconds: number;
  /** By {@link hourKey}. */
  readonly hours: ReadonlyMap<number, WeatherHour>;
}

/** @param hour that begins, 0 to 23 */
export const hourKey = (month: number, day: number, hour: number): number => (month * 32 + day) * 24 + hour;

/** Decimals of weather that are read; figures are far coarser. */
const DECIMALS = 12;

/** A figure of a weather file between two limits. Errors: `badData` at the place. */
export function readNumber(place: string, text: string, name: string, least: number, most: number): number {
  const plain = withPlainMinus(text.trim());
  const isNegative = plain.startsWith('-');
  const kind = {
    name,
    decimals: DECIMALS,
    finest: `${name} has at most ${DECIMALS} digits after the point`,
    hasExponents: true,
  };
  const { value, fault } = readDecimal(isNegative ? plain.slice(1) : plain, kind);
  if (fault !== undefined) throw badData(place, fault.what, fault.hint);
  const size = Number(value) / 1e12;
  const number = isNegative ? -size : size;
  if (number >= least && number <= most) return number;
  throw badData(place, `${name} is ${text.slice(0, 40)}`, `it is from ${least} to ${most}`);
}

/** Figures of an hour as a file gives them. */
export interface HourTexts {
  readonly global: string;
  readonly direct: string;
  readonly diffuse: string;
  readonly temperature: string;
}

/** An hour's weather. Errors: `badData` at the place, with the unit. */
export function readHour(place: string, { global, direct, diffuse, temperature }: HourTexts): WeatherHour {
  const irradiation = (text: string, name: string) => readNumber(place, text, `${name} in Wh/m²`, 0, 1_500);
  return {
    global: irradiation(global, 'the global irradiation'),
    direct: irradiation(direct, 'the direct irradiation'),
    diffuse: irradiation(diffuse, 'the diffuse irradiation'),
    temperature: readNumber(place, temperature, 'the temperature in °C', -70, 70),
  };
}
