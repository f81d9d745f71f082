import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WattchainError } from '@wattchain/core';
import { assemble, type SourceFile } from '@wattchain/vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Compilation } from '../compile.js';
import type { ReadImport } from '../solc.js';
import { build } from './build.js';
import { BuildCache, cacheDirectory } from './cache.js';

let directory: string;
/** Files that are imported, by name; what they say changes the result. */
let texts: Map<string, string>;
let compiled: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wattchain-cache-'));
  texts = new Map([['Lib.sol', 'lib 1']]);
  compiled = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Stands for the compiler: reads an import, and makes a contract whose source is what it read. */
function compile(file: SourceFile, readImport: ReadImport): Compilation {
  compiled += 1;
  const text = readImport('Lib.sol');
  if (text === undefined) throw new WattchainError('solidity', 'Source "Lib.sol" not found');
  const files = [file, { name: 'Lib.sol', text }];
  const artifact = { ...assemble('.contract C\n.function f()\n  stop', 'c.wca'), sources: files };
  return { artifacts: [artifact], warnings: ['a doubt'], files };
}

const run = (text = 'main', readImport: ReadImport = (name) => texts.get(name)) =>
  build({ file: { name: 'Main.sol', text }, readImport }, new BuildCache(directory), compile);
const entries = () => readdirSync(join(directory, 'solidity')).map((name) => join(directory, 'solidity', name));

describe('what did not change', () => {
  test('is not compiled again, and is the same', () => {
    const first = run();
    expect(first.isCached).toBe(false);
    expect(run()).toEqual({ ...first, isCached: true });
    expect(compiled).toBe(1);
  });

  test('is one file that nobody else may read, and no draft is left', () => {
    run();
    expect(entries()).toHaveLength(1);
    expect(entries()[0]).toMatch(/[0-9a-f]{64}\.json$/);
  });
});

describe('what changed is compiled again', () => {
  test('the file', () => {
    run();
    expect(run('main 2').isCached).toBe(false);
    expect(run().isCached).toBe(true);
  });

  test('an import, and one that is gone', () => {
    run();
    texts.set('Lib.sol', 'lib 2');
    expect(run().files[1]?.text).toBe('lib 2');
    expect(run().isCached).toBe(true);
    texts.delete('Lib.sol');
    expect(() => run()).toThrow('not found');
  });

  test.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, -100)],
    ['changed by a bit', (text) => text.replace('"format":2', '"format":3')],
    ['emptied', () => ''],
  ])('an entry that was %s', (_, damage) => {
    run();
    const [path = ''] = entries();
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(run().isCached).toBe(false);
    expect(run().isCached).toBe(true);
  });
});

test('errors are not kept, and those of reading are told as they are', () => {
  texts.clear();
  expect(() => run()).toThrow('not found');
  expect(() => run()).toThrow('not found');
  expect(compiled).toBe(2);
  const unreadable = () => {
    throw new WattchainError('sourceTooLarge', 'too large');
  };
  expect(() => run('main', unreadable)).toThrow(expect.objectContaining({ code: 'sourceTooLarge' }));
});

test('a cache that cannot be written to costs time and nothing else', () => {
  writeFileSync(join(directory, 'solidity'), 'a file where the folder would be');
  expect(run().isCached).toBe(false);
  expect(run().isCached).toBe(false);
});

test('two hundred results are kept, those that were used last', () => {
  for (let i = 0; i <= 200; i++) {
    run(`main ${i}`);
    // Moments of their own, whatever the file system tells apart.
    const path = entries().find((entry) => readFileSync(entry, 'utf8').includes(`"text":"main ${i}"`)) ?? '';
    utimesSync(path, 1_000 + i, 1_000 + i);
    if (i === 150) expect(run('main 0').isCached).toBe(true);
  }
  expect(entries()).toHaveLength(200);
  expect([run('main 0').isCached, run('main 1').isCached]).toEqual([true, false]);
});

test('lies where the XDG convention says, or where one is told', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/x/caches' })).toBe(join('/x/caches', 'wattchain'));
  expect(cacheDirectory({ XDG_CACHE_HOME: 'relative' })).toMatch(/\.cache.wattchain$/);
  expect(cacheDirectory({ WATTCHAIN_CACHE: '/tmp/c', XDG_CACHE_HOME: '/x' })).toBe('/tmp/c');
});
