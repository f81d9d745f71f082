/** Every example of the documentation, run as its first lines say: beside a real testbed, on a developer's chain, and without a node. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finish, freePort, root, startTestbed, startWattchain, waitUntil } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-examples-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A chain that runs. */
interface RunningChain {
  readonly url: string;
  stop(): Promise<void>;
}

async function startTestbedChain(): Promise<RunningChain> {
  const testbed = await startTestbed(join(directory, 'testbed'), '--no-day', '--block-interval', '500');
  await waitUntil('the first block', async () => {
    const response = await fetch(`${testbed.url}/health`);
    return ((await response.json()) as { head?: { height: number } }).head?.height;
  });
  return testbed;
}

async function startDevelopmentChain(...options: readonly string[]): Promise<RunningChain> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = startWattchain(['dev', '--quiet', '--port', String(port), ...options]);
  const ended = finish(child);
  await waitUntil("the developer's chain", () => fetch(`${url}/health`));
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  return { url, stop };
}

const run = (file: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  finish(
    spawn(process.execPath, [join(root, 'examples', file), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, WATTCHAIN_CACHE: join(directory, 'cache'), ...env },
    }),
  );

test('1: a block is mined by hand and holds', async () => {
  const { code, stdout } = await run('1-mine-a-block.mjs');
  expect(stdout).toMatch(/found block 0x0000[0-9a-f]{60} after \d+ tries/);
  expect(stdout.match(/none$/gm)).toHaveLength(2);
  expect(code).toBe(0);
});

describe.each([
  ['a testbed', startTestbedChain, 20_190_704, '1000001.5', test.concurrent],
  ["a developer's chain", () => startDevelopmentChain('--market'), 31_337, '10001.5', test],
])('on %s', (_, start, chainId, coins, testBeside) => {
  // What signs with other accounts waits for the same blocks, where they come by themselves.
  let chain: RunningChain;
  beforeAll(async () => {
    chain = await start();
  });
  afterAll(() => chain.stop());

  /** Runs an example that must have nothing to complain about. */
  async function outputOf(file: string): Promise<string> {
    const { code, stdout, stderr } = await run(file, [], { WATTCHAIN_RPC: chain.url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  test('2: a transfer by viem reaches twelve confirmations', async () => {
    const stdout = await outputOf('2-send-a-transfer.mjs');
    expect(stdout).toMatch(/success in block \d+/);
    expect(stdout).toContain(`the receiver now has ${coins} WATT`);
  });

  test('3: a contract is deployed, called, and tells by an event', async () => {
    const stdout = await outputOf('3-deploy-a-contract.mjs');
    expect(stdout).toContain('count is 1');
    expect(stdout).toContain('counted by 0xBEA1B148f781826391347C8624D309fBEa4071d1');
  });

  test('4: energy is traded, delivered short, settled', async () => {
    // 0.6 kWh of 0.9 are 4 tokens of 6.
    expect(await outputOf('4-trade-energy.mjs')).toContain('the seller now has 4 ENT');
  });

  testBeside('5: a program that knows only viem reads, sends, calls, watches and waits', async () => {
    const stdout = await outputOf('5-use-the-public-api.mjs');
    expect(stdout).toMatch(/new head \d+/);
    expect(stdout).toMatch(/Transfer 0x0{40} -> 0xfbc24B00995aF1435e4B352E2fCDAE0715565101: 3 ENT/);
    expect(stdout).toMatch(/-> 0xfcFd0FF1dBC8F7c4A5Ad91cab60532051229dF39: 1 ENT/);
    expect(stdout).toMatch(/transfer success, 1[2-9] confirmations/);
  });

  testBeside('9: a rule is changed in Solidity, with all that clients expect of it', async () => {
    const stdout = await outputOf('9-change-a-rule.mjs');
    expect(stdout).toContain('MidMarket: 200 a kWh, 240 for 1.2 kWh');
    expect(stdout).toContain('SellersFirst: 260 a kWh, 312 for 1.2 kWh');
    expect(stdout).toContain('refused: NothingToShare(320,80)');
  });

  testBeside(
    '10: what meters report is held against the limits of a feeder and the meter of its transformer',
    async () => {
      const stdout = await outputOf('10-couple-a-power-system.mjs');
      expect(stdout).toContain('transformer: 1.300000 kW, 0.300000 kW beyond its limit');
      expect(stdout).toContain('branch to the roof: -1.500000 kW, within its limit');
      expect(stdout).toContain('branch to house and flat: 2.800000 kW, 0.300000 kW beyond its limit');
      // 0.05 kW are lost in lines, 0.6 kW are what the roof claims and did not make.
      expect(stdout).toContain('the transformer counted 1.950000 kW: 0.650000 kW that no meter tells of');
    },
  );

  test('8: a program that knows only ethers does the same', async () => {
    const stdout = await outputOf('8-use-ethers.mjs');
    expect(stdout).toContain(`chain ${chainId}`);
    expect(stdout).toMatch(/coins: success in block \d+/);
    expect(stdout).toMatch(/-> 0xBEA1B148f781826391347C8624D309fBEa4071d1: 1\.5 ENT/);
    expect(stdout).toContain('the seller has 1.5 ENT more');
    expect(stdout).toMatch(/the coins have 1[2-9] confirmations/);
    expect(stdout).toMatch(/refused: ERC20InsufficientBalance, [\d.]+ of 1000000\.0 ENT/);
  });
});

test('7: a contract is tried in memory', async () => {
  const { code, stdout, stderr } = await run('7-try-a-contract.mjs');
  expect(stderr).toBe('');
  expect(stdout).toContain('who is Bob');
  expect(stdout).toContain('count is 1');
  expect(stdout).toContain('refused: function 0xd09de08a takes no coins');
  expect(code).toBe(0);
});

describe('what is missing is said in a sentence', () => {
  const files = [
    '2-send-a-transfer.mjs',
    '3-deploy-a-contract.mjs',
    '4-trade-energy.mjs',
    '5-use-the-public-api.mjs',
    '8-use-ethers.mjs',
    '9-change-a-rule.mjs',
    '10-couple-a-power-system.mjs',
  ];

  test.each(files)('%s without a node', async (file) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const sentence = `No node answers at ${url}: start one with "npm start" or "npx wattchain dev --market" in another terminal.\n`;
    expect(await run(file, [url])).toEqual({ code: 1, stdout: '', stderr: sentence });
  });

  test('6 without a token, and without a node', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const tokenFile = join(directory, 'token');
    const missing = await run('6-mine-for-a-node.mjs', [url, tokenFile]);
    expect(missing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^There is no token in .*\n$/),
    });
    writeFileSync(tokenFile, 'token');
    const alone = await run('6-mine-for-a-node.mjs', [url, tokenFile]);
    expect(alone).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^No node answers at .*\n$/) });
  });

  test('on a chain that has other accounts', async () => {
    const bare = await startDevelopmentChain();
    const { code, stdout, stderr } = await run('2-send-a-transfer.mjs', [bare.url]);
    await bare.stop();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^At http.* the testbed's accounts have no coins: this example needs "npm start" or .*\n$/);
  });
});
