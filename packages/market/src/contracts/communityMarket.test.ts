import fc from 'fast-check';
import { checksumAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  CORRECTION,
  CommunityVm,
  type CommunityVmOptions,
  gridOperator,
  homeAccount,
  homeMeter,
  issuer,
  RATING,
  reader,
  registrar,
  STEP,
  startOf,
  stranger,
  supplier,
  type TestReading,
} from '../../testing/communityVm.js';
import type { TestAccount } from '../../testing/marketVm.js';
import { totalOf } from '../mechanism/common/bills.js';
import { midMarketBills } from '../mechanism/pools/midMarket.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';

const UNIT = 10n ** 18n;
const KWH = 1_000_000n;
const needs = (mwh: bigint): TestReading => ({ producedMwh: 0n, consumedMwh: mwh });
const gives = (mwh: bigint): TestReading => ({ producedMwh: mwh, consumedMwh: 0n });
const shown = (account: TestAccount) => checksumAddress(account.address);
const [one, two, three] = [homeAccount(1), homeAccount(2), homeAccount(3)] as const;

/** A pool at the mid-market rate; 0.2 a kWh from the grid, 0.04 into it. */
function pool(options: Partial<CommunityVmOptions> = {}): CommunityVm {
  return new CommunityVm({ artifact: COMMUNITY_ARTIFACTS.Pool, args: [0, 5_000n, [], []], homes: 3, ...options });
}

function isBalanced(community: CommunityVm): void {
  const [held, sum] = community.audit();
  expect(sum).toBe(held);
}

describe('a home without money', () => {
  it('is served outside the market, and its neighbours settle as if it were not there', () => {
    const community = pool({ deposit: 0n });
    community.deposit(one, UNIT);
    const readings = [needs(KWH), needs(KWH), gives(KWH)];
    community.report(0, [readings]);
    const { events } = community.settle(0, 1);
    const outside = events.filter(({ name }) => name === 'ServedOutside');
    expect(outside.map(({ args }) => args)).toEqual([{ periodStart: startOf(0), owner: shown(two), isRead: true }]);
    const bills = midMarketBills(
      community.membersOf(0, [needs(KWH), needs(0n), gives(KWH)]),
      community.pricesOf(0),
    ).map(totalOf);
    expect(community.balances()).toEqual([UNIT - (bills[0] ?? 0n), 0n, -(bills[2] ?? 0n)]);
    isBalanced(community);
  });

  it('owes the supplier up to the limit, and neighbours can have their money at once', () => {
    const advanceLimit = UNIT;
    const community = pool({ deposit: 0n, advanceLimit, supplierDeposit: 3n * advanceLimit });
    community.report(0, [[needs(4n * KWH), needs(0n), gives(4n * KWH)]]);
    community.settle(0, 1);
    const price = 480_000_000_000_000_000n; // 4 kWh at 0.12
    expect(community.balances()).toEqual([-price, 0n, price]);
    community.vm.send(three, community.market, 'withdraw', [price]);
    expect(community.vm.read(community.money, 'balanceOf', [three.address])).toBe(price);
    isBalanced(community);
    // What is left of its limit does not pay 4 kWh at the tariff.
    community.report(1, [[needs(4n * KWH), needs(0n), gives(0n)]]);
    expect(community.settle(1, 1).events.map(({ name }) => name)).toContain('ServedOutside');
    expect(community.balance(one)).toBe(-price);
    // Anybody may pay its debt.
    community.fund(stranger, UNIT);
    community.vm.send(stranger, community.market, 'deposit', [one.address, UNIT]);
    expect(community.balance(one)).toBe(UNIT - price);
    isBalanced(community);
  });
});

