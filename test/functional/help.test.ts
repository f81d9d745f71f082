/** Help, version and completion: what they load, and what a shell makes of the script. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { filesLoaded, wattchain } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-help-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The files that a command loads, in V8's own account, below the project's root. */
async function filesLoadedBy(words: string): Promise<string[]> {
  const coverage = mkdtempSync(join(directory, 'coverage-'));
  const { code } = await wattchain(words.split(' '), { NODE_V8_COVERAGE: coverage });
  expect(code).toBe(0);
  return filesLoaded(coverage);
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
    const files = await filesLoadedBy(words);
    expect(files).toContain('packages/cli/dist/main.js');
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
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
