import { expect, it } from 'vitest';
import { MAX_PUSHED_BYTES, MAX_PUSHED_TRANSACTIONS } from './limits.js';
import { Outbox, type PushResult } from './outbox.js';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

it('sends in order, one message at a time, each within its limits', async () => {
  const sent: (readonly Uint8Array[])[] = [];
  const results: ((result: PushResult) => void)[] = [];
  const outbox = new Outbox(
    (raws) => {
      sent.push(raws);
      return new Promise((resolve) => results.push(resolve));
    },
    async () => {},
  );
  const raws = Array.from({ length: 300 }, (_, i) => Uint8Array.of(i & 0xff, i >> 8));
  outbox.push(raws);
  outbox.push([new Uint8Array(MAX_PUSHED_BYTES - 1), new Uint8Array(2)]);
  expect(sent).toEqual([raws.slice(0, MAX_PUSHED_TRANSACTIONS)]);
  results[0]?.('later');
  await settle();
  expect(sent[1]).toEqual(sent[0]);
  results[1]?.('taken');
  await settle();
  expect(sent[2]).toEqual(raws.slice(MAX_PUSHED_TRANSACTIONS));
  results[2]?.('taken');
  await settle();
  expect(sent[3]?.map(({ length }) => length)).toEqual([MAX_PUSHED_BYTES - 1]);
  results[3]?.('failed');
  await settle();
  expect(sent).toHaveLength(4);
});
