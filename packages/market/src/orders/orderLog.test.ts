import fc from 'fast-check';
import { numberToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  FEED_IN,
  FIRST,
  GATE,
  HOUR,
  OrderRoom,
  REVEAL_BLOCKS,
  startOf,
  TARIFF,
  UNIT,
} from '../../testing/orderRoom.js';
import { ownDeviation } from '../settlement/ownDeviation.js';
import { amountOf } from '../units.js';
import { ACT_KINDS, actWord, commitmentTo } from './orderActs.js';

const KWH = 1_000_000n;
const PRICE = 20n * 10n ** 15n;
const roomOf = (options: Partial<ConstructorParameters<typeof OrderRoom>[0]> = {}) =>
  new OrderRoom({ contract: 'CallAuction', homes: 4, args: [0], ...options });

/** Home 1 buys a kilowatt-hour of home 2 at 20·10^15; and what both need then, positive, or have. */
function traded(nets: readonly bigint[]) {
  const room = roomOf();
  room.post(1, room.bid(1, KWH, PRICE));
  room.post(2, room.ask(2, KWH, PRICE));
  room.clear();
  room.report(nets);
  room.settle();
  expect(room.isBalanced()).toBe(true);
  expect([1, 2].map((n) => room.accountOf(room.home(n)).locked)).toEqual([0n, 0n]);
  return [room.gain(1), room.gain(2)];
}

describe('deviations', () => {
  const kept = [-amountOf(KWH, PRICE), amountOf(KWH, PRICE)];

  it('none: what was traded is all that is paid', () => {
    expect(traded([KWH, -KWH])).toEqual(kept);
  });

  it('a seller who has nothing buys it from the supplier at the tariff; its buyer is untouched', () => {
    expect(traded([KWH, 0n])).toEqual([kept[0], amountOf(KWH, PRICE) - amountOf(KWH, TARIFF)]);
  });

  it('a buyer who takes nothing sells it to the supplier at the feed-in price; its seller is untouched', () => {
    expect(traded([0n, -KWH])).toEqual([-amountOf(KWH, PRICE) + amountOf(KWH, FEED_IN), kept[1]]);
  });

  it('more than was traded is bought and sold at the prices of the supplier', () => {
    expect(traded([3n * KWH, -2n * KWH])).toEqual([
      -amountOf(KWH, PRICE) - amountOf(2n * KWH, TARIFF),
      amountOf(KWH, PRICE) + amountOf(KWH, FEED_IN),
    ]);
  });

  it('a seller who needs energy itself pays for both', () => {
    expect(traded([KWH, KWH])).toEqual([kept[0], amountOf(KWH, PRICE) - amountOf(2n * KWH, TARIFF)]);
  });
});

describe('own deviation', () => {
  const energy = fc.bigInt({ min: 1n, max: 5n * KWH });
  const price = fc.bigInt({ min: FEED_IN, max: TARIFF });

  it('is what settlement/ownDeviation.ts says, to the last unit', () => {
    const day = fc.array(fc.tuple(energy, price, energy, energy), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(day, (hours) => {
        const room = roomOf({ homes: 2, deposit: 10_000n * UNIT });
        const numbers = hours.map((_, hour) => FIRST + BigInt(hour));
        const orders = (n: number, side: 'bid' | 'ask') =>
          hours.map(([energyMwh, limit], hour) => room[side](n, energyMwh, limit, numbers[hour]));
        room.post(1, ...orders(1, 'bid'));
        room.post(2, ...orders(2, 'ask'));
        let [buyer, seller] = [0n, 0n];
        hours.forEach(([energyMwh, limit, consumed, produced], hour) => {
          const number = numbers[hour] ?? 0n;
          room.clear(room.clearArgs(number));
          // Nobody is beyond the contract here: what is would be bought and sold beside it.
          const [consumedMwh, producedMwh] = [consumed % energyMwh, produced % energyMwh];
          room.report([consumedMwh, -producedMwh], number);
          const prices = { price: limit, restPrice: FEED_IN, missingPrice: TARIFF };
          const { buyerPays, sellerGets } = ownDeviation({ energyMwh, consumedMwh, producedMwh, ...prices });
          [buyer, seller] = [buyer - buyerPays, seller + sellerGets];
          if (hour % 2 === 0) return;
          // Two periods in a call.
          room.settle([room.fills(number - 1n), room.fills(number)], number - 1n);
          expect([room.gain(1), room.gain(2)]).toEqual([buyer, seller]);
          expect(room.isBalanced()).toBe(true);
        });
      }),
      { numRuns: 3 },
    );
  });
});

