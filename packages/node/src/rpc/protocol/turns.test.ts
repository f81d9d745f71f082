import { expect, test } from 'vitest';
import { Turns } from './turns.js';

test('expensive work gets one turn of the event loop each, in order; what else waits runs in between', async () => {
  const turns = new Turns().of('a client');
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

test('clients take turns, however much one of them asks', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const piece = async (client: string, name: string) => {
    await turns.of(client).next();
    seen.push(name);
  };
  const greedy = [1, 2, 3, 4].map((number) => piece('greedy', `greedy ${number}`));
  await Promise.all([...greedy, piece('modest', 'modest 1'), piece('other', 'other 1'), piece('modest', 'modest 2')]);
  expect(seen).toEqual(['greedy 1', 'modest 1', 'other 1', 'greedy 2', 'modest 2', 'greedy 3', 'greedy 4']);
});

test('who waits no more is forgotten, and the next one is served', async () => {
  const turns = new Turns();
  for (let round = 0; round < 3; round++) await turns.of(`client ${round}`).next();
  const both = ['a', 'b'].map((client) => turns.of(client).next());
  await Promise.all(both);
});
