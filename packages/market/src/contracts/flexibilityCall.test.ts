import fc from 'fast-check';
import { type Hex, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  BEGIN,
  CommunityRoom,
  DAY,
  eventsOf,
  HOUR,
  home,
  meterOf,
  RATING,
  stranger,
  type TestReading,
} from '../../testing/communityRoom.js';
import type { TestAccount } from '../../testing/marketVm.js';
import { baselineSum, settleFlexibility } from '../mechanism/flexibilityCall.js';
import { amountOf } from '../units.js';

const buyer = stranger;
const DAYS = 2n;
const LAG = 1n;
const GATE = 600n;
const SILENCE = 7_200n;
/** Money of everybody in the beginning. */
const START = 10n ** 26n;
/** The hour that is called for: the first of the sixth day. */
const START_OF_CALL = BEGIN + 5n * DAY;
const net = (netMwh: bigint): TestReading =>
  netMwh > 0n ? { producedMwh: 0n, consumedMwh: netMwh } : { producedMwh: -netMwh, consumedMwh: 0n };

interface Terms {
  readonly buyer: Hex;
  readonly periodStart: bigint;
  readonly isMore: boolean;
  readonly wantedMwh: bigint;
  readonly price: bigint;
  readonly penaltyPrice: bigint;
  readonly number: bigint;
}

const TERMS: Terms = {
  buyer: buyer.address,
  periodStart: START_OF_CALL,
  isMore: false,
  wantedMwh: 900_000n,
  price: 10n ** 17n,
  penaltyPrice: 2n * 10n ** 17n,
  number: 0n,
};

/** Homes with meters that were read for five days, in the hour that will be called for; the rest of those days was skipped. */
class Room extends CommunityRoom {
  readonly flexibility;

  constructor(
    readonly homes: readonly (readonly bigint[])[],
    correctionSeconds = 0n,
  ) {
    super({ correctionSeconds });
    const rules = { baselineDays: DAYS, lagDays: LAG, gateSeconds: GATE, silenceSeconds: SILENCE };
    this.flexibility = this.deploy('FlexibilityCall', [this.money.address, this.registry.address, rules]);
    this.give(buyer, START, this.flexibility);
    homes.forEach((_, index) => {
      this.register(index + 1);
      this.give(home(index + 1), START, this.flexibility);
    });
    for (let day = 0n; day < 5n; day++) {
      homes.forEach((days, index) => {
        const value = days[Number(day)];
        if (value !== undefined) this.report(index + 1, BEGIN + day * DAY, [net(value)]);
      });
    }
    this.atLeast(START_OF_CALL - HOUR);
  }

  act(by: TestAccount, functionName: string, args: readonly unknown[]) {
    return this.vm.try(by, this.flexibility, functionName, args);
  }

  call(terms = TERMS, by = buyer): Hex {
    return this.vm.send(by, this.flexibility, 'makeCall', [terms]).output as Hex;
  }

  promise(n: number, energy: bigint, terms = TERMS, by = home(n)) {
    return this.act(by, 'promiseEnergy', [terms, meterOf(n), energy]);
  }

  settle(homes: readonly number[], terms = TERMS) {
    return this.act(stranger, 'settle', [terms, homes.map(meterOf)]);
  }

  held(): bigint {
    return this.moneyOf(this.flexibility);
  }
}

