/** A chain in a store that tells what became of blocks, and looks at what it stored. */
import { accountKey, type KeyValueReader } from '@wattchain/core';
import { silentLogger } from '../src/base/log.js';
import { Chain } from '../src/chain/chain.js';
import type { ChainAlarm, HeadEvent } from '../src/chain/types.js';
import { MemoryStore } from '../src/store/memoryStore.js';
import type { Store } from '../src/store/store.js';
import { ChainKit, TEST_START_MS, type TestBlock } from './chainKit.js';
import { ManualRuntime } from './manualRuntime.js';

export const kit = new ChainKit();
export const { genesis, genesisBlock } = kit;

/** A chain in `store`, with what it told of. */
export async function openChain(store: Store = new MemoryStore(), of = kit.genesis) {
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  const chain = await Chain.open({ store, genesis: of, runtime, log: silentLogger });
  const heads: HeadEvent[] = [];
  const alarms: ChainAlarm[] = [];
  chain.on('head', (event) => heads.push(event));
  chain.on('alarm', (alarm) => alarms.push(alarm));
  const accept = (block: TestBlock) => chain.acceptBlock(block.header, block.body, 'test');
  const acceptAll = async (blocks: readonly TestBlock[]) => {
    const results: unknown[] = [];
    for (const block of blocks) {
      const { value, fault } = await accept(block);
      results.push(value ?? fault?.code);
    }
    return results;
  };
  return { chain, runtime, heads, alarms, accept, acceptAll, store };
}

/** The nonce of an account in a state, 0 where there is none. */
export const nonceOf = (state: KeyValueReader | undefined, address: `0x${string}`) =>
  Number(Buffer.from(state?.get(accountKey(address)) ?? new Uint8Array(8)).readBigUInt64BE(0));
