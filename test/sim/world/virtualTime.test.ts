import { describe, expect, it } from 'vitest';
import { VirtualTime } from './virtualTime.js';

describe('virtual time', () => {
  it('lets things happen by their time, and at one time in the order in which they were arranged', async () => {
    const time = new VirtualTime();
    const happened: string[] = [];
    const note = (name: string) => () => happened.push(`${name} at ${time.nowMs}`);
    for (const [atMs, name] of [
      [30, 'd'],
      [10, 'a'],
      [20, 'b'],
      [20, 'c'],
      [40, 'late'],
      [10.2, 'fraction'],
    ] as const) {
      time.schedule(atMs, name, note(name));
    }
    await time.run(30);
    expect(happened).toEqual(['a at 10', 'fraction at 11', 'b at 20', 'c at 20', 'd at 30']);
    expect([time.nowMs, time.events]).toEqual([30, 5]);
    await time.run(100);
    expect(happened.at(-1)).toBe('late at 40');
    expect(time.nowMs).toBe(100);
  });

  it('keeps the order whatever comes and is taken back', async () => {
    const time = new VirtualTime();
    const due: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 2_000; i++) {
      const atMs = (i * 7_919) % 1_009;
      const cancel = time.schedule(atMs, '', () => due.push(atMs));
      if (i % 3 === 0) cancel();
      else expected.push(atMs);
    }
    await time.run(2_000);
    expect(due).toEqual(expected.sort((a, b) => a - b));
  });

  it('goes on only when promises and turns of the event loop have nothing left to do', async () => {
    const time = new VirtualTime();
    const happened: string[] = [];
    const work = async (name: string) => {
      for (let i = 0; i < 5; i++) {
        await new Promise(setImmediate);
        for (let k = 0; k < 50; k++) await Promise.resolve();
        happened.push(name);
      }
    };
    time.schedule(1, '', () => void work('first'));
    time.schedule(1, '', () => happened.push('next event'));
    const seen: number[] = [];
    await time.run(1, () => seen.push(happened.length));
    expect(happened).toEqual([...Array(5).fill('first'), 'next event']);
    expect(seen).toEqual([5, 6]);
  });

  it('arranges what belongs to the past for now', async () => {
    const time = new VirtualTime();
    const atMs: number[] = [];
    time.schedule(50, '', () => time.schedule(10, '', () => atMs.push(time.nowMs)));
    await time.run(100);
    expect(atMs).toEqual([50]);
  });

  it('passes until a promise is there, and says its error', async () => {
    const time = new VirtualTime();
    const later = <T>(value: T) =>
      new Promise<T>((resolve) => time.schedule(time.nowMs + 25, '', () => resolve(value)));
    expect(await time.settle(later('there'))).toBe('there');
    expect(time.nowMs).toBe(25);
    await expect(time.settle(later(0).then(() => Promise.reject(new TypeError('broken'))))).rejects.toThrow('broken');
    await expect(time.settle(new Promise(() => {}))).rejects.toThrow('what is waited for comes');
  });

  it('stops after the event that says so, and gives the event loop back', async () => {
    const real = globalThis.setImmediate;
    const time = new VirtualTime();
    time.schedule(10, '', () => time.stop());
    time.schedule(10, '', () => {});
    await time.run(100);
    expect([time.nowMs, time.events]).toEqual([10, 1]);
    await time.run(100);
    expect([time.nowMs, time.events]).toEqual([100, 2]);
    expect(globalThis.setImmediate).toBe(real);
  });
});
