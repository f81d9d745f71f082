import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logOutput } from './logOutput.js';
import { createPinoLogger } from './pinoLogger.js';

function withFile(path: string, flags: string, use: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

it('writes each line at once', () => {
  const path = join(tmpdir(), `wattchain-log-${process.pid}`);
  withFile(path, 'w', (descriptor) => {
    const log = createPinoLogger({ level: 'info', format: 'json' }, logOutput(descriptor));
    log.info({ height: 1 }, 'new head');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ height: 1, msg: 'new head' });
    log.child({ service: 'chain' }).warn({}, 'second');
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
  });
  rmSync(path);
});

it('throws at nobody who logs when the disk is full', () => {
  // A device that answers every write with ENOSPC.
  withFile('/dev/full', 'w', (descriptor) => {
    const log = createPinoLogger({ level: 'info', format: 'json' }, logOutput(descriptor));
    for (let i = 0; i < 1_000; i++) log.info({ height: i }, 'new head');
  });
});
