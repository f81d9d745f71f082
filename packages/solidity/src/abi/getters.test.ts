import { encodeAbiParameters, encodePacked, type Hex, keccak256, parseAbiParameters } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractOf, type OneContract } from '../../testing/unit/oneContract.js';

const SOURCE = `
enum Color { Red, Green, Blue }
struct Inner { uint8 a; uint16[] list; string text; int64 z; }
struct Whole {
  uint64 a; int32 b; uint256 big; string text;
  mapping(uint256 => uint256) hidden; uint8[] hiddenList; uint8[3] hiddenFew;
  Color color; address who; Inner inner; bytes4 tag; bool ok;
}
struct Flat { uint128 a; uint128 b; }
contract Getters {
  uint8 public a; int16 public b; bytes3 public c; Color public color; address public who;
  string public name;
  mapping(address => mapping(uint8 => int8)) public nested;
  mapping(string => uint256) public byName;
  uint16[] public list;
  uint256[3] public few;
  uint24[12] public packed;
  Flat public flat;
  Whole public whole;
  mapping(uint256 => Whole[]) public deep;
  mapping(bytes => Flat[2][]) public far;
  uint256 public constant LIMIT = 5;
  string public constant TITLE = "a title that is longer than one word of the machine";
  uint256 public immutable start = 7;
}`;

/** Slots of the variables, in the order of the source: packed ones first, structs whole. */
const slots = new Map<string, bigint>([
  ['name', 1n],
  ['nested', 2n],
  ['byName', 3n],
  ['list', 4n],
  ['few', 5n],
  ['packed', 8n],
  ['flat', 10n],
  ['whole', 11n],
  ['deep', 23n],
  ['far', 24n],
]);
const slotOf = (name: string) => slots.get(name) as bigint;
const WHO: Hex = '0x00000000000000000000000000000000000000aa';

const hash = (data: Hex) => BigInt(keccak256(data));
const first = (slot: bigint) => hash(encodePacked(['uint256'], [slot]));
const entry = (key: bigint, slot: bigint) => hash(encodePacked(['uint256', 'uint256'], [key, slot]));
const textEntry = (key: string, slot: bigint) => hash(encodePacked(['string', 'uint256'], [key, slot]));
const text = (value: string) =>
  BigInt(`0x${Buffer.from(value).toString('hex').padEnd(64, '0')}`) | BigInt(2 * value.length);

/** The words of a `Whole` from a slot on. */
function whole(slot: bigint): [bigint, bigint][] {
  const inner = slot + 7n;
  return [
    [slot, (0xffff_fffen << 64n) | 5n],
    [slot + 1n, 99n],
    [slot + 2n, text('text')],
    [slot + 4n, 1n],
    [slot + 5n, 0x010203n],
    [slot + 6n, (0xbbn << 8n) | 2n],
    [inner, 8n],
    [inner + 1n, 17n],
    [first(inner + 1n), 3n | (1n << 240n)],
    [first(inner + 1n) + 1n, 4n],
    [inner + 2n, text('in')],
    [inner + 3n, 0xffff_ffff_ffff_ff00n],
    [slot + 11n, (1n << 32n) | 0xdeadbeefn],
  ];
}

const WHOLE = encodeAbiParameters(
  parseAbiParameters([
    'uint64, int32, uint256, string, uint8, address, Inner, bytes4, bool',
    'struct Inner { uint8 a; uint16[] list; string text; int64 z; }',
  ]),
  [
    5n,
    -2,
    99n,
    'text',
    2,
    '0x00000000000000000000000000000000000000bb',
    { a: 8, list: [3, ...Array(14).fill(0), 1, 4], text: 'in', z: -256n },
    '0xdeadbeef',
    true,
  ],
);
const word = (value: bigint) => encodeAbiParameters([{ type: 'int256' }], [value]);
const words = (...values: bigint[]) => `0x${values.map((value) => word(value).slice(2)).join('')}`;
const texts = (value: string) => encodeAbiParameters([{ type: 'string' }], [value]);
const SILENT = '';

/** A getter, its arguments, and what it answers: bytes, or that it fails without a reason. */
const CASES: readonly (readonly [string, readonly unknown[], string])[] = [
  ['a', [], word(200n)],
  ['b', [], word(-2n)],
  ['c', [], `0x616263${'0'.repeat(58)}`],
  ['color', [], word(1n)],
  ['who', [], word(0x1234n)],
  ['name', [], texts('a name')],
  ['nested', [WHO, 7], word(-1n)],
  ['nested', [WHO, 8], word(0n)],
  ['byName', ['abc'], word(77n)],
  ['byName', [''], word(78n)],
  ['byName', ['x'.repeat(31)], word(0n)],
  ['list', [0n], word(1n)],
  ['list', [1n], word(0xffffn)],
  ['list', [16n], word(9n)],
  ['list', [19n], word(0n)],
  ['list', [20n], SILENT],
  ['list', [1n << 255n], SILENT],
  ['few', [2n], word(3n)],
  ['few', [3n], SILENT],
  ['packed', [1n], word(0x010203n)],
  ['packed', [10n], word(4n)],
  ['packed', [12n], SILENT],
  ['flat', [], words(6n, 5n)],
  ['whole', [], WHOLE],
  ['deep', [5n, 1n], WHOLE],
  ['deep', [5n, 2n], SILENT],
  ['deep', [6n, 0n], SILENT],
  ['far', ['0x6b', 1n, 1n], words(2n, 1n)],
  ['far', ['0x6b', 1n, 2n], SILENT],
  ['far', ['0x6b', 2n, 0n], SILENT],
  ['LIMIT', [], word(5n)],
  ['TITLE', [], texts('a title that is longer than one word of the machine')],
];

describe('getters', () => {
  let contract: OneContract;
  beforeAll(() => {
    contract = contractOf(SOURCE);
    const far = textEntry('k', slotOf('far'));
    contract.store(
      new Map([
        [0n, (0x1234n << 56n) | (1n << 48n) | (0x616263n << 24n) | (0xfffen << 8n) | 200n],
        [slotOf('name'), text('a name')],
        [entry(7n, entry(0xaan, slotOf('nested'))), 0xffn],
        [textEntry('abc', slotOf('byName')), 77n],
        [textEntry('', slotOf('byName')), 78n],
        [slotOf('list'), 20n],
        [first(slotOf('list')), 0xffff_0001n],
        [first(slotOf('list')) + 1n, 9n],
        [slotOf('few') + 2n, 3n],
        [slotOf('packed'), 0x010203_000000n],
        [slotOf('packed') + 1n, 4n],
        [slotOf('flat'), (5n << 128n) | 6n],
        ...whole(slotOf('whole')),
        [entry(5n, slotOf('deep')), 2n],
        ...whole(first(entry(5n, slotOf('deep'))) + 12n),
        [far, 2n],
        [first(far) + 3n, (1n << 128n) | 2n],
      ]),
    );
  });

  it.each(CASES)('%s(%s)', (name, args, answer) => {
    const { output, failure } = contract.call(name, ...args);
    expect(output ?? failure).toBe(answer);
  });

  it('members that share a slot are read with one SLOAD', () => {
    const [one, two] = [contract.call('a').gasUsed, contract.call('flat').gasUsed];
    expect(two - one).toBeLessThan(200);
  });
});
