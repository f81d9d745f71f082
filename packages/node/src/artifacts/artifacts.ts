import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHex, type Hash, keccak256, toHex, WattchainError } from '@wattchain/core';
import { type Artifact, parseArtifact } from '@wattchain/vm';
import type { Logger } from '../base/log.js';
import type { Stopwatch } from '../runtime.js';

/** Folder of a data directory where artifacts of contracts lie, for traces with source lines. */
export const ARTIFACTS_FOLDER = 'artifacts';
/** Files that are read; a community has a handful of contracts. */
const MAX_FILES = 256;
/** Bytes of one file: the largest source file that is taken has a million characters. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Bytes of all files. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Milliseconds after a look at the folder before an unknown contract makes the node look again. */
const RESCAN_MS = 1_000;

/** Who knows what contracts were made from. */
export interface ArtifactSource {
  /** The artifact of the code with that keccak256, `undefined` when nobody knows it. */
  find(codeHash: Hash): Promise<Artifact | undefined>;
}

/** The artifacts in a list. */
export function knownArtifacts(artifacts: readonly Artifact[]): ArtifactSource {
  const byHash = new Map(artifacts.map((artifact) => [codeHashOf(artifact), artifact]));
  return { find: async (codeHash) => byHash.get(codeHash) };
}

function codeHashOf(artifact: Artifact): Hash {
  return toHex(keccak256(fromHex(artifact.code)));
}

interface Entry {
  /** Changes when the file does. */
  readonly stamp: string;
  readonly bytes: number;
  /** `undefined` for a file that is no artifact. */
  readonly artifact: Artifact | undefined;
  readonly codeHash: Hash | undefined;
}

/**
 * The artifacts in a folder of JSON files as `wattchain contract build --out` writes them. Read when a contract is asked for
 * that is not known yet; a folder that is missing has none, a file that is no artifact is skipped with a line in the log.
 */
export class ArtifactFolder implements ArtifactSource {
  readonly #path: string;
  readonly #stopwatch: Stopwatch;
  readonly #log: Logger;
  #entries = new Map<string, Entry>();
  #byHash = new Map<Hash, Artifact>();
  #scannedMs = Number.NEGATIVE_INFINITY;
  #scanning: Promise<void> | undefined;

  constructor(path: string, stopwatch: Stopwatch, log: Logger) {
    this.#path = path;
    this.#stopwatch = stopwatch;
    this.#log = log;
  }

  async find(codeHash: Hash): Promise<Artifact | undefined> {
    if (!this.#byHash.has(codeHash)) await this.#rescan();
    return this.#byHash.get(codeHash);
  }

  /** One look at a time, and none soon after the last. */
  async #rescan(): Promise<void> {
    if (this.#stopwatch.elapsedMs() - this.#scannedMs < RESCAN_MS && this.#scanning === undefined) return;
    this.#scanning ??= this.#scan().finally(() => {
      this.#scannedMs = this.#stopwatch.elapsedMs();
      this.#scanning = undefined;
    });
    await this.#scanning;
  }

  async #scan(): Promise<void> {
    const entries = new Map<string, Entry>();
    let bytes = 0;
    for (const name of await this.#fileNames()) {
      const entry = await this.#read(name);
      if (entry === undefined) continue;
      bytes += entry.bytes;
      if (bytes > MAX_BYTES) {
        this.#log.warn(
          { file: name, limit: MAX_BYTES },
          'the artifacts are too many bytes; this and later ones are left out',
        );
        break;
      }
      entries.set(name, entry);
    }
    this.#entries = entries;
    this.#byHash = new Map();
    for (const { codeHash, artifact } of entries.values()) {
      if (codeHash !== undefined && artifact !== undefined) this.#byHash.set(codeHash, artifact);
    }
  }

  async #fileNames(): Promise<string[]> {
    try {
      const names = (await readdir(this.#path)).filter((name) => name.endsWith('.json')).sort();
      if (names.length > MAX_FILES) this.#log.warn({ limit: MAX_FILES }, 'too many artifacts; later ones are left out');
      return names.slice(0, MAX_FILES);
    } catch {
      // Traces work without a folder, only without source lines.
      return [];
    }
  }

  /** A file's entry, the known one where the file has not changed. */
  async #read(name: string): Promise<Entry | undefined> {
    const path = join(this.#path, name);
    let stamp = '';
    try {
      const stats = await stat(path);
      if (!stats.isFile()) return undefined;
      const { size, mtimeMs } = stats;
      stamp = `${size} ${mtimeMs}`;
      const known = this.#entries.get(name);
      if (known?.stamp === stamp) return known;
      if (size > MAX_FILE_BYTES) throw tooLarge(path, size);
      const artifact = parseArtifact(JSON.parse(await readFile(path, 'utf8')), path);
      return { stamp, bytes: size, artifact, codeHash: codeHashOf(artifact) };
    } catch (error) {
      this.#log.warn({ err: error, file: path }, 'a file in the artifacts folder is left out');
      return { stamp, bytes: 0, artifact: undefined, codeHash: undefined };
    }
  }
}

function tooLarge(path: string, size: number): WattchainError {
  return new WattchainError('artifactTooLarge', `${path} has ${size} bytes, more than ${MAX_FILE_BYTES}`, {
    values: { path, size },
  });
}
