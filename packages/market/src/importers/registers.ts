import { formatKwh, MWH_PER_KWH } from '../units.js';
import { badData } from './badData.js';
import type { TrackGap } from './dataFile.js';

/** A register that rolled over stood in the last tenth of its digits and shows less than the first. */
const EDGE_DIVISOR = 10n;

/** What a register showed at the moments of a file. */
export interface RegisterReading {
  readonly file: string;
  /** Of the column, for errors. */
  readonly title: string;
  readonly moments: readonly bigint[];
  readonly lines: readonly number[];
  readonly periodSeconds: bigint;
}

/** What periods add to a register. */
export interface RegisterPeriods {
  /** Of the periods that begin at each moment but the last. */
  readonly energies: readonly (bigint | undefined)[];
  readonly bridged: readonly TrackGap[];
  readonly notes: readonly string[];
}

/**
 * What each period adds to a register: what it shows at the end less what it shows at the beginning, through one return to 0 at its last
 * digit. Where moments are missing, what was counted over them is known and its parts are not. Errors: `badData` for a register that falls
 * otherwise.
 */
export function periodsOfRegister(
  shown: readonly (bigint | undefined)[],
  { file, title, moments, lines, periodSeconds }: RegisterReading,
): RegisterPeriods {
  const energies: (bigint | undefined)[] = moments.slice(0, -1).map(() => undefined);
  const bridged: TrackGap[] = [];
  const notes: string[] = [];
  let before: number | undefined;
  shown.forEach((figure, index) => {
    if (figure === undefined) return;
    if (before !== undefined) {
      const place = `${file}, line ${lines[index]} (${title.slice(0, 80)})`;
      const { energyMwh, isRollover } = difference(shown[before] as bigint, figure, place);
      if (isRollover) notes.push(`${place}: the register began again at 0`);
      const [start, end] = [moments[before] as bigint, moments[index] as bigint];
      if (end - start === periodSeconds) energies[before] = energyMwh;
      else bridged.push({ start, end, energyMwh });
    }
    before = index;
  });
  return { energies, bridged, notes };
}

function difference(before: bigint, after: bigint, place: string): { energyMwh: bigint; isRollover: boolean } {
  if (after >= before) return { energyMwh: after - before, isRollover: false };
  // As many digits before the point as the last figure has.
  const digits = (before / MWH_PER_KWH).toString().length;
  const full = 10n ** BigInt(digits) * MWH_PER_KWH;
  const isRollover = digits >= 3 && full - before <= full / EDGE_DIVISOR && after <= full / EDGE_DIVISOR;
  if (isRollover) return { energyMwh: full - before + after, isRollover };
  throw badData(
    place,
    `the register falls from ${formatKwh(before)} to ${formatKwh(after)} kWh, and not because its digits were used up`,
    'was the meter changed? Cut the file there and give both parts; if figures are those of each period, say --figures periods',
  );
}
