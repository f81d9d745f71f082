/** A clock may be set: nothing that a node waits for, counts or remembers is measured by it. */
import { expect, test } from 'vitest';
import { codeOf, sourcesBelow } from './sources.js';

/** Who reads the clock, and the time of what. */
const READERS: Readonly<Record<string, string>> = {
  'chain/chain.ts': 'how far a block leads',
  'chain/heldBlocks.ts': 'when the time of a block from the future has come',
  'dev/time.ts': "the time of a developer's chain",
  'miner/works.ts': 'the time in a template, which stays near the clock',
  'observe/health.ts': 'how old the newest block is',
  'p2p/statusExchange.ts': "the time in a status, and how far a peer's is from it",
  'runtime.ts': 'moments of the stopwatch, as people read them',
  'sync/chainProofs.ts': 'which headers that a peer shows are from the future',
  'sync/peerChains.ts': 'which blocks are from the future',
  'sync/warnings.ts': 'how old the newest block is, or from when in the future',
};

test('the clock tells the time of blocks, statuses and reports; waits, bans, rates and ages are by the stopwatch', () => {
  const readers = sourcesBelow('packages/node/src')
    .filter(({ path }) => !path.endsWith('.test.ts'))
    .filter((source) => /\bclock\.nowMs\b|\bDate\.now\b/i.test(codeOf(source)))
    .map(({ path }) => path.replace('packages/node/src/', ''));
  expect(readers.sort()).toEqual(Object.keys(READERS).sort());
});
