import { describe, expect, it } from 'vitest';
import { ALICE, ChainKit, TEST_START_MS, testTransaction } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { MemoryStore } from '../store/memoryStore.js';
import { encodePlaces, type HeightAndIndex, placeKey } from '../store/schema.js';
import { Chain } from './chain.js';

const kit = new ChainKit();
const { genesis, genesisBlock } = kit;
const [zero, one, two] = [0, 1, 2].map((nonce) => testTransaction(genesis, ALICE, { nonce }));
const first = kit.mine(genesisBlock, { transactions: [zero, one].flatMap((transaction) => transaction ?? []) });
const second = kit.mine(first, { transactions: two ? [two] : [] });

/** A chain of two blocks, in which the key of the third transaction has these places. */
async function chainWith(places: readonly HeightAndIndex[]) {
  const store = new MemoryStore();
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  const open = () => Chain.open({ store, genesis, runtime, log: silentLogger });
  const chain = await open();
  for (const { header, body } of [first, second]) await chain.acceptBlock(header, body);
  await store.batch([{ key: placeKey(two?.hash ?? '0x'), value: encodePlaces(places) }]);
  return { store, chain: await open() };
}

describe('transactions whose hashes begin alike', () => {
  const shared = [
    { height: 1, index: 1 },
    { height: 2, index: 0 },
  ];

  it('are told apart by the blocks that their places lead to', async () => {
    const { chain } = await chainWith(shared);
    expect(chain.transactionPlace(two?.hash ?? '0x')).toEqual({ blockHash: second.hash, height: 2, index: 0 });
  });

  it('do not make an unknown one known', async () => {
    const { chain } = await chainWith(shared.slice(0, 1));
    expect(chain.transactionPlace(two?.hash ?? '0x')).toBeUndefined();
    expect(chain.damage).toBeUndefined();
  });

  it('keep the places of others when a block leaves the chain', async () => {
    const { chain, store } = await chainWith(shared);
    const branch = kit.mineMany(first, 2, 'other');
    for (const { header, body } of branch) await chain.acceptBlock(header, body);
    expect(chain.head.hash).toBe(branch[1]?.hash);
    expect(store.get(placeKey(two?.hash ?? '0x'))).toEqual(encodePlaces(shared.slice(0, 1)));
    // And it joins again beside them.
    const longer = kit.mineMany(second, 2, 'again');
    for (const { header, body } of longer) await chain.acceptBlock(header, body);
    expect(store.get(placeKey(two?.hash ?? '0x'))).toEqual(encodePlaces(shared));
  });
});

it.each([[{ height: 7, index: 0 }], [{ height: 1, index: 2 }]])(
  'a place that leads nowhere is damage: %o',
  async (place) => {
    const { chain } = await chainWith([place]);
    const look = () => chain.transactionPlace(two?.hash ?? '0x');
    expect(look).toThrow(/the place of transaction 0x\w+ is in no block of the chain/);
    expect(chain.damage).toMatchObject({ count: 1, stopped: false });
  },
);
