import { type Hash, workOf } from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { Cancel } from '../runtime.js';
import type { MetricKit } from './metricKit.js';

/** What the chain's metrics look at. */
export type ObservedChain = Pick<Chain, 'genesis' | 'head' | 'headerByHash' | 'damage' | 'on'>;

/** Seconds: an empty block takes about a millisecond, a full one of 30 Mgas up to a second. */
const VALIDATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** Blocks undone at once: 11 is the most that a network with 12 confirmations allows by itself. */
const DEPTH_BUCKETS = [1, 2, 3, 5, 8, 11, 16, 32, 64];
/** Parts of the wanted interval; intervals are exponentially distributed around it. */
const INTERVAL_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20];

/** Head, work, validation, reorganisations. The result ends it. */
export function observeChain(kit: MetricKit, chain: ObservedChain): Cancel {
  const { genesis } = chain;
  kit.gauge('wattchain_head_height', 'Height of the newest block of the canonical chain.', () => {
    return chain.head.header.height;
  });
  kit.gauge('wattchain_finalized_height', 'Height of the newest confirmed block.', () => {
    return Math.max(0, chain.head.header.height - genesis.confirmations + 1);
  });
  kit.gauge('wattchain_store_damaged_reads', 'Reads of the store that met damage since the node started.', () => {
    return chain.damage?.count ?? 0;
  });
  kit.gauge(
    'wattchain_head_timestamp_seconds',
    'Time in the newest block, seconds since 1970; subtract it from time() for its age.',
    () => chain.head.header.timestampMs / 1000,
  );
  kit.gauge('wattchain_total_work_tries', 'Tries that the whole canonical chain took on average.', () =>
    Number(chain.head.totalWork),
  );
  kit.gauge('wattchain_difficulty_tries', 'Tries that the newest block took on average: 2^256 / (target + 1).', () =>
    Number(workOf(chain.head.header.target)),
  );
  kit.gauge('wattchain_block_interval_target_seconds', 'Interval between blocks that the genesis wants.', () => {
    return genesis.blockIntervalMs / 1000;
  });

  const targetSeconds = genesis.blockIntervalMs / 1000;
  const interval = kit.histogram(
    'wattchain_block_interval_seconds',
    'Time from one canonical block to the next, by the times in their headers.',
    INTERVAL_BUCKETS.map((part) => part * targetSeconds),
  );
  const blocks = kit.counter('wattchain_blocks_added_total', 'Blocks that joined the canonical chain.');
  const transactions = kit.counter('wattchain_transactions_added_total', 'Transactions that joined with them.');
  const gas = kit.counter('wattchain_gas_used_total', 'Gas that these transactions used.');
  const reorgs = kit.counter('wattchain_reorgs_total', 'Reorganisations: blocks left the canonical chain.');
  const depth = kit.histogram('wattchain_reorg_depth_blocks', 'Blocks that one reorganisation undid.', DEPTH_BUCKETS);
  const alarms = kit.counter(
    'wattchain_reorg_alarms_total',
    'Reorganisations refused because they undo confirmed blocks.',
  );
  const judged = kit.counter(
    'wattchain_blocks_judged_total',
    'Blocks that the chain was given, by what became of them.',
    ['outcome'],
  );
  const faults = kit.counter('wattchain_block_faults_total', 'Blocks that were not taken, by fault.', ['code']);
  const validation = kit.histogram(
    'wattchain_block_validation_seconds',
    'Time from taking a block up to its place on disk, all checks and execution included.',
    VALIDATION_BUCKETS,
    ['outcome'],
  );

  /** Two at most: one block is judged while the one before it is written. */
  const startsMs = new Map<Hash, number>();
  const cancels = [
    chain.on('judging', (hash) => startsMs.set(hash, performance.now())),
    chain.on('judged', ({ hash, outcome: { value, fault } }) => {
      const startMs = startsMs.get(hash) ?? performance.now();
      startsMs.delete(hash);
      const outcome = value ?? 'refused';
      judged.inc({ outcome });
      if (fault) faults.inc({ code: fault.code });
      // A block that was here before is looked up, not validated.
      if (outcome !== 'known') validation.observe({ outcome }, (performance.now() - startMs) / 1000);
    }),
    chain.on('head', ({ added, removed }) => {
      blocks.inc(added.length);
      transactions.inc(added.reduce((sum, block) => sum + block.transactions.length, 0));
      gas.inc(added.reduce((sum, block) => sum + block.record.header.gasUsed, 0));
      for (const { record } of added) {
        const parent = chain.headerByHash(record.header.parentHash);
        if (parent) interval.observe((record.header.timestampMs - parent.header.timestampMs) / 1000);
      }
      if (removed.length === 0) return;
      reorgs.inc();
      depth.observe(removed.length);
    }),
    chain.on('alarm', () => alarms.inc()),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}
