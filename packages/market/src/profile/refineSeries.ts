import { sha256, textToBytes, WattchainError } from '@wattchain/core';
import type { HomeProfile } from './dayProfile.js';
import type { CommunitySeries, SeriesPeriod } from './parseSeries.js';

/** How a period's energy is spread over finer ones: by drawn weights, or evenly. */
export type Refinement = { readonly seed: number } | 'even';

/** Weights are drawn evenly from here on, over 256 numbers: loads jump, production does not. */
const LEAST_LOAD_WEIGHT = 32n;
const LEAST_PRODUCTION_WEIGHT = 192n;

/**
 * The same community in shorter periods. What each home uses and produces in a period is spread over its parts by weights that are drawn
 * from the seed (a model: nobody measured it) or evenly, and sums to the period's energy exactly. Rates hold in all parts.
 * @param parts periods that each one becomes
 * @throws WattchainError `badResolution` where a period has no such parts of whole seconds
 */
export function refineSeries(series: CommunitySeries, parts: number, how: Refinement): CommunitySeries {
  const { periodSeconds, periods, homes, rates } = series;
  const step = parts < 1 ? 0n : periodSeconds / BigInt(parts);
  if (step === 0n || step * BigInt(parts) !== periodSeconds || step % 60n !== 0n)
    throw new WattchainError('badResolution', `periods of ${periodSeconds} s have no ${parts} parts of whole minutes`, {
      values: { periodSeconds, parts },
      hint: 'choose a length that divides the period’s',
    });
  return {
    ...series,
    periodSeconds: step,
    periods: periods.flatMap((period) => partsOf(period, parts, step)),
    homes: homes.map((home, index) => refineHome(home, index, parts, how)),
    rates: rates.map((rate) => ({ ...rate, values: repeated(rate.values, parts) })),
  };
}

/** Each value so many times. */
export function repeated<T>(values: readonly T[], parts: number): T[] {
  return values.flatMap((value) => Array.from({ length: parts }, () => value));
}

function partsOf({ start, label, date }: SeriesPeriod, parts: number, step: bigint): SeriesPeriod[] {
  const [hours = '0', minutes = '0'] = label.split(':');
  const begins = Number(hours) * 60 + Number(minutes);
  return Array.from({ length: parts }, (_, part) => {
    const minute = begins + part * Number(step / 60n);
    const two = (value: number) => String(value).padStart(2, '0');
    return { start: start + BigInt(part) * step, label: `${two(Math.floor(minute / 60))}:${two(minute % 60)}`, date };
  });
}

function refineHome(
  { name, producedMwh, consumedMwh }: HomeProfile,
  home: number,
  parts: number,
  how: Refinement,
): HomeProfile {
  const refine = (values: readonly bigint[], column: string, least: bigint) =>
    values.flatMap((energy, period) =>
      spread(
        energy,
        how === 'even' ? evenWeights(parts) : drawnWeights(`${how.seed} ${home} ${column} ${period}`, parts, least),
      ),
    );
  return {
    name,
    producedMwh: refine(producedMwh, 'production', LEAST_PRODUCTION_WEIGHT),
    consumedMwh: refine(consumedMwh, 'load', LEAST_LOAD_WEIGHT),
  };
}

const evenWeights = (parts: number): bigint[] => Array.from({ length: parts }, () => 1n);

function drawnWeights(text: string, parts: number, least: bigint): bigint[] {
  const weights: bigint[] = [];
  for (let block = 0; weights.length < parts; block++)
    for (const byte of sha256(textToBytes(`refine ${text} ${block}`))) weights.push(least + BigInt(byte));
  return weights.slice(0, parts);
}

/** Parts by weight that sum to the whole: differences of what is spread up to each of them. */
function spread(energy: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  let [before, done] = [0n, 0n];
  return weights.map((weight) => {
    before += weight;
    const upTo = (energy * before) / sum;
    const part = upTo - done;
    done = upTo;
    return part;
  });
}
