import { type Pieces, runToEnd, type Transaction } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { ALICE, BOB, CAROL, ChainKit, MINER, TEST_START_MS, testTransaction } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { MemoryStore } from '../store/memoryStore.js';
import { buildTemplate, buildTemplateInPieces } from './template.js';

const kit = new ChainKit();
const { genesis } = kit;

async function openChain() {
  const runtime = new ManualRuntime(TEST_START_MS + 60_000);
  return Chain.open({ store: new MemoryStore(), genesis, runtime, log: silentLogger });
}

const transfers = (count: number): Transaction[] =>
  Array.from({ length: count }, (_, i) => testTransaction(genesis, [ALICE, CAROL][i % 2] ?? ALICE, { nonce: i >> 1 }));

/** How many candidates were looked at before each rest. */
function restsOf(pieces: Pieces<unknown>, looked: () => number): number[] {
  const rests: number[] = [];
  for (let piece = pieces.next(); !piece.done; piece = pieces.next()) rests.push(looked());
  return rests;
}

describe('a template in pieces', () => {
  const source = (chain: Chain, candidates: Iterable<Transaction>) => ({
    chain,
    candidates,
    miner: MINER.address,
    nowMs: TEST_START_MS + 60_000,
  });

  it('is the one that is made at once, and rests by the gas of what it has executed', async () => {
    const chain = await openChain();
    const candidates = transfers(95);
    let looked = 0;
    function* counted() {
      for (const candidate of candidates) {
        looked++;
        yield candidate;
      }
    }
    const rests = restsOf(buildTemplateInPieces(source(chain, counted()), { gas: 210_000, keys: 128 }), () => looked);
    // Ten transfers a piece, and a look at the next; then the roots.
    const perPiece = rests.map((count, i) => count - (rests[i - 1] ?? 0));
    expect(Math.max(...perPiece)).toBeLessThanOrEqual(11);
    expect(rests.length).toBeGreaterThanOrEqual(9);
    expect(runToEnd(buildTemplateInPieces(source(chain, candidates), { gas: 210_000, keys: 1 }))).toEqual(
      buildTemplate(source(chain, candidates)),
    );
  });

  it('rests among candidates that do not fit, too', async () => {
    const chain = await openChain();
    const early = Array.from({ length: 600 }, () => testTransaction(genesis, BOB, { nonce: 7 }));
    const rests = restsOf(buildTemplateInPieces(source(chain, early), { gas: 100_000, keys: 128 }), () => 0);
    expect(rests).toHaveLength(6);
  });

  it('reads the state on which it began, and comes to nothing once there is another head', async () => {
    const chain = await openChain();
    const pieces = buildTemplateInPieces(source(chain, transfers(95)), { gas: 210_000, keys: 128 });
    expect(pieces.next().done).not.toBe(true);
    const block = kit.mine(kit.genesisBlock, { transactions: transfers(2) });
    await chain.acceptBlock(block.header, block.body);
    expect(pieces.next()).toEqual({ done: true, value: undefined });
  });
});
