/**
 * web3.js 4 and 1, ethers 5 and Foundry's cast with no option set: what they called on a developer's chain, recorded, is asked of
 * a fresh one again. The clients themselves are too heavy for these tests.
 */
import { readFileSync } from 'node:fs';
import { type Hex, parseTransaction } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callRpc, startDevelopment } from '../../../testing/developmentKit.js';
import { TRIED_WITH } from './clients.js';

interface Recorded {
  readonly client: string;
  readonly calls: readonly (readonly [method: string, ...params: unknown[]])[];
}

const { clients } = JSON.parse(
  readFileSync(new URL('../../../../../test/vectors/clientCalls.json', import.meta.url), 'utf8'),
) as { readonly clients: readonly Recorded[] };

let kit: Awaited<ReturnType<typeof startDevelopment>>;
beforeAll(async () => {
  kit = await startDevelopment();
});
afterAll(() => kit.node.stop());

describe('no option set', () => {
  // One after the other: the nonces of later clients follow those of earlier ones.
  test.each(clients)('$client', async ({ client, calls }) => {
    let nonce: unknown;
    let sent = 0;
    for (const [method, ...params] of calls) {
      const answer = await callRpc(kit.node.rpc.url, method, params);
      if (method === 'eth_getTransactionCount') nonce = answer;
      if (method === 'eth_estimateGas') expect(Number(answer)).toBeGreaterThanOrEqual(21_000);
      if (method === 'eth_createAccessList') expect(answer).toEqual({ accessList: [], gasUsed: '0x5208' });
      if (method !== 'eth_sendRawTransaction') continue;
      const transaction = parseTransaction(params[0] as Hex);
      // What the client read of the chain stands in what it signed, so the recording fits.
      expect(transaction.nonce ?? 0).toBe(Number(nonce));
      const receipt = await kit.client.getTransactionReceipt({ hash: answer as Hex });
      expect(receipt).toMatchObject({ status: 'success', type: transaction.type });
      const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n, gasPrice } = transaction;
      const paid = 10n ** 9n + maxPriorityFeePerGas;
      expect(receipt.effectiveGasPrice).toBe(gasPrice ?? (paid < maxFeePerGas ? paid : maxFeePerGas));
      sent++;
    }
    expect(sent, client).toBeGreaterThan(0);
  });

  test('the documentation names the methods that answered here', () => {
    for (const name of ['web3.js', 'cast'] as const) {
      const answered = clients.filter(({ client }) => client.startsWith(name)).flatMap(({ calls }) => calls);
      expect([...new Set(answered.map(([method]) => method))].sort()).toEqual([...TRIED_WITH[name]].sort());
    }
  });
});
