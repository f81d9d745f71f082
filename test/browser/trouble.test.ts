/** What the page says when the world changes under it: a node that is killed, one that stays away, another chain. */
import { paperPeriodStart } from '@wattchain/market';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { addressOf, TestCommunity } from './communities.js';
import { heightIn, SHOWN_HEIGHT, settled, Visitor } from './framework.js';

const UNREACHABLE = 'The node does not answer.';

const found = await launchBrowser();
let browser: Browser;
let community: TestCommunity;
let visitor: Visitor;

describe.skipIf(found.missing !== undefined)(`the page in trouble ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await TestCommunity.start();
    await community.registerMeter('old-roof', addressOf('node-1'));
    await community.report('old-roof', paperPeriodStart(4), 2_100_000n, 700_000n);
    visitor = await Visitor.come(browser, community.url);
    await visitor.open('/community');
    await visitor.page.getByText('old-roof').first().waitFor();
  });
  afterAll(async () => {
    await visitor?.leave();
    await community?.remove();
    await browser?.close();
  });

  test('a node that is killed is called unreachable, and what was seen stays', async () => {
    const { page } = visitor;
    await community.home.end('SIGKILL');
    await page.getByRole('status').getByText(UNREACHABLE, { exact: false }).waitFor();
    await page.getByText('old-roof').first().waitFor();
    await page.waitForFunction(() => document.title.startsWith('no node'));
  });

  test('without the node nothing is signed or sent: the wallet says why', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: 'Wallet' }).click();
    await page.getByRole('button', { name: 'Use node-1' }).click();
    await page.getByRole('link', { name: 'Send', exact: true }).click();
    await page.getByText('The node does not answer; this works again when it does.').first().waitFor();
    for (const button of await page.getByRole('button', { name: 'Review' }).all())
      expect(await button.isDisabled()).toBe(true);
  });

  test('when the node is back the page goes on by itself, without a reload', async () => {
    const { page } = visitor;
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await community.home.start();
    const height = await community.home.height();
    await page.locator('.status.live').waitFor();
    // Its peer, who mined on, may wait some seconds before it dials again.
    await waitUntil('new blocks at the node', async () => (await community.home.height()) > height);
    await waitUntil('new blocks on the page', async () => (await shownHeight()) > height);
    await page
      .getByText('The node does not answer; this works again when it does.')
      .first()
      .waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
  });

  test('a browser that is offline says so, and goes on when it is not', async () => {
    const { page, context } = visitor;
    await context.setOffline(true);
    await page.getByRole('status').getByText(UNREACHABLE, { exact: false }).waitFor();
    await context.setOffline(false);
    await page.locator('.status.live').waitFor();
  });

  test('another chain on the same port is told of, and nothing of the old one is shown any more', async () => {
    const { page } = visitor;
    const second = await visitor.context.newPage();
    await visitor.open('/wallet/send', second);
    const form = second.getByRole('form', { name: 'Send' });
    await form.getByLabel('To', { exact: true }).fill(addressOf('node-2'));
    await form.getByLabel('What').selectOption('coins');
    await form.getByLabel('Amount').fill('5');
    await form.getByRole('button', { name: 'Review' }).click();
    await second.getByRole('button', { name: 'Sign and send' }).waitFor();
    await page.getByRole('link', { name: 'Community' }).click();
    await page.getByText('old-roof').first().waitFor();
    await community.replaceChain('second community');
    await page.getByRole('alert').getByText('The chain was replaced', { exact: false }).waitFor();
    await page.getByRole('status').getByText('second community').waitFor();
    await page.getByText('old-roof').first().waitFor({ state: 'hidden' });
    // What was to be signed was for the old one.
    await second.getByRole('status').getByText('second community').waitFor();
    expect(await second.getByRole('button', { name: 'Sign and send' }).count()).toBe(0);
    expect(await second.getByLabel('Amount').inputValue()).toBe('');
    await second.close();
    await page.getByRole('button', { name: 'Understood' }).click();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    // Neither does a new visit in the same browser find it in what was kept.
    await page.reload();
    await settled(page);
    expect(await page.getByText('old-roof').count()).toBe(0);
    await community.registerMeter('new-roof', addressOf('node-2'));
    await community.report('new-roof', paperPeriodStart(4), 0n, 700_000n);
    await page.getByText('new-roof').first().waitFor();
  });

  test("the testbed's accounts are offered on a testbed only", async () => {
    const { page } = visitor;
    await visitor.open('/wallet/accounts');
    await page.getByRole('button', { name: 'Use node-2' }).waitFor();
    await community.replaceChain('a real community', { testbed: false, alloc: {} });
    await page.getByRole('status').getByText('a real community').waitFor();
    await page.getByRole('heading', { name: 'Make a new account' }).waitFor();
    expect(await page.getByRole('button', { name: /^Use / }).count()).toBe(0);
    expect(await page.getByText('Testbed: the keys', { exact: false }).count()).toBe(0);
  });

  test('nothing of that was an exception that nobody caught', () => {
    // Requests to a node that is gone are in the console whatever a page does.
    const isOurs = (text: string) => !/Failed to load resource|WebSocket connection/.test(text);
    expect(visitor.incidents.errors.filter(isOurs)).toEqual([]);
    expect(visitor.incidents.foreignRequests).toEqual([]);
  });
});

async function shownHeight(): Promise<number> {
  return heightIn(await visitor.page.locator(SHOWN_HEIGHT).textContent());
}
