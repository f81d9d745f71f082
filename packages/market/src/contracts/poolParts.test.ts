/** One period settled in several calls: the same to the last unit wherever it is cut, and nothing to gain or to stop in between. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CORRECTION,
  CommunityVm,
  gridOperator,
  homeAccount,
  homeMeter,
  issuer,
  registrar,
  startOf,
  stranger,
  supplier,
  type TestPrices,
  type TestReading,
} from '../../testing/communityVm.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';

const UNIT = 10n ** 18n;
const KWH = 1_000_000n;
const PRICES: TestPrices = {
  tariff: 30n * 10n ** 15n,
  feedIn: 6n * 10n ** 15n,
  gridFee: 10n ** 15n,
  localFee: 10n ** 14n,
};
const needs = (mwh: bigint): TestReading => ({ producedMwh: 0n, consumedMwh: mwh });
const gives = (mwh: bigint): TestReading => ({ producedMwh: mwh, consumedMwh: 0n });

/** Rules of a pool and of one with allowances, 5, as arguments of their constructors. */
const RULES = [0, 1, 2, 3, 4, 5] as const;
type Rule = (typeof RULES)[number];

interface Room {
  readonly homes: number;
  readonly prices?: readonly TestPrices[];
  readonly deposit?: bigint;
  readonly advanceLimit?: bigint;
  readonly supplierDeposit?: bigint;
}

function roomOf(rule: Rule, { homes, prices = [PRICES], ...rest }: Room): CommunityVm {
  const ends = [startOf(3)];
  const terms = { price: 40n * 10n ** 15n, cashBackPrice: 10n ** 15n, forecastMwh: 10n ** 9n };
  return new CommunityVm({
    artifact: rule === 5 ? COMMUNITY_ARTIFACTS.AllowancePool : COMMUNITY_ARTIFACTS.Pool,
    args:
      rule === 5
        ? [terms, [2n * KWH, 0n, 500n], ends]
        : [rule, 3_700n, rule === 3 ? [3, 0, 5, 5, 1] : [], rule === 2 ? ends : []],
    homes,
    prices,
    ...rest,
  });
}

/** All that a settlement may change. */
function stateOf(community: CommunityVm) {
  const accounts = [
    supplier,
    gridOperator,
    community.market,
    ...Array.from({ length: community.homes }, (_, i) => homeAccount(i + 1)),
  ];
  return {
    accounts: accounts.map(({ address }) =>
      community.vm.read<readonly bigint[]>(community.market, 'accountOf', [address]).map(String).join(' '),
    ),
    until: community.vm.read<bigint>(community.market, 'settledUntil'),
  };
}

function isBalanced(community: CommunityVm): void {
  const [held, sum] = community.audit();
  expect(sum).toBe(held);
}

/** The calls of a period one by one; each is checked to leave the accounts what is held. */
class Parting {
  parts: readonly bigint[] = [];
  readonly gas: number[] = [];

  constructor(
    readonly community: CommunityVm,
    readonly period: number,
  ) {
    community.vm.nowS += CORRECTION;
  }

  measure(most: number, by = stranger) {
    const [hint, from] = this.community.settleArgs(this.period, 1);
    return this.#call('measure', [hint, from, BigInt(most)], by);
  }

  share(by = stranger) {
    const [hint, from] = this.community.settleArgs(this.period, 1);
    const result = this.#call('share', [hint, from], by);
    this.parts = result.events.find(({ name }) => name === 'Shared')?.args.parts as readonly bigint[];
    return result;
  }

  pay(most: number, by = stranger) {
    return this.#call('pay', [startOf(this.period), this.parts, BigInt(most)], by);
  }

  /** Cut after these numbers of members, again and again. */
  run(measured: readonly number[], paid: readonly number[]): void {
    const size = Number(this.community.vm.read<bigint>(this.community.market, 'memberCount'));
    for (let done = 0, call = 0; done < size; call += 1) {
      const most = measured[call % measured.length] ?? 1;
      this.measure(most);
      done += most;
    }
    this.share();
    for (let done = 0, call = 0; done < size; call += 1) {
      const most = paid[call % paid.length] ?? 1;
      this.pay(most);
      done += most;
    }
  }

  #call(name: string, args: readonly unknown[], by: typeof stranger) {
    const result = this.community.vm.send(by, this.community.market, name, args);
    this.gas.push(result.gasUsed);
    isBalanced(this.community);
    return result;
  }
}

