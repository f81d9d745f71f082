/// <reference lib="dom" />
/** The report of a community and a bill in a browser: readable in light, dark and print, on a phone too, and nothing is loaded. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportFiles } from '../../packages/cli/dist/community/report/files.js';
import { fontanaResult } from '../../packages/cli/testing/communityResults.js';
import { launchBrowser } from './chromium.mjs';
import { findFaults, takePicture, weakTexts } from './looks.js';

const found = await launchBrowser();
const directory = mkdtempSync(join(tmpdir(), 'wattchain-report-'));
let browser: Browser;

const PHONE_WIDTH = 390;
/** What the margins leave of a sheet of A4, 186 mm, at 96 pixels an inch. */
const A4_WIDTH = 703;

describe.skipIf(found.missing !== undefined)(`the report of a community ${found.missing ?? ''}`, () => {
  beforeAll(() => {
    browser = found.browser as Browser;
    for (const { name, chunks } of reportFiles(fontanaResult([1, 4, 7, 10, 13, 16]), '0.1.0')) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, [...chunks].join(''));
    }
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    ['report.html', 'light', 'screen'],
    ['report.html', 'dark', 'screen'],
    ['report.html', 'dark', 'print'],
    ['bills/07-home07.html', 'light', 'screen'],
    ['bills/07-home07.html', 'dark', 'screen'],
  ] as const)('%s in %s on %s', async (name, colorScheme, media) => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: media === 'print' ? A4_WIDTH : PHONE_WIDTH, height: 844 },
    });
    const page = await context.newPage();
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.emulateMedia({ media });
    const url = pathToFileURL(join(directory, name)).href;
    await page.goto(url);
    expect(await weakTexts(page)).toEqual([]);
    expect(await page.evaluate(findFaults)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    // Paper is white whatever the screen is.
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground === 'rgb(255, 255, 255)').toBe(colorScheme === 'light' || media === 'print');
    expect(loaded).toEqual([url]);
    await takePicture(page, `${name.replace(/\W+/g, '-')}-${colorScheme}-${media}`);
    await context.close();
  });
});
