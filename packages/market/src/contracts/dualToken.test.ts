import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEGIN, CommunityRoom, eventsOf, home, meterOf, NOTICE, stranger } from '../../testing/communityRoom.js';
import { operators, type TestAccount } from '../../testing/marketVm.js';
import { actOnBond, type BondAct, bondNeeded, type HostBook } from '../mechanism/dualToken.js';
import { TOKEN_UNIT } from '../units.js';

const UNIT = TOKEN_UNIT;
/** Of a unit in the beginning: two coins. */
const RATE = 2n * UNIT;
const RATIO = 15_000n;
const host = home(1);
const [one, other] = operators;

class Room extends CommunityRoom {
  readonly token;

  constructor(rate = RATE) {
    super();
    this.token = this.deploy('DualToken', ['Unit of Ann', 'ANN', this.council.address, host.address, rate, RATIO]);
  }

  act(by: TestAccount, functionName: string, args: readonly unknown[] = [], value = 0n) {
    return this.vm.try(by, this.token, functionName, args, value);
  }

  send(by: TestAccount, functionName: string, args: readonly unknown[] = [], value = 0n) {
    return this.vm.send(by, this.token, functionName, args, value);
  }

  refusal(by: TestAccount, functionName: string, args: readonly unknown[] = []): string {
    return this.vm.refusal(by, this.token, functionName, args);
  }

  /** A rate that two members agree to: it is in force a notice later. */
  agree(rate: bigint): void {
    const [event] = eventsOf(this.send(one, 'announceRate', [rate]), 'RateAnnounced');
    this.send(other, 'confirmRate', [rate, event?.confirmUntil]);
  }

  rates(): readonly unknown[] {
    return this.vm.read<unknown[]>(this.token, 'rates');
  }

  bond(): readonly unknown[] {
    return this.vm.read<unknown[]>(this.token, 'bondState');
  }

  unitsOf({ address }: TestAccount): bigint {
    return this.vm.read<bigint>(this.token, 'balanceOf', [address]);
  }
}

