/** A contract's life on the command line: made from the template, tested in memory, deployed, used, refused, traced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, finish, freePort, modulesLoaded, startWattchain, waitUntil, wattchain } from './framework.js';
import { runInProcess } from './inProcess.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-contract-'));
const cache = join(directory, 'cache');
let env: Record<string, string> = {};
let chain: ReturnType<typeof startWattchain>;

beforeAll(async () => {
  const port = await freePort();
  env = { WATTCHAIN_RPC: `http://127.0.0.1:${port}`, WATTCHAIN_CACHE: cache };
  chain = startWattchain(['dev', '--market', '--quiet', '--port', String(port)]);
  await waitUntil(
    'the first answer',
    async () => (await fetch(`${env.WATTCHAIN_RPC}/health`).catch(() => undefined))?.ok,
  );
});
afterAll(async () => {
  const ended = finish(chain);
  chain.kill('SIGINT');
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

const contract = (...args: string[]): Promise<Finished> => runInProcess(['contract', ...args], env);
async function json<T>(...args: string[]): Promise<T> {
  const { stdout } = await contract(...args, '--json');
  return JSON.parse(stdout) as T;
}

/** A file of its own in the test's directory. */
function write(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

interface Built {
  readonly artifacts: readonly { readonly contract: string; readonly code: string }[];
}

describe.each([
  {
    language: 'Solidity',
    options: [],
    file: 'counter.sol',
    place: 'counter.sol:30: require(msg.sender == owner, "only the owner may do this");',
  },
  {
    language: 'assembly',
    options: ['--assembly'],
    file: 'counter.wca',
    place: 'counter.wca:27: caller  sload owner  eq  require "only the owner may do this"',
  },
])('a contract in $language', ({ options, file, place }) => {
  const folder = join(directory, file.slice(-3));
  const source = join(folder, file);

  test('is new, and tested in memory, from any folder, by Node.js alone too', async () => {
    expect((await contract('new', folder, ...options)).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(
      ['.gitignore', 'README.md', file, 'counter.test.mjs', 'node_modules', 'package.json'].sort(),
    );
    const tested = await wattchain(['contract', 'test', source], env);
    // Node.js 20 reports as TAP, later ones as people read.
    expect(tested.stdout).toMatch(/^(# |ℹ )pass 3$/m);
    expect(tested.stdout).toContain('the tests of 1 contract file passed');
    expect(tested.code).toBe(0);
    const alone = { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] as const };
    const { code, stdout } = await finish(spawn(process.execPath, ['--test'], { ...alone, stdio: [...alone.stdio] }));
    expect(stdout).toMatch(/^(# |ℹ )pass 3$/m);
    expect(code).toBe(0);
    const again = await contract('new', folder, ...options);
    expect(again.stderr).toContain('is not empty');
    expect(again.code).toBe(1);
  });

  test('has code whose disassembly assembles to the same', async () => {
    const [artifact, again] = [join(folder, 'Counter.json'), join(folder, 'again.wca')];
    expect((await contract('build', source, '--out', folder)).stdout).toMatch(
      /^Counter: \d+ bytes of code, written to /,
    );
    expect((await contract('disassemble', artifact, '--out', again)).code).toBe(0);
    const { code } = JSON.parse(readFileSync(artifact, 'utf8')) as { code: string };
    expect((await json<Built>('build', again)).artifacts[0]?.code).toBe(code);
    expect((await json<{ code: string }>('disassemble', source)).code).toBe(code);
    rmSync(again);
  });

  test('is deployed, used and refused, and its transactions are traced with source lines', async () => {
    const { address } = await json<{ address: string }>('deploy', source, '--from', 'testbed:node-1');
    const known = ['--artifact', source];

    const sent = await contract('send', address, 'add', '5', '--from', 'testbed:node-1', ...known);
    expect(sent.stdout).toContain('Counter: Counted(by testbed:node-1, total 5)');
    expect((await contract('call', address, 'total', ...known)).stdout.trim()).toBe('5');
    expect((await contract('call', address, 'total() view returns (uint256)')).stdout.trim()).toBe('5');
    expect((await contract('disassemble', address)).stdout).toContain('.entry 0x2ddbd13a 0 view');

    const refused = await contract('send', address, 'reset', '--from', 'testbed:node-2', ...known);
    expect(refused.stderr).toContain(`only the owner may do this\n  at ${place}`);
    expect(refused.code).toBe(1);
    expect((await contract('call', address, 'add', '101', ...known)).stderr).toContain('TooMany(given 101, most 100)');

    const forced = await json<{ error: { values: { hash: string } } }>(
      ...['send', address, 'reset', '--from', 'testbed:node-2', '--gas', '90000', ...known],
    );
    const { hash } = forced.error.values;
    const { stdout: steps } = await contract('trace', hash, ...known);
    expect(steps).toContain(place);
    expect(steps).toContain('only the owner may do this"');
    const [, used] = /(\d+) gas, failed$/m.exec(steps) ?? [];
    expect((await contract('trace', hash, '--calls', ...known)).stdout).toContain(
      `testbed:node-2 → Counter.reset(), ${used} gas\n  execution reverted: only the owner may do this\n    at ${place}`,
    );

    const { lines, gas } = await json<{ lines: { gas: number; source: { text: string } }[]; gas: object[] }>(
      ...['build', source, '--gas', '--trace', hash],
    );
    // All that the transaction used beyond its own price and four bytes of data.
    expect(lines.reduce((sum, line) => sum + line.gas, 21_064)).toBe(Number(used));
    expect(lines[0]?.source.text).toContain('owner');
    expect(gas).toMatchObject([{ contract: 'Counter', functions: expect.arrayContaining([expect.anything()]) }]);
    expect((await contract('build', source, '--gas')).stdout).toMatch(/^Counter\.total\(\) +\d+ +\d+$/m);
  });
});

describe('a file of Solidity', () => {
  const SEVERAL = `pragma solidity ^0.8.0;
    import {Base, Pair} from "../lib/Base.sol";
    import "@units/Units.sol";
    interface I { function f() external; }
    contract First is Base { function first() external pure returns (Energy) { return Energy.wrap(1); } }
    contract Second is Base { constructor(uint64[] memory list, Pair memory pair) { sum = list[1] + pair.b; } }`;

  test('may hold several contracts and import others: one is chosen by its name', async () => {
    const source = write('project/contracts/Market.sol', SEVERAL);
    const base =
      'struct Pair { bool a; uint64 b; } contract Base { uint256 public sum; function fail() external { require(sum == 0, "late"); } }';
    write('project/lib/Base.sol', `pragma solidity ^0.8.0;\n${base}`);
    write('node_modules/@units/Units.sol', 'pragma solidity ^0.8.0;\ntype Energy is uint64;');
    const { artifacts } = await json<Built>('build', source);
    expect(artifacts.map((artifact) => artifact.contract)).toEqual(['First', 'Second']);
    expect((await json<Built>('build', `${source}:Second`)).artifacts).toEqual(artifacts.slice(1));
    expect((await json<Built>('build', source, '--contract', 'First')).artifacts).toEqual(artifacts.slice(0, 1));

    const which = await contract('deploy', source, '--from', 'testbed:node-1');
    expect(which.stderr).toContain('has 2 contracts: First, Second');
    expect(which.stderr).toContain(`name one: ${source}:First, ${source}:Second`);
    expect((await contract('build', `${source}:I`)).stderr).toContain('has no contract "I" that can be deployed');
    const stop = write('stop.wca', '.contract Stop\n.function f()\n  stop\n');
    const both = await contract('build', source, stop, '--out', join(directory, 'one.json'));
    expect(both.stderr).toContain('there are 3 contracts: First, Second, Stop');
    expect((await contract('build', source, stop, '--out', directory)).stdout).toMatch(/Stop: .*Stop\.json$/m);

    const { address } = await json<{ address: string }>(
      ...['deploy', `${source}:Second`, '[3,4]', '(true,5)', '--from', 'testbed:node-1'],
    );
    // A constructor refuses in its own words too, with its line, sent or not.
    const late = ['deploy', `${source}:Second`, '[3]', '(true,5)', '--from', 'testbed:node-1'];
    expect((await contract(...late)).stderr).toMatch(
      /an index beyond the end of the array\n {2}at contracts\/Market\.sol:6: /,
    );
    const refusing =
      'pragma solidity ^0.8.0;\nerror No(uint256 x);\ncontract Never { constructor() { revert No(7); } }';
    const never = await contract('deploy', write('never.sol', refusing), '--from', 'testbed:node-1');
    expect(never.stderr).toContain('No(x 7)\n  at never.sol:3: contract Never');
    // Of several artifacts that one is meant whose code stands there.
    expect((await contract('call', address, 'sum', '--artifact', source)).stdout.trim()).toBe('9');
    const refused = await contract('call', address, 'fail', '--artifact', source);
    expect(refused.stderr).toContain('late\n  at lib/Base.sol:2: struct Pair');
  });

  test('may hold what its contracts call: their events have names, their gas is at their lines', async () => {
    const source = write(
      'hit.sol',
      `pragma solidity ^0.8.0;
      contract Called { event Hit(uint256 n); function hit(uint256 n) external { emit Hit(n); } }
      contract Caller { function go(Called called, uint256 n) external { called.hit(n); } }`,
    );
    const deploy = (name: string) =>
      json<{ address: string }>('deploy', `${source}:${name}`, '--from', 'testbed:node-1');
    const [called, caller] = [await deploy('Called'), await deploy('Caller')];
    const known = ['--artifact', `${source}:Caller`, '--artifact', `${source}:Called`];
    const sent = await contract(
      'send',
      caller.address,
      'go',
      called.address,
      '5',
      ...known,
      '--from',
      'testbed:node-1',
    );
    expect(sent.stdout).toContain('Called: Hit(n 5)');
    const [hash = ''] = /0x[0-9a-f]{64}/.exec(sent.stdout) ?? [];
    const { lines } = await json<{ lines: { contract: string }[] }>('build', source, '--trace', hash);
    expect([...new Set(lines.map((line) => line.contract))].sort()).toEqual(['Called', 'Caller']);
  });

  test('that is wrong is told as solc tells it', async () => {
    const wrong = write(
      'wrong.sol',
      'pragma solidity ^0.8.0;\ncontract C { function f() external pure returns (uint8) { return "x"; } }',
    );
    const { code, stderr } = await contract('build', wrong);
    expect(stderr).toMatch(/^error: TypeError: .*\n +--> wrong\.sol:2:\d+:\n/);
    expect(stderr).toContain('^^^');
    expect(code).toBe(1);
    const missing = write('missing.sol', 'pragma solidity ^0.8.0;\nimport "./nothing.sol";');
    expect((await contract('build', missing)).stderr).toContain('nothing.sol');
  });
});

describe('solc is loaded', () => {
  const isCompiler = (file: string) => file.includes('/node_modules/solc/');

  async function filesOf(words: readonly string[]): Promise<string[]> {
    const coverage = mkdtempSync(join(directory, 'coverage-'));
    const { code } = await wattchain(words, { ...env, NODE_V8_COVERAGE: coverage });
    expect(code).toBe(0);
    return modulesLoaded(coverage);
  }

  test('for what is new, and not for what is known', async () => {
    const source = write('fresh.sol', 'pragma solidity ^0.8.0;\ncontract Fresh { uint256 public x; }');
    expect((await filesOf(['contract', 'build', source])).some(isCompiler)).toBe(true);
    expect((await filesOf(['contract', 'build', source])).filter(isCompiler)).toEqual([]);
    appendFileSync(source, '// changed');
    expect((await filesOf(['contract', 'build', source])).some(isCompiler)).toBe(true);
  });

  test('by no command that needs no compiler, and its package by none without Solidity', async () => {
    const assembly = write('stop.wca', '.contract Stop\n.function f()\n  stop\n');
    const isSolidity = (file: string) => isCompiler(file) || file.includes('packages/solidity/');
    for (const words of [['contract', 'build', assembly], ['contract', 'call', 'token', 'totalSupply'], ['status']]) {
      expect((await filesOf(words)).filter(isSolidity)).toEqual([]);
    }
  });

  test('by no node', async () => {
    const coverage = mkdtempSync(join(directory, 'coverage-'));
    const node = startWattchain(['dev', '--port', '0'], { NODE_V8_COVERAGE: coverage });
    const ended = finish(node);
    await once(node.stdout as NodeJS.ReadableStream, 'data');
    node.kill('SIGINT');
    expect((await ended).code).toBe(0);
    const files = modulesLoaded(coverage);
    expect(files.some((file) => file.includes('packages/node/dist/'))).toBe(true);
    expect(files.filter((file) => isCompiler(file) || file.includes('packages/solidity/'))).toEqual([]);
  });
});

test('a failed token transfer says in words why, and names the line', async () => {
  const tooMuch = ['send', 'token', 'transfer', 'testbed:node-2', '400000000000000000000', '--from', 'testbed:node-1'];
  const place = 'at Token.sol:82: if (amount > held) revert ERC20InsufficientBalance(from, held, amount);';
  const reason = '0xBEA1B148f781826391347C8624D309fBEa4071d1 has 0 tokens, 400 tokens are needed';
  expect((await contract(...tooMuch)).stderr).toContain(`${reason}\n  ${place}`);
  const forced = await json<{ error: { values: { hash: string } } }>(...tooMuch, '--gas', '100000');
  const { stdout } = await runInProcess(['tx', forced.error.values.hash], env);
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
