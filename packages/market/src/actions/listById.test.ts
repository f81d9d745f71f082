import { WattchainError } from '@wattchain/core';
import { expect, it } from 'vitest';
import { listById } from './listById.js';

const numbers = (read: (id: bigint) => Promise<bigint>) => ({ count: 3n, requestsEach: 1, read, accepts: () => true });

it('leaves out what a reorganisation took back since it was counted', async () => {
  const read = async (id: bigint) => {
    if (id === 3n) throw new WattchainError('unknownOffer', 'there is no offer 3');
    return id;
  };
  expect(await listById(numbers(read))).toEqual([1n, 2n]);
});

it('does not hide that the node cannot be read', async () => {
  const failure = new WattchainError('nodeUnreachable', 'no node answers');
  await expect(listById(numbers(() => Promise.reject(failure)))).rejects.toBe(failure);
});

it('stops where it is told to, and asks for nothing beyond the batch that it is in', async () => {
  const asked: bigint[] = [];
  const read = async (id: bigint) => {
    asked.push(id);
    return id;
  };
  const even = await listById({
    count: 1_000n,
    requestsEach: 10,
    read,
    accepts: (id) => id % 2n === 0n,
    fromId: 5n,
    limit: 3,
  });
  expect(even).toEqual([6n, 8n, 10n]);
  expect(asked).toEqual([5n, 6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n, 14n]);
  expect(await listById({ ...numbers(read), limit: 0 })).toEqual([]);
});
