/** Fewer figures may grow by chance. */
const FEWEST = 12;

/**
 * Whether figures look like the register of a meter, which counts on, rather than the energy of each period: they never fall, grow in a
 * quarter of the periods or more, and are never small beside their growth.
 */
export function looksCumulative(figures: readonly bigint[]): boolean {
  const [first, last] = [figures[0] ?? 0n, figures.at(-1) ?? 0n];
  const steps = figures.slice(1).map((figure, index) => figure - (figures[index] ?? 0n));
  const isGrowing = steps.every((step) => step >= 0n) && steps.filter((step) => step > 0n).length * 4 >= steps.length;
  return figures.length >= FEWEST && isGrowing && first > 0n && first >= last - first;
}
