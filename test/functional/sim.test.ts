import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../sim/dist/main.js', import.meta.url));

it('npm run sim says the same, whether seeds are played one after the other or side by side', async () => {
  const campaign = ['--seed', '7', '--hours', '0.01', '--node-hours', '0.12'];
  const play = async (jobs: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...campaign, '--jobs', jobs]);
    return stdout.split('\n').filter((line) => !line.includes('real time'));
  };
  const alone = await play('1');
  expect(alone.filter((line) => line.startsWith('sim: seed '))).toHaveLength(3);
  expect(await play('2')).toEqual(alone);
});
