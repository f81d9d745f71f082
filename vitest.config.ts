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
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'test/tidy/**/*.test.ts'],
          // Long enough for the longest property on a machine that does other things as well.
          testTimeout: 60_000,
          // Every file would load the packages anew, which takes longer than its tests.
          isolate: false,
          maxWorkers: '100%',
        },
      },
      {
        extends: true,
        resolve: { alias: {} },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // One after the other, and after all others: they measure how long a person waits.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        resolve: { alias: {} },
        test: {
          name: 'functional',
          include: ['test/functional/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Most of the time of these tests is waiting for processes; each file has ports and folders of its own.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
