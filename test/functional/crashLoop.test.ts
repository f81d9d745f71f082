/** Processes that are killed at random points, a short run of `npm run faults`. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCrashes } from '../faults/dist/crashLoop.js';
import { makeFeed, writeFeed } from '../faults/dist/feed.js';
import { Importer } from '../faults/dist/importer.js';

const KILLS = 10;
/** A kill may miss what it aims at; of so many some hit. */
const AT_MOST = 60;
const SHORT_FEED = 40;

test('a node that is killed at any point restarts on the old head or the new one, whole, and loses nothing that it showed', async () => {
  const report = await runCrashes({ seed: 2026, kills: KILLS, atMost: AT_MOST, blocks: SHORT_FEED });
  expect(report.violations).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(KILLS);
  for (const place of ['import', 'reorganisation', 'compaction', 'start', 'sync'] as const)
    expect(report.places[place], place).toBeGreaterThan(0);
  expect(report.shown).toBeGreaterThan(0);
});

test('the loop tells a store that went back, and one that is not whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-loop-'));
  try {
    const feed = await makeFeed(7, 16);
    const files = { genesis: join(folder, 'genesis.json'), blocks: join(folder, 'blocks') };
    writeFeed(feed, files.genesis, files.blocks);
    const store = join(folder, 'store');
    const importer = new Importer(store, feed, files);
    const moment = { at: 'writing', nth: 4, delayMs: 0 } as const;
    expect((await importer.kill(moment)).wrong).toEqual([]);
    cpSync(store, `${store}-old`, { recursive: true });
    expect((await importer.kill(moment)).wrong).toEqual([]);
    rmSync(store, { recursive: true });
    cpSync(`${store}-old`, store, { recursive: true });
    expect((await importer.kill(moment)).wrong.join()).toMatch(
      /the store was at 0x.*, and the program opened it at 0x/,
    );
    rmSync(join(store, 'CURRENT'));
    expect((await importer.kill({ at: 'opening', nth: 1, delayMs: 60_000 })).wrong.join()).toMatch(
      /CURRENT is missing/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
