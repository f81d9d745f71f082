/** A whole trade in the page: two households with a browser each, on a real node, from the first key to the settled kilowatt-hours. */
import { GENESIS_ADDRESSES, getTokenBalance, paperPeriodStart } from '@wattchain/market';
import type { Browser, Locator, Page } from 'playwright-core';
import { formatEther, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { TestCommunity } from './communities.js';
import { longestTasks, settled, traceTasks, Visitor } from './framework.js';

const PASSPHRASE = 'sun on the roof';
/** A meter's name can be anything that an operator types. */
const METER = '<b onclick=alert(1)>roof';
/** 10:00 in San Diego, whose clock a testbed's meters have, on the paper's day. */
const PERIOD_START = paperPeriodStart(10);
const BLOCKED_MS = 100;
/** Blocks come up to five times as fast at first, and the page looks twice a second: slow enough to see confirmations fill up. */
const BLOCK_INTERVAL_MS = 1_500;

const found = await launchBrowser();
let browser: Browser;
let community: TestCommunity;
let seller: Visitor;
let buyer: Visitor;
const sellerKey = generatePrivateKey();
const sellerAddress = privateKeyToAccount(sellerKey).address;

describe.skipIf(found.missing !== undefined)(`trading in the page ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await TestCommunity.start({ blockIntervalMs: BLOCK_INTERVAL_MS, isAlone: true });
    await community.included(
      community.signer('operator-1').sendTransaction({ to: sellerAddress, value: 50n * 10n ** 18n, type: 'legacy' }),
    );
    await community.registerMeter(METER, sellerAddress.toLowerCase() as Hex);
    seller = await Visitor.come(browser, community.url);
    buyer = await Visitor.come(browser, community.url, { width: 360 });
    await traceTasks(browser);
  });
  afterAll(async () => {
    await seller?.leave();
    await buyer?.leave();
    await community?.remove();
    await browser?.close();
  });

  test('a household brings its key along, and its coins are there', async () => {
    const { page } = seller;
    await seller.open('/wallet/accounts');
    const form = page.getByRole('form', { name: 'Bring an account along' });
    await form.getByLabel('Or its words, its private key, or the text of a key file').fill(sellerKey);
    await form.getByLabel('Name').fill('Rose Street 4');
    await form.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE);
    await form.getByLabel('New passphrase, again').fill(PASSPHRASE);
    await form.getByRole('button', { name: 'Import the account' }).click();
    await page.getByRole('button', { name: 'Export Rose Street 4' }).waitFor();
    await seller.open('/wallet');
    const bar = page.getByRole('region', { name: 'Who acts' });
    await bar.getByText('50.000 WATT').waitFor();
    await page.getByText(sellerAddress).waitFor();
  });

  test('the key is locked again after a reload; a wrong passphrase is refused in words, the right one opens it', async () => {
    const { page } = seller;
    const form = page.getByRole('form', { name: 'Unlock Rose Street 4' });
    await form.getByLabel('Passphrase of Rose Street 4').fill('rain');
    await form.getByRole('button', { name: 'Unlock' }).click();
    await form
      .getByRole('alert')
      .getByText(/passphrase/i)
      .waitFor();
    await form.getByLabel('Passphrase of Rose Street 4').fill(PASSPHRASE);
    await form.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('button', { name: 'Lock' }).waitFor();
  });

  test('tokens are bought, and twelve confirmations fill up', async () => {
    const { page } = seller;
    await go(page, 'Bank');
    const form = page.getByRole('form', { name: 'Buy tokens' });
    await form.getByLabel('Tokens to buy').fill('12.5');
    await review(form, page);
    await page.getByText('Rose Street 4 pays 12.5 WATT to the bank and gets 12.5 ENT.').waitFor();
    await page.getByRole('button', { name: 'Sign and send' }).click();
    const shown = new Set<string>();
    await waitUntil('12/12 confirmations on the page', async () => {
      const text = (await page.locator('.confirm .confirmations').allTextContents()).join(' ');
      if (text !== '') shown.add(text);
      return text.includes('12/12');
    });
    // It filled up before the person's eyes, rather than appear when it was over.
    expect(shown.size).toBeGreaterThan(2);
    await page.locator('.confirm').getByText('confirmed').waitFor();
    await expectBalances(seller, sellerAddress);
  });

  test('who is faster than the node waits, and nothing typed is lost', async () => {
    const { page } = seller;
    await page.getByRole('button', { name: 'Done' }).click();
    await go(page, 'Overview');
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/', async (route) => {
      await released;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Bank', exact: true }).click();
    const form = page.getByRole('form', { name: 'Buy tokens' });
    await form.getByLabel('Tokens to buy').fill('3');
    await form.getByRole('button', { name: 'Review' }).click();
    release();
    await page.getByText('Rose Street 4 pays 3 WATT to the bank and gets 3 ENT.').waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await page.unroute('**/');
  });

  test('energy is offered, with a meter whose name is HTML shown as text', async () => {
    const { page } = seller;
    await page.getByRole('navigation', { name: 'views' }).getByRole('link', { name: 'Trade' }).click();
    await go(page, 'Offer energy');
    const form = page.getByRole('form', { name: 'Offer energy' });
    await form.getByText(METER).waitFor();
    expect(await page.locator('b[onclick]').count()).toBe(0);
    await form.getByLabel('Day').fill('2018-07-04');
    await form.getByLabel('Period').selectOption({ label: '10:00 to 11:00' });
    await form.getByLabel('Energy in kWh').fill('1.2');
    await review(form, page);
    await page.getByText(`1.2 kWh of meter ${METER}`, { exact: false }).waitFor();
    await send(page);
  });

  test('a neighbour with another browser takes a part of it, on a phone and by keyboard alone', async () => {
    const { page } = buyer;
    await buyer.open('/wallet');
    await press(page.getByRole('button', { name: 'Use node-2' }));
    await page.getByRole('region', { name: 'Who acts' }).waitFor();
    await press(page.getByRole('navigation', { name: 'wallet' }).getByRole('link', { name: 'Bank' }));
    const bank = page.getByRole('form', { name: 'Buy tokens' });
    await bank.getByLabel('Tokens to buy').focus();
    await page.keyboard.type('20');
    await page.keyboard.press('Enter');
    await press(page.getByRole('button', { name: 'Sign and send' }));
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await waitUntil('the tokens to arrive', async () => (await tokensOf(node2())) === 20n * 10n ** 18n);

    await press(page.getByRole('navigation', { name: 'views' }).getByRole('link', { name: 'Trade' }));
    await press(page.getByRole('button', { name: /Buy from offer/ }));
    const form = page.getByRole('form', { name: /Buy from offer/ });
    await form.getByLabel('How much in kWh').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('0.9');
    await page.keyboard.press('Enter');
    await page.getByText('You buy 0.9 kWh from', { exact: false }).waitFor();
    await press(page.getByRole('button', { name: 'Sign and send' }));
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await go(page, 'My trades');
    await page.getByText('Purchase of 0.900 kWh').waitFor();
    // 0.9 kWh are 6 tokens at the usual price; they are in escrow now.
    await waitUntil('the escrow', async () => (await tokensOf(node2())) === 14n * 10n ** 18n);
    await expectBalances(buyer, node2());
  });

  test('what was delivered is paid, the rest goes back, and the page says so in both browsers', async () => {
    const { page } = seller;
    await go(page, 'My trades');
    await page.getByText('Sale of 0.900 kWh').waitFor();
    // 0.6 kWh of the 0.9 are delivered.
    await community.report(METER, PERIOD_START, 1_000_000n, 400_000n);
    await page.getByRole('button', { name: /Settle trade/ }).click();
    await send(page);
    await page.getByText('0.600 kWh', { exact: false }).first().waitFor();
    await waitUntil('the payment', async () => (await tokensOf(sellerAddress)) === 165n * 10n ** 17n);
    expect(await tokensOf(node2())).toBe(16n * 10n ** 18n);
    await expectBalances(seller, sellerAddress);
    await expectBalances(buyer, node2());
    // What was sent can be read to the end although the trade is closed; then its row goes to the closed ones.
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    for (const visitor of [seller, buyer]) {
      await visitor.page.getByRole('heading', { name: 'Closed' }).waitFor();
      await visitor.page.getByText('No trade is waiting for anything.').waitFor();
    }
  });

  test('a second tab knows the same accounts, and locking one locks the other', async () => {
    const second = await seller.context.newPage();
    await seller.open('/wallet', second);
    await second
      .getByRole('combobox', { name: 'Acting account' })
      .getByText('Rose Street 4')
      .waitFor({ state: 'attached' });
    const unlock = second.getByRole('form', { name: 'Unlock Rose Street 4' });
    await unlock.getByLabel('Passphrase of Rose Street 4').fill(PASSPHRASE);
    await unlock.getByRole('button', { name: 'Unlock' }).click();
    await second.getByRole('button', { name: 'Lock', exact: true }).click();
    await seller.page.getByRole('form', { name: 'Unlock Rose Street 4' }).waitFor();
    await second.close();
  });

  test('signing, sending and following never blocked the page for longer than 100 ms, and nothing went wrong', async () => {
    const visitors = [seller, buyer];
    const loaded = visitors.map(async ({ page }) => ({
      page,
      fromMs: await page.evaluate(() => performance.getEntriesByType('navigation')[0]?.duration ?? 0),
    }));
    const longest = await longestTasks(browser, await Promise.all(loaded));
    console.info(
      `longest tasks while trading: ${longest.map((ms) => ms.toFixed(0)).join(' and ')} ms of the processor`,
    );
    for (const [index, visitor] of visitors.entries()) {
      expect(longest[index]).toBeLessThan(BLOCKED_MS);
      const { violations } = await visitor.observed();
      expect(violations).toEqual([]);
      expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
    }
  });
});

const node2 = () => community.signer('node-2').account.address;

const tokensOf = (owner: Hex) =>
  getTokenBalance(community.client, {
    tokenAddress: GENESIS_ADDRESSES.tokenAddress,
    owner: owner.toLowerCase() as Hex,
  });

/** What the page shows of an account is what the chain says. */
async function expectBalances({ page }: Visitor, address: Hex): Promise<void> {
  const bar = page.getByRole('region', { name: 'Who acts' });
  await waitUntil(`the page to show the chain's balances of ${address}`, async () => {
    const [tokens, wei, text] = [
      await tokensOf(address),
      await community.client.getBalance({ address }),
      await bar.textContent(),
    ];
    const shown = (unit: string) => Number(new RegExp(`([\\d,.]+) ${unit}`).exec(text ?? '')?.[1]?.replaceAll(',', ''));
    const isNear = (one: number, other: number) => Math.abs(one - other) < 0.0015;
    return isNear(shown('ENT'), Number(formatEther(tokens))) && isNear(shown('WATT'), Number(formatEther(wei)));
  });
}

/** To a page of the same view. */
async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
  await settled(page);
}

async function review(form: Locator, page: Page): Promise<void> {
  await form.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('heading', { name: 'Please check' }).waitFor();
}

async function send(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await page.getByRole('heading', { name: 'Sent' }).waitFor();
}

/** As somebody does without a mouse. */
async function press(target: Locator): Promise<void> {
  await target.focus();
  await target.press('Enter');
}
