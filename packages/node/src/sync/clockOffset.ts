/**
 * Median of clock offsets in milliseconds, so that no minority decides; between two opinions the smaller deviation, and none
 * where they contradict each other. `undefined` without any. For warnings; no rule follows it.
 */
export function medianOffsetMs(offsets: readonly number[]): number | undefined {
  const sorted = [...offsets].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) return undefined;
  if (low < 0 !== high < 0) return 0;
  return Math.abs(low) < Math.abs(high) ? low : high;
}
