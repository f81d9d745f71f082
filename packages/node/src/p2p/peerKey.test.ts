import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { loadPeerKey } from './peerKey.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wattchain-key-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('makes a key once, for its owner only, and keeps it', async () => {
  const { random } = new ManualRuntime(0);
  const dataDir = join(dir, 'new', 'data');
  const key = await loadPeerKey(dataDir, random);
  expect(key.type).toBe('Ed25519');
  expect((await stat(join(dataDir, 'peer.key'))).mode & 0o777).toBe(0o600);
  expect((await loadPeerKey(dataDir, random)).equals(key)).toBe(true);
  expect((await loadPeerKey(join(dir, 'other'), random)).equals(key)).toBe(false);
});

it('does not replace a file that it cannot read as a key', async () => {
  const path = join(dir, 'peer.key');
  await writeFile(path, 'not a key');
  await expect(loadPeerKey(dir, new ManualRuntime(0).random)).rejects.toMatchObject({ code: 'badPeerKey' });
  expect(await readFile(path, 'utf8')).toBe('not a key');
});