describe('who may post what', () => {
  const room = roomOf();
  const refused = (n: number, ...acts: readonly bigint[]) =>
    room.vm.refusal(n === 0 ? room.anyone : room.home(n), room.market, 'post', [acts]);

  it('only own acts, of a member', () => {
    expect(refused(1, room.bid(2, KWH, PRICE))).toMatch(/^NotOwnAct\(\d+, 1\)/);
    expect(refused(0, room.bid(1, KWH, PRICE))).toMatch(/^NotOwnAct\(\d+, 0\)/);
    expect(refused(0, actWord({ member: 0n, kind: ACT_KINDS.bid, number: FIRST, energyMwh: 1n }))).toMatch(
      /^NotOwnAct/,
    );
  });

  it('nothing that is no act, or says more than its kind has', () => {
    const bid = room.bid(1, KWH, PRICE);
    const wrong = [
      room.bid(1, 0n, PRICE),
      bid | (1n << 216n),
      bid | (1n << 152n),
      room.cancel(1, 0) | 1n,
      commitmentTo(bid, numberToHex(1, { size: 32 })),
      ...[0n, 5n, 6n, 7n].map((kind) => actWord({ member: 1n, kind, number: FIRST, energyMwh: KWH })),
    ];
    for (const act of wrong) expect(refused(1, act)).toBe(`NotAnAct(${act})`);
  });

  it('no period whose gate is closed, or that is too far ahead', () => {
    const last = FIRST + 22n;
    for (const number of [FIRST - 2n, FIRST - 1n - 1n, last + 1n, 0n, 2n ** 32n - 1n]) {
      expect(refused(1, room.bid(1, KWH, PRICE, number))).toBe(`NotOpen(${number}, ${FIRST - 1n}, ${last})`);
    }
    room.vm.nowS = startOf(FIRST) - GATE;
    expect(refused(1, room.bid(1, KWH, PRICE))).toMatch(/^NotOpen/);
    room.vm.nowS -= 1n;
    room.post(1, room.bid(1, KWH, PRICE));
  });

  it('no more acts in a period than three of a home, so that its flood leaves room for others', () => {
    const other = roomOf();
    other.post(1, other.bid(1, KWH, PRICE), other.cancel(1, 0), other.bid(1, KWH, PRICE));
    const flood = () => other.vm.refusal(other.home(1), other.market, 'post', [[other.bid(1, 1n, 1n)]]);
    expect(flood()).toBe('TooManyActs(1, 3)');
    other.vm.nowS += HOUR;
    expect(flood()).toBe('TooManyActs(0, 3)');
    other.post(1, other.bid(1, KWH, PRICE, FIRST + 1n));
    other.post(2, other.bid(2, KWH, PRICE));
    expect(other.acts()).toHaveLength(4);
  });
});

describe('sheets of periods', () => {
  const SHEETS = 256n;

  it('are free for another period when theirs is settled, not before', () => {
    const room = roomOf({ homes: 2 });
    room.post(1, room.bid(1, KWH, PRICE));
    room.clear();
    room.report([KWH, 0n]);
    const later = FIRST + SHEETS;
    room.vm.nowS = startOf(later - 2n);
    const act = room.bid(1, KWH, PRICE, later);
    expect(room.vm.refusal(room.home(1), room.market, 'post', [[act]])).toBe(`EarlierNotSettled(${later}, ${FIRST})`);
    room.settle();
    room.post(1, act);
    expect(room.vm.read(room.market, 'sheetOf', [FIRST])).toEqual([0n, 0n, false, 0n]);
    expect(room.vm.read<unknown[]>(room.market, 'sheetOf', [later])[0]).toBe(1n);
  });

  it('take as many acts as the market decides, at most what a transaction can carry', () => {
    const room = roomOf({ mostActs: 4n });
    room.post(1, room.bid(1, KWH, PRICE), room.bid(1, KWH, PRICE), room.bid(1, KWH, PRICE));
    room.post(2, room.ask(2, KWH, PRICE));
    const more = room.ask(3, KWH, PRICE);
    expect(room.vm.refusal(room.home(3), room.market, 'post', [[more]])).toBe(`PeriodFull(${FIRST}, 4)`);
    room.post(3, room.ask(3, KWH, PRICE, FIRST + 1n));
    for (const mostActs of [0n, 1_537n]) expect(() => roomOf({ mostActs })).toThrow('a period takes 1 to 1536 acts');
  });
});

