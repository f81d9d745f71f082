import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, type Hex, toHex } from '../bytes.js';
import { blockHash, decodeHeader, encodeHeader, encodeSealedFields, sealHash } from './header.js';
import type { Header } from './types.js';

/** Encoded and hashed by an independent script from docs/protocol.md. */
const HEADER: Header = {
  version: 2,
  parentHash: `0x${'11'.repeat(32)}`,
  height: 7,
  timestampMs: 1_751_587_200_123,
  target: 1n << 252n,
  miner: `0x${'22'.repeat(20)}`,
  transactionsRoot: `0x${'33'.repeat(32)}`,
  receiptsRoot: `0x${'44'.repeat(32)}`,
  stateRoot: `0x${'55'.repeat(32)}`,
  historyRoot: `0x${'66'.repeat(32)}`,
  gasLimit: 30_000_000,
  gasUsed: 21_000,
  transactionCount: 1,
  extra: Uint8Array.of(0x77, 0x61, 0x74, 0x74, 0x73),
  extraNonce: 0x0102030405060708n,
  headerNonce: 0xdeadbeef,
  minerSeal: new Uint8Array(0),
};
const SEALED_HEX = [
  '0002',
  '11'.repeat(32),
  '00000007',
  '00000197d2bb9c7b',
  `10${'00'.repeat(31)}`,
  '22'.repeat(20),
  '33'.repeat(32),
  '44'.repeat(32),
  '55'.repeat(32),
  '66'.repeat(32),
  '0000000001c9c380',
  '0000000000005208',
  '00000001',
  '05',
  '7761747473',
].join('');
const HEADER_HEX: Hex = `0x${SEALED_HEX}0102030405060708deadbeef00`;

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hexOf = (length: number) => bytesOf(length).map(toHex);
const headers: fc.Arbitrary<Header> = fc.record({
  version: fc.constant(2),
  parentHash: hexOf(32),
  height: fc.nat(2 ** 32 - 1),
  timestampMs: fc.maxSafeNat(),
  target: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  miner: hexOf(20),
  transactionsRoot: hexOf(32),
  receiptsRoot: hexOf(32),
  stateRoot: hexOf(32),
  historyRoot: hexOf(32),
  gasLimit: fc.maxSafeNat(),
  gasUsed: fc.maxSafeNat(),
  transactionCount: fc.nat(2 ** 32 - 1),
  extra: fc.uint8Array({ maxLength: 32 }),
  extraNonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  headerNonce: fc.nat(2 ** 32 - 1),
  minerSeal: fc.oneof(bytesOf(0), bytesOf(65)),
});

/** The example with the byte at `at` (from the end when negative) replaced. */
function withByte(at: number, byte: number): Uint8Array {
  const bytes = fromHex(HEADER_HEX);
  bytes[at < 0 ? bytes.length + at : at] = byte;
  return bytes;
}

