import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makePrivateDirectory, writeInto } from './directory.js';

const base = mkdtempSync(join(tmpdir(), 'wattchain-directory-'));
afterAll(() => rmSync(base, { recursive: true }));

test('makes what is missing, for its owner alone', () => {
  const path = join(base, 'a', 'b');
  makePrivateDirectory(path);
  makePrivateDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error, and so is a file system that takes no folders', () => {
  writeFileSync(join(base, 'file'), '');
  for (const path of [join(base, 'file'), join(base, 'file', 'below'), '/proc/wattchain/node']) {
    expect(() => makePrivateDirectory(path)).toThrow(expect.objectContaining({ code: 'unwritableDirectory' }));
  }
  expect(() => writeInto(join(base, 'none'), 'config.json', '{}')).toThrow(/cannot be made or written to/);
});