describe("a host's units", () => {
  it('are made, redeemed and liquidated as the rule says, to the last wei, whatever rates and acts come', () => {
    const holders = [host, home(2), home(3)];
    const part = fc.noBias(fc.bigInt({ min: 0n, max: 120n }));
    const step = fc.record({
      name: fc.constantFrom(
        'lock',
        'mint',
        'mint',
        'redeem',
        'redeem',
        'unlock',
        'liquidate',
        'liquidate',
        'rate',
        'rate',
        'wait',
        'wait',
      ),
      part,
      dust: fc.bigInt({ min: 0n, max: 3n }),
      who: fc.nat(2),
    });
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 25, maxLength: 40, size: 'max' }), (steps) => {
        const room = new Room();
        const held = [0n, 0n, 0n];
        let book: HostBook = { bondWei: 0n, units: 0n };
        let [rateWei, next] = [RATE, undefined as { readonly rate: bigint; readonly from: bigint } | undefined];
        for (const { name, part, dust, who } of [{ name: 'lock', part: 100n, dust: 0n, who: 0 }, ...steps]) {
          const holder = holders[who] ?? host;
          if (name === 'wait') room.vm.nowS += NOTICE;
          if (next !== undefined && next.from <= room.vm.nowS) [rateWei, next] = [next.rate, undefined];
          if (name === 'rate' && next === undefined) {
            const rate = (rateWei * (part + 80n)) / 100n + 1n;
            room.agree(rate);
            next = { rate, from: room.vm.nowS + NOTICE };
          }
          if (name === 'rate' || name === 'wait') continue;
          const amount = amountFor(name, part, dust, book, held[who] ?? 0n);
          const act = (name === 'liquidate' ? { liquidate: true } : { [name]: amount }) as BondAct;
          const terms = { rateWei, ratioBps: RATIO, ...(next === undefined ? {} : { nextRateWei: next.rate }) };
          const expected =
            name === 'redeem' && amount > (held[who] ?? 0n)
              ? ({ refusal: 'tooManyUnits' } as const)
              : actOnBond(book, act, terms);
          const result = perform(room, name, holder, amount);
          expect(result.refusal === undefined, `${name} ${amount}: ${result.refusal}`).toBe(
            expected.refusal === undefined,
          );
          ends.set(expected.refusal ?? name, (ends.get(expected.refusal ?? name) ?? 0) + 1);
          if (expected.refusal !== undefined) continue;
          book = expected.book;
          if (name === 'mint') held[who] = (held[who] ?? 0n) + amount;
          if (name === 'redeem') {
            held[who] = (held[who] ?? 0n) - amount;
            expect(result).toMatchObject({ output: expected.paidWei });
          }
          expectSame(room, book, terms.rateWei, held);
        }
      }),
      { numRuns: 8, seed: 4 },
    );
    // The runs must reach what they are for, which is why their seed is given.
    for (const end of [
      'lock',
      'mint',
      'redeem',
      'unlock',
      'liquidate',
      'bondTooSmall',
      'bondCovers',
      'liquidated',
      'tooManyUnits',
    ])
      expect(ends.get(end) ?? 0, end).toBeGreaterThan(0);
  });

  function amountFor(name: string, part: bigint, dust: bigint, book: HostBook, held: bigint): bigint {
    if (name === 'lock') return part * UNIT + dust;
    if (name === 'redeem') return (held * part) / 100n + dust;
    if (name === 'unlock') return (book.bondWei * part) / 200n + dust;
    return (part * UNIT) / 3n + dust;
  }

  function perform(room: Room, name: string, holder: TestAccount, amount: bigint) {
    if (name === 'lock') return room.act(host, 'lockBond', [], amount);
    if (name === 'mint') return room.act(host, 'mint', [holder.address, amount]);
    if (name === 'unlock') return room.act(host, 'unlockBond', [amount]);
    return name === 'redeem' ? room.act(holder, 'redeem', [amount, 0n]) : room.act(stranger, 'liquidate');
  }

  function expectSame(room: Room, book: HostBook, rateWei: bigint, held: readonly bigint[]): void {
    const { claim, bondWei, units } = book;
    const needed =
      claim === undefined ? bondNeeded(units, rateWei, RATIO) : (units * claim.wei + claim.units - 1n) / claim.units;
    expect(room.bond()).toEqual([bondWei, needed, claim !== undefined]);
    expect(room.vm.state.balance(room.token.address)).toBe(bondWei);
    expect(room.vm.read(room.token, 'totalSupply')).toBe(units);
    expect([host, home(2), home(3)].map((holder) => room.unitsOf(holder))).toEqual(held);
  }

  it('of one host do not hang on the bond of another one', () => {
    const room = new Room();
    const second = room.deploy('DualToken', ['Unit of Bob', 'BOB', room.council.address, home(2).address, RATE, RATIO]);
    room.send(host, 'lockBond', [], 300n * UNIT);
    room.send(host, 'mint', [home(3).address, 100n * UNIT]);
    room.vm.send(home(2), second, 'lockBond', [], 300n * UNIT);
    room.vm.send(home(2), second, 'mint', [home(3).address, 50n * UNIT]);
    room.agree(4n * UNIT);
    room.vm.nowS += NOTICE;
    room.send(stranger, 'liquidate');
    expect(room.vm.read(second, 'worth', [50n * UNIT])).toBe(100n * UNIT);
    expect(room.vm.refusal(stranger, second, 'liquidate')).toBe(`BondCovers(${300n * UNIT}, ${150n * UNIT})`);
  });

  it('can be handed on like other tokens, and pay their holder whoever that is', () => {
    const room = new Room();
    room.send(host, 'lockBond', [], 300n * UNIT);
    room.send(host, 'mint', [home(2).address, 100n * UNIT]);
    room.send(home(2), 'transfer', [stranger.address, 30n * UNIT]);
    const before = room.vm.state.balance(stranger.address);
    expect(room.refusal(stranger, 'redeem', [30n * UNIT, 60n * UNIT + 1n])).toBe(
      `FewerCoins(${60n * UNIT}, ${60n * UNIT + 1n})`,
    );
    room.send(stranger, 'redeem', [30n * UNIT, 60n * UNIT]);
    expect(room.vm.state.balance(stranger.address) - before).toBe(60n * UNIT);
  });

  it('are money that a market of the community takes', () => {
    const room = new Room();
    const first = { tariff: 33n * 10n ** 15n, feedIn: 0n, gridFee: 0n, localFee: 0n };
    const grid = room.deploy('Grid', [room.registry.address, 600n, first]);
    const rules = {
      money: room.token.address,
      registry: room.registry.address,
      grid: grid.address,
      depositFloor: UNIT,
      advanceLimit: 0n,
      firstPeriod: BEGIN,
      silenceSeconds: 0n,
    };
    const market = room.deploy('MintPerKwh', [rules, 1n]);
    room.send(host, 'lockBond', [], 300n * UNIT);
    room.send(host, 'mint', [home(2).address, 100n * UNIT]);
    room.register(2);
    room.send(home(2), 'approve', [market.address, 70n * UNIT]);
    room.vm.send(home(2), market, 'join', [meterOf(2), 70n * UNIT, 1n]);
    expect(room.vm.read(market, 'audit')).toEqual([70n * UNIT, 70n * UNIT]);
    room.vm.send(home(2), market, 'withdraw', [69n * UNIT]);
    expect(room.unitsOf(home(2))).toBe(99n * UNIT);
    // Units that the market holds are units as others: nobody redeems them over its head.
    expect(room.refusal(home(2), 'redeem', [100n * UNIT, 0n])).toContain('ERC20InsufficientBalance');
  });

  it('are the host’s alone to make, and its bond the host’s alone to lock and unlock', () => {
    const room = new Room();
    for (const [name, args] of [
      ['mint', [stranger.address, 1n]],
      ['unlockBond', [0n]],
      ['lockBond', []],
    ] as const) {
      expect(room.refusal(stranger, name, args)).toBe('only the host');
    }
    expect(room.refusal(host, 'mint', [host.address, 1n])).toBe('BondTooSmall(0, 3)');
    room.send(host, 'lockBond', [], 3n);
    room.send(host, 'mint', [host.address, 1n]);
    expect(room.refusal(host, 'redeem', [2n, 0n])).toBe('there are not so many units');
    expect(room.refusal(stranger, 'redeem', [1n, 0n])).toContain('ERC20InsufficientBalance');
  });
});

