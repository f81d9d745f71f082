import { contractAddress, fromHex, type Hash, runToEnd, verifyAccountProof } from '@wattchain/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, BOB, CAROL, MINER, testTransaction } from '../../../testing/chainKit.js';
import { counterDeployment, RpcKit } from '../../../testing/rpcKit.js';
import { PROOF_VALUES_PER_PIECE } from '../limits.js';
import { readProof } from './proofs.js';

const COUNTER = contractAddress(ALICE.address, 0);
const ETHER = 10n ** 18n;
/** Transfers to fresh addresses, which are put back into a tree in several pieces. */
const FRESH = 4 * PROOF_VALUES_PER_PIECE + 20;
let rpc: RpcKit;
/** State root by height, as the headers have it. */
const roots: Hash[] = [];

/** Block 1 deploys the counter with 5; 2 pays many fresh addresses; each of 3 … 6 adds 1. */
beforeAll(async () => {
  rpc = await RpcKit.start();
  const { genesis } = rpc.kit;
  const mine = async (...fields: Parameters<typeof testTransaction>[2][]) => {
    const transactions = fields.map((field) => testTransaction(genesis, field?.to === null ? ALICE : BOB, field));
    roots.push((await rpc.mine({ transactions })).header.stateRoot);
  };
  roots.push(genesis.header.stateRoot);
  await mine({ to: null, value: 0n, data: counterDeployment(5), gasLimit: 1_000_000 });
  const fresh = Array.from({ length: FRESH }, (_, nonce) => ({
    nonce: nonce,
    to: `0x${(nonce + 1).toString(16).padStart(40, '0')}` as const,
    value: BigInt(nonce + 1),
  }));
  // A block has room for 95 transfers.
  await mine(...fresh.slice(0, 90));
  await mine(...fresh.slice(90));
  for (let i = 0; i < 4; i++) {
    const data = fromHex(`0x1003e2d2${'1'.padStart(64, '0')}`);
    await mine({ nonce: FRESH + i, to: COUNTER, value: 0n, data, gasLimit: 100_000 });
  }
});
afterAll(() => rpc.stop());

async function ask(...params: unknown[]) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getProof', params });
  const response = await fetch(rpc.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
}

describe('eth_getProof', () => {
  test.each([
    [0, 0, 0n],
    [1, 1, 5n],
    [2, 1, 5n],
    [3, 1, 5n],
    [4, 1, 6n],
    [7, 1, 9n],
  ])('proves the contract after block %i from the state root in its header', async (height, nonce, total) => {
    const { result } = await ask(COUNTER, ['0x0', `0x${'f'.repeat(64)}`], `0x${height.toString(16)}`);
    const outcome = verifyAccountProof(roots[height] as Hash, result);
    expect(outcome.fault).toBeUndefined();
    expect(outcome.value).toMatchObject({
      address: COUNTER,
      account: { nonce, balance: 0n },
      storage: [
        { slot: 0n, value: total },
        { slot: 2n ** 256n - 1n, value: 0n },
      ],
    });
    expect(verifyAccountProof(roots[(height + 1) % 8] as Hash, result).fault).toMatchObject({ code: 'proofMismatch' });
  });

  test('proves balances and absence, by number, tag and hash', async () => {
    const last = `0x${FRESH.toString(16).padStart(40, '0')}`;
    const facts: [string, unknown, number, bigint][] = [
      [MINER.address, 'earliest', 0, 0n],
      [CAROL.address, 'earliest', 0, 1000n * ETHER],
      [last, '0x2', 2, 0n],
      [last, '0x3', 3, BigInt(FRESH)],
      [last, 'latest', 7, BigInt(FRESH)],
      [CAROL.address, rpc.kit.genesis.hash, 0, 1000n * ETHER],
      [CAROL.address, { blockHash: rpc.tip.hash }, 7, 1000n * ETHER],
    ];
    for (const [address, block, height, balance] of facts) {
      const { result } = await ask(address, [], block);
      expect(verifyAccountProof(roots[height] as Hash, result).value?.account).toEqual({
        nonce: 0,
        balance,
        codeHash: null,
      });
    }
  });

  test('says when it cannot', async () => {
    expect(await ask(COUNTER, [], '0x99')).toMatchObject({ error: { code: -32000 } });
    expect(await ask(COUNTER, Array(257).fill('0x0'), 'latest')).toMatchObject({
      error: { code: -32602, message: expect.stringContaining('at most 256') },
    });
    expect(await ask(COUNTER, ['0x'], 'latest')).toMatchObject({ error: { code: -32602 } });
  });

  test('holds to one block while the head moves', async () => {
    const pieces = readProof(rpc.chain, CAROL.address, [], { height: 1 });
    // The newest blocks are undone one by one, then values are put back, and each may be followed by a new head.
    for (let i = 0; i < 3; i++) {
      expect(pieces.next().done).toBe(false);
      await rpc.mine({ transactions: [] });
    }
    const answer = runToEnd(pieces);
    expect(verifyAccountProof(roots[1] as Hash, answer).value?.account.balance).toBe(1000n * ETHER);
  });
});
