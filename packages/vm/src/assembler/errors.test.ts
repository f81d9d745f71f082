import { WattchainError } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TOKEN } from '../../testing/token.js';
import { assemble } from './index.js';
import { MNEMONICS } from './mnemonics.js';

/** What `assemble` says about a source, or an empty text when it has nothing to say. */
function errorOf(source: string): { text: string; line: unknown; column: unknown } {
  try {
    assemble(source, 'token.wca');
    return { text: '', line: 0, column: 0 };
  } catch (error) {
    if (!(error instanceof WattchainError) || error.code !== 'assembly') throw error;
    return { text: error.message, line: error.values.line, column: error.values.column };
  }
}

/** Declarations, then a function `f(uint256 amount, address[] list) returns (uint256)` with that body from line 9 on. */
function inFunction(body: string): string {
  return `.contract Token
.const UNIT = 10
.slot bank
.map balances
.event Moved(address indexed to, uint256 amount)
.error TooMuch(uint256 amount)
.macro addTo map
key $map sstore .end
.function f(uint256 amount, address[] list) returns (uint256)
${body}`;
}

const IN_CONTRACT = (declaration: string) => `.contract Token\n${declaration}\n.function f()\nstop`;

/** Sources with one mistake each, and where it is. */
const MISTAKES: readonly [kind: string, source: string, line: number, column: number][] = [
  ['unknown subroutine', inFunction('callsub nothing'), 10, 9],
  ['subroutine without counts', '.contract Token\n.subroutine twice\n retsub', 2, 18],
  ['subroutine twice', '.contract Token\n.subroutine a takes 0 gives 0\n retsub\n.subroutine a takes 0 gives 0', 4, 13],
  ['receive with arguments', '.contract Token\n.receive(uint256 a)\n stop', 2, 9],
  ['subroutines alone', '.contract Token\n.subroutine a takes 0 gives 0\n retsub', 3, 8],
  ['subroutine that runs on', '.contract Token\n.subroutine a takes 0 gives 1\n push 1\n.function f()\n stop', 3, 2],
  ['retsub in a function', inFunction('retsub'), 10, 1],
  [
    'subroutine that gives too much',
    '.contract Token\n.subroutine a takes 0 gives 1\n push 1 push 2 retsub\n.function f()\n stop',
    3,
    16,
  ],
  ['character', inFunction('push 1 # comment'), 10, 8],
  ['unclosed text', inFunction('require "no'), 10, 9],
  ['lone surrogate', inFunction('fail "\ud83d"'), 10, 6],
  ['escape', inFunction('fail "a\\n"'), 10, 6],
  ['number form', inFunction('push 12ab'), 10, 6],
  ['number too large', inFunction(`push ${2n ** 256n}`), 10, 6],
  ['long name', inFunction(`push ${'x'.repeat(101)}`), 10, 6],
  ['no contract line', '.slot bank', 1, 1],
  ['empty file', '', 1, 1],
  ['no function', '.contract Token', 1, 16],
  ['two contracts', '.contract A\n.contract B', 2, 1],
  ['unknown directive', IN_CONTRACT('.slto bank'), 2, 1],
  ['instruction outside a function', IN_CONTRACT('push 1'), 2, 1],
  ['local outside a function', IN_CONTRACT('.local x'), 2, 1],
  ['stray end', IN_CONTRACT('.end'), 2, 1],
  ['declared twice', IN_CONTRACT('.slot bank\n.const bank = 1'), 3, 8],
  ['slot named as a mnemonic', IN_CONTRACT('.slot time'), 2, 7],
  ['constant without a value', IN_CONTRACT('.const A ='), 2, 11],
  ['constant of an unknown one', IN_CONTRACT('.const UNIT = 1\n.const A = 2 * UNTI'), 3, 16],
  ['constant overflow', IN_CONTRACT(`.const A = ${2n ** 255n} * 2`), 2, 90],
  ['more behind a declaration', IN_CONTRACT('.slot bank 7'), 2, 12],
  ['event type', IN_CONTRACT('.event E(string text)'), 2, 10],
  ['unknown type', IN_CONTRACT('.event E(int256 delta)'), 2, 10],
  ['list of fixed length', '.contract Token\n.function f(uint256[3] x)\nstop', 2, 21],
  ['argument without a name', '.contract Token\n.function f(address)\nstop', 2, 20],
  ['argument twice', '.contract Token\n.function f(bool a, bool a)\nstop', 2, 26],
  ['four indexed', IN_CONTRACT('.event E(bool indexed a, bool indexed b, bool indexed c, bool indexed d)'), 2, 8],
  ['function word', '.contract Token\n.function f() veiw\nstop', 2, 15],
  ['view and payable', '.contract Token\n.function f() view payable\nstop', 2, 20],
  ['string argument', '.contract Token\n.function f(string s)\nstop', 2, 13],
  ['same function', '.contract Token\n.function f(bool a)\nstop\n.function f(bool b)\nstop', 4, 11],
  ['two constructors', '.contract Token\n.constructor()\nstop\n.constructor(bool b)\nstop', 4, 1],
  ['unclosed macro', '.contract Token\n.macro m\npush 1\n.function f()\nstop', 4, 1],
  ['unknown macro parameter', IN_CONTRACT('.macro m slot\npush $slto\n.end'), 3, 6],
  ['parameter outside a macro', inFunction('push $amount'), 10, 6],
  ['unknown mnemonic', inFunction('push 1 ad'), 10, 8],
  ['unknown mnemonic near a macro', inFunction('push 1 adTo balances'), 10, 8],
  ['missing operand', inFunction('push'), 10, 5],
  ['unknown constant', inFunction('push UNTI'), 10, 6],
  ['argument as constant', inFunction('push amount'), 10, 6],
  ['local as constant', inFunction('.local total\npush total'), 11, 6],
  ['operand out of range', inFunction('push 1 dup 0'), 10, 12],
  ['unknown argument', inFunction('arg amuont'), 10, 5],
  ['list as argument', inFunction('arg list'), 10, 5],
  ['argument as list', inFunction('listlen amount'), 10, 9],
  ['unknown local', inFunction('.local total\nlget totl'), 11, 6],
  ['local twice', inFunction('.local total\n.local total'), 11, 8],
  ['too many locals', inFunction(`.local ${Array.from({ length: 65 }, (_, i) => `l${i}`).join(' ')}`), 10, 254],
  ['unknown slot', inFunction('sload bnak'), 10, 7],
  ['map as slot', inFunction('sload balances'), 10, 7],
  ['slot as map', inFunction('push 1 key bank'), 10, 12],
  ['unknown event', inFunction('log Movd'), 10, 5],
  ['unknown error', inFunction('revert TooMcuh'), 10, 8],
  ['call of a list', inFunction('call g(uint256[]) 0'), 10, 15],
  ['call of a string', inFunction('call g(string) 0'), 10, 8],
  ['long text', inFunction('fail "abcdefghijklmnopqrstuvwxyz0123456"'), 10, 6],
  ['string where none is returned', inFunction('return_string "a"'), 10, 15],
  ['wrong number of results', inFunction('push 1 push 2 return 2'), 10, 15],
  ['stop with results', inFunction('stop'), 10, 1],
  ['write in a view', '.contract Token\n.slot a\n.function f() view\npush 1 sstore a stop', 4, 8],
  ['unknown label', inFunction('loop: jump lop'), 10, 12],
  ['label twice', inFunction('loop: push 1\nloop: return 1'), 11, 1],
  ['label at the end', inFunction('jump out\nout:'), 11, 1],
  ['running past the end', inFunction('push 1'), 10, 1],
  ['no body', '.contract Token\n.function f()', 2, 11],
  ['macro operands', inFunction('push 1 addTo'), 10, 8],
  ['macro that uses itself', '.contract Token\n.macro m\nm\n.end\n.function f()\nm stop', 3, 1],
  ['stack too low', inFunction('push 1 add return 1'), 10, 8],
  ['stack too low in a macro', inFunction('push 1 addTo balances\npush 1 return 1'), 8, 10],
  ['two stack heights', inFunction('push 1 jumpif on push 1\non: push 1 return 1'), 11, 5],
  ['entry outside raw code', inFunction('.entry 1 2'), 10, 1],
  ['entry without instructions', '.contract Raw\n.code\n.entry 0x01 0', 3, 1],
  ['same selector', '.contract Raw\n.code\n.entry 1 0\nstop\n.entry 1 0\nstop', 5, 1],
  ['raw code past the end', '.contract Raw\n.code\n.entry 1 0\npush 1', 4, 1],
];

