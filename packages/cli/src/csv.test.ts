import { expect, test } from 'vitest';
import { csvLine, csvText } from './csv.js';

test.each([
  ['roof 1', 'roof 1'],
  ['a, b', '"a, b"'],
  ['say "yes"', '"say ""yes"""'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@home', "'@home"],
])('%j is the cell %s', (text, cell) => {
  expect(csvText(text)).toBe(cell);
});

test('cells are a line', () => {
  expect(csvLine(['a', '1'])).toBe('a,1\n');
});
