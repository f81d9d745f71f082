/**
 * What was signed stays in sight until its person closes it, for every form and button of the page, although the block with it is there, and
 * the page shows what that has changed, before the node has answered that it took the transaction.
 */
import {
  acceptOffer,
  announceGridPrice,
  announceRates,
  announceSource,
  approveTokens,
  buyTokens,
  GENESIS_ADDRESSES,
  getOffer,
  limitBuying,
  markPayoutPaid,
  objectToPayout,
  offerEnergy,
  offerIdOf,
  paperPeriodStart,
  payoutIdOf,
  requestKeyChange,
  requestPayout,
} from '@wattchain/market';
import type { Browser, Page } from 'playwright-core';
import { type Hex, stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { addressOf, QuickCommunity } from './communities.js';
import { heightIn, SHOWN_HEIGHT, settled, Visitor } from './framework.js';

type Name = Parameters<typeof addressOf>[0];

const { bankAddress, councilAddress, registryAddress, tokenAddress, tradeAddress } = GENESIS_ADDRESSES;
const TOKEN = 10n ** 18n;
const NOTICE_SECONDS = 3_600n;
const DESTINATION = stringToHex('IBAN 42', { size: 32 });
const REFERENCE = stringToHex('transfer 7', { size: 32 });

const found = await launchBrowser();
let browser: Browser;
let community: QuickCommunity;
let visitor: Visitor;
/** Whose account the page uses. */
let acting: Name | undefined;

/** A form or a button of the page, and what it takes that somebody can use it. */
interface Case {
  readonly what: string;
  readonly by: Name;
  readonly at: string;
  /** What happens on the chain before. */
  readonly before?: () => Promise<unknown>;
  /** From the view to the look at what will happen. */
  readonly ask: (page: Page) => Promise<void>;
  /** What the block takes away from the page. */
  readonly gone?: (page: Page) => ReturnType<Page['locator']>;
}

/** A button that the block with its transaction takes away. */
const button = (by: Name, at: string, name: RegExp, before?: Case['before']): Case => ({
  what: `${by} at ${at}: ${name.source}`,
  by,
  at,
  ...(before === undefined ? {} : { before }),
  ask: (page) => page.getByRole('button', { name }).click(),
  gone: (page) => page.getByRole('button', { name }),
});

/** A form that is filled in. */
const form = (by: Name, at: string, name: string, fields: Record<string, string>): Case => ({
  what: `${by} at ${at}: ${name}`,
  by,
  at,
  ask: (page) => fill(page, name, fields),
});

async function fill(page: Page, name: string | RegExp, fields: Record<string, string>): Promise<void> {
  const shown = page.getByRole('form', { name });
  for (const [label, value] of Object.entries(fields)) {
    const field = shown.getByLabel(label, { exact: true });
    const options = await field.locator('option').allTextContents();
    if (options.length === 0) await field.fill(value);
    else await field.selectOption({ index: options.findIndex((text) => text.startsWith(value)) });
  }
  await shown.getByRole('button', { name: 'Review' }).click();
}

const BANK = '/wallet/bank';
const COUNCIL = '/wallet/council';
const HOUR_10 = { Day: '2018-07-04', Period: '10:00 to 11:00' };
const pass = () => community.pass(NOTICE_SECONDS);

/** In the order in which one leads to the other. */
const CASES: readonly Case[] = [
  form('node-1', '/wallet/send', 'Send', { To: addressOf('node-2'), 'Amount in ENT': '1' }),
  form('node-1', BANK, 'Buy tokens', { 'Tokens to buy in ENT': '5' }),
  form('node-1', BANK, 'Give tokens back for coins', { 'Tokens to give back in ENT': '2' }),
  form('node-1', BANK, 'Payout outside', { 'Tokens to pay out in ENT': '1', 'Where to': 'IBAN 1' }),
  button('node-1', BANK, /^Take payout \d+ back/),
  form('node-1', BANK, 'Standing order', { 'Tokens each time in ENT': '1', 'Where to': 'IBAN 1' }),
  button('node-1', BANK, /^End standing order/),
  button('node-1', BANK, /^Object to payout/, () => payout({ isPaid: true })),
  button('node-1', BANK, /^Payout \d+ came/),
  button('node-1', BANK, /^Payout \d+ did not come/, () => payout({ isPaid: true, objector: 'operator-2' })),
  button('node-2', BANK, /^Close payout/, async () => {
    await payout({ isPaid: true, holder: 'node-2' });
    await pass();
  }),
  form('operator-1', BANK, 'Your deposit', { 'Coins in WATT': '1' }),
  {
    ...form('operator-1', BANK, 'Announce rates', { 'A token costs in WATT': '1', 'A token brings in WATT': '0.9' }),
    gone: (page) => page.getByRole('form', { name: 'Announce rates' }),
  },
  button('operator-2', BANK, /^Confirm the rates/),
  button('node-1', BANK, /^Bring the rates into force/, pass),
  button('operator-1', BANK, /^Share the surplus/),
  button('operator-1', BANK, /^Take the announcement back/, () =>
    community.included(
      announceRates(community.signer('operator-2'), { bankAddress, buyRateWei: TOKEN, redeemRateWei: TOKEN }),
    ),
  ),
  form('node-1', '/trade/offer', 'Offer energy', { ...HOUR_10, 'Energy in kWh': '1.2' }),
  {
    what: 'node-2 at /trade: Buy all of an offer',
    by: 'node-2',
    at: '/trade',
    ask: async (page) => {
      await page.getByRole('button', { name: /^Buy from offer/ }).click();
      await fill(page, /^Buy from offer/, {});
    },
  },
  button('node-1', '/trade', /^Withdraw offer/, () => offer(11)),
  button('node-1', '/trade/mine', /^Withdraw offer/, async () => {
    await offer(12);
    await pass();
  }),
  {
    ...form('gateway', '/trade/report?meter=roof', 'Report a reading', {
      ...HOUR_10,
      'Produced in kWh': '1.2',
      'Consumed in kWh': '0',
    }),
    gone: (page) => page.getByText('It has not been read yet.'),
  },
  button('node-1', '/trade/mine', /^Settle trade/),
  button('node-2', '/trade/mine', /^Refund trade/, async () => {
    await trade(13);
    await pass();
    await pass();
  }),
  {
    ...form('operator-1', '/trade', 'Announce a grid price', { 'What the grid takes for 150 Wh in ENT': '3' }),
    gone: (page) => page.getByRole('form', { name: 'Announce a grid price' }),
  },
  button('operator-2', '/trade', /^Confirm the grid price/),
  button('node-1', '/trade', /^Put the grid price in force/, pass),
  button('operator-2', '/trade', /^Take the grid price back/, () =>
    community.included(announceGridPrice(community.signer('operator-1'), { tradeAddress, price: 4n * TOKEN })),
  ),
  button('operator-2', '/trade/report', /^Confirm the source of flat/, () => source('miner-1')),
  button('node-2', '/trade/report', /^Bring the source of flat into force/, pass),
  button('node-2', '/trade/report', /^Stop the source of flat/, () => source('node-3')),
  form('operator-1', COUNCIL, 'Ask for another key', {
    'Key that was lost or stolen': 'seat 2:',
    'New key': addressOf('node-3'),
  }),
  button('operator-2', COUNCIL, /^Veto key/),
  button('operator-1', COUNCIL, /^Reject key/),
  // The recovery key decides after the notice.
  button('miner-2', COUNCIL, /^Approve key/, async () => {
    const [oldKey, newKey] = [addressOf('operator-2'), addressOf('miner-1')];
    await community.included(requestKeyChange(community.signer('operator-1'), { councilAddress, oldKey, newKey }));
    await pass();
  }),
];

describe.skipIf(found.missing !== undefined)(`what was signed stays in sight ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await QuickCommunity.start({
      noticeSeconds: NOTICE_SECONDS,
      trade: { bonds: true, gridPrice: 2n * TOKEN },
    });
    await community.registerMeter('roof', addressOf('node-1'));
    await community.registerMeter('flat', addressOf('node-2'));
    for (const name of ['node-1', 'node-2'] as const) {
      const valueWei = 50n * TOKEN;
      const limits = await limitBuying(community.client, { bankAddress, valueWei });
      await community.included(buyTokens(community.signer(name), { bankAddress, valueWei, ...limits }));
      for (const spender of [bankAddress, tradeAddress]) {
        await community.included(approveTokens(community.signer(name), { tokenAddress, spender, tokens: 50n * TOKEN }));
      }
    }
    visitor = await Visitor.come(browser, community.url, { width: 390 });
    await visitor.open('/wallet/accounts');
  });
  afterAll(async () => {
    await visitor?.leave();
    await community?.remove();
    await browser?.close();
  });

  test.each(CASES)('$what', async ({ by, at, before, ask, gone }) => {
    await before?.();
    const { page } = visitor;
    await come(by, at);
    await ask(page);
    await page.getByRole('heading', { name: 'Please check' }).waitFor();
    const answers = await holdAnswers(page);
    await page.getByRole('button', { name: 'Sign and send' }).click();
    for (;;) {
      // The block is on the page, and what it has changed too; only then it learns that the node took the transaction.
      const { blockNumber, release } = await answers.next();
      await waitUntil('the block on the page', async () => (await shownHeight(page)) >= Number(blockNumber));
      const isLast = (await page.locator('.steps li').count()) <= (await page.locator('.steps .tag').count()) + 1;
      if (isLast) await gone?.(page).first().waitFor({ state: 'hidden' });
      expect(await page.getByRole('heading', { name: 'Please check' }).count()).toBe(1);
      release();
      if (isLast) break;
    }
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await page.unroute('**/');
    // Nor do later blocks take it away.
    await community.pass(1n);
    const height = Number(await community.client.getBlockNumber());
    await waitUntil('one more block on the page', async () => (await shownHeight(page)) >= height);
    await settled(page);
    await page.locator('.confirm').getByText('in a block').waitFor();
    expect(await page.getByRole('heading', { name: 'Sent' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor({ state: 'hidden' });
  });

  test('nothing went wrong meanwhile', async () => {
    expect((await visitor.observed()).violations).toEqual([]);
    expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
  });
});

/** Lets somebody act, at a view; only what is not so already. */
async function come(name: Name, at: string): Promise<void> {
  if (acting !== name) {
    await goTo('/wallet/accounts');
    // One that was used before has a second button, in the list of the browser's accounts.
    await visitor.page
      .getByRole('button', { name: `Use ${name}`, exact: true })
      .first()
      .click();
    acting = name;
  }
  await goTo(at);
}

/** Goes to a view as by Back and Forward: the page is not loaded again. */
async function goTo(at: string): Promise<void> {
  await visitor.page.evaluate((target) => {
    if (target === location.pathname + location.search) return;
    history.pushState(null, '', target);
    dispatchEvent(new PopStateEvent('popstate'));
  }, at);
  await settled(visitor.page);
}

const shownHeight = async (page: Page) => heightIn(await page.locator(SHOWN_HEIGHT).textContent());

interface HeldAnswer {
  readonly blockNumber: bigint;
  readonly release: () => void;
}

interface RpcCall {
  readonly id: number;
  readonly method: string;
}

interface RpcAnswer {
  readonly id: number;
  readonly result: unknown;
}

/** Keeps what the node answers to a transaction from the page. The chain has made a block of it by then. */
async function holdAnswers(page: Page): Promise<{ readonly next: () => Promise<HeldAnswer> }> {
  const held: HeldAnswer[] = [];
  await page.route('**/', async (route) => {
    const asked = [JSON.parse(route.request().postData() ?? '[]')].flat() as RpcCall[];
    const sent = asked.find(({ method }) => method === 'eth_sendRawTransaction');
    if (sent === undefined) return route.continue();
    const response = await route.fetch();
    // The page may have put it into one batch with what it reads.
    const answers = [await response.json()].flat() as RpcAnswer[];
    const hash = answers.find(({ id }) => id === sent.id)?.result as Hex;
    const { blockNumber, status } = await community.client.waitForTransactionReceipt({ hash });
    expect(status).toBe('success');
    await new Promise<void>((release) => held.push({ blockNumber, release }));
    await route.fulfill({ response });
  });
  return { next: () => waitUntil('a transaction to be sent', async () => held.shift()) };
}

/** A payout that a household asked for, as far as it has come. */
async function payout(to: {
  readonly isPaid: boolean;
  readonly objector?: Name;
  readonly holder?: Name;
}): Promise<void> {
  const holder = community.signer(to.holder ?? 'node-1');
  const asked = { bankAddress, tokens: TOKEN, destination: DESTINATION };
  const receipt = await community.included(requestPayout(holder, asked));
  const named = { ...asked, payoutId: payoutIdOf(receipt) ?? 0n, holder: holder.account.address, reference: REFERENCE };
  await community.included(markPayoutPaid(community.signer('operator-1'), named));
  if (to.objector !== undefined) await community.included(objectToPayout(community.signer(to.objector), named));
}

/** An offer of the roof's energy in an hour of the paper's day, to be taken and read within the notice. */
async function offer(hour: number): Promise<bigint> {
  const { timestamp } = await community.client.getBlock();
  const receipt = await community.included(
    offerEnergy(community.signer('node-1'), {
      tradeAddress,
      meter: stringToHex('roof', { size: 32 }),
      periodStart: paperPeriodStart(hour),
      energyMwh: 150_000n,
      price: TOKEN,
      gridPrice: 2n * TOKEN,
      acceptUntil: timestamp + NOTICE_SECONDS / 2n,
      settleBy: timestamp + NOTICE_SECONDS,
    }),
  );
  return offerIdOf(receipt) ?? 0n;
}

async function trade(hour: number): Promise<void> {
  const offerId = await offer(hour);
  const made = await getOffer(community.client, { tradeAddress, offerId });
  await community.included(
    acceptOffer(community.signer('node-2'), { tradeAddress, offer: made, energyMwh: made.energyMwh }),
  );
}

/** A registrar announces that the flat's readings are to come from elsewhere. */
const source = (name: Name) =>
  community.included(
    announceSource(community.signer('operator-1'), {
      registryAddress,
      meter: stringToHex('flat', { size: 32 }),
      source: addressOf(name),
      isDevice: true,
      ratingMwh: 1_000_000n,
    }),
  );
