import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommunitySeries } from '@wattchain/market';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askPowerSystem } from './powerSystem.js';

const SERIES: CommunitySeries = {
  periodSeconds: 3_600n,
  periods: [{ start: 1_498_892_400n, label: '07:00', date: '2017-07-01' }],
  homes: [{ name: 'a', consumedMwh: [250_000n], producedMwh: [0n] }],
  rates: [],
  emptyColumns: 0,
  zone: { kind: 'wall' },
};

let answer = '';
let asked: unknown;
let url = '';
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  asked = JSON.parse(body);
  response.end(answer);
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('is told what meters show, and its answer is the text of a file', async () => {
  answer = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { lines: [] } });
  const text = await askPowerSystem(url, SERIES);
  expect(asked).toEqual({
    jsonrpc: '2.0',
    id: 1,
    method: 'power_feeder',
    params: [
      {
        periodSeconds: 3_600,
        starts: [1_498_892_400],
        homes: [{ name: 'a', consumedMwh: [250_000], producedMwh: [0] }],
      },
    ],
  });
  expect(text).toBe('{\n "lines": []\n}\n');
});

test.each([
  ['no JSON', '<html>', /what is no JSON/],
  ['an error', '{"error":{"code":-32601,"message":"unknown method"}}', /refuses: unknown method/],
  ['an error that is none', '{"error":null}', /refuses/],
  ['no result', '{"jsonrpc":"2.0","id":1}', /without a result/],
  ['null', 'null', /without a result/],
  ['a text', '{"result":"lines"}', /without a result/],
  ['too much', ' '.repeat(4_000_001), /more than 4000000 bytes/],
])('that answers with %s is an error', async (_, text, message) => {
  answer = text;
  await expect(askPowerSystem(url, SERIES)).rejects.toThrow(message);
});

test('is not asked about more than a million homes times periods', async () => {
  const periods = Array.from({ length: 1_000_001 }, (_, hour) => ({ start: BigInt(hour), label: '', date: undefined }));
  await expect(askPowerSystem(url, { ...SERIES, periods })).rejects.toThrow('not asked about 1000001');
});
