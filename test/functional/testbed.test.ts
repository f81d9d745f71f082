/** Interrupting a testbed: nothing of it may live on, whatever it was doing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startTestbed, waitUntil } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-interrupt-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Starts a testbed's day and waits until it has come to `step`. */
async function startDay(step: string) {
  const testbed = await startTestbed(join(mkdtempSync(join(directory, 'of-')), 'testbed'), '--block-interval', '500');
  await testbed.told(step);
  const pids = [...testbed.progress().matchAll(/ pid (\d+)/g)].map((match) => Number(match[1]));
  return { testbed: testbed.child, end: testbed.end, pids };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Each has a testbed of its own, and they wait for one most of the time.
describe.concurrent('a testbed that is interrupted', () => {
  test('Ctrl-C in the middle of the day ends the runner and its four nodes', async () => {
    const { testbed, end, pids } = await startDay('the bank issues');
    testbed.kill('SIGINT');
    const { stderr, code } = await end;
    expect(pids).toHaveLength(4);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(stderr).toContain('stopping the four nodes');
    // Whoever asked whether the day held must not take this for a yes.
    expect(code).toBe(130);
  });

  test('nodes end by themselves when the testbed is killed', async () => {
    const { testbed, end, pids } = await startDay('the bank issues');
    testbed.kill('SIGKILL');
    await end;
    expect(pids).toHaveLength(4);
    await waitUntil('the four nodes to be gone', async () => pids.every((pid) => !isAlive(pid)));
  });

  test('a second Ctrl-C kills what is still there', async () => {
    const { testbed, end, pids } = await startDay('the bank issues');
    testbed.kill('SIGINT');
    testbed.kill('SIGTERM');
    await end;
    await waitUntil('the four nodes to be gone', async () => pids.every((pid) => !isAlive(pid)));
  });

  test('Ctrl-C while the nodes start ends everything too', async () => {
    const { testbed, end } = await startDay('measured');
    testbed.kill('SIGINT');
    const { stdout } = await end;
    expect(stdout).toBe('');
  });
});
