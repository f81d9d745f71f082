/** Memory, subroutines and signatures. Hashes, events and signatures come from viem. */
import { type Hex, hashMessage, hexToBigInt, keccak256 } from 'viem';
import { expect } from 'vitest';
import { CONTRACT, type Line, OTHER } from './testSupport.js';
import { error, panic, SELECTOR, type Vector, WRITER } from './vector.js';

const MAX = 2n ** 256n - 1n;
const TOPIC = BigInt(`0x${'ab'.repeat(32)}`);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const OUTSIDE = error('memory has at most 65536 words');
const VIEW = error('a view function cannot write, log or pay');

/** Words into memory from 0 on. */
const stored = (...words: readonly bigint[]): Line[] =>
  words.flatMap((word, i): Line[] => [['PUSH', word], ['PUSH', BigInt(i)], ['MSTORE']]);
const pushed = (...words: readonly bigint[]): Line[] => words.map((word): Line => ['PUSH', word]);
const word = (n: bigint) => n.toString(16).padStart(64, '0');

/** "hello" signed by the first account of Hardhat and Anvil, by viem. */
const SIGNED = {
  digest: hexToBigInt(hashMessage('hello')),
  signer: 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266n,
  v: 28n,
  r: 0xf16ea9a3478698f695fd1401bfe27e9e4a7e8e3da94aa72b021125e31fa899ccn,
  s: 0x573c48ea3fe1d4ab61a9db10c19032026e3ed2dbccba5a178235ac27f9450431n,
};

function recovers(digest: bigint, v: bigint, r: bigint, s: bigint, address: bigint): Vector {
  return { lines: [...pushed(digest, v, r, s), ['RECOVER'], ['RETURN', 1]], returns: [address] };
}

/** ( n -- n! ) by calling itself; `start` is where it stands in the code. */
const factorial = (start: number): NonNullable<Vector['subroutines']> => [
  {
    takes: 1,
    gives: 1,
    lines: [
      ['LSET', 0],
      ['LGET', 0],
      ['JUMPIF', start + 11],
      ['PUSH', 1n],
      ['RETSUB'],
      ['LGET', 0],
      ['PUSH', 1n],
      ['SUB'],
      ['CALLSUB', 0],
      ['LGET', 0],
      ['MUL'],
      ['RETSUB'],
    ],
  },
];