describe('errors', () => {
  test.each(MISTAKES)('%s', (_kind, source, line, column) => {
    const error = errorOf(source);
    expect(error.text).toMatchSnapshot();
    expect([error.line, error.column]).toEqual([line, column]);
  });

  test('the code may not outgrow its limit', () => {
    const source = inFunction(`${'push 1 pop\n'.repeat(8000)}push 1 return 1`);
    expect(errorOf(source).text).toContain('the code is larger than 31744 bytes here');
  });

  test('macros may not grow without end, in depth or in width', () => {
    const chain = (count: number, use: (inner: string) => string) =>
      `.macro m0\n.end\n${Array.from({ length: count }, (_, i) => `.macro m${i + 1}\n${use(`m${i}`)}\n.end`).join('\n')}`;
    const deep = `.contract T\n${chain(40, (inner) => inner)}\n.function f()\nm40 stop`;
    expect(errorOf(deep).text).toContain('more than 32 macros in macros');
    const wide = `.contract T\n${chain(30, (inner) => `${inner}\n`.repeat(4))}\n.function f()\nm30 stop`;
    expect(errorOf(wide).text).toContain('the macros expand to more than 200000 words');
  });

  test('a source has a limit, a long line is cut around the mistake', () => {
    expect(errorOf(';'.repeat(1_000_001)).text).toBe(
      'token.wca: the source has 1000001 characters, at most 1000000 are allowed',
    );
    const { text } = errorOf(inFunction(`${'push 1 '.repeat(500)}ad`));
    const [, excerpt, caret] = text.split('\n');
    expect(excerpt?.length).toBeLessThan(140);
    expect(excerpt?.slice(caret?.indexOf('^'))).toBe('ad');
  });

  test('control characters of a source do not reach the terminal', () => {
    expect(errorOf(inFunction('\u001b[31m')).text).not.toContain('\u001b');
    expect(errorOf(inFunction('push "\u001b[31m"')).text).not.toContain('\u001b');
  });
});

