import { accountKey, type KeyValueReader, runToEnd, toHex } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  ChainKit,
  MINER,
  TEST_START_MS,
  type TestBlock,
  testGenesis,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { MemoryStore } from '../store/memoryStore.js';
import { Chain } from './chain.js';

const LARGEST = `0x${'f'.repeat(64)}`;
const PEOPLE = [MINER, ALICE, BOB, CAROL];

async function openChain() {
  const genesis = testGenesis({ firstTarget: LARGEST, testbed: true, development: true });
  const kit = new ChainKit(genesis);
  const runtime = new ManualRuntime(TEST_START_MS);
  const store = new MemoryStore();
  const chain = await Chain.open({ store, genesis, runtime, log: silentLogger });
  const accept = async (blocks: readonly TestBlock[]) => {
    for (const { header, body } of blocks) expect((await chain.acceptBlock(header, body)).fault).toBeUndefined();
  };
  const state = (block: TestBlock) => runToEnd(chain.heldStateAt(block.hash)) as KeyValueReader;
  const balances = (reader: KeyValueReader) =>
    PEOPLE.map(({ address }) => toHex(reader.get(accountKey(address)) ?? new Uint8Array()));
  const check = (blocks: readonly TestBlock[]) => {
    for (const block of blocks) expect(balances(state(block))).toEqual(balances(kit.stateAfter(block)));
  };
  return { kit, chain, accept, check, balances };
}

/** Blocks whose miners take turns, so that a block changes one account of several. */
function blocksOn(kit: ChainKit, parent: TestBlock, count: number, first = 0): TestBlock[] {
  const blocks: TestBlock[] = [];
  for (let i = 0; i < count; i++) {
    const miner = (PEOPLE[(first + i * i) % PEOPLE.length] as (typeof PEOPLE)[number]).address;
    blocks.push(kit.mine(blocks.at(-1) ?? parent, { miner }));
  }
  return blocks;
}

describe('the state of any block of a development chain', () => {
  it('is that block’s, whatever is asked first, and after reorganisations and a way back', async () => {
    const { kit, chain, accept, check } = await openChain();
    const trunk = blocksOn(kit, kit.genesisBlock, 12);
    await accept(trunk.slice(0, 8));
    check([5, 2, 7, 0].map((i) => trunk[i] as TestBlock));
    await accept(trunk.slice(8));
    check([kit.genesisBlock, ...trunk]);
    const other = blocksOn(kit, trunk[5] as TestBlock, 8, 1);
    await accept(other);
    check([kit.genesisBlock, ...trunk.slice(0, 6), ...other]);
    await chain.rewindTo((other[3] as TestBlock).hash);
    check([...trunk.slice(0, 6), ...other.slice(0, 4)]);
    expect(runToEnd(chain.heldStateAt((trunk[8] as TestBlock).hash))).toBeUndefined();
    // The very same blocks again.
    await accept(other.slice(4));
    check([kit.genesisBlock, ...trunk.slice(0, 6), ...other]);
  });

  it('costs a piece for each block that nobody asked for before', async () => {
    const { kit, chain, accept } = await openChain();
    const trunk = blocksOn(kit, kit.genesisBlock, 30);
    await accept(trunk.slice(0, 20));
    const piecesFor = (block: TestBlock) => {
      const pieces = chain.heldStateAt(block.hash);
      let count = 0;
      while (pieces.next().done === false) count += 1;
      return count;
    };
    expect(piecesFor(trunk[4] as TestBlock)).toBe(15);
    expect(piecesFor(trunk[4] as TestBlock)).toBe(0);
    expect(piecesFor(trunk[9] as TestBlock)).toBe(0);
    expect(piecesFor(kit.genesisBlock)).toBe(5);
    await accept(trunk.slice(20));
    expect(piecesFor(kit.genesisBlock)).toBe(10);
    expect(piecesFor(trunk[25] as TestBlock)).toBe(0);
  });

  it('is right for two who ask at once, in turns, while blocks come', async () => {
    const { kit, chain, accept, balances } = await openChain();
    const trunk = blocksOn(kit, kit.genesisBlock, 14);
    await accept(trunk.slice(0, 10));
    const [low, high] = [trunk[0] as TestBlock, trunk[6] as TestBlock];
    const [first, second] = [chain.heldStateAt(low.hash), chain.heldStateAt(high.hash)];
    const done: KeyValueReader[] = [];
    for (let turn = 0; done.length < 2; turn++) {
      for (const pieces of [first, second]) {
        const piece = pieces.next();
        if (piece.done && piece.value) done.push(piece.value);
      }
      if (turn < 4) await accept(trunk.slice(10 + turn, 11 + turn));
    }
    expect(done.map(balances)).toEqual([high, low].map((block) => balances(kit.stateAfter(block))));
  });
});
