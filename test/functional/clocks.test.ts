/** Four node processes, one whose clock is behind and a miner whose clock is ahead: both say so, and the others are not misled. */
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNetwork, type TestNode, testGenesis, waitUntil, wattchain } from './framework.js';

const [miner = ''] = PUBLISHED_ADDRESSES;
const OFF_MS = 40_000;
let network: TestNetwork;

interface Status {
  readonly head: { readonly height: number };
  readonly sync: { readonly syncing: boolean; readonly highestHeight: number };
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
  readonly clockOffsetMs: number | null;
}

beforeAll(async () => {
  // The genesis lies a minute back, so that it is not from the future for anybody.
  const options = { nodes: 4, miners: [0, 3], minPeers: 1, duty: 0.05 };
  network = await TestNetwork.create(testGenesis(PUBLISHED_ADDRESSES, 1_000), options, miner);
  await Promise.all(
    [0, 0, -OFF_MS, OFF_MS].map((clockOffsetMs, index) => network.node(index).start({ clockOffsetMs })),
  );
}, 60_000);
afterAll(async () => {
  await network.remove();
});

const statusOf = (node: TestNode) => node.rpc<Status>('watt_status');
/** What a node warns of about clocks, once it does. */
const clockWarning = (index: number) =>
  waitUntil(`node ${index} to warn of its clock`, async () =>
    (await statusOf(network.node(index))).warnings.find(({ code }) => code === 'clockOff'),
  );

test('a node behind says how far, and that it catches up', async () => {
  const { detail } = await clockWarning(2);
  expect(detail).toMatch(/^this node's clock is about (3[89]|4[012]) s behind its peers'/);
  // Its peers' blocks come as they please; from some on they are from the future to it.
  await waitUntil(
    'the node to fall behind',
    async () => {
      const { head, sync } = await statusOf(network.node(2));
      return sync.syncing && sync.highestHeight > head.height + 5;
    },
    90_000,
  );
  const health = await fetch(`${network.node(2).rpcUrl}/health`);
  expect(health.status).toBe(503);
  expect(((await health.json()) as { warnings: string[] }).warnings).toEqual([detail]);
  expect((await wattchain(['status', '--rpc', network.node(2).rpcUrl])).stdout).toMatch(
    /^clock +\S+ s behind its peers'$/m,
  );
}, 150_000);

test('a miner ahead says that nobody takes its blocks', async () => {
  expect((await clockWarning(3)).detail).toMatch(/s ahead of its peers': they take no block that it makes now/);
  const metrics = await (await fetch(`${network.node(3).rpcUrl}/metrics`)).text();
  expect(Number(/^wattchain_clock_offset_seconds (\S+)$/m.exec(metrics)?.[1])).toBeCloseTo(-OFF_MS / 1000, -1);
});

test('nodes whose clocks are right warn of nothing and go on', async () => {
  const before = await network.node(0).height();
  await waitUntil('the chain to grow', async () => (await network.node(1).height()) > before + 5, 60_000);
  for (const index of [0, 1]) {
    const { warnings, clockOffsetMs } = await statusOf(network.node(index));
    expect(warnings.filter(({ code }) => code === 'clockOff')).toEqual([]);
    expect(Math.abs(clockOffsetMs ?? Number.NaN)).toBeLessThan(2_500);
  }
});
