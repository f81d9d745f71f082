/** Help, version and completion: what they load, and what a shell makes of the script. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { filesLoaded, finish, modulesLoaded, startWattchain, wattchain } from './framework.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** Files that a process may open to find what it runs: each takes about half a millisecond, and what it holds more. */
const MAX_FILES = { help: 12, client: 45, dev: 45 } as const;

const directory = mkdtempSync(join(tmpdir(), 'wattchain-help-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What V8 says of a command that ended well: the folder of its account. */
async function coverageOf(words: string, exitCode = 0): Promise<string> {
  const coverage = mkdtempSync(join(directory, 'coverage-'));
  const { code } = await wattchain(words.split(' '), { NODE_V8_COVERAGE: coverage });
  expect(code).toBe(exitCode);
  return coverage;
}

describe('help and version load the list of commands and nothing of what commands need', () => {
  const allowed =
    /^packages\/cli\/(bin\/(wattchain|followParent)|dist\/(main|exit|showHelp|commandTree|packageVersion))\.js$|\/node_modules\/commander\//;

  test.each([
    '--version',
    '--help',
    'help trade',
    'status --help',
    'trade offer --help',
    'testbed --help',
    'node --help',
    'bench mine --help',
    'contract call --help',
  ])('wattchain %s', async (words) => {
    const coverage = await coverageOf(words);
    const modules = modulesLoaded(coverage);
    expect(modules).toContain('packages/cli/dist/main.js');
    expect(modules.filter((file) => !allowed.test(file))).toEqual([]);
    expect(filesLoaded(coverage).length).toBeLessThanOrEqual(MAX_FILES.help);
  });

  test('so does a word that is no command', async () => {
    const modules = modulesLoaded(await coverageOf('tarde list', EXIT_USAGE));
    expect(modules.filter((file) => /node_modules\/(viem|@noble)|packages\/(node|market|vm)\//.test(file))).toEqual([]);
  });
});

describe('a command loads few files, and no module of what it does not use', () => {
  const library = (name: string) => new RegExp(`/node_modules/(@[^/]+/)?${name}/`);
  const loadedFrom = (modules: readonly string[], what: RegExp) => modules.filter((file) => what.test(file));

  test('one that asks a node', async () => {
    const coverage = await coverageOf('status --rpc http://127.0.0.1:1', EXIT_FAILED);
    const modules = modulesLoaded(coverage);
    expect(loadedFrom(modules, library('viem')).length).toBeGreaterThan(0);
    expect(loadedFrom(modules, /packages\/(node|solidity)\//)).toEqual([]);
    expect(loadedFrom(modules, library('(libp2p|level|pino|solc|bip32|bip39|ws)'))).toEqual([]);
    expect(filesLoaded(coverage).length).toBeLessThanOrEqual(MAX_FILES.client);
  });

  test("a developer's chain", async () => {
    const coverage = mkdtempSync(join(directory, 'coverage-'));
    const chain = startWattchain(['dev', '--port', '0'], { NODE_V8_COVERAGE: coverage });
    const ended = finish(chain);
    await once(chain.stdout as NodeJS.ReadableStream, 'data');
    chain.kill('SIGINT');
    expect((await ended).code).toBe(0);
    const modules = modulesLoaded(coverage);
    expect(modules).toContain('packages/node/dist/developmentNode.js');
    expect(loadedFrom(modules, library('(viem|libp2p|level|pino|bip32|curves)'))).toEqual([]);
    expect(
      loadedFrom(modules, /packages\/(market|solidity)\/|packages\/node\/dist\/(p2p|node\.js|miner\/searcher)/),
    ).toEqual([]);
    expect(filesLoaded(coverage).length).toBeLessThanOrEqual(MAX_FILES.dev);
  });
});

describe('completion in bash', () => {
  let script: string;

  /** What bash offers at the end of a line. */
  function complete(...words: string[]): string[] {
    const line = ['wattchain', ...words].map((word) => `'${word}'`).join(' ');
    const lines = [
      'source "$1"',
      `COMP_WORDS=(${line}) COMP_CWORD=${words.length}`,
      '_wattchain',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ];
    const { stdout, stderr, status } = spawnSync('bash', ['-c', lines.join('\n'), 'bash', script], {
      encoding: 'utf8',
    });
    expect([stderr, status]).toEqual(['', 0]);
    return stdout.split('\n').filter(Boolean);
  }

  test('offers commands, options and choices where they fit', async () => {
    const { stdout, code } = await wattchain(['completion', 'bash']);
    expect(code).toBe(0);
    script = join(directory, 'completion.bash');
    writeFileSync(script, stdout);
    expect(complete('')).toEqual(expect.arrayContaining(['testbed', 'trade', 'completion', '--version']));
    expect(complete('tr')).toEqual(['trade']);
    expect(complete('trade', '')).toEqual(expect.arrayContaining(['offer', 'accept', 'settle', '--help']));
    expect(complete('trade', 'offer', '--me')).toEqual(['--meter']);
    expect(complete('trade', 'offer', '--meter', 'roof', '--e')).toContain('--energy');
    expect(complete('node', '--log-level', '')).toEqual(expect.arrayContaining(['debug', 'silent']));
    expect(complete('node', '--log-level', 'de')).toEqual(['debug']);
    expect(complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
    // A value that only its person knows.
    expect(complete('trade', 'offer', '--meter', '')).toEqual([]);
  });

  test.each(['zsh', 'fish'])('%s has a script of the same commands', async (shell) => {
    const { stdout, code } = await wattchain(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['testbed', 'settle', 'log-level']) expect(stdout).toContain(word);
  });
});