const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
const net = fc.oneof(fc.constant(0n), fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -4n * KWH, max: 4n * KWH }));
const price = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 10n ** 17n }));
const prices: fc.Arbitrary<TestPrices> = fc.tuple(price, price, price, price).map(([a, b, c, d]) => ({
  tariff: a < b ? b : a,
  feedIn: a < b ? a : b,
  gridFee: c < d ? d : c,
  localFee: c < d ? c : d,
}));
/** Homes with much or little money, a supplier with much or with nothing beyond its reserve. */
const world = fc.integer({ min: 1, max: 7 }).chain((homes) =>
  fc.record({
    homes: fc.constant(homes),
    nets: fc.array(fc.array(net, { minLength: homes, maxLength: homes }), { minLength: 3, maxLength: 3 }),
    prices: fc.array(prices, { minLength: 3, maxLength: 3 }),
    deposit: fc.constantFrom(UNIT / 4n, 10n ** 24n),
    supplierDeposit: fc.constantFrom(10n * UNIT, 10n ** 26n),
    measured: cuts,
    paid: cuts,
  }),
);

describe.each(RULES)('rule %i', (rule) => {
  it('gives the same to everybody wherever a period is cut', () => {
    fc.assert(
      fc.property(world, ({ nets, measured, paid, ...room }) => {
        const [whole, parted] = [0, 1].map(() => roomOf(rule, { ...room, advanceLimit: UNIT }));
        if (whole === undefined || parted === undefined) return;
        nets.forEach((ofPeriod, period) => {
          const readings = ofPeriod.map((mwh) => (mwh < 0n ? needs(-mwh) : gives(mwh)));
          whole.report(period, [readings]);
          whole.settle(period, 1);
          parted.report(period, [readings]);
          new Parting(parted, period).run(measured, paid);
          expect(stateOf(parted)).toEqual(stateOf(whole));
        });
        if (rule !== 2 && rule !== 5) return;
        for (const community of [whole, parted])
          community.vm.send(supplier, community.market, rule === 2 ? 'bill' : 'close', rule === 2 ? [9n] : [[], 0n]);
        expect(stateOf(parted)).toEqual(stateOf(whole));
      }),
      { numRuns: 2 },
    );
  }, 120_000);
});

describe('forty homes where no call has room for all of them', () => {
  it('get what one call gives them', () => {
    const homes = 40;
    const readings = Array.from({ length: homes }, (_, i) =>
      i % 3 === 0 ? gives(BigInt(900_000 + i * 7_919)) : needs(BigInt(400_000 + i * 104_729)),
    );
    const [whole, parted] = [roomOf(0, { homes }), roomOf(0, { homes })];
    whole.report(0, [readings]);
    parted.report(0, [readings]);
    const { gasUsed } = whole.settle(0, 1);
    const parting = new Parting(parted, 0);
    parting.run([4], [6]);
    expect(stateOf(parted)).toEqual(stateOf(whole));
    expect(Math.max(...parting.gas)).toBeLessThan(gasUsed / 2);
  });
});

