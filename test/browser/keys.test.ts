/** Keys in the page: made, taken out, forgotten, brought back by file and by words, and never readable where they are kept. */
import { readFileSync } from 'node:fs';
import { decryptKey, privateKeyOfMnemonic, toHex } from '@wattchain/core';
import type { Browser } from 'playwright-core';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './chromium.mjs';
import { QuickCommunity } from './communities.js';
import { Visitor } from './framework.js';

const PASSPHRASE = 'sun on the roof';
const OTHER_PASSPHRASE = 'wind in the garden';

const found = await launchBrowser();
let browser: Browser;
let community: QuickCommunity;
let visitor: Visitor;
let words = '';
let file = '';

describe.skipIf(found.missing !== undefined)(`keys in the page ${found.missing ?? ''}`, () => {
  beforeAll(async () => {
    browser = found.browser as Browser;
    community = await QuickCommunity.start();
    visitor = await Visitor.come(browser, community.url);
    await visitor.open('/wallet/accounts');
  });
  afterAll(async () => {
    await visitor?.leave();
    await community?.remove();
    await browser?.close();
  });

  test('an account is made, and its twelve words are shown once', async () => {
    const { page } = visitor;
    const form = page.getByRole('form', { name: 'Make a new account' });
    await form.getByRole('button', { name: 'Make the account' }).click();
    await form.getByText('Give the account a name', { exact: false }).waitFor();
    await form.getByLabel('Name').fill('Rose Street 4');
    await form.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE);
    await form.getByLabel('New passphrase, again').fill(PASSPHRASE);
    await form.getByRole('button', { name: 'Make the account' }).click();
    const list = page.getByRole('list', { name: 'twelve words' }).getByRole('listitem');
    await list.first().waitFor();
    words = (await list.allTextContents()).join(' ');
    expect(words.split(' ')).toHaveLength(12);
    await page.getByRole('button', { name: 'I have written them down' }).click();
    await list.first().waitFor({ state: 'hidden' });
  });

  test('it goes out as a v3 file that other wallets read', async () => {
    const { page } = visitor;
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export Rose Street 4' }).click();
    file = readFileSync(await (await downloading).path(), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ version: 3, crypto: { kdf: 'scrypt' } });
    expect(toHex(decryptKey(JSON.parse(file), PASSPHRASE))).toBe(toHex(privateKeyOfMnemonic(words, 0)));
  });

  test('what the browser keeps holds neither the key nor its words', async () => {
    const kept = await visitor.page.evaluate(async () => {
      const dumps: unknown[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error);
        });
        for (const store of database.objectStoreNames) {
          const asked = database.transaction(store).objectStore(store).getAll();
          dumps.push(await new Promise((resolve) => asked.addEventListener('success', () => resolve(asked.result))));
        }
        database.close();
      }
      return JSON.stringify(dumps, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
    });
    expect(kept).toContain('ciphertext');
    expect(kept).not.toContain(toHex(privateKeyOfMnemonic(words, 0)).slice(2));
    expect(kept).not.toContain(words);
    expect(kept).not.toContain(PASSPHRASE);
  });

  test('a key that one tab forgets is gone in the other', async () => {
    const { page } = visitor;
    const second = await visitor.context.newPage();
    await visitor.open('/wallet/accounts', second);
    await second.getByRole('button', { name: 'Export Rose Street 4' }).waitFor();
    await page.getByRole('button', { name: 'Forget Rose Street 4' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await second.getByRole('button', { name: 'Export Rose Street 4' }).waitFor({ state: 'hidden' });
    await second.close();
  });

  test('it comes back by its file, whose wrong passphrase is refused in words', async () => {
    const { page } = visitor;
    const form = page.getByRole('form', { name: 'Bring an account along' });
    await form
      .getByLabel('Key file (v3)')
      .setInputFiles({ name: 'key.json', mimeType: 'application/json', buffer: Buffer.from(file) });
    await fillImport('by its file');
    await form.getByLabel('Passphrase of the file').fill('rain');
    await form.getByRole('button', { name: 'Import the account' }).click();
    await form
      .getByRole('alert')
      .getByText(/passphrase/i)
      .waitFor();
    await form.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    await form.getByRole('button', { name: 'Import the account' }).click();
    await expectAccount('by its file');
  });

  test('it comes back by its words', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'Forget by its file' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    const form = page.getByRole('form', { name: 'Bring an account along' });
    const secret = form.getByLabel('Or its words, its private key, or the text of a key file');
    await secret.fill(words.replace(/\w+$/, 'wattchain'));
    await fillImport('by its words');
    await form.getByRole('button', { name: 'Import the account' }).click();
    await form.getByText('word 12 is not in the list of BIP-39', { exact: false }).waitFor();
    await secret.fill(words);
    await form.getByRole('button', { name: 'Import the account' }).click();
    await expectAccount('by its words');
  });

  test('nothing of that left the browser or went wrong', async () => {
    expect(visitor.incidents).toEqual({ errors: [], foreignRequests: [] });
    expect((await visitor.observed()).violations).toEqual([]);
  });
});

async function fillImport(name: string): Promise<void> {
  const form = visitor.page.getByRole('form', { name: 'Bring an account along' });
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('New passphrase', { exact: true }).fill(OTHER_PASSPHRASE);
  await form.getByLabel('New passphrase, again').fill(OTHER_PASSPHRASE);
}

async function expectAccount(name: string): Promise<void> {
  const { page } = visitor;
  await page.getByRole('button', { name: `Export ${name}` }).waitFor();
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText(privateKeyToAccount(toHex(privateKeyOfMnemonic(words, 0))).address).waitFor();
  await page.getByRole('link', { name: 'Accounts', exact: true }).click();
}
