import { expect, test } from 'vitest';
import type { LogFormat, LogLevel } from '../base/log.js';
import { createPinoLogger } from './pinoLogger.js';

function capture(level: LogLevel, format: LogFormat = 'json') {
  const lines: string[] = [];
  const log = createPinoLogger({ level, format }, { write: (line) => lines.push(line) });
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

test('as text a line has time, level, service, message and fields, long hashes cut', () => {
  const { log, lines } = capture('info', 'text');
  const hash = `0x${'ab'.repeat(32)}`;
  log.child({ service: 'chain' }).info({ height: 3, hash, from: 'miner', fault: { got: hash } }, 'new head');
  log.warn({}, 'node stopped');
  expect(lines.map((line) => line.replace(/^\S+Z /, 'TIME '))).toEqual([
    'TIME info  chain   new head  height=3 hash=0xababababab… from=miner fault={"got":"0xababababab…"}\n',
    'TIME warn  node    node stopped\n',
  ]);
});

test('as text an error is its message, and nothing from outside reaches the terminal as it came', () => {
  const { log, lines } = capture('info', 'text');
  const esc = String.fromCharCode(27);
  log.error({ err: new RangeError('too far'), agent: `a${esc}[2J\u009b\u202eb`, list: [`x${esc}`] }, 'bad');
  expect(lines.join('')).toMatch(/bad {2}err="too far" agent=.*list=\["x\\u001b"\]\n$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(lines.join('').trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
});