describe('a supplier without funds', () => {
  const exporting = () => {
    const community = pool({ supplierDeposit: 0n });
    community.report(0, [[gives(3n * KWH), gives(2n * KWH), needs(0n)]]);
    const { events } = community.settle(0, 1);
    expect(events.filter(({ name }) => name === 'Owed').map(({ args }) => args.amount)).toEqual([
      120_000_000_000_000_000n,
      80_000_000_000_000_000n,
    ]);
    return community;
  };

  it('stops nobody: what it cannot pay it owes, and pays when it has it', () => {
    const community = exporting();
    expect([community.owed(one), community.owed(two)]).toEqual([12n * 10n ** 16n, 8n * 10n ** 16n]);
    isBalanced(community);
    community.deposit(supplier, 15n * 10n ** 16n);
    community.vm.send(stranger, community.market, 'payOwed', [[one.address, two.address]]);
    expect([community.owed(one), community.owed(two)]).toEqual([0n, 5n * 10n ** 16n]);
    isBalanced(community);
    // What comes in later is the homes' first.
    community.report(1, [[gives(0n), gives(0n), needs(5n * KWH)]]);
    community.settle(1, 1);
    expect(community.vm.refusal(supplier, community.market, 'withdraw', [UNIT])).toMatch(/^Uncovered/);
    community.vm.send(stranger, community.market, 'payOwed', [[two.address, two.address, stranger.address]]);
    expect([community.owed(two), community.balance(two)]).toEqual([0n, 10n ** 24n + 8n * 10n ** 16n]);
    isBalanced(community);
  });

  it('pays what it has in the proportion of what it should', () => {
    const community = pool({ supplierDeposit: 10n ** 17n });
    community.report(0, [[gives(3n * KWH), gives(2n * KWH), needs(0n)]]);
    community.settle(0, 1);
    expect([community.owed(one), community.owed(two)]).toEqual([6n * 10n ** 16n, 4n * 10n ** 16n]);
    expect(community.balance(supplier)).toBe(0n);
    isBalanced(community);
  });

  it('keeps for each member what it may have to advance', () => {
    const community = pool({ advanceLimit: UNIT, supplierDeposit: 3n * UNIT });
    expect(community.vm.refusal(supplier, community.market, 'withdraw', [1n])).toBe(
      `Uncovered(${shown(supplier)}, 0, 1)`,
    );
    community.register(4);
    const joins = () => community.vm.try(homeAccount(4), community.market, 'join', [homeMeter(4), 0n, 4n]).refusal;
    expect(joins()).toBe(`Uncovered(${shown(supplier)}, ${3n * UNIT}, ${4n * UNIT})`);
    community.deposit(supplier, UNIT);
    expect(joins()).toBeUndefined();
  });
});

describe('money goes out', () => {
  it('of a member down to the floor, of nobody beyond what it has', () => {
    const community = pool({ deposit: 3n * UNIT, depositFloor: UNIT });
    expect(community.vm.refusal(one, community.market, 'withdraw', [2n * UNIT + 1n])).toBe(
      `Uncovered(${shown(one)}, ${2n * UNIT}, ${2n * UNIT + 1n})`,
    );
    community.vm.send(one, community.market, 'withdraw', [2n * UNIT]);
    expect(community.vm.refusal(stranger, community.market, 'withdraw', [1n])).toMatch(/^Uncovered/);
    expect(community.vm.refusal(gridOperator, community.market, 'withdraw', [1n])).toMatch(/^Uncovered/);
    expect(community.vm.refusal(stranger, community.market, 'deposit', [stranger.address, 1n])).toBe(
      `NotAnAccount(${shown(stranger)})`,
    );
    isBalanced(community);
  });

  it('not of what is locked for a bill that is still to come', () => {
    const community = pool({ args: [2, 0n, [], [startOf(2)]], deposit: UNIT });
    community.report(0, [[needs(4n * KWH), needs(0n), gives(0n)]]);
    community.settle(0, 1);
    const [balance, locked] = community.vm.read<readonly bigint[]>(community.market, 'accountOf', [one.address]);
    expect([balance, locked]).toEqual([UNIT, 8n * 10n ** 17n + 4n]);
    expect(community.vm.refusal(one, community.market, 'withdraw', [2n * 10n ** 17n])).toMatch(/^Uncovered/);
    expect(community.vm.refusal(stranger, community.market, 'bill', [9n])).toMatch(/^NotNext/);
    community.report(1, [[needs(4n * KWH), needs(0n), gives(0n)]]);
    // A second such period it cannot pay.
    expect(community.settle(1, 1).events.map(({ name }) => name)).toContain('ServedOutside');
    community.report(2, [[needs(0n), needs(0n), gives(0n)]]);
    community.vm.nowS += CORRECTION;
    expect(community.vm.refusal(stranger, community.market, 'settle', community.settleArgs(2, 1))).toMatch(
      /^NotBilled/,
    );
    community.vm.send(stranger, community.market, 'bill', [9n]);
    expect(community.balance(one)).toBe(2n * 10n ** 17n);
    community.vm.send(one, community.market, 'withdraw', [2n * 10n ** 17n]);
    community.settle(2, 1);
    isBalanced(community);
  });
});

