import { genesisRecord } from '@wattchain/core';
import { expect, test } from 'vitest';
import { testGenesis } from '../../testing/chainKit.js';
import type { ChainDamage } from '../chain/damageWatch.js';
import { nodeHealth } from './health.js';

const HEAD_MS = 1_000_000;

interface At {
  readonly syncing?: boolean;
  readonly blockIntervalMs?: number;
  readonly warnings?: readonly string[];
  readonly damage?: ChainDamage;
}

function healthAt(nowMs: number, { syncing = false, blockIntervalMs = 1_000, warnings = [], damage }: At = {}) {
  const genesis = testGenesis({ blockIntervalMs });
  const header = { ...genesis.header, height: 7, timestampMs: HEAD_MS };
  return nodeHealth({
    chain: { head: { ...genesisRecord(genesis), hash: '0xaa', header }, genesis, damage },
    network: { peers: () => [] },
    sync: {
      status: () => ({ syncing, startHeight: 0, currentHeight: 7, highestHeight: 90 }),
      warnings: () => warnings.map((detail) => ({ code: 'clockOff', detail })),
    },
    clock: { nowMs: () => nowMs },
  });
}

test('a recent head is healthy, with no peers too', () => {
  expect(healthAt(HEAD_MS + 30_000)).toEqual({
    healthy: true,
    problems: [],
    warnings: [],
    head: { hash: '0xaa', height: 7, timestampMs: HEAD_MS, ageMs: 30_000 },
    peers: 0,
    syncing: false,
  });
});

test('a head older than twenty intervals, at least 30 s, is not', () => {
  expect(healthAt(HEAD_MS + 30_001).problems).toEqual(['the newest block is 30 s old, at most 30 s are usual']);
  expect(healthAt(HEAD_MS + 200_000, { blockIntervalMs: 10_000 }).healthy).toBe(true);
  expect(healthAt(HEAD_MS + 200_001, { blockIntervalMs: 10_000 }).healthy).toBe(false);
});

test('neither is a node that catches up', () => {
  const health = healthAt(HEAD_MS, { syncing: true });
  expect(health).toMatchObject({ healthy: false, syncing: true, problems: ['the node catches up: block 7 of 90'] });
});

test('a block whose time is ahead of the clock has age 0', () => {
  expect(healthAt(HEAD_MS - 5_000).head.ageMs).toBe(0);
});

test('what a person should look at is said, and takes nobody out of service', () => {
  expect(healthAt(HEAD_MS, { warnings: ['the clock is off'] })).toMatchObject({
    healthy: true,
    warnings: ['the clock is off'],
  });
});

test('a node that takes no more blocks, because what they need is damaged, is not healthy; one that misses something else is', () => {
  const damage = { code: 'storeDamaged' as const, detail: 'a word is missing', hint: 'look', count: 1, stopped: false };
  expect(healthAt(HEAD_MS, { damage }).healthy).toBe(true);
  expect(healthAt(HEAD_MS, { damage: { ...damage, stopped: true } })).toMatchObject({
    healthy: false,
    problems: ['the node takes no more blocks: a word is missing'],
  });
});