describe('the rate of a bond', () => {
  it('is announced by one member, confirmed by another, and in force a notice after that', () => {
    const room = new Room();
    const [event] = eventsOf(room.send(one, 'announceRate', [7n]), 'RateAnnounced');
    const until = room.vm.nowS + NOTICE;
    expect(event).toMatchObject({ rateWei: 7n, confirmUntil: until });
    expect(room.rates()).toEqual([RATE, 7n, until, 1n, false]);
    expect(room.refusal(one, 'confirmRate', [7n, until])).toBe('another member confirms');
    expect(room.refusal(other, 'confirmRate', [8n, until])).toBe('this rate is not on its way');
    expect(room.refusal(other, 'confirmRate', [7n, until + 1n])).toBe('this rate is not announced');
    expect(room.refusal(other, 'announceRate', [9n])).toBe('another rate is on its way');
    room.vm.nowS += 100n;
    room.send(other, 'confirmRate', [7n, until]);
    expect(room.refusal(other, 'confirmRate', [7n, until])).toBe('this rate is not announced');
    room.vm.nowS += NOTICE - 1n;
    expect(room.rates()).toEqual([RATE, 7n, until + 100n, 1n, true]);
    room.vm.nowS += 1n;
    expect(room.rates()).toEqual([7n, 0n, 0n, 0n, false]);
    // What is in force is kept when the next one is announced.
    room.agree(9n);
    expect(room.rates()).toEqual([7n, 9n, room.vm.nowS + NOTICE, 1n, true]);
  });

  it('lapses unconfirmed, and any member stops it until it is in force', () => {
    const room = new Room();
    room.send(one, 'announceRate', [7n]);
    const until = room.vm.nowS + NOTICE;
    room.vm.nowS = until + 1n;
    expect(room.refusal(other, 'confirmRate', [7n, until])).toBe('this rate is not on its way');
    expect(room.rates()).toEqual([RATE, 0n, 0n, 0n, false]);
    room.agree(8n);
    room.send(one, 'retractRate', [8n]);
    room.vm.nowS += NOTICE;
    expect(room.rates()).toEqual([RATE, 0n, 0n, 0n, false]);
    room.agree(8n);
    room.vm.nowS += NOTICE;
    expect(room.refusal(one, 'retractRate', [8n])).toBe('this rate is not on its way');
  });

  it('is no matter of the host, not even where it sits in the council, nor of anybody else', () => {
    const room = new Room();
    expect(room.refusal(host, 'announceRate', [1n])).toBe('only a member of the council');
    const args = ['Unit', 'U', room.council.address, one.address, RATE, RATIO];
    const own = room.deploy('DualToken', args);
    expect(room.vm.refusal(one, own, 'announceRate', [1n])).toBe('the host has no say in the rate');
    expect(room.refusal(one, 'announceRate', [0n])).toBe('a rate is 1 to 2^96 - 1 wei');
    expect(room.refusal(one, 'announceRate', [2n ** 96n])).toBe('a rate is 1 to 2^96 - 1 wei');
  });

  it('a host gains nothing by what it knows: it can neither make units nor unlock ahead of a dearer rate, and a cheaper one helps it only when it is in force', () => {
    const room = new Room();
    room.send(host, 'lockBond', [], 310n * UNIT);
    room.send(host, 'mint', [home(2).address, 100n * UNIT]);
    room.agree(3n * UNIT);
    expect(room.refusal(host, 'unlockBond', [1n])).toBe(`BondTooSmall(${310n * UNIT}, ${450n * UNIT + 1n})`);
    expect(room.refusal(host, 'mint', [host.address, UNIT])).toContain('BondTooSmall');
    // Holders leave at the rate that they know, and the bond that is left still covers the others better than before.
    expect(room.vm.read(room.token, 'worth', [UNIT])).toBe(2n * UNIT);
    expect(room.refusal(stranger, 'liquidate')).toContain('BondCovers');
    room.vm.nowS += NOTICE;
    room.send(stranger, 'liquidate');
    expect(room.vm.read(room.token, 'worth', [UNIT])).toBe(3n * UNIT);
  });

  it('must be there in the beginning, with a council, a host and a ratio', () => {
    const room = new Room();
    const good = ['Unit', 'U', room.council.address, host.address, RATE, RATIO];
    const zero = `0x${'00'.repeat(20)}`;
    const refused = (at: number, value: string | bigint, why: string) =>
      expect(() => room.deploy('DualToken', good.with(at, value))).toThrow(why);
    refused(2, zero, "the council's address is missing");
    refused(3, zero, "the host's address is missing");
    refused(4, 0n, 'a rate is 1 to 2^96 - 1 wei');
    refused(5, 9_999n, 'a ratio is 10000 to 100000');
    refused(5, 100_001n, 'a ratio is 10000 to 100000');
    assert(room.vm.read(room.token, 'name') === 'Unit of Ann', 'the name is kept');
  });
});
