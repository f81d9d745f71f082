import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wattchain } from './framework.js';

interface KeyJson {
  readonly name: string;
  readonly address: string;
  readonly file: string;
  readonly mnemonic?: string;
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wattchain-account-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const account = (...args: string[]) =>
  wattchain(['account', ...args, '--keys', join(directory, 'keys')], { WATTCHAIN_PASSPHRASE: 'a quiet evening' });

test('a key is made from twelve words, restored from them, and copied to a file of its own', async () => {
  const made: KeyJson = JSON.parse((await account('new', 'house', '--mnemonic', '--json')).stdout);
  const words = made.mnemonic ?? '';
  expect(words.split(' ')).toHaveLength(12);
  // viem derives along the same path with code of its own.
  expect(mnemonicToAccount(words).address).toBe(made.address);
  expect(readFileSync(made.file, 'utf8')).not.toContain(words);

  const wordsFile = join(directory, 'words.txt');
  writeFileSync(wordsFile, `${words}\n`);
  const [second, exported] = await Promise.all([
    account('import', 'second', '--mnemonic-file', wordsFile, '--index', '1', '--json'),
    account('export', 'house', '--out', join(directory, 'house.json'), '--json'),
  ]);
  expect(JSON.parse(second.stdout)).toMatchObject({
    name: 'second',
    address: mnemonicToAccount(words, { addressIndex: 1 }).address,
  });
  const copy = JSON.parse(exported.stdout) as KeyJson;
  expect(copy.address).toBe(made.address);
  const path = join(directory, 'house.json');
  expect(readFileSync(path, 'utf8')).toBe(readFileSync(made.file, 'utf8'));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what cannot be taken over or copied is refused in words, without the words of a mnemonic', async () => {
  const wordsFile = join(directory, 'bad.txt');
  writeFileSync(wordsFile, `${'abandon '.repeat(11)}zebra\n`);
  const taken = join(directory, 'taken.json');
  writeFileSync(taken, 'here already');
  const [checksum, index, unknown] = await Promise.all([
    account('import', 'bad', '--mnemonic-file', wordsFile),
    account('import', 'bad', '--mnemonic-file', wordsFile, '--index', '-1'),
    account('export', 'nobody', '--out', taken),
  ]);
  expect(checksum.stderr).toMatch(/this is no mnemonic: its checksum does not fit/);
  expect(checksum.stderr).not.toMatch(/abandon|zebra/);
  expect(index.stderr).toMatch(/--index/);
  expect(unknown.stderr).toMatch(/there is no key "nobody"/);
  for (const { code } of [checksum, index, unknown]) expect(code).not.toBe(0);
  expect(readFileSync(taken, 'utf8')).toBe('here already');
});
