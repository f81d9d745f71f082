import { beforeAll, describe, expect, it } from 'vitest';
import { contractOf, type OneContract } from '../../testing/unit/oneContract.js';

const minus = (value: bigint) => BigInt.asUintN(256, -value);

/** Types, words that are values of them, and words that are none. */
const CASES: readonly (readonly [string, readonly bigint[], readonly bigint[]])[] = [
  ['uint8', [0n, 255n], [256n, minus(1n)]],
  ['uint136', [(1n << 136n) - 1n], [1n << 136n]],
  ['uint256', [minus(1n)], []],
  ['int8', [127n, minus(1n), minus(128n)], [128n, 255n, minus(129n), 1n << 255n]],
  ['int248', [(1n << 247n) - 1n, minus(1n << 247n)], [1n << 247n, minus((1n << 247n) + 1n)]],
  ['int256', [1n << 255n], []],
  ['bool', [0n, 1n], [2n, minus(1n)]],
  ['address', [(1n << 160n) - 1n], [1n << 160n]],
  ['Owner', [(1n << 160n) - 1n], [1n << 160n]],
  ['bytes1', [0xffn << 248n], [1n, 1n << 247n]],
  ['bytes31', [minus(1n << 8n)], [1n, 0x80n]],
  ['bytes32', [minus(1n)], []],
  ['One', [0n], [1n, 2n]],
  ['Two', [0n, 1n], [2n]],
  ['Three', [2n], [3n, 255n, 256n]],
  ['Four', [3n], [4n, 256n]],
  ['Energy', [(1n << 64n) - 1n], [1n << 64n]],
  ['Tag', [0xabcdn << 240n], [1n]],
];

const SOURCE = `
type Energy is uint64;
type Tag is bytes2;
enum One { A }
enum Two { A, B }
enum Three { A, B, C }
enum Four { A, B, C, D }
interface Owner {}
contract Values {
  ${CASES.map(
    ([type]) => `
  struct Holder_${type} { ${type} value; }
  function word_${type}(${type} a) external pure returns (${type}) { return a; }
  function unread_${type}(${type}) external pure {}
  function list_${type}(${type}[1] memory a) external pure returns (${type}[1] memory) { return a; }
  function struct_${type}(Holder_${type} calldata a) external pure returns (${type}) { return a.value; }
  function lazy_${type}(${type}[1] calldata) external pure {}`,
  ).join('')}
}`;

let contract: OneContract;
beforeAll(() => {
  contract = contractOf(SOURCE);
});

describe.each(CASES)('words that are %s', (type, values, others) => {
  it.each(['word', 'list', 'struct'])('a %s of it', (kind) => {
    for (const word of values) {
      const output = `0x${word.toString(16).padStart(64, '0')}`;
      expect(contract.callWords(`${kind}_${type}`, [word]).output).toBe(output);
    }
    for (const word of others) expect(contract.callWords(`${kind}_${type}`, [word]).failure).toBe('');
  });

  it('an argument that nothing reads is checked, an element that stays in calldata is not', () => {
    for (const word of others) {
      expect(contract.callWords(`unread_${type}`, [word]).failure).toBe('');
      expect(contract.callWords(`lazy_${type}`, [word]).output).toBe('0x');
    }
  });
});
