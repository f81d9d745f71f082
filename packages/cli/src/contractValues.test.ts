import type { Abi } from 'viem';
import { parseAbi } from 'viem';
import { describe, expect, test } from 'vitest';
import { findFunction, parseArguments } from './contractValues.js';

const abi: Abi = parseAbi([
  'function transfer(address to, uint256 amount) returns (bool)',
  'function get() view returns (uint256)',
  'function get(uint256 index) view returns (uint256)',
]);

describe('a function is found', () => {
  test.each([
    ['transfer', 2],
    ['get()', 0],
    ['get(uint256)', 1],
    ['get( uint256 )', 1],
  ])('as %s', (text, inputs) => {
    expect(findFunction(abi, text).inputs).toHaveLength(inputs);
  });

  test('by a signature of its own, with what it returns', () => {
    expect(findFunction(undefined, 'count(address) view returns (uint256)')).toMatchObject({
      name: 'count',
      inputs: [{ type: 'address' }],
      outputs: [{ type: 'uint256' }],
    });
  });

  test.each([
    [abi, 'get', 'unknownFunction'],
    [abi, 'nothing', 'unknownFunction'],
    [undefined, 'get', 'noInterface'],
    [undefined, 'get(what)', 'badSignature'],
    [undefined, 'event E()', 'badSignature'],
  ])('or not: %#', (known, text, code) => {
    expect(() => findFunction(known, text)).toThrow(expect.objectContaining({ code }));
  });
});

describe('arguments', () => {
  const parse = (type: string, text: string) => parseArguments('f', [{ type, name: 'x' }], [text], '/nonexistent')[0];

  test.each<[string, string, unknown]>([
    ['uint256', '1_000_000', 1_000_000n],
    ['uint8', '0xff', 255n],
    ['bool', 'false', false],
    ['bytes32', 'roof-1', `0x726f6f662d31${'00'.repeat(26)}`],
    ['address', 'testbed:node-1', '0xbea1b148f781826391347c8624d309fbea4071d1'],
    ['uint64[]', '[1, 2,3]', [1n, 2n, 3n]],
    ['bool[]', '', []],
    ['int8', '-128', -128n],
    ['bytes4', '0x01020304', '0x01020304'],
    ['bytes', '0x', '0x'],
    [
      'uint8[2][]',
      '[1,2], [3,4]',
      [
        [1n, 2n],
        [3n, 4n],
      ],
    ],
  ])('%s %s', (type, text, value) => {
    expect(parse(type, text)).toEqual(value);
  });

  test.each([
    ['uint8', '256', 'badArguments'],
    ['uint256', '-1', 'badArguments'],
    ['uint256', '1.5', 'badArguments'],
    ['bool', '1', 'badArguments'],
    ['address', 'nobody', 'unknownKey'],
    ['uint8[]', '1,300', 'badArguments'],
    ['uint8[2]', '1', 'badArguments'],
    ['int8', '128', 'badArguments'],
    ['bytes4', '0x0102', 'badArguments'],
    ['bytes', '0x012', 'badArguments'],
    ['function', '0x', 'badArguments'],
  ])('%s %s is refused', (type, text, code) => {
    expect(() => parse(type, text)).toThrow(expect.objectContaining({ code }));
  });

  test('a struct is its members in parentheses', () => {
    const components = [
      { type: 'uint256[]', name: 'shares' },
      { type: 'tuple', name: 'who', components: [{ type: 'bool', name: 'open' }] },
    ];
    const inputs = [{ type: 'tuple[]', name: 'x', components }];
    const [value] = parseArguments('f', inputs, ['[([1,2],(true)), ([],(false))]'], undefined);
    expect(value).toEqual([
      [[1n, 2n], [true]],
      [[], [false]],
    ]);
    expect(() => parseArguments('f', inputs, ['(1)'], undefined)).toThrow('"(1)" is no tuple');
  });

  test('must be as many as the function takes', () => {
    expect(() => parseArguments('transfer', findFunction(abi, 'transfer').inputs, ['5'], undefined)).toThrow(
      'transfer takes 2 arguments, not 1',
    );
    expect(() => parseArguments('burn', [{ type: 'uint256', name: 'amount' }], [], undefined)).toThrow(
      'burn takes 1 argument, not 0',
    );
  });
});
