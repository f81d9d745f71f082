import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../hash.js';
import { isStoreDamaged } from './damage.js';
import {
  decodeGroup,
  decodeSlot,
  EMPTY_SLOT,
  encodeGroup,
  nodesOfGroup,
  type Slot,
  slotIndex,
  topOfGroup,
} from './treeGroup.js';

const paths = fc.uint8Array({ minLength: 32, maxLength: 32 });
const depths = fc.nat(63).map((group) => 4 * group);
const values = fc.uint8Array({ minLength: 1, maxLength: 72 });

/** A path through the group at a depth on `path`, through one of its slots. */
function pathThrough(path: Uint8Array, depth: number, index: number, rest: Uint8Array): Uint8Array {
  const bits = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const text = bits(path).slice(0, depth) + index.toString(2).padStart(4, '0') + bits(rest).slice(depth + 4);
  return Uint8Array.from(text.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

const groups = fc
  .tuple(
    paths,
    depths,
    fc.array(fc.tuple(fc.constantFrom('empty', 'leaf', 'inner'), paths, values), { minLength: 16, maxLength: 16 }),
  )
  .map(([path, depth, contents]) => {
    const slots = contents.map(([kind, rest, value], index): Slot => {
      if (kind === 'empty') return EMPTY_SLOT;
      if (kind === 'inner') return { kind, hash: sha256(rest) };
      return { kind: 'leaf', treeKey: pathThrough(path, depth, index, rest), value };
    });
    return { path, depth, slots };
  });

describe('the record of a group', () => {
  it('comes back, whole and slot by slot', () => {
    fc.assert(
      fc.property(groups, ({ path, depth, slots }) => {
        const record = encodeGroup(slots, depth);
        expect(decodeGroup(record, depth, path)).toEqual(slots);
        for (const [index, slot] of slots.entries()) {
          const through = pathThrough(path, depth, index, path);
          expect(slotIndex(through, depth)).toBe(index);
          expect(decodeSlot(record, depth, through)).toEqual(slot);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('that is cut, longer or changed is damage or another group, never a fault of the program', () => {
    fc.assert(
      fc.property(groups, fc.nat(), fc.nat(7), ({ path, depth, slots }, at, bit) => {
        const record = encodeGroup(slots, depth);
        const changed = record.slice();
        changed[at % record.length] = (record[at % record.length] as number) ^ (1 << bit);
        for (const bytes of [record.subarray(0, at % record.length), Uint8Array.of(...record, 0), changed]) {
          try {
            expect(decodeGroup(bytes, depth, path)).not.toEqual(slots);
          } catch (error) {
            if (!isStoreDamaged(error)) throw error;
          }
        }
      }),
    );
  });

  it('has the top that all its nodes lead to', () => {
    fc.assert(
      fc.property(groups, ({ slots }) => {
        expect(topOfGroup(slots)).toEqual(nodesOfGroup(slots)[0]?.[0]);
      }),
    );
  });
});
