import { describe, expect, test } from 'vitest';
import { type Artifact, assemble, formatArtifact, formatSourceLine, parseArtifact, sourceLineAt } from './index.js';

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

  test('reads as one line', () => {
    const line = sourceLineAt(artifact, 25);
    expect(line && formatSourceLine(line)).toBe('small.wca:8: bump 3 (line 5: sstore word)');
  });
});

describe('files', () => {
  test('what is written is read back', () => {
    const text = formatArtifact(artifact);
    expect(parseArtifact(JSON.parse(text), 'small.json')).toEqual(artifact);
    expect(text).toContain('[24, 8, 5]');
  });

  test('a source that looks like a list stays as it is', () => {
    const odd: Artifact = { ...artifact, sourceLines: ['[\n 1,\n 2\n]', '; [ 1, 2 ]'] };
    expect(JSON.parse(formatArtifact(odd))).toEqual(odd);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', [], /no object/],
    ['no code', { ...artifact, code: '0xzz' }, /"code"/],
    ['too much code', { ...artifact, code: `0x${'00'.repeat(24_577)}` }, /24576/],
    ['an interface of something else', { ...artifact, abi: [{ type: 'fallback' }] }, /"abi"/],
    ['storage without numbers', { ...artifact, storage: { word: 'zero' } }, /"storage"/],
    [
      'a source map that goes back',
      {
        ...artifact,
        sourceMap: [
          [16, 1],
          [16, 2],
        ],
      },
      /"sourceMap"/,
    ],
    ['a source map with four numbers', { ...artifact, sourceMap: [[16, 1, 2, 3]] }, /"sourceMap"/],
    ['no source lines', { ...artifact, sourceLines: undefined }, /"sourceLines"/],
  ])('%s is refused', (_, json, message) => {
    expect(() => parseArtifact(json, 'some.json')).toThrow(expect.objectContaining({ code: 'badArtifact' }));
    expect(() => parseArtifact(json, 'some.json')).toThrow(message);
  });
});
