import { describe, expect, it } from 'vitest';
import { FirstTrade, HOUR } from '../../testing/firstTrade.js';
import type { TestAccount } from '../../testing/marketVm.js';
import {
  buyer,
  ESCROW,
  FIRST_START,
  GRID_PRICE,
  other,
  PRICE,
  RATING,
  secondSeller,
  seller,
  startOf,
  stranger,
  TradeRoom,
} from '../../testing/tradeRoom.js';
import { amountOf, TOKEN_UNIT } from '../units.js';

// Each attack is tried on the first rules, where it succeeds, and on those of today. The price of a transaction is 0 here, so what an
// account has more than before is what it took.

const YEARS_316 = 316n * 365n * 86_400n;
const MWH = 1_000_000_000_000n; // of a GWh
const ENT = TOKEN_UNIT;
/** Past the deadline of the offers of today's first period. */
const DEADLINE_OVER = FIRST_START + 900n + 3_601n;

describe("an acceptance lands on another seller's offer of the same number", () => {
  it('and 100 tokens are locked for 316 years, by the first rules', () => {
    const first = new FirstTrade();
    // The buyer has seen 1 kWh for 6.67 tokens under number 1; after a reorganisation this one is the first.
    const trap = first.offer({ price: 15n * ENT, settleIn: YEARS_316 });
    const tradeId = first.accept(first.buyer, trap, 1_000_000n);
    expect(first.gain(first.buyer)).toBe(-100n * ENT);
    first.sandbox.advance(Number(YEARS_316) - 1_000);
    expect(() => first.refund(tradeId)).toThrow('settleBy has not passed');
  });

  it('but an acceptance names the seller, price and deadlines of the offer that the buyer has seen', () => {
    const seen = new TradeRoom();
    const signed = seen.acceptArgs(buyer, seen.offer(), 1_000_000n);
    const landed = new TradeRoom();
    landed.offer({ price: 15n * ENT }, secondSeller);
    expect(landed.vm.refusal(buyer, 'trade', 'accept', signed)).toMatch(/^TermDiffers\(seller, /);
    const dearer = new TradeRoom();
    dearer.offer({ price: 15n * ENT });
    expect(dearer.vm.refusal(buyer, 'trade', 'accept', signed)).toBe(`TermDiffers(price, ${PRICE}, ${15n * ENT})`);
    expect(landed.gain(buyer)).toBe(0n);
  });
});

describe('a deadline in 316 years', () => {
  it('keeps the escrow of a buyer that long, by the first rules', () => {
    const first = new FirstTrade();
    first.accept(first.buyer, first.offer({ settleIn: YEARS_316 }), 150_000n);
    expect(first.gain(first.buyer)).toBe(-ENT);
  });

  it('is refused: deadlines have a longest span', () => {
    const room = new TradeRoom();
    const settleBy = room.vm.nowS + YEARS_316;
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller, { settleBy }))).toMatch(/^SettlesTooLate/);
  });
});

describe('acceptances of 1 mWh ahead of an honest buyer', () => {
  it('make the settlement of its trade cost so much more, by the first rules', () => {
    const gasOf = (ahead: number) => {
      const first = new FirstTrade();
      const id = first.offer();
      for (let i = 0; i < ahead; i++) first.accept(first.other, id, 1n);
      const honest = first.accept(first.buyer, id, 150_000n);
      first.report(1_000_000n);
      const { gasUsed } = first.settle(200n);
      expect(first.status(honest)[0]).toBe(4n);
      return gasUsed;
    };
    expect(gasOf(40)).toBeGreaterThan(10 * gasOf(0));
  });

  it('are too small, and settling costs the same whoever came first', () => {
    const gasOf = (ahead: number) => {
      const room = new TradeRoom();
      const id = room.offer();
      expect(room.vm.refusal(other, 'trade', 'accept', room.acceptArgs(other, id, 1n))).toBe(
        'TooLittleEnergy(1, 1000)',
      );
      for (let i = 0; i < ahead; i++) room.accept(other, id, 1_000n);
      const honest = room.accept(buyer, id, 150_000n);
      room.report(seller, 1_000_000n, 0n);
      const { gasUsed } = room.settle(honest);
      expect(room.state(honest)).toBe('settled');
      return gasUsed;
    };
    // But for the bytes of the trade's number.
    expect(Math.abs(gasOf(20) - gasOf(0))).toBeLessThan(100);
  });
});

