import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { concatBytes } from '../bytes.js';
import { useNobleAlone } from '../crypto/implementation.js';
import { sha256 } from '../hash.js';
import { isStoreDamaged } from './damage.js';
import { decodeSlot, EMPTY_SLOT, GROUP_HASH_BYTES, Group, nodesOfGroup, type Slot, slotIndex } from './treeGroup.js';

const paths = fc.uint8Array({ minLength: 32, maxLength: 32 });
const depths = fc.nat(63).map((group) => 4 * group);
const values = fc.uint8Array({ minLength: 1, maxLength: 72 });

/** A path through the group at a depth on `path`, through one of its slots. */
function pathThrough(path: Uint8Array, depth: number, index: number, rest: Uint8Array): Uint8Array {
  const bits = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const text = bits(path).slice(0, depth) + index.toString(2).padStart(4, '0') + bits(rest).slice(depth + 4);
  return Uint8Array.from(text.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

type Drawn = readonly (readonly [kind: 'empty' | 'leaf' | 'inner', rest: Uint8Array, value: Uint8Array])[];

const contents = fc.array(
  fc.tuple(fc.constantFrom('empty' as const, 'leaf' as const, 'inner' as const), paths, values),
  {
    minLength: 16,
    maxLength: 16,
  },
);

function slotsOf(path: Uint8Array, depth: number, drawn: Drawn) {
  return drawn.map(([kind, rest, value], index): Slot => {
    if (kind === 'empty') return EMPTY_SLOT;
    if (kind === 'inner') return { kind, hash: sha256(rest) };
    return { kind: 'leaf', treeKey: pathThrough(path, depth, index, rest), value };
  });
}

const groups = fc.tuple(paths, depths, contents).map(([path, depth, drawn]) => {
  return { path, depth, slots: slotsOf(path, depth, drawn) };
});

/** A group whose slots were all put in. */
function groupOf(path: Uint8Array, depth: number, slots: readonly Slot[]): Group {
  const group = new Group(depth, path);
  for (const [index, slot] of slots.entries()) group.replace(index, slot);
  return group;
}

describe('the record of a group', () => {
  it('comes back, whole and slot by slot', () => {
    fc.assert(
      fc.property(groups, ({ path, depth, slots }) => {
        const record = groupOf(path, depth, slots).encode();
        const group = new Group(depth, path, record);
        expect(group.slots).toEqual(slots);
        expect(group.encode()).toEqual(record);
        for (const [index, slot] of slots.entries()) {
          const through = pathThrough(path, depth, index, path);
          expect(slotIndex(through, depth)).toBe(index);
          expect(decodeSlot(record, depth, through)).toEqual(slot);
          expect(group.slot(index)).toEqual(slot);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('that is cut, longer or changed is damage or another group, never a fault of the program', () => {
    fc.assert(
      fc.property(groups, fc.nat(), fc.nat(7), ({ path, depth, slots }, at, bit) => {
        const record = groupOf(path, depth, slots).encode();
        const changed = record.slice();
        changed[at % record.length] = (record[at % record.length] as number) ^ (1 << bit);
        for (const bytes of [record.subarray(0, at % record.length), Uint8Array.of(...record, 0), changed]) {
          try {
            const group = new Group(depth, path, bytes);
            group.top();
            expect(group.slots).not.toEqual(slots);
          } catch (error) {
            if (!isStoreDamaged(error)) throw error;
          }
        }
      }),
    );
  });
});

describe('a group', () => {
  afterEach(() => useNobleAlone(false));

  it.each([false, true])('has the top that all its nodes lead to (noble alone: %s)', (isAlone) => {
    useNobleAlone(isAlone);
    fc.assert(
      fc.property(groups, ({ path, depth, slots }) => {
        const top = nodesOfGroup(slots)[0]?.[0];
        const group = groupOf(path, depth, slots);
        expect(group.top()).toEqual(top);
        expect(new Group(depth, path, group.encode()).top()).toEqual(top);
      }),
    );
  });

  it('of which slots are replaced is the one that was made so from the start', () => {
    fc.assert(
      fc.property(
        groups,
        contents,
        fc.uint8Array({ minLength: 2, maxLength: 2 }),
        ({ path, depth, slots }, drawn, [low = 0, high = 0]) => {
          const others = slotsOf(path, depth, drawn);
          const after = slots.map((slot, index) =>
            (((high << 8) | low) >> index) & 1 ? (others[index] as Slot) : slot,
          );
          const group = new Group(depth, path, groupOf(path, depth, slots).encode());
          for (const [index, slot] of after.entries()) if (slot !== slots[index]) group.replace(index, slot);
          expect(group.slots).toEqual(after);
          expect(group.top()).toEqual(nodesOfGroup(after)[0]?.[0]);
          expect(group.encode()).toEqual(groupOf(path, depth, after).encode());
        },
      ),
    );
  });

  it('takes over what is known of the nodes below which nothing was replaced, and leaves what is known of all', () => {
    fc.assert(
      fc.property(groups, contents, fc.nat(2 ** 16 - 1), ({ path, depth, slots }, drawn, which) => {
        const others = slotsOf(path, depth, drawn);
        const record = groupOf(path, depth, slots).encode();
        const hashes = new Uint8Array(GROUP_HASH_BYTES);
        new Group(depth, path, record).top(hashes);
        const group = new Group(depth, path, record, hashes);
        const after = slots.map((slot, index) => ((which >> index) & 1 ? (others[index] as Slot) : slot));
        for (const [index, slot] of after.entries()) if (slot !== slots[index]) group.replace(index, slot);
        const nodes = nodesOfGroup(after);
        expect(group.top()).toEqual(nodes[0]?.[0]);
        const fromBelow = nodes.reverse().flatMap((level) => level.map(({ hash }) => hash));
        expect(hashes).toEqual(concatBytes(...fromBelow));
      }),
    );
  });

  it('keeps its top when another one is looked at', () => {
    const path = new Uint8Array(32);
    const slots = (seed: number): Slot[] =>
      Array.from({ length: 16 }, (_, i) => ({ kind: 'inner', hash: sha256(Uint8Array.of(seed, i)) }));
    const first = groupOf(path, 0, slots(1)).top();
    const second = groupOf(path, 0, slots(2)).top();
    expect([first, second]).toEqual([nodesOfGroup(slots(1))[0]?.[0], nodesOfGroup(slots(2))[0]?.[0]]);
  });
});
