/** Wrapping, modular and signed arithmetic. Expected words are those of the EVM where it has the instruction. */
import { binary, binaryFails, panic, type Vector } from './vector.js';

const MAX = 2n ** 256n - 1n;
const MOST = 2n ** 255n - 1n;
const LEAST = 2n ** 255n;
/** A negative number as a word. */
const minus = (n: bigint) => 2n ** 256n - n;
const OVERFLOW = panic(0x11n);
const BY_ZERO = panic(0x12n);

function three(name: string, a: bigint, b: bigint, n: bigint, result: bigint): Vector {
  return { lines: [['PUSH', a], ['PUSH', b], ['PUSH', n], [name], ['RETURN', 1]], returns: [result] };
}

function threeFails(name: string): Vector {
  return { lines: [['PUSH', 1n], ['PUSH', 2n], ['PUSH', 0n], [name], ['RETURN', 1]], fails: ['panic', BY_ZERO] };
}

function cut(name: string, bits: number, a: bigint, result: bigint): Vector {
  return {
    lines: [
      ['PUSH', a],
      [name, bits],
      ['RETURN', 1],
    ],
    returns: [result],
  };
}

function cutFails(name: string, bits: number, a: bigint): Vector {
  return {
    lines: [
      ['PUSH', a],
      [name, bits],
      ['RETURN', 1],
    ],
    fails: ['panic', OVERFLOW],
  };
}

export const NUMBER_VECTORS: Readonly<Record<string, readonly Vector[]>> = {
  ADDWRAP: [binary('ADDWRAP', MAX, 2n, 1n), binary('ADDWRAP', 3n, 4n, 7n)],
  SUBWRAP: [binary('SUBWRAP', 1n, 2n, MAX), binary('SUBWRAP', 7n, 4n, 3n)],
  MULWRAP: [binary('MULWRAP', MAX, MAX, 1n), binary('MULWRAP', 2n ** 128n, 2n ** 128n + 3n, 3n * 2n ** 128n)],
  POW: [
    binary('POW', 0n, 0n, 1n),
    binary('POW', 0n, MAX, 0n),
    binary('POW', 1n, MAX, 1n),
    binary('POW', MAX, 0n, 1n),
    binary('POW', MAX, 1n, MAX),
    binary('POW', 2n, 255n, LEAST),
    binary('POW', 10n, 77n, 10n ** 77n),
    binary('POW', 3n, 161n, 3n ** 161n),
    binary('POW', 2n ** 127n, 2n, 2n ** 254n),
    binaryFails('POW', 2n, 256n, OVERFLOW),
    binaryFails('POW', 2n ** 128n, 2n, OVERFLOW),
    binaryFails('POW', 10n, 78n, OVERFLOW),
    binaryFails('POW', 3n, 162n, OVERFLOW),
    binaryFails('POW', MAX, 2n, OVERFLOW),
    binaryFails('POW', 2n, MAX, OVERFLOW),
  ],
  POWWRAP: [
    binary('POWWRAP', 0n, 0n, 1n),
    binary('POWWRAP', 0n, 5n, 0n),
    binary('POWWRAP', 2n, 256n, 0n),
    binary('POWWRAP', MAX, MAX, MAX),
    // 3^(2^256 − 1) is the inverse of 3.
    binary('POWWRAP', 3n, MAX, 77194726158210796949047323339125271902179989777093709359638389338608753093291n),
    {
      lines: [['PUSH', 3n], ['PUSH', 256n], ['POWWRAP'], ['RETURN', 1]],
      returns: [3n ** 256n % 2n ** 256n],
    },
  ],
  ADDMOD: [three('ADDMOD', MAX, MAX, 12n, (2n * MAX) % 12n), three('ADDMOD', 5n, 7n, 12n, 0n), threeFails('ADDMOD')],
  MULMOD: [three('MULMOD', MAX, MAX, 12n, (MAX * MAX) % 12n), three('MULMOD', 5n, 7n, 12n, 11n), threeFails('MULMOD')],
  FITS: [cut('FITS', 8, 255n, 255n), cutFails('FITS', 8, 256n), cut('FITS', 255, MOST, MOST), cutFails('FITS', 1, 2n)],
  SADD: [
    binary('SADD', minus(5n), 3n, minus(2n)),
    binary('SADD', MOST, LEAST, MAX),
    binaryFails('SADD', MOST, 1n, OVERFLOW),
    binaryFails('SADD', LEAST, MAX, OVERFLOW),
  ],
  SSUB: [
    binary('SSUB', 3n, 5n, minus(2n)),
    binary('SSUB', MAX, LEAST, MOST),
    binaryFails('SSUB', 0n, LEAST, OVERFLOW),
    binaryFails('SSUB', LEAST, 1n, OVERFLOW),
  ],
  SMUL: [
    binary('SMUL', minus(3n), 4n, minus(12n)),
    binary('SMUL', minus(3n), minus(4n), 12n),
    binaryFails('SMUL', LEAST, MAX, OVERFLOW),
    binaryFails('SMUL', 2n ** 128n, 2n ** 127n, OVERFLOW),
    binary('SMUL', minus(2n ** 128n), 2n ** 127n, LEAST),
  ],
  SDIV: [
    binary('SDIV', minus(7n), 2n, minus(3n)),
    binary('SDIV', 7n, minus(2n), minus(3n)),
    binary('SDIV', minus(7n), minus(2n), 3n),
    binaryFails('SDIV', LEAST, MAX, OVERFLOW),
    binaryFails('SDIV', 1n, 0n, BY_ZERO),
  ],
  SMOD: [
    binary('SMOD', minus(7n), 2n, minus(1n)),
    binary('SMOD', 7n, minus(2n), 1n),
    binary('SMOD', LEAST, MAX, 0n),
    binaryFails('SMOD', 1n, 0n, BY_ZERO),
  ],
  SLT: [binary('SLT', minus(1n), 0n, 1n), binary('SLT', 0n, minus(1n), 0n), binary('SLT', LEAST, MOST, 1n)],
  SGT: [binary('SGT', minus(1n), 0n, 0n), binary('SGT', 0n, minus(1n), 1n), binary('SGT', 5n, 5n, 0n)],
  SAR: [
    binary('SAR', minus(8n), 1n, minus(4n)),
    binary('SAR', minus(1n), 300n, MAX),
    binary('SAR', LEAST, 255n, MAX),
    binary('SAR', MOST, MAX, 0n),
    binary('SAR', 8n, 2n, 2n),
  ],
  SIGNEXT: [
    cut('SIGNEXT', 8, 0x80n, minus(128n)),
    cut('SIGNEXT', 8, 0x17fn, 0x7fn),
    cut('SIGNEXT', 1, 3n, MAX),
    cut('SIGNEXT', 255, MOST, MAX),
  ],
  SFITS: [
    cut('SFITS', 8, minus(128n), minus(128n)),
    cut('SFITS', 8, 127n, 127n),
    cutFails('SFITS', 8, 128n),
    cutFails('SFITS', 8, minus(129n)),
    cutFails('SFITS', 255, LEAST),
  ],
};
