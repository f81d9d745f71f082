/**
 * Memory of a page that stays open. By default 30 seconds of a block every 300 ms, which is as many refreshes as the page makes;
 * `WATTCHAIN_MEMORY_S=600 npx vitest run --project browser test/browser/memory.test.ts` looks for ten minutes.
 */
import { paperPeriodStart } from '@wattchain/market';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { addressOf, TestCommunity } from './communities.js';
import { heapBytes, Visitor } from './framework.js';

const SECONDS = Number(process.env.WATTCHAIN_MEMORY_S ?? 30);
/** What ten minutes may add to what is kept: less than a photograph. */
const GROWTH_BYTES = 2_000_000;
const VIEWS = ['/community', '/chain'] as const;

const found = await launchBrowser();
let browser: Browser;
let community: TestCommunity;

describe.skipIf(found.missing !== undefined)(`memory of the page ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await TestCommunity.start({ isAlone: true });
    await community.registerMeter('roof-1', addressOf('node-1'));
    await community.report('roof-1', paperPeriodStart(4), 2_100_000n, 700_000n);
  });
  afterAll(async () => {
    await community?.remove();
    await browser?.close();
  });

  test(
    `the page keeps no more after ${SECONDS} s of new blocks than at the start`,
    async () => {
      const visitors = await Promise.all(VIEWS.map(() => Visitor.come(browser, community.url)));
      const sessions = await Promise.all(visitors.map(({ context, page }) => context.newCDPSession(page)));
      await Promise.all(VIEWS.map((path, index) => visitors[index]?.open(path)));
      const heaps = () => Promise.all(sessions.map(heapBytes));
      const first = await community.home.height();
      // What charts and lists fill up with at first is not what leaks.
      await blocksLater(first + 20);
      const before = await heaps();
      const endMs = Date.now() + SECONDS * 1000;
      await waitUntil('the time to pass', async () => Date.now() > endMs, SECONDS * 1000 + 60_000);
      const after = await heaps();
      const blocks = (await community.home.height()) - first;
      VIEWS.forEach((path, index) => {
        const [from = 0, to = 0] = [before[index], after[index]];
        console.info(`${path}: ${megabytes(from)} MB, after ${SECONDS} s and ${blocks} blocks ${megabytes(to)} MB`);
        expect(to - from, path).toBeLessThan(GROWTH_BYTES);
      });
      for (const visitor of visitors) {
        expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
        await visitor.leave();
      }
    },
    SECONDS * 1000 + 300_000,
  );
});

async function blocksLater(height: number): Promise<void> {
  await waitUntil(`block ${height}`, async () => (await community.home.height()) >= height);
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);
