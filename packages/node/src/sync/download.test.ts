/** Blocks that a download gives to the chain before it has judged the ones below them. */
import { afterEach, describe, expect, it } from 'vitest';
import { ALICE, ChainKit, type TestBlock, testTransaction } from '../../testing/chainKit.js';
import { SyncKit } from '../../testing/syncKit.js';

const kit = new ChainKit();
const BLOCKS: TestBlock[] = [];
for (let nonce = 0; nonce < 11; nonce++) {
  const transactions = [testTransaction(kit.genesis, ALICE, { nonce })];
  BLOCKS.push(kit.mine(BLOCKS.at(-1) ?? kit.genesisBlock, { transactions }));
}
const bodyOf = (hash: string) => BLOCKS.find((block) => block.hash === hash)?.body;

let sync: SyncKit | undefined;
afterEach(() => sync?.stop());

describe('a download', () => {
  it.each([0, 1, 3, 10])(
    'asks somebody else for a wrong body, %i of the first ten, and blames nobody for the blocks after it',
    async (wrong) => {
      sync = await SyncKit.start({ kit });
      const liar = sync.peer('liar', BLOCKS, (peer) => {
        peer.bodies = (hashes) =>
          hashes.map((hash) => (hash === BLOCKS[wrong]?.hash ? BLOCKS[5 + (wrong % 5)]?.body : bodyOf(hash)));
      });
      const others = ['b', 'c'].map((id) => sync?.peer(id, BLOCKS));
      await sync.pass(20_000);
      expect(sync.height).toBe(BLOCKS.length);
      expect(sync.network.faultsOf(liar.id)).toEqual(liar.asked.bodies > 0 ? ['transactionsRoot'] : []);
      expect(others.flatMap((peer) => sync?.network.faultsOf(peer?.id ?? ''))).toEqual([]);
      expect(liar.asked.bodies).toBeGreaterThan(0);
    },
  );

  it('announces its last block alone', async () => {
    sync = await SyncKit.start({ kit });
    sync.peer('a', BLOCKS);
    await sync.pass(20_000);
    expect(new Set(sync.network.announced)).toEqual(new Set([BLOCKS.at(-1)?.hash]));
  });

  it('ends with the fault of a block that lies, and what is above it is not blamed a second time', async () => {
    const lie = kit.mine(BLOCKS[3] as TestBlock, { tamper: { stateRoot: `0x${'11'.repeat(32)}` } });
    const above = kit.mineMany(lie, 8);
    sync = await SyncKit.start({ kit });
    sync.peer('liar', [...BLOCKS.slice(0, 4), lie, ...above]);
    await sync.pass(20_000);
    expect(sync.height).toBe(4);
    expect(sync.network.faultsOf('liar')[0]).toBe('stateRoot');
    expect(new Set(sync.network.faultsOf('liar').slice(1))).not.toContain('parentUnknown');
  });
});
