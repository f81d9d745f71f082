import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createProgram as createWattchain } from './createProgram.js';
import { connectTo } from './options.js';
import { addCommand, addGroup, runProgram } from './program.js';

/** A program with one command in a group. */
function createProgram(): Command {
  const program = new Command('test').description('a test');
  addCommand(
    addGroup(program, 'group', 'a group'),
    'do <what>',
    'does it',
    (command) => command.requiredOption('--how <how>', 'how'),
    async (output, _options, what) => output.result({ what }, what ?? ''),
  );
  return program;
}

async function run(words: string, program = createProgram()) {
  const streams = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      streams[name] += String(chunk);
      return true;
    });
  }
  await runProgram(program, words.split(' '));
  const { exitCode } = process;
  process.exitCode = undefined;
  vi.restoreAllMocks();
  return { ...streams, exitCode };
}

describe('wrong usage', () => {
  test.each([
    ['group do it --how so --json --wrong', "unknown option '--wrong'"],
    ['group do it --json', "required option '--how <how>' not specified"],
    ['group do --how so --json', "missing required argument 'what'"],
    ['group nothing --json', "unknown command 'nothing'"],
    ['nothing --json', "unknown command 'nothing'"],
  ])('is JSON where JSON is asked for: %s', async (words, message) => {
    const { stdout, stderr, exitCode } = await run(words);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage', message: expect.stringContaining(message) } });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 2 });
  });

  test('is waiting and not waiting', async () => {
    const { stdout, exitCode } = await run(
      'send --from a --to b --amount 1 --no-wait --confirm --json',
      await createWattchain('send'),
    );
    expect(JSON.parse(stdout).error.message).toBe("option '--confirm' cannot be used with option '--no-wait'");
    expect(exitCode).toBe(2);
  });

  test('is a sentence elsewhere', async () => {
    const { stdout, stderr, exitCode } = await run('group do it');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toContain("error: required option '--how <how>' not specified");
    expect(stderr).toContain('(add --help for more)');
  });

  test('is not asking for help', async () => {
    const { stdout, exitCode } = await run('group do --help --json');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: test group do/);
  });
});

describe('the node of a command', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each(['foo', 'localhost:8545', 'ws://127.0.0.1:8545', ''])('is named by an HTTP URL, not "%s"', async (rpc) => {
    const badUrl = {
      code: 'badUrl',
      message: `--rpc is "${rpc}", not an HTTP URL`,
      hint: expect.stringContaining('such as http://127.0.0.1:8545'),
    };
    await expect(connectTo({ rpc })).rejects.toMatchObject(badUrl);
    vi.stubEnv('WATTCHAIN_RPC', rpc);
    await expect(connectTo({})).rejects.toMatchObject({ code: 'badUrl', values: { name: 'WATTCHAIN_RPC' } });
  });
});
