import { checksumAddress, zeroAddress } from 'viem';
import { expect, it } from 'vitest';
import {
  CommunityVm,
  GRID_NOTICE,
  gridOperator,
  issuer,
  STEP,
  startOf,
  stranger,
  supplier,
} from '../../testing/communityVm.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';

const FREE = { tariff: 10n, feedIn: 2n, gridFee: 3n, localFee: 1n };
const community = (prices = [FREE]) =>
  new CommunityVm({ artifact: COMMUNITY_ARTIFACTS.Pool, args: [0, 0n, [], []], homes: 0, prices });

it('takes prices from supplier and grid operator only, with notice, in the order of time, within bounds', () => {
  const { vm, grid } = community();
  const from = vm.nowS + GRID_NOTICE;
  const tariff = (entries: readonly object[], by = supplier) => vm.try(by, grid, 'postTariffs', [entries]).refusal;
  const fees = (entries: readonly object[], by = gridOperator) => vm.try(by, grid, 'postFees', [entries]).refusal;
  const good = { from, tariff: 9n, feedIn: 9n };
  expect(tariff([good], stranger)).toBe('only the supplier posts tariffs');
  expect(tariff([good], gridOperator)).toBe('only the supplier posts tariffs');
  expect(fees([{ from, gridFee: 1n, localFee: 1n }], supplier)).toBe('only the grid operator posts fees');
  expect(tariff([])).toBe('post 1 to 256 entries');
  expect(tariff([{ ...good, from: from - 1n }])).toBe(`PostedTooLate(${from - 1n}, ${from})`);
  expect(tariff([{ ...good, feedIn: 10n }])).toBe('FeedInAboveTariff(10, 9)');
  expect(tariff([{ ...good, tariff: 10n ** 23n + 1n }])).toBe(`PriceTooHigh(${10n ** 23n + 1n}, ${10n ** 23n})`);
  expect(fees([{ from, gridFee: 1n, localFee: 2n }])).toBe('LocalFeeAboveGridFee(2, 1)');
  expect(tariff([good, good])).toBe(`EntriesOutOfOrder(${from}, ${from})`);
  expect(tariff([good])).toBeUndefined();
  expect(tariff([{ ...good, from: from - 1n }])).toBe(`EntriesOutOfOrder(${from - 1n}, ${from})`);
  expect(fees([{ from: from + 5n, gridFee: 8n, localFee: 0n }])).toBeUndefined();
  expect([vm.read(grid, 'tariffCount'), vm.read(grid, 'feeCount')]).toEqual([2n, 2n]);
  expect(vm.read(grid, 'tariffs', [1n])).toEqual(good);
  expect(vm.read(grid, 'fees', [1n])).toEqual({ from: from + 5n, gridFee: 8n, localFee: 0n });
  expect(() => vm.read(grid, 'tariffs', [2n])).toThrow('there is no such tariff');
  expect(() => vm.read(grid, 'fees', [2n])).toThrow('there are no such fees');
});

it('gives the prices of periods from a hint on that it checks, and none that can still change', () => {
  const changes = [FREE, FREE, { ...FREE, tariff: 20n }, { ...FREE, tariff: 20n, gridFee: 9n }];
  const { vm, grid } = community([...changes, { ...FREE, tariff: 30n, gridFee: 9n }]);
  vm.nowS = startOf(20);
  const pricesOf = (tariffEntry: bigint, feeEntry: bigint, period: number, count: bigint) =>
    vm.read<readonly { tariff: bigint; gridFee: bigint }[]>(grid, 'pricesOf', [
      { tariffEntry, feeEntry },
      startOf(period),
      STEP,
      count,
    ]);
  const shown = (list: ReturnType<typeof pricesOf>) => list.map(({ tariff, gridFee }) => [tariff, gridFee]);
  expect(shown(pricesOf(0n, 0n, 0, 6n))).toEqual([
    [10n, 3n],
    [10n, 3n],
    [20n, 3n],
    [20n, 9n],
    [30n, 9n],
    [30n, 9n],
  ]);
  expect(pricesOf(0n, 0n, 0, 0n)).toEqual([]);
  expect(vm.read(grid, 'hintOf', [startOf(3)])).toEqual({ tariffEntry: 1n, feeEntry: 1n });
  for (const [tariffEntry, feeEntry, period] of [
    [1n, 0n, 1],
    [0n, 0n, 2],
    [2n, 0n, 3],
    [9n, 0n, 1],
  ] as const)
    expect(() => pricesOf(tariffEntry, feeEntry, period, 1n)).toThrow(`NotInForce(${tariffEntry}, ${startOf(period)})`);
  expect(() => pricesOf(0n, 1n, 1, 1n)).toThrow(`NotInForce(1, ${startOf(1)})`);
  const fixedUntil = startOf(20) + GRID_NOTICE;
  expect(pricesOf(2n, 1n, 20, 1n)).toHaveLength(1);
  expect(() => pricesOf(2n, 1n, 20, 2n)).toThrow(`PricesNotFixed(${startOf(21)}, ${fixedUntil})`);
});

it('money comes from its issuer, and no more than accounts have room for', () => {
  const { vm, money } = community();
  expect(vm.refusal(stranger, money, 'mint', [stranger.address, 1n])).toBe('only the issuer may mint');
  expect(vm.refusal(issuer, money, 'mint', [issuer.address, 2n ** 94n])).toBe('the supply is 2^94 units at most');
  vm.send(issuer, money, 'mint', [issuer.address, 7n]);
  expect(vm.refusal(stranger, money, 'burn', [1n])).toBe('only the issuer may burn');
  const supply = vm.read<bigint>(money, 'totalSupply');
  vm.send(issuer, money, 'burn', [7n]);
  expect(vm.read(money, 'totalSupply')).toBe(supply - 7n);
  expect([vm.read(money, 'symbol'), vm.read(money, 'decimals')]).toEqual(['USD', 18]);
  expect(vm.read(money, 'issuer')).toBe(checksumAddress(issuer.address));
  expect(() => vm.deploy(COMMUNITY_ARTIFACTS.CommunityMoney, [zeroAddress, 'USD'])).toThrow("issuer's address");
});
