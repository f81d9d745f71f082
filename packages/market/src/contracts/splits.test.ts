import { readFileSync } from 'node:fs';
import { assert } from '@wattchain/core';
import { compileSolidity } from '@wattchain/solidity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractVm } from '../../testing/contractVm.js';
import { ownerOf } from '../../testing/fontanaWeek.js';
import { testAccount } from '../../testing/marketVm.js';
import { splitByLargestRemainder, sum } from '../mechanism/common/split.js';
import { TieOrder, tieHash } from '../mechanism/common/ties.js';

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.35;
import "./Splits.sol";
contract Splitter {
    function parts(uint256 total, uint256[] memory weights, MeterTime period, address[] memory owners) external pure returns (uint256[] memory) {
        return split(total, weights, period, owners);
    }
    function onTop(uint256[] memory kept, uint256 total, uint256[] memory weights, MeterTime period, address[] memory owners) external pure returns (uint256[] memory) {
        addShares(kept, total, weights, sumOf(weights), Ties(period, owners, new uint256[](weights.length)));
        return kept;
    }
    function hashOf(MeterTime period, address owner) external pure returns (uint256) {
        return tieHash(period, owner);
    }
    function sorted(uint256[] memory keys) external pure returns (uint256[] memory) {
        sortDescending(keys, keys.length);
        return keys;
    }
}`;
const read = (file: string) => readFileSync(new URL(`../../contracts/${file}`, import.meta.url), 'utf8');
const artifact = compileSolidity({ name: 'Splitter.sol', text: SOURCE }, read).artifacts.find(
  ({ contract }) => contract === 'Splitter',
);
assert(artifact !== undefined, 'the source has the contract');
const vm = new ContractVm();
const splitter = vm.deploy(artifact, []);

const weight = fc.oneof(
  fc.constant(0n),
  fc.constant(7n),
  fc.bigInt({ min: 0n, max: 12n }),
  fc.bigInt({ min: 0n, max: 2n ** 60n }),
);
/** Owners may stand several times, as those of orders do. */
const parts = fc.array(fc.record({ weight, owner: fc.nat(6).map((n) => ownerOf(n + 1)) }), {
  minLength: 1,
  maxLength: 40,
});
const total = fc.oneof(fc.bigInt({ min: 0n, max: 60n }), fc.bigInt({ min: 0n, max: 2n ** 100n }));
const period = fc.bigInt({ min: 0n, max: 2n ** 40n });

describe('a split in the machine', () => {
  it('is that of the pure side to the last unit, also where remainders are equal and owners stand twice', () => {
    fc.assert(
      fc.property(parts, total, period, (list, units, start) => {
        const weights = list.map((part) => part.weight);
        const whole = sum(weights) === 0n ? 0n : units;
        const args = [whole, weights, start, list.map(({ owner }) => owner)];
        const expected = splitByLargestRemainder(whole, list, new TieOrder(start));
        expect(vm.read(splitter, 'parts', args)).toEqual(expected);
        const kept = list.map((_, index) => BigInt(index));
        expect(vm.read(splitter, 'onTop', [kept, ...args])).toEqual(expected.map((part, i) => part + BigInt(i)));
      }),
      { numRuns: 150 },
    );
  });

  it('of something among nobody is a broken assertion', () => {
    expect(() => vm.read(splitter, 'parts', [1n, [0n, 0n], 1n, [ownerOf(1), ownerOf(2)]])).toThrow('Panic(1)');
  });

  it('goes by the hash of period and owner', () => {
    for (const start of [0n, 1_498_892_400n, 2n ** 64n - 1n])
      expect(vm.read(splitter, 'hashOf', [start, ownerOf(5)])).toBe(tieHash(start, ownerOf(5)));
  });

  it('sorts, the largest first', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), { maxLength: 60 }), (keys) => {
        expect(vm.read(splitter, 'sorted', [keys])).toEqual([...keys].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
      }),
      { numRuns: 40 },
    );
  });

  it('of a thousand parts costs 2,000 gas a part with its calldata, 4,500 where all remainders are equal', () => {
    const owners = Array.from({ length: 1_000 }, (_, i) => ownerOf(i + 1));
    const gasOf = (weights: readonly bigint[]) =>
      vm.send(testAccount(1), splitter, 'parts', [10n ** 18n + 500n, weights, 3_600n, owners]).gasUsed / 1_000;
    const different = gasOf(owners.map((_, i) => BigInt(i * i * 7_919) % 1_000_003n));
    const equal = gasOf(owners.map(() => 1n));
    expect(different).toBeLessThan(2_000);
    expect(equal).toBeLessThan(4_500);
  });
});
