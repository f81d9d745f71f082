/**
 * `wattchain testbed --day FILE`: for every kind of day file the page shows the report's day, to the last digit, by the file's clock and names. The
 * largest is played by the command, on four nodes; the others, which differ in their clocks, on one.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { CommunityResult } from '../../packages/cli/dist/testbed/result.js';
import { startTestbed, waitUntil } from '../functional/framework.js';
import { type PlayedDay, playOnOneNode } from '../functional/oneNodeDay.js';
import { launchBrowser } from './chromium.mjs';
import { settled, Visitor } from './framework.js';

const FONTANA = fileURLToPath(
  new URL('../../packages/market/data/fontana_ca_17homes_week_2017-07-01_07.csv', import.meta.url),
);

const found = await launchBrowser();
const directory = mkdtempSync(join(tmpdir(), 'wattchain-own-day-page-'));

/** A day of some homes: lines of start, load and production of ann, load of bob, load and production of a home with a long name. */
function dayFile(name: string, starts: readonly string[]): string {
  const lines = starts.map(
    (start, index) => `${start},0.${index % 7},1.${(index * 37) % 10}25,0.6${index % 9},0.05,0.3`,
  );
  const header =
    'start,ann_load_kWh,ann_pv_kWh,bob_load_kWh,the_flat_above_the_old_bakery_load_kWh,the_flat_above_the_old_bakery_pv_kWh';
  const path = join(directory, name);
  writeFileSync(path, [header, ...lines].join('\n'));
  return path;
}

const pad = (value: number) => String(value).padStart(2, '0');
const hours = (from: number, to: number, offset: string, date: string) =>
  Array.from({ length: to - from }, (_, index) => `${date}T${pad(from + index)}:00${offset}`);

/** Every kind of clock that a file may have, with the zone that page and report must name. */
const CASES = [
  {
    kind: 'seventeen homes of a week',
    // Most steps of so many homes take longer than a block.
    play: () =>
      playOnTestbed(
        ...['--day', FONTANA, '--date', '2017-07-04', '--time-zone', 'America/Los_Angeles'],
        ...['--block-interval', '1000'],
      ),
    zone: 'America/Los_Angeles',
    homes: 17,
  },
  {
    kind: 'half hours by the wall clock',
    play: () =>
      playOnOneNode(
        dayFile(
          'half.csv',
          ['10:00', '10:30', '11:00', '11:30'].map((time) => `2024-06-01T${time}`),
        ),
      ),
    zone: 'wall clock',
    homes: 3,
  },
  {
    kind: 'hours of a place at half an hour from UTC',
    // 23:00 there is the next day elsewhere.
    play: () => playOnOneNode(dayFile('half-past.csv', hours(20, 24, '-03:30', '2024-06-01'))),
    // Periods begin at whole hours of meter time, which is then the clock on the wall.
    zone: 'wall clock',
    homes: 3,
  },
  {
    kind: 'hours of a place that is three hours from UTC',
    // 23:00 there is the next day elsewhere.
    play: () => playOnOneNode(dayFile('offset.csv', hours(20, 24, '-03:00', '2024-06-01'))),
    zone: 'UTC-03:00',
    homes: 3,
  },
  {
    kind: 'the day of 25 hours',
    play: () =>
      playOnOneNode(
        dayFile('autumn.csv', [...hours(0, 2, '-07:00', '2018-11-04'), ...hours(1, 24, '-08:00', '2018-11-04')]),
        'America/Los_Angeles',
      ),
    zone: 'America/Los_Angeles',
    homes: 3,
  },
] as const;