export const MEMORY_VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  CALLSUB: [
    {
      lines: [
        ['PUSH', 5n],
        ['CALLSUB', 0],
        ['RETURN', 1],
      ],
      // Header 8, function 8, subroutine 4, and 8 bytes of the function's instructions.
      subroutines: factorial(28),
      returns: [120n],
    },
    {
      lines: [
        ['PUSH', 1_000n],
        ['CALLSUB', 0],
        ['RETURN', 1],
      ],
      subroutines: factorial(29),
      fails: ['stackLimit', error('subroutines nest deeper than 256')],
    },
    {
      // The function's words below, its locals and those of another use are not the subroutine's.
      lines: [...pushed(7n, 9n), ['LSET', 1], ['CALLSUB', 0], ['CALLSUB', 0], ['LGET', 1], ['RETURN', 3]],
      subroutines: [{ takes: 0, gives: 1, lines: [['LGET', 1], ['PUSH', 3n], ['LSET', 1], ['RETSUB']] }],
      returns: [0n, 0n, 9n],
    },
    {
      lines: [['CALLSUB', 0], ['STOP']],
      subroutines: [
        {
          takes: 0,
          gives: 0,
          lines: [...Array.from({ length: 200 }, (): Line => ['PUSH', 1n]), ['CALLSUB', 0], ['ABORT']],
        },
      ],
      fails: ['stackLimit', error('more than 1024 words on the stack')],
    },
  ],
  RETSUB: [
    {
      lines: [...pushed(1n, 2n, 3n), ['CALLSUB', 0], ['RETURN', 3]],
      subroutines: [{ takes: 2, gives: 2, lines: [['SWAP', 1], ['RETSUB']] }],
      returns: [1n, 3n, 2n],
    },
    {
      // A subroutine may end the call as a whole.
      lines: [['PUSH', 1n], ['CALLSUB', 0], ['STOP']],
      subroutines: [
        {
          takes: 0,
          gives: 0,
          lines: [
            ['PUSH', 8n],
            ['RETURN', 1],
          ],
        },
      ],
      returns: [8n],
    },
  ],
  ABORT: [{ lines: [['ABORT']], fails: ['revert', '0x'] }],
  MLOAD: [
    {
      lines: [
        ...stored(5n, 6n),
        ['PUSH', 1n],
        ['MLOAD'],
        ['PUSH', 2n],
        ['MLOAD'],
        ['PUSH', MAX],
        ['MLOAD'],
        ['RETURN', 3],
      ],
      returns: [6n, 0n, 0n],
    },
  ],
  MSTORE: [
    {
      lines: [...pushed(9n, 3n), ['MSTORE'], ['PUSH', 3n], ['MLOAD'], ['PUSH', 2n], ['MLOAD'], ['RETURN', 2]],
      returns: [9n, 0n],
    },
    { lines: [...pushed(1n, 65_535n), ['MSTORE'], ['STOP']], returns: [] },
    { lines: [...pushed(1n, 65_536n), ['MSTORE'], ['STOP']], fails: ['memoryLimit', OUTSIDE] },
    { lines: [...pushed(1n, MAX), ['MSTORE'], ['STOP']], fails: ['memoryLimit', OUTSIDE] },
  ],
  HASHM: [
    ...[0, 1, 20, 32, 52, 64].map((bytes): Vector => {
      const words = [BigInt(`0x${'12'.repeat(32)}`), BigInt(`0x${'34'.repeat(32)}`)];
      const packed: Hex = `0x${`${'12'.repeat(32)}${'34'.repeat(32)}`.slice(0, 2 * bytes)}`;
      return {
        lines: [...stored(...words), ...pushed(0n, BigInt(bytes)), ['HASHM'], ['RETURN', 1]],
        returns: [hexToBigInt(keccak256(packed))],
      };
    }),
    // What nobody wrote is zeros, and what lies beyond memory is none.
    { lines: [...pushed(9n, 32n), ['HASHM'], ['RETURN', 1]], returns: [hexToBigInt(keccak256(`0x${word(0n)}`))] },
    { lines: [...pushed(0n, MAX), ['HASHM'], ['RETURN', 1]], fails: ['memoryLimit', OUTSIDE] },
    { lines: [...pushed(65_536n, 1n), ['HASHM'], ['RETURN', 1]], fails: ['memoryLimit', OUTSIDE] },
  ],
  RETURNM: [
    { lines: [...stored(5n, 6n, 7n), ...pushed(1n, 3n), ['RETURNM']], returns: [6n, 7n, 0n] },
    { lines: [...pushed(0n, 0n), ['RETURNM']], returns: [] },
    { lines: [...pushed(1n, 65_536n), ['RETURNM']], fails: ['memoryLimit', OUTSIDE] },
  ],
  REVERTM: [
    {
      lines: [...stored(7n, 8n), ...pushed(0n, 2n), ['REVERTM', 0xcafebabe]],
      fails: ['revert', `0xcafebabe${word(7n)}${word(8n)}`],
    },
    { lines: [...stored(0x11n), ...pushed(0n, 1n), ['REVERTM', 0x4e487b71]], fails: ['revert', panic(0x11n)] },
    {
      lines: [...pushed(0n, 1_025n), ['REVERTM', 1]],
      fails: ['memoryLimit', error('a failure says at most 1024 words')],
    },
  ],
  LOGM: [
    {
      lines: [...stored(5n, 6n), ...pushed(21n, 0n, 2n), ['LOGM', TOPIC, 1], ['STOP']],
      returns: [],
      check: ({ logs }) => {
        expect(logs).toHaveLength(1);
        expect(logs[0]?.topics).toEqual([`0x${'ab'.repeat(32)}`, `0x${word(21n)}`]);
        expect(logs[0]?.data).toEqual(Uint8Array.from(Buffer.from(word(5n) + word(6n), 'hex')));
      },
    },
    { lines: [...pushed(0n, 0n), ['LOGM', TOPIC, 0], ['STOP']], view: true, fails: ['viewViolation', VIEW] },
  ],
  CALLM: [
    {
      lines: [
        ...stored(4n),
        ...pushed(BigInt(OTHER), 30n, 0n, 1n, 2n),
        ['CALLM', SELECTOR],
        ...[2n, 3n, 4n].flatMap((index): Line[] => [['PUSH', index], ['MLOAD']]),
        ['RETURN', 4],
      ],
      returns: [3n, BigInt(CONTRACT), 30n, 8n],
    },
    {
      lines: [...pushed(BigInt(OTHER), 0n, 0n, 1n, 65_535n), ['CALLM', SELECTOR], ['STOP']],
      fails: ['memoryLimit', OUTSIDE],
    },
    {
      lines: [...pushed(BigInt(CONTRACT), 0n, 0n, 0n, 0n), ['CALLM', SELECTOR], ['STOP']],
      fails: ['reentrancy', error(`${CONTRACT} is on the call stack`)],
    },
    {
      lines: [...pushed(MAX, 0n, 0n, 0n, 0n), ['CALLM', SELECTOR], ['STOP']],
      fails: ['badArguments', error('CALLM of a word that is no address')],
    },
  ],
  CALLVIEWM: [
    {
      lines: [
        ...stored(4n),
        ...pushed(BigInt(OTHER), 0n, 1n, 2n),
        ['CALLVIEWM', SELECTOR],
        ...[2n, 3n, 4n].flatMap((index): Line[] => [['PUSH', index], ['MLOAD']]),
        ['RETURN', 4],
      ],
      returns: [3n, BigInt(CONTRACT), 0n, 8n],
    },
    {
      lines: [...pushed(BigInt(OTHER), 0n, 0n, 0n), ['CALLVIEWM', WRITER], ['STOP']],
      fails: ['viewViolation', VIEW],
    },
    {
      lines: [...pushed(BigInt(OTHER), 0n, 1n, 65_535n), ['CALLVIEWM', SELECTOR], ['STOP']],
      fails: ['memoryLimit', OUTSIDE],
    },
  ],
  RECOVER: [
    recovers(SIGNED.digest, SIGNED.v, SIGNED.r, SIGNED.s, SIGNED.signer),
    // A high s is the same signature with the other v.
    recovers(SIGNED.digest, 27n, SIGNED.r, ORDER - SIGNED.s, SIGNED.signer),
    recovers(SIGNED.digest, 0n, SIGNED.r, SIGNED.s, 0n),
    recovers(SIGNED.digest, 29n, SIGNED.r, SIGNED.s, 0n),
    recovers(SIGNED.digest, 27n, 0n, SIGNED.s, 0n),
    recovers(SIGNED.digest, 27n, ORDER, SIGNED.s, 0n),
    recovers(SIGNED.digest, 27n, SIGNED.r, 0n, 0n),
    recovers(SIGNED.digest, 27n, SIGNED.r, ORDER, 0n),
    recovers(SIGNED.digest, 27n, MAX, MAX, 0n),
    // 5 is no point's x.
    recovers(SIGNED.digest, 27n, 5n, 1n, 0n),
  ],
};