describe('1 mWh at a price of 149,999', () => {
  it('is energy for nothing, by the first rules', () => {
    const first = new FirstTrade();
    const tradeId = first.accept(first.buyer, first.offer({ price: 149_999n }), 1n);
    first.report(1_000_000n);
    first.settle();
    expect(first.status(tradeId).slice(0, 3)).toEqual([4n, 1n, 0n]);
  });

  it('is refused: no price rounds to nothing, and parts lose a buyer at most a unit each', () => {
    const room = new TradeRoom();
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller, { price: 149n }))).toBe(
      'PriceRoundsToNothing(1000, 149)',
    );
    const id = room.offer({ price: 150_149n });
    for (let i = 0; i < 20; i++) room.accept(buyer, id, 1_001n);
    const whole = amountOf(20n * 1_001n, 150_149n);
    expect(-room.gain(buyer)).toBeLessThanOrEqual(whole);
    expect(-room.gain(buyer)).toBeGreaterThan(whole - 20n);
  });
});

describe('1 GWh is offered and not delivered', () => {
  it('and costs the seller nothing, by the first rules', () => {
    const first = new FirstTrade();
    first.accept(first.buyer, first.offer({ energyMwh: MWH }), 1_500_000n);
    first.report(0n);
    first.settle();
    expect([first.gain(first.seller), first.gain(first.buyer)]).toEqual([0n, 0n]);
  });

  it('is more than the meter can show; and what is not delivered the bond pays', () => {
    const room = new TradeRoom({ bonds: true });
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller, { energyMwh: MWH }))).toBe(
      `AboveRating(${MWH}, ${RATING})`,
    );
    const tradeId = room.accept(buyer, room.offer({ energyMwh: 1_500_000n }), 1_500_000n);
    room.report(seller, 0n, 0n);
    room.settle(tradeId);
    expect([room.gain(seller), room.gain(buyer)]).toEqual([-10n * ENT, 10n * ENT]);
  });
});

describe('a buyer consumes 0.1 kWh of 1.5', () => {
  it('and pays for 1.5, by the first rules', () => {
    const first = new FirstTrade();
    first.accept(first.buyer, first.offer({ energyMwh: 1_500_000n }), 1_500_000n);
    first.report(1_500_000n);
    first.settle();
    expect(first.gain(first.buyer)).toBe(-10n * ENT);
  });

  it.each(['proRata', 'firstCome'] as const)('and pays for 0.1 where both meters count: %s', (settlement) => {
    const room = new TradeRoom({ settlement });
    const tradeId = room.accept(buyer, room.offer({ energyMwh: 1_500_000n }), 1_500_000n);
    room.report(seller, 1_500_000n, 0n);
    room.report(buyer, 0n, 100_000n);
    room.settle(tradeId);
    expect(room.gain(buyer)).toBe(-amountOf(100_000n, PRICE));
    expect(room.vm.tokens(ESCROW)).toBe(0n);
  });
});

describe('an hour and its own quarter', () => {
  it('are both sold, and one buyer waits for a reading that cannot come, by the first rules', () => {
    const first = new FirstTrade();
    first.accept(first.buyer, first.offer(), 1_000_000n);
    const quarter = first.accept(first.other, first.offer({ length: 900n }), 1_000_000n);
    first.report(1_000_000n);
    first.settle();
    expect(() => first.report(1_000_000n, HOUR, 900n)).toThrow('PeriodAlreadyRead');
    expect(first.status(quarter)[0]).toBe(1n);
  });

  it('are not both periods: a period has the length of the registry and begins at a multiple of it', () => {
    const room = new TradeRoom();
    const periodStart = FIRST_START + 300n;
    const refusal = room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller, { periodStart }));
    expect(refusal).toBe(`NotAPeriod(${periodStart}, 900)`);
  });
});

