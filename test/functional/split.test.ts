/**
 * A partition that outlasts the confirmation depth, as only a configuration without the rule of members lets it come about: two
 * nodes here, two there, and two suffice to mine. Both sides keep what they confirmed, go on and say so; the operator's override on one side heals it. All of it happens within the 64 blocks that a node can undo.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNetwork, type TestNode, testGenesis, waitUntil, wattchain } from './framework.js';

const [miner = ''] = PUBLISHED_ADDRESSES;
let network: TestNetwork;
const side = (...indices: number[]) => indices.map((index) => network.node(index));
const light = () => side(0, 1);
const heavy = () => side(2, 3);

beforeAll(async () => {
  // A difficulty that finds its level while the sides grow, on the fastest machine too: then 64 blocks are a minute.
  const genesis = testGenesis(PUBLISHED_ADDRESSES, 1_000, { halfLifeMs: 4_000 });
  network = await TestNetwork.create(genesis, { nodes: 4, miners: [0, 2], minMembers: 2 }, miner);
  // Each side grows while the other one sleeps.
  for (const [nodes, height] of [
    [light(), 14],
    [heavy(), 18],
  ] as const) {
    await Promise.all(nodes.map((node) => node.start()));
    await waitUntil(`a side to reach block ${height}`, async () => (await lowest(nodes)) >= height);
    await Promise.all(nodes.map((node) => node.end('SIGTERM')));
  }
  await network.start();
});
afterAll(async () => {
  await network.remove();
});

const lowest = async (nodes: readonly TestNode[]) =>
  Math.min(...(await Promise.all(nodes.map((node) => node.height()))));
const hashAt = async (node: TestNode, height: number) =>
  (await node.rpc<{ hash: string }>('eth_getBlockByNumber', [`0x${height.toString(16)}`, false])).hash;
const warningsOf = async (node: TestNode) =>
  (await node.rpc<{ warnings: { code: string }[] }>('watt_status')).warnings.map(({ code }) => code);

test('is an alarm on both sides, and both go on with what they confirmed', async () => {
  const before = await Promise.all([light(), heavy()].map(([node]) => hashAt(node as TestNode, 3)));
  await waitUntil('the alarm on all nodes', async () =>
    (await Promise.all(network.nodes.map(warningsOf))).every((codes) => codes.includes('chainSplit')),
  );
  for (const nodes of [light(), heavy()]) {
    const target = (await lowest(nodes)) + 4;
    await waitUntil('a side to go on', async () => (await lowest(nodes)) >= target);
  }
  expect(await Promise.all([light(), heavy()].map(([node]) => hashAt(node as TestNode, 3)))).toEqual(before);
  const { stdout } = await wattchain(['status', '--rpc', network.node(0).rpcUrl]);
  expect(stdout).toMatch(/^warning +peer \S+ is on another chain since block 0, /m);
});

test('ends when the operator lets one side give way', async () => {
  const workOf = async (node: TestNode) =>
    BigInt((await node.rpc<{ head: { totalWork: string } }>('watt_status')).head.totalWork);
  const [first, second] = await Promise.all([network.node(0), network.node(2)].map(workOf));
  const giving = (first ?? 0n) < (second ?? 0n) ? light() : heavy();
  for (const node of giving) {
    const token = readFileSync(join(node.dataDir, 'control.token'), 'utf8').trim();
    const response = await fetch(node.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watt_allowDeepReorg', params: [] }),
    });
    expect(await response.json()).toMatchObject({ result: true });
  }
  await waitUntil('all nodes to agree', async () => {
    const height = (await lowest(network.nodes)) - 2;
    return new Set(await Promise.all(network.nodes.map((node) => hashAt(node, height)))).size === 1;
  });
  await waitUntil('the alarm to end', async () =>
    (await Promise.all(network.nodes.map(warningsOf))).every((codes) => codes.length === 0),
  );
});