describe('money of orders', () => {
  it('is own money: no order beyond the balance, whatever the supplier would advance', () => {
    const room = roomOf({ deposit: UNIT });
    const ask = room.ask(1, 10n * KWH, 0n);
    expect(room.vm.refusal(room.home(1), room.market, 'post', [[ask]])).toMatch(/^Uncovered/);
    room.post(1, room.ask(1, 2n * KWH, 0n));
    expect(room.accountOf(room.home(1)).locked).toBe(amountOf(2n * KWH, TARIFF) + 8n);
    expect(room.vm.refusal(room.home(1), room.market, 'post', [[room.ask(1, 3n * KWH, 0n, FIRST + 1n)]])).toMatch(
      /^Uncovered/,
    );
  });

  it('is locked up to 80 bits: what fits is cleared and settled to the unit, one milliwatt-hour more is refused', () => {
    const unit = 2n ** 40n;
    const price = 150_000n * unit;
    const room = roomOf({ homes: 2, deposit: 2n ** 81n, prices: { tariff: price, feedIn: 0n } });
    const most = 2n ** 40n - 1n;
    for (const side of ['bid', 'ask'] as const) {
      const [n, limit] = side === 'bid' ? [1, price] : [2, 0n];
      const more = room[side](n, most + 1n, limit);
      expect(room.vm.refusal(room.home(n), room.market, 'post', [[more]])).toMatch(/^Uncovered/);
      room.post(n, room[side](n, most, limit));
      expect(room.accountOf(room.home(n)).locked).toBe(most * unit + 8n);
      const second = room[side](n, 1n, limit);
      expect(room.vm.refusal(room.home(n), room.market, 'post', [[second]])).toMatch(/^Uncovered/);
    }
    const { fills } = room.clear();
    expect(fills.map(({ energyMwh, lock }) => [energyMwh, lock])).toEqual([0, 1].map(() => [most, most * unit + 8n]));
    // Nobody takes or makes anything: the buyer gives away what it bought, the seller buys what it sold.
    room.report([0n, 0n]);
    room.settle();
    const half = (most * price) / 300_000n;
    expect([room.gain(1), room.gain(2)]).toEqual([-half, half - most * unit]);
    expect(room.accountOf(room.home(1)).locked).toBe(0n);
    expect(room.isBalanced()).toBe(true);
  });

  it('cannot be withdrawn before it is settled, also of an order that was taken back', () => {
    const room = roomOf({ deposit: UNIT });
    room.post(1, room.bid(1, KWH, PRICE), room.cancel(1, 0));
    const { balance, locked } = room.accountOf(room.home(1));
    expect(room.vm.refusal(room.home(1), room.market, 'withdraw', [balance - locked + 1n])).toMatch(/^Uncovered/);
    room.clear();
    room.report([0n, 0n]);
    expect(room.vm.refusal(room.home(1), room.market, 'withdraw', [balance])).toMatch(/^Uncovered/);
    room.settle();
    room.vm.send(room.home(1), room.market, 'withdraw', [balance]);
  });

  it.each([
    ['the tariff', { covered: TARIFF - 1n }],
    ['a fee', { coveredFee: 9n, prices: { tariff: TARIFF, feedIn: FEED_IN, gridFee: 10n, localFee: 0n } }],
    [
      'the fee of neighbours',
      { coveredFee: 9n, prices: { tariff: TARIFF, feedIn: FEED_IN, gridFee: 10n, localFee: 10n } },
    ],
  ])('covers deviations at prices that the market foresees: no order stands where %s is higher', (_name, options) => {
    const room = roomOf(options);
    room.post(1, room.bid(1, KWH, PRICE));
    room.post(2, room.ask(2, KWH, PRICE));
    const { fills } = room.clear(room.clearArgs(FIRST, [[]]));
    expect(fills.map(({ kind, energyMwh }) => [kind, energyMwh])).toEqual([
      [ACT_KINDS.void, 0n],
      [ACT_KINDS.void, 0n],
    ]);
  });

  it('pays fees of what was bought, to the last unit', () => {
    const [gridFee, localFee] = [10n ** 16n, 3n * 10n ** 15n];
    const room = roomOf({ coveredFee: gridFee, prices: { tariff: TARIFF, feedIn: FEED_IN, gridFee, localFee } });
    room.post(1, room.bid(1, KWH, PRICE));
    room.post(2, room.ask(2, KWH, PRICE));
    room.clear();
    room.report([2n * KWH, -KWH]);
    room.settle();
    const fees = amountOf(KWH, localFee) + amountOf(KWH, gridFee);
    expect([room.gain(1), room.gain(2)]).toEqual([
      -amountOf(KWH, PRICE) - amountOf(KWH, TARIFF) - fees,
      amountOf(KWH, PRICE),
    ]);
    expect(room.isBalanced()).toBe(true);
  });
});