describe('periods of 1970 and of 2^62 seconds', () => {
  it('are sold, by the first rules', () => {
    const first = new FirstTrade();
    first.accept(first.buyer, first.offer({ start: 0n }), 150_000n);
    first.accept(first.buyer, first.offer({ start: 2n ** 62n }), 150_000n);
  });

  it('are refused: market time has gates', () => {
    const room = new TradeRoom();
    const refusal = (periodStart: bigint) =>
      room.vm.refusal(
        seller,
        'trade',
        'offer',
        room.offerArgs(seller, { periodStart, acceptUntil: room.vm.nowS + 10n, settleBy: room.vm.nowS + 5_000n }),
      );
    // A meter's readings begin where it is registered; before that it counts as read.
    expect(refusal(0n)).toMatch(/^(PeriodAlreadyRead|ClosesTooLate)/);
    expect(refusal(startOf(-1))).toMatch(/^ClosesTooLate/);
    expect(refusal((2n ** 62n / 900n) * 900n)).toMatch(/^PeriodTooFarAhead/);
  });
});

describe('a reading comes one second late', () => {
  it('and who delivered gets nothing, by the first rules', () => {
    const first = new FirstTrade();
    first.accept(first.buyer, first.offer(), 150_000n);
    first.sandbox.advance(1_001);
    first.report(150_000n);
    first.settle();
    expect([first.gain(first.seller), first.gain(first.buyer)]).toEqual([0n, 0n]);
  });

  it('and counts, as nobody was refunded', () => {
    const room = new TradeRoom();
    const tradeId = room.accept(buyer, room.offer(), 150_000n);
    room.vm.nowS = DEADLINE_OVER;
    room.report(seller, 150_000n, 0n);
    room.settle(tradeId);
    expect([room.gain(seller), room.gain(buyer)]).toEqual([ENT, -ENT]);
  });
});

describe('an acceptance of a period that is over, whose reading is in the pool already', () => {
  it('is taken, by the first rules', () => {
    const first = new FirstTrade();
    // The meter has measured 150 Wh; the buyer sees that in the pool, is before it, and takes what the others will not get.
    first.accept(first.buyer, first.offer({ start: 0n }), 150_000n);
    first.report(150_000n, 0n);
    first.settle(100n, 0n);
    expect(first.gain(first.seller)).toBe(ENT);
  });

  it('is refused: offers close before their period begins', () => {
    const room = new TradeRoom({ gateSeconds: 300n });
    const id = room.offer({ acceptUntil: FIRST_START - 300n });
    room.vm.nowS = FIRST_START - 299n;
    expect(room.vm.refusal(buyer, 'trade', 'accept', room.acceptArgs(buyer, id, 150_000n))).toBe(
      'the offer has expired',
    );
  });
});

describe('a seller stays silent', () => {
  it('when it would have to deliver, and loses nothing, by the first rules', () => {
    const first = new FirstTrade();
    const tradeId = first.accept(first.buyer, first.offer(), 150_000n);
    first.sandbox.advance(1_001);
    first.refund(tradeId);
    expect(first.gain(first.seller)).toBe(0n);
  });

  it('and its bond pays as if it had delivered nothing', () => {
    const room = new TradeRoom({ bonds: true });
    const tradeId = room.accept(buyer, room.offer({ energyMwh: 150_000n }), 150_000n);
    room.vm.nowS = DEADLINE_OVER;
    room.vm.send(stranger, 'trade', 'refund', [tradeId]);
    expect([room.gain(seller), room.gain(buyer)]).toEqual([-ENT, ENT]);
  });
});

describe('a buyer stays silent', () => {
  /** What a buyer of 600 Wh gets that needs `imported`, where the seller delivers `produced`; silent when `imported` is undefined. */
  function outcome(produced: bigint, imported: bigint | undefined): [gain: bigint, settledMwh: bigint] {
    const room = new TradeRoom({ settlement: 'proRata', bonds: true });
    const tradeId = room.accept(buyer, room.offer({ energyMwh: 600_000n }), 600_000n);
    room.report(seller, produced, 0n);
    if (imported !== undefined) room.report(buyer, 0n, imported);
    room.vm.nowS = DEADLINE_OVER;
    room.settle(tradeId);
    expect(room.vm.tokens(ESCROW)).toBe(0n);
    return [room.gain(buyer), room.status(tradeId).settledMwh];
  }

  it('and pays for energy that it did not need, and has no compensation', () => {
    expect(outcome(600_000n, 150_000n)).toEqual([-ENT, 150_000n]);
    expect(outcome(600_000n, undefined)).toEqual([-4n * ENT, 600_000n]);
    // A compensation of three tokens for 450 Wh.
    expect(outcome(150_000n, 600_000n)).toEqual([2n * ENT, 150_000n]);
    expect(outcome(150_000n, undefined)).toEqual([-ENT, 150_000n]);
  });
});

