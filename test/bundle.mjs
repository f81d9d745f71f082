/** Commands of the tests are TypeScript that imports the packages' sources: they are bundled into one file before they run. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['core', 'vm', 'solidity', 'market', 'node', 'cli'];

/** Ours are the sources; what is not ours stays where it is, with its own files beside it. */
const sourcesAlone = {
  name: 'sourcesAlone',
  resolveId: {
    order: /** @type {const} */ ('pre'),
    /** @this {any} @param {string} specifier @param {string | undefined} importer */
    async handler(specifier, importer) {
      if (importer?.endsWith('.ts') && /^\..*\.js$/.test(specifier)) {
        const source = join(dirname(importer), specifier.replace(/\.js$/, '.ts'));
        return existsSync(source) ? source : null;
      }
      if (importer === undefined || /^(\.|\/|node:|@wattchain\/)/.test(specifier)) return null;
      const found = await this.resolve(specifier, importer, { skipSelf: true });
      return found && { id: found.id, external: true };
    },
  },
};

/** Lets a module find the files beside it from the place that it was taken from. */
const keepPlace = {
  name: 'keepPlace',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    return { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)), map: null };
  },
};

/**
 * Bundles a TypeScript file with the sources of the packages it imports. `remove` deletes the bundle.
 *
 * @param {string} entry path of the file
 * @param {{ banner?: string, plugins?: readonly any[] }} [options] what stands before everything else, and what changes modules
 * @returns {Promise<{ file: string, remove: () => void }>}
 */
export async function bundle(entry, { banner = '', plugins = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-bundle-'));
  const made = await rolldown({
    input: entry,
    platform: 'node',
    external: /^node:/,
    checks: { bundlerTimings: false },
    plugins: [sourcesAlone, keepPlace, ...plugins],
    resolve: {
      alias: Object.fromEntries(
        PACKAGES.map((name) => [`@wattchain/${name}`, join(root, 'packages', name, 'src/index.ts')]),
      ),
    },
  });
  const file = join(folder, 'bundle.mjs');
  await made.write({ file, format: 'esm', banner, codeSplitting: false });
  await made.close();
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
