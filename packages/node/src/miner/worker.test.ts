import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { assert } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { ALICE, MINER, testGenesis, testTransaction } from '../../testing/chainKit.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { NODE_DEFAULTS } from '../config.js';
import { Mempool } from '../mempool/mempool.js';
import { systemRuntime } from '../runtime.js';
import { MemoryStore } from '../store/memoryStore.js';
import { Miner } from './miner.js';
import { startMinerThread } from './minerThread.js';

/** Threads run JavaScript, so these tests alone need the build. */
const workerUrl = new URL('../../dist/miner/worker.js', import.meta.url);
assert(existsSync(workerUrl), 'the mining thread is built: npx tsc -b packages/node');

describe('a mining thread', () => {
  it('makes valid blocks, keeps to its duty and ends when asked', async () => {
    // 2^12 tries a block, some ten milliseconds of work at half duty.
    const genesis = testGenesis({ firstTarget: `0x000${'f'.repeat(61)}`, blockIntervalMs: 100 });
    const [runtime, log] = [systemRuntime(), silentLogger];
    const chain = await Chain.open({ store: new MemoryStore(), genesis, runtime, log });
    const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log });
    chain.on('head', (event) => mempool.onHead(event));
    const transaction = testTransaction(genesis, ALICE);
    mempool.add(transaction, 'local');
    const miner = Miner.create({
      chain,
      mempool,
      network: { members: { seen: 1, needed: 1, total: 1, silent: [], apart: [] }, on: () => () => {} },
      peerChains: { ahead: () => undefined, on: () => () => {} },
      runtime,
      log,
      config: { ...NODE_DEFAULTS.mine, enabled: true, address: MINER.address, threads: 2 },
      startThread: () => startMinerThread(workerUrl),
    });
    const third = new Promise<void>((resolve) => {
      chain.on('head', ({ head }) => head.header.height === 3 && resolve());
    });
    await miner.start();
    await third;
    await miner.stop();
    expect(miner.status().blocksFound).toBeGreaterThanOrEqual(3);
    expect(chain.transactionPlace(transaction.hash)?.height).toBe(1);
    const { height } = chain.head.header;
    await new Promise(setImmediate);
    expect(chain.head.header.height).toBe(height);
  });

  it('says so when V8 does not optimise its kernel', () => {
    const program = `import(${JSON.stringify(new URL('./minerThread.js', workerUrl).href)}).then(({ startMinerThread }) => {
      startMinerThread().onReport(({ kind }) => {
        if (kind === 'stuck') process.exit(42);
      });
    })`;
    // Every function of the search but the kernel, whose bytecode has 16 KB, is below this limit.
    const flags = ['--max-optimized-bytecode-size=8000', '--eval', program];
    const { status, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8', timeout: 240_000 });
    expect([status, stderr]).toEqual([42, '']);
  });

  it('tells when it is gone without having been asked', async () => {
    const thread = startMinerThread(new URL('data:text/javascript,throw new RangeError("broken")'));
    const error = await new Promise((resolve) => thread.onCrash(resolve));
    expect(error).toMatchObject({ name: 'RangeError', message: 'broken' });
    await thread.terminate();
  });
});