describe('a seller accepts its own offer through a second account', () => {
  it('and the honest buyer after it gets nothing, for nothing, by the first rules', () => {
    const first = new FirstTrade();
    const id = first.offer({ energyMwh: 2_000_000n });
    first.accept(first.other, id, 1_000_000n);
    const honest = first.accept(first.buyer, id, 1_000_000n);
    first.report(1_000_000n);
    first.settle();
    expect(first.status(honest)[1]).toBe(0n);
    expect(first.gain(first.seller) + first.gain(first.other)).toBe(0n);
  });

  it('but its share is none without a consumption of its own, and what the honest buyer misses the bond pays', () => {
    const room = new TradeRoom({ settlement: 'proRata', bonds: true });
    const id = room.offer({ energyMwh: 2_000_000n });
    room.accept(other, id, 1_000_000n);
    const honest = room.accept(buyer, id, 1_000_000n);
    room.report(seller, 1_000_000n, 0n);
    room.report(buyer, 0n, 1_000_000n);
    room.report(other, 0n, 0n);
    room.settle(1n, honest);
    expect(room.status(honest)).toMatchObject({ settledMwh: 500_000n, shortMwh: 500_000n });
    // Together with the grid's price for the missing half the buyer pays what 1 kWh costs at the trade's price.
    expect(-room.gain(buyer) + amountOf(500_000n, GRID_PRICE)).toBe(amountOf(1_000_000n, PRICE));
    const cheaters = room.gain(seller) + room.gain(other);
    expect(cheaters).toBeLessThan(amountOf(1_000_000n, PRICE));
    expect(cheaters + room.gain(buyer) + room.vm.tokens(ESCROW)).toBe(0n);
  });

  it.each(['proRata', 'firstCome'] as const)('and gets no more out of its bond than it put in', (settlement) => {
    for (const [produced, imported] of [
      [0n, 1_000_000n],
      [1_000_000n, 0n],
      [300_000n, 700_000n],
    ] as const) {
      const room = new TradeRoom({ settlement, bonds: true });
      room.accept(other, room.offer(), 1_000_000n);
      room.report(seller, produced, 0n);
      room.report(other, 0n, imported);
      room.settle(1n);
      expect(room.gain(seller) + room.gain(other)).toBe(0n);
    }
  });

  it('nor through its own account with another meter', () => {
    const room = new TradeRoom({ settlement: 'proRata' });
    const id = room.offer();
    expect(room.vm.refusal(seller, 'trade', 'accept', room.acceptArgs(seller as TestAccount, id, 5_000n))).toBe(
      'seller cannot accept own offer',
    );
  });
});

describe('a stranger without consumption takes what others would have bought', () => {
  it('and pays for none of it where both meters count, but neither takes the energy of who keeps the contract', () => {
    const room = new TradeRoom({ settlement: 'proRata', bonds: true });
    const id = room.offer({ energyMwh: 2_000_000n });
    room.accept(other, id, 1_000_000n);
    room.accept(buyer, id, 1_000_000n);
    // The seller delivers all that it sold.
    room.report(seller, 2_000_000n, 0n);
    room.report(buyer, 0n, 1_000_000n);
    room.report(other, 0n, 0n);
    room.settle(1n, 2n);
    expect(room.status(2n)).toMatchObject({ settledMwh: 1_000_000n, shortMwh: 0n });
    expect(room.gain(other)).toBe(0n);
    expect(room.gain(seller)).toBe(amountOf(1_000_000n, PRICE));
  });
});
