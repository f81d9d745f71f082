import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cpuSecondsOfTree } from './processTree.js';

test.runIf(existsSync('/proc/self/stat'))(
  'counts what a process has used, and nothing for one that is not there',
  () => {
    const { user, system } = process.cpuUsage();
    const before = cpuSecondsOfTree(process.pid);
    // The system counts in hundredths of a second, a little behind.
    expect(before).toBeGreaterThan((user + system) / 1e6 - 0.5);
    expect(cpuSecondsOfTree(2 ** 30)).toBe(0);
  },
);
