import { expect, test } from 'vitest';
import { requireReadingRoom } from './readingRoom.js';

const file = (characters: number) => ({ text: '1'.repeat(characters) });

test('files that fit are read, files that together do not are refused with both figures', () => {
  expect(() => requireReadingRoom([file(2_000_000)], 50_000_000)).not.toThrow();
  expect(() => requireReadingRoom([file(1_000_000), file(1_000_001)], 50_000_000)).toThrow(
    'files of 3 MB take about 51 MB of memory to be read, and Node.js may use 50 MB',
  );
});

test('a year of hours fits any Node.js', () => {
  expect(() => requireReadingRoom([file(2_000_000)])).not.toThrow();
});
