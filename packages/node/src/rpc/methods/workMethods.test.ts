import { fromHex, search, targetToWords, toHex } from '@wattchain/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINER } from '../../../testing/chainKit.js';
import { startDocumentedChain } from '../../../testing/documentedChain.js';
import { rawHttp } from '../../../testing/rawHttp.js';
import type { RpcKit } from '../../../testing/rpcKit.js';
import { METHOD_TABLE } from './methodTable.js';

interface Work {
  readonly sealHash: `0x${string}`;
  readonly target: `0x${string}`;
  readonly extraNonceStart: string;
  readonly midstateCount: number;
  readonly height: number;
  readonly parentHash: string;
}

let rpc: RpcKit;
beforeEach(async () => {
  rpc = await startDocumentedChain();
});
afterEach(() => rpc.stop());

async function call(method: string, params: readonly unknown[], withToken = true) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = {
    'content-type': 'application/json',
    ...(withToken ? { authorization: `Bearer ${rpc.token}` } : {}),
  };
  const answer = await rawHttp({ url: rpc.url, headers, body });
  return JSON.parse(answer.body) as { result?: unknown; error?: { code: number; message: string } };
}

/** What a miner elsewhere makes of the texts it gets. */
function solve({ sealHash, target, extraNonceStart, midstateCount }: Work): [string, string, string] {
  const words = targetToWords(BigInt(target));
  const { solution } = search(fromHex(sealHash), words, BigInt(extraNonceStart), midstateCount, 0, 1_000, undefined);
  const { extraNonce = 0n, headerNonce = 0 } = solution ?? {};
  return [sealHash, `0x${extraNonce.toString(16).padStart(16, '0')}`, `0x${headerNonce.toString(16).padStart(8, '0')}`];
}

test('a miner elsewhere makes the next block', async () => {
  const { result } = await call('watt_getWork', []);
  const work = result as Work;
  expect(work).toMatchObject({ height: 3, parentHash: rpc.tip.hash, midstateCount: 128 });
  const { result: submission } = await call('watt_submitWork', solve(work));
  expect(submission).toEqual({ accepted: true, hash: rpc.chain.head.hash });
  // Carol's transfer; the one that waits for a nonce stays.
  expect(rpc.chain.head.header).toMatchObject({ height: 3, miner: MINER.address, transactionCount: 1 });
  expect(toHex(rpc.chain.head.header.minerSeal)).toBe('0x');
  expect((await call('watt_submitWork', solve(work))).result).toMatchObject({
    accepted: false,
    reason: { code: 'stale', detail: expect.stringContaining(rpc.chain.head.hash) },
  });
});

test('the documented examples are what this chain answers', async () => {
  for (const name of ['watt_getWork', 'watt_submitWork']) {
    const { params = [], result } = METHOD_TABLE.get(name)?.example ?? {};
    const random = name === 'watt_getWork' ? { extraNonceStart: expect.stringMatching(/^0x[89ab][0-9a-f]{15}$/) } : {};
    expect((await call(name, params)).result).toEqual({ ...(result as object), ...random });
  }
});

test('both need the token', async () => {
  for (const name of ['watt_getWork', 'watt_submitWork']) {
    expect((await call(name, [], false)).error).toMatchObject({
      code: 4100,
      message: expect.stringContaining('control.token'),
    });
  }
});

test('nonces have 8 and 4 bytes', async () => {
  const [sealHash] = solve((await call('watt_getWork', [])).result as Work);
  expect((await call('watt_submitWork', [sealHash, '0x1', '0x00000001'])).error?.message).toContain(
    'parameter 2 (extraNonce)',
  );
  expect((await call('watt_submitWork', [sealHash, '0x8000000000000000', '0x1'])).error).toMatchObject({
    code: -32602,
    message: expect.stringContaining('4 bytes'),
  });
});
