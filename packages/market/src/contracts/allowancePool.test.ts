import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CommunityVm,
  type CommunityVmOptions,
  gridOperator,
  homeAccount,
  startOf,
  stranger,
  supplier,
  type TestReading,
} from '../../testing/communityVm.js';
import { sum } from '../mechanism/common/split.js';
import { type AllowanceTerms, settleAllowances } from '../mechanism/pools/allowancePool.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';

const UNIT = 10n ** 18n;
const KWH = 1_000_000n;
const needs = (mwh: bigint): TestReading => ({ producedMwh: 0n, consumedMwh: mwh });
const gives = (mwh: bigint): TestReading => ({ producedMwh: mwh, consumedMwh: 0n });

/** 0.16 a kWh beyond the allowance, 0.08 back; the accounting period is as long as `periods`. */
function pool(
  allowances: readonly bigint[],
  periods: number,
  options: Partial<CommunityVmOptions> = {},
  prices = { price: 24n * 10n ** 15n, cashBackPrice: 12n * 10n ** 15n },
): CommunityVm {
  return new CommunityVm({
    artifact: COMMUNITY_ARTIFACTS.AllowancePool,
    args: [{ ...prices, forecastMwh: sum(allowances) }, allowances, [startOf(periods)]],
    homes: allowances.length,
    ...options,
  });
}

function isBalanced(community: CommunityVm): void {
  const [held, all] = community.audit();
  expect(all).toBe(held);
}

const energy = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 5_000_000n }));
const price = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 10n ** 18n }));
const community = fc.integer({ min: 1, max: 6 }).chain((homes) => {
  const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: homes, maxLength: homes });
  return fc.record({
    readings: fc.array(each(fc.tuple(energy, energy)), { minLength: 1, maxLength: 8 }),
    allowances: each(energy),
    called: each(energy),
    price,
    cashBackPrice: price,
    income: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    call: fc.integer({ min: 1, max: 5 }),
  });
});

it('is its pure twin to the last unit, and nothing is lost', () => {
  fc.assert(
    fc.property(community, ({ readings, allowances, called, price, cashBackPrice, income, call }) => {
      const vm = pool(allowances, readings.length, {}, { price, cashBackPrice });
      const rows = readings.map((row) => row.map(([producedMwh, consumedMwh]) => ({ producedMwh, consumedMwh })));
      const before = vm.balances();
      const supplierBefore = vm.balance(supplier);
      for (let from = 0; from < rows.length; from += call) {
        const some = rows.slice(from, from + call);
        vm.report(from, some);
        vm.settle(from, some.length);
        isBalanced(vm);
      }
      vm.vm.send(supplier, vm.market, 'close', [called, income]);
      isBalanced(vm);
      const terms: AllowanceTerms = {
        contracts: allowances.map((allowanceMwh, home) => ({
          owner: homeAccount(home + 1).address,
          allowanceMwh,
          calledMwh: called[home] ?? 0n,
        })),
        price,
        cashBackPrice,
        serviceIncome: income,
        forecastMwh: sum(allowances),
      };
      const { bills } = settleAllowances(
        rows.map((row, period) => ({ ...vm.membersOf(period, row), band: vm.pricesOf(period) })),
        terms,
      );
      const expected = bills.map(({ paid, cashBack, service }) => cashBack + service - paid);
      expect(vm.balances().map((balance, home) => balance - (before[home] ?? 0n))).toEqual(expected);
      expect(vm.balance(supplier) - supplierBefore).toBe(-sum(expected));
    }),
    { numRuns: 8 },
  );
}, 60_000);

describe('an accounting period', () => {
  const settled = (options: Partial<CommunityVmOptions> = {}) => {
    const vm = pool([2n * KWH, KWH], 1, options);
    vm.report(0, [[needs(3n * KWH), gives(4n * KWH)]]);
    vm.settle(0, 1);
    return vm;
  };
  const closes = (vm: CommunityVm, by = supplier, called: readonly bigint[] = [], income = 0n) =>
    vm.vm.try(by, vm.market, 'close', [called, income]).refusal;

  it('is closed by the supplier once it is settled, and by anyone where the supplier is silent', () => {
    const early = pool([KWH], 1);
    expect(closes(early)).toMatch(/^NotNext/);
    const vm = settled();
    expect(closes(vm, stranger)).toBe('the supplier closes the period first');
    expect(closes(vm, supplier, [1n])).toBe('each member has one number');
    vm.vm.nowS = startOf(1) + 4n * 3_600n - 1n;
    expect(closes(vm, stranger)).toBe('the supplier closes the period first');
    vm.vm.nowS += 1n;
    expect(closes(vm, stranger, [1n, 1n], 1n)).toBe('the supplier closes the period first');
    expect(closes(vm, stranger)).toBeUndefined();
    expect(closes(vm)).toMatch(/^NotNext/);
    isBalanced(vm);
  });

  it('pays what the supplier has, and notes what it owes', () => {
    const vm = settled({ supplierDeposit: 0n, deposit: UNIT });
    closes(vm, supplier, [0n, 5n], UNIT);
    // 1 kWh beyond the allowance came in; cash back for 1 kWh was paid out of it first.
    expect([vm.owed(homeAccount(1)), vm.owed(homeAccount(2))]).toEqual([0n, 92n * 10n ** 16n]);
    isBalanced(vm);
  });

  it('locks what is taken beyond the allowance, also where the pool is dearer than the tariff', () => {
    const dear = { price: 300n * 10n ** 15n, cashBackPrice: 0n };
    const vm = pool([KWH, 0n], 2, { deposit: UNIT }, dear);
    vm.report(0, [
      [needs(KWH), needs(0n)],
      [needs(KWH), needs(0n)],
    ]);
    // A kWh costs 2 at the pool, more than the home has; the first one is free, but could have been the second.
    expect(vm.settle(0, 2).events.filter(({ name }) => name === 'ServedOutside')).toHaveLength(2);
    closes(vm);
    expect(vm.balance(homeAccount(1))).toBe(UNIT);
    isBalanced(vm);
  });

  it('promises no more than is expected, from its beginning on, to members', () => {
    const vm = settled({ deposit: UNIT });
    const announce = (list: readonly bigint[], by = supplier) =>
      vm.vm.try(by, vm.market, 'announceAllowances', [list]).refusal;
    expect(announce([KWH])).toBe('the next accounting period has begun');
    closes(vm);
    expect(announce([KWH], gridOperator)).toBe('only the supplier promises energy');
    expect(announce([])).toBe('the allowances are missing');
    vm.vm.nowS = startOf(1);
    expect(announce([3n * KWH, 1n])).toBe(`AllowancesTooLarge(${3n * KWH + 1n}, ${3n * KWH})`);
    expect(announce([KWH])).toBeUndefined();
    // A member who left before gets nothing back, nor who comes later than the period.
    vm.vm.send(homeAccount(1), vm.market, 'leave');
    vm.report(1, [[needs(0n), needs(0n)]]);
    vm.settle(1, 1);
    closes(vm);
    vm.report(2, [[needs(0n), needs(0n)]]);
    vm.settle(2, 1);
    const before = vm.balances();
    closes(vm);
    expect(vm.balances()).toEqual(before);
    expect(vm.vm.read(vm.market, 'allowanceTerms')).toMatchObject({ 1: [KWH] });
  });
});
