import { runToEnd } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { CHARACTERS_PER_PIECE } from '../limits.js';
import { parseJson, writeJson } from './json.js';
import { RpcError } from './rpcError.js';

const faultOf = (text: string) => {
  try {
    return parseJson(text, 3);
  } catch (error) {
    expect(error).toBeInstanceOf(RpcError);
    return (error as RpcError).rpcCode;
  }
};

/** What comes in pieces. */
function bufferedOf(written: string | Buffer[]): Buffer[] {
  if (typeof written === 'string') throw new TypeError('it came as one text');
  return written;
}

test('counts arrays and objects together, and no brackets inside of texts', () => {
  expect(faultOf('[{"a":[1]}]')).toEqual([{ a: [1] }]);
  expect(faultOf('[{"a":[[]]}]')).toBe(-32700);
  expect(faultOf(String.raw`["[[[[{{{{", "\"[[[[", "\\"]`)).toEqual(['[[[[{{{{', '"[[[[', '\\']);
  expect(faultOf('[[],[],[],[]]')).toEqual([[], [], [], []]);
});

test('a hundred thousand opening brackets are refused, not parsed', () => {
  expect(faultOf('['.repeat(100_000))).toBe(-32700);
});

test.each(['', '{', 'nothing', '{"a":1}}', '[1,]', '\u0000'])('%j is not JSON', (text) => {
  expect(faultOf(text)).toBe(-32700);
});

test('prototype keys stay plain keys', () => {
  const value = parseJson('{"__proto__":{"polluted":1},"constructor":2}', 3) as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('of a key that comes twice the last counts', () => {
  expect(parseJson('{"method":"a","params":[1],"method":"b"}', 3)).toEqual({ method: 'b', params: [1] });
});

describe('writing', () => {
  const VALUE = {
    number: 1,
    text: 'a "quoted" \u2028 line',
    nothing: null,
    left: undefined,
    empty: [[], {}],
    list: [1, 'two', undefined, { deep: [{ deeper: [true] }] }],
  };

  test.each([VALUE, [], {}, null, 'text', [VALUE, VALUE], { only: undefined }])(
    'is what JSON.stringify writes: %j',
    (value) => {
      expect(runToEnd(writeJson(value, 100_000))).toBe(JSON.stringify(value));
    },
  );

  test('what is short is one text, however deep, and what is long is none', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ row: [i, { deep: [``] }] }));
    expect(runToEnd(writeJson(rows(20), 100_000))).toBe(JSON.stringify(rows(20)));
    const long = bufferedOf(runToEnd(writeJson({ rows: rows(20_000) }, 10_000_000)));
    expect(Buffer.concat(long).toString() === JSON.stringify({ rows: rows(20_000) })).toBe(true);
    expect(Math.max(...long.map(({ length }) => length))).toBeLessThan(2 * CHARACTERS_PER_PIECE);
    expect(() => runToEnd(writeJson(rows(20), 100))).toThrow('has more than 25000000 bytes');
  });

  test('a long text is written in pieces, too', () => {
    const smiles = `x${'\u{1f642}"'.repeat(CHARACTERS_PER_PIECE)}\ud800`;
    const pieces = writeJson({ smiles, list: [smiles] }, 10_000_000);
    let next = pieces.next();
    let rests = 0;
    for (; !next.done; next = pieces.next()) rests += 1;
    expect(rests).toBeGreaterThan(5);
    expect(Math.max(...bufferedOf(next.value).map(({ length }) => length))).toBeLessThan(6 * CHARACTERS_PER_PIECE);
    expect(Buffer.concat(bufferedOf(next.value)).toString() === JSON.stringify({ smiles, list: [smiles] })).toBe(true);
    expect(() => runToEnd(writeJson(smiles, 1_000))).toThrow('has more than 25000000 bytes');
  });

  test('rests between pieces, and stops at the limit before the rest is written', () => {
    const rows = Array.from({ length: 100 }, () => ({ data: 'x'.repeat(10_000), more: [1] }));
    const pieces = writeJson(rows, 10_000_000);
    let rests = 0;
    let next = pieces.next();
    for (; !next.done; next = pieces.next()) rests += 1;
    expect(rests).toBeGreaterThan(10);
    // Nor is it put together or encoded at once.
    expect(Math.max(...bufferedOf(next.value).map(({ length }) => length))).toBeLessThan(2 * CHARACTERS_PER_PIECE);
    let read = 0;
    const counted = Array.from({ length: 100 }, () => ({
      more: [1],
      get data() {
        read += 1;
        return 'x'.repeat(10_000);
      },
    }));
    expect(() => runToEnd(writeJson(counted, 50_000))).toThrow('has more than 25000000 bytes');
    expect(read).toBeLessThan(30);
  });
});
