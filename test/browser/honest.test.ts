/**
 * A community with bonds, where both meters count and readings can be corrected: a trade that falls short, a reading that is corrected, rates
 * and keys on their way, and a payout that did not come, as those see them whom it concerns, on their phones.
 */
import {
  announceSource,
  approveTokens,
  buyTokens,
  GENESIS_ADDRESSES,
  getAnnouncedSource,
  getCouncil,
  getPayout,
  getRates,
  getTokenBalance,
  limitBuying,
  markPayoutPaid,
  paperPeriodStart,
  payoutIdOf,
  requestKeyChange,
  requestPayout,
} from '@wattchain/market';
import type { Browser, Locator, Page } from 'playwright-core';
import { stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { addressOf, QuickCommunity } from './communities.js';
import { settled, Visitor } from './framework.js';
import { expectFit, takePicture, weakTexts } from './looks.js';

const { bankAddress, councilAddress, registryAddress, tokenAddress } = GENESIS_ADDRESSES;
const TOKEN = 10n ** 18n;
const PERIOD_START = paperPeriodStart(10);
/** Long enough to correct a reading on a busy machine; it passes when the test says so. */
const CORRECTION_SECONDS = 3_600n;
/** Nobody has to wait for what is on its way here. */
const NOTICE_SECONDS = 86_400n;

const found = await launchBrowser();
let browser: Browser;
let community: QuickCommunity;
let seller: Visitor;
let buyer: Visitor;

describe.skipIf(found.missing !== undefined)(`an honest market on phones ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await QuickCommunity.start({
      noticeSeconds: NOTICE_SECONDS,
      registry: { correctionSeconds: CORRECTION_SECONDS },
      trade: { settlement: 'proRata', bonds: true, gridPrice: 2n * TOKEN },
    });
    await community.registerMeter('roof', addressOf('node-1'));
    await community.registerMeter('flat', addressOf('node-2'));
    for (const name of ['node-1', 'node-2'] as const) {
      const valueWei = 20n * TOKEN;
      const limits = await limitBuying(community.client, { bankAddress, valueWei });
      await community.included(buyTokens(community.signer(name), { bankAddress, valueWei, ...limits }));
    }
    seller = await actingAs('node-1', 360);
    buyer = await actingAs('node-2', 390);
  });
  afterAll(async () => {
    await seller?.leave();
    await buyer?.leave();
    await community?.remove();
    await browser?.close();
  });

  test('an offer says what stands behind it, and its bond is put in', async () => {
    const { page } = seller;
    await seller.open('/trade/offer');
    const form = page.getByRole('form', { name: 'Offer energy' });
    await form.getByLabel('Day').fill('2018-07-04');
    await form.getByLabel('Period').selectOption({ label: '10:00 to 11:00' });
    await form.getByLabel('Energy in kWh').fill('1.2');
    await form.getByText('You put in a bond of 8.000 ENT.', { exact: false }).waitFor();
    await review(form, page);
    expect(await termsOf(page)).toMatchObject({ 'Grid price': '2 ENT for 150 Wh', Bond: '8.0000000000004 ENT' });
    await send(page);
    await waitUntil('the bond', async () => (await tokensOf('node-1')) < 13n * TOKEN);
  });

  test('who accepts signs for all terms of the offer, which the page names', async () => {
    const { page } = buyer;
    await buyer.open('/trade');
    await page.getByText('Market time is', { exact: false }).waitFor();
    await page.getByText('a bond of 8.000 ENT of the seller pays the difference', { exact: false }).waitFor();
    await page.getByRole('button', { name: /Buy from offer/ }).click();
    await review(page.getByRole('form', { name: /Buy from offer/ }), page);
    const terms = await termsOf(page);
    expect(terms).toMatchObject({
      Meter: 'roof',
      Period: '4 July 2018, 10:00 to 11:00 (UTC-07:00)',
      Price: '1 ENT for 150 Wh',
      'Grid price': '2 ENT for 150 Wh',
      'Your meter': 'flat',
    });
    expect(Object.keys(terms)).toEqual(expect.arrayContaining(['Seller', 'Open until', 'Reading due by']));
    await expectReadable(page);
    await send(page);
    await waitUntil('the escrow', async () => (await tokensOf('node-2')) === 12n * TOKEN);
  });

  test('a reading that is not final is waited for, and a corrected one shows what it was and who signed', async () => {
    const { page } = seller;
    await community.report('flat', PERIOD_START, 0n, 1_200_000n);
    await community.report('roof', PERIOD_START, 1_500_000n, 300_000n);
    await seller.open('/trade/mine');
    await page.getByText('reading not final').waitFor();
    await page.getByText('until that is final it can be corrected', { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: /Settle trade/ }).count()).toBe(0);
    await community.correct('roof', PERIOD_START, 1_200_000n, 300_000n);
    const correction = page.locator('small', { hasText: 'Corrected:' });
    await correction.waitFor();
    expect(await correction.textContent()).toMatch(
      /produced 1\.500 kWh → 1\.200 kWh, consumed 0\.300 kWh as before; signed by gateway and the registrar operator-2/,
    );
    await lookAtPhones(seller, 'corrected-reading');
    await seller.open('/community?day=2018-07-04&hour=10:00');
    await page.getByRole('heading', { name: 'Corrected readings' }).waitFor();
    await expectReadable(page);
  });

  test('a trade that fell short says what the bond paid, and the buyer is whole', async () => {
    await community.pass(CORRECTION_SECONDS);
    await seller.open('/trade/mine');
    const { page } = seller;
    await page.getByRole('button', { name: /Settle trade/ }).click();
    await page.getByRole('heading', { name: 'Please check' }).waitFor();
    await send(page);
    // 0.3 of the 1.2 kWh are missing: the grid takes 4 tokens for them, and the price was 2.
    await waitUntil('the payment', async () => (await tokensOf('node-2')) === 16n * TOKEN);
    expect(await tokensOf('node-1')).toBe(24n * TOKEN);
    await page.getByRole('button', { name: 'Done' }).click();
    for (const [visitor, lead] of [
      [
        seller,
        'You sold 0.900 kWh to one neighbour for 6.000 ENT. Your bonds paid 2.000 ENT for what was not delivered.',
      ],
      [buyer, "You bought 0.900 kWh from one neighbour for 6.000 ENT. Sellers' bonds paid you 2.000 ENT."],
    ] as const) {
      await visitor.open('/trade/mine');
      await visitor.page.getByText(lead).waitFor();
      await visitor.page.getByText("The seller's bond paid the buyer 2.000 ENT", { exact: false }).waitFor();
      await visitor.page.getByText('No trade is waiting for anything.').waitFor();
    }
    await lookAtPhones(buyer, 'short-trade');
    await buyer.open('/wallet');
    await buyer.page.getByText("and 2.000 ENT out of the seller's bond", { exact: false }).waitFor();
  });

  test('rates on their way show old and new, from when on, and who announced and confirmed them', async () => {
    const first = await actingAs('operator-1', 360);
    await first.open('/wallet/bank');
    const form = first.page.getByRole('form', { name: 'Announce rates' });
    await form.getByLabel('A token costs').fill('1.25');
    await form.getByLabel('A token brings').fill('0.9');
    await review(form, first.page);
    await send(first.page);
    await buyer.open('/wallet/bank');
    await buyer.page.getByText('announced, not confirmed').waitFor();
    const second = await actingAs('operator-2', 360);
    await second.open('/wallet/bank');
    await second.page.getByRole('button', { name: 'Confirm the rates' }).click();
    await send(second.page);
    await buyer.page.getByText('confirmed, on its way').waitFor();
    const table = buyer.page.getByRole('table', { name: 'rates in force and on their way' });
    expect(await table.locator('tbody td').allTextContents()).toEqual([
      ...['buying', '1.000 WATT', '1.250 WATT'],
      ...['giving back', '1.000 WATT', '0.900 WATT'],
    ]);
    const card = buyer.page.locator('section.card').filter({ has: buyer.page.getByRole('heading', { name: 'Rates' }) });
    expect(await card.locator('dl.facts').textContent()).toMatch(
      /In force from.*\(UTC.*Announced by.*operator 1.*Confirmed by.*operator 2/,
    );
    // Households look on; operators can take it back, and nobody can bring it into force yet.
    expect(await card.getByRole('button').count()).toBe(0);
    await second.page.getByRole('button', { name: 'Done' }).click();
    await second.page.getByRole('button', { name: 'Take the announcement back' }).waitFor();
    expect(await second.page.getByRole('button', { name: 'Bring the rates into force' }).count()).toBe(0);
    const { pending } = await getRates(community.client, { bankAddress });
    expect(pending).toMatchObject({ state: 'confirmed', buyRateWei: (125n * TOKEN) / 100n });
    await lookAtPhones(buyer, 'rate-change');
    await first.leave();
    await second.leave();
  });

  test('an exchange names the least that it brings and its last moment, which are signed', async () => {
    const { page } = buyer;
    await buyer.open('/wallet/bank');
    const form = page.getByRole('form', { name: 'Give tokens back for coins' });
    await form.getByLabel('Tokens to give back').fill('2');
    await form.getByLabel('Less by at most').selectOption({ label: '5 %' });
    await review(form, page);
    const terms = await termsOf(page);
    expect(terms).toMatchObject({ 'At least': '1.9 WATT' });
    expect(terms['Not after']).toMatch(/\(UTC/);
    await expectReadable(page);
    await send(page);
    await waitUntil('the exchange', async () => (await tokensOf('node-2')) === 14n * TOKEN);
  });

  test('a payout that is marked as paid and did not come is objected to on the page', async () => {
    const holder = community.signer('node-2');
    const payout = { tokens: 3n * TOKEN, destination: stringToHex('IBAN 42', { size: 32 }) };
    const allowance = { tokenAddress, spender: bankAddress, tokens: payout.tokens };
    await community.included(approveTokens(holder, allowance));
    const receipt = await community.included(requestPayout(holder, { bankAddress, ...payout }));
    const payoutId = payoutIdOf(receipt) ?? 0n;
    const { page } = buyer;
    await buyer.open('/wallet/bank');
    await page.getByText('waiting for an operator').waitFor();
    await community.included(
      markPayoutPaid(community.signer('operator-1'), {
        bankAddress,
        payoutId,
        holder: holder.account.address,
        ...payout,
        reference: stringToHex('transfer 7', { size: 32 }),
      }),
    );
    await page.getByText('open to objection until', { exact: false }).waitFor();
    await page.getByText('operator 1 says that it was paid with transfer 7', { exact: false }).waitFor();
    await page.getByRole('button', { name: `Object to payout ${payoutId}` }).click();
    await send(page);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('disputed', { exact: true }).waitFor();
    expect((await getPayout(community.client, { bankAddress, payoutId })).state).toBe('disputed');
    await expectReadable(page);
  });

  test('a household stops another source of its readings that one registrar alone announced', async () => {
    const [meter, source] = [stringToHex('flat', { size: 32 }), addressOf('miner-1')];
    const other = { registryAddress, meter, source, isDevice: true, ratingMwh: 1_000_000n };
    await community.included(announceSource(community.signer('operator-1'), other));
    const { page } = buyer;
    await buyer.open('/trade/report');
    await page.getByText('Readings of flat are to come from miner-1, which signs them').waitFor();
    await page.getByText('the household can stop it.', { exact: false }).waitFor();
    await expectReadable(page);
    await page.getByRole('button', { name: 'Stop the source of flat' }).click();
    await send(page);
    await waitUntil('the stop', async () => (await getAnnouncedSource(community.client, other)) === undefined);
  });

  test('a change of keys is vetoed by the one whom it concerns, and both keys are frozen', async () => {
    const [oldKey, newKey] = [addressOf('operator-2'), addressOf('miner-1')];
    await community.included(requestKeyChange(community.signer('operator-1'), { councilAddress, oldKey, newKey }));
    const owner = await actingAs('operator-2', 320);
    const { page } = owner;
    await owner.open('/wallet/council');
    await page.getByText('to be decided').waitFor();
    expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
    await page.getByRole('button', { name: /^Veto/ }).click();
    await send(page);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('frozen by a veto').waitFor();
    await page.getByText('A veto freezes both keys until it is decided.', { exact: false }).waitFor();
    const { members } = await getCouncil(community.client, { councilAddress });
    expect(members.map(({ isFrozen }) => isFrozen)).toEqual([false, true]);
    await lookAtPhones(owner, 'key-change');
    await owner.leave();
  });

  test('nothing went wrong meanwhile', async () => {
    for (const visitor of [seller, buyer]) {
      expect((await visitor.observed()).violations).toEqual([]);
      expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
    }
  });
});

async function actingAs(name: Parameters<typeof addressOf>[0], width: number): Promise<Visitor> {
  const visitor = await Visitor.come(browser, community.url, { width });
  await visitor.open('/wallet/accounts');
  await visitor.page.getByRole('button', { name: `Use ${name}`, exact: true }).click();
  return visitor;
}

/** Every width that phones have, light and dark: everything fits, and can be read. */
async function lookAtPhones({ page }: Visitor, name: string): Promise<void> {
  for (const width of [320, 360, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectReadable(page);
      if (width === 360) await takePicture(page, `${name}-phone-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function expectReadable(page: Page): Promise<void> {
  await settled(page);
  await expectFit(page);
  expect(await weakTexts(page)).toEqual([]);
}

/** What the panel says that a signature names. */
async function termsOf(page: Page): Promise<Record<string, string>> {
  const read = await page
    .locator('.confirm dl.facts')
    .evaluate((list) =>
      [...list.querySelectorAll('dt')].map((term) => [term.textContent, term.nextElementSibling?.textContent]),
    );
  return Object.fromEntries(read);
}

const tokensOf = (name: Parameters<typeof addressOf>[0]) =>
  getTokenBalance(community.client, { tokenAddress, owner: addressOf(name) });

async function review(form: Locator, page: Page): Promise<void> {
  await form.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('heading', { name: 'Please check' }).waitFor();
}

async function send(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await page.getByRole('heading', { name: 'Sent' }).waitFor();
}
