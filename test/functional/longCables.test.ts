/**
 * Two node processes with a tenth of a block interval between them, each way. A request takes two round trips and a connection three: all of
 * it has the time that it needs, and neither holds anything against the other.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cables } from './cables.js';
import { TestNetwork, type TestNode, testGenesis, waitUntil } from './framework.js';

const INTERVAL_MS = 15_000;
const DELAY_MS = INTERVAL_MS / 10;
const [miner = ''] = PUBLISHED_ADDRESSES;

let network: TestNetwork;
let cables: Cables;

beforeAll(async () => {
  network = await TestNetwork.create(testGenesis(PUBLISHED_ADDRESSES, INTERVAL_MS), { nodes: 2, miners: [0] }, miner);
  cables = await Cables.lay(network, DELAY_MS);
  await network.start();
});
afterAll(async () => {
  await network.remove();
  await cables.remove();
});

const logOf = ({ dataDir }: TestNode) => readFileSync(join(dataDir, 'node.log'), 'utf8');

test('nodes that are far from each other meet, and the one follows the other', async () => {
  const [mining, following] = [network.node(0), network.node(1)];
  await waitUntil('both to see each other', async () => {
    const statuses = await Promise.all(
      network.nodes.map((node) => node.rpc<{ members: { seen: number } }>('watt_status')),
    );
    return statuses.every(({ members }) => members.seen === 2);
  });
  const height = (await mining.height()) + 1;
  await waitUntil('a block to reach the other end', async () => (await following.height()) >= height);
  for (const node of network.nodes) expect(logOf(node)).not.toMatch(/fault of a peer|peer left|made anew/);
});
