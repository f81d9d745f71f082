import { keccak256, stringToBytes } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractOf, type OneContract } from '../../testing/unit/oneContract.js';

const SOURCE = `
struct Part { uint8 a; string text; uint16[] list; }
contract Reader {
  function text_memory(string memory a) external pure returns (string memory) { return a; }
  function text_calldata(bytes calldata a) external pure returns (bytes calldata) { return a; }
  function list_memory(uint8[] memory a) external pure returns (uint256) { return a.length; }
  function list_calldata(uint8[] calldata a) external pure returns (uint256) { return a.length; }
  function pairs_memory(uint8[2][] memory a) external pure returns (uint256) { return a.length; }
  function pairs_calldata(uint8[2][] calldata a) external pure returns (uint256) { return a.length; }
  function part_memory(Part memory a) external pure returns (uint8) { return a.a; }
  function part_calldata(Part calldata a) external pure returns (uint8) { return a.a; }
  function fixed_memory(string[2] memory a) external pure returns (uint256) { return a.length; }
  function fixed_calldata(string[2] calldata a) external pure returns (uint256) { return a.length; }
  function element(uint8[] calldata a, uint256 i) external pure returns (uint8) { return a[i]; }
  function textOf(string[] calldata a, uint256 i) external pure returns (string calldata) { return a[i]; }
  function memberOf(Part[] calldata a, uint256 i) external pure returns (uint16) { return a[i].list[0]; }
  function decoded(uint256[3] memory a) external pure returns (string memory) { return abi.decode(abi.encode(a), (string)); }
}`;

const OK = undefined;
const SILENT = '';
const TOO_LONG = keccak256(stringToBytes('StringTooLong()')).slice(0, 10);
const panic = (code: number) => `0x4e487b71${code.toString(16).padStart(64, '0')}`;
const HUGE_LENGTH = panic(0x41);
const text = (value: string) => BigInt(`0x${Buffer.from(value).toString('hex').padEnd(64, '0')}`);
const LAST = (1n << 256n) - 1n;

