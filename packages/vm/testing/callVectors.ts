/** Calls of other contracts, and payments. */
import { BOB, CONTRACT, contractWith, OTHER } from './testSupport.js';
import { error, SELECTOR, type Vector, WRITER } from './vector.js';

const MAX = 2n ** 256n - 1n;
const VIEW = error('a view function cannot write, log or pay');

/** What vectors call at OTHER: a function that returns its caller, value and argument times two, and one that writes. */
export const CALLEE = contractWith(
  [
    {
      selector: SELECTOR,
      headWords: 1,
      payable: true,
      lines: [['CALLER'], ['VALUE'], ['PUSH', 0n], ['ARG'], ['PUSH', 2n], ['MUL'], ['RETURN', 3]],
    },
    { selector: WRITER, lines: [['PUSH', 1n], ['PUSH', 0n], ['SSTORE'], ['STOP']] },
  ],
  [],
);

export const CALL_VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  CALL: [
    {
      lines: [
        ['PUSH', BigInt(OTHER)],
        ['PUSH', 10n],
        ['PUSH', 21n],
        ['CALL', SELECTOR, 1, 3],
        ['RETURN', 3],
      ],
      returns: [BigInt(CONTRACT), 10n, 42n],
    },
    {
      lines: [
        ['PUSH', BigInt(OTHER)],
        ['PUSH', 0n],
        ['PUSH', 21n],
        ['CALL', SELECTOR, 1, 2],
        ['RETURN', 2],
      ],
      fails: ['badArguments', error(`3 words returned by ${OTHER}, 2 expected`)],
    },
    {
      lines: [
        ['PUSH', BigInt(OTHER)],
        ['PUSH', 101n],
        ['PUSH', 21n],
        ['CALL', SELECTOR, 1, 3],
        ['RETURN', 3],
      ],
      fails: ['insufficientBalance', error(`${CONTRACT} has 100 wei of 101`)],
    },
    {
      lines: [['PUSH', BigInt(OTHER)], ['PUSH', 0n], ['CALL', 0xdeadbeef, 0, 0], ['STOP']],
      fails: ['noFunction', error(`no function 0xdeadbeef at ${OTHER}`)],
    },
    {
      lines: [['PUSH', BigInt(OTHER)], ['PUSH', 0n], ['CALL', SELECTOR, 0, 3], ['STOP']],
      fails: ['badArguments', error('1 argument words expected, 0 given')],
    },
    {
      lines: [['PUSH', BigInt(BOB)], ['PUSH', 0n], ['CALL', SELECTOR, 0, 0], ['STOP']],
      fails: ['noContract', error(`no contract at ${BOB}`)],
    },
    {
      lines: [['PUSH', BigInt(CONTRACT)], ['PUSH', 0n], ['CALL', SELECTOR, 0, 0], ['STOP']],
      fails: ['reentrancy', error(`${CONTRACT} is on the call stack`)],
    },
    {
      lines: [['PUSH', MAX], ['PUSH', 0n], ['CALL', SELECTOR, 0, 0], ['STOP']],
      fails: ['badArguments', error('CALL of a word that is no address')],
    },
  ],
  CALLVIEW: [
    {
      lines: [
        ['PUSH', BigInt(OTHER)],
        ['PUSH', 21n],
        ['CALLVIEW', SELECTOR, 1, 3],
        ['RETURN', 3],
      ],
      returns: [BigInt(CONTRACT), 0n, 42n],
    },
    {
      lines: [['PUSH', BigInt(OTHER)], ['CALLVIEW', WRITER, 0, 0], ['STOP']],
      fails: ['viewViolation', VIEW],
    },
    {
      lines: [
        ['PUSH', BigInt(OTHER)],
        ['PUSH', 21n],
        ['CALLVIEW', SELECTOR, 1, 2],
        ['RETURN', 2],
      ],
      fails: ['badArguments', error(`3 words returned by ${OTHER}, 2 expected`)],
    },
    {
      lines: [['PUSH', MAX], ['CALLVIEW', SELECTOR, 0, 0], ['STOP']],
      fails: ['badArguments', error('CALL of a word that is no address')],
    },
  ],
  PAY: [
    {
      lines: [
        ['PUSH', BigInt(BOB)],
        ['PUSH', 40n],
        ['PAY'],
        ['SELF'],
        ['BALANCE'],
        ['PUSH', BigInt(BOB)],
        ['BALANCE'],
        ['RETURN', 2],
      ],
      returns: [60n, 40n],
    },
    {
      lines: [['PUSH', BigInt(BOB)], ['PUSH', 101n], ['PAY'], ['STOP']],
      fails: ['insufficientBalance', error(`${CONTRACT} has 100 wei of 101`)],
    },
    {
      lines: [['PUSH', BigInt(OTHER)], ['PUSH', 1n], ['PAY'], ['STOP']],
      fails: ['noFunction', error(`no function was named, and ${OTHER} has no receive`)],
    },
    { lines: [['PUSH', BigInt(BOB)], ['PUSH', 1n], ['PAY'], ['STOP']], view: true, fails: ['viewViolation', VIEW] },
    {
      lines: [['PUSH', MAX], ['PUSH', 1n], ['PAY'], ['STOP']],
      fails: ['badArguments', error('PAY to a word that is no address')],
    },
  ],
};
