import { newBlockGasLimit } from '@wattchain/core';
import { expect, it } from 'vitest';
import { readingsATransaction } from './readingParts.js';

/** A client of a network whose blocks have that gas. */
const clientOf = (gasLimit: number) =>
  ({ getBlock: () => Promise.resolve({ gasLimit: BigInt(gasLimit) }) }) as unknown as Parameters<
    typeof readingsATransaction
  >[0];

it('brings as many readings as a block of the network and the bytes of a transaction hold', async () => {
  const numbers = async (gasLimit: number) => [
    await readingsATransaction(clientOf(gasLimit), 'plain'),
    await readingsATransaction(clientOf(gasLimit), 'signed'),
  ];
  expect(await numbers(newBlockGasLimit(1_000))).toEqual([55, 41]);
  expect(await numbers(newBlockGasLimit(15_000))).toEqual([300, 100]);
  expect(await numbers(21_000)).toEqual([1, 1]);
});
