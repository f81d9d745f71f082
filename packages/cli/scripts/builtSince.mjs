import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../..', import.meta.url));
const root = join(packages, '..');
const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;

/** Whether a package was built, or packages were installed, since a file was written; true where there is no such file. */
export function builtSince(file) {
  const builds = [...readdirSync(packages).map((name) => join(packages, name)), join(root, 'bench')];
  const written = changedMs(file);
  return [
    ...builds.map((folder) => join(folder, 'tsconfig.tsbuildinfo')),
    join(root, 'node_modules', '.wattchain-setup'),
  ]
    .map(changedMs)
    .some((changed) => changed >= written);
}