describe('orders that do not stand', () => {
  it('outside of the band of the supplier', () => {
    const room = roomOf();
    room.post(1, room.bid(1, KWH, TARIFF + 1n), room.bid(1, KWH, TARIFF));
    room.post(2, room.ask(2, KWH, FEED_IN - 1n), room.ask(2, KWH, FEED_IN));
    const { fills } = room.clear(room.clearArgs(FIRST, [[1n | (3n << 16n)]]));
    expect(fills.map(({ kind }) => kind)).toEqual([ACT_KINDS.void, ACT_KINDS.bid, ACT_KINDS.void, ACT_KINDS.ask]);
    expect(fills.map(({ energyMwh }) => energyMwh)).toEqual([0n, KWH, 0n, KWH]);
  });

  it('those taken back by their owners, and nobody else', () => {
    const room = roomOf();
    room.post(1, room.bid(1, KWH, PRICE));
    room.post(3, room.cancel(3, 0), room.cancel(3, 7));
    room.post(2, room.ask(2, KWH, PRICE), room.ask(2, KWH, PRICE), room.cancel(2, 3));
    const { fills } = room.clear();
    expect(fills.map(({ kind }) => kind)).toEqual([1n, 0n, 0n, 0n, 2n, 0n]);
    expect(fills[4]?.energyMwh).toBe(KWH);
  });
});

describe('members', () => {
  it('stay for the periods in which they have acts', () => {
    const room = roomOf();
    room.post(1, room.bid(1, KWH, PRICE, FIRST + 3n));
    room.vm.send(room.home(1), room.market, 'leave');
    room.vm.send(room.home(2), room.market, 'leave');
    const until = (n: bigint) => room.vm.read<{ until: number }>(room.market, 'memberAt', [n]).until;
    expect(BigInt(until(1n))).toBe(startOf(FIRST + 4n));
    expect(BigInt(until(2n))).toBe(startOf(FIRST));
    expect(room.vm.refusal(room.home(1), room.market, 'post', [[room.bid(1, KWH, PRICE)]])).toMatch(/^NotOwnAct/);
  });
});

