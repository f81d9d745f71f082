import type { Address } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BEGIN,
  CommunityRoom,
  DAY,
  eventsOf,
  gridOperator,
  HOUR,
  home,
  meterOf,
  stranger,
  supplier,
  type TestReading,
} from '../../testing/communityRoom.js';
import type { TestAccount } from '../../testing/marketVm.js';
import { sum } from '../mechanism/common/split.js';
import { type BookAct, continuousBook } from '../mechanism/continuousBook.js';
import { bellOf, settleCoins } from '../mechanism/mintPerKwh.js';
import { amountOf } from '../units.js';

const TARIFF = 33n * 10n ** 15n;
/** Money of each home in the beginning. */
const START = 10n ** 24n;
const FIRST = BEGIN + HOUR;
const HINT = { tariffEntry: 0n, feeEntry: 0n };
const KWH = 1_000_000n;
const net = (netMwh: bigint): TestReading =>
  netMwh > 0n ? { producedMwh: 3n, consumedMwh: netMwh + 3n } : { producedMwh: 5n - netMwh, consumedMwh: 5n };

interface RoomRules {
  readonly width?: bigint;
  readonly advanceLimit?: bigint;
  readonly deposit?: bigint;
  readonly fees?: { readonly gridFee: bigint; readonly localFee: bigint };
}

/** A community whose homes have joined before the first period. */
class Room extends CommunityRoom {
  readonly grid;
  readonly market;

  constructor(
    readonly count: number,
    { width = KWH, advanceLimit = 0n, deposit = START, fees = { gridFee: 0n, localFee: 0n } }: RoomRules = {},
  ) {
    super();
    const first = { tariff: TARIFF, feedIn: 10n ** 15n, ...fees };
    this.grid = this.deploy('Grid', [this.registry.address, 600n, first]);
    const rules = {
      money: this.money.address,
      registry: this.registry.address,
      grid: this.grid.address,
      depositFloor: 0n,
      advanceLimit,
      firstPeriod: FIRST,
      silenceSeconds: DAY,
    };
    this.market = this.deploy('MintPerKwh', [rules, width]);
    this.give(supplier, START, this.market);
    this.vm.send(supplier, this.market, 'deposit', [supplier.address, START]);
    for (const n of this.numbers) {
      this.register(n);
      this.give(home(n), 2n * START, this.market);
      this.vm.send(home(n), this.market, 'join', [meterOf(n), deposit, n]);
    }
    this.vm.nowS = FIRST;
  }

  get numbers(): readonly number[] {
    return Array.from({ length: this.count }, (_, index) => index + 1);
  }

  /** Readings of each home for periods from the one on, by what it takes from the grid, and their settlement in one call. */
  settle(period: number, nets: readonly (readonly bigint[])[]) {
    const from = FIRST + BigInt(period) * HOUR;
    for (const n of this.numbers)
      this.report(
        n,
        from,
        nets.map((row) => net(row[n - 1] ?? 0n)),
      );
    return this.act(stranger, 'settle', [HINT, from, BigInt(nets.length)]);
  }

  act(by: TestAccount, functionName: string, args: readonly unknown[]) {
    return this.vm.try(by, this.market, functionName, args);
  }

  balanceOf({ address }: { readonly address: Address }): bigint {
    return this.vm.read<bigint[]>(this.market, 'accountOf', [address])[0] ?? 0n;
  }

  lockedOf({ address }: { readonly address: Address }): bigint {
    return this.vm.read<bigint[]>(this.market, 'accountOf', [address])[1] ?? 0n;
  }

  coinsOf({ address }: { readonly address: Address }): bigint {
    return this.vm.read<bigint>(this.market, 'balanceOf', [address]);
  }

  /** Money and coins are where they belong. */
  audit(): void {
    const [held, accounts] = this.vm.read<bigint[]>(this.market, 'audit');
    expect(held).toBe(accounts);
    const [minted = 0n, burned = 0n] = this.vm.read<bigint[]>(this.market, 'coinTotals');
    const holders = [...this.numbers.map(home), stranger, supplier, this.market];
    expect(sum(holders.map((holder) => this.coinsOf(holder)))).toBe(minted - burned);
    expect(this.vm.read(this.market, 'totalSupply')).toBe(minted - burned);
  }
}

