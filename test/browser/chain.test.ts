/** The chain by its addresses: every block, transaction, account and contract, what they say, and how they are found. */
import { energyTradeAbi, GENESIS_ADDRESSES, paperPeriodStart } from '@wattchain/market';
import type { Browser } from 'playwright-core';
import { encodeFunctionData, type Hex, stringToHex, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './chromium.mjs';
import { addressOf, TestCommunity } from './communities.js';
import { Visitor } from './framework.js';

const { registryAddress, tradeAddress } = GENESIS_ADDRESSES;
const UNKNOWN_HASH = `0x${'1'.repeat(64)}`;

const found = await launchBrowser();
let browser: Browser;
let community: TestCommunity;
let visitor: Visitor;
let paid: Hex;

describe.skipIf(found.missing !== undefined)(`the chain in the page ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await TestCommunity.start({ isAlone: true });
    await community.registerMeter('roof-1', addressOf('node-1'));
    const payment = { to: addressOf('node-2'), value: 5n * 10n ** 18n, type: 'legacy' } as const;
    ({ transactionHash: paid } = await community.included(community.signer('node-1').sendTransaction(payment)));
    visitor = await Visitor.come(browser, community.url);
  });
  afterAll(async () => {
    await visitor?.leave();
    await community?.remove();
    await browser?.close();
  });

  test('a transaction has its sentence, its people, its confirmations and its block', async () => {
    const { page } = visitor;
    await visitor.open(`/chain/tx/${paid}`);
    await page.getByText('Send 5.000 WATT to').waitFor();
    await page.getByText('12/12').waitFor();
    await page.locator('dd').getByRole('link', { name: /^\d+$/ }).click();
    await page.getByRole('heading', { level: 1, name: /^Block \d+$/ }).waitFor();
    await page.getByText('Send 5.000 WATT to').waitFor();
  });

  test('a browser whose language is no language tag shows the page', async () => {
    const other = await Visitor.come(browser, community.url);
    // What Chromium says on a system without a locale.
    await other.context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix', configurable: true });
    });
    await other.open('/chain');
    expect(await other.page.evaluate(() => navigator.language)).toBe('en');
    expect(other.incidents.errors).toEqual([]);
    await other.leave();
  });

  test('a contract has its functions, and its events in sentences', async () => {
    const { page } = visitor;
    await visitor.open(`/chain/contract/${registryAddress}`);
    await page.getByRole('heading', { level: 1, name: 'Meter Registry' }).waitFor();
    await page.getByText('registerMeter').waitFor();
    await page.getByText('Meter roof-1 was registered for').waitFor();
  });

  test('a call is shown with the names and units of its values', async () => {
    const { page } = visitor;
    await visitor.open(`/chain/contract/${registryAddress}`);
    await page.locator('.events li', { hasText: 'Meter roof-1' }).getByRole('link', { name: /^0x/ }).click();
    await page.getByText('registerMeter').waitFor();
    const value = (name: string) => page.locator('dt', { hasText: name }).locator('+ dd');
    expect(await value('household').textContent()).toBe('roof-1');
    expect(await value('meter').textContent()).toBe('roof-1');
  });

  test('a failed transaction says what the contract refused, a waiting one what it waits for', async () => {
    const { page } = visitor;
    const signer = community.signer('node-3');
    const terms = {
      offerId: 7n,
      seller: addressOf('node-1'),
      meter: stringToHex('roof-1', { size: 32 }),
      periodStart: paperPeriodStart(10),
      price: 1n,
      gridPrice: 1n,
      acceptUntil: 0n,
      settleBy: 0n,
    };
    const data = encodeFunctionData({
      abi: energyTradeAbi,
      functionName: 'accept',
      args: [terms, 150_000n, zeroHash],
    });
    const call = { to: tradeAddress, data, gas: 300_000n, gasPrice: 10n ** 9n, type: 'legacy', nonce: 0 } as const;
    const failed = await signer.sendTransaction(call);
    const waiting = await signer.sendTransaction({ ...call, nonce: 5 });
    await community.client.waitForTransactionReceipt({ hash: failed });
    await visitor.open(`/chain/tx/${failed}`);
    await page.getByText('There is no such offer: look its number up in the list of offers.').waitFor();
    await visitor.open(`/chain/tx/${waiting}`);
    await page.getByText("its nonce is 5 and the sender's next is 1", { exact: false }).waitFor();
  });

  test('it is searched by height, hash, address and name', async () => {
    const { page } = visitor;
    await visitor.open('/chain');
    const block = await community.client.getBlock({ blockNumber: 1n });
    for (const [text, path] of [
      ['1', '/chain/block/1'],
      [block.hash, `/chain/block/${block.hash}`],
      [paid, `/chain/tx/${paid}`],
      [addressOf('node-2'), `/chain/account/${addressOf('node-2')}`],
      [tradeAddress, `/chain/contract/${tradeAddress}`],
      ['Roof 1', `/chain/account/${addressOf('node-1')}`],
    ] as const) {
      await page.getByRole('searchbox', { name: 'Search the chain' }).fill(text);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname.toLowerCase() === path.toLowerCase());
    }
  });

  test('what is not there is said in words, and nothing breaks', async () => {
    const { page } = visitor;
    for (const [text, words] of [
      ['999999999', 'There is no block 999,999,999 yet'],
      [UNKNOWN_HASH, 'This node knows no block and no transaction of this hash.'],
      ['<img src=x onerror=alert(1)>', 'Nothing here is called "<img src=x onerror=alert(1)>"'],
      ['x'.repeat(100_000), 'Nothing here is called "xxx'],
    ] as const) {
      await visitor.open('/chain');
      await page.getByRole('searchbox', { name: 'Search the chain' }).fill(text);
      await page.keyboard.press('Enter');
      await page.getByText(words, { exact: false }).waitFor();
    }
    for (const [path, title] of [
      [`/chain/tx/${UNKNOWN_HASH}`, 'This node knows no transaction of this hash'],
      [`/chain/block/${UNKNOWN_HASH}`, 'This node knows no block of this hash'],
      ['/chain/block/99999999', 'Block 99,999,999 is not there'],
      ['/chain/tx/12', 'This is no transaction'],
      ['/chain/account/me', 'This is no address'],
      [`/chain/contract/${addressOf('node-1')}`, 'There is no such contract'],
    ] as const) {
      await visitor.open(path);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
    expect((await visitor.observed()).violations).toEqual([]);
  });

  test('back and forward go through the views', async () => {
    const { page } = visitor;
    await visitor.open('/community');
    await page.getByRole('link', { name: 'Chain', exact: true }).click();
    await page
      .getByRole('status')
      .getByRole('link', { name: /^block/ })
      .click();
    await page.getByRole('heading', { level: 1, name: /^Block \d+/ }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'The chain' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Your community' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: 'The chain' }).waitFor();
  });
});
