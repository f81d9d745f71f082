import { defineConfig } from 'vitest/config';

const sourceOf = (name: string) => new URL(`./packages/${name}/src/index.ts`, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    // Unit tests run against the sources, so they need no build.
    alias: Object.fromEntries(
      ['core', 'vm', 'market', 'node', 'cli'].map((name) => [`@wattchain/${name}`, sourceOf(name)]),
    ),
  },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'test/tidy/**/*.test.ts'] } },
      {
        extends: true,
        resolve: { alias: {} },
        test: {
          name: 'functional',
          include: ['test/functional/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