describe('any text assembles or fails with an assembly error', () => {
  const fails = (source: string) => void errorOf(source);

  test('random characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fails));
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 10 }), (units) => {
        fails(inFunction(`fail "${String.fromCharCode(...units)}"`));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => fails(`.contract T\n.code\n${text}`)),
    );
  });

  test('random words of the language', () => {
    const words = [
      ...MNEMONICS,
      ...[
        '.const',
        '.slot',
        '.map',
        '.event',
        '.error',
        '.macro',
        '.end',
        '.constructor',
        '.function',
        '.code',
        '.entry',
      ],
      ...[
        '.local',
        '(',
        ')',
        ',',
        '=',
        '*',
        '+',
        '[',
        ']',
        '\n',
        '\n',
        '\n',
        'a',
        'b',
        '$a',
        'a:',
        'b:',
        '0',
        '1',
        '2',
        '300',
      ],
      ...['"text"', 'address', 'uint256', 'bool', 'string', 'indexed', 'view', 'payable', 'returns', 'constructor'],
    ];
    const source = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => list.join(' '));
    fc.assert(
      fc.property(source, (text) => {
        fails(`.contract T\n${text}`);
        fails(`.contract T\n.slot a\n.map b\n.function f(uint256 a, bool[] b) returns (uint256)\n${text}`);
        fails(`.contract T\n.macro m a\n${text}\n.end\n.code\n.entry 1 1\nm 1 stop`);
      }),
      { numRuns: 1000 },
    );
  });

  test('a good source with words left out, doubled or exchanged', () => {
    const words = TOKEN.split(/(?<=\s)/);
    const index = fc.nat(words.length - 1);
    fc.assert(
      fc.property(index, index, fc.constantFrom('drop', 'double', 'exchange'), (i, j, change) => {
        const changed = [...words];
        const other = words[j] as string;
        if (change === 'drop') changed.splice(i, 1);
        else if (change === 'double') changed.splice(i, 0, other);
        else [changed[i], changed[j]] = [other, words[i] as string];
        fails(changed.join(''));
      }),
      { numRuns: 500 },
    );
  });
});