describe.skipIf(found.missing !== undefined)(`a day of one's own on the page ${found.missing ?? ''}`, () => {
  const browser = found.browser as Browser;
  const days = new PlayedDays();
  afterAll(async () => {
    await browser?.close();
    await days.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each(CASES)('$kind: page and report agree', async ({ kind, zone, homes }) => {
    await days.use(kind, async (url, report) => {
      expect(report.homes).toHaveLength(homes);
      const visitor = await Visitor.come(browser, url);
      const { page } = visitor;
      await visitor.open('/community');
      expect(await figures(page, 'The day', report.tradedKwh)).toEqual({
        produced: report.producedKwh,
        consumed: report.consumedKwh,
        'between neighbours': report.tradedKwh,
        'local share': report.selfSufficiency.together,
      });
      // One day with the report's periods, told by the file's clock.
      expect(await page.getByRole('combobox', { name: 'day', exact: true }).count()).toBe(0);
      const offered = await page
        .getByRole('combobox', { name: 'hour', exact: true })
        .locator('option')
        .allTextContents();
      expect(offered.slice(2).map((text) => text.slice(0, 5))).toEqual(report.periods.map(({ start }) => start));
      await page.getByText(zone, { exact: false }).first().waitFor();
      await page.getByText(String(report.date), { exact: false }).first().waitFor();
      for (const home of report.homes) expect(await shownHome(page, home.name)).toEqual(numbersOf(home));
      // Chosen day and hour are in the address, which a neighbour can open.
      await page.getByRole('combobox', { name: 'hour', exact: true }).selectOption({ index: 3 });
      await page.getByRole('heading', { level: 1, name: new RegExp(`^${report.periods[1]?.start} to`) }).waitFor();
      const { search } = new URL(page.url());
      expect(new URLSearchParams(search).get('day')).toBe(report.date);
      await visitor.open(`/community${search}`);
      await page.getByRole('heading', { level: 1, name: new RegExp(`^${report.periods[1]?.start} to`) }).waitFor();
      await page.getByRole('heading', { level: 2, name: new RegExp(`^${report.periods[1]?.start} to`) }).waitFor();
      // Every account of the community is there to try.
      await visitor.open('/wallet/accounts');
      for (let number = 1; number <= homes; number += 1) {
        expect(await page.getByRole('button', { name: `Use node-${number}`, exact: true }).count()).toBe(1);
      }
      expect(visitor.incidents.errors).toEqual([]);
      await visitor.leave();
    });
  });
});

/** Days that were traded on networks that go on: the next one is played while the page of the one before is looked at. */
class PlayedDays {
  readonly #begun = new Map<string, Promise<PlayedDay>>();

  /** What was reported of a day, and its page, which is there as long as `look` looks. */
  async use(kind: string, look: (url: string, report: CommunityResult) => Promise<void>): Promise<void> {
    const index = CASES.findIndex((each) => each.kind === kind);
    const { url, report, stop } = await this.#day(index);
    // Where the next one fails is for its own test to say.
    if (index + 1 < CASES.length) this.#day(index + 1).catch(() => {});
    try {
      expect(report.passed).toBe(true);
      await look(url, report);
    } finally {
      await stop();
    }
  }

  /** Ends what a failure has left. */
  async stop(): Promise<void> {
    const all = await Promise.allSettled(this.#begun.values());
    await Promise.all(all.map((day) => day.status === 'fulfilled' && day.value.stop()));
  }

  #day(index: number): Promise<PlayedDay> {
    const next = CASES[index] as (typeof CASES)[number];
    const begun = this.#begun.get(next.kind) ?? next.play();
    this.#begun.set(next.kind, begun);
    return begun;
  }
}

async function playOnTestbed(...options: readonly string[]): Promise<PlayedDay> {
  const dir = join(directory, 'testbed');
  const { url, told, stop } = await startTestbed(dir, ...options);
  try {
    await told('The network keeps running');
    const report = JSON.parse(readFileSync(join(dir, 'result', 'day.json'), 'utf8')) as CommunityResult;
    return { url, report, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The exact figures of a card, by what stands below each, once the page has read all of the day. */
async function figures(page: Page, title: string, tradedKwh: string): Promise<Record<string, string>> {
  const card = page
    .locator('section.card')
    .filter({ has: page.getByRole('heading', { name: new RegExp(`^${title}`) }) });
  return waitUntil('the whole day on the page', async () => {
    const read = await card
      .locator('.figure')
      .evaluateAll((all) =>
        all.map((figure) => [
          figure.querySelector('span:not(strong span)')?.textContent ?? '',
          figure.querySelector('data')?.getAttribute('value') ?? figure.querySelector('strong')?.textContent ?? '',
        ]),
      );
    const { 'paid for it': _paid, ...shown } = Object.fromEntries(read) as Record<string, string>;
    return shown['between neighbours'] === tradedKwh && shown;
  });
}

type Numbers = readonly [producedKwh: string, consumedKwh: string, soldKwh: string, boughtKwh: string];

const numbersOf = (home: CommunityResult['homes'][number]): Numbers => [
  home.producedKwh,
  home.consumedKwh,
  home.soldKwh,
  home.boughtKwh,
];

/** What the page's tables say of a home over the day, to the last digit: added up from its table by period. */
async function shownHome(page: Page, name: string): Promise<Numbers> {
  const choice = page.getByRole('combobox', { name: /Meter by hour/ });
  // The chain has room for 31 bytes of a name.
  const shown = name.slice(0, 24);
  if ((await choice.count()) > 0) {
    const titles = await choice.locator('option').allTextContents();
    await choice.selectOption({ index: titles.findIndex((title) => title.startsWith(shown)) });
  }
  await settled(page);
  const table = page.locator(`table[aria-label^="${shown}"][aria-label$="by period"]`);
  const rows = await table
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll('data')].map((data) => data.getAttribute('value') ?? '')),
    );
  const mwh = (kwh: string) => BigInt(kwh.replace('.', ''));
  const sum = (column: number) => rows.reduce((total, row) => total + mwh(row[column] ?? ''), 0n);
  const kwh = (value: bigint) =>
    value
      .toString()
      .padStart(7, '0')
      .replace(/(\d{6})$/, '.$1');
  return [kwh(sum(0)), kwh(sum(1)), kwh(sum(2)), kwh(sum(3))];
}
