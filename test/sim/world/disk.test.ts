import { type KeyValueWrite, numberToBytes, textToBytes } from '@wattchain/core';
import type { Store } from '@wattchain/node/parts';
import { describe, expect, it } from 'vitest';
import { storeTests } from '../../../packages/node/testing/storeTests.js';
import { SimDisk } from './disk.js';
import { SeededRandom } from './random.js';
import { VirtualTime } from './virtualTime.js';

function newDisk(seed = 'disk') {
  const time = new VirtualTime();
  return { time, disk: new SimDisk(time, new SeededRandom(seed), 'test') };
}

/** A store whose batches let time pass until they are written. */
class PassingStore implements Store {
  constructor(
    private readonly time: VirtualTime,
    private readonly inner: Store,
  ) {}

  get = (key: Uint8Array) => this.inner.get(key);
  batch = (writes: readonly KeyValueWrite[]) => this.time.settle(this.inner.batch(writes));
  iterate: Store['iterate'] = (prefix, options) => this.inner.iterate(prefix, options);
  close = () => this.inner.close();
}

storeTests('SimDisk', async () => {
  const { time, disk } = newDisk();
  return { open: async () => new PassingStore(time, disk.open()), remove: async () => {} };
});

const put = (key: string, value: number): KeyValueWrite => ({ key: textToBytes(key), value: numberToBytes(value, 4) });

describe('a simulated disk', () => {
  it('loses in a crash what was not on it, batches whole and none without those before it', () => {
    const kept = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { disk } = newDisk(`crash ${seed}`);
      const store = disk.open();
      for (const value of [1, 2, 3]) void store.batch([put('a', value), put('b', value), put(`c${value}`, value)]);
      disk.crash();
      const after = disk.open();
      const read = (key: string) => after.get(textToBytes(key))?.at(-1) ?? 0;
      const last = read('a');
      expect([read('b'), read('c1'), read('c2'), read('c3')]).toEqual([
        last,
        ...[1, 2, 3].map((value) => (value <= last ? value : 0)),
      ]);
      kept.add(last);
    }
    expect([...kept].sort()).toEqual([0, 1, 2, 3]);
  });

  it('keeps in a crash what a batch had said was written', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { time, disk } = newDisk(`kept ${seed}`);
      await time.settle(disk.open().batch([put('a', 1)]));
      disk.crash();
      expect(disk.open().get(textToBytes('a'))).toEqual(numberToBytes(1, 4));
    }
  });

  it('never ends a write of a process that died', async () => {
    const { time, disk } = newDisk();
    let isWritten = false;
    void disk
      .open()
      .batch([put('a', 1)])
      .then(() => {
        isWritten = true;
      });
    disk.crash();
    await time.run(60_000);
    expect(isWritten).toBe(false);
  });

  it('shows old or new values while it writes, as a database may', async () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const { time, disk } = newDisk(`seen ${seed}`);
      const store = disk.open();
      await time.settle(store.batch([put('a', 1)]));
      const written = store.batch([put('a', 2)]);
      seen.add(store.get(textToBytes('a'))?.at(-1) ?? 0);
      await time.settle(written);
      expect(store.get(textToBytes('a'))?.at(-1)).toBe(2);
    }
    expect([...seen].sort()).toEqual([1, 2]);
  });

  it('that is full takes nothing, and nothing more until it is opened anew; what is there can be read', async () => {
    const { time, disk } = newDisk();
    const store = disk.open();
    await time.settle(store.batch([put('a', 1)]));
    disk.fail = 'full';
    await expect(store.batch([put('a', 2)])).rejects.toMatchObject({ code: 'storeFailed' });
    disk.fail = 'none';
    await expect(store.batch([put('a', 2)])).rejects.toMatchObject({ code: 'storeFailed' });
    expect(store.get(textToBytes('a'))?.at(-1)).toBe(1);
    await store.close();
    const again = disk.open();
    await time.settle(again.batch([put('a', 2)]));
    expect(again.get(textToBytes('a'))?.at(-1)).toBe(2);
  });

  it('that dies cannot be read, and a flipped bit is noticed where it is, until the value is written anew', async () => {
    const { time, disk } = newDisk();
    const store = disk.open();
    await time.settle(store.batch([put('a', 1), put('b', 1)]));
    disk.fail = 'readError';
    expect(() => store.get(textToBytes('a'))).toThrow(expect.objectContaining({ code: 'storeFailed' }));
    disk.fail = 'none';
    const flipped = disk.flipBit(new SeededRandom('flip'));
    const [bad, good] = flipped === '0x61' ? ['a', 'b'] : ['b', 'a'];
    expect(() => store.get(textToBytes(bad))).toThrow(expect.objectContaining({ code: 'storeDamaged' }));
    expect(store.get(textToBytes(good))?.at(-1)).toBe(1);
    await time.settle(store.batch([put(bad, 2)]));
    expect(store.get(textToBytes(bad))?.at(-1)).toBe(2);
  });

  it('that was wiped is empty', async () => {
    const { time, disk } = newDisk();
    await time.settle(disk.open().batch([put('a', 1)]));
    expect(() => disk.wipe()).toThrow('a node that runs');
    disk.crash();
    disk.wipe();
    expect(disk.open().get(textToBytes('a'))).toBeUndefined();
    expect(disk.size).toBe(0);
  });
});
