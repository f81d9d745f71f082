/** A development node on a free port whose clock stands still, and viem's test client to speak to it. */
import type { Hex } from '@wattchain/core';
import { createTestClient, http, publicActions, walletActions } from 'viem';
import { foundry } from 'viem/chains';
import { DEVELOPMENT_MNEMONIC, deriveAccounts } from '../src/dev/accounts.js';
import { developmentGenesis } from '../src/dev/genesis.js';
import type { SealingMode } from '../src/dev/sealer.js';
import { DevelopmentNode } from '../src/developmentNode.js';
import { TEST_START_MS } from './chainKit.js';
import { ManualRuntime } from './manualRuntime.js';

/** Who has coins on a test's chain. */
export const DEV_ACCOUNTS = deriveAccounts(DEVELOPMENT_MNEMONIC, 2);

/** What tests change about a node. */
export interface DevelopmentKitOptions {
  readonly mode?: SealingMode;
  readonly state?: Uint8Array;
  /** When its genesis is. */
  readonly startMs?: number;
}

/** Starts a node; `stop` it after the test. */
export async function startDevelopment({
  mode = { automine: true, intervalMs: 0 },
  state,
  startMs = TEST_START_MS,
}: DevelopmentKitOptions = {}) {
  const runtime = new ManualRuntime(startMs);
  const genesis = developmentGenesis({
    chainId: 31_337,
    timestampMs: startMs,
    addresses: DEV_ACCOUNTS.map(({ address }) => address),
    balanceWei: 10_000n * 10n ** 18n,
    contracts: [],
  });
  const node = await DevelopmentNode.create({
    start: state === undefined ? { genesis } : { state },
    accounts: DEV_ACCOUNTS,
    mode,
    rpc: { port: 0 },
    runtime,
  });
  await node.start();
  return { node, runtime, client: testClient(node.rpc.url, 'anvil') };
}

/** Viem's test client for a node; it asks anew for every block number. */
export function testClient(url: string, mode: 'anvil' | 'hardhat') {
  return createTestClient({ mode, chain: foundry, transport: http(url), cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}

/** Calls a method as it stands; throws with the code and message of an error. */
export async function callRpc(url: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
  if (answer.error !== undefined) throw new RangeError(`${answer.error.code} ${answer.error.message}`);
  return answer.result;
}

/** An address of nobody. */
export const STRANGER: Hex = `0x${'5a'.repeat(20)}`;
