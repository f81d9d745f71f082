import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourcePlaces } from './refusal.js';

/** The place of `part` in a text, as solc writes it. */
function srcOf(text: string, part: string, file = 0): { src: string } {
  const at = text.indexOf(part);
  assert(at >= 0, `"${part}" is in the text`);
  return { src: `${Buffer.byteLength(text.slice(0, at))}:${Buffer.byteLength(part)}:${file}` };
}

/** The lines of a refusal of `part`. */
function refusalLines(text: string, part: string): string[] {
  const places = new SourcePlaces([{ name: 'rules/market.sol', text }]);
  return places.refusal(srcOf(text, part), 'what is wrong', 'what to write').message.split('\n');
}

/** What the carets of a refusal stand under. */
function marked(lines: readonly string[]): string {
  const rows = lines.filter((line) => line.includes(' | '));
  const [text = '', carets = ''] = rows.map((line) => line.slice(line.indexOf(' | ') + 3));
  const start = carets.indexOf('^');
  return [...text].slice(start, start + [...carets.slice(start)].length).join('');
}

describe('a refusal', () => {
  it('looks as solc’s errors do, with what to do instead', () => {
    const text = 'contract C {\n  function f() public { selfdestruct(payable(msg.sender)); }\n}\n';
    const error = new SourcePlaces([{ name: 'rules/market.sol', text }]).refusal(
      srcOf(text, 'selfdestruct(payable(msg.sender))'),
      'contracts stay',
      'let a flag close the contract',
    );
    expect(error.message).toBe(
      [
        'Error: contracts stay',
        ' --> rules/market.sol:2:25:',
        '  |',
        '2 |   function f() public { selfdestruct(payable(msg.sender)); }',
        '  |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
        '  = instead: let a flag close the contract',
      ].join('\n'),
    );
    expect(error.code).toBe('solidity');
    expect(error.hint).toBe('let a flag close the contract');
    expect(error.values).toEqual({ file: 'rules/market.sol', line: 2, column: 25, reason: 'contracts stay' });
  });

  it.each([
    ['letters of several bytes', 'string s = unicode"für Zoë"; tx.origin;', 1, 30],
    ['characters beyond 16 bits', '/* 🔌⚡🏠 */ tx.origin;', 1, 11],
    ['tabs', '\t\tx = tx.origin;', 1, 7],
    ['lines that end with carriage returns too', 'a;\r\nb;\r\n  tx.origin;\r\n', 3, 3],
    ['a lone carriage return, which ends no line', 'a; \r  tx.origin;\n', 1, 7],
    ['the last line, unfinished', 'a;\n\n\ntx.origin', 4, 1],
    ['a byte order mark', '\ufefftx.origin;', 1, 2],
    ['marks that turn text around', 'a = "\u202e"; tx.origin;', 1, 10],
  ])('finds its place behind %s', (_, text, line, column) => {
    const lines = refusalLines(text, 'tx.origin');
    expect(lines[1]?.trim()).toBe(`--> rules/market.sol:${line}:${column}:`);
    expect(marked(lines)).toBe('tx.origin');
  });

  it('of what goes over several lines marks the first', () => {
    const text = 'f(\r\n  1,\r\n  2\r\n);';
    expect(marked(refusalLines(text, text))).toBe('f(');
    expect(marked(refusalLines('x; assembly {\n}\n', 'assembly {\n}'))).toBe('assembly {');
  });

  it('of what is empty marks one place', () => {
    const places = new SourcePlaces([{ name: 'a.sol', text: '' }]);
    expect(places.of({ src: '0:0:0' })).toEqual({ source: 0, line: 1, column: 1, length: 1 });
  });

  it('names the file that the node is in', () => {
    const [first, second] = ['contract A {}\n', '\n\n  tx.origin'];
    const places = new SourcePlaces([
      { name: 'a.sol', text: first },
      { name: 'b.sol', text: second },
    ]);
    expect(places.of(srcOf(second, 'tx.origin', 1))).toEqual({ source: 1, line: 3, column: 3, length: 9 });
  });

  it('marks what it is about, whatever stands before it', () => {
    const before = fc.array(fc.constantFrom('a', ' ', '\t', '\n', '\r\n', 'é', '€', '🔋', '\u200b', '"'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(before, before, (head, tail) => {
        const text = `${head.join('')}tx.origin${tail.join('')}`;
        const lines = refusalLines(text, 'tx.origin');
        expect(marked(lines)).toBe('tx.origin');
        const lineOfIt = text.slice(0, text.indexOf('tx.origin')).split('\n').length;
        expect(lines[1]).toContain(`:${lineOfIt}:`);
      }),
    );
  });
});
