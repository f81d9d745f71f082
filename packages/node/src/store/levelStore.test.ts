import {
  appendFile,
  cp,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesEqual, textToBytes } from '@wattchain/core';
import { Level } from 'level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeTests } from '../../testing/storeTests.js';
import { seal } from './envelope.js';
import { LISTING_FILE, ListingKeeper, readListing } from './fileListing.js';
import { openLevelStore } from './levelStore.js';
import { SCHEMA_VERSION, VERSION_KEY } from './schema.js';

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

  it('frees what was overwritten and deleted when it closes, once there is much of it', async () => {
    const place = (prefix: string, i: number) => textToBytes(`${prefix}${i}`);
    // Nothing that compresses: bytes of a linear congruential generator, for each value from another one on.
    let state = 1;
    const random = Uint8Array.from({ length: 32_768 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
    const bytesFor = (round: number, i: number) => random.subarray(100 * round + i).subarray(0, 8_192);
    // Several of LevelDB's write buffers of 4 MB: what stands in the first it may leave as it is.
    const [rounds, values] = [16, 64];
    const store = await openLevelStore(path);
    for (let round = 0; round < rounds; round++) {
      const records = Array.from({ length: values }, (_, i) => ({ key: place('t', i), value: bytesFor(round, i) }));
      const undone = Array.from({ length: values }, (_, i) => ({ key: place('u', i), value: undefined }));
      const undo = undone.map(({ key }, i) => ({ key, value: bytesFor(rounds + round, i) }));
      await store.batch(round < rounds - 1 ? [...records, ...undo] : [...records, ...undone]);
    }
    await store.close();
    const sizes = await Promise.all((await readdir(path)).map(async (name) => (await stat(join(path, name))).size));
    const kept = values * bytesFor(0, 0).length;
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1.2 * kept);
    const again = await openLevelStore(path);
    for (let i = 0; i < values; i++) {
      expect(bytesEqual(again.get(place('t', i)) ?? new Uint8Array(0), bytesFor(rounds - 1, i))).toBe(true);
      expect(again.get(place('u', i))).toBeUndefined();
    }
    await again.close();
  });

  it('refuses a store of another version, also one whose values had no checksums', async () => {
    const version = (number: number) => [{ key: VERSION_KEY, value: Uint8Array.of(0, 0, 0, number) }];
    const store = await openLevelStore(path);
    await store.batch(version(SCHEMA_VERSION + 1));
    await store.close();
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeVersion',
      message: `the store has schema version ${SCHEMA_VERSION + 1}, this program reads ${SCHEMA_VERSION}`,
      hint: expect.stringContaining('use the program that wrote it'),
    });

    const older = join(path, 'older');
    const level = new Level<Uint8Array, Uint8Array>(older, { keyEncoding: 'view', valueEncoding: 'view' });
    await level.put(VERSION_KEY, Uint8Array.of(0, 0, 0, 1));
    await level.close();
    await expect(openLevelStore(older)).rejects.toMatchObject({
      code: 'storeVersion',
      hint: expect.stringContaining('delete the folder `chain`'),
    });
  });

  it('notices a value that stands under another key, and one that was changed', async () => {
    await (await openLevelStore(path)).close();
    const level = new Level<Uint8Array, Uint8Array>(path, { keyEncoding: 'view', valueEncoding: 'view' });
    const [right, wrong, short] = [textToBytes('xr'), textToBytes('xw'), textToBytes('xs')];
    await level.put(right, seal(right, Uint8Array.of(1, 2)));
    await level.put(wrong, seal(right, Uint8Array.of(1, 2)));
    await level.put(short, Uint8Array.of(1));
    await level.close();
    await rm(join(path, LISTING_FILE));
    const store = await openLevelStore(path);
    expect(store.get(right)).toEqual(Uint8Array.of(1, 2));
    for (const key of [wrong, short]) {
      expect(() => store.get(key)).toThrowError(
        expect.objectContaining({ code: 'storeDamaged', message: expect.stringContaining('place of transaction 0x7') }),
      );
    }
    const walk = store.iterate(textToBytes('x'))[Symbol.asyncIterator]();
    expect((await walk.next()).value?.[1]).toEqual(Uint8Array.of(1, 2));
    await expect(walk.next()).rejects.toMatchObject({ code: 'storeDamaged' });
    await store.close();
  });

  describe('after a sudden end', () => {
    const batches = 80;
    let copy: string;

    beforeEach(async () => {
      // As a kill leaves it: the files as they are while the database is open.
      copy = `${path}-copy`;
      const first = await openLevelStore(path);
      await first.batch([{ key: textToBytes('first'), value: new Uint8Array(500) }]);
      await first.close();
      const store = await openLevelStore(path);
      for (let i = 0; i < batches; i++) {
        await store.batch([{ key: textToBytes(`k${i}`), value: new Uint8Array(100).fill(i) }]);
      }
      // The list is brought up to date beside the writing, so that there is writing until it is.
      while ((await readListing(path))?.files.size !== 3) {
        await store.batch([{ key: textToBytes('filler'), value: new Uint8Array(10) }]);
      }
      await cp(path, copy, { recursive: true });
      await store.close();
    });
    afterEach(() => rm(copy, { recursive: true }));

    const newest = async (ending: RegExp) =>
      (await readdir(copy))
        .filter((name) => ending.test(name))
        .sort()
        .at(-1) ?? '';

    it('has everything', async () => {
      const store = await openLevelStore(copy);
      expect(store.get(textToBytes(`k${batches - 1}`))).toEqual(new Uint8Array(100).fill(batches - 1));
      await store.close();
    });

    it.each<[string, RegExp, (file: string) => Promise<void>]>([
      ['a log that is shorter than it was', /\.log$/, (file) => truncate(file, 200)],
      ['a log that is gone', /\.log$/, (file) => rm(file)],
      ['a MANIFEST that is shorter than it was', /^MANIFEST/, (file) => truncate(file, 20)],
      ['a table that is gone', /\.ldb$/, (file) => rm(file)],
      ['a table of another database', /\.ldb$/, (file) => writeFile(file, new Uint8Array(700))],
    ])('notices %s', async (_what, ending, harm) => {
      await harm(join(copy, await newest(ending)));
      await expect(openLevelStore(copy)).rejects.toMatchObject({ code: 'storeDamaged' });
    });

    it('notices eight bytes that changed in the middle of a log, and that all of its files are gone', async () => {
      const file = join(copy, await newest(/\.log$/));
      const bytes = await readFile(file);
      bytes.fill(0xa5, 4_000, 4_008);
      await writeFile(file, bytes);
      await expect(openLevelStore(copy)).rejects.toMatchObject({ code: 'storeDamaged' });
      for (const name of await readdir(copy)) if (name !== LISTING_FILE) await rm(join(copy, name));
      await expect(openLevelStore(copy)).rejects.toMatchObject({ code: 'storeDamaged' });
    });

    it('and then a start that was cut off has everything too: an empty log follows the one that ends inside a record', async () => {
      await appendFile(join(copy, await newest(/\.log$/)), Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
      const later = join(copy, '000999.log');
      // What was written after a record that is cut off would be lost with it.
      await writeFile(later, Uint8Array.of(1));
      await expect(openLevelStore(copy)).rejects.toMatchObject({ code: 'storeDamaged' });
      await writeFile(later, '');
      const store = await openLevelStore(copy);
      expect(store.get(textToBytes(`k${batches - 1}`))).toEqual(new Uint8Array(100).fill(batches - 1));
      await store.close();
    });

    it('goes without its own list when that is damaged', async () => {
      await writeFile(join(copy, LISTING_FILE), 'wattchain-files 1 closed 00000000\nabc');
      await (await openLevelStore(copy)).close();
    });
  });

  describe('a table that LevelDB never came to use', () => {
    // As when it is closed in the middle of a compaction; the number is given to another table afterwards.
    const orphans = 12;
    const value = new Uint8Array(1000).fill(7);
    let unused: string[];

    beforeEach(async () => {
      const store = await openLevelStore(path);
      // It stays in the log, of which the next opening makes a table.
      await store.batch([{ key: textToBytes('a'), value }]);
      await store.close();
      const numbers = (await readdir(path)).map((name) => Number(/\d+/.exec(name)?.[0] ?? 0));
      unused = Array.from(
        { length: orphans },
        (_, i) => `${String(Math.max(...numbers) + 1 + i).padStart(6, '0')}.ldb`,
      );
      for (const name of unused)
        await writeFile(join(path, name), Uint8Array.of(...name.split('').map(Number), 1, 2, 3));
      const keeper = new ListingKeeper(path, new Map());
      await keeper.end();
    });

    const reused = async () => (await readdir(path)).filter((name) => unused.includes(name)).length;

    it('says nothing of the next one of its number', async () => {
      await (await openLevelStore(path)).close();
      expect(await reused()).toBe(1);
      const again = await openLevelStore(path);
      expect(again.get(textToBytes('a'))).toEqual(value);
      await again.close();
    });

    it('nor after a sudden end', async () => {
      const store = await openLevelStore(path);
      const copy = `${path}-copy`;
      await cp(path, copy, { recursive: true });
      await store.close();
      expect(await reused()).toBe(1);
      await (await openLevelStore(copy)).close();
      await rm(copy, { recursive: true });
    });
  });

  it('does not begin an empty database where CURRENT went while it was open', async () => {
    const store = await openLevelStore(path);
    await store.batch([{ key: textToBytes('a'), value: textToBytes('b') }]);
    await rm(join(path, 'CURRENT'));
    await store.close();
    const before = await readdir(path);
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeDamaged',
      message: expect.stringContaining('CURRENT is missing'),
    });
    expect(await readdir(path)).toEqual(before);
  });

  it.each<[string, RegExp]>([
    ['a table', /\.ldb$/],
    ['the log', /\.log$/],
  ])('does not take %s for right that changed while it was open', async (_what, ending) => {
    const store = await openLevelStore(path, { writeBufferBytes: 65_536 });
    const bytes = (i: number) => Uint8Array.from({ length: 40_000 }, (_, place) => (place * place * (i + 7)) >> 8);
    for (let i = 0; i < 6; i++) await store.batch([{ key: textToBytes(`k${i}`), value: bytes(i) }]);
    // LevelDB makes tables beside the writing; one is finished when the next write buffer is full.
    const names = (await readdir(path)).filter((file) => ending.test(file)).sort();
    const name = names.at(ending.test('0.log') ? -1 : 0) as string;
    const file = await open(join(path, name), 'r+');
    await file.write(Uint8Array.of(0xa5, 0xa5, 0xa5), 0, 3, 20_000);
    await file.close();
    await store.close();
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeDamaged',
      message: expect.stringContaining(`${name} was damaged when the database closed`),
    });
  });

  it('names a file that the disk does not give, and says which the system does not open', async () => {
    await (await openLevelStore(path)).close();
    const current = join(path, 'CURRENT');
    await rm(join(path, LISTING_FILE));
    await rm(current);
    // A file whose every read at its beginning is answered with EIO.
    await symlink('/proc/self/mem', current);
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeDamaged',
      message: expect.stringContaining('CURRENT cannot be read: the disk reports an error (EIO)'),
    });
    await rm(current);
    await symlink(current, current);
    await expect(openLevelStore(path)).rejects.toMatchObject({
      code: 'storeUnavailable',
      message: expect.stringContaining('ELOOP'),
    });
  });

  it('says that the disk fails, keeps what was written, and writes nothing after a write that failed', async () => {
    const place = (i: number) => textToBytes(`k${i}`);
    const value = new Uint8Array(40_000).fill(7);
    const store = await openLevelStore(path, { writeBufferBytes: 65_536 });
    await store.batch([{ key: place(0), value }]);
    // Where LevelDB makes its next file there is no folder.
    const moved = `${path}-moved`;
    await rename(path, moved);
    await writeFile(path, '');
    let written = 1;
    const fill = async () => {
      for (; written < 20; written++) await store.batch([{ key: place(written), value }]);
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'storeFailed',
      message: expect.stringMatching(/^the disk of the stored chain fails: .*Not a directory/),
      hint: expect.stringContaining('make room on the disk'),
    });
    await rm(path);
    await rename(moved, path);
    await expect(store.batch([{ key: textToBytes('late'), value }])).rejects.toMatchObject({ code: 'storeFailed' });
    expect(store.get(place(written - 1))).toEqual(value);
    await store.close();
    const again = await openLevelStore(path);
    expect(again.get(place(written - 1))).toEqual(value);
    expect(again.get(textToBytes('late'))).toBeUndefined();
    await again.close();
  });

  it('says that a folder cannot be made', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(openLevelStore(join(path, 'file', 'below'))).rejects.toMatchObject({ code: 'storeUnavailable' });
  });
});
