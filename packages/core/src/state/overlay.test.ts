import { describe, expect, it } from 'vitest';
import { MemoryKeyValues, Overlay } from './overlay.js';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('Overlay', () => {
  it('reads its own writes first, deletions included, and leaves the base alone', () => {
    const base = new MemoryKeyValues();
    base.apply([
      { key: bytes(1), value: bytes(10) },
      { key: bytes(2), value: bytes(20) },
    ]);
    const overlay = new Overlay(base);
    overlay.set(bytes(1), undefined);
    overlay.set(bytes(3), bytes(30));
    overlay.set(bytes(3), bytes(31));
    expect(overlay.get(bytes(1))).toBeUndefined();
    expect(overlay.get(bytes(2))).toEqual(bytes(20));
    expect(overlay.get(bytes(3))).toEqual(bytes(31));
    expect(base.get(bytes(1))).toEqual(bytes(10));
    expect(base.get(bytes(3))).toBeUndefined();
  });

  it('gives the last write of each key in the order in which keys came', () => {
    const overlay = new Overlay(new MemoryKeyValues());
    overlay.set(bytes(2), bytes(1));
    overlay.set(bytes(1, 0), bytes(2));
    overlay.set(bytes(1), undefined);
    overlay.set(bytes(2), bytes(3));
    expect(overlay.writes()).toEqual([
      { key: bytes(2), value: bytes(3) },
      { key: bytes(1, 0), value: bytes(2) },
      { key: bytes(1), value: undefined },
    ]);
  });
});

describe('MemoryKeyValues', () => {
  it('stores, deletes and lists by key', () => {
    const memory = new MemoryKeyValues();
    memory.set(bytes(9), bytes(1));
    memory.set(bytes(4), bytes(2));
    memory.set(bytes(5), bytes(3));
    memory.set(bytes(5), undefined);
    expect(memory.entries()).toEqual([
      { key: bytes(4), value: bytes(2) },
      { key: bytes(9), value: bytes(1) },
    ]);
  });
});
