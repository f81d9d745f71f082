/**
 * The JSON-RPC of real node processes: under a steady load a node goes on mining and importing, strangers who ask too much
 * meet a limit, a node is told of a peer while it runs, and the commands call what the documentation says they call.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGenesis } from '../../packages/cli/dist/genesisFile.js';
import { TRIED_WITH } from '../../packages/node/dist/rpc/description/clients.js';
import { TEST_CHAIN_ID, TestNetwork, testTarget, waitUntil, wattchain } from './framework.js';

const BLOCK_INTERVAL_MS = 300;
const [, , NODE_2, , MINER, OPERATOR_1, , OPERATOR_2] = PUBLISHED_ADDRESSES as Address[] &
  [Address, Address, Address, Address, Address, Address, Address, Address];
let network: TestNetwork;

beforeAll(async () => {
  const genesis = createGenesis({
    name: 'rpc test',
    chainId: TEST_CHAIN_ID,
    timestampMs: Date.now() - 60_000,
    blockIntervalMs: BLOCK_INTERVAL_MS,
    target: testTarget(BLOCK_INTERVAL_MS),
    testbed: true,
    participants: [...PUBLISHED_ADDRESSES],
    market: { operators: [OPERATOR_1, OPERATOR_2], recoveryKey: MINER },
  });
  network = await TestNetwork.create(genesis as object, { nodes: 2, miners: [0], minMembers: 1 }, MINER);
  for (const { dataDir } of network.nodes) forgetPeers(join(dataDir, 'config.json'));
  await network.start();
});
afterAll(() => network.remove());

/** So that the nodes meet only when one is told of the other. */
function forgetPeers(file: string): void {
  const config = JSON.parse(readFileSync(file, 'utf8')) as { p2p: { peers: string[] } };
  config.p2p.peers = [];
  writeFileSync(file, JSON.stringify(config));
}

/** Methods that the node answered without an error since it started, from its metrics. */
async function answeredMethods(): Promise<string[]> {
  const text = await (await fetch(`${network.node(0).rpcUrl}/metrics`)).text();
  const found = text.matchAll(/^wattchain_rpc_requests_total\{method="([^"]+)",outcome="ok"\} [1-9]/gm);
  return [...found].map(([, method = '']) => method).sort();
}

test('the commands call the methods that the documentation names', async () => {
  const env = { WATTCHAIN_RPC: network.node(0).rpcUrl };
  const run = async (words: string) => {
    const { code, stdout, stderr } = await wattchain([...words.split(' '), '--json'], env);
    expect(code, `${words}: ${stderr}`).toBe(0);
    return JSON.parse(stdout) as { hash?: string };
  };
  // What `status` says of the newest confirmed blocks it reads only when there is one.
  await waitUntil('a confirmed block', async () => {
    const { finalized } = await network.node(0).rpc<{ finalized: { height: number } }>('watt_status');
    return finalized.height > 0;
  });
  const [{ hash = '' }] = await Promise.all([
    run(`send --from testbed:node-1 --to ${NODE_2} --amount 1`),
    run('bank buy --from testbed:node-2 --tokens 2'),
    ...['status', 'peers', 'block latest', `balance ${NODE_2}`, 'trade list'].map(run),
  ]);
  await run(`tx ${hash}`);
  // Called only when the block does not come before the first look for the receipt.
  const perhaps = ['eth_blockNumber', 'eth_getTransactionByHash'];
  const answered = new Set([...(await answeredMethods()), ...perhaps]);
  expect([...answered].sort()).toEqual([...TRIED_WITH.wattchain].sort());
});

test('watt_addPeer connects a running node to another, which then follows its chain', async () => {
  const [told, other] = [network.node(1), network.node(0)];
  const token = readFileSync(join(told.dataDir, 'control.token'), 'utf8').trim();
  const addPeer = async (address: string, headers: Record<string, string>) => {
    const response = await fetch(told.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watt_addPeer', params: [address] }),
    });
    return (await response.json()) as { result?: string; error?: { code: number; message: string } };
  };
  const authorized = { authorization: `Bearer ${token}` };
  const address = `/ip4/127.0.0.1/tcp/${other.p2pPort}`;
  expect(await addPeer(address, {})).toMatchObject({ error: { code: 4100 } });
  expect(await addPeer('nowhere', authorized)).toMatchObject({
    error: { code: -32000, message: expect.stringContaining('is not a multiaddr') },
  });
  expect(await addPeer('/ip4/127.0.0.1/tcp/1', authorized)).toMatchObject({
    error: { code: -32000, message: expect.stringContaining('no connection') },
  });
  const { peerId } = await other.rpc<{ peerId: string }>('watt_status');
  expect(await addPeer(address, authorized)).toEqual({ jsonrpc: '2.0', id: 1, result: peerId });
  const height = await other.height();
  await waitUntil('the told node to follow', async () => (await told.height()) >= height);
  expect(await addPeer(address, authorized)).toMatchObject({ result: peerId });
  expect(await told.rpc<unknown[]>('watt_peers')).toHaveLength(1);
});

test('bench rpc: under a steady load a node answers everything and goes on mining and importing', async () => {
  const { code, stdout, stderr } = await wattchain([
    'bench',
    'rpc',
    '--seconds',
    '3',
    '--rate',
    '50',
    '--callers',
    '4',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(stdout) as {
    parts: {
      name: string;
      requests: number;
      errors: object;
      blocksMined: number;
      blocksImported: number;
      transactionsIncluded: number;
      eventLoopLagMs: { p50: number; p99: number; max: number };
    }[];
  };
  expect(report.parts.map(({ name }) => name)).toEqual(['idle', 'paced', 'flat out', 'greedy others']);
  const [, paced, flatOut, greedy] = report.parts;
  expect(paced).toMatchObject({ requests: 150, errors: {} });
  expect(flatOut?.errors).toEqual({});
  // Who asks for little is answered while eight others ask for all the time there is.
  expect(greedy).toMatchObject({ requests: 60, errors: {} });
  expect(flatOut?.requests).toBeGreaterThan(50);
  const sum = (field: 'blocksMined' | 'blocksImported' | 'transactionsIncluded') =>
    report.parts.reduce((total, part) => total + part[field], 0);
  expect(sum('blocksMined')).toBeGreaterThan(0);
  expect(sum('blocksImported')).toBeGreaterThan(0);
  expect(sum('transactionsIncluded')).toBeGreaterThan(0);
  for (const { eventLoopLagMs } of report.parts) expect(eventLoopLagMs.p99).toBeGreaterThanOrEqual(eventLoopLagMs.p50);
  // Each part's own, not what was measured in the part before.
  expect(new Set(report.parts.map(({ eventLoopLagMs }) => JSON.stringify(eventLoopLagMs))).size).toBe(4);
});