describe('a header', () => {
  it('equals the vector', () => {
    expect(toHex(encodeSealedFields(HEADER))).toBe(`0x${SEALED_HEX}`);
    expect(toHex(encodeHeader(HEADER))).toBe(HEADER_HEX);
    expect(toHex(sealHash(HEADER))).toBe('0xcfb099c23dbbc29ea064e2a767084111610daa52af788e82cb4ff06b1c6bde7c');
    expect(blockHash(HEADER)).toBe('0x4c9ef115662683c39e8b5ee4dd584fb2fcb1cb0221bffea27538f23b11d3e447');
    expect(decodeHeader(fromHex(HEADER_HEX))).toEqual({ value: HEADER });
  });

  it('decodes to itself', () => {
    fc.assert(
      fc.property(headers, (header) => {
        expect(decodeHeader(encodeHeader(header))).toEqual({ value: header });
      }),
    );
  });

  it('has another seal hash for every sealed field, and the same for the others', () => {
    const other: Partial<Header>[] = [
      { version: 3 },
      { parentHash: `0x${'12'.repeat(32)}` },
      { height: 8 },
      { timestampMs: 1 },
      { target: 1n },
      { miner: `0x${'23'.repeat(20)}` },
      { transactionsRoot: `0x${'34'.repeat(32)}` },
      { receiptsRoot: `0x${'34'.repeat(32)}` },
      { stateRoot: `0x${'34'.repeat(32)}` },
      { historyRoot: `0x${'34'.repeat(32)}` },
      { gasLimit: 1 },
      { gasUsed: 1 },
      { transactionCount: 2 },
      { extra: new Uint8Array(0) },
    ];
    const hashes = other.map((changed) => toHex(sealHash({ ...HEADER, ...changed })));
    expect(new Set([...hashes, toHex(sealHash(HEADER))]).size).toBe(15);
    const otherNonces: Header = { ...HEADER, extraNonce: 0n, headerNonce: 0 };
    expect(sealHash(otherNonces)).toEqual(sealHash(HEADER));
    expect(blockHash({ ...HEADER, extraNonce: 0n })).not.toBe(blockHash(HEADER));
    expect(blockHash({ ...HEADER, headerNonce: 0 })).not.toBe(blockHash(HEADER));
    expect(blockHash({ ...HEADER, minerSeal: new Uint8Array(65) })).toBe(blockHash(HEADER));
  });
});

describe('decodeHeader', () => {
  it('refuses every cut, and every byte too many', () => {
    for (const full of [HEADER, { ...HEADER, minerSeal: new Uint8Array(65).fill(1) }]) {
      const bytes = encodeHeader(full);
      for (let length = 0; length < bytes.length; length++) {
        expect(decodeHeader(bytes.subarray(0, length)).fault?.code, `${length} bytes`).toBe('headerEncoding');
      }
      expect(decodeHeader(Uint8Array.of(...bytes, 0)).fault).toEqual({
        code: 'headerEncoding',
        detail: '1 bytes follow the header',
      });
    }
  });

  it('accepts bytes only when they are the one encoding of what it reads', () => {
    const flips = fc.tuple(headers, fc.nat(), fc.nat(7)).map(([header, at, bit]) => {
      const bytes = encodeHeader(header);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] as number) ^ (1 << bit);
      return bytes;
    });
    fc.assert(
      fc.property(flips, (bytes) => {
        const { value } = decodeHeader(bytes);
        if (value !== undefined) expect(encodeHeader(value)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Uint8Array, object]>([
    ['another version', withByte(1, 1), { code: 'headerVersion', got: 1, expected: 2 }],
    [
      'a time beyond exact numbers',
      withByte(38, 0x80),
      { code: 'headerEncoding', detail: 'timestampMs is 9223373788441975931, below 2^53 is expected' },
    ],
    ['a long extra', withByte(246, 33), { code: 'headerEncoding', detail: 'extra of 33 bytes, at most 32' }],
    [
      'half a seal',
      withByte(-1, 32),
      { code: 'headerEncoding', detail: "a miner's seal of 32 bytes, 0 or 65 are expected" },
    ],
    [
      'a seal that is missing',
      withByte(-1, 65),
      { code: 'headerEncoding', detail: 'the header ends early, at byte 265' },
    ],
  ])('refuses %s', (_, bytes, fault) => {
    expect(decodeHeader(bytes)).toEqual({ fault });
  });
});

describe('encodeHeader', () => {
  it.each<[Partial<Header>, string]>([
    [{ extra: new Uint8Array(33) }, 'too many bytes of extra: 33'],
    [{ minerSeal: new Uint8Array(64) }, "a miner's seal has another number of bytes: 64"],
    [{ stateRoot: '0x00' }, 'text for a place of another length in the header: 0x00'],
    [{ headerNonce: 2 ** 32 }, 'a number does not fit its bytes: 4294967296'],
  ])('asserts %o', (wrong, message) => {
    expect(() => encodeHeader({ ...HEADER, ...wrong })).toThrow(message);
  });
});
