/**
 * Eight bytes flip in the log of a killed node, a disk becomes full, a file goes while a node runs: it says so and what to do, is mended by
 * that, and nobody is blamed.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED_ADDRESSES } from '@wattchain/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNetwork, testGenesis, waitUntil, wattchain } from './framework.js';

const [miner = ''] = PUBLISHED_ADDRESSES;
let network: TestNetwork;

beforeAll(async () => {
  // Blocks come many times as fast as planned while the two have just met, which is nobody's fault either.
  const genesis = testGenesis(PUBLISHED_ADDRESSES, 300, { firstTarget: `0x000${'2'.repeat(61)}` });
  network = await TestNetwork.create(genesis, { nodes: 2, miners: [1], duty: 0.2 }, miner);
  await network.start();
});
afterAll(async () => {
  await network.remove();
});

/** Changes eight bytes in the middle of the newest log; its name. */
function harmLog(folder: string): string {
  const name =
    readdirSync(folder)
      .filter((file) => file.endsWith('.log'))
      .sort()
      .at(-1) ?? '';
  const bytes = readFileSync(join(folder, name));
  const middle = Math.floor(bytes.length / 2);
  for (let place = middle; place < middle + 8; place++) bytes[place] = (bytes[place] ?? 0) ^ 0xff;
  writeFileSync(join(folder, name), bytes);
  return name;
}

test('a node with a damaged log does not start, and reindex mends it', async () => {
  const [reader, other] = [network.node(0), network.node(1)];
  const data = ['--data', reader.dataDir];
  await waitUntil('20 blocks', async () => (await reader.height()) >= 20);

  const running = await wattchain(['db', 'verify', ...data]);
  expect([running.code, running.stderr]).toEqual([1, expect.stringContaining('is already used by another node')]);

  await reader.end('SIGKILL');
  const log = harmLog(join(reader.dataDir, 'chain'));

  const refused = await wattchain(['node', ...data]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/the stored chain is damaged: in ".*" \d+\.log is (damaged|not as it was written)/);
  expect(refused.stderr).toContain('wattchain db verify');

  const verified = await wattchain(['db', 'verify', ...data, '--json']);
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.stdout)).toMatchObject({ healthy: false, files: [{ file: log }] });

  const mended = await wattchain(['db', 'reindex', ...data]);
  expect([mended.code, mended.stdout]).toEqual([
    0,
    expect.stringMatching(/^built anew from \d+ blocks: the chain ends at/),
  ]);
  const again = await wattchain(['db', 'verify', ...data]);
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^nothing is damaged: /)]);

  // What was lost comes from the other node, which holds nothing against this one, nor this one against it.
  await reader.start();
  const target = (await other.height()) + 3;
  await waitUntil('the mended node to catch up', async () => (await reader.height()) >= target);
  const ask = (height: string) => reader.rpc<unknown[]>('eth_getLogs', [{ fromBlock: height, toBlock: 'latest' }]);
  expect(await ask('0x0')).toEqual([]);
  for (const node of [reader, other]) {
    expect(await node.rpc<unknown[]>('watt_peers')).toHaveLength(1);
    expect(node.log).not.toContain('"sentence":"ban"');
    expect(node.log).not.toContain('"sentence":"disconnect"');
  }
});

/** Bytes that a file may have on the disk of the next test. */
const ROOM_BYTES = 32_768;

test('a node whose disk is full takes no more blocks, mines no more, goes on answering and says what to do', async () => {
  // Blocks come fast, so that the log of the store is soon at its limit.
  const network = await TestNetwork.create(testGenesis(PUBLISHED_ADDRESSES, 100), { nodes: 1, miners: [0] }, miner);
  const node = network.node(0);
  const data = ['--data', node.dataDir];
  try {
    await node.start({ largestFileBytes: ROOM_BYTES });
    const { detail } = await waitUntil('the disk to be full', async () => {
      const { warnings } = await node.rpc<{ warnings: { code: string; detail: string }[] }>('watt_status');
      return warnings.find(({ code }) => code === 'storeFailed');
    });
    expect(detail).toMatch(/^the disk of the stored chain fails: .*\.log: File too large \(no more blocks .*make room/);
    const height = await node.height();
    expect(height).toBeGreaterThan(5);
    expect(await node.rpc('watt_miner')).toMatchObject({ paused: { code: 'storeFailed' } });
    const health = await fetch(`${node.rpcUrl}/health`);
    expect([health.status, await health.text()]).toEqual([503, expect.stringContaining('takes no more blocks')]);
    await expect(node.rpc('eth_sendRawTransaction', ['0x00'])).rejects.toThrow(
      /takes no more blocks .* another: the disk/,
    );
    const newest = `0x${height.toString(16)}`;
    const shown = await node.rpc<{ hash: string }>('eth_getBlockByNumber', [newest, true]);
    expect(BigInt(await node.rpc<string>('eth_getBalance', [miner, 'latest']))).toBeGreaterThan(0n);
    expect(await node.end('SIGTERM')).toBe(1);
    expect(node.log).toContain('make room on the disk');

    // With room again it goes on from there.
    await node.start();
    expect(await node.rpc('eth_getBlockByNumber', [newest, true])).toEqual(shown);
    await waitUntil('more blocks', async () => (await node.height()) > height + 1);

    // A file that goes while the node runs is missed when it starts again, before LevelDB begins an empty database.
    rmSync(join(node.dataDir, 'chain', 'CURRENT'));
    expect(await node.end('SIGTERM')).toBe(0);
    const refused = await wattchain(['node', ...data]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('CURRENT is missing')]);
    expect(await wattchain(['db', 'reindex', ...data])).toMatchObject({ code: 0 });
    await node.start();
    expect(await node.rpc('eth_getBlockByNumber', [newest, true])).toEqual(shown);
  } finally {
    await network.remove();
  }
});
