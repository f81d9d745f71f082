/** Every example of the documentation, run as its first lines say, beside a real testbed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, freePorts, root, startWattchain, waitUntil } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-examples-'));
let rpcUrl = '';
let testbed: ReturnType<typeof startWattchain>;

beforeAll(async () => {
  const rpcPort = await freePorts(4);
  const p2pPort = await freePorts(4);
  rpcUrl = `http://127.0.0.1:${rpcPort}`;
  const ports = ['--rpc-port', String(rpcPort), '--p2p-port', String(p2pPort)];
  testbed = startWattchain([
    'testbed',
    '--no-day',
    '--block-interval',
    '300',
    '--dir',
    join(directory, 'testbed'),
    ...ports,
  ]);
  await waitUntil('the first block', async () => {
    const response = await fetch(`${rpcUrl}/health`);
    return ((await response.json()) as { head?: { height: number } }).head?.height;
  });
});
afterAll(async () => {
  const ended = finish(testbed);
  testbed.kill('SIGINT');
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

const run = (file: string, ...args: string[]) =>
  finish(spawn(process.execPath, [join(root, 'examples', file), ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));

test('1: a block is mined by hand and holds', async () => {
  const { code, stdout } = await run('1-mine-a-block.mjs');
  expect(stdout).toMatch(/found block 0x0000[0-9a-f]{60} after \d+ tries/);
  expect(stdout.match(/none$/gm)).toHaveLength(2);
  expect(code).toBe(0);
});

test('2: a transfer by viem reaches twelve confirmations', async () => {
  const { code, stdout, stderr } = await run('2-send-a-transfer.mjs', rpcUrl);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/success in block \d+/);
  expect(stdout).toContain('the receiver now has 1000001.5 WATT');
  expect(code).toBe(0);
});

test('3: a contract is deployed, called, and tells by an event', async () => {
  const { code, stdout, stderr } = await run('3-deploy-a-contract.mjs', rpcUrl);
  expect(stderr).toBe('');
  expect(stdout).toContain('count is 1');
  expect(stdout).toContain('counted by 0xBEA1B148f781826391347C8624D309fBEa4071d1');
  expect(code).toBe(0);
});

test('4: energy is traded, delivered short, settled', async () => {
  const { code, stdout, stderr } = await run('4-trade-energy.mjs', rpcUrl);
  expect(stderr).toBe('');
  // 0.6 kWh of 0.9 are 4 tokens of 6.
  expect(stdout).toContain('the seller now has 4 ENT');
  expect(code).toBe(0);
});

test('5: a program that knows only viem reads, sends, calls, watches and waits', async () => {
  const { code, stdout, stderr } = await run('5-use-the-public-api.mjs', rpcUrl);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/new head \d+/);
  expect(stdout).toMatch(/Transfer 0x0{40} -> 0xfbc24B00995aF1435e4B352E2fCDAE0715565101: 3 ENT/);
  expect(stdout).toMatch(/-> 0xfcFd0FF1dBC8F7c4A5Ad91cab60532051229dF39: 1 ENT/);
  expect(stdout).toMatch(/transfer success, 1[2-9] confirmations/);
  expect(code).toBe(0);
});

test('7: a contract is tried in memory', async () => {
  const { code, stdout, stderr } = await run('7-try-a-contract.mjs');
  expect(stderr).toBe('');
  expect(stdout).toContain('who is Bob');
  expect(stdout).toContain('count is 1');
  expect(stdout).toContain('refused: function 0xd09de08a takes no coins');
  expect(code).toBe(0);
});

test('8: a program that knows only ethers does the same', async () => {
  const { code, stdout, stderr } = await run('8-use-ethers.mjs', rpcUrl);
  expect(stderr).toBe('');
  expect(stdout).toContain('chain 20190704');
  expect(stdout).toMatch(/coins: success in block \d+/);
  expect(stdout).toMatch(/-> 0xBEA1B148f781826391347C8624D309fBEa4071d1: 1\.5 ENT/);
  expect(stdout).toContain('the seller has 1.5 ENT more');
  expect(stdout).toMatch(/the coins have 1[2-9] confirmations/);
  expect(stdout).toMatch(/refused: ERC20InsufficientBalance, [\d.]+ of 1000000\.0 ENT/);
  expect(code).toBe(0);
});
