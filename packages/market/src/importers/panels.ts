import { badData } from './badData.js';
import { sineAndCosine, toRadians } from './trigonometry.js';
import { hourKey, type WeatherFile, type WeatherHour } from './weather.js';

/** Panels on a roof. */
export interface Panels {
  readonly home: string;
  /** Power under standard test conditions, W. */
  readonly peakW: number;
  /** Degrees from the horizontal. */
  readonly tilt: number;
  /** Degrees from the south: east −90, west 90, north 180. */
  readonly azimuth: number;
  /** Lost in cables, by dirt, shade and mismatch, parts of 100. */
  readonly lossPercent: number;
}

/** Of the alternating current, of what the panels give. */
const INVERTER_EFFICIENCY = 0.96;
/** Of crystalline silicon: less power for each degree above 25 °C. */
const TEMPERATURE_LOSS = 0.004;
/** A cell is so much warmer than the air at 800 W/m²: nominal operating temperature 45 °C less 20 °C. */
const CELL_WARMING = 25;
/** Part of the light that the ground gives back. */
const GROUND_REFLECTION = 0.2;
const SECONDS_PER_DAY = 86_400;
const DAYS_OF_YEAR = 365;
/** Minutes of a radian of the sun's way (Spencer 1971). */
const MINUTES_PER_RADIAN = 229.18;

/**
 * What panels produce in periods, mWh: direct light by the angle of the sun at the middle of the period, diffuse light from all of the sky
 * alike (Liu and Jordan 1960), light from the ground; the sun's place after Spencer (1971); less power in warm cells, losses and the
 * inverter. The hour of the typical year with the same month, day and hour counts; 29 February is the 28th. Computed with +, −, × and ÷
 * alone, so every machine gets the same integers. Modelled, not measured. Errors: `badData` for a period whose weather nobody gives.
 * @param starts meter time
 */
export function panelProduction(
  weather: WeatherFile,
  panels: Panels,
  starts: readonly bigint[],
  periodSeconds: bigint,
): bigint[] {
  const place = sineAndCosine(toRadians(weather.latitude));
  const tilt = sineAndCosine(toRadians(panels.tilt));
  const azimuth = sineAndCosine(toRadians(panels.azimuth));
  return starts.map((start) => {
    const standard = Number(start) + weather.offsetSeconds;
    const date = new Date(standard * 1000);
    const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
    const hour = weather.hours.get(hourKey(month, month === 2 && day === 29 ? 28 : day, date.getUTCHours()));
    if (hour === undefined)
      throw badData(
        'the weather file',
        `it has no weather of month ${month}, day ${day}, hour ${date.getUTCHours()}`,
        'give weather of the whole span',
      );
    const middle = standard + Number(periodSeconds) / 2;
    const sun = sunAt(middle, weather);
    // Height of the sun over the horizon, and its angle to the panels (Duffie and Beckman, equation 1.6.2).
    const height = place.sine * sun.declination.sine + place.cosine * sun.declination.cosine * sun.hour.cosine;
    const angle =
      sun.declination.sine * (place.sine * tilt.cosine - place.cosine * tilt.sine * azimuth.cosine) +
      sun.declination.cosine *
        sun.hour.cosine *
        (place.cosine * tilt.cosine + place.sine * tilt.sine * azimuth.cosine) +
      sun.declination.cosine * tilt.sine * azimuth.sine * sun.hour.sine;
    const direct = height > 0 && angle > 0 ? hour.direct * angle : 0;
    const sky = (hour.diffuse * (1 + tilt.cosine)) / 2;
    const ground = (hour.global * GROUND_REFLECTION * (1 - tilt.cosine)) / 2;
    return energyOf(direct + sky + ground, hour, panels, Number(periodSeconds));
  });
}

function energyOf(irradiance: number, { temperature }: WeatherHour, panels: Panels, seconds: number): bigint {
  const cell = temperature + (irradiance / 800) * CELL_WARMING;
  const warm = 1 - TEMPERATURE_LOSS * (cell - 25);
  const part = ((irradiance / 1_000) * (warm > 0 ? warm : 0) * (100 - panels.lossPercent)) / 100;
  // No inverter gives more than the panels' nominal power.
  const power = panels.peakW * (part * INVERTER_EFFICIENCY < 1 ? part * INVERTER_EFFICIENCY : 1);
  return BigInt(Math.floor((power * seconds * 1_000) / 3_600 + 0.5));
}

/** Declination of the sun and its hour angle at seconds of standard time. */
function sunAt(standardSeconds: number, { longitude, offsetSeconds }: WeatherFile) {
  const yearStart = Date.UTC(new Date(standardSeconds * 1000).getUTCFullYear(), 0, 1) / 1000;
  const sinceNewYear = (standardSeconds - yearStart) / SECONDS_PER_DAY;
  const year = toRadians((360 * sinceNewYear) / DAYS_OF_YEAR);
  const [one, two, three] = [sineAndCosine(year), sineAndCosine(2 * year), sineAndCosine(3 * year)];
  const declination =
    0.006918 -
    0.399912 * one.cosine +
    0.070257 * one.sine -
    0.006758 * two.cosine +
    0.000907 * two.sine -
    0.002697 * three.cosine +
    0.00148 * three.sine;
  const equation =
    MINUTES_PER_RADIAN *
    (0.000075 + 0.001868 * one.cosine - 0.032077 * one.sine - 0.014615 * two.cosine - 0.04089 * two.sine);
  // Four minutes a degree.
  const meridian = offsetSeconds / 240;
  const solarSeconds = (standardSeconds % SECONDS_PER_DAY) + 240 * (longitude - meridian) + 60 * equation;
  return {
    declination: sineAndCosine(declination),
    hour: sineAndCosine(toRadians((solarSeconds / SECONDS_PER_DAY) * 360 - 180)),
  };
}
