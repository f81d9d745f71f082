import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisToJson } from '@wattchain/core';
import { expect, test } from 'vitest';
import { ChainKit, testGenesis } from '../testing/chainKit.js';
import { type Logger, silentLogger } from './base/log.js';
import { resolveNodeConfig } from './config.js';
import { WattchainNode } from './node.js';

test('a data directory copied while its node was stopped is the same node at the same head, and takes the next block', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wattchain-backup-'));
  const [original, copy] = [join(directory, 'node'), join(directory, 'backup')];
  const errors: string[] = [];
  const log: Logger = { ...silentLogger, error: (_fields, message) => errors.push(message), child: () => log };
  const open = (dataDir: string) => WattchainNode.create(resolveNodeConfig({ rpc: { port: 0 } }, dataDir), { log });
  const kit = new ChainKit(testGenesis());
  const first = kit.mine(kit.genesisBlock);
  const second = kit.mine(first);
  mkdirSync(original);
  writeFileSync(join(original, 'genesis.json'), JSON.stringify(genesisToJson(kit.genesis)));

  const before = await open(original);
  await before.services.chain.acceptBlock(first.header, first.body);
  const { id } = before.services.network;
  await before.stop();
  cpSync(original, copy, { recursive: true });

  const restored = await open(copy);
  expect(restored.services.chain.head.hash).toBe(first.hash);
  expect(restored.services.network.id).toBe(id);
  expect(await restored.services.chain.acceptBlock(second.header, second.body)).toEqual({ value: 'added' });
  await restored.stop();
  expect(errors).toEqual([]);
  rmSync(directory, { recursive: true });
});
