/** Machine and reference side by side. */
import { brokenInvariant } from './invariants.js';
import type { MachineEntry, PlayedDay } from './play.js';
import { isRuleOf } from './reasons.js';
import type { Act, DayRules, DayStart, Json, Line, ReferenceAnswer, Snapshot } from './script.js';

/** Where a day is otherwise in the machine than in the reference, or a promise is broken. */
export interface Difference {
  /** Of the script. */
  readonly line: number;
  readonly what: string;
}

/** The first difference of a day, if there is one. */
export function differenceOf(
  { lines, answers }: PlayedDay,
  expected: readonly ReferenceAnswer[],
): Difference | undefined {
  const { rules } = lines[0] as DayStart;
  let state: Snapshot = {};
  let place = 0;
  for (const [i, line] of lines.entries()) {
    if ('day' in line || 'block' in line) continue;
    const got = answers[place];
    const wanted = expected[place];
    place += 1;
    if (got === undefined || wanted === undefined) return { line: i, what: 'there is no answer' };
    if ('changed' in wanted) state = { ...state, ...wanted.changed };
    const what =
      'snapshot' in got ? compareStates(rules, got.snapshot, state) : compareAnswers(line as Act, got, wanted);
    if (what !== undefined) return { line: i, what };
  }
  return undefined;
}

function compareStates(rules: DayRules, got: Snapshot, wanted: Snapshot): string | undefined {
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
    const [a, b] = [JSON.stringify(got[key]), JSON.stringify(wanted[key])];
    if (a !== b) return `${key}: the contracts say ${a}, the reference ${b}`;
  }
  return brokenInvariant(rules, got);
}

function compareAnswers({ call }: Act, got: MachineEntry, wanted: ReferenceAnswer): string | undefined {
  if ('taken' in got && 'taken' in wanted) {
    return sameResult(got.taken, wanted.taken) ? undefined : `${call} returned ${got.taken}, not ${wanted.taken}`;
  }
  if ('refused' in got && 'refused' in wanted) {
    if (isRuleOf(got.refused, wanted.refused)) return undefined;
    return `${call} was refused with "${got.refused}", the reference says: ${wanted.refused.join('; ')}`;
  }
  if ('refused' in got) return `${call} was refused with "${got.refused}", the reference takes it`;
  if ('refused' in wanted) return `${call} was taken, the reference says: ${wanted.refused.join('; ')}`;
  return `${call}: answers of another kind`;
}

/** The reference returns what matters, and nothing where there is nothing or only ERC-20's `true`. */
function sameResult(got: Json, wanted: Json | null): boolean {
  return wanted === null ? got === true || (Array.isArray(got) && got.length === 0) : got === wanted;
}

/** The script as far as a line, one act a line, for people. */
export function scriptText(lines: readonly Line[], until: number): string {
  return lines
    .slice(0, until + 1)
    .map((line) => JSON.stringify(line))
    .join('\n');
}
