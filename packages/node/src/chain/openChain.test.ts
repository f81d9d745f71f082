import {
  assert,
  createGenesis,
  fromHex,
  genesisRecord,
  genesisToJson,
  type Hash,
  type KeyValueWrite,
  parseGenesisRules,
  toHex,
} from '@wattchain/core';
import { describe, expect, it, vi } from 'vitest';
import { testGenesis } from '../../testing/chainKit.js';
import { silentLogger } from '../base/log.js';
import { systemRuntime } from '../runtime.js';
import { MemoryStore } from '../store/memoryStore.js';
import { encodeHeaderRecord, GENESIS_KEY, headerKey, VERSION_KEY } from '../store/schema.js';
import { Chain } from './chain.js';
import { networkOf } from './openChain.js';

/** A network of so many accounts. */
const networkOfAccounts = (accounts: number) =>
  testGenesis({
    alloc: Object.fromEntries(
      Array.from({ length: accounts }, (_, i) => [
        toHex(Uint8Array.from({ length: 20 }, (_, at) => 7 * i + at)),
        { balance: '5' },
      ]),
    ),
  });
const open = (store: MemoryStore, genesis = networkOfAccounts(30)) =>
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
    const isStopped = await open(store, networkOfAccounts(60)).then(
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

describe('the network of a store', () => {
  const rules = parseGenesisRules(genesisToJson(networkOfAccounts(30)));
  /** A root that is nobody's. */
  const STRANGE: Hash = `0x${'12'.repeat(32)}`;

  it('is worked out where there is none, while its state is written, and not again', async () => {
    const [store, expected] = [new MemoryStore(), new MemoryStore()];
    const genesis = await networkOf(rules, store);
    expect(genesis).toEqual(createGenesis(rules));
    await open(expected, genesis);
    expect(store.entries).toEqual(expected.entries);
    const batch = vi.spyOn(store, 'batch');
    await open(store, genesis);
    expect(batch).not.toHaveBeenCalled();
  });

  it('is worked out again where somebody was stopped meanwhile, also with other rules', async () => {
    const others = parseGenesisRules(genesisToJson(networkOfAccounts(60)));
    for (let batches = 0; ; batches++) {
      const store = new MemoryStore();
      let left = batches;
      const batch = store.batch.bind(store);
      store.batch = async (writes) => {
        assert(left-- > 0, 'the process ends here');
        await batch(writes);
      };
      const isStopped = await networkOf(others, store).then(
        () => false,
        () => true,
      );
      if (!isStopped) break;
      store.batch = batch;
      expect(await networkOf(rules, store)).toEqual(createGenesis(rules));
      const expected = new MemoryStore();
      await networkOf(rules, expected);
      expect(store.entries).toEqual(expected.entries);
    }
  });

  it('is not begun in a store that has a chain and does not say whose', async () => {
    const store = new MemoryStore();
    await open(store, createGenesis(rules));
    await store.batch([{ key: GENESIS_KEY, value: undefined }]);
    const before = new Map(store.entries);
    const genesis = await networkOf(rules, store);
    expect(store.entries).toEqual(before);
    await expect(open(store, genesis)).rejects.toMatchObject({ code: 'storeDamaged' });
  });

  it('has the root that the store names, if rules and root have the hash that its chain began with', async () => {
    const store = new MemoryStore();
    await open(store, createGenesis(rules));
    expect(await networkOf(rules, store)).toEqual(createGenesis(rules));
    // So the root was not worked out: this store calls another one its own, and is found out by what it holds.
    const other = createGenesis(rules, STRANGE);
    await store.batch([
      { key: GENESIS_KEY, value: fromHex(other.hash) },
      { key: headerKey(other.hash), value: encodeHeaderRecord(genesisRecord(other)) },
    ]);
    expect(await networkOf(rules, store)).toEqual(other);
    await expect(open(store, await networkOf(rules, store))).rejects.toMatchObject({ code: 'storeDamaged' });
  });

  it.each<[string, (hash: Hash) => KeyValueWrite]>([
    ['is gone', (hash) => ({ key: headerKey(hash), value: undefined })],
    ['cannot be read', (hash) => ({ key: headerKey(hash), value: Uint8Array.of(1, 2, 3) })],
    [
      'has another root',
      (hash) => ({ key: headerKey(hash), value: encodeHeaderRecord(genesisRecord(createGenesis(rules, STRANGE))) }),
    ],
  ])('is worked out when the header of its genesis %s', async (_, damage) => {
    const store = new MemoryStore();
    const { genesis } = await open(store, createGenesis(rules));
    await store.batch([damage(genesis.hash)]);
    expect(await networkOf(rules, store)).toEqual(genesis);
  });

  it('is not that of other rules, though only an account differs', async () => {
    const store = new MemoryStore();
    await open(store, createGenesis(rules));
    const others = parseGenesisRules(genesisToJson(networkOfAccounts(31)));
    expect(await networkOf(others, store)).toEqual(createGenesis(others));
    await expect(open(store, await networkOf(others, store))).rejects.toMatchObject({ code: 'genesisMismatch' });
  });

  it('is refused from a store of another version before anything is worked out', async () => {
    const store = new MemoryStore();
    await open(store, createGenesis(rules));
    await store.batch([{ key: VERSION_KEY, value: Uint8Array.of(0, 0, 0, 1) }]);
    await expect(networkOf(rules, store)).rejects.toMatchObject({ code: 'storeVersion' });
  });
});
