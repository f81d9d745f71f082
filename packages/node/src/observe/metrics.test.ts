import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisToJson } from '@wattchain/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChainKit, testGenesis } from '../../testing/chainKit.js';
import { silentLogger } from '../base/log.js';
import { resolveNodeConfig } from '../config.js';
import { WattchainNode } from '../node.js';

const BOARD = new URL('../../../../docs/operating/grafana.json', import.meta.url);
const OPERATING = new URL('../../../../docs/operating.md', import.meta.url);
/** A sample of the text format: name, labels, value (Prometheus, exposition formats). */
const SAMPLE = /^([a-z0-9_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+)\})? (-?[0-9.e+-]+|NaN|[+-]Inf)$/;

/** Two blocks on top of each other and a longer branch that replaces them: one reorganisation of depth 2. */
function twoBranches() {
  const kit = new ChainKit(testGenesis());
  const first = kit.mine(kit.genesisBlock);
  const second = kit.mine(first);
  const a = kit.mine(kit.genesisBlock, { timestampMs: first.header.timestampMs + 1 });
  const b = kit.mine(a);
  const c = kit.mine(b);
  return { genesis: kit.genesis, blocks: [first, second, a, b, c] };
}

describe('the metrics of a node', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'wattchain-metrics-'));
  let node: WattchainNode;

  beforeAll(async () => {
    const { genesis, blocks } = twoBranches();
    writeFileSync(join(dataDir, 'genesis.json'), JSON.stringify(genesisToJson(genesis)));
    node = await WattchainNode.create(resolveNodeConfig({ rpc: { port: 0 } }, dataDir), { log: silentLogger });
    await node.start();
    for (const { header, body } of blocks) await node.services.chain.acceptBlock(header, body);
  });
  afterAll(async () => {
    await node.stop();
    rmSync(dataDir, { recursive: true });
  });

  async function scrape(): Promise<{ readonly text: string; readonly values: ReadonlyMap<string, number> }> {
    const response = await fetch(`${node.services.rpc.url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return { text, values: new Map(samples.map((line) => [line.replace(/ \S+$/, ''), Number(line.match(/\S+$/))])) };
  }

  const call = (method: string, params: unknown[] = []) =>
    fetch(node.services.rpc.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });

  test('are in the text format, each with help and type, named by the conventions', async () => {
    const { text } = await scrape();
    const declared = new Map<string, string>();
    const lines = text.trimEnd().split('\n');
    for (const line of lines) {
      const help = line.match(/^# HELP (\S+) (.+)$/);
      const type = line.match(/^# TYPE (\S+) (counter|gauge|histogram)$/);
      if (help) declared.set(help[1] ?? '', '');
      else if (type) {
        expect(declared.get(type[1] ?? ''), `${type[1]} has help text`).toBe('');
        declared.set(type[1] ?? '', type[2] ?? '');
      } else if (line !== '') {
        const name = line.match(SAMPLE)?.[1];
        expect(name, line).toBeDefined();
        expect(declared.has((name ?? '').replace(/_(bucket|sum|count)$/, '')) || declared.has(name ?? ''), line).toBe(
          true,
        );
      }
    }
    expect(declared.size).toBeGreaterThan(40);
    for (const [name, type] of declared) {
      expect(name).toMatch(/^wattchain_[a-z0-9_]+$/);
      expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(type === 'counter');
    }
  });

  test('say where the chain stands and what became of its blocks', async () => {
    const { values } = await scrape();
    expect(values.get('wattchain_head_height')).toBe(3);
    expect(values.get('wattchain_finalized_height')).toBe(0);
    expect(values.get('wattchain_total_work_tries')).toBe(Number(node.services.chain.head.totalWork));
    // Two blocks of the first branch, then all three of the second at once.
    expect(values.get('wattchain_blocks_added_total')).toBe(5);
    expect(values.get('wattchain_reorgs_total')).toBe(1);
    expect(values.get('wattchain_reorg_depth_blocks_sum')).toBe(2);
    expect(values.get('wattchain_blocks_judged_total{outcome="added"}')).toBe(3);
    expect(values.get('wattchain_blocks_judged_total{outcome="side"}')).toBe(2);
    expect(values.get('wattchain_block_validation_seconds_count{outcome="added"}')).toBe(3);
    expect(values.get('wattchain_block_interval_seconds_count')).toBe(5);
    expect(values.get('wattchain_miner_paused{reason="disabled"}')).toBe(1);
    expect(values.get('wattchain_peers{direction="inbound"}')).toBe(0);
    expect(values.get('wattchain_members{count="needed"}')).toBe(2);
    for (const code of ['chainSplit', 'fewMembers', 'clockOff', 'blocksNotTaken']) {
      expect(values.get(`wattchain_warning{code="${code}"}`)).toBe(0);
    }
    expect(values.get('wattchain_best_known_height')).toBe(3);
    expect(values.get('wattchain_store_bytes')).toBeGreaterThan(1_000);
    expect(values.get('wattchain_disk_free_bytes')).toBeGreaterThan(0);
    expect(values.get('wattchain_process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });

  test('count calls by methods of the node alone, whatever clients invent', async () => {
    await call('eth_chainId');
    await call('eth_getBalance', ['nonsense', 'latest']);
    for (const made of ['a', 'b', 'eth_steal{}"']) await call(made);
    const { values } = await scrape();
    expect(values.get('wattchain_rpc_requests_total{method="eth_chainId",outcome="ok"}')).toBe(1);
    expect(values.get('wattchain_rpc_requests_total{method="eth_getBalance",outcome="rpcInvalidParams"}')).toBe(1);
    expect(values.get('wattchain_rpc_requests_total{method="unknown",outcome="rpcUnknownMethod"}')).toBe(3);
    expect(values.get('wattchain_rpc_request_duration_seconds_count{method="unknown"}')).toBe(3);
  });

  test('count what the pool refuses, by fault', async () => {
    await call('eth_sendRawTransaction', ['0xc0']);
    const { values } = await scrape();
    expect(values.get('wattchain_mempool_refused_total{code="txEncoding"}')).toBe(1);
    expect(values.get('wattchain_mempool_transactions{state="ready"}')).toBe(0);
  });

  test('are behind the same door as JSON-RPC', async () => {
    const foreign = await fetch(`${node.services.rpc.url}/metrics`, {
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(foreign.status).toBe(403);
  });

  test('all exist that the Grafana board names', async () => {
    const { text } = await scrape();
    const board = readFileSync(BOARD, 'utf8');
    const named = new Set(board.match(/\bwattchain_[a-z0-9_]+/g));
    expect(named.size).toBeGreaterThan(25);
    const known = new Set(text.match(/(?<=^# TYPE )\S+/gm));
    const unknown = [...named].filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(unknown).toEqual([]);
  });
});

test('the Grafana board shows every metric that the documentation gives an alarm for', () => {
  const [, alarms = ''] = /^Worth an alarm:$([\s\S]*?)^\*\*Logs\*\*/m.exec(readFileSync(OPERATING, 'utf8')) ?? [];
  const alarming = new Set(alarms.match(/\bwattchain_[a-z0-9_]+/g));
  expect(alarming.size).toBeGreaterThan(6);
  const shown = new Set(readFileSync(BOARD, 'utf8').match(/\bwattchain_[a-z0-9_]+/g));
  expect([...alarming].filter((name) => !shown.has(name))).toEqual([]);
});

test('two nodes in one process have metrics of their own', async () => {
  const directories = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'wattchain-metrics-')));
  const { genesis, blocks } = twoBranches();
  const nodes = await Promise.all(
    directories.map((directory) => {
      writeFileSync(join(directory, 'genesis.json'), JSON.stringify(genesisToJson(genesis)));
      return WattchainNode.create(resolveNodeConfig({ rpc: { port: 0 } }, directory), { log: silentLogger });
    }),
  );
  const [first] = blocks;
  if (first) await nodes[1]?.services.chain.acceptBlock(first.header, first.body);
  const texts = await Promise.all(nodes.map((node) => node.services.metrics.read()));
  expect(texts.map(({ text }) => text.match(/^wattchain_head_height (\d+)$/m)?.[1])).toEqual(['0', '1']);
  await Promise.all(nodes.map((node) => node.stop()));
  for (const directory of directories) rmSync(directory, { recursive: true });
});