/** A function, words behind its selector, and how it fails. */
const CASES: readonly (readonly [string, string, readonly bigint[], string | undefined])[] = [
  ['no bytes need no word', 'text_memory', [32n, 0n], OK],
  ['an offset may name its own word', 'text_memory', [0n], OK],
  ['31 bytes', 'text_memory', [32n, 31n, text('x'.repeat(31))], OK],
  ['32 bytes', 'text_memory', [32n, 32n, LAST], TOO_LONG],
  ['32 bytes in calldata', 'text_calldata', [32n, 32n, LAST], TOO_LONG],
  ['bytes that are not there', 'text_memory', [32n, 3n], SILENT],
  ['more bytes than are there', 'text_memory', [32n, 33n, LAST], SILENT],
  ['more bytes than are there, in calldata', 'text_calldata', [32n, 1n << 255n, LAST], SILENT],
  ['a length that no memory holds', 'text_memory', [32n, 1n << 64n, LAST], HUGE_LENGTH],
  ['the largest length', 'text_memory', [32n, LAST, LAST], HUGE_LENGTH],
  ['the largest length in calldata', 'text_calldata', [32n, LAST, LAST], SILENT],
  ['an offset within a word', 'text_memory', [33n, 0n, 0n], SILENT],
  ['an offset behind the end', 'text_memory', [64n, 0n], SILENT],
  ['an offset before the start', 'text_memory', [LAST - 31n, 0n], SILENT],
  ['an offset that wraps around', 'text_memory', [1n << 255n, 0n], SILENT],

  ['a list of none', 'list_memory', [32n, 0n], OK],
  ['a list of two', 'list_memory', [32n, 2n, 1n, 255n], OK],
  ['an element out of range', 'list_memory', [32n, 2n, 1n, 256n], SILENT],
  ['an element out of range that nothing reads', 'list_calldata', [32n, 2n, 1n, 256n], OK],
  ['an element too few', 'list_memory', [32n, 2n, 1n], SILENT],
  ['an element too few in calldata', 'list_calldata', [32n, 2n, 1n], SILENT],
  ['a length of 2^58', 'list_memory', [32n, 1n << 58n, 1n], SILENT],
  ['a length of 2^59', 'list_memory', [32n, 1n << 59n, 1n], HUGE_LENGTH],
  ['a length of 2^200', 'list_memory', [32n, 1n << 200n, 1n], HUGE_LENGTH],
  ['a length of 2^200 in calldata', 'list_calldata', [32n, 1n << 200n, 1n], SILENT],
  ['the largest length of a list', 'list_calldata', [32n, LAST, 1n], SILENT],
  ['half an element', 'pairs_memory', [32n, 2n, 1n, 2n, 3n], SILENT],
  ['half an element in calldata', 'pairs_calldata', [32n, 2n, 1n, 2n, 3n], SILENT],
  ['a length that overflows with the size of elements', 'pairs_calldata', [32n, 1n << 255n, 1n, 2n], SILENT],

  ['a struct', 'part_memory', [32n, 7n, 96n, 96n, 0n], OK],
  ['a struct without its last offset', 'part_memory', [32n, 7n, 96n], SILENT],
  ['a struct in calldata without its last offset', 'part_calldata', [32n, 7n, 96n], SILENT],
  ['offsets in a struct are looked at', 'part_memory', [32n, 7n, 96n, 2n ** 70n, 0n], SILENT],
  ['offsets in a struct in calldata are not', 'part_calldata', [32n, 7n, 96n, 2n ** 70n, 0n], OK],
  ['offsets count from the struct', 'part_memory', [64n, 0n, 7n, 96n, 96n, 0n], OK],
  ['fixed many texts', 'fixed_memory', [32n, 64n, 64n, 0n], OK],
  ['fixed many texts, one missing', 'fixed_memory', [32n, 0n], SILENT],
  ['fixed many texts in calldata, one missing', 'fixed_calldata', [32n, 0n], SILENT],

  ['an element', 'element', [64n, 0n, 2n, 1n, 256n], OK],
  ['an element out of range that is read', 'element', [64n, 1n, 2n, 1n, 256n], SILENT],
  ['an index beyond the last', 'element', [64n, 2n, 2n, 1n, 256n], panic(0x32)],
  ['an index that wraps around', 'element', [64n, LAST, 2n, 1n, 256n], panic(0x32)],
  ['a text among others', 'textOf', [64n, 1n, 2n, LAST, 64n, 1n, text('a')], OK],
  ['a text with a wrong offset among others', 'textOf', [64n, 0n, 2n, LAST - 31n, 64n, 1n, text('a')], SILENT],
  ['a list in a struct in a list', 'memberOf', [64n, 0n, 1n, 32n, 0n, 0n, 96n, 1n, 9n], OK],
  ['a value out of range in there', 'memberOf', [64n, 0n, 1n, 32n, 0n, 0n, 96n, 1n, 65_536n], SILENT],
  ['a list in there that is too short', 'memberOf', [64n, 0n, 1n, 32n, 0n, 0n, 96n, 2n, 9n], SILENT],
  ['an empty list in there', 'memberOf', [64n, 0n, 1n, 32n, 0n, 0n, 96n, 0n, 9n], panic(0x32)],

  ['words in memory', 'decoded', [32n, 1n, text('a')], OK],
  ['words in memory that end too early', 'decoded', [64n, 0n, 1n], SILENT],
  ['an offset behind the words in memory', 'decoded', [96n, 0n, 0n], SILENT],
  ['a long text in memory', 'decoded', [32n, 32n, LAST], TOO_LONG],
  ['a length beyond the words in memory', 'decoded', [32n, 33n, LAST], SILENT],
  ['a length that no memory holds, in memory', 'decoded', [32n, 1n << 64n, LAST], HUGE_LENGTH],
];

describe('calldata of a stranger fails as solc’s decoder fails', () => {
  let reader: OneContract;
  beforeAll(() => {
    reader = contractOf(SOURCE);
  });

  it.each(CASES)('%s: %s', (_what, name, words, failure) => {
    expect(reader.callWords(name, words).failure).toBe(failure);
  });

  it('what a liar says of a length costs nothing', () => {
    const usual = reader.callWords('list_memory', [32n, 1n, 1n]).gasUsed;
    expect(reader.callWords('list_memory', [32n, 1n << 40n, 1n]).gasUsed).toBeLessThan(usual);
  });

  it('bytes behind the end of a text do not count', () => {
    const padded = [32n, 1n, text('a')];
    const dirty = [32n, 1n, text('a') | 0xffn];
    expect(reader.callWords('text_memory', dirty).output).toBe(reader.callWords('text_memory', padded).output);
  });
});
