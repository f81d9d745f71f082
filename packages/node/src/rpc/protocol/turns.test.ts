import { expect, test } from 'vitest';
import { Turns } from './turns.js';

test('expensive work gets one turn of the event loop each, in order; what else waits runs in between', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const piece = async (name: string) => {
    await turns.next();
    seen.push(name);
  };
  const pieces = ['first', 'second', 'third'].map(piece);
  const others = (count: number): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        seen.push('other');
        resolve(count > 1 ? others(count - 1) : undefined);
      });
    });
  await Promise.all([...pieces, others(2)]);
  expect(seen).toEqual(['first', 'other', 'second', 'other', 'third']);
  await piece('later');
  expect(seen.at(-1)).toBe('later');
});
