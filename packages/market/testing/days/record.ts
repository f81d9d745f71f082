/** Days with what the reference says to them, as vectors that need no Python. */
import { playRandomDay } from './play.js';
import { Reference } from './reference.js';
import type { Line, ReferenceAnswer } from './script.js';

/** A line of a day's script and the reference's answer, where it has one. */
export interface RecordedLine {
  readonly line: Line;
  readonly answer?: ReferenceAnswer;
}

/** The days as JSON lines, one for each line of the scripts. */
export async function recordDays(options: {
  readonly days: number;
  readonly seed: number;
  readonly from: number;
  readonly reference: string;
}): Promise<string> {
  const reference = new Reference(options.reference);
  const texts: string[] = [];
  for (let day = options.from; day < options.from + options.days; day++) {
    const { lines } = playRandomDay(options.seed, day);
    const answers = await reference.play(lines);
    for (const line of lines) {
      const hasAnswer = !('day' in line) && !('block' in line);
      const answer = hasAnswer ? answers.shift() : undefined;
      const recorded: RecordedLine = answer === undefined ? { line } : { line, answer };
      texts.push(`${JSON.stringify(recorded)}\n`);
    }
  }
  reference.close();
  return texts.join('');
}

/** The days of such a text. */
export function readDays(text: string): { readonly lines: Line[]; readonly answers: ReferenceAnswer[] }[] {
  const days: { lines: Line[]; answers: ReferenceAnswer[] }[] = [];
  for (const row of text.trim().split('\n')) {
    const { line, answer } = JSON.parse(row) as RecordedLine;
    if ('day' in line) days.push({ lines: [], answers: [] });
    days.at(-1)?.lines.push(line);
    if (answer) days.at(-1)?.answers.push(answer);
  }
  return days;
}