describe('a period', () => {
  const quiet = [needs(KWH), needs(0n), gives(KWH)];

  it('is settled once, in the order of time, from final readings', () => {
    const community = pool();
    const settles = (period: number, count = 1) =>
      community.vm.try(stranger, community.market, 'settle', community.settleArgs(period, count)).refusal;
    community.vm.nowS = startOf(2);
    expect(settles(0)).toBe(`PeriodNotReady(${startOf(0)}, ${shown(one)})`);
    community.report(0, [quiet, quiet]);
    expect(settles(0)).toBe(`PeriodNotReady(${startOf(0)}, ${shown(one)})`);
    community.vm.nowS += CORRECTION;
    expect(settles(1)).toBe(`NotNext(${startOf(1)}, ${startOf(0)})`);
    expect(settles(0, 0)).toMatch(/^NotNext/);
    expect(settles(0)).toBeUndefined();
    const before = community.balances();
    expect(settles(0)).toBe(`NotNext(${startOf(0)}, ${startOf(1)})`);
    expect(community.balances()).toEqual(before);
    expect(settles(1)).toBeUndefined();
  });

  it('is settled without a reading that has not come in time, and that home is served outside', () => {
    const community = pool({ silenceSeconds: 2n * STEP });
    community.report(0, [[needs(KWH), gives(KWH)]], [1, 3]);
    community.vm.nowS = startOf(1) + 2n * STEP - 1n;
    expect(community.vm.refusal(stranger, community.market, 'settle', community.settleArgs(0, 1))).toBe(
      `PeriodNotReady(${startOf(0)}, ${shown(two)})`,
    );
    community.vm.nowS += 1n;
    const { events } = community.vm.send(stranger, community.market, 'settle', community.settleArgs(0, 1));
    expect(events.filter(({ name }) => name === 'ServedOutside').map(({ args }) => args)).toEqual([
      { periodStart: startOf(0), owner: shown(two), isRead: false },
    ]);
    isBalanced(community);
  });

  it('needs the prices that were in force', () => {
    const other = { tariff: UNIT, feedIn: 0n, gridFee: 0n, localFee: 0n };
    const community = pool({ prices: [other, { ...other, tariff: 2n * UNIT }] });
    community.report(0, [quiet, quiet]);
    community.vm.nowS += CORRECTION;
    for (const tariffEntry of [1n, 7n])
      expect(
        community.vm.refusal(stranger, community.market, 'settle', [{ tariffEntry, feeEntry: 0n }, startOf(0), 2n]),
      ).toBe(`NotInForce(${tariffEntry}, ${startOf(0)})`);
    community.settle(0, 1);
    expect(
      community.vm.refusal(stranger, community.market, 'settle', [{ tariffEntry: 0n, feeEntry: 0n }, startOf(1), 1n]),
    ).toBe(`NotInForce(0, ${startOf(1)})`);
  });
});

