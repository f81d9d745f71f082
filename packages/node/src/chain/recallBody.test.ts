import { encodeBody, type Transaction } from '@wattchain/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALICE, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { recallBody } from './recallBody.js';

const genesis = testGenesis();
const known = [0, 1, 2].map((nonce) => testTransaction(genesis, ALICE, { nonce })) as [
  Transaction,
  Transaction,
  Transaction,
];
const recall = (hash: string) => known.find((transaction) => transaction.hash === hash);

it('gives back known transactions in their order and nothing when one is unknown', () => {
  const [a, b, c] = known;
  expect(recallBody(encodeBody([c, a, b]), recall)).toEqual([c, a, b]);
  expect(recallBody(encodeBody([]), recall)).toEqual([]);
  expect(recallBody(encodeBody([a, testTransaction(genesis, ALICE, { nonce: 3 })]), recall)).toBeUndefined();
});

it('takes no bytes for a body but those that encode it', () => {
  const body = encodeBody(known);
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(body.length - 1), (at, flip, cut) => {
      const changed = body.slice();
      changed[at] = (changed[at] as number) ^ flip;
      expect(recallBody(changed, recall)).toBeUndefined();
      expect(recallBody(body.slice(0, cut), recall)).toBeUndefined();
    }),
  );
});