describe('a period that is settled half', () => {
  const half = () => {
    const community = roomOf(0, { homes: 3, deposit: UNIT, advanceLimit: UNIT });
    community.report(0, [[needs(2n * KWH), gives(5n * KWH), needs(KWH)]]);
    return { community, parting: new Parting(community, 0) };
  };
  const whole = () => {
    const { community } = half();
    community.settle(0, 1);
    return stateOf(community);
  };

  it('lets nobody take out what it may owe, and nobody take the place of who is paid later', () => {
    const { community, parting } = half();
    parting.measure(2);
    const most = (2n * KWH * (PRICES.tariff + PRICES.gridFee)) / 150_000n + 8n;
    expect(community.vm.refusal(homeAccount(1), community.market, 'withdraw', [UNIT - most + 1n])).toMatch(
      /^Uncovered/,
    );
    community.vm.send(homeAccount(1), community.market, 'withdraw', [UNIT - most]);
    community.vm.send(homeAccount(2), community.market, 'leave');
    community.register(4);
    community.fund(homeAccount(4), UNIT);
    const place = [homeMeter(4), UNIT, 2n];
    expect(community.vm.refusal(homeAccount(4), community.market, 'join', place)).toBe('this place cannot be taken');
    parting.measure(9);
    parting.share();
    expect(community.vm.refusal(homeAccount(4), community.market, 'join', place)).toBe('this place cannot be taken');
    parting.pay(9);
    isBalanced(community);
    expect(community.balance(homeAccount(1))).toBeGreaterThan(-UNIT);
  });

  it('is settled in one call by whoever would rather', () => {
    const { community, parting } = half();
    parting.measure(2);
    community.vm.send(stranger, community.market, 'settle', community.settleArgs(0, 1));
    expect(stateOf(community)).toEqual(whole());
    expect(community.vm.read<readonly unknown[]>(community.market, 'parting')).toEqual([0n, 0n, false]);
  });

  it('goes on where it was, whoever comes, and by no other way', () => {
    const { community, parting } = half();
    const { vm, market } = community;
    const [hint, from] = community.settleArgs(0, 1);
    expect(vm.refusal(stranger, market, 'share', [hint, from])).toMatch(/^NotThisPart/);
    parting.measure(1, homeAccount(1));
    expect(vm.refusal(stranger, market, 'share', [hint, from])).toMatch(/^NotThisPart/);
    expect(vm.refusal(stranger, market, 'measure', [hint, from, 0n])).toMatch(/^NotThisPart/);
    expect(vm.refusal(stranger, market, 'measure', [hint, startOf(1), 1n])).toMatch(/^NotNext/);
    parting.measure(9, homeAccount(2));
    expect(vm.refusal(stranger, market, 'measure', [hint, from, 1n])).toMatch(/^NotThisPart/);
    expect(vm.refusal(stranger, market, 'pay', [from, [], 1n])).toMatch(/^NotThisPart/);
    parting.share(homeAccount(3));
    for (const name of ['settle', 'measure'])
      expect(vm.refusal(stranger, market, name, [hint, from, 1n])).toMatch(/^NotThisPart/);
    expect(vm.refusal(stranger, market, 'share', [hint, from])).toMatch(/^NotThisPart/);
    const others = parting.parts.map((part, i) => (i === 0 ? part + 1n : part));
    for (const parts of [others, parting.parts.slice(0, 3), []])
      expect(vm.refusal(homeAccount(1), market, 'pay', [from, parts, 1n])).toMatch(/^AnotherShare/);
    parting.pay(1);
    parting.pay(1, homeAccount(3));
    parting.pay(1);
    expect(vm.refusal(stranger, market, 'pay', [from, parting.parts, 1n])).toMatch(/^NotThisPart/);
    expect(stateOf(community)).toEqual(whole());
  });

  it('is not changed by money, members and readings that come in between, and takes what nobody is paid yet from no fund', () => {
    const { community, parting } = half();
    const { vm, market } = community;
    parting.measure(2);
    community.deposit(homeAccount(3), UNIT);
    community.join(4);
    expect(vm.read<{ from: bigint | number }>(market, 'memberAt', [4n]).from).toBe(Number(startOf(2)));
    parting.measure(9);
    parting.share();
    vm.send(issuer, community.money, 'mint', [market.address, 5n]);
    vm.send(registrar, market, 'shareFund');
    isBalanced(community);
    parting.pay(2);
    vm.send(homeAccount(1), market, 'leave');
    parting.pay(9);
    isBalanced(community);
    expect(community.balance(gridOperator)).toBeGreaterThan(0n);
    community.report(1, [[needs(KWH), gives(KWH), needs(0n)]]);
    community.settle(1, 1);
    isBalanced(community);
  });

  it('of a home without a reading waits until that is late, with what the others have free', () => {
    const community = roomOf(0, { homes: 3, deposit: UNIT, advanceLimit: 0n });
    community.report(0, [[needs(KWH), gives(KWH)]], [1, 2]);
    const parting = new Parting(community, 0);
    parting.measure(2);
    const [hint, from] = community.settleArgs(0, 1);
    expect(community.vm.refusal(stranger, community.market, 'measure', [hint, from, 1n])).toMatch(/^PeriodNotReady/);
    community.vm.send(homeAccount(2), community.market, 'withdraw', [UNIT / 2n]);
    community.vm.nowS += 7_200n;
    parting.measure(1);
    parting.share();
    parting.pay(9);
    expect(community.vm.read(community.market, 'settledUntil')).toBe(startOf(1));
  });
});
