/** Fewer figures may grow by chance. */
const FEWEST = 12;

/** A register that was reset, rolled over or changed begins again at less than this part of what it showed. */
const RESET_DIVISOR = 10n;

/**
 * Whether figures look like the register of a meter, which counts on, rather than the energy of each period: they never fall, but once
 * to begin again at little, grow in a quarter of the periods or more, and are never small beside their growth.
 */
export function looksCumulative(figures: readonly bigint[]): boolean {
  const steps = figures.slice(1).map((figure, index) => figure - (figures[index] ?? 0n));
  const falls = steps.flatMap((step, index) => (step < 0n ? [index] : []));
  const [fall] = falls;
  const before = fall === undefined ? figures : figures.slice(0, fall + 1);
  const [first, last] = [before[0] ?? 0n, before.at(-1) ?? 0n];
  const isOneRegister = fall === undefined || (falls.length === 1 && isReset(figures.slice(fall + 1), last));
  const isGrowing = steps.filter((step) => step > 0n).length * 4 >= steps.length;
  return figures.length >= FEWEST && isOneRegister && isGrowing && first > 0n && first >= last - first;
}

/** Whether figures count on from little beside what the register showed last. */
function isReset(after: readonly bigint[], last: bigint): boolean {
  const end = after.at(-1) ?? 0n;
  return end * RESET_DIVISOR < last;
}
