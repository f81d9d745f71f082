import { assert, toHex } from '@wattchain/core';
import { expect, it } from 'vitest';
import { testGenesis } from '../../testing/chainKit.js';
import { silentLogger } from '../base/log.js';
import { systemRuntime } from '../runtime.js';
import { MemoryStore } from '../store/memoryStore.js';
import { Chain } from './chain.js';

/** A network of so many accounts. */
const networkOf = (accounts: number) =>
  testGenesis({
    alloc: Object.fromEntries(
      Array.from({ length: accounts }, (_, i) => [
        toHex(Uint8Array.from({ length: 20 }, (_, at) => 7 * i + at)),
        { balance: '5' },
      ]),
    ),
  });
const open = (store: MemoryStore, genesis = networkOf(30)) =>
  Chain.open({ store, genesis, runtime: systemRuntime(), log: silentLogger });

it('a start that was stopped anywhere in a genesis begins again, also with another one', async () => {
  const expected = new MemoryStore();
  const { head } = await open(expected);
  let stops = 0;
  for (let batches = 0; ; batches++) {
    const store = new MemoryStore();
    let left = batches;
    const batch = store.batch.bind(store);
    store.batch = async (writes) => {
      assert(left-- > 0, 'the process ends here');
      await batch(writes);
    };
    const isStopped = await open(store, networkOf(60)).then(
      () => false,
      () => true,
    );
    if (!isStopped) break;
    stops++;
    store.batch = batch;
    const chain = await open(store);
    expect(chain.head.hash).toBe(head.hash);
    expect(store.entries).toEqual(expected.entries);
  }
  // Before the state, and between it and the rest.
  expect(stops).toBe(2);
});
