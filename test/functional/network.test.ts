/**
 * Four node processes, two mining: they find each other, agree, and come back from a kill. A test to copy from: make a network,
 * start it, wait on conditions (never on time), assert, remove it.
 */
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNetwork, testGenesis, waitUntil } from './framework.js';

const [miner = ''] = PUBLISHED_ADDRESSES;
let network: TestNetwork;

beforeAll(async () => {
  network = await TestNetwork.create(testGenesis(PUBLISHED_ADDRESSES), { nodes: 4, miners: [2, 3] }, miner);
  await network.start();
});
afterAll(async () => {
  await network.remove();
});

async function agreeAbove(height: number): Promise<void> {
  await waitUntil(`all nodes to agree above height ${height}`, async () => {
    const heights = await Promise.all(network.nodes.map((node) => node.height()));
    const common = Math.min(...heights);
    if (common <= height) return false;
    const blocks = await Promise.all(
      network.nodes.map((node) =>
        node.rpc<{ hash: string; stateRoot: string }>('eth_getBlockByNumber', [`0x${common.toString(16)}`, false]),
      ),
    );
    return new Set(blocks.map((block) => `${block.hash} ${block.stateRoot}`)).size === 1;
  });
}

test('every node meets the three others, and all agree on one chain', async () => {
  await waitUntil('three peers everywhere', async () => {
    const peers = await Promise.all(network.nodes.map((node) => node.rpc<unknown[]>('watt_peers')));
    return peers.every((list) => list.length === 3);
  });
  await agreeAbove(5);
});

test('a killed node continues from its head, and catches up', async () => {
  const node = network.node(0);
  const before = await node.height();
  await node.end('SIGKILL');
  const miner = network.node(2);
  const target = (await miner.height()) + 5;
  await waitUntil('the others to go on', async () => (await miner.height()) >= target);
  await node.start();
  expect(await node.height()).toBeGreaterThanOrEqual(before - 1);
  await agreeAbove(target);
});

test('a node stops in order on Ctrl-C, with exit code 0, and starts again', async () => {
  const node = network.node(3);
  expect(await node.end('SIGINT')).toBe(0);
  await node.start();
  await agreeAbove(await network.node(2).height());
});

test('miners that lose most members pause and say why', async () => {
  await Promise.all([0, 1, 3].map((index) => network.node(index).end('SIGKILL')));
  const status = await waitUntil('the lonely miner to pause', async () => {
    const { paused } = await network.node(2).rpc<{ paused?: { detail: string } }>('watt_miner');
    return paused?.detail.startsWith('1 of 4') && paused;
  });
  expect(status.detail).toBe('1 of 4 members answer from this chain, 3 are needed');
});
