import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { differenceOf } from '../../testing/days/compare.js';
import { playRandomDay, replay } from '../../testing/days/play.js';
import { readDays } from '../../testing/days/record.js';
import type { Act, Line } from '../../testing/days/script.js';
import { shrink } from '../../testing/days/shrink.js';

const file = new URL('../../../../test/vectors/market/days.jsonl', import.meta.url);
const days = readDays(readFileSync(file, 'utf8'));

it('answers every act of the recorded days as the reference does, and agrees with it after every block', () => {
  const taken = new Set<string>();
  for (const { lines, answers } of days) {
    const played = replay(lines);
    const difference = differenceOf(played, answers);
    expect(difference && { ...difference, day: lines[0] }).toBeUndefined();
    const acts = lines.filter((line) => !('day' in line) && !('block' in line));
    for (const [i, line] of acts.entries()) {
      const answer = played.answers[i];
      if ('call' in line && answer && 'taken' in answer) taken.add(line.call);
    }
  }
  // The days must reach what they are for.
  const ends = days.flatMap(({ answers }) => answers).map((answer) => JSON.stringify(answer));
  for (const call of ['trade.settle', 'trade.refund', 'registry.reportSigned', 'registry.correct', 'bank.applyRates']) {
    expect(taken).toContain(call);
  }
  for (const call of ['council.voteOnKeyChange', 'council.vetoKeyChange', 'trade.applyGridPrice', 'bank.closePayout']) {
    expect(taken).toContain(call);
  }
  expect(ends.filter((text) => text.includes('refused')).length).toBeGreaterThan(200);
});

it('finds a difference of one unit, and says where', () => {
  const [{ lines, answers } = { lines: [], answers: [] }] = days;
  const forged = answers.map((answer) => {
    if (!('changed' in answer) || answer.changed['bank.reserve'] === undefined) return answer;
    const [reserve, ...rest] = answer.changed['bank.reserve'] as readonly string[];
    return { changed: { ...answer.changed, 'bank.reserve': [String(BigInt(reserve ?? 0) + 1n), ...rest] } };
  });
  expect(differenceOf(replay(lines), forged)?.what).toMatch(/^bank\.reserve: the contracts say/);
  const other = answers.map((answer) => ('taken' in answer ? { refused: ['another price'] } : answer));
  expect(differenceOf(replay(lines), other)?.what).toMatch(/was taken, the reference says: another price$/);
});

it('makes the same day of the same seed and number', () => {
  const [first, again, other] = [playRandomDay(9, 4), playRandomDay(9, 4), playRandomDay(9, 5)];
  expect(again).toEqual(first);
  expect(other.lines).not.toEqual(first.lines);
});

it('finds the few acts that show a difference', async () => {
  const { lines } = playRandomDay(9, 6);
  const isAttest = (line: Line): line is Act => 'call' in line && line.call === 'bank.attest';
  const wanted = lines.filter(isAttest).slice(-1);
  expect(wanted).toHaveLength(1);
  const short = await shrink(lines, async (shorter) => wanted.every((act) => shorter.includes(act)));
  expect(short.filter((line) => 'call' in line)).toEqual(wanted);
});
