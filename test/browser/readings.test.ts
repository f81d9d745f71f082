/** What is not known is not claimed, and who looks on can see how it becomes known: readings, from the page alone. */
import { GENESIS_ADDRESSES, getReading, paperPeriodStart } from '@wattchain/market';
import type { Browser } from 'playwright-core';
import { stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { addressOf, QuickCommunity } from './communities.js';
import { settled, Visitor } from './framework.js';

/** 10:00 in San Diego on the paper's day. */
const PERIOD_START = paperPeriodStart(10);

const found = await launchBrowser();
let browser: Browser;
let community: QuickCommunity;
let visitor: Visitor;

describe.skipIf(found.missing !== undefined)(`readings on the page ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await QuickCommunity.start();
    await community.registerMeter('roof', addressOf('node-1'));
    await community.registerMeter('garage', addressOf('node-1'));
    await community.registerMeter('flat', addressOf('node-2'));
    visitor = await Visitor.come(browser, community.url);
  });
  afterAll(async () => {
    await visitor?.leave();
    await community?.remove();
    await browser?.close();
  });

  test('the testbed account that reports does it on the page, without a terminal', async () => {
    const { page } = visitor;
    await visitor.open('/wallet');
    await page.getByRole('button', { name: 'Use node-1' }).click();
    await visitor.open('/trade/report?meter=roof');
    await page.getByText('node-1 reports for no meter.', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Act as gateway' }).click();
    const form = page.getByRole('form', { name: 'Report a reading' });
    await form.getByLabel('Day').fill('2018-07-04');
    await form.getByLabel('Period').selectOption({ label: '10:00 to 11:00' });
    await form.getByLabel('Produced in kWh').fill('1.25');
    await form.getByLabel('Consumed in kWh').fill('0');
    await form.getByRole('button', { name: 'Review' }).click();
    const said =
      'gateway reports that meter roof counted 1.25 kWh produced and 0 kWh consumed, 4 July 2018, 10:00 to 11:00 (UTC-07:00).';
    await page.getByText(said).waitFor();
    await page.getByRole('button', { name: 'Sign and send' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    const reading = await waitUntil('the reading on the chain', async () => {
      const { registryAddress } = GENESIS_ADDRESSES;
      const meter = stringToHex('roof', { size: 32 });
      const known = await getReading(community.client, { registryAddress, meter, periodStart: PERIOD_START });
      return known.number > 0n && known;
    });
    expect(reading).toMatchObject({ producedMwh: 1_250_000n, consumedMwh: 0n, state: 'final' });
  });

  test('a home that nobody has read has no consumption, and sums say what they are without', async () => {
    const { page } = visitor;
    await visitor.open('/community?day=2018-07-04&hour=10:00');
    await page.getByRole('heading', { level: 1, name: '10:00 to 11:00 on 4 July 2018' }).waitFor();
    await page
      .getByText(/No reading yet of .*flat/)
      .first()
      .waitFor();
    const flat = page.locator('section.card').filter({ has: page.getByRole('heading', { name: 'flat' }) });
    await flat.getByText('not read yet', { exact: false }).waitFor();
    await flat.getByText('consumed nothing known').waitFor();
    await flat.getByText('The same as a table').click();
    expect(await flat.locator('tbody td').allTextContents()).toEqual([
      '10:00 to 11:00',
      '–',
      '–',
      '0.000 kWh',
      '0.000 kWh',
    ]);
  });

  test('two meters of one household are told apart', async () => {
    const { page } = visitor;
    const titles = await page.locator('section.card h2').allTextContents();
    expect(titles.filter((title) => /^(roof|garage), a meter of/.test(title))).toHaveLength(2);
    expect(new Set(titles).size).toBe(titles.length);
    await settled(page);
    expect(visitor.incidents.errors).toEqual([]);
  });

  test("the paper's table fits the smallest phone", async () => {
    // Other accounts than the households above, which have meters already.
    for (const [name, owner] of [
      ['node-1', 'miner-1'],
      ['node-2', 'miner-2'],
      ['node-3', 'operator-1'],
    ] as const) {
      await community.registerMeter(name, addressOf(owner));
      await community.report(name, paperPeriodStart(12), 2_547_426n, 1_177_621n);
    }
    const phone = await Visitor.come(browser, community.url, { width: 320 });
    await phone.open('/community/paper');
    await phone.page.getByText('1.369805').waitFor();
    const out = await phone.page.locator('table.paper :is(.ours, small, th)').evaluateAll((all) =>
      all
        .filter((cell) => {
          const box = cell.parentElement?.getBoundingClientRect();
          return cell.scrollWidth > cell.clientWidth + 1 || (box?.right ?? 0) > innerWidth;
        })
        .map((cell) => cell.textContent),
    );
    expect(out).toEqual([]);
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await phone.leave();
  });
});