describe('coins minted for green kilowatt-hours', () => {
  it('are minted, burned and paid for as the rule says, to the last unit, whatever calls the periods come in', () => {
    const energy = fc.oneof(
      fc.constant(0n),
      fc.bigInt({ min: -20n, max: 20n }),
      fc.bigInt({ min: -3n * KWH, max: 3n * KWH }),
    );
    const some = fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      width: fc.oneof(fc.bigInt({ min: 1n, max: 60n }), fc.bigInt({ min: 1n, max: 20n * KWH })),
      periods: fc.array(fc.array(energy, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      cuts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    });
    fc.assert(
      fc.property(some, ({ count, width, periods, cuts }) => {
        const room = new Room(count, { width });
        const owners = room.numbers.map((n) => home(n).address);
        const coins = new Map(owners.map((owner) => [owner, 0n]));
        const paid = new Map(owners.map((owner) => [owner, 0n]));
        for (let done = 0, call = 0; done < periods.length; call++) {
          const rows = periods.slice(done, done + (cuts[call] ?? 1));
          const result = room.settle(done, rows);
          const told = rows.map((row, index) => {
            const members = owners.map((owner, i) => {
              const value = row[i] ?? 0n;
              return { owner, needMwh: value > 0n ? value : 0n, surplusMwh: value < 0n ? -value : 0n };
            });
            const periodStart = FIRST + BigInt(done + index) * HOUR;
            const bills = settleCoins({ periodStart, members }, { tariff: TARIFF }, width, coins);
            for (const { owner, balance, paidToSupplier } of bills) {
              coins.set(owner, balance);
              paid.set(owner, (paid.get(owner) ?? 0n) + paidToSupplier);
            }
            const [supply, demand] = [sum(members.map((m) => m.surplusMwh)), sum(members.map((m) => m.needMwh))];
            return {
              periodStart,
              bell: bellOf(supply, demand, width),
              minted: sum(bills.map(({ minted }) => minted)),
              burned: sum(bills.map(({ burned }) => burned)),
            };
          });
          expect(result.refusal).toBeUndefined();
          expect(eventsOf(result, 'PeriodMinted')).toEqual(told);
          for (const { minted, bell } of told) expect(bell > 0n || minted === 0n).toBe(true);
          done += rows.length;
        }
        for (const owner of owners) {
          expect(room.coinsOf({ address: owner })).toBe(coins.get(owner));
          expect(room.balanceOf({ address: owner })).toBe(START - (paid.get(owner) ?? 0n));
        }
        expect(room.balanceOf(supplier)).toBe(START + sum([...paid.values()]));
        room.audit();
      }),
      { numRuns: 5 },
    );
  });

  it('by the table: at a distance of w half, at 2 w a sixteenth', () => {
    const room = new Room(1, { width: KWH });
    const shares = [-KWH / 4n, -KWH / 2n, -KWH, -2n * KWH, -4n * KWH].map((energy, period) => {
      const [event] = eventsOf(room.settle(period, [[energy]]), 'PeriodMinted');
      return [event?.bell, event?.minted];
    });
    expect(shares).toEqual([
      [62_762n, ((KWH / 4n) * 62_762n) / 65_536n],
      [55_112n, ((KWH / 2n) * 55_112n) / 65_536n],
      [32_768n, KWH / 2n],
      [4_096n, KWH / 8n],
      [1n, (4n * KWH) / 65_536n],
    ]);
  });

  it('are minted once for an export: a period is settled once, in the order of time, by anyone', () => {
    const room = new Room(2);
    expect(room.settle(0, [[-KWH, KWH]]).refusal).toBeUndefined();
    expect(room.act(stranger, 'settle', [HINT, FIRST, 1n]).refusal).toBe(`NotNext(${FIRST}, ${FIRST + HOUR})`);
    expect(room.act(stranger, 'settle', [HINT, FIRST + 2n * HOUR, 1n]).refusal).toContain('NotNext');
    expect(room.act(stranger, 'settle', [HINT, FIRST + HOUR, 1n]).refusal).toContain('PeriodNotReady');
    expect([1, 2].map((n) => room.coinsOf(home(n)))).toEqual([KWH, 0n]);
    room.audit();
  });

  it('pay a need a unit for a unit, whatever energy costs; a home without any pays the tariff; both pay the grid’s fee', () => {
    const room = new Room(2, { fees: { gridFee: 10n ** 16n, localFee: 10n ** 15n } });
    room.settle(0, [[-KWH, KWH]]);
    const before = [1, 2].map((n) => room.balanceOf(home(n)));
    room.settle(1, [[KWH / 2n, KWH / 2n]]);
    const half = KWH / 2n;
    expect([1, 2].map((n, i) => (before[i] ?? 0n) - room.balanceOf(home(n)))).toEqual([
      amountOf(half, 10n ** 16n),
      amountOf(half, TARIFF) + amountOf(half, 10n ** 16n),
    ]);
    expect(room.coinsOf(home(1))).toBe(half);
    expect(room.balanceOf(gridOperator) > 0n).toBe(true);
    room.audit();
  });

  it('of who cannot pay are not touched: it is served outside, and its neighbours’ bell does not count it', () => {
    const room = new Room(2, { deposit: 10n ** 15n });
    const result = room.settle(0, [[-KWH, KWH]]);
    expect(eventsOf(result, 'ServedOutside')).toMatchObject([{ isRead: true }]);
    const [event] = eventsOf(result, 'PeriodMinted');
    expect(event).toMatchObject({ bell: 32_768n, minted: KWH / 2n, burned: 0n });
    expect(room.balanceOf(home(2))).toBe(10n ** 15n);
    room.audit();
  });
});

