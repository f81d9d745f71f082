/** Commands that run in the process of the test: where streams, exit codes of the system or two at once are not what is tested, as a process takes a second to start. */
import { vi } from 'vitest';
import { createProgram } from '../../packages/cli/dist/createProgram.js';
import { runProgram } from '../../packages/cli/dist/program.js';
import type { Finished } from './framework.js';

/** Runs a command with the environment, the streams and the exit code that a process would have. */
export async function runInProcess(args: readonly string[], environment: Record<string, string>): Promise<Finished> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const streams = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      streams[name] += text;
      return true;
    }),
  );
  const exitCodeBefore = process.exitCode;
  process.exitCode = undefined;
  try {
    await runProgram(await createProgram(), args);
    return { code: Number(process.exitCode ?? 0), ...streams };
  } finally {
    process.exitCode = exitCodeBefore;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
