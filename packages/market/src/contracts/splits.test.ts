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
    function selected(uint256[] memory keys, uint256 wanted) external pure returns (uint256[] memory) {
        selectLargest(keys, keys.length, wanted);
        return keys;
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

const descending = (keys: readonly bigint[]) => [...keys].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));

/** Keys for which selecting takes longest: decided while it compares them, always against it (McIlroy, A killer adversary for quicksort). */
function worstKeys(size: number, wanted: number): bigint[] {
  const values = new Array<number>(size).fill(size);
  const items = values.map((_, item) => item);
  let decided = 0;
  let candidate = -1;
  const isAbove = (a: number, b: number) => {
    if (values[a] === size && values[b] === size) values[a === candidate ? a : b] = decided++;
    if (values[a] === size) candidate = a;
    else if (values[b] === size) candidate = b;
    return (values[a] ?? 0) > (values[b] ?? 0);
  };
  let [low, high] = [0, size];
  while (low + 1 < high) {
    const pivot = items[wanted] as number;
    let [i, j] = [low, high];
    while (i < j) {
      while (i < high && isAbove(items[i] as number, pivot)) i++;
      while (j > low && isAbove(pivot, items[j - 1] as number)) j--;
      if (i < j) {
        const left = items[i] as number;
        items[i++] = items[j - 1] as number;
        items[--j] = left;
      }
    }
    if (j <= wanted) low = i;
    if (wanted < i) high = j;
  }
  const last = values.map((value, item) => ({ value, item })).sort((a, b) => a.value - b.value || a.item - b.item);
  const keys = new Array<bigint>(size);
  last.forEach(({ item }, rank) => {
    keys[item] = BigInt(rank);
  });
  return keys;
}

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

  it('selects: the largest come before all others, and the largest of these behind them', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), { minLength: 1, maxLength: 60 }),
        fc.nat(),
        (keys, n) => {
          const wanted = n % keys.length;
          const inOrder = descending(keys);
          const selected = vm.read<bigint[]>(splitter, 'selected', [keys, BigInt(wanted)]);
          expect(descending(selected.slice(0, wanted))).toEqual(inOrder.slice(0, wanted));
          expect(selected[wanted]).toBe(inOrder[wanted]);
          expect(descending(selected)).toEqual(inOrder);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('selects in bounded time what somebody has put in the worst order', () => {
    const size = 1_000;
    const keys = worstKeys(size, 1);
    const { gasUsed, output } = vm.send(testAccount(1), splitter, 'selected', [keys, 1n]);
    expect((output as bigint[]).slice(0, 2)).toEqual(descending(keys).slice(0, 2));
    // Without an end it would look at all of them a thousand times.
    expect(gasUsed / size).toBeLessThan(40 * 100);
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