/** A book with two homes and coins of both. */
function bookRoom(): Room {
  const room = new Room(3, { width: 10n ** 12n });
  room.settle(0, [[-90n * KWH, -90n * KWH, -90n * KWH]]);
  return room;
}

describe('the book of the coin', () => {
  it('fills orders as a continuous book does: price-time priority, the resting order’s price, escrow on both sides', () => {
    const order = fc.record({
      who: fc.integer({ min: 1, max: 3 }),
      isBid: fc.boolean(),
      coins: fc.bigInt({ min: 100_000n, max: 2n * KWH }),
      price: fc.oneof(fc.bigInt({ min: 0n, max: 4n }), fc.bigInt({ min: 10n ** 16n, max: 3n * 10n ** 16n })),
      behind: fc.nat(9),
      cancels: fc.option(fc.nat(12), { freq: 3, nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(order, { minLength: 6, maxLength: 16, size: 'max' }), (orders) => {
        const room = bookRoom();
        const money = room.numbers.map((n) => room.balanceOf(home(n)));
        const coins = room.numbers.map((n) => room.coinsOf(home(n)));
        const acts: BookAct[] = [];
        const numbers: number[] = [];
        const owners: number[] = [];
        const traded: unknown[] = [];
        for (const { who, isBid, coins: energyMwh, price, behind, cancels } of orders) {
          const result = room.act(home(who), 'placeCoinOrder', [isBid, energyMwh, price, behind]);
          expect(result.refusal).toBeUndefined();
          numbers.push(acts.length);
          owners.push(who);
          acts.push({ side: isBid ? 'bid' : 'ask', place: { owner: home(who).address, energyMwh, price } });
          traded.push(...eventsOf(result, 'CoinsTraded').map((event) => ({ ...event })));
          const number = cancels === undefined ? 0 : (cancels % numbers.length) + 1;
          const placed = acts[numbers[number - 1] ?? -1];
          if (placed === undefined || !('place' in placed)) continue;
          const left = continuousBook(acts).restingMwh[numbers[number - 1] ?? 0] ?? 0n;
          const cancelled = room.act(home(owners[number - 1] ?? 0), 'cancelCoinOrder', [number, placed.place.price]);
          expect(cancelled.refusal === undefined).toBe(left > 0n);
          if (left > 0n) acts.push({ cancel: numbers[number - 1] ?? 0 });
        }
        const { trades, restingMwh } = continuousBook(acts);
        const numberOf = (act: number) => numbers.indexOf(act) + 1;
        expect(traded).toEqual(
          trades.map(({ resting, incoming, energyMwh, price, amount }) => ({
            resting: numberOf(resting),
            incoming: numberOf(incoming),
            coins: energyMwh,
            price,
            amount,
          })),
        );
        // What each has: its coins and money after its trades, what rests locked or held.
        const locked = room.numbers.map(() => 0n);
        const add = (list: bigint[], who: number, value: bigint) => {
          list[who - 1] = (list[who - 1] ?? 0n) + value;
        };
        for (const { resting, incoming, energyMwh, amount } of trades) {
          const isBid = (acts[incoming] as { readonly side: string }).side === 'bid';
          const [bid, ask] = isBid ? [incoming, resting] : [resting, incoming];
          const [buyer, seller] = [owners[numberOf(bid) - 1] ?? 0, owners[numberOf(ask) - 1] ?? 0];
          add(money, buyer, -amount);
          add(money, seller, amount);
          add(coins, buyer, energyMwh);
          add(coins, seller, -energyMwh);
        }
        acts.forEach((act, index) => {
          const left = restingMwh[index] ?? 0n;
          if (!('place' in act) || left === 0n) return;
          const who = owners[numberOf(index) - 1] ?? 0;
          if (act.side === 'bid') add(locked, who, amountOf(left, act.place.price));
          else add(coins, who, -left);
        });
        expect(room.numbers.map((n) => room.balanceOf(home(n)))).toEqual(money);
        expect(room.numbers.map((n) => room.lockedOf(home(n)))).toEqual(locked);
        expect(room.numbers.map((n) => room.coinsOf(home(n)))).toEqual(coins);
        room.audit();
      }),
      { numRuns: 5 },
    );
  });

  it('takes no more coins than somebody has, no more money than is its own, and no order of dust', () => {
    const room = bookRoom();
    const place = (n: number, isBid: boolean, coins: bigint, price: bigint) =>
      room.act(home(n), 'placeCoinOrder', [isBid, coins, price, 0]).refusal;
    const own = room.coinsOf(home(1));
    expect(place(1, false, own + 1n, 1n)).toContain('ERC20InsufficientBalance');
    expect(place(1, false, own, 1n)).toBeUndefined();
    expect(place(1, true, 150_000n, 2n * START)).toContain('Uncovered');
    expect(place(1, true, 99_999n, 1n)).toBe('CoinOrderTooSmall(99999, 100000)');
    expect(room.act(stranger, 'placeCoinOrder', [true, 150_000n, 0n, 0]).refusal).toBe('only a member');
    // Coins that an order holds pay no need.
    const before = room.balanceOf(home(1));
    room.settle(1, [[KWH, 0n, 0n]]);
    expect(room.balanceOf(home(1))).toBe(before - amountOf(KWH, TARIFF));
  });

  it('gives an order back to its owner alone, once', () => {
    const room = bookRoom();
    room.act(home(1), 'placeCoinOrder', [false, KWH, 7n, 0]);
    const cancel = (n: number, price: bigint) => room.act(home(n), 'cancelCoinOrder', [1, price]).refusal;
    expect(cancel(2, 7n)).toBe('the caller has no such order');
    expect(cancel(1, 8n)).toBe('the caller has no such order');
    expect(cancel(1, 7n)).toBeUndefined();
    expect(cancel(1, 7n)).toBe('the caller has no such order');
  });

  it('lets nobody leave while an order of it rests: a trade would pay an account that is no more', () => {
    const room = bookRoom();
    room.act(home(1), 'placeCoinOrder', [false, 2n * KWH, 7n, 0]);
    expect(room.act(home(1), 'leave', []).refusal).toBe('take your coin orders back first');
    room.act(home(2), 'placeCoinOrder', [true, KWH, 7n, 0]);
    expect(room.act(home(1), 'leave', []).refusal).toBe('take your coin orders back first');
    room.act(home(2), 'placeCoinOrder', [true, KWH, 7n, 0]);
    expect(room.act(home(1), 'leave', []).refusal).toBeUndefined();
    expect(room.act(home(1), 'placeCoinOrder', [false, KWH, 7n, 0]).refusal).toBe('only a member');
    room.audit();
  });
});
