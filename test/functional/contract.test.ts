/** A contract's life on the command line: made from the template, tested in memory, deployed, used, refused, traced. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, finish, freePort, startWattchain, waitUntil, wattchain } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-contract-'));
const folder = join(directory, 'mine');
const source = join(folder, 'counter.wca');
let env: Record<string, string> = {};
let chain: ReturnType<typeof startWattchain>;

beforeAll(async () => {
  const port = await freePort();
  env = { WATTCHAIN_RPC: `http://127.0.0.1:${port}` };
  chain = startWattchain(['dev', '--market', '--quiet', '--port', String(port)]);
  await waitUntil(
    'the first answer',
    async () => (await fetch(`${env.WATTCHAIN_RPC}/health`).catch(() => undefined))?.ok,
    55_000,
  );
});
afterAll(async () => {
  const ended = finish(chain);
  chain.kill('SIGINT');
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

const contract = (...args: string[]): Promise<Finished> => wattchain(['contract', ...args], env);
async function json<T>(...args: string[]): Promise<T> {
  const { stdout } = await contract(...args, '--json');
  return JSON.parse(stdout) as T;
}

test('a new contract is tested in memory, from any folder, with node alone', async () => {
  expect((await contract('new', folder)).code).toBe(0);
  const { code, stdout } = await finish(
    spawn(process.execPath, ['--test'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  // Node.js 20 reports as TAP, later ones as people read.
  expect(stdout).toMatch(/^(# |ℹ )pass 3$/m);
  expect(code).toBe(0);
  const again = await contract('new', folder);
  expect(again.stderr).toContain('is not empty');
  expect(again.code).toBe(1);
});

test('its disassembly assembles to the same code', async () => {
  const [artifact, again] = [join(directory, 'counter.json'), join(directory, 'again.wca')];
  expect((await contract('assemble', source, '--out', artifact)).code).toBe(0);
  expect((await contract('disassemble', artifact, '--out', again)).code).toBe(0);
  const { code } = JSON.parse(readFileSync(artifact, 'utf8')) as { code: string };
  expect((await json<{ code: string }>('assemble', again)).code).toBe(code);
});

test('it is deployed, used and refused, and its transactions are traced with source lines', async () => {
  const { address } = await json<{ address: string }>('deploy', source, '--from', 'testbed:node-1');
  const known = ['--artifact', source];

  const sent = await contract('send', address, 'add', '5', '--from', 'testbed:node-1', ...known);
  expect(sent.stdout).toContain('Counter: Counted(by testbed:node-1, total 5)');
  expect((await contract('call', address, 'total', ...known)).stdout.trim()).toBe('5');
  expect((await contract('call', address, 'total() view returns (uint256)')).stdout.trim()).toBe('5');
  expect((await contract('disassemble', address)).stdout).toContain('.entry 0x2ddbd13a 0 view');

  const refused = await contract('send', address, 'reset', '--from', 'testbed:node-2', ...known);
  const place = 'counter.wca:27: caller  sload owner  eq  require "only the owner may do this"';
  expect(refused.stderr).toContain(`only the owner may do this\n  at ${place}`);
  expect(refused.code).toBe(1);
  expect((await contract('call', address, 'add', '101', ...known)).stderr).toContain('TooMany(given 101, most 100)');

  const forced = await json<{ error: { values: { hash: string } } }>(
    ...['send', address, 'reset', '--from', 'testbed:node-2', '--gas', '90000', ...known],
  );
  const { hash } = forced.error.values;
  const { stdout: steps } = await contract('trace', hash, ...known);
  expect(steps).toContain(place);
  expect(steps).toContain('REQUIRE "only the owner may do this"');
  expect(steps).toContain('5 instructions, 23171 gas, failed');
  expect((await contract('trace', hash, '--calls', ...known)).stdout).toContain(
    `testbed:node-2 → Counter.reset(), 23171 gas\n  execution reverted: only the owner may do this\n    at ${place}`,
  );
});

test('a failed token transfer says in words why, and names the line', async () => {
  const tooMuch = ['send', 'token', 'transfer', 'testbed:node-2', '400000000000000000000', '--from', 'testbed:node-1'];
  const place =
    'at energyToken.wca:94: move (line 27: lget from  lget held  lget amount  revert ERC20InsufficientBalance)';
  const reason = '0xBEA1B148f781826391347C8624D309fBEa4071d1 has 0 tokens, 400 tokens are needed';
  expect((await contract(...tooMuch)).stderr).toContain(`${reason}\n  ${place}`);
  const forced = await json<{ error: { values: { hash: string } } }>(...tooMuch, '--gas', '100000');
  const { stdout } = await wattchain(['tx', forced.error.values.hash], env);
  expect(stdout).toContain(reason);
  expect(stdout).toContain(place);
});

test('what is no contract, function or argument is one sentence and a hint', async () => {
  const nowhere = await contract('call', '0x1111111111111111111111111111111111111111', 'total()');
  expect(nowhere.stderr).toMatch(/^error: there is no contract at 0x1111/);
  const nothing = await contract('call', 'token', 'nothing');
  expect(nothing.stderr).toContain('has no functions "nothing"');
  expect(nothing.stderr).toContain('balanceOf(address)');
  const unknown = await contract('call', 'treasury', 'total');
  expect(unknown.stderr).toContain('give an address, or EnergyToken');
});
