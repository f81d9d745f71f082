import { expect, test } from 'vitest';
import { parseJson } from './json.js';
import { RpcError } from './rpcError.js';

const faultOf = (text: string) => {
  try {
    return parseJson(text, 3);
  } catch (error) {
    expect(error).toBeInstanceOf(RpcError);
    return (error as RpcError).rpcCode;
  }
};

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
