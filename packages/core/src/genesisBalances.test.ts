import { expect, it } from 'vitest';
import { type Address, toHex } from './bytes.js';
import { AssertionFailure } from './error.js';
import { type GenesisBalance as Balance, GenesisBalances } from './genesisBalances.js';

const balancesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    address: `0x${(i + 1).toString(16).padStart(40, 'a')}` as Address,
    balance: (2n ** 128n - 1n) >> BigInt(i % 128),
  }));

it.each([0, 1, 16, 17, 100])('balances come back in their order: %i', (count) => {
  const balances = balancesOf(count);
  const packed = GenesisBalances.from(balances);
  expect([...packed]).toEqual(balances);
  expect(packed.length).toBe(count);
  expect(balances.map((_, i) => toHex(packed.addressBytes(i)))).toEqual(balances.map(({ address }) => address));
  expect(balances.map((_, i) => BigInt(toHex(packed.balanceBytes(i))))).toEqual(balances.map(({ balance }) => balance));
  expect(GenesisBalances.from(packed)).toBe(packed);
  for (const index of [-1, 0.5, count]) expect(() => packed.at(index)).toThrow(AssertionFailure);
});

it('an amount of 2^128 has no place', () => {
  const [first] = balancesOf(1);
  expect(() => GenesisBalances.from([{ address: first?.address ?? '0x', balance: 2n ** 128n }])).toThrow(
    AssertionFailure,
  );
});

it('sorted balances keep their addresses', () => {
  const balances = balancesOf(300).map((_, i, all) => all[(i * 7) % 300] as (typeof all)[0]);
  const sorted = GenesisBalances.from(balances).sorted();
  expect([...sorted]).toEqual(balances.toSorted((a, b) => (a.address < b.address ? -1 : 1)));
  expect(sorted.sorted()).toBe(sorted);
});

it('an address that comes twice is told, and balances of 0 are left out', () => {
  const [first, second, third] = balancesOf(3) as [Balance, Balance, Balance];
  expect(GenesisBalances.from([first, second, third]).repeatedAddress()).toBeUndefined();
  expect(GenesisBalances.from([first, second, second, third]).repeatedAddress()).toBe(second.address);
  const some = GenesisBalances.from([first, { ...second, balance: 0n }, third]);
  expect([...some.withoutZeros()]).toEqual([first, third]);
  expect([...GenesisBalances.from([{ ...first, balance: 0n }]).withoutZeros()]).toEqual([]);
});