describe('a call for flexibility in the machine', () => {
  it('pays what the rule says to the last unit, whatever is promised and delivered, and holds nothing in the end', () => {
    const energy = fc.bigInt({ min: -1_500_000n, max: 1_500_000n });
    const oneHome = fc.record({
      days: fc.array(energy, { minLength: 5, maxLength: 5 }),
      promised: fc.bigInt({ min: 1n, max: 900_000n }),
      now: fc.option(energy, { freq: 5, nil: undefined }),
    });
    const price = fc.oneof(fc.bigInt({ min: 1n, max: 9n }), fc.bigInt({ min: 1n, max: 10n ** 18n }));
    const some = fc.record({
      homes: fc.array(oneHome, { minLength: 1, maxLength: 4 }),
      isMore: fc.boolean(),
      price,
      penaltyPrice: price,
      isOneByOne: fc.boolean(),
    });
    fc.assert(
      fc.property(some, ({ homes, isMore, price, penaltyPrice, isOneByOne }) => {
        const room = new Room(homes.map(({ days }) => days));
        const terms = { ...TERMS, isMore, price: price * 150_000n, penaltyPrice };
        room.call(terms);
        homes.forEach(({ promised }, index) => {
          expect(room.promise(index + 1, promised, terms).refusal).toBeUndefined();
        });
        homes.forEach(({ now }, index) => {
          if (now !== undefined) room.report(index + 1, START_OF_CALL, [net(now)]);
        });
        room.atLeast(START_OF_CALL + HOUR + SILENCE + 1n);
        const expected = settleFlexibility(
          { ...terms, baselineDays: DAYS },
          homes.map(({ days, promised, now }) => ({
            promisedMwh: promised,
            baselineSumMwh: (days[3] ?? 0n) + (days[4] ?? 0n),
            netMwh: now,
          })),
        );
        const numbers = homes.map((_, index) => index + 1);
        for (const list of isOneByOne ? numbers.map((n) => [n]).reverse() : [numbers]) {
          const result = room.settle(list, terms);
          expect(result).toMatchObject({ output: BigInt(list.length) });
        }
        let spent = amountOf(terms.wantedMwh, terms.price) - expected.returned;
        expected.deliveries.forEach(({ paid, penalty }, index) => {
          expect(room.moneyOf(home(index + 1))).toBe(START + paid - penalty);
          spent -= penalty;
        });
        expect(room.moneyOf(buyer)).toBe(START - spent);
        expect(room.held()).toBe(0n);
      }),
      { numRuns: 7 },
    );
  });

  it('computes the baseline from the last days on which the meter promised nothing, and from final readings alone', () => {
    const days = [10n, -20n, 30n, -40n, 50n];
    const room = new Room([days]);
    const sumAt = (start: bigint) => room.vm.read<bigint>(room.flexibility, 'baselineSumOf', [meterOf(1), start]);
    const newestFirst = (until: number, promisedDay?: number) =>
      days
        .slice(0, until)
        .map((netMwh, day) => ({ netMwh, hasPromised: day === promisedDay }))
        .reverse();
    expect(sumAt(START_OF_CALL)).toBe(baselineSum(newestFirst(5), DAYS));
    room.call();
    room.promise(1, 900_000n);
    room.report(1, START_OF_CALL, [net(1n)]);
    // The day of the promise is left out the day after.
    expect(sumAt(START_OF_CALL + DAY)).toBe(10n);
    room.report(1, START_OF_CALL + DAY, [net(7n)]);
    expect(sumAt(START_OF_CALL + 2n * DAY)).toBe(57n);
    const why = (start: bigint) => room.vm.refusal(stranger, room.flexibility, 'baselineSumOf', [meterOf(1), start]);
    expect(why(START_OF_CALL + 3n * DAY)).toBe(`ReadingNotFinal(${meterOf(1)}, ${START_OF_CALL + 2n * DAY})`);
    expect(why(BEGIN + DAY)).toBe(`ReadingNotFinal(${meterOf(1)}, ${BEGIN - DAY})`);
    expect(why(HOUR)).toBe(`TooFewBaselineDays(${meterOf(1)}, 0, 2)`);
  });

  it('a home cannot choose its days by keeping silent, nor take one that can still be corrected', () => {
    const silent = new Room([[10n, 20n, 30n, undefined as unknown as bigint, 50n]]);
    silent.call();
    expect(silent.promise(1, 1n).refusal).toBe(`ReadingNotFinal(${meterOf(1)}, ${BEGIN + 3n * DAY})`);
    const open = new Room([[10n, 20n, 30n, 40n, 50n]], 2n * DAY);
    open.call();
    expect(open.promise(1, 1n).refusal).toBe(`ReadingNotFinal(${meterOf(1)}, ${BEGIN + 4n * DAY})`);
  });

  it('sells the same energy once: a meter makes one promise for a period, whatever calls there are', () => {
    const room = new Room([[0n, 0n, 0n, 0n, 0n]]);
    room.call();
    const other = { ...TERMS, number: 1n };
    room.call(other);
    expect(room.promise(1, 400_000n).refusal).toBeUndefined();
    expect(room.promise(1, 400_000n).refusal).toBe('this meter has promised for this period');
    expect(room.promise(1, 400_000n, other).refusal).toBe('this meter has promised for this period');
  });

  it('takes promises of the household before the gate, of a part of what is wanted and no more than the meter can show', () => {
    const room = new Room([[0n, 0n, 0n, 0n, 0n]]);
    expect(room.promise(1, 1n).refusal).toBe('there is no such open call');
    room.call();
    expect(room.promise(1, 1n, TERMS, stranger).refusal).toBe("only the meter's household");
    expect(room.promise(1, 0n).refusal).toBe('promise a part of what is wanted');
    expect(room.promise(1, 900_001n).refusal).toBe('promise a part of what is wanted');
    const large = { ...TERMS, wantedMwh: 2n * RATING };
    room.call(large);
    expect(room.promise(1, RATING + 1n, large).refusal).toBe(`AboveRating(${RATING + 1n}, ${RATING})`);
    const odd = { ...TERMS, periodStart: START_OF_CALL + 1n };
    room.call(odd);
    expect(room.promise(1, 1n, odd).refusal).toBe(`NotAPeriod(${START_OF_CALL + 1n}, ${HOUR})`);
    room.vm.nowS = START_OF_CALL - GATE;
    expect(room.promise(1, 1n).refusal).toBeUndefined();
    room.vm.nowS += 1n;
    const late = new Room([[0n, 0n, 0n, 0n, 0n]]);
    late.call();
    late.vm.nowS = START_OF_CALL - GATE + 1n;
    expect(late.promise(1, 1n).refusal).toBe(`PastTheGate(${START_OF_CALL - GATE}, ${START_OF_CALL - GATE + 1n})`);
  });

  it('another call is not the one that was signed: one word of its terms makes another id', () => {
    const room = new Room([[0n, 0n, 0n, 0n, 0n]]);
    room.call();
    const changes: Partial<Terms>[] = [
      { price: TERMS.price - 1n },
      { penaltyPrice: TERMS.penaltyPrice + 1n },
      { isMore: true },
      { wantedMwh: 1_000_000n },
      { buyer: home(1).address },
      { periodStart: START_OF_CALL + HOUR },
    ];
    for (const change of changes) {
      expect(room.promise(1, 1n, { ...TERMS, ...change }).refusal).toBe('there is no such open call');
    }
  });

  it('pays nothing before readings are final, leaves what is not ready, and nothing twice', () => {
    const room = new Room([
      [300_000n, 300_000n, 300_000n, 300_000n, 300_000n],
      [300_000n, 300_000n, 300_000n, 300_000n, 300_000n],
    ]);
    room.call();
    for (const n of [1, 2]) room.promise(n, 300_000n);
    expect(room.settle([1, 2]).refusal).toContain('BeforeTheGate');
    room.report(1, START_OF_CALL, [net(0n)]);
    expect(room.settle([2]).refusal).toBe('no promise of these can be settled');
    expect(room.settle([1, 1, 2])).toMatchObject({ output: 1n });
    expect(room.settle([1, 2]).refusal).toBe('no promise of these can be settled');
    expect(room.settle([]).refusal).toBe('there is no meter in the list');
    // Home 2 stays silent: when that is over it has delivered nothing, and the buyer gets its penalty and the rest.
    room.atLeast(START_OF_CALL + HOUR + SILENCE);
    expect(room.settle([2]).refusal).toBe('no promise of these can be settled');
    room.vm.nowS += 1n;
    expect(eventsOf(room.settle([2]), 'CallClosed')).toMatchObject([{ returned: amountOf(600_000n, TERMS.price) }]);
    expect(room.settle([2]).refusal).toBe('there is no such open call');
    expect(room.moneyOf(home(2))).toBe(START - amountOf(300_000n, TERMS.penaltyPrice));
    expect(room.moneyOf(buyer)).toBe(START - amountOf(300_000n, TERMS.price) + amountOf(300_000n, TERMS.penaltyPrice));
  });

  it('a reading that can still be corrected is waited for, however late', () => {
    const room = new Room([[0n, 0n, 0n, 0n, 0n]], DAY / 2n);
    room.call();
    expect(room.promise(1, 1n).refusal).toBeUndefined();
    room.atLeast(START_OF_CALL + HOUR + SILENCE);
    room.report(1, START_OF_CALL, [net(0n)]);
    room.vm.nowS += 10n;
    expect(room.settle([1]).refusal).toBe('no promise of these can be settled');
    room.vm.nowS += DAY / 2n;
    expect(room.settle([1]).refusal).toBeUndefined();
  });

  it('needs the money of who calls and of who promises', () => {
    const room = new Room([[0n, 0n, 0n, 0n, 0n]]);
    const dear = { ...TERMS, price: 10n ** 26n };
    expect(room.act(buyer, 'makeCall', [dear]).refusal).toContain('ERC20InsufficientBalance');
    const harsh = { ...TERMS, penaltyPrice: 10n ** 26n };
    room.call(harsh);
    expect(room.promise(1, 900_000n, harsh).refusal).toContain('ERC20InsufficientBalance');
  });

  it('is taken back as long as nobody has promised, by its buyer', () => {
    const room = new Room([[0n, 0n, 0n, 0n, 0n]]);
    expect(room.act(home(1), 'makeCall', [TERMS]).refusal).toBe('only the buyer that it names');
    room.call();
    expect(room.act(buyer, 'makeCall', [TERMS]).refusal).toBe('this call was made before');
    expect(room.act(home(1), 'cancelCall', [TERMS]).refusal).toBe('only the buyer that it names');
    room.vm.send(buyer, room.flexibility, 'cancelCall', [TERMS]);
    expect([room.moneyOf(buyer), room.held()]).toEqual([START, 0n]);
    expect(room.act(buyer, 'makeCall', [TERMS]).refusal).toBe('this call was made before');
    const next = { ...TERMS, number: 1n };
    room.call(next);
    room.promise(1, 1n, next);
    expect(room.act(buyer, 'cancelCall', [next]).refusal).toBe('there are promises for this call');
    expect(room.act(buyer, 'makeCall', [{ ...TERMS, price: 0n }]).refusal).toBe('this call pays nothing');
    const huge = { ...TERMS, wantedMwh: 2n ** 64n - 1n, price: 2n ** 96n - 1n };
    expect(room.act(buyer, 'makeCall', [huge]).refusal).toBe('this call pays too much');
  });

  it('has its rules from the beginning', () => {
    const room = new Room([]);
    const rules = { baselineDays: 2n, lagDays: 1n, gateSeconds: 0n, silenceSeconds: 0n };
    const make = (change: Partial<typeof rules>, registry: Hex = room.registry.address) =>
      room.deploy('FlexibilityCall', [room.money.address, registry, { ...rules, ...change }]);
    expect(() => make({ baselineDays: 0n })).toThrow('a baseline has 1 to 31 days');
    expect(() => make({ baselineDays: 32n })).toThrow('a baseline has 1 to 31 days');
    expect(() => make({ lagDays: 0n })).toThrow('a baseline ends 1 to 31 days before');
    expect(() => make({}, zeroAddress)).toThrow("the registry's address is missing");
    expect(room.vm.read(make({}), 'registry')).toBe(room.vm.read(room.flexibility, 'registry'));
  });
});
