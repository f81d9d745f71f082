/** `wattchain testbed --share-page`: who looks from another device sees the community, and finds no key and nothing to send with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningTestbed, startTestbed } from '../functional/framework.js';
import { launchBrowser } from './chromium.mjs';
import { Visitor } from './framework.js';

/** An address of this machine that its own door does not listen on, as one in a local network would be. */
const LAN = '127.0.0.2';

const found = await launchBrowser();
const directory = mkdtempSync(join(tmpdir(), 'wattchain-shared-'));
let browser: Browser;
let testbed: RunningTestbed;

describe.skipIf(found.missing !== undefined)(`a shared page ${found.missing ?? ''}`, () => {
  const url = () => `http://${LAN}:${testbed.rpcPort + 4}`;

  beforeAll(async () => {
    browser = found.browser as Browser;
    testbed = await startTestbed(join(directory, 'testbed'), '--no-day', '--share-page', LAN);
    await testbed.told('The network keeps running');
    expect(testbed.progress()).toContain(`${url()}/`);
  });
  afterAll(async () => {
    await testbed?.stop();
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('shows community, offers and chain live, without accounts', async () => {
    const phone = await Visitor.come(browser, url(), { width: 320 });
    const { page } = phone;
    await phone.open('/community');
    await page.getByText('For looking: keys and sending are left out here.').waitFor();
    expect(await page.getByRole('navigation', { name: 'views' }).getByRole('link').allTextContents()).toEqual([
      'Community',
      'Trade',
      'Chain',
    ]);
    await phone.open('/trade');
    await page.getByText('Nobody offers energy at the moment.').waitFor();
    for (const path of ['/wallet', '/wallet/accounts', '/trade/offer', '/trade/report']) {
      await phone.open(path);
      await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    }
    expect(await page.getByRole('button', { name: /^Use / }).count()).toBe(0);
    await phone.open('/chain');
    await page.getByRole('table', { name: 'newest blocks' }).waitFor();
    expect(phone.incidents).toEqual({ errors: [], foreignRequests: [] });
    await phone.leave();
  });

  test('takes no transaction and no order, while the door of this machine works as before', async () => {
    const ask = async (place: string, method: string) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: ['0x00'] });
      const answer = await fetch(place, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return ((await answer.json()) as { error?: { code: number; message: string } }).error;
    };
    const refused = { code: -32601, message: expect.stringContaining('this door is for looking') };
    expect(await ask(url(), 'eth_sendRawTransaction')).toMatchObject(refused);
    expect(await ask(url(), 'watt_addPeer')).toMatchObject(refused);
    expect(await ask(testbed.url, 'eth_sendRawTransaction')).not.toMatchObject({ code: -32601 });
  });
});
