/** A short day that still shows what a long one showed. */
import type { Line } from './script.js';

/** Plays of a day that are worth finding a shorter one. */
const MOST_TRIES = 300;

/** The script with as many acts and blocks left out as can be without `isBad` becoming false. */
export async function shrink(
  script: readonly Line[],
  isBad: (lines: readonly Line[]) => Promise<boolean>,
): Promise<readonly Line[]> {
  let lines = script;
  let tries = 0;
  for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 1; from < lines.length && tries < MOST_TRIES; ) {
      const shorter = without(lines, from, size);
      tries += 1;
      if (shorter.length < lines.length && (await isBad(shorter))) lines = shorter;
      else from += size;
    }
  }
  return lines.filter((line, i) => !('block' in line) || !isEmptyBlock(lines, i));
}

/** Leaves out acts and comparisons of a stretch; times of blocks stay, since later acts have them. */
function without(lines: readonly Line[], from: number, size: number): readonly Line[] {
  return lines.filter((line, i) => i < from || i >= from + size || 'day' in line || 'block' in line);
}

function isEmptyBlock(lines: readonly Line[], i: number): boolean {
  const next = lines[i + 1];
  return next === undefined || 'block' in next;
}
