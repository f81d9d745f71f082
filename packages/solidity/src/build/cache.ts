/**
 * What was compiled before: a file each, named by a hash of all that decides the result but the imports, whose hashes it lists. So
 * nothing that changed is taken, and solc need not be loaded to find out.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseArtifact } from '@wattchain/vm';
import type { Compilation } from '../compile.js';
import type { ReadImport } from '../solc.js';

/** Files kept; those that were used longest ago go first. */
const MAX_ENTRIES = 200;
/** Only the owner looks into it, and nobody else puts code there. */
const PRIVATE_MODE = 0o700;

/** A result as it is kept. */
interface Entry {
  /** Every import that was read, by the path that was asked for, and the hash of its text. */
  readonly imports: readonly (readonly [path: string, hash: string])[];
  readonly compilation: Compilation;
}

/** `WATTCHAIN_CACHE`, or `wattchain` in the user's cache directory (XDG Base Directory Specification). */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { WATTCHAIN_CACHE: own, XDG_CACHE_HOME: xdg } = env;
  if (own !== undefined && own !== '') return own;
  // The specification says to ignore paths that are relative.
  const caches = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(caches, 'wattchain');
}

/** The hash that names and compares contents: sha256 in hexadecimal. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  // Lengths keep the parts apart.
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}

/** Compilations on disk. What cannot be read or written is as if it was not there. */
export class BuildCache {
  readonly #folder: string;

  constructor(directory: string) {
    this.#folder = join(directory, 'solidity');
  }

  /** What was kept under that key, if everything that it imported is still the same. */
  find(key: string, readImport: ReadImport): Compilation | undefined {
    const path = this.#path(key);
    try {
      const text = readFileSync(path, 'utf8');
      const end = text.indexOf('\n');
      if (text.slice(0, end) !== hashOf(text.slice(end + 1))) return undefined;
      const { imports, compilation } = JSON.parse(text.slice(end + 1)) as Entry;
      if (!imports.every(([name, hash]) => hashOfText(readImport(name)) === hash)) return undefined;
      const artifacts = compilation.artifacts.map((artifact) => parseArtifact(artifact, path));
      const now = new Date();
      utimesSync(path, now, now);
      return { ...compilation, artifacts };
    } catch {
      return undefined;
    }
  }

  /** Keeps a result; a file appears whole or not at all. */
  keep(key: string, imports: ReadonlyMap<string, string>, compilation: Compilation): void {
    const path = this.#path(key);
    const draft = `${path}.${randomUUID()}`;
    const entry: Entry = { imports: [...imports].map(([name, text]) => [name, hashOf(text)]), compilation };
    const text = JSON.stringify(entry);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: PRIVATE_MODE });
      writeFileSync(draft, `${hashOf(text)}\n${text}`);
      renameSync(draft, path);
      this.#forgetOldest();
    } catch {
      // A full disk or a home that may not be written to only makes the next build take longer.
      if (existsSync(draft)) rmSync(draft);
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }

  #forgetOldest(): void {
    const names = readdirSync(this.#folder);
    if (names.length <= MAX_ENTRIES) return;
    const files = names
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, usedMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
    files.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path } of files.slice(0, files.length - MAX_ENTRIES)) rmSync(path, { force: true });
  }
}

function hashOfText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : hashOf(text);
}
