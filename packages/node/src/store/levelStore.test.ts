import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textToBytes } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeTests } from '../../testing/storeTests.js';
import { openLevelStore } from './levelStore.js';

const temporary = () => mkdtemp(join(tmpdir(), 'wattchain-store-'));

storeTests('LevelStore', async () => {
  const path = await temporary();
  return { open: () => openLevelStore(path), remove: () => rm(path, { recursive: true }) };
});

describe('openLevelStore', () => {
  let path: string;
  beforeEach(async () => {
    path = await temporary();
  });
  afterEach(() => rm(path, { recursive: true }));

  it('says that another node uses the folder', async () => {
    const first = await openLevelStore(path);
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeLocked',
      message: expect.stringContaining('is already used by another node'),
      hint: expect.stringContaining('stop the other node'),
    });
    await first.close();
    await (await openLevelStore(path)).close();
  });

  it('says that the files are corrupt and what to do', async () => {
    const store = await openLevelStore(path);
    await store.batch([{ key: textToBytes('a'), value: textToBytes('b') }]);
    await store.close();
    const manifest = (await readdir(path)).find((name) => name.startsWith('MANIFEST'));
    expect(manifest).toBeDefined();
    await writeFile(join(path, manifest as string), 'not a manifest');
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeDamaged',
      hint: expect.stringContaining('wattchain db verify'),
    });
  });

  it('says the same when CURRENT names a file that is not there', async () => {
    await (await openLevelStore(path)).close();
    await writeFile(join(path, 'CURRENT'), 'MANIFEST-999999\n');
    await expect(openLevelStore(path)).rejects.toMatchObject({ code: 'storeDamaged' });
  });

  it('keeps everything before a write that was cut off', async () => {
    const store = await openLevelStore(path);
    await store.batch([{ key: textToBytes('a'), value: textToBytes('b') }]);
    await store.close();
    const log = (await readdir(path)).find((name) => name.endsWith('.log'));
    await appendFile(join(path, log as string), Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    const again = await openLevelStore(path);
    expect(again.get(textToBytes('a'))).toEqual(textToBytes('b'));
    await again.close();
  });

  it('says that a folder cannot be made', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(openLevelStore(join(path, 'file', 'below'))).rejects.toMatchObject({ code: 'storeUnavailable' });
  });
});
