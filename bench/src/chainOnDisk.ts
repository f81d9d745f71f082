import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Genesis } from '@wattchain/core';
import { Chain, NODE_DEFAULTS, openLevelStore, silentLogger, systemRuntime } from '@wattchain/node';
import { interruption } from './interruption.js';

/** Uses a folder of its own, which is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'wattchain-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = interruption.add(remove);
  try {
    return await use(folder);
  } finally {
    remove();
    forget();
  }
}

/** Opens the chain in a folder as a node does, and closes it. */
export async function withChain<T>(folder: string, genesis: Genesis, use: (chain: Chain) => Promise<T>): Promise<T> {
  const { recheckOneIn } = NODE_DEFAULTS;
  const store = await openLevelStore(folder);
  const chain = await Chain.open({ store, genesis, runtime: systemRuntime(), log: silentLogger, recheckOneIn });
  try {
    return await use(chain);
  } finally {
    await chain.close();
    await store.close();
  }
}
