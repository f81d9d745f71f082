import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonRpcProvider, parseEther as parseCoins } from 'ethers';
import { createTestClient, type Hex, http, parseEther, publicActions, toFunctionSelector, walletActions } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { finish, freePort, root, startWattchain, waitUntil, wattchain } from './framework.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wattchain-dev-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const running: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(end));
});

/** Ends a process as Ctrl-C does; its exit code. */
async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = once(child, 'exit') as Promise<[number | null]>;
  child.kill('SIGINT');
  const [code] = await ended;
  return code;
}

/** Starts `wattchain dev` on a free port and waits for its banner. */
async function startDev(...options: string[]) {
  const port = await freePort();
  const child = startWattchain(['dev', '--port', String(port), ...options]);
  running.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil('the banner', async () => {
    if (child.exitCode !== null) throw new TypeError(`it ended: ${output.stderr}`);
    return output.stdout.includes(url);
  });
  const client = createTestClient({ mode: 'anvil', chain: foundry, transport: http(url), cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
  return { child, url, output, client };
}

describe('wattchain dev', () => {
  it('prints accounts that have coins, and a line for each call and block', async () => {
    const { client, output } = await startDev();
    const [alice, bob] = await client.getAddresses();
    if (alice === undefined || bob === undefined) throw new TypeError('there are accounts');
    expect(output.stdout).toContain(`${alice}  0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80`);
    expect(await client.getBalance({ address: alice })).toBe(parseEther('10000'));
    await client.sendTransaction({ account: alice, to: bob, value: 5n });
    await expect(client.sendTransaction({ account: alice, to: bob, nonce: 0 })).rejects.toThrow('nonce too low');
    expect(output.stderr).toMatch(/ {2}block 1 0x\w+…\w+ {2}1 transaction, 21000 gas\n/);
    expect(output.stderr).toMatch(/eth_sendTransaction\(.*"value":"0x5".*\) {2}[\d.]+ ms {2}ok\n/);
    expect(output.stderr).toMatch(/eth_sendTransaction\(.*\) {2}[\d.]+ ms {2}error -32000: nonce too low/);
  });

  it('serves ethers, whose signer the process signs for', async () => {
    const { url } = await startDev('--quiet', '--accounts', '3', '--balance', '7');
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
    const signers = await provider.listAccounts();
    expect(signers).toHaveLength(3);
    const [alice, bob] = signers;
    if (alice === undefined || bob === undefined) throw new TypeError('there are signers');
    const id = await provider.send('evm_snapshot', []);
    const receipt = await (await alice.sendTransaction({ to: bob.address, value: parseCoins('1') })).wait();
    expect(receipt?.status).toBe(1);
    expect(await provider.getBalance(bob.address)).toBe(parseCoins('8'));
    expect(await provider.send('evm_revert', [id])).toBe(true);
    expect(await provider.getBalance(bob.address)).toBe(parseCoins('7'));
    expect(await alice.signMessage('hello')).toMatch(/^0x[0-9a-f]{130}$/);
    provider.destroy();
  });

  it('saves its chain when it ends and goes on with it, time and all', async () => {
    const state = join(directory, 'chain.state');
    const first = await startDev('--state', state);
    const [alice, bob] = await first.client.getAddresses();
    if (alice === undefined || bob === undefined) throw new TypeError('there are accounts');
    const hash = await first.client.sendTransaction({ account: alice, to: bob, value: 5n });
    await first.client.increaseTime({ seconds: 1_000_000 });
    await first.client.mine({ blocks: 1 });
    const before = await first.client.getBlock();
    expect(await end(first.child)).toBe(0);
    expect(existsSync(state)).toBe(true);

    const second = await startDev('--load-state', state);
    expect(await second.client.getBlock()).toEqual(before);
    expect((await second.client.getTransactionReceipt({ hash })).blockNumber).toBe(1n);
    await second.client.mine({ blocks: 1 });
    const ahead = Number((await second.client.getBlock()).timestamp) - Date.now() / 1000;
    expect(ahead).toBeGreaterThan(999_000);
    expect(second.output.stdout).toContain('block 2');
  });

  it('refuses what a state file overrules, and a file to load from beside one to go on with', async () => {
    const state = join(directory, 'overruled.gz');
    const first = await startDev('--state', state, '--accounts', '2', '--balance', '7');
    expect(await end(first.child)).toBe(0);
    const dev = (...args: string[]) => wattchain(['dev', '--port', '0', '--state', state, ...args]);
    const cases = [
      [['--chain-id', '5'], 1, '--chain-id is "5", and the chain in the state file has 31337'],
      [['--balance', '10000'], 1, 'the chain in the state file began with 7 coins'],
      [['--accounts', '10'], 1, 'has no coins for 8 of these accounts'],
      [['--market'], 1, 'was begun without --market'],
      [['--load-state', state], 2, "option '--state <file>' cannot be used with option '--load-state <file>'"],
      [['--dump-state', state], 2, "option '--state <file>' cannot be used with option '--dump-state <file>'"],
    ] as const;
    const refused = await Promise.all(cases.map(([args]) => dev(...args)));
    expect(refused.map(({ code }) => code)).toEqual(cases.map(([, code]) => code));
    for (const [i, [, , message]] of cases.entries()) expect(refused[i]?.stderr).toContain(message);
    const again = await startDev('--state', state, '--accounts', '2', '--balance', '7', '--chain-id', '31337');
    expect(again.output.stdout).toContain('chain id 31337');
    const more = await startDev('--load-state', state);
    expect(more.output.stderr).toContain('accounts without coins in the chain of the state file: 2, 3, 4');
  });

  it('has the market, whose commands work with it', async () => {
    const { url } = await startDev('--market', '--json');
    const trading = ['--rpc', url, '--json'];
    const register = ['--from', 'testbed:operator-1', '--meter', 'roof', '--household', 'testbed:node-1'];
    const registered = await wattchain(['meter', 'register', ...register, '--reporter', 'testbed:gateway', ...trading]);
    expect(JSON.parse(registered.stdout)).toMatchObject({ status: 'included', height: 1 });
    const hour = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 13);
    const period = ['--meter', 'roof', '--start', `${hour}:00Z`, '--energy', '1.2'];
    const offered = await wattchain(['trade', 'offer', '--from', 'testbed:node-1', ...period, ...trading]);
    expect(JSON.parse(offered.stdout)).toMatchObject({ status: 'included', height: 2 });
    expect(offered.code).toBe(0);
  });

  it('shows the lines of contracts whose files it is told, and takes none that is wrong', async () => {
    const file = join(directory, 'refuse.sol');
    writeFileSync(
      file,
      'pragma solidity ^0.8.0;\ncontract C {\n  function f() external pure { require(false, "no"); }\n}',
    );
    const cache = { WATTCHAIN_CACHE: join(directory, 'cache') };
    const built = await wattchain(['contract', 'build', file, '--json'], cache);
    const [artifact] = (JSON.parse(built.stdout) as { artifacts: { code: Hex }[] }).artifacts;
    const { client } = await startDev('--quiet', '--artifact', file);
    const [account] = await client.getAddresses();
    const hash = await client.sendTransaction({ account: account as Hex, data: artifact?.code as Hex });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    const call = { to: contractAddress, data: toFunctionSelector('f()') };
    const trace = await client.request<{ Method: string; Parameters: unknown[]; ReturnType: object }>({
      method: 'debug_traceCall',
      params: [call, 'latest', { tracer: 'callTracer' }],
    });
    const text = 'function f() external pure { require(false, "no"); }';
    expect(trace).toMatchObject({ revertReason: 'no', source: { file: 'refuse.sol', line: 3, text } });
    writeFileSync(file, 'contract C {');
    const wrong = await wattchain(['dev', '--port', '0', '--artifact', file], cache);
    expect(wrong.stderr).toContain('ParserError');
    expect(wrong.code).toBe(1);
  });

  it('can never join a network', async () => {
    const { url } = await startDev();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watt_genesis', params: [] }),
    });
    const { result } = (await response.json()) as { result: { genesis: object } };
    expect(result.genesis).toMatchObject({ development: true, testbed: true });
    writeFileSync(join(directory, 'genesis.json'), JSON.stringify(result.genesis));
    const refused = await wattchain(['node', '--data', directory]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is that of a development chain');
    expect(refused.stderr).toContain('wattchain dev');
  });

  it('says what is wrong', async () => {
    const { url } = await startDev('--quiet');
    const port = new URL(url).port;
    const failures = await Promise.all([
      wattchain(['dev', '--port', port]),
      wattchain(['dev', '--port', '0', '--mnemonic', 'three words only']),
      wattchain(['dev', '--port', '0', '--load-state', join(directory, 'nothing')]),
      finish(startWattchain(['dev', '--port', '0', '--load-state', join(root, 'package.json')])),
      wattchain(['dev', '--port', '0', '--accounts', 'many', '--json']),
    ]);
    expect(failures.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
    const [taken, mnemonic, missing, bad, json] = failures.map(({ stdout, stderr }) => stdout + stderr);
    expect(taken).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(mnemonic).toContain('it has 3 words');
    expect(missing).toContain('cannot be read');
    expect(bad).toContain('no state of a development chain');
    expect(JSON.parse(json ?? '')).toMatchObject({ error: { code: 'badNumber' } });
  });

  it('starts as its benchmark measures', async () => {
    const { code, stdout } = await wattchain(['bench', 'dev', '--runs', '1', '--json']);
    expect(code).toBe(0);
    const { times } = JSON.parse(stdout) as { times: { name: string; minMs: number; maxMs: number }[] };
    expect(times.map(({ name }) => name)).toEqual(['wattchain dev']);
    expect(times[0]?.minMs).toBeGreaterThan(10);
    expect(times[0]?.minMs).toBeLessThanOrEqual(times[0]?.maxMs ?? 0);
    const failing = await wattchain(['bench', 'dev', '--runs', '1', '--rival', `nothing=${process.execPath} -e 0`]);
    expect(failing.code).toBe(1);
    expect(failing.stderr).toContain('nothing cannot be measured: it ended before it answered');
  });
});
