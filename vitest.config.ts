import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const sourceOf = (name: string) => new URL(`./packages/${name}/src/index.ts`, import.meta.url).pathname;

/** Ends what hangs; tests wait for conditions, and a machine that does other things as well may take its time. */
const PATIENCE = { testTimeout: 600_000, hookTimeout: 600_000, teardownTimeout: 60_000 };

/**
 * Most of the time of these tests is waiting for processes, so more of them run than there are cores; each file has ports and folders
 * of its own, and what a page takes is measured in the processor's time. After the unit tests, which need all cores.
 */
const PROCESSES = { maxWorkers: 3, sequence: { groupOrder: 1 } };

/** Every file would load the packages anew, which takes longer than many a file's tests. */
const SHARED = { isolate: false };

/**
 * These tests use what the build made. Node.js loads it as it is: put through Vite module by module, it took longer than many a file's tests.
 */
const BUILT = { deps: { external: [/\/(packages\/\w+|bench)\/dist\//] } };

/**
 * The longest files. A fresh clone knows nothing of earlier runs, and files then begin by their size: one of these begun late would run on when
 * all others are done.
 */
const LONGEST = [
  'packages/solidity/src/differential.test.ts',
  'packages/market/src/contracts/artifacts.test.ts',
  'packages/market/src/contracts/profit.property.test.ts',
  'packages/core/src/crypto/recover.test.ts',
  'packages/market/src/contracts/days.test.ts',
  'test/browser/ownDay.test.ts',
  'test/browser/sent.test.ts',
  'test/browser/community.test.ts',
  'test/browser/trade.test.ts',
  'test/functional/liars.test.ts',
  'test/functional/examples.test.ts',
  'test/functional/fourMachines.test.ts',
  'test/functional/day.test.ts',
  'test/functional/contract.test.ts',
  'test/functional/split.test.ts',
  'test/functional/fuzz.test.ts',
  'test/functional/communityTestbed.test.ts',
  'test/functional/clocks.test.ts',
  'test/functional/benchValidate.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      const place = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
      return [project.config.sequence.groupOrder, place < 0 ? LONGEST.length : place] as const;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => {
      const [[groupA, placeA], [groupB, placeB]] = [rank(a), rank(b)];
      // A worker goes on with files of its own project only.
      return groupA - groupB || placeA - placeB || a.project.name.localeCompare(b.project.name);
    });
  }
}

/** Unit tests run against the sources, so they need no build. The longer name first: each also stands for what begins with it. */
const SOURCES = {
  '@wattchain/node/parts': new URL('./packages/node/src/parts.ts', import.meta.url).pathname,
  ...Object.fromEntries(
    ['core', 'vm', 'solidity', 'market', 'node', 'cli'].map((name) => [`@wattchain/${name}`, sourceOf(name)]),
  ),
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        resolve: { alias: SOURCES },
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'test/tidy/**/*.test.ts',
            'test/sim/**/*.test.ts',
            'test/{fuzz,soak}/**/*.test.ts',
          ],
          ...PATIENCE,
          ...SHARED,
          maxWorkers: '100%',
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...PATIENCE,
          ...SHARED,
          ...PROCESSES,
          server: BUILT,
        },
      },
      {
        extends: true,
        test: {
          name: 'functional',
          include: ['test/functional/**/*.test.ts'],
          ...PATIENCE,
          ...SHARED,
          ...PROCESSES,
          server: BUILT,
        },
      },
    ],
  },
});
