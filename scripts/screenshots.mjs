// Pictures of every view of the page for docs/wallet.md: light and dark, desktop and phone, from a testbed of its own after the
// paper's day. Needs a built project ("npm run setup") and takes about two minutes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { launchBrowser } from '../test/browser/chromium.mjs';
import { withPalette } from './palettePng.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');
const command = join(root, 'packages', 'cli', 'bin', 'wattchain.js');
const RPC_PORT = 28_545;
const P2P_PORT = 28_303;
const ORIGIN = `http://127.0.0.1:${RPC_PORT}`;
const MAX_HEIGHT = 1_600;
const VIEWS = [
  { name: 'community', path: '/community' },
  { name: 'paper', path: '/community/paper' },
  { name: 'wallet', path: '/wallet' },
  { name: 'send', path: '/wallet/send' },
  { name: 'bank', path: '/wallet/bank' },
  { name: 'council', path: '/wallet/council' },
  { name: 'accounts', path: '/wallet/accounts' },
  { name: 'trade', path: '/trade' },
  { name: 'offer', path: '/trade/offer' },
  { name: 'my-trades', path: '/trade/mine' },
  { name: 'report', path: '/trade/report' },
  { name: 'chain', path: '/chain' },
  { name: 'block', path: '/chain/block/{block}' },
  { name: 'transaction', path: '/chain/tx/{transaction}' },
  { name: 'account', path: '/chain/account/{account}' },
  { name: 'contract', path: '/chain/contract/EnergyTrade' },
];
const DEVICES = [
  { name: 'desktop', width: 1280 },
  { name: 'phone', width: 360 },
];
const SCHEMES = /** @type {const} */ (['light', 'dark']);

const found = await launchBrowser();
if (found.browser === undefined) {
  console.error(found.missing);
  process.exit(1);
}
const { browser } = found;
const directory = mkdtempSync(join(tmpdir(), 'wattchain-screenshots-'));
const testbed = spawn(
  process.execPath,
  [command, 'testbed', '--dir', join(directory, 'testbed'), '--rpc-port', `${RPC_PORT}`, '--p2p-port', `${P2P_PORT}`],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
try {
  await theDayIsOver();
  // Something to buy, from an hour that the paper's day does not have.
  const offer = [
    'trade',
    'offer',
    '--from',
    'testbed:node-1',
    '--meter',
    'node-1',
    '--start',
    '2018-07-05T10:00-07:00',
  ];
  const offering = spawn(process.execPath, [command, ...offer, '--energy', '1.2', '--rpc', ORIGIN], {
    stdio: 'inherit',
  });
  await once(offering, 'exit');
  mkdirSync(images, { recursive: true });
  const places = await newestTrade();
  let bytes = 0;
  for (const device of DEVICES) for (const scheme of SCHEMES) bytes += await picture(device, scheme, places);
  console.log(
    `${VIEWS.length * DEVICES.length * SCHEMES.length} pictures in docs/images, ${(bytes / 1e6).toFixed(2)} MB`,
  );
} finally {
  await browser.close();
  const ended = once(testbed, 'exit');
  testbed.kill('SIGTERM');
  await ended;
  rmSync(directory, { recursive: true, force: true });
}

/** Passes on what the testbed says until it has nothing left to do. */
async function theDayIsOver() {
  for await (const text of testbed.stderr) {
    process.stderr.write(text);
    if (String(text).includes('The network keeps running')) {
      testbed.stderr.resume();
      return;
    }
  }
  throw new TypeError('the testbed ended before the day was over');
}

/** What the views of a block, a transaction and an account show: the newest event of the trade contract, and node 1. */
async function newestTrade() {
  const { result: contracts } = await rpc('watt_contracts', []);
  const { address } = contracts.find((/** @type {{ name: string }} */ { name }) => name === 'EnergyTrade');
  const { result: logs } = await rpc('eth_getLogs', [{ address, fromBlock: '0x0' }]);
  const { blockNumber, transactionHash } = logs.at(-1);
  return { block: Number(blockNumber), transaction: transactionHash, account: PUBLISHED_ADDRESSES[0] };
}

/** @param {string} method @param {unknown[]} params */
async function rpc(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(ORIGIN, { method: 'POST', headers, body })).json();
}

/**
 * One device in one scheme, as somebody who sells energy.
 * @param {typeof DEVICES[number]} device @param {'light' | 'dark'} colorScheme
 * @param {Record<string, unknown>} places what stands for the words in braces in the views' paths
 */
async function picture(device, colorScheme, places) {
  const viewport = { width: device.width, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', timezoneId: 'Europe/London' });
  const page = await context.newPage();
  await page.goto(`${ORIGIN}/wallet`);
  await page.getByRole('button', { name: 'Use node-1' }).click();
  let bytes = 0;
  for (const { name, path } of VIEWS) {
    await page.goto(ORIGIN + path.replace(/\{(\w+)\}/, (_, word) => String(places[word])));
    await page.locator('.status.live').waitFor();
    await page.waitForFunction(() => document.querySelector('.skeleton') === null);
    const height = Math.min(MAX_HEIGHT, Number(await page.evaluate('document.documentElement.scrollHeight')));
    const png = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: device.width, height } });
    const small = withPalette(png);
    bytes += small.length;
    writeFileSync(join(images, `${name}-${device.name}-${colorScheme}.png`), small);
  }
  await context.close();
  return bytes;
}
