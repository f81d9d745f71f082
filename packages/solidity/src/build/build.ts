import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Artifact, chooseContract } from '@wattchain/vm';
import { type Compilation, compileSolidity } from '../compile.js';
import type { ReadImport } from '../solc.js';
import { BuildCache, cacheDirectory, hashOf } from './cache.js';
import { openProject, type Project } from './project.js';

/** A compilation, and whether it was known from before. */
export interface Build extends Compilation {
  readonly isCached: boolean;
}

/**
 * Compiles the contracts of a file on disk. What did not change since it was last compiled comes from a cache, without solc.
 *
 * @throws WattchainError `unreadableFile`, `sourceTooLarge`, `solidity`
 */
export function buildFile(path: string | URL): Build {
  return build(openProject(pathOf(path)), new BuildCache(cacheDirectory()), compileSolidity);
}

/**
 * The artifact of one contract of a file; `name` may be left out where the file has one.
 *
 * @throws WattchainError `unknownContract` with the names that the file has, and those of {@link buildFile}
 */
export function buildContract(path: string | URL, name?: string): Artifact {
  return chooseContract(buildFile(path).artifacts, pathOf(path), name);
}

function pathOf(path: string | URL): string {
  return typeof path === 'string' ? path : fileURLToPath(path);
}

/** As {@link buildFile} does, with a cache and a compiler of the caller's. */
export function build({ file, readImport }: Project, cache: BuildCache, compile: typeof compileSolidity): Build {
  const key = hashOf(compilerHash(), file.name, file.text);
  const known = cache.find(key, readImport);
  if (known !== undefined) return { ...known, isCached: true };
  const imports = new Map<string, string>();
  let unreadable: unknown;
  const read: ReadImport = (name) => {
    try {
      const text = readImport(name);
      if (text !== undefined) imports.set(name, text);
      return text;
    } catch (error) {
      // solc is no JavaScript that an error could pass through.
      unreadable = error;
      return undefined;
    }
  };
  try {
    const compilation = compile(file, read);
    cache.keep(key, imports, compilation);
    return { ...compilation, isCached: false };
  } catch (error) {
    throw unreadable ?? error;
  }
}

let knownCompiler: string | undefined;

/** Changes with solc and with any line of the generator and the packages that it stands on. */
function compilerHash(): string {
  const { resolve } = createRequire(import.meta.url);
  knownCompiler ??= hashOf(
    readFileSync(resolve('solc/package.json'), 'utf8'),
    ...[
      dirname(dirname(fileURLToPath(import.meta.url))),
      dirname(resolve('@wattchain/vm')),
      dirname(resolve('@wattchain/core')),
    ]
      .flatMap(programFiles)
      .map((path) => readFileSync(path, 'utf8')),
  );
  return knownCompiler;
}

function programFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !/\.(d|test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
