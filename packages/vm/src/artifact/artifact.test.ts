import { describe, expect, test } from 'vitest';
import { assemble } from '../assembler/index.js';
import { type Artifact, formatArtifact, formatSourceLine, parseArtifact, sourceLineAt } from './index.js';

const SOURCE = `.contract Small
.slot    word
.macro   bump by
         sload word  push $by  add
         sstore word
.end
.function bump()
         bump 3
         stop   ; the end
`;
const artifact = assemble(SOURCE, 'small.wca');

describe('sourceLineAt', () => {
  // The code's header has 8 bytes and 8 for the function: 16: push 0 (3 bytes) · 19: sload · 20: push 3 (3) · 23: add ·
  // 24: push 0 (3) · 27: sstore · 28: stop.
  test.each([
    [16, { line: 8, text: 'bump 3', macro: { line: 4, text: 'sload word  push $by  add' } }],
    [23, { line: 8, text: 'bump 3', macro: { line: 4, text: 'sload word  push $by  add' } }],
    [24, { line: 8, text: 'bump 3', macro: { line: 5, text: 'sstore word' } }],
    [28, { line: 9, text: 'stop   ; the end' }],
  ])('%i', (offset, expected) => {
    expect(sourceLineAt(artifact, offset)).toEqual({ file: 'small.wca', ...expected });
  });

  test('knows nothing of the header', () => {
    expect(sourceLineAt(artifact, 13)).toBeUndefined();
  });

  test('names the file, where there are several', () => {
    const sources = [
      { name: 'Main.sol', text: 'contract Main is Base {\n}' },
      { name: 'lib/Base.sol', text: 'contract Base {\r\n  uint256 x = 5;\r\n}' },
    ];
    const several = { sources, sourceMap: [[20, 0, 1, 1] as const, [25, 1, 2, 3] as const] };
    expect(sourceLineAt(several, 24)).toEqual({ file: 'Main.sol', line: 1, text: 'contract Main is Base {' });
    expect(sourceLineAt(several, 99)).toEqual({ file: 'lib/Base.sol', line: 2, text: 'uint256 x = 5;' });
  });

  test('reads as one line', () => {
    const line = sourceLineAt(artifact, 25);
    expect(line && formatSourceLine(line)).toBe('small.wca:8: bump 3 (line 5: sstore word)');
  });
});

describe('files', () => {
  test('what is written is read back', () => {
    const text = formatArtifact(artifact);
    expect(parseArtifact(JSON.parse(text), 'small.json')).toEqual(artifact);
    expect(text).toContain('[24, 0, 8, 10, 5]');
  });

  test('a source that looks like a list stays as it is', () => {
    const odd: Artifact = { ...artifact, sources: [{ name: 'odd.wca', text: '[\n 1,\n 2,\n 3,\n 4\n]; [ 1, 2 ]' }] };
    expect(JSON.parse(formatArtifact(odd))).toEqual(odd);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', [], /no object/],
    ['no code', { ...artifact, code: '0xzz' }, /"code"/],
    ['too much code', { ...artifact, code: `0x${'00'.repeat(31_745)}` }, /31744/],
    ['an interface of something else', { ...artifact, abi: [{ type: 'fallback' }] }, /"abi"/],
    ['no layout of the storage', { ...artifact, storageLayout: undefined }, /"storageLayout"/],
    [
      'a layout with a type that is not there',
      { ...artifact, storageLayout: { ...artifact.storageLayout, types: null } },
      /"storageLayout"/,
    ],
    [
      'a source map that goes back',
      {
        ...artifact,
        sourceMap: [
          [16, 0, 1, 1],
          [16, 0, 2, 1],
        ],
      },
      /"sourceMap"/,
    ],
    ['a source map with six numbers', { ...artifact, sourceMap: [[16, 0, 1, 2, 3, 4]] }, /"sourceMap"/],
    ['a source map of a source that is not there', { ...artifact, sourceMap: [[16, 1, 1, 1]] }, /"sourceMap"/],
    ['no sources', { ...artifact, sources: [] }, /"sources"/],
    ['a source without a text', { ...artifact, sources: [{ name: 'a.sol' }] }, /"sources"/],
    ['one of a later version', { ...artifact, format: 3 }, /its format is 3, this version reads 2/],
    [
      'one of an earlier version',
      { contract: 'Small', code: '0x00', abi: [], storage: {}, sourceMap: [], source: 'small.wca', sourceLines: [] },
      /its format is 1/,
    ],
  ])('%s is refused', (_, json, message) => {
    expect(() => parseArtifact(json, 'some.json')).toThrow(expect.objectContaining({ code: 'badArtifact' }));
    expect(() => parseArtifact(json, 'some.json')).toThrow(message);
  });
});

test('who has a file of an earlier version is told what to do', () => {
  try {
    parseArtifact({ ...artifact, format: undefined, sourceLines: [] }, 'old.json');
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ hint: expect.stringContaining('wattchain contract build') });
  }
});

test('what solc says of an interface and a storage is taken', () => {
  const solidity: Artifact = {
    ...artifact,
    abi: [
      { type: 'constructor', inputs: [], stateMutability: 'payable' },
      {
        type: 'function',
        name: 'at',
        inputs: [{ name: 'i', type: 'uint256', internalType: 'Index' }],
        outputs: [
          {
            name: '',
            type: 'tuple[]',
            internalType: 'struct Pair[]',
            components: [{ name: 'a', type: 'address', internalType: 'contract IERC20' }],
          },
        ],
        stateMutability: 'pure',
      },
      { type: 'event', name: 'E', inputs: [{ name: 'a', type: 'bytes', indexed: true }], anonymous: true },
    ],
    storageLayout: {
      storage: [{ astId: 7, contract: 'A.sol:A', label: 'pairs', offset: 0, slot: '0', type: 't_array' }],
      types: {
        t_array: { encoding: 'dynamic_array', base: 't_pair', label: 'struct Pair[]', numberOfBytes: '32' },
        t_pair: {
          encoding: 'inplace',
          label: 'struct Pair',
          numberOfBytes: '32',
          members: [{ astId: 3, contract: 'A.sol:A', label: 'a', offset: 20, slot: '0', type: 't_bool' }],
        },
        t_bool: { encoding: 'inplace', label: 'bool', numberOfBytes: '1' },
      },
    },
  };
  expect(parseArtifact(JSON.parse(formatArtifact(solidity)), 'a.json')).toEqual(solidity);
});
