/** A node on a file system that is really full, where the system lets a test mount one; `npm run faults -- --disk` plays what else a disk does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FULL_DISK, runDiskFaults } from '../faults/dist/diskFaults.js';
import { SmallDisk } from '../faults/dist/smallDisk.js';

const folder = mkdtempSync(join(tmpdir(), 'wattchain-mount-'));
const disk = await SmallDisk.mount(folder, 65_536);
await disk?.remove();
rmSync(folder, { recursive: true });

test.skipIf(disk === undefined)(
  'a node whose disk is full answers from what it has, ends with 1, and starts where it was when there is room',
  async () => {
    const rows = await runDiskFaults(
      1,
      () => {},
      (name) => name === FULL_DISK,
    );
    expect(rows).toEqual([
      {
        name: FULL_DISK,
        running: expect.stringMatching(/^\d+ answered, 0 refused, warns storeFailed; ended with 1$/),
        start: expect.stringMatching(/^starts at block \d+$/),
        reindex: '–',
        wrong: [],
      },
    ]);
  },
);
