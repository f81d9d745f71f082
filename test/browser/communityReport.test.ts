/// <reference lib="dom" />
/** The report of a community and a bill in a browser: readable in light, dark and print, on a phone too, and nothing is loaded. The page of a run on a testbed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportFiles } from '../../packages/cli/dist/community/report/files.js';
import { fontanaResult } from '../../packages/cli/testing/communityResults.js';
import { startCommunityRun } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { Visitor } from './framework.js';
import { expectFit, findFaults, takePicture, weakTexts } from './looks.js';

const found = await launchBrowser();
const directory = mkdtempSync(join(tmpdir(), 'wattchain-report-'));
let browser: Browser;

const PHONE_WIDTH = 390;
const SMALLEST_WIDTH = 320;
/** Least height of a plot's text on a screen, CSS pixels. */
const LEAST_TEXT = 9;
/** What the margins leave of a sheet of A4, 186 mm, at 96 pixels an inch. */
const A4_WIDTH = 703;

afterAll(async () => {
  await found.browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(found.missing !== undefined)(`the report of a community ${found.missing ?? ''}`, () => {
  beforeAll(() => {
    browser = found.browser as Browser;
    for (const { name, chunks } of reportFiles(fontanaResult([1, 4, 7, 10, 13, 16]), '0.1.0')) {
      const file = join(directory, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, [...chunks].join(''));
    }
  });
  test.each([
    ['report.html', 'light', 'screen'],
    ['report.html', 'dark', 'screen'],
    ['report.html', 'dark', 'print'],
    ['bills/07-home07.html', 'light', 'screen'],
    ['bills/07-home07.html', 'dark', 'screen'],
    ['bills/07-home07.html', 'dark', 'print'],
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

  test.each(['report.html', 'bills/07-home07.html'])(
    '%s on the smallest phone: plots can be read, captions without scrolling',
    async (name) => {
      const page = await browser.newPage({ viewport: { width: SMALLEST_WIDTH, height: 640 } });
      await page.goto(pathToFileURL(join(directory, name)).href);
      const seen = await page.evaluate(() => ({
        beyond: document.documentElement.scrollWidth - innerWidth,
        // A plot is 960 units wide, its text 14 high.
        text: Math.min(...[...document.querySelectorAll('.plot')].map((plot) => (plot.clientWidth * 14) / 960)),
        captions: Math.max(
          ...[...document.querySelectorAll('caption span')].map((it) => it.getBoundingClientRect().right),
        ),
      }));
      expect(seen.beyond).toBeLessThanOrEqual(0);
      expect(seen.text).toBeGreaterThanOrEqual(LEAST_TEXT);
      expect(seen.captions).toBeLessThanOrEqual(SMALLEST_WIDTH);
      await takePicture(page, `${name.replace(/\W+/g, '-')}-${SMALLEST_WIDTH}`);
      await page.close();
    },
  );

  test('a bill in print has three rules to a sheet', async () => {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(directory, 'bills/07-home07.html')).href);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const sheets = pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
    const rules = await page.locator('.bill').count();
    expect(rules).toBeGreaterThan(3);
    expect(sheets).toBeLessThanOrEqual(1 + Math.ceil(rules / 3));
    await page.close();
  });
});

/** A home's line of the page, with exact figures. */
interface ShownHome {
  readonly home: string;
  readonly bill: string | undefined;
}

/** Three homes, one with sun, over the hour in which the tariff changes. */
const HOURS = `time,tariff_usd_per_kWh,load1_kWh,load2_kWh,load3_kWh,pv1_kWh,pv2_kWh,pv3_kWh
${[14, 15, 16].map((hour) => `2017-07-01T${hour}:00,${hour < 16 ? '0.22' : '0.54'},0.${hour}1,0.7,0.3,1.${hour},0,0`).join('\n')}
`;

describe.skipIf(found.missing !== undefined)(`the page of a community's run ${found.missing ?? ''}`, () => {
  test('shows a period’s curves, its price, who has what and the bills of the result, by the clock and names of the file', async () => {
    const [data, out] = [join(directory, 'hours.csv'), join(directory, 'run')];
    writeFileSync(data, HOURS);
    const question = ['--data', data, '--feed-in', '0.05', '--rule', 'callAuction:uniform'];
    const run = await startCommunityRun(out, ...question, '--testbed', 'stay', '--block-interval', '500');
    try {
      await run.told('callAuction:uniform: four nodes');
      const visitor = await Visitor.come(found.browser as Browser, run.url);
      const { page } = visitor;
      // From its beginning on, without a reload.
      await visitor.open('/community');
      await page.getByRole('heading', { level: 1, name: '16:00 to 17:00 on 1 July 2017' }).waitFor();
      await page.getByText('Settled up to 1 July 2017, 17:00', { exact: false }).waitFor();
      await run.told('runs on');
      const { bills } = lastRule(out);
      expect(await shownHomes()).toEqual(bills);
      await page.getByText('clearing price of a kWh').waitFor();
      const slider = page.getByRole('slider', { name: /^Demand and supply of 1 July 2017, 16:00/ });
      await slider.focus();
      await page.keyboard.press('Home');
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/demand 0\.5400 USD\/kWh, supply 0\.0500 USD\/kWh/);
      await page.getByRole('combobox', { name: 'period' }).selectOption({ index: 1 });
      await page.getByRole('heading', { level: 1, name: '14:00 to 15:00 on 1 July 2017' }).waitFor();
      expect(new URL(page.url()).searchParams.get('period')).toMatch(/^\d+$/);
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', PHONE_WIDTH],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 844 });
        await visitor.open('/community');
        expect(await weakTexts(page)).toEqual([]);
        expect(await page.evaluate(findFaults)).toEqual([]);
        await expectFit(page);
        await takePicture(page, `market-${colorScheme}-${width}`);
      }
      expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
      await visitor.leave();

      async function shownHomes(): Promise<ShownHome[]> {
        return page
          .getByRole('table', { name: 'homes' })
          .locator('tbody tr')
          .evaluateAll((rows) =>
            rows.map((row) => ({
              home: row.querySelector('td')?.textContent ?? '',
              bill: row.querySelector('td:last-child data')?.getAttribute('value') ?? undefined,
            })),
          );
      }
    } finally {
      await run.stop();
    }
  });
});

/** Names of homes and what each pays, money units, by the last rule of a result. */
function lastRule(out: string): { readonly bills: readonly ShownHome[] } {
  const { rules } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as {
    rules: { bills: Record<string, string>[] }[];
  };
  const sum = (bill: Record<string, string>, names: readonly string[]) =>
    names.reduce((total, name) => total + BigInt(bill[name] ?? 0), 0n);
  const bills = (rules.at(-1)?.bills ?? []).map((bill) => ({
    home: bill.home ?? '',
    bill: String(
      sum(bill, ['paidToNeighbours', 'paidToSupplier', 'fees']) - sum(bill, ['gotFromNeighbours', 'gotFromSupplier']),
    ),
  }));
  return { bills };
}