describe('members', () => {
  it('leave with the next period, are held to the floor until that is settled, and make room', () => {
    const community = pool({ deposit: UNIT, depositFloor: UNIT / 2n });
    const readings = [needs(KWH), needs(0n), gives(KWH)];
    community.vm.nowS += 1n;
    community.vm.send(one, community.market, 'leave');
    expect(community.vm.refusal(one, community.market, 'leave')).toMatch(/^NotAMember/);
    expect(community.vm.refusal(one, community.market, 'withdraw', [UNIT])).toMatch(/^Uncovered/);
    community.register(4);
    community.fund(homeAccount(4), UNIT);
    const takes = () => community.vm.try(homeAccount(4), community.market, 'join', [homeMeter(4), UNIT, 1n]).refusal;
    expect(takes()).toBe('this place cannot be taken');
    community.report(0, [readings, readings]);
    community.settle(0, 2);
    // 1 kWh of period 0 at 0.12, nothing of period 1.
    expect(community.balance(one)).toBe(UNIT - 12n * 10n ** 16n);
    expect(takes()).toBeUndefined();
    expect(community.vm.read(community.money, 'balanceOf', [one.address])).toBe(UNIT - 12n * 10n ** 16n);
    expect(community.vm.read(community.market, 'numberOf', [homeAccount(4).address])).toBe(1n);
    isBalanced(community);
    // And back, at the next place.
    community.fund(one, UNIT);
    community.vm.send(one, community.market, 'join', [homeMeter(1), UNIT, 4n]);
    expect(community.vm.read(community.market, 'memberCount')).toBe(4n);
    isBalanced(community);
  });

  it('take part from the period after they joined', () => {
    const community = pool({ homes: 2 });
    community.vm.nowS += 1n;
    community.join(3);
    community.report(0, [[needs(KWH), needs(0n), gives(KWH)]], [1, 2, 3]);
    community.settle(0, 1);
    expect(community.balance(three)).toBe(10n ** 24n);
    community.report(1, [[needs(KWH), needs(0n), gives(KWH)]], [1, 2, 3]);
    community.settle(1, 1);
    expect(community.balance(three)).toBeGreaterThan(10n ** 24n);
  });

  it('are households of their own meters, once each', () => {
    const community = pool({ depositFloor: UNIT });
    const join = (by: TestAccount, meter: number, number: bigint, amount = 0n) =>
      community.vm.refusal(by, community.market, 'join', [homeMeter(meter), amount, number]);
    expect(join(stranger, 1, 4n)).toBe("only the meter's household");
    expect(join(one, 1, 4n)).toBe('this place cannot be taken');
    expect(join(one, 1, 1n)).toBe('this place cannot be taken');
    community.register(4);
    expect(join(homeAccount(4), 4, 2n)).toBe('this place cannot be taken');
    // Neither beyond the next place nor before the first.
    for (const number of [0n, 5n, 1_025n]) expect(join(homeAccount(4), 4, number)).toBe('this place cannot be taken');
    for (const number of [0n, 4n])
      expect(community.vm.refusal(one, community.market, 'memberAt', [number])).toBe('there is no such place');
    expect(join(homeAccount(4), 4, 4n)).toBe(`Uncovered(${shown(homeAccount(4))}, 0, ${UNIT})`);
    const meter = homeMeter(9);
    community.vm.send(registrar, community.registry, 'registerMeter', [
      meter,
      supplier.address,
      reader.address,
      false,
      RATING,
    ]);
    expect(community.vm.refusal(supplier, community.market, 'join', [meter, 0n, 4n])).toBe(
      'supplier and grid operator are no members',
    );
    expect(community.vm.refusal(stranger, community.market, 'leave')).toMatch(/^NotAMember/);
  });
});

describe('the fund', () => {
  it('gets what was sent without a deposit, and only the council has it shared', () => {
    const community = pool();
    community.vm.send(issuer, community.money, 'mint', [community.market.address, 100n]);
    expect(community.vm.refusal(one, community.market, 'shareFund')).toBe('only a member of the council');
    const before = community.balances();
    community.vm.send(registrar, community.market, 'shareFund');
    const shares = community.balances().map((balance, i) => balance - (before[i] ?? 0n));
    expect([...shares].sort()).toEqual([33n, 33n, 34n]);
    isBalanced(community);
  });
});

