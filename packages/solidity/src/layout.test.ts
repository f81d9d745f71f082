import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsPerSlot, packedBytes, placeMembers, SLOT_BYTES, slotsOf } from './layout.js';
import { checkSources } from './solc.js';
import { Declarations } from './tree/declarations.js';
import { shapeOf, type Type } from './tree/types.js';

interface LayoutType {
  readonly numberOfBytes: string;
  readonly base?: string;
  readonly members?: readonly {
    readonly label: string;
    readonly slot: string;
    readonly offset: number;
    readonly type: string;
  }[];
}

/** A type in the source; structs are named by their number, below which others may be used. */
function typeNames(structs: number): fc.Arbitrary<string> {
  const bits = fc.integer({ min: 1, max: 32 }).map((bytes) => 8 * bytes);
  const word = fc.oneof(
    bits.map((n) => `uint${n}`),
    bits.map((n) => `int${n}`),
    fc.integer({ min: 1, max: 32 }).map((n) => `bytes${n}`),
    fc.constantFrom('bool', 'address', 'address payable', 'Color', 'Other', 'Energy', 'Tiny', 'string', 'bytes'),
    fc.constantFrom('mapping(address => uint8)', 'mapping(uint256 => mapping(bool => string))'),
  );
  const lower = Array.from({ length: structs }, (_, i) => `S${i}`);
  const base = structs === 0 ? word : fc.oneof({ weight: 4, arbitrary: word }, fc.constantFrom(...lower));
  const brackets = fc.array(
    fc.oneof(
      fc.constant('[]'),
      fc.integer({ min: 1, max: 70 }).map((n) => `[${n}]`),
    ),
    { maxLength: 2 },
  );
  return fc
    .tuple(base, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, brackets))
    .map(([name, b]) => name + b.join(''));
}

const STRUCTS = 5;
const SOURCES = fc
  .tuple(...Array.from({ length: STRUCTS }, (_, i) => fc.array(typeNames(i), { minLength: 1, maxLength: 12 })))
  .map((structs) => {
    const definitions = structs.map(
      (members, i) => `struct S${i} { ${members.map((type, j) => `${type} m${j};`).join(' ')} }`,
    );
    const variables = structs.map((_, i) => `S${i} v${i}; S${i}[3] f${i}; S${i}[] d${i};`);
    return `contract Other {} enum Color { Red, Green } type Energy is uint64; type Tiny is bytes1;
contract C { ${[...definitions, ...variables].join('\n')} }`;
  });

describe('the layout of storage', () => {
  it('is solc’s, for structs and arrays of any shape', () => {
    fc.assert(
      fc.property(SOURCES, (text) => {
        const { contracts, units } = checkSources({ name: 'c.sol', text }, () => undefined);
        const declarations = new Declarations(units);
        const layout = contracts['c.sol']?.C?.storageLayout;
        const types = (layout?.types ?? {}) as Record<string, LayoutType>;
        const compare = (type: Type, name: string): void => {
          const theirs = types[name];
          assert(theirs !== undefined, `solc describes ${name}`);
          const bytes = BigInt(theirs.numberOfBytes);
          if (shapeOf(type) !== undefined) {
            expect(BigInt(packedBytes(type))).toBe(bytes);
          } else {
            expect([name, slotsOf(type, declarations) * BigInt(SLOT_BYTES)]).toEqual([name, bytes]);
          }
          if (type.kind === 'array') {
            const base = BigInt(types[theirs.base as string]?.numberOfBytes ?? 0);
            expect(elementsPerSlot(type)).toBe(base > 16n ? 1 : Number(32n / base));
            compare(type.base, theirs.base as string);
          }
          if (type.kind !== 'struct') return;
          const { places } = placeMembers(type, declarations);
          const members = declarations.membersOf(type.definition, 'storage');
          expect(places.map(({ slot, offset }, i) => [members[i]?.name, String(slot), offset])).toEqual(
            theirs.members?.map(({ label, slot, offset }) => [label, slot, offset]),
          );
          for (const [i, member] of members.entries()) compare(member.type, theirs.members?.[i]?.type as string);
        };
        const contract = units[0]?.nodes.at(-1);
        assert(contract?.nodeType === 'ContractDefinition', 'the contract comes last');
        const variables = contract.nodes.filter((node) => node.nodeType === 'VariableDeclaration');
        expect(variables).toHaveLength(3 * STRUCTS);
        for (const variable of variables) {
          compare(
            declarations.typeOf(variable),
            layout?.storage.find(({ label }) => label === variable.name)?.type as string,
          );
        }
      }),
      { numRuns: 8 },
    );
  });
});
