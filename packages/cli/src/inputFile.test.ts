import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInputFile } from './inputFile.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-input-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fileOf(length: number): { readonly path: string; readonly bytes: Uint8Array } {
  const path = join(directory, String(length));
  const bytes = new Uint8Array(length).map((_, index) => index % 251);
  writeFileSync(path, bytes);
  return { path, bytes };
}

test.each([0, 1, 1_048_575, 1_048_576, 1_048_577, 2_500_000])('a file of %i bytes is read as it is', (length) => {
  const { path, bytes } = fileOf(length);
  expect(readInputFile(path, 3_000_000)?.length).toBe(length);
  expect(Buffer.compare(readInputFile(path, length) ?? new Uint8Array(1), bytes)).toBe(0);
});

test('a file that is longer than asked for is refused', () => {
  const { path } = fileOf(2_000);
  expect(readInputFile(path, 1_999)).toBeUndefined();
});

test('what is kept is as long as the file, however long it might have been', () => {
  const { path } = fileOf(500);
  expect(readInputFile(path, 130_000_000)?.buffer.byteLength).toBe(500);
});
