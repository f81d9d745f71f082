import type { Miner } from '../miner/miner.js';
import type { PauseReason } from '../miner/types.js';
import type { MetricKit } from './metricKit.js';

/** Every reason, so that one that ended is a 0 and not a gap. */
const PAUSE_REASONS = [
  'disabled',
  'stopped',
  'fewMembers',
  'behind',
  'storeDamaged',
  'storeFailed',
] as const satisfies readonly PauseReason['code'][];

/** What the miner does and why not. */
export function observeMiner(kit: MetricKit, miner: Pick<Miner, 'status' | 'counts'>): void {
  kit.gauge('wattchain_miner_enabled', '1 while mining is switched on, else 0.', () => Number(miner.status().enabled));
  kit.gaugeBy('wattchain_miner_paused', '1 for the reason why the miner does not search, else 0.', 'reason', () => {
    const { paused } = miner.status();
    return PAUSE_REASONS.map((reason) => [reason, Number(paused?.code === reason)]);
  });
  kit.gauge('wattchain_miner_tries_per_second', 'Tries of all threads together over the last seconds.', () => {
    return miner.status().hashesPerSecond;
  });
  kit.countOf('wattchain_miner_blocks_found_total', 'Blocks of this miner that joined the chain.', () => {
    return miner.status().blocksFound;
  });
  kit.countOf('wattchain_miner_templates_total', 'Templates that the threads were given to search.', () => {
    return miner.counts.templates;
  });
  kit.countOf(
    'wattchain_miner_thread_restarts_total',
    'Mining threads that were replaced: crashed or too slow.',
    () => {
      return miner.counts.threadRestarts;
    },
  );
}
