import { WattchainError } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { namesBeginnings, namesEnds } from './ends.js';
import { readHeader, readTable } from './table.js';

const bad = (place: string, what: string) => new WattchainError('badTable', `${place}: ${what}`);
const read = (text: string) => {
  const { header, rows, emptyColumns } = readTable('a.csv', text, bad);
  return { cells: [header, ...rows].map((row) => row.cells.join('|')), emptyColumns };
};

describe('a table', () => {
  test.each([
    ['commas', 'a,b\n1,2\n'],
    ['semicolons', 'a;b\n1;2'],
    ['tabs', 'a\tb\r\n1\t2\r\n'],
    ['blank lines, quotation marks and a byte order mark', '\uFEFF\n"a",b\n\n1,"2"\n\n'],
  ])('is read with %s', (_, text) => {
    expect(read(text)).toEqual({ cells: ['a|b', '1|2'], emptyColumns: 0 });
  });

  test('is separated by what stands most often in the header, outside of quotation marks', () => {
    expect(read('"a;x;y",b\n1,2').cells).toEqual(['a;x;y|b', '1|2']);
    expect(read('a;b\n1,5;2,5').cells).toEqual(['a|b', '1,5|2,5']);
  });

  test('is separated by what a first line for Excel names, which is no row', () => {
    const read = (text: string) => readTable('day.csv', text, (_, what) => new Error(what));
    const table = read('sep=;\r\na,b;c\r\n1,5;2\r\n');
    expect(table).toMatchObject({ separator: ';', header: { line: 2, cells: ['a,b', 'c'] } });
    expect(table.rows).toEqual([{ line: 3, cells: ['1,5', '2'] }]);
    for (const text of ['\uFEFF"sep=;"\na;b\n1;2', 'SEP=\t\na\tb\n1\t2', 'sep=|\na|b\n1|2']) {
      expect(read(text).rows).toEqual([{ line: 3, cells: ['1', '2'] }]);
    }
    expect(read('sep=;x\n1').header.cells).toEqual(['sep=', 'x']);
  });

  test('loses empty last columns, in all lines or in some', () => {
    expect(read('a,b,\n1,2,\n3,4,')).toEqual({ cells: ['a|b', '1|2', '3|4'], emptyColumns: 1 });
    expect(read('a,b\n1,2,,\n3,4')).toEqual({ cells: ['a|b', '1|2', '3|4'], emptyColumns: 2 });
    expect(read('a,b,,\n1,2\n')).toEqual({ cells: ['a|b', '1|2'], emptyColumns: 2 });
  });

  test('keeps a figure beyond the header, and an empty cell below a title', () => {
    expect(read('a,b,\n1,2,3').cells).toEqual(['a|b', '1|2|3']);
    expect(read('a,b\n1,\n').cells).toEqual(['a|b', '1|']);
  });

  test('may be empty; has closed quotation marks and lines of a limited length', () => {
    expect(read('\n\n')).toEqual({ cells: [''], emptyColumns: 0 });
    expect(() => read(`a,b\n1,${'2'.repeat(9_000)}`)).toThrow(
      'a.csv, line 2, column 2: the line is longer than 8192 characters',
    );
    expect(() => read(`a,b\n${'1,'.repeat(9_000)}`)).toThrow('a.csv, line 2, column 8194: the line is longer');
  });

  test.each([
    ['never closed', 'a,"b\n1,2\n3,4', 1],
    ['never closed, in a text that ends with a line', 'a,b\n1,"2\n3,4\n', 2],
    ['closed lines later, by the next that opens', 'a,b\n1,2\n\n3,"4\n5,6\n7,"8"\n', 4],
    ['not closed in as much as a line may have', `a,b\r\n\r\n1,"2\r\n${'3,4\r\n'.repeat(3_000)}`, 3],
    ['within a cell without', 'a,b\n1,2"3\n', 2],
    ['before the end of its cell', 'a,b\n1,"2" 3\n', 2],
  ])('says where the row of a quotation mark begins that is %s', (_, text, line) => {
    expect(() => read(text)).toThrow(`a.csv, line ${line}, column 2: a quotation mark`);
  });

  test("'s header is read alone, of any length", () => {
    const titles = Array.from({ length: 5_000 }, (_, index) => `title ${index}`);
    const text = `sep=;\r\n${titles.join(';')};;\r\n1;"2`;
    expect(readHeader('a.csv', text, bad)).toEqual({ line: 2, cells: titles });
    expect(readHeader('a.csv', '\n', bad).cells).toEqual([]);
    expect(readHeader('a.csv', '\n"a\r\nof two lines",b\n1', bad).cells).toEqual(['a\r\nof two lines', 'b']);
    for (const text of ['\na,"b\n1,2', `\na,"b\n${'1,2\n'.repeat(9_000)}`])
      expect(() => readHeader('a.csv', text, bad)).toThrow('a.csv, line 2, column 2: a quotation mark');
  });
});

test.each([
  'End',
  'end',
  'hour_ending',
  'HourEnding',
  'hour ending (HE)',
  'period_end',
  'periodEnd',
  'bis',
  'until',
  'interval-end',
  'End Time',
  'endtime',
  'datetime_end',
  'Ende',
  'to',
  'HE',
  'timestamp_eop',
  'END_DATE_TIME',
  'closing time',
  'einde',
  'Eindtijd',
  'sluttid',
  'koniec okresu',
  "jusqu'à",
  'hora_fin',
  'horaFim',
  'bitiş',
  'Viertelstundenende',
  'endedAt',
  'timeto',
])('"%s" names the ends of periods', (title) => {
  expect(namesEnds(title)).toBe(true);
});

test.each([
  'start',
  'hour',
  'Hour Beginning',
  'time',
  'timestamp',
  'von',
  'weekend',
  'legend',
  'date',
  'local_time',
  'period',
  'Stunde',
  'calendar',
  'slot',
  'tomorrow',
  '',
])('"%s" does not', (title) => {
  expect(namesEnds(title)).toBe(false);
});

test.each([
  ['start', true],
  ['hour_beginning_PDT', true],
  ['Startzeit', true],
  ['von', true],
  ['début', true],
  ['time', false],
  ['timestamp', false],
  ['einde', false],
])('whether "%s" names the beginnings of periods: %s', (title, expected) => {
  expect(namesBeginnings(title)).toBe(expected);
});
