import type { Hex } from '@wattchain/core';
import fc from 'fast-check';
import { type AbiParameter, encodeAbiParameters, keccak256 } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, contractsOf, type OneContract, TWIN } from '../../testing/unit/oneContract.js';

/** Parameters by name. */
const TYPES = [
  ['words', 'uint8 a, int16 b, bool c, address d, bytes4 e, Color f, Energy g, bytes32 h, int256 i'],
  ['texts', 'string T a, bytes T b, string T c'],
  ['lists', 'uint8[] T a, int16[3] T b, bytes17[] T c, int136[2] T d'],
  ['nestedLists', 'uint8[][] T a, bool[2][] T b, int24[][2] T c, string[] T d, bytes[2] T e'],
  ['structs', 'Flat T a, Dynamic T b, uint8 c'],
  ['structLists', 'Flat[] T a, Dynamic[] T b, Dynamic[2] T c'],
  ['deep', 'Deep T a, Deep[][1] T b'],
  ['longList', 'uint24[40] T a'],
] as const;
const LOCATIONS = ['memory', 'calldata'] as const;

const SHARED = `
type Energy is uint64;
enum Color { Red, Green, Blue }
struct Inner { uint8 a; bool b; }
struct Flat { Inner inner; address who; bytes3 tag; Color color; int8[2] pair; }
struct Dynamic { uint8 a; string text; uint16[] list; Inner[2] two; }
struct Deep { Dynamic[] parts; bytes data; Flat flat; int8[][] rows; }`;

/** A contract whose functions give back, log, fail with, hash and store the values of such parameters; `T` is where they are. */
function sourceOf(name: string, parameters: string): string {
  const parts = parameters.split(', ').map((text) => text.split(' '));
  const types = parts.map(([type]) => type as string);
  const names = parts.map((part) => part.at(-1) as string);
  const values = names.join(', ');
  const resultsIn = (location: string) =>
    parts.map((part) => (part.length > 2 ? `${part[0]} ${location}` : part[0])).join(', ');
  const located = LOCATIONS.map((location) => {
    const taken = parameters.replaceAll(' T ', ` ${location} `);
    return `
  function result_${location}(${taken}) external pure returns (${resultsIn(location)}) { return (${values}); }
  function log_${location}(${taken}) external { emit Logged(${values}); }
  function fail_${location}(${taken}) external pure { revert Failed(${values}); }
  function hash_${location}(${taken}) external pure returns (bytes32) { return keccak256(abi.encode(${values})); }
  function relay_${location}(${taken}) external view returns (${resultsIn('memory')}) {
    return ${name}(address(uint160(${BigInt(TWIN)}))).result_${location}(${values});
  }
  function decode_${location}(${taken}) external pure returns (${resultsIn('memory')}) {
    return abi.decode(abi.encode(${values}), (${types.join(', ')}));
  }`;
  });
  return `
contract ${name} {
  event Logged(${parameters.replaceAll(' T ', ' ')});
  error Failed(${parameters.replaceAll(' T ', ' ')});
  ${types.map((type, i) => `${type} stored${i};`).join(' ')}
  function store(${parameters.replaceAll(' T ', ' memory ')}) external returns (${resultsIn('memory')}) {
    ${names.map((name, i) => `stored${i} = ${name};`).join(' ')}
    return (${names.map((_, i) => `stored${i}`).join(', ')});
  }${located.join('')}
}`;
}

const COLORS = 3;

/** Values of a type of the ABI; numbers as viem takes them, small ones as numbers. */
function values(parameter: AbiParameter): fc.Arbitrary<unknown> {
  const { type } = parameter;
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list !== null) {
    const length = list[2] === '' ? undefined : Number(list[2]);
    const element = values({ ...parameter, type: list[1] as string } as AbiParameter);
    return fc.array(element, { minLength: length ?? 0, maxLength: length ?? 4 });
  }
  if (type === 'tuple') {
    const { components } = parameter as AbiParameter & { components: readonly AbiParameter[] };
    return fc.record(Object.fromEntries(components.map((member) => [member.name as string, values(member)])));
  }
  if (type === 'bool') return fc.boolean();
  if (type === 'string') return fc.string({ unit: 'grapheme-ascii', maxLength: 31 });
  if (parameter.internalType?.startsWith('enum ')) return fc.nat(COLORS - 1);
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 256);
  const narrow = (value: bigint): bigint | number => (bits <= 48 ? Number(value) : value);
  if (type.startsWith('uint')) return fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }).map(narrow);
  if (type.startsWith('int')) {
    const half = 1n << BigInt(bits - 1);
    return fc.bigInt({ min: -half, max: half - 1n }).map(narrow);
  }
  const length = type === 'address' ? 20 : bits;
  const size = type === 'bytes' ? { maxLength: 31 } : { minLength: length, maxLength: length };
  return fc.uint8Array(size).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);
}

let contracts: ReadonlyMap<string, OneContract>;
beforeAll(() => {
  contracts = contractsOf([SHARED, ...TYPES.map(([name, parameters]) => sourceOf(name, parameters))].join('\n'));
});

describe.each(TYPES)('encoded and decoded as viem does: %s', (contract) => {
  /** Calls a function with random arguments. */
  const check = (name: string, verify: (answer: Answer, encoding: Hex) => void) => {
    const echo = contracts.get(contract) as OneContract;
    const entry = echo.abi.find((item) => item.type === 'function' && item.name === name);
    const inputs = entry?.type === 'function' ? entry.inputs : [];
    expect(inputs).not.toEqual([]);
    const args = fc.tuple(...inputs.map(values));
    const property = fc.property(args, (made) => {
      verify(echo.call(name, ...made), encodeAbiParameters(inputs, made));
    });
    fc.assert(property, { numRuns: 15 });
  };

  describe.each(LOCATIONS)('in %s', (location) => {
    it('results', () => {
      check(`result_${location}`, ({ output }, encoding) => expect(output).toBe(encoding));
    });

    it('arguments and results of another contract', () => {
      check(`relay_${location}`, ({ output }, encoding) => expect(output).toBe(encoding));
    });

    it('abi.decode of abi.encode', () => {
      check(`decode_${location}`, ({ output }, encoding) => expect(output).toBe(encoding));
    });

    it('data of an event', () => {
      check(`log_${location}`, ({ logs }, encoding) => expect(logs).toEqual([encoding]));
    });

    it('arguments of an error', () => {
      check(`fail_${location}`, ({ failure }, encoding) => expect(failure?.slice(10)).toBe(encoding.slice(2)));
    });

    it('keccak256 of abi.encode', () => {
      check(`hash_${location}`, ({ output }, encoding) => expect(output).toBe(keccak256(encoding)));
    });
  });

  it('results from storage, over what was there', () => {
    check('store', ({ output }, encoding) => expect(output).toBe(encoding));
  });
});
