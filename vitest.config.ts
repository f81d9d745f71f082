import { defineConfig } from 'vitest/config';

const sourceOf = (name: string) => new URL(`./packages/${name}/src/index.ts`, import.meta.url).pathname;

/** Ends what hangs; tests wait for conditions, and a machine that does other things as well may take its time. */
const PATIENCE = { testTimeout: 600_000, hookTimeout: 600_000, teardownTimeout: 60_000 };

/**
 * Most of the time of these tests is waiting for processes, so more of them run than there are cores; each file has ports and folders
 * of its own, and what a page takes is measured in the processor's time. After the unit tests, which need all cores.
 */
const PROCESSES = { maxWorkers: 4, sequence: { groupOrder: 1 } };

/**
 * These tests use what the build made. Node.js loads it as it is: put through Vite module by module, it took longer than many a file's tests.
 */
const BUILT = { deps: { external: [/\/(packages\/\w+|bench)\/dist\//] } };

export default defineConfig({
  resolve: {
    // Unit tests run against the sources, so they need no build. The longer name first: each also stands for what begins with it.
    alias: {
      '@wattchain/node/parts': new URL('./packages/node/src/parts.ts', import.meta.url).pathname,
      ...Object.fromEntries(
        ['core', 'vm', 'solidity', 'market', 'node', 'cli'].map((name) => [`@wattchain/${name}`, sourceOf(name)]),
      ),
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'test/tidy/**/*.test.ts',
            'test/sim/**/*.test.ts',
          ],
          ...PATIENCE,
          // Every file would load the packages anew, which takes longer than its tests.
          isolate: false,
          maxWorkers: '100%',
        },
      },
      {
        extends: true,
        resolve: { alias: {} },
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...PATIENCE, ...PROCESSES, server: BUILT },
      },
      {
        extends: true,
        resolve: { alias: {} },
        test: {
          name: 'functional',
          include: ['test/functional/**/*.test.ts'],
          ...PATIENCE,
          ...PROCESSES,
          server: BUILT,
        },
      },
    ],
  },
});
