import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../testing/fontanaWeek.js';
import { members as anyMembers, periodStart } from '../../../testing/marketArbitraries.js';
import { sum } from '../common/split.js';
import { type AllowanceTerms, type PricedPeriod, settleAllowances } from './allowancePool.js';

const band = { tariff: 10n, feedIn: 2n };
const period = (...energies: readonly bigint[]): PricedPeriod => ({
  periodStart: 0n,
  band,
  members: energies.map((mwh, index) => ({
    owner: ownerOf(index + 1),
    needMwh: mwh < 0n ? -mwh : 0n,
    surplusMwh: mwh > 0n ? mwh : 0n,
  })),
});
const terms = (changes: Partial<AllowanceTerms>, ...allowances: readonly bigint[]): AllowanceTerms => ({
  contracts: allowances.map((allowanceMwh, index) => ({ owner: ownerOf(index + 1), allowanceMwh, calledMwh: 0n })),
  price: 8n,
  cashBackPrice: 3n,
  serviceIncome: 0n,
  forecastMwh: sum(allowances),
  ...changes,
});

describe('allowance pool', () => {
  it('free up to the allowance, a price above it, cash back below it, and the batteries’ income by energy called', () => {
    const contracts = [300_000n, 450_000n].map((allowanceMwh, index) => ({
      owner: ownerOf(index + 1),
      allowanceMwh,
      calledMwh: BigInt(index + 1) * 1_000n,
    }));
    const result = settleAllowances([period(-450_000n, 300_000n), period(-150_000n, -150_000n)], {
      ...terms({ serviceIncome: 10n }),
      contracts,
      forecastMwh: 750_000n,
    });
    expect(result.bills).toEqual([
      { owner: ownerOf(1), needMwh: 600_000n, surplusMwh: 0n, paid: 16n, cashBack: 0n, service: 3n },
      { owner: ownerOf(2), needMwh: 150_000n, surplusMwh: 300_000n, paid: 0n, cashBack: 6n, service: 7n },
    ]);
    // 1 + 2 units of 150 Wh from the supplier at 10.
    expect([result.paidToSupplier, result.gotFromSupplier, result.treasury]).toEqual([
      30n,
      0n,
      10n + 16n - 6n - 10n - 30n,
    ]);
  });

  it('money is conserved: what members, batteries and the supplier bring is what goes out and what the treasury keeps', () => {
    fc.assert(
      fc.property(
        periodStart,
        anyMembers,
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        fc.bigInt({ min: 0n, max: 99n }),
        (start, members, income, called) => {
          const contracts = members.map(({ owner }, i) => ({
            owner,
            allowanceMwh: BigInt(i) * 1_000_000n,
            calledMwh: called * BigInt(i),
          }));
          const { bills, ...pool } = settleAllowances([{ periodStart: start, members, band }], {
            ...terms({ serviceIncome: income, forecastMwh: 10n ** 12n }),
            contracts,
          });
          const of = (field: 'paid' | 'cashBack' | 'service') => sum(bills.map((bill) => bill[field]));
          expect(of('paid') + income + pool.gotFromSupplier).toBe(
            of('cashBack') + of('service') + pool.paidToSupplier + pool.treasury,
          );
          expect([0n, income]).toContain(of('service'));
        },
      ),
    );
  });

  it('refuses allowances beyond the forecast, and a home without a contract', () => {
    expect(() => settleAllowances([], terms({ forecastMwh: 9n }, 5n, 5n))).toThrow('sum to 10 mWh');
    expect(() => settleAllowances([period(-1n, 1n)], terms({}, 5n))).toThrow('no member');
    const [contract] = terms({}, 5n).contracts;
    expect(() => settleAllowances([], { ...terms({}, 5n), contracts: contract ? [contract, contract] : [] })).toThrow(
      'two contracts',
    );
    expect(() => settleAllowances([], terms({}, 5n, -5n))).toThrow('below 0');
  });

  it('independence of arrival, yes: members and their contracts in another order', () => {
    const one = terms({ serviceIncome: 7n }, 100n, 200n, 300n);
    const contracts = one.contracts.map((contract) => ({ ...contract, calledMwh: 5n }));
    const periods = [period(-400_000n, 300_000n, -1n)];
    const there = settleAllowances(periods, { ...one, contracts });
    const back = settleAllowances(
      periods.map((p) => ({ ...p, members: [...p.members].reverse() })),
      { ...one, contracts: [...contracts].reverse() },
    );
    expect({ ...back, bills: [...back.bills].reverse() }).toEqual(there);
  });

  it('budget balance, no: allowances that the sun does not fill cost the treasury', () => {
    expect(settleAllowances([period(-300_000n, 0n)], terms({}, 300_000n, 0n)).treasury).toBe(-20n);
  });

  it('individual rationality, no: who gives more than its allowance would sell it to the grid', () => {
    const { bills } = settleAllowances([period(0n, 300_000n)], terms({}, 0n, 0n));
    expect(bills[1]).toMatchObject({ paid: 0n, cashBack: 0n, service: 0n });
  });

  it('truthfulness, no: an allowance stated larger than the need is paid back', () => {
    const cashBack = (allowance: bigint) =>
      settleAllowances([period(-150_000n)], terms({}, allowance)).bills[0]?.cashBack;
    expect([cashBack(150_000n), cashBack(450_000n)]).toEqual([0n, 6n]);
  });
});
