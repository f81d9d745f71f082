import { expect, test } from 'vitest';
import type { LogLevel } from '../log.js';
import { createPinoLogger } from './pinoLogger.js';

function capture(level: LogLevel) {
  const lines: string[] = [];
  const log = createPinoLogger(level, { write: (line) => lines.push(line) });
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('writes one JSON line with level, time, fields and message; children add theirs', () => {
  const { log, parsed } = capture('info');
  log.child({ service: 'chain' }).warn({ height: 3, work: 5n }, 'reorganised');
  expect(parsed()).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      service: 'chain',
      height: 3,
      work: 5,
      msg: 'reorganised',
    },
  ]);
});

test('cuts below its level', () => {
  const { log, lines } = capture('warn');
  log.debug({}, 'a');
  log.info({}, 'b');
  log.error({}, 'c');
  expect(lines).toHaveLength(1);
  const silent = capture('silent');
  silent.log.error({}, 'd');
  expect(silent.lines).toEqual([]);
});

test('never shows a secret', () => {
  const { log, lines } = capture('debug');
  log.info({ token: 'hush', request: { authorization: 'hush', passphrase: 'hush' }, privateKey: 'hush' }, 'started');
  expect(lines.join()).not.toContain('hush');
});

test('text from outside cannot forge a line', () => {
  const { log, lines } = capture('info');
  log.info({ agent: 'peer\n{"level":"error","msg":"forged"}' }, 'peer');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toContain('\n');
});
