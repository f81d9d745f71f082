import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisToJson } from '@wattchain/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChainKit, testGenesis } from '../../testing/chainKit.js';
import { type Logger, silentLogger } from '../base/log.js';
import { resolveNodeConfig } from '../config.js';
import { WattchainNode } from '../node.js';

const kit = new ChainKit(testGenesis());
const blocks = [kit.mine(kit.genesisBlock)];
for (let height = 2; height <= 5; height++) blocks.push(kit.mine(blocks[height - 2] ?? kit.genesisBlock));

let dataDir: string;
let errors: string[];
const log: Logger = { ...silentLogger, error: (_fields, message) => errors.push(message), child: () => log };

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wattchain-mark-'));
  errors = [];
  writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(genesisToJson(kit.genesis)));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Opens the node, gives it blocks and stops it; the height that it opened at. */
async function run(given: typeof blocks): Promise<number> {
  const node = await WattchainNode.create(resolveNodeConfig({ rpc: { port: 0 } }, dataDir), { log });
  const { height } = node.services.chain.head.header;
  for (const { header, body } of given) await node.services.chain.acceptBlock(header, body);
  await node.stop();
  return height;
}

test('a store that was cut off opens at an earlier height, and the node says that blocks are missing', async () => {
  await run(blocks);
  const folder = join(dataDir, 'chain');
  const [newest = ''] = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .reverse();
  const { length } = readFileSync(join(folder, newest));
  truncateSync(join(folder, newest), length - 100);
  expect(await run([])).toBe(4);
  expect(errors).toEqual([expect.stringMatching(/^blocks that were on disk are missing/)]);
});

test('a store that is whole says nothing, and neither does one that was deleted', async () => {
  await run(blocks);
  expect(await run([])).toBe(5);
  rmSync(join(dataDir, 'chain'), { recursive: true });
  expect(await run([])).toBe(0);
  expect(errors).toEqual([]);
});
