import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex, type Hash, keccak256, toHex } from '@wattchain/core';
import { type Artifact, assemble, formatArtifact } from '@wattchain/vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { ArtifactFolder } from './artifacts.js';

const artifactOf = (n: number) => assemble(`.contract C\n.function f()\n  push ${n} pop stop`, `c${n}.wca`);
const hashOf = ({ code }: Artifact): Hash => toHex(keccak256(fromHex(code)));

let directory: string;
let runtime: ManualRuntime;
let folder: ArtifactFolder;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wattchain-artifacts-'));
  runtime = new ManualRuntime(1_000_000);
  folder = new ArtifactFolder(join(directory, 'artifacts'), runtime.stopwatch, silentLogger);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(join(directory, 'artifacts'), { recursive: true });
  writeFileSync(join(directory, 'artifacts', name), text);
}

test('finds artifacts by the hash of their code, and skips what is none', async () => {
  write('a.json', formatArtifact(artifactOf(1)));
  write('broken.json', '{');
  write('other.json', '{"code":"0x00"}');
  write('b.txt', formatArtifact(artifactOf(2)));
  expect(await folder.find(hashOf(artifactOf(1)))).toEqual(artifactOf(1));
  expect(await folder.find(hashOf(artifactOf(2)))).toBeUndefined();
});

test('looks again for an unknown contract, but not within a second', async () => {
  expect(await folder.find(hashOf(artifactOf(1)))).toBeUndefined();
  write('a.json', formatArtifact(artifactOf(1)));
  expect(await folder.find(hashOf(artifactOf(1)))).toBeUndefined();
  runtime.advance(1_000);
  expect(await folder.find(hashOf(artifactOf(1)))).toEqual(artifactOf(1));
  write('a.json', formatArtifact(artifactOf(22)));
  runtime.advance(1_000);
  expect(await folder.find(hashOf(artifactOf(22)))).toEqual(artifactOf(22));
  expect(await folder.find(hashOf(artifactOf(1))), 'its file holds another contract now').toBeUndefined();
});

test('reads 256 files at most', async () => {
  for (let n = 0; n < 257; n++) write(`${String(n).padStart(3, '0')}.json`, formatArtifact(artifactOf(n)));
  expect(await folder.find(hashOf(artifactOf(255)))).toBeDefined();
  expect(await folder.find(hashOf(artifactOf(256)))).toBeUndefined();
});
