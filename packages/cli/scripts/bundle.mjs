// Puts the program's modules, ours and those of packages, into few files in dist/bundle: opening and linking 700 files takes longer
// than most commands run. One file for each command and for what several share, unminified, with source maps. Does nothing while
// no package was built or installed since.
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { builtSince } from './builtSince.mjs';

const cli = fileURLToPath(new URL('..', import.meta.url));
const folder = join(cli, 'dist', 'bundle');
const main = join(folder, 'main.js');

/** Packages that look for files beside their own: native code, threads. */
const LEFT_WHERE_THEY_ARE = /^(level|pino)$/;
const OWN_MODULE = /[\\/](packages[\\/]\w+|bench)[\\/]dist[\\/]/;

/** Imports a package from where the module that asks for it finds it, which need not be where the bundle would. */
const leave = {
  name: 'leave',
  resolveId: {
    order: 'pre',
    async handler(specifier, importer) {
      if (!LEFT_WHERE_THEY_ARE.test(specifier)) return null;
      const found = await this.resolve(specifier, importer, { skipSelf: true });
      return found && { id: asPath(found.id), external: true };
    },
  },
};

/** Lets a module find its worker, its package.json and other files from the place that it was taken from. */
const keepPlace = {
  name: 'keepPlace',
  transform(code, id) {
    if (!OWN_MODULE.test(id) || !code.includes('import.meta.url')) return null;
    const place = `new URL(${JSON.stringify(asPath(id))}, import.meta.url).href`;
    // The lines stay as they are, which is what a stack shows.
    return { code: code.replaceAll('import.meta.url', place), map: null };
  },
};

const asPath = (file) => relative(folder, file).replaceAll('\\', '/');

if (builtSince(main)) {
  rmSync(folder, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { main: join(cli, 'dist', 'main.js') },
    platform: 'node',
    external: /^node:/,
    plugins: [leave, keepPlace],
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    sourcemap: true,
    comments: { jsdoc: false, annotation: false, legal: true },
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
}
