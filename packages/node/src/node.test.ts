import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, genesisToJson, isNobleAlone, PUBLISHED_ADDRESSES, search } from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainKit, MINER, testGenesis } from '../testing/chainKit.js';
import { silentLogger } from './base/log.js';
import { type NodeConfigInput, resolveNodeConfig } from './config.js';
import type { MinerThread } from './miner/minerThread.js';
import type { SearchJob, SearchReport } from './miner/searcher.js';
import { WattchainNode } from './node.js';
import { type Runtime, systemRuntime } from './runtime.js';

const genesis = testGenesis();

/** A mining thread on the main thread, one search per turn of the event loop; the targets of tests are easy. */
function inlineThread(): MinerThread {
  let report: (report: SearchReport) => void = () => {};
  return {
    post: ({ sealHash, targetWords, extraNonceStart, nonceStart, nonceEnd, stop }: SearchJob) => {
      setImmediate(() => {
        const { solution } = search(sealHash, targetWords, extraNonceStart, 1, nonceStart, nonceEnd, stop);
        if (solution) report({ kind: 'solution', sealHash, solution });
      });
    },
    onReport: (listener) => {
      report = listener;
    },
    onCrash: () => {},
    terminate: async () => {},
  };
}

describe('a node', () => {
  let dataDir: string;
  const running: WattchainNode[] = [];
  /** What the nodes' timers were set to. */
  let limits: number[] = [];
  const system = systemRuntime();
  const runtime: Runtime = {
    ...system,
    scheduler: {
      ...system.scheduler,
      setTimeout: (task, delayMs) => {
        limits.push(delayMs);
        return system.scheduler.setTimeout(task, delayMs);
      },
    },
  };

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'wattchain-node-'));
    writeGenesis(genesis);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((node) => node.stop()));
    rmSync(dataDir, { recursive: true });
  });

  function writeGenesis(of: typeof genesis): void {
    writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(genesisToJson(of)));
  }

  async function create(input: NodeConfigInput = {}): Promise<WattchainNode> {
    const config = resolveNodeConfig({ ...input, rpc: { port: 0, ...input.rpc } }, dataDir);
    const node = await WattchainNode.create(config, { runtime, log: silentLogger, startMinerThread: inlineThread });
    running.push(node);
    return node;
  }

  /** Resolves when the node's head is at least so high. */
  const atHeight = ({ services: { chain } }: WattchainNode, height: number) =>
    new Promise<void>((resolve) => {
      const cancel = chain.on('head', ({ head }) => {
        if (head.header.height < height) return;
        cancel();
        resolve();
      });
    });

  it('mines, answers, stops at once, and continues where it was', async () => {
    const first = await create({ mine: { enabled: true, address: MINER.address, minMembers: 1 } });
    const mined = atHeight(first, 3);
    await first.start();
    await mined;
    const response = await fetch(`${first.services.rpc.url}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    });
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 1, result: `0x${genesis.chainId.toString(16)}` });
    limits = [];
    await Promise.all([first.stop(), first.stop()]);
    // Each part has a time after which the next one stops; an operator waits five seconds at most.
    expect(limits.length).toBeGreaterThan(5);
    expect(limits.reduce((sum, limitMs) => sum + limitMs, 0)).toBeLessThanOrEqual(5_000);
    const { head } = first.services.chain;
    const second = await create();
    expect(second.services.chain.head).toEqual(head);
    await second.start();
    expect(second.services.miner.status().paused?.code).toBe('disabled');
  });

  it('follows another node and stops when both stop', async () => {
    const miner = await create({ mine: { enabled: false, address: MINER.address } });
    await miner.start();
    const follower = mkdtempSync(join(tmpdir(), 'wattchain-node-'));
    writeFileSync(join(follower, 'genesis.json'), JSON.stringify(genesisToJson(genesis)));
    const config = resolveNodeConfig(
      { rpc: { port: 0 }, p2p: { peers: miner.services.network.addresses() } },
      follower,
    );
    const node = await WattchainNode.create(config, { log: silentLogger });
    running.push(node);
    const arrived = atHeight(node, 3);
    miner.services.miner.setEnabled(true);
    expect(miner.services.miner.status().paused?.code).toBe('fewMembers');
    await node.start();
    await arrived;
    await node.stop();
    rmSync(follower, { recursive: true });
  });

  it('leaves cryptography to the noble library where its configuration says so', async () => {
    const first = await create({ nobleAlone: true });
    expect(isNobleAlone()).toBe(true);
    await first.stop();
    await create();
    expect(isNobleAlone()).toBe(false);
  });

  it('says that another node uses its data directory', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'storeLocked' });
  });

  it('gives its data directory free when it cannot start', async () => {
    const [first] = [await create()];
    await first.start();
    const { port } = first.services.rpc.address;
    await first.stop();
    const { createServer } = await import('node:net');
    const server = createServer().listen(port, '127.0.0.1');
    const blocked = await create({ rpc: { port } });
    await expect(blocked.start()).rejects.toMatchObject({ code: 'portInUse' });
    await new Promise((resolve) => server.close(resolve));
    await (await create()).start();
  });

  it('refuses another genesis than its chain has', async () => {
    await (await create()).stop();
    writeGenesis(testGenesis({ name: 'other' }));
    await expect(create()).rejects.toMatchObject({ code: 'genesisMismatch' });
  });

  it('says what is wrong with the genesis file', async () => {
    writeFileSync(join(dataDir, 'genesis.json'), '{');
    await expect(create()).rejects.toMatchObject({ code: 'badGenesis' });
    rmSync(join(dataDir, 'genesis.json'));
    await expect(create()).rejects.toMatchObject({ code: 'genesisMissing' });
    const contract = { name: 'Broken', address: MINER.address, code: '0x574301', storage: {} };
    const json = { ...genesisToJson(genesis), contracts: [contract] };
    writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(json));
    await expect(create()).rejects.toMatchObject({
      code: 'badGenesis',
      message: expect.stringContaining('contract "Broken"'),
    });
  });

  it('mines for no address whose key is published, except on a testbed', async () => {
    const mine = { enabled: true, address: PUBLISHED_ADDRESSES[4] as Address };
    await expect(create({ mine })).rejects.toMatchObject({ code: 'publishedKey', values: { address: mine.address } });
  });

  it('keeps a testbed on this machine', async () => {
    writeGenesis(testGenesis({ testbed: true }));
    await expect(create({ rpc: { host: '0.0.0.0' } })).rejects.toMatchObject({
      code: 'testbedNotLocal',
      values: { open: ['rpc.host 0.0.0.0'] },
    });
    await expect(create({ p2p: { listen: ['/ip4/0.0.0.0/tcp/0'] } })).rejects.toMatchObject({
      code: 'testbedNotLocal',
    });
    await expect(create({ p2p: { listen: ['/ip6/::1/tcp/0'] } })).resolves.toBeInstanceOf(WattchainNode);
  });

  it('tells its owner when its chain cannot go on', async () => {
    const node = await create();
    const { chain } = node.services;
    chain.on('head', () => {
      throw new RangeError('a listener is broken');
    });
    const kit = new ChainKit(genesis);
    const block = kit.mine(kit.genesisBlock);
    await expect(chain.acceptBlock(block.header, block.body)).rejects.toThrow('a listener is broken');
    expect(await node.failure).toMatchObject({ message: 'a listener is broken' });
  });
});
