/** A miner that is a program of its own makes the blocks of a node whose mining threads are off. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, root, TestNetwork, testGenesis } from './framework.js';

const [address = ''] = PUBLISHED_ADDRESSES;
let network: TestNetwork;

beforeAll(async () => {
  network = await TestNetwork.create(testGenesis(PUBLISHED_ADDRESSES), { nodes: 1, miners: [] }, address);
  const configFile = join(network.node(0).dataDir, 'config.json');
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as object;
  writeFileSync(configFile, JSON.stringify({ ...config, mine: { enabled: false, address } }));
  await network.start();
});
afterAll(async () => {
  await network.remove();
});

test('the example finds two blocks for a node that does not mine itself', async () => {
  const node = network.node(0);
  const tokenFile = join(node.dataDir, 'control.token');
  const example = join(root, 'examples/6-mine-for-a-node.mjs');
  const { stdout, stderr, code } = await finish(
    spawn(process.execPath, [example, node.rpcUrl, tokenFile, '2'], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const hashes = [...stdout.matchAll(/block \d+ is ours: (0x[0-9a-f]{64})/g)].map(([, hash]) => hash);
  expect(hashes).toHaveLength(2);
  expect(await node.height()).toBe(2);
  for (const [index, hash] of hashes.entries()) {
    const block = await node.rpc<{ hash: string; miner: string }>('eth_getBlockByNumber', [`0x${index + 1}`, false]);
    expect(block).toMatchObject({ hash, miner: address.toLowerCase() });
  }
  expect(await node.rpc('watt_miner')).toMatchObject({ enabled: false, blocksFound: 2, hashesPerSecond: 0 });
});
