import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadToken, TOKEN_FILE } from './token.js';

let dataDir: string;
const random = { bytes: (length: number) => new Uint8Array(length).fill(0xa5) };

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wattchain-token-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('is made once, for its owner alone, and kept', async () => {
  const nested = join(dataDir, 'node');
  const token = await loadToken(nested, TOKEN_FILE, random);
  expect(token).toBe('a5'.repeat(32));
  const path = join(nested, TOKEN_FILE);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toBe(`${token}\n`);
  expect(await loadToken(nested, TOKEN_FILE, { bytes: (length) => new Uint8Array(length) })).toBe(token);
});

test('a file that others may read is closed again', async () => {
  const path = join(dataDir, TOKEN_FILE);
  await writeFile(path, 'c3'.repeat(32));
  await chmod(path, 0o644);
  expect(await loadToken(dataDir, TOKEN_FILE, random)).toBe('c3'.repeat(32));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a file with something else is an error that says what to do', async () => {
  await writeFile(join(dataDir, TOKEN_FILE), 'secret');
  await expect(loadToken(dataDir, TOKEN_FILE, random)).rejects.toMatchObject({
    code: 'badToken',
    hint: expect.stringContaining('delete the file'),
  });
});

test('a data directory that cannot be one is an error with its cause', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  await expect(loadToken(file, TOKEN_FILE, random)).rejects.toMatchObject({
    code: 'tokenFile',
    cause: { code: 'ENOTDIR' },
  });
});
