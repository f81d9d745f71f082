/**
 * The calls that the MetaMask extension makes when a person adds the network, looks at an account, sends coins, calls a
 * contract and waits. The extension itself does not run here: its requests are replayed, with its origin.
 */
import { contractAddress, fromHex, signTransaction, toHex } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALICE, BOB, testGenesis, testTransaction } from '../../../testing/chainKit.js';
import { startDocumentedChain } from '../../../testing/documentedChain.js';
import type { RpcKit } from '../../../testing/rpcKit.js';
import { TRIED_WITH } from './clients.js';

const EXTENSION = 'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn';
const COUNTER = contractAddress(ALICE.address, 0);
let rpc: RpcKit;
const answered = new Set<string>();

beforeAll(async () => {
  rpc = await startDocumentedChain();
});
afterAll(() => rpc.stop());

async function ask(method: string, ...params: unknown[]) {
  const response = await fetch(rpc.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', origin: EXTENSION },
    body: JSON.stringify({ id: 4_711_000 + answered.size, jsonrpc: '2.0', method, params }),
  });
  expect(response.headers.get('access-control-allow-origin')).toBe(EXTENSION);
  return (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
}
async function call(method: string, ...params: unknown[]) {
  const { result, error } = await ask(method, ...params);
  expect(error, method).toBeUndefined();
  answered.add(method);
  return result;
}

test('adding the network: its chain id and version must be what the person entered', async () => {
  expect(await call('eth_chainId')).toBe('0x1312d01');
  expect(await call('net_version')).toBe('20000001');
});

test('looking at an account: the newest block with its base fee, the balance, a token', async () => {
  const height = await call('eth_blockNumber');
  const block = (await call('eth_getBlockByNumber', height, false)) as Record<string, unknown>;
  // This is how it tells a network with EIP-1559 from one without.
  expect(block.baseFeePerGas).toBe('0x64');
  expect(await call('eth_getBalance', BOB.address, height)).toMatch(/^0x[1-9a-f]/);
  expect(await call('eth_call', { to: COUNTER, data: '0x2ddbd13a' }, height)).toBe(`0x${'a'.padStart(64, '0')}`);
  // Whether a contract is an NFT (ERC-165), which one that is none answers with an error.
  const supportsInterface = `0x01ffc9a7${'80ac58cd'.padEnd(64, '0')}`;
  expect(await ask('eth_call', { to: COUNTER, data: supportsInterface }, 'latest')).toMatchObject({
    error: { code: 3 },
  });
  // Where nothing ran no contract is to blame, as geth has it.
  for (const method of ['eth_call', 'eth_estimateGas'])
    expect(await ask(method, { to: COUNTER, data: '0x2ddbd13a', gas: '0x1' })).toMatchObject({
      error: { code: -32000, message: 'intrinsic gas too low: have 1, want 21064' },
    });
});

test('sending: code, gas, fees and nonce; then the receipt, block by block', async () => {
  expect(await call('eth_getCode', ALICE.address, 'latest')).toBe('0x');
  const transfer = { from: BOB.address, to: ALICE.address, value: '0xde0b6b3a7640000' };
  expect(await call('eth_estimateGas', transfer)).toBe('0x5208');
  expect(BigInt((await call('eth_gasPrice')) as string)).toBe(100n);
  const height = await call('eth_blockNumber');
  const fees = (await call('eth_feeHistory', '0x5', height, [10, 20, 30])) as Record<string, string[]>;
  const baseFee = BigInt(fees.baseFeePerGas?.at(-1) as string);
  expect(fees.reward?.flat()).toEqual(Array(9).fill('0x0'));
  const nonce = Number(await call('eth_getTransactionCount', BOB.address, 'latest'));
  expect(Number(await call('eth_getTransactionCount', BOB.address, 'pending'))).toBe(nonce);
  const { chainId } = rpc.kit.genesis;
  // Its "market" estimate: a tip of at least 1.5 gwei, and a fifth on top of the base fee.
  const tip = 1_500_000_000n;
  const fields = {
    type: 2 as const,
    nonce,
    maxFeePerGas: (baseFee * 6n) / 5n + tip,
    maxPriorityFeePerGas: tip,
    accessList: [],
    gasLimit: 21_000,
    to: ALICE.address,
    value: 10n ** 18n,
    data: fromHex('0x'),
    chainId,
  };
  const { raw, hash } = signTransaction(fields, BOB.key);
  expect(await call('eth_sendRawTransaction', toHex(raw))).toBe(hash);
  expect(await call('eth_getTransactionReceipt', hash)).toBeNull();
  await rpc.mine();
  expect(await call('eth_getTransactionReceipt', hash)).toMatchObject({
    status: '0x1',
    blockNumber: '0x3',
    type: '0x2',
    effectiveGasPrice: `0x${(baseFee + tip).toString(16)}`,
  });
  const block = await call('eth_getBlockByHash', rpc.tip.hash, false);
  expect(block).toMatchObject({ transactions: expect.arrayContaining([hash]) });
  expect(await call('eth_getTransactionByHash', hash)).toMatchObject({ blockNumber: '0x3', type: '0x2' });
});

test('sending with a gas price, for a person who chose that: still taken', async () => {
  const nonce = Number(await call('eth_getTransactionCount', BOB.address, 'latest'));
  const { raw, hash } = testTransaction(rpc.kit.genesis, BOB, { nonce });
  expect(await call('eth_sendRawTransaction', toHex(raw))).toBe(hash);
  await rpc.mine();
  expect(await call('eth_getTransactionReceipt', hash)).toMatchObject({ status: '0x1', type: '0x0' });
});

test('after a reset of the chain: an old nonce is refused in words that say what is wrong, a signature of another chain too', async () => {
  const sendRaw = (raw: Uint8Array) => ask('eth_sendRawTransaction', toHex(raw));
  const { genesis } = rpc.kit;
  expect(await sendRaw(testTransaction(genesis, BOB, { nonce: 0 }).raw)).toMatchObject({
    error: { code: -32000, message: expect.stringMatching(/^nonce too low: next nonce \d+, tx nonce 0$/) },
  });
  expect(await sendRaw(testTransaction(testGenesis({ chainId: 20_000_002 }), BOB).raw)).toMatchObject({
    error: { code: -32000, message: 'invalid chain id for signer: have 20000002 want 20000001' },
  });
});

test('the documentation names the methods that answered here', () => {
  expect([...answered].sort()).toEqual([...TRIED_WITH.MetaMask].sort());
});