describe('sealed orders', () => {
  const SEAL = UNIT / 10n;
  const salt = (n: number) => numberToHex(n, { size: 32 });
  const sealed = () => {
    const room = roomOf({ revealBlocks: REVEAL_BLOCKS, sealDeposit: SEAL });
    const orders = [room.bid(1, KWH, PRICE), room.ask(2, KWH, PRICE)];
    for (const [i, order] of orders.entries()) room.post(i + 1, commitmentTo(order, salt(i)));
    room.vm.height = 100;
    return { room, orders };
  };
  const open = (orders: readonly bigint[], i: number, commitment = i) => [
    { commitment: BigInt(commitment), order: orders[i] as bigint, salt: salt(i) },
  ];
  const settled = (room: OrderRoom) => {
    room.report([KWH, -KWH]);
    room.settle();
    expect(room.isBalanced()).toBe(true);
    return [room.gain(1), room.gain(2), room.fundBalance];
  };

  it('are opened in a window of twelve blocks behind the gate, then cleared', () => {
    const { room, orders } = sealed();
    const openIt = (i: number) => room.vm.refusal(room.home(i + 1), room.market, 'reveal', [FIRST, open(orders, i)]);
    expect(openIt(0)).toMatch(/^GateOpen/);
    room.closeGate();
    expect(room.vm.refusal(room.anyone, room.market, 'clear', room.clearArgs())).toBe(`RevealOpen(${FIRST}, 0)`);
    room.reveal(1, open(orders, 0));
    room.vm.height += 12;
    expect(room.vm.refusal(room.anyone, room.market, 'clear', room.clearArgs())).toBe(`RevealOpen(${FIRST}, 112)`);
    room.reveal(2, open(orders, 1));
    room.vm.height += 1;
    expect(openIt(0)).toBe(`RevealOver(${FIRST}, 112)`);
    const { fills } = room.clear();
    expect(fills.map(({ energyMwh }) => energyMwh)).toEqual([0n, 0n, 0n, KWH, 0n, KWH]);
    expect(settled(room)).toEqual([-amountOf(KWH, PRICE), amountOf(KWH, PRICE), 0n]);
  });

  it('that nobody opens forfeit their deposits to the fund, and open no market', () => {
    const { room, orders } = sealed();
    room.closeGate();
    room.reveal(1, open(orders, 0));
    room.vm.height += 13;
    const { fills } = room.clear();
    expect(fills.map(({ kind }) => kind)).toEqual([0n, 6n, 0n, 1n]);
    expect(settled(room)).toEqual([-amountOf(KWH, TARIFF), amountOf(KWH, FEED_IN) - SEAL, SEAL]);
  });

  it('that are opened to something else, twice, or by somebody else are as if nobody had', () => {
    const { room, orders } = sealed();
    room.closeGate();
    const other = room.bid(1, 2n * KWH, TARIFF);
    room.reveal(1, [{ commitment: 0n, order: other, salt: salt(0) }]);
    room.reveal(2, [...open(orders, 1), ...open(orders, 1)]);
    const copied = [{ commitment: 1n, order: orders[1], salt: salt(1) }];
    expect(room.vm.refusal(room.home(3), room.market, 'reveal', [FIRST, copied])).toMatch(/^NotOwnAct/);
    const own = room.ask(3, KWH, PRICE);
    room.reveal(3, [
      { commitment: 1n, order: own, salt: salt(1) },
      { commitment: 2n ** 16n + 1n, order: own, salt: salt(1) },
    ]);
    room.vm.height += 13;
    expect(room.acts()).toHaveLength(12);
    const { fills } = room.clear(room.clearArgs(FIRST, [[5n]]));
    expect(fills.map(({ kind }) => kind)).toEqual([6n, 0n, 0n, 0n, 0n, 2n, 0n, 0n, 0n, 0n, 0n, 0n]);
    expect(settled(room)).toEqual([-amountOf(KWH, TARIFF) - SEAL, amountOf(KWH, FEED_IN), SEAL]);
  });

  it('can be cleared when nobody opens any: anyone begins the window', () => {
    const { room } = sealed();
    room.vm.nowS = startOf(FIRST + 2n);
    room.vm.send(room.anyone, room.market, 'reveal', [FIRST, []]);
    room.vm.height += 13;
    room.clear(room.clearArgs(FIRST, [[]]));
    expect(settled(room)).toEqual([-amountOf(KWH, TARIFF) - SEAL, amountOf(KWH, FEED_IN) - SEAL, 2n * SEAL]);
  });

  it('are committed to alone; nothing is opened where they are not sealed', () => {
    const { room, orders } = sealed();
    expect(room.vm.refusal(room.home(1), room.market, 'post', [orders.slice(0, 1)])).toMatch(/^NotAnAct/);
    const openRoom = roomOf();
    openRoom.post(1, openRoom.bid(1, KWH, PRICE));
    openRoom.closeGate();
    expect(openRoom.vm.refusal(openRoom.home(1), openRoom.market, 'reveal', [FIRST, []])).toMatch(/^AnotherSheet/);
    const few = { revealBlocks: REVEAL_BLOCKS - 1n };
    expect(() => roomOf(few)).toThrow('12 blocks or more');
  });
});
