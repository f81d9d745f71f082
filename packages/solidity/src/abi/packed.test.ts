import fc from 'fast-check';
import { encodePacked, keccak256 } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractOf, type OneContract } from '../../testing/unit/oneContract.js';

const LONG = 'a text that stands in the source and is longer than one word, and than two words';

const SOURCE = `
enum Color { Red, Green, Blue }
contract Packer {
  function mixed(uint8 a, int16 b, bool c, address d, bytes4 e, Color f, uint136 g, bytes32 h, int256 i, bytes1 j) external pure returns (bytes32) {
    return keccak256(abi.encodePacked(a, b, c, d, e, f, g, h, i, j));
  }
  function halves(uint128 a, int128 b) external pure returns (bytes32) { return keccak256(abi.encodePacked(a, b)); }
  function whole(bytes32 a, uint256 b) external pure returns (bytes32) { return keccak256(abi.encodePacked(a, b)); }
  function digest(bytes32 a, bytes32 b) external pure returns (bytes32) { return keccak256(abi.encodePacked(hex"1901", a, b)); }
  function text(string memory a) external pure returns (bytes32) { return keccak256(bytes(a)); }
  function texts(string memory a, uint8 b, bytes memory c, bytes32 d, string memory e) external pure returns (bytes32) {
    return keccak256(abi.encodePacked(a, b, c, d, e));
  }
  function long(string memory a) external pure returns (bytes32, bytes32) {
    string memory b = "${LONG}";
    return (keccak256(abi.encodePacked(a, b, a)), keccak256(bytes(b)));
  }
  function memoryAfterwards(string memory a, uint24 b) external pure returns (uint256 sum) {
    bytes32 first = keccak256(abi.encodePacked(a, b, a));
    bytes32 second = keccak256(abi.encodePacked(b, b));
    bytes32 third = keccak256(bytes(a));
    uint256[] memory fresh = new uint256[](4);
    for (uint256 i; i < 4; i++) sum += fresh[i];
    if (first == second || second == third) sum++;
  }
}`;

const bytes = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((made) => `0x${Buffer.from(made).toString('hex')}` as const);
const someBytes = fc.uint8Array({ maxLength: 31 }).map((made) => `0x${Buffer.from(made).toString('hex')}` as const);
const text = fc.string({ unit: 'grapheme-ascii', maxLength: 31 });
const signed = (bits: number) => fc.bigInt({ min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n });
const unsigned = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });

/** A function, its types as they are packed, and its arguments. */
const CASES: readonly (readonly [string, readonly string[], fc.Arbitrary<readonly unknown[]>])[] = [
  [
    'mixed',
    ['uint8', 'int16', 'bool', 'address', 'bytes4', 'uint8', 'uint136', 'bytes32', 'int256', 'bytes1'],
    fc.tuple(
      fc.nat(255),
      fc.integer({ min: -32_768, max: 32_767 }),
      fc.boolean(),
      bytes(20),
      bytes(4),
      fc.nat(2),
      unsigned(136),
      bytes(32),
      signed(256),
      bytes(1),
    ),
  ],
  ['halves', ['uint128', 'int128'], fc.tuple(unsigned(128), signed(128))],
  ['whole', ['bytes32', 'uint256'], fc.tuple(bytes(32), unsigned(256))],
  ['text', ['string'], fc.tuple(text)],
  ['texts', ['string', 'uint8', 'bytes', 'bytes32', 'string'], fc.tuple(text, fc.nat(255), someBytes, bytes(32), text)],
];

describe('keccak256 of abi.encodePacked', () => {
  let packer: OneContract;
  beforeAll(() => {
    packer = contractOf(SOURCE);
  });

  it.each(CASES)('%s', (name, types, args) => {
    fc.assert(
      fc.property(args, (made) => {
        expect(packer.call(name, ...made).output).toBe(keccak256(encodePacked(types, made as unknown[])));
      }),
      { numRuns: 40 },
    );
  });

  it('a digest of EIP-712', () => {
    const [a, b] = [`0x${'a1'.repeat(32)}`, `0x${'b2'.repeat(32)}`] as const;
    expect(packer.call('digest', a, b).output).toBe(keccak256(`0x1901${a.slice(2)}${b.slice(2)}`));
  });

  it.each(['', 'x', 'y'.repeat(31)])('a long constant among short texts: "%s"', (short) => {
    const all = keccak256(encodePacked(['string', 'string', 'string'], [short, LONG, short]));
    const alone = keccak256(encodePacked(['string'], [LONG]));
    expect(packer.call('long', short).output).toBe(`${all}${alone.slice(2)}`);
  });

  it('leaves memory behind it empty', () => {
    expect(packer.call('memoryAfterwards', 'z'.repeat(31), 0xffffff).output).toBe(`0x${'0'.repeat(64)}`);
  });
});
