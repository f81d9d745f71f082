/**
 * Four node processes, two of them mining, among peers that lie about their work and one that withholds a heavier fork: the chain
 * goes on, what is confirmed stays, and nobody is told that it catches up. By default fifteen seconds with each;
 * `WATTCHAIN_LIARS_S=300 WATTCHAIN_LIARS_LOG=heights.txt npx vitest run --project functional test/functional/liars.test.ts` looks
 * for five minutes and writes the heights down, one line a second.
 */
import { appendFileSync } from 'node:fs';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Adversary, Withholder } from './adversaries.js';
import { TestNetwork, testGenesis, waitUntil } from './framework.js';

const SECONDS = Number(process.env.WATTCHAIN_LIARS_S ?? 15);
const LOG = process.env.WATTCHAIN_LIARS_LOG;
const INTERVAL_MS = 1_000;
/** So little that the test's own process, which withholds a fork, is the stronger miner. */
const DUTY = 0.02;
/** A machine that does other things as well finds the blocks of so many intervals in this time at the least. */
const BLOCKS = Math.floor((SECONDS * 1000) / INTERVAL_MS / 3);

interface NodeStatus {
  readonly head: { readonly height: number; readonly hash: string };
  readonly sync: { readonly syncing: boolean; readonly highestHeight: number };
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
  readonly miner: { readonly enabled: boolean; readonly paused?: { readonly code: string } };
}

const [miner = ''] = PUBLISHED_ADDRESSES;
const genesis = testGenesis(PUBLISHED_ADDRESSES, INTERVAL_MS);
const adversaries: Adversary[] = [];
let network: TestNetwork;
let startMs = 0;

beforeAll(async () => {
  network = await TestNetwork.create(genesis, { nodes: 4, miners: [2, 3], duty: DUTY }, miner);
  await network.start();
  startMs = Date.now();
  await waitUntil('a chain of twenty blocks', async () => (await lowest()) >= 20);
});
afterAll(async () => {
  await Promise.all(adversaries.map((adversary) => adversary.stop()));
  await network.remove();
});

const statuses = () => Promise.all(network.nodes.map((node) => node.rpc<NodeStatus>('watt_status')));
const lowest = async () => Math.min(...(await Promise.all(network.nodes.map((node) => node.height()))));

/**
 * Waits until every node has so many blocks more and so many seconds have passed; `meanwhile` runs about once a second and may
 * look at every status.
 */
async function grow(blocks: number, seconds: number, meanwhile: (seen: readonly NodeStatus[]) => Promise<void>) {
  const target = (await lowest()) + blocks;
  const endMs = Date.now() + seconds * 1_000;
  let nextMs = 0;
  await waitUntil(
    `all nodes to reach block ${target} with ${adversaries.map(({ name }) => name).join(', ')}`,
    async () => {
      if (Date.now() < nextMs) return false;
      nextMs = Date.now() + 1_000;
      const seen = await statuses();
      note(seen);
      await meanwhile(seen);
      return Date.now() >= endMs && seen.every(({ head }) => head.height >= target);
    },
    seconds * 4_000 + 300_000,
  );
}

function note(seen: readonly NodeStatus[]): void {
  if (LOG === undefined) return;
  const seconds = Math.round((Date.now() - startMs) / 1000);
  const nodes = seen.map(({ head, miner: { paused, enabled }, warnings }) => {
    const state = [...(enabled && paused ? [paused.code] : []), ...warnings.map(({ code }) => code)];
    return `${head.height}${state.length > 0 ? ` (${state.join(', ')})` : ''}`;
  });
  const peers = adversaries.map(
    ({ name, connections, connectionsMade }) =>
      `${name} connected to ${connections} of 4 (dialled ${connectionsMade}×)`,
  );
  appendFileSync(LOG, `${seconds} s: heights ${nodes.join(', ')}; ${peers.join('; ')}\n`);
}

/** What is at a height that is confirmed everywhere. */
const hashAt = (height: number) =>
  network.node(0).rpc<{ hash: string }>('eth_getBlockByNumber', [`0x${height.toString(16)}`, false]);

test(
  `peers that claim 2^255 and are busy or silent stop nobody, for ${SECONDS} s`,
  async () => {
    for (const manner of ['busy', 'silent'] as const) {
      adversaries.push(await Adversary.liar(manner, genesis, network.nodes));
    }
    const warned = new Set<string>();
    await grow(BLOCKS, SECONDS, async (seen) => {
      for (const { code } of seen.flatMap(({ warnings }) => warnings)) warned.add(code);
      // What is proven is what honest nodes have: a busy one may be some blocks behind the others.
      const highest = Math.max(...seen.map(({ head }) => head.height));
      for (const {
        sync,
        miner: { paused },
      } of seen) {
        expect(sync.highestHeight).toBeLessThan(highest + 12);
        expect(paused?.code === 'behind' && sync.highestHeight > 100_000).toBe(false);
      }
    });
    // Where a busy machine lets answers come late a node says that too few were seen; nothing else was ever warned of, and that passes.
    expect([...warned].filter((code) => code !== 'fewMembers')).toEqual([]);
    await waitUntil('a moment without a warning', async () =>
      (await statuses()).every(({ warnings }) => warnings.length === 0),
    );
  },
  SECONDS * 6_000 + 600_000,
);

test('a withheld fork of fewer than twelve blocks with more work holds up miners for seconds at most', async () => {
  const withholder = await Withholder.start(genesis, network.nodes);
  adversaries.push(withholder);
  await withholder.fork(network.node(0), 4);
  await grow(20, 0, async () => {});
  for (const {
    sync,
    miner: { paused },
  } of await statuses()) {
    expect(sync.highestHeight).toBeLessThan(withholder.tip.header.height + 40);
    expect(paused?.code).not.toBe('behind');
  }
});

test(
  `a withheld fork of more blocks is refused with an alarm, and all go on, for ${SECONDS} s`,
  async () => {
    const confirmed = (await lowest()) - 12;
    const { hash } = await hashAt(confirmed);
    const withholder = adversaries.at(-1) as Withholder;
    await withholder.fork(network.node(0), 16);
    await waitUntil('the alarm everywhere', async () =>
      (await statuses()).every(({ warnings }) => warnings.some(({ code }) => code === 'chainSplit')),
    );
    const health = await fetch(`${network.node(0).rpcUrl}/health`);
    expect(((await health.json()) as { warnings: string[] }).warnings.join()).toContain('is on another chain');
    const metrics = await (await fetch(`${network.node(1).rpcUrl}/metrics`)).text();
    expect(metrics).toContain('wattchain_warning{code="chainSplit"} 1');
    await grow(BLOCKS, SECONDS, async (seen) => {
      // It keeps its fork the heavier one.
      await withholder.surpass(network.node(0));
      for (const { miner: state, sync } of seen)
        expect([state.paused?.code, sync.syncing]).not.toEqual(['behind', true]);
    });
    expect((await hashAt(confirmed)).hash).toBe(hash);
    expect(withholder.forkHeight).toBeLessThan(await lowest());
    for (const adversary of adversaries.splice(0)) await adversary.stop();
    await waitUntil('the alarm to end', async () => (await statuses()).every(({ warnings }) => warnings.length === 0));
  },
  SECONDS * 6_000 + 600_000,
);
