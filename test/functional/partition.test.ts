/**
 * Four node processes, two of them mining, whose cables are cut: two and two, for a moment and for longer than a confirmation
 * takes; one from the three others; one way. Whoever sees no majority of the members stops before the others' history and its
 * own can part for good, all of it heals by itself, and what was confirmed stays.
 */
import { PUBLISHED_ADDRESSES, PUBLISHED_MNEMONIC } from '@wattchain/core';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cables } from './cables.js';
import { TEST_CHAIN_ID, TestNetwork, type TestNode, testGenesis, waitUntil } from './framework.js';

const INTERVAL_MS = 1_000;
const CONFIRMATIONS = 12;
const [miner = ''] = PUBLISHED_ADDRESSES;
const household = mnemonicToAccount(PUBLISHED_MNEMONIC, { addressIndex: 1 });
const RECIPIENT = `0x${'7a'.repeat(20)}` as const;
const [LEFT, RIGHT] = [
  [0, 1],
  [2, 3],
];

interface Status {
  readonly head: { readonly height: number; readonly timestampMs: number };
  readonly members: { readonly seen: number };
  readonly warnings: readonly { readonly code: string }[];
  readonly miner: { readonly paused?: { readonly code: string } };
}

let network: TestNetwork;
let cables: Cables;

beforeAll(async () => {
  network = await TestNetwork.create(
    testGenesis(PUBLISHED_ADDRESSES, INTERVAL_MS),
    { nodes: 4, miners: [0, 2] },
    miner,
  );
  cables = await Cables.lay(network);
  await network.start();
  await agreeAbove(1);
});
afterAll(async () => {
  await network.remove();
  await cables.remove();
});

const statusOf = (index: number) => network.node(index).rpc<Status>('watt_status');
const blockOf = (node: TestNode, height: number) =>
  node.rpc<{ hash: string }>('eth_getBlockByNumber', [`0x${height.toString(16)}`, false]);
const isPaused = async (index: number) => (await statusOf(index)).miner.paused?.code === 'fewMembers';

/** Waits until all four have the same block above a height, see each other and warn of nothing. */
async function agreeAbove(height: number): Promise<void> {
  await waitUntil(`all nodes to agree above height ${height}`, async () => {
    const statuses = await Promise.all(network.nodes.map((_, index) => statusOf(index)));
    const common = Math.min(...statuses.map(({ head }) => head.height));
    if (common <= height || statuses.some(({ members, warnings }) => members.seen < 4 || warnings.length > 0))
      return false;
    const blocks = await Promise.all(network.nodes.map((node) => blockOf(node, common)));
    return new Set(blocks.map(({ hash }) => hash)).size === 1;
  });
}

/** Gives a transfer to one node. */
async function pay(index: number, nonce: number): Promise<string> {
  const raw = await household.signTransaction({
    type: 'legacy',
    chainId: TEST_CHAIN_ID,
    nonce,
    gas: 21_000n,
    gasPrice: 1_000_000_000n,
    to: RECIPIENT,
    value: 1n,
  });
  return network.node(index).rpc<string>('eth_sendRawTransaction', [raw]);
}

/** The block that a transaction is in, by its hash, on each node that is asked; waits until it is confirmed on all of them. */
async function confirmedIn(transaction: string, indices: readonly number[]): Promise<string> {
  const hashes = await waitUntil(`${transaction} to be confirmed`, async () => {
    const found = await Promise.all(
      indices.map(async (index) => {
        const node = network.node(index);
        const receipt = await node.rpc<{ blockHash: string; blockNumber: string } | null>('eth_getTransactionReceipt', [
          transaction,
        ]);
        const isConfirmed = receipt && (await node.height()) - Number(receipt.blockNumber) + 1 >= CONFIRMATIONS;
        return isConfirmed ? receipt.blockHash : undefined;
      }),
    );
    return found.every((hash) => hash !== undefined) && found;
  });
  expect(new Set(hashes).size).toBe(1);
  return hashes[0] as string;
}

test('two and two: both sides stop, come together by themselves, and pay once what was paid before and meanwhile', async () => {
  const before = await pay(0, 0);
  const block = await confirmedIn(before, [0, 1, 2, 3]);
  let meanwhile = '';
  // A moment, and longer than a confirmation takes.
  for (const intervals of [0, CONFIRMATIONS]) {
    const heights = await Promise.all(network.nodes.map((node) => node.height()));
    cables.cut(LEFT, RIGHT);
    cables.cut(RIGHT, LEFT);
    if (intervals > 0) meanwhile = await pay(0, 1);
    await waitUntil('both miners to stop', async () => (await isPaused(0)) && (await isPaused(2)));
    const stopped = await waitUntil(`${intervals} intervals to pass without a block`, async () => {
      const heads = await Promise.all([0, 2].map(async (index) => (await statusOf(index)).head));
      const isOld = heads.every(({ timestampMs }) => Date.now() - timestampMs >= intervals * INTERVAL_MS);
      return isOld && heads.map(({ height }) => height);
    });
    for (const height of stopped) expect(height - Math.max(...heights)).toBeLessThan(CONFIRMATIONS);
    cables.mend();
    await agreeAbove(Math.max(...stopped));
  }
  await confirmedIn(meanwhile, [0, 1, 2, 3]);
  expect(await confirmedIn(before, [0, 1, 2, 3])).toBe(block);
  expect(await network.node(3).rpc('eth_getBalance', [RECIPIENT, 'latest'])).toBe('0x2');
});

test('one way: a miner that hears the others and is not heard stops, the three confirm blocks, and it follows them', async () => {
  cables.cut([2], [0, 1, 3]);
  await waitUntil('the miner to stop', () => isPaused(2));
  const alone = await network.node(2).height();
  const paid = await pay(1, 2);
  const block = await confirmedIn(paid, [0, 1, 3]);
  expect(await isPaused(2)).toBe(true);
  expect((await statusOf(0)).warnings).toEqual([]);
  cables.mend();
  await agreeAbove(alone);
  expect(await confirmedIn(paid, [0, 1, 2, 3])).toBe(block);
});

test('three and one: the three go on and confirm, the one stops and gives way', async () => {
  cables.cut([0], [1, 2, 3]);
  cables.cut([1, 2, 3], [0]);
  const paid = await pay(3, 3);
  await waitUntil('the one to stop', () => isPaused(0));
  const alone = await network.node(0).height();
  const block = await confirmedIn(paid, [1, 2, 3]);
  expect(await network.node(0).height()).toBe(alone);
  cables.mend();
  await agreeAbove(alone);
  expect(await confirmedIn(paid, [0, 1, 2, 3])).toBe(block);
});