it('sizes at the limits do not overflow', () => {
  // Of 1,024 homes with 1 GWh each at the largest price: the longest product is that of the supply-demand ratio.
  const [price, energy] = [10n ** 23n, 1_024n * 10n ** 12n];
  expect(price * price * energy * energy).toBeLessThan(2n ** 256n);
  const prices = [{ tariff: price, feedIn: price - 1n, gridFee: price, localFee: price }];
  for (const rule of [0, 1, 3, 4]) {
    const community = pool({ args: [rule, 5_000n, [], []], prices, deposit: 10n ** 27n, homes: 2 });
    community.report(0, [[needs(10n ** 9n), gives(10n ** 12n)]]);
    community.settle(0, 1);
    isBalanced(community);
    // What no account can pay is served outside.
    community.report(1, [[needs(10n ** 12n), gives(0n)]]);
    expect(community.settle(1, 1).events.map(({ name }) => name)).toContain('ServedOutside');
    isBalanced(community);
  }
});

const act = fc.oneof(
  fc.record({
    kind: fc.constant('settle' as const),
    energies: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 5, maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('deposit' as const), who: fc.nat(5), units: fc.nat(20) }),
  fc.record({ kind: fc.constant('withdraw' as const), who: fc.nat(5), units: fc.nat(20) }),
  fc.record({ kind: fc.constant('leave' as const), who: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('join' as const),
    who: fc.integer({ min: 1, max: 5 }),
    number: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ kind: fc.constant('payOwed' as const) }),
  fc.record({ kind: fc.constant('shareFund' as const) }),
);

it('after every act of any kind the accounts are the money held, nobody owes more than its limit, and the supplier keeps its reserve', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 5, maxLength: 14 }), (acts) => {
      const tenth = UNIT / 10n;
      const advanceLimit = 8n * tenth;
      const community = pool({
        homes: 5,
        deposit: 5n * tenth,
        depositFloor: tenth,
        advanceLimit,
        supplierDeposit: 50n * tenth,
      });
      const accounts = [supplier, ...[1, 2, 3, 4, 5].map(homeAccount)];
      let period = 0;
      for (const one of acts) {
        const who = 'who' in one ? (accounts[one.who] as TestAccount) : stranger;
        switch (one.kind) {
          case 'settle': {
            const readings = one.energies.map((kwh) =>
              kwh < 0 ? needs(BigInt(-kwh) * KWH) : gives(BigInt(kwh) * KWH),
            );
            community.report(period, [readings]);
            community.settle(period, 1);
            period += 1;
            break;
          }
          case 'deposit':
            community.fund(who, BigInt(one.units) * tenth);
            community.vm.try(who, community.market, 'deposit', [who.address, BigInt(one.units) * tenth]);
            break;
          case 'withdraw':
            community.vm.try(who, community.market, 'withdraw', [BigInt(one.units) * tenth]);
            break;
          case 'leave':
            community.vm.try(who, community.market, 'leave');
            break;
          case 'join':
            community.fund(who, tenth);
            community.vm.try(who, community.market, 'join', [homeMeter(one.who), tenth, BigInt(one.number)]);
            break;
          case 'payOwed':
            community.vm.try(who, community.market, 'payOwed', [accounts.map(({ address }) => address)]);
            break;
          case 'shareFund':
            community.vm.try(registrar, community.market, 'shareFund');
        }
        isBalanced(community);
        for (const balance of community.balances()) expect(balance).toBeGreaterThanOrEqual(-advanceLimit);
        const places = community.vm.read<bigint>(community.market, 'memberCount');
        expect(community.balance(supplier)).toBeGreaterThanOrEqual(places * advanceLimit);
      }
    }),
    { numRuns: 6 },
  );
}, 60_000);
