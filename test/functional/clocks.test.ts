/** Four node processes, one whose clock is behind and a miner whose clock is ahead: both say so, and the others are not misled. */
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNetwork, type TestNode, targetText, testGenesis, testTarget, waitUntil, wattchain } from './framework.js';

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
  const genesis = testGenesis(PUBLISHED_ADDRESSES, 1_000, { firstTarget: targetText(testTarget(4_000)) });
  // Two of four clocks are off, and who has the right time goes on in spite of it.
  network = await TestNetwork.create(genesis, { nodes: 4, miners: [0, 3], minMembers: 2 }, miner);
  await Promise.all(
    [0, 0, -OFF_MS, OFF_MS].map((clockOffsetMs, index) => network.node(index).start({ clockOffsetMs })),
  );
});
afterAll(async () => {
  await network.remove();
});

const statusOf = (node: TestNode) => node.rpc<Status>('watt_status');
/** What a node says of a difference that it measures again and again: never more than it is, and less where statuses are slow. */
const clockWarning = (index: number, expected: RegExp) =>
  waitUntil(`node ${index} to warn of its clock with ${expected}`, async () =>
    (await statusOf(network.node(index))).warnings.find(
      ({ code, detail }) => code === 'clockOff' && expected.test(detail),
    ),
  );

test('a node behind says how far, and that it catches up', async () => {
  const behind = /^this node's clock is about (3[89]|4[012]) s behind its peers'/;
  await clockWarning(2, behind);
  // Its peers' blocks come as they please; from some on they are from the future to it.
  await waitUntil('the node to fall behind', async () => {
    const { head, sync } = await statusOf(network.node(2));
    return sync.syncing && sync.highestHeight > head.height + 5;
  });
  await waitUntil('its health to say the same', async () => {
    const health = await fetch(`${network.node(2).rpcUrl}/health`);
    const { warnings } = (await health.json()) as { warnings: string[] };
    // Members whose clocks differ from its own are as good as silent to it.
    const isToldTwice =
      warnings.some((text) => behind.test(text)) && warnings.some((text) => / are needed to mine/.test(text));
    return health.status === 503 && warnings.length === 2 && isToldTwice;
  });
  expect((await wattchain(['status', '--rpc', network.node(2).rpcUrl])).stdout).toMatch(
    /^clock +\S+ s behind its peers'$/m,
  );
});

test('a miner ahead says that nobody takes its blocks, and makes none', async () => {
  const { miner: ahead } = await network.node(3).rpc<{ miner: { paused?: { code: string } } }>('watt_status');
  expect(ahead.paused?.code).toBe('fewMembers');
  await clockWarning(3, /s ahead of its peers': they take no block that it makes now/);
  await waitUntil('its metrics to say how far', async () => {
    const metrics = await (await fetch(`${network.node(3).rpcUrl}/metrics`)).text();
    const offset = Number(/^wattchain_clock_offset_seconds (\S+)$/m.exec(metrics)?.[1]);
    return Math.abs(offset + OFF_MS / 1000) < 5;
  });
});

test('nodes whose clocks are right warn of nothing and go on', async () => {
  const before = await network.node(0).height();
  await waitUntil('the chain to grow', async () => (await network.node(1).height()) > before + 5);
  for (const index of [0, 1]) {
    const { warnings, clockOffsetMs } = await statusOf(network.node(index));
    expect(warnings.filter(({ code }) => code === 'clockOff')).toEqual([]);
    expect(Math.abs(clockOffsetMs ?? Number.NaN)).toBeLessThan(2_500);
  }
});
