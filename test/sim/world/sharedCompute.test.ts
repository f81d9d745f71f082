import { inlineCompute } from '@wattchain/node/parts';
import { expect, it } from 'vitest';
import { ALICE, BOB, testGenesis, testTransaction } from '../../../packages/node/testing/chainKit.js';
import { SharedCompute } from './sharedCompute.js';

const genesis = testGenesis();
const good = [0, 1, 2].map((nonce) => testTransaction(genesis, ALICE, { nonce }).raw);
const foreign = testTransaction(testGenesis({ chainId: 20_000_002 }), BOB).raw;
const cutOff = (good[0] as Uint8Array).subarray(0, 40);
const raws = [...good, foreign, cutOff];

it('answers what every node would find out by itself, faults too', async () => {
  const shared = new SharedCompute();
  expect(await shared.decode(raws, genesis)).toEqual(await inlineCompute.decode(raws, genesis));
  expect(shared.decodeSigned(raws, genesis.chainId)).toEqual(inlineCompute.decodeSigned(raws, genesis.chainId));
});

it('finds out each once, by all bytes and the network that they are for', async () => {
  const shared = new SharedCompute();
  const [first] = shared.decodeSigned(good, genesis.chainId);
  expect(shared.decoded).toBe(3);
  expect(shared.decodeSigned([(good[0] as Uint8Array).slice()], genesis.chainId)[0]).toBe(first);
  expect(shared.decoded).toBe(3);
  const changed = (good[0] as Uint8Array).slice();
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  expect(shared.decodeSigned([changed], genesis.chainId)[0]).not.toEqual(first);
  expect(shared.decodeSigned([good[0] as Uint8Array], 20_000_002)[0]?.fault).toMatchObject({ code: 'txChainId' });
  expect(shared.decoded).toBe(5);
});
