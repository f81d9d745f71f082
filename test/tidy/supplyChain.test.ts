/** What comes from elsewhere is fixed to the byte, and runs nothing while it is installed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const packages = readdirSync(new URL('../../packages', import.meta.url))
  .map((name) => `packages/${name}/package.json`)
  .filter((path) => existsSync(new URL(`../../${path}`, import.meta.url)));
const manifests = ['package.json', 'bench/package.json', ...packages].map((path) => ({
  path,
  manifest: JSON.parse(read(path)),
}));
/** Their users give them what fits; types of Node.js change nothing that runs. */
const FREE = new Set(['@types/node']);

test('each package has one exact version, whose bytes the lock file names', () => {
  const loose = manifests.flatMap(({ path, manifest: { dependencies = {}, devDependencies = {} } }) =>
    Object.entries({ ...dependencies, ...devDependencies } as Record<string, string>)
      .filter(([name, version]) => !FREE.has(name) && !/^(workspace:\*|\d+\.\d+\.\d+(-[\w.]+)?)$/.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`),
  );
  expect(loose).toEqual([]);
  const lock = read('pnpm-lock.yaml');
  const resolutions = lock.match(/^ {4}resolution: \{.*\}$/gm) ?? [];
  expect(resolutions.length).toBeGreaterThan(100);
  expect(resolutions.filter((resolution) => !resolution.includes('integrity: sha512-'))).toEqual([]);
});

test('no package runs code while it is installed', () => {
  expect(read('pnpm-workspace.yaml')).not.toMatch(/onlyBuiltDependencies|dangerouslyAllowAllBuilds/);
  const scripts = manifests.flatMap(({ path, manifest }) =>
    Object.keys((manifest.scripts ?? {}) as object)
      .filter((name) => /^(pre|post)?(install|prepare)$/.test(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(scripts).toEqual([]);
});
