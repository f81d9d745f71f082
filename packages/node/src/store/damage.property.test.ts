/**
 * What a disk can do to a stopped node's files: for every damage either opening says so, or everything that is read is as it was
 * written. `WATTCHAIN_DAMAGE_CASES` sets how many places are tried.
 */
import { cp, mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToBigInt, concatBytes, isStoreDamaged, numberToBytes, sha256, textToBytes, toHex } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LISTING_FILE } from './fileListing.js';
import { openLevelStore } from './levelStore.js';

const CASES = Number(process.env.WATTCHAIN_DAMAGE_CASES ?? 70);
const SESSIONS = 4;
const BATCHES = 6;
const ENTRIES = 60;
/** Every batch counts up, so that a store which opens says how many of them it has. */
const COUNTER = textToBytes('counter');

let folder: string;
let pristine: string;
/** What the store held after so many batches. */
const states: ReadonlyMap<string, string>[] = [new Map()];

/** A number below `limit`, the same for the same words in every run. */
function draw(limit: number, ...words: readonly (string | number)[]): number {
  return Number(bytesToBigInt(sha256(textToBytes(words.join(' '))).subarray(0, 6)) % BigInt(limit));
}

function batchOf(session: number, batch: number) {
  const number = session * BATCHES + batch;
  const writes = Array.from({ length: ENTRIES }, (_, i) => {
    const key = textToBytes(`k${draw(200, 'key', number, i)}`);
    // Half of it is text that compresses, half of it is not; now and then a key is deleted or its value is long.
    const random = sha256(textToBytes(`${number} ${i}`));
    const long =
      i === 0
        ? concatBytes(
            ...Array.from({ length: 1_250 }, (_, part) => sha256(Uint8Array.of(number, part & 255, part >> 8))),
          )
        : new Uint8Array(50);
    return { key, value: i % 10 === 9 ? undefined : Uint8Array.of(...random, ...long) };
  });
  return [...writes, { key: COUNTER, value: numberToBytes(number + 1, 4) }];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattchain-damage-'));
  pristine = join(folder, 'pristine');
  for (let session = 0; session < SESSIONS; session++) {
    const store = await openLevelStore(pristine);
    for (let batch = 0; batch < BATCHES; batch++) {
      const writes = batchOf(session, batch);
      await store.batch(writes);
      const state = new Map(states.at(-1));
      for (const { key, value } of writes) {
        if (value === undefined) state.delete(toHex(key));
        else state.set(toHex(key), toHex(value));
      }
      states.push(state);
    }
    await store.close();
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Opens a folder and compares all that it holds with what was written; what came of it. */
async function openAndRead(path: string): Promise<'refused' | 'whole' | 'without the last writes'> {
  try {
    const store = await openLevelStore(path);
    try {
      const counter = store.get(COUNTER);
      const count = counter === undefined ? 0 : Number(bytesToBigInt(counter));
      const expected = states[count] as ReadonlyMap<string, string>;
      const found = new Map<string, string>();
      for await (const [key, value] of store.iterate(new Uint8Array(0))) found.set(toHex(key), toHex(value));
      expect(found).toEqual(expected);
      for (let i = 0; i < 200; i++) {
        const value = store.get(textToBytes(`k${i}`));
        expect(value && toHex(value)).toBe(expected.get(toHex(textToBytes(`k${i}`))));
      }
      return count === SESSIONS * BATCHES ? 'whole' : 'without the last writes';
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!isStoreDamaged(error)) throw error;
    expect(error.message).toMatch(/^the stored chain is damaged: in ".+" \S+ /);
    expect(error.hint).toContain('wattchain db verify');
    return 'refused';
  }
}

const readable = async (path: string) =>
  (await readdir(path)).filter((name) => /^(CURRENT|MANIFEST-\d+|\d+\.(ldb|log))$/.test(name)).sort();

/** Harms one file of a copy. */
async function harm(path: string, how: string, seed: string): Promise<string> {
  const names = await readable(path);
  const name = names[draw(names.length, seed, 'file')] as string;
  const file = join(path, name);
  const bytes = await readFile(file);
  const offset = draw(bytes.length || 1, seed, 'offset');
  if (how === 'flip' && bytes.length > 0) {
    bytes[offset] = (bytes[offset] as number) ^ (1 << draw(8, seed, 'bit'));
    await writeFile(file, bytes);
  } else if (how === 'truncate') await truncate(file, offset);
  else if (how === 'empty') await writeFile(file, '');
  else if (how === 'exchange')
    await writeFile(file, await readFile(join(path, names[draw(names.length, seed, 'other')] as string)));
  else await unlink(file);
  return `${how} ${name} at ${offset}`;
}

const KINDS = ['flip', 'flip', 'flip', 'flip', 'truncate', 'empty', 'delete', 'exchange'] as const;

test('a closed database that was harmed is refused or whole', async () => {
  const counts: Record<string, number> = {};
  for (let i = 0; i < CASES; i++) {
    const path = join(folder, 'harmed');
    await cp(pristine, path, { recursive: true });
    const done = await harm(path, KINDS[i % KINDS.length] as string, `closed ${i}`);
    const unchanged = await isSame(path);
    const result = await openAndRead(path);
    // A log that lost a part of its last write is what a machine leaves that stops, and opens without that write.
    if (!/\.log/.test(done)) expect(result, done).toBe(unchanged ? 'whole' : 'refused');
    counts[result] = (counts[result] ?? 0) + 1;
    await rm(path, { recursive: true });
  }
  expect(counts.refused).toBeGreaterThan(CASES / 2);
});

test('after a sudden end, without a list, a database that was harmed is refused, whole, or as it was some writes ago', async () => {
  for (let i = 0; i < CASES; i++) {
    const path = join(folder, 'harmed');
    await cp(pristine, path, { recursive: true });
    await unlink(join(path, LISTING_FILE));
    const done = await harm(path, KINDS[i % KINDS.length] as string, `open ${i}`);
    const result = await openAndRead(path);
    // Only the end of the newest log and of the MANIFEST may be missing, as nobody knows how much they had.
    if (!/\.log|MANIFEST/.test(done)) expect(result, done).not.toBe('without the last writes');
    await rm(path, { recursive: true });
  }
});

/** Whether the harm changed nothing, as when a file is exchanged for itself. */
async function isSame(path: string): Promise<boolean> {
  for (const name of await readable(pristine)) {
    const found = await readFile(join(path, name)).catch(() => undefined);
    if (found === undefined || !found.equals(await readFile(join(pristine, name)))) return false;
  }
  return true;
}
