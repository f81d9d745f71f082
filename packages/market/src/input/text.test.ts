import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText } from './text.js';

const TEXT = 'start,ann_load_kWh\n7,0.5\n';
const utf8 = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));
const whatOf = (...bytes: readonly (Uint8Array | readonly number[])[]) =>
  readText(new Uint8Array(bytes.flatMap((part) => [...part]))).fault?.what;

describe('text', () => {
  test('is UTF-8, with or without a byte order mark', () => {
    expect(readText(utf8(TEXT)).value).toBe(TEXT);
    expect(readText(utf8(`\uFEFF${TEXT}`)).value).toBe(TEXT);
    expect(readText(new Uint8Array()).value).toBe('');
  });

  test('is decoded as Node.js does, of any length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = `x${text.replaceAll('\0', '')}`;
        expect(readText(utf8(plain)).value).toBe(Buffer.from(plain, 'utf8').toString('utf8'));
      }),
    );
    const long = 'Grüße, 日本 🌞\n'.repeat(5_000);
    expect(readText(utf8(long)).value).toBe(long);
  });

  test('with any broken byte is refused, as the strict decoder of the platform does', () => {
    const strict = new TextDecoder('utf-8', { fatal: true });
    const isText = (bytes: Uint8Array) => {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (tail) => {
        const bytes = new Uint8Array([0x78, ...tail.map((byte) => byte || 1)]);
        expect(readText(bytes).fault === undefined).toBe(isText(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is no UTF-8 text is told by its name:', () => {
  test.each([
    ['UTF-16, little-endian', whatOf([0xff, 0xfe], Buffer.from(TEXT, 'utf16le')), 'UTF-16 (little-endian)'],
    ['UTF-16, big-endian', whatOf([0xfe, 0xff], Buffer.from(TEXT, 'utf16le').swap16()), 'UTF-16 (big-endian)'],
    ['UTF-16 without a mark', whatOf(Buffer.from(TEXT, 'utf16le')), 'UTF-16 (little-endian)'],
    ['big-endian without a mark', whatOf(Buffer.from(TEXT, 'utf16le').swap16()), 'UTF-16 (big-endian)'],
    ['UTF-32', whatOf([0xff, 0xfe, 0, 0, 0x73, 0, 0, 0]), 'UTF-32'],
    ['Latin-1', whatOf(utf8(TEXT), Buffer.from('Müller', 'latin1')), 'line 3 is not UTF-8: it holds the byte 0xfc'],
    ['zip', whatOf([0x50, 0x4b, 3, 4]), 'ZIP archive, such as an Excel workbook (.xlsx)'],
    ['gzip', whatOf([0x1f, 0x8b, 8]), 'gzip'],
    ['old Excel', whatOf([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'old Excel workbook'],
    ['PDF', whatOf(utf8('%PDF-1.7\n')), 'PDF'],
    ['zeros', whatOf(utf8('start,load\n'), [0, 1, 2]), 'it is no text: byte 12 is zero'],
    ['Green Button', whatOf(utf8('<?xml version="1.0"?><feed xmlns="http://naesb.org/espi">')), 'XML (Green Button)'],
    ['other XML', whatOf(utf8('\n <a>1</a>')), 'it is XML, not CSV'],
    ['a web page', whatOf(utf8('<!DOCTYPE html><html>')), 'web page (HTML)'],
    ['a JSON object', whatOf(utf8(' {"start": 1}')), 'JSON'],
    ['a JSON list', whatOf(utf8('[{"start": 1}]')), 'JSON'],
  ])('%s', (_name, what, part) => {
    expect(what).toContain(part);
  });
});
