import { checksumAddress, type Hex, numberToHex, zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { MarketVm, operators, type TestAccount, testAccount } from '../../testing/marketVm.js';
import { amountOf, TOKEN_UNIT } from '../units.js';
import { GENESIS_ADDRESSES } from './contracts.js';
import { OFFER_STATES, TRADE_STATES } from './states.js';

const [registrar, otherRegistrar] = operators;
const [seller, buyer, other, gateway] = [3, 4, 5, 6].map(testAccount) as [
  TestAccount,
  TestAccount,
  TestAccount,
  TestAccount,
];
const METER = numberToHex(0xa1, { size: 32 });
const SECOND_METER = numberToHex(0xa2, { size: 32 });
const UNLIMITED = 2n ** 256n - 1n;
const MAX64 = 2n ** 64n - 1n;
const shown = (account: TestAccount) => checksumAddress(account.address);
const trade = { address: GENESIS_ADDRESSES.tradeAddress };

/** A meter of the seller, reported by a gateway; the buyers have 100 tokens each and have approved all of them. */
function market(): MarketVm {
  const vm = new MarketVm();
  vm.send(registrar, 'trade', 'registerMeter', [METER, seller.address, gateway.address]);
  for (const account of [buyer, other]) {
    vm.give(account, 100n * TOKEN_UNIT);
    vm.send(account, 'token', 'approve', [trade.address, UNLIMITED]);
  }
  return vm;
}

interface Terms {
  meter: Hex;
  start: bigint;
  length: bigint;
  energy: bigint;
  price: bigint;
  acceptIn: bigint;
  settleIn: bigint;
}

function termsOf(vm: MarketVm, change: Partial<Terms> = {}): unknown[] {
  const terms = {
    meter: METER,
    start: 3600n,
    length: 3600n,
    energy: 1_000_000n,
    price: TOKEN_UNIT,
    acceptIn: 100n,
    settleIn: 1000n,
    ...change,
  };
  const { meter, start, length, energy, price, acceptIn, settleIn } = terms;
  return [meter, start, length, energy, price, vm.nowS + acceptIn, vm.nowS + settleIn];
}

function offer(vm: MarketVm, change: Partial<Terms> = {}): bigint {
  return vm.send(seller, 'trade', 'offer', termsOf(vm, change)).output as bigint;
}

function accept(vm: MarketVm, who: TestAccount, offerId: bigint, energy: bigint): bigint {
  return vm.send(who, 'trade', 'accept', [offerId, energy]).output as bigint;
}

function reading(produced: bigint, consumed: bigint, number = 1n, start = 3600n, length = 3600n, meter: Hex = METER) {
  return [[meter], [number], [start], [length], [produced], [consumed]];
}

const state = (vm: MarketVm, id: bigint) => TRADE_STATES[vm.read<number[]>('trade', 'tradeStatus', [id])[0] ?? -1];
const offerState = (vm: MarketVm, id: bigint) => OFFER_STATES[vm.read<number[]>('trade', 'offers', [id])[10] ?? -1];

describe('meters', () => {
  it('are registered by a registrar, once, complete', () => {
    const vm = new MarketVm();
    const args = [METER, seller.address, gateway.address];
    expect(vm.refusal(seller, 'trade', 'registerMeter', args)).toBe('only a registrar may do this');
    expect(vm.refusal(registrar, 'trade', 'registerMeter', [zeroHash, ...args.slice(1)])).toBe(
      "the meter's id is missing",
    );
    expect(vm.refusal(registrar, 'trade', 'registerMeter', [METER, zeroAddress, gateway.address])).toBe(
      'the household is missing',
    );
    expect(vm.refusal(registrar, 'trade', 'registerMeter', [METER, seller.address, zeroAddress])).toBe(
      'the reporter is missing',
    );
    expect(vm.send(registrar, 'trade', 'registerMeter', args).events).toEqual([
      {
        contract: 'trade',
        name: 'MeterRegistered',
        args: { meter: METER, household: shown(seller), reporter: shown(gateway), registrar: shown(registrar) },
      },
    ]);
    expect(vm.refusal(otherRegistrar, 'trade', 'registerMeter', args)).toBe('this meter is registered already');
    expect(vm.read('trade', 'meters', [METER])).toEqual([shown(seller), shown(gateway), 0n, 0n]);
    expect(vm.read('trade', 'registrars')).toEqual([shown(registrar), shown(otherRegistrar)]);
  });

  it('get another reporter from a registrar', () => {
    const vm = market();
    expect(vm.send(otherRegistrar, 'trade', 'changeReporter', [METER, seller.address]).events).toEqual([
      {
        contract: 'trade',
        name: 'ReporterChanged',
        args: { meter: METER, reporter: shown(seller), registrar: shown(otherRegistrar) },
      },
    ]);
    expect(vm.refusal(gateway, 'trade', 'report', reading(1n, 0n))).toBe("only the meter's reporter");
    vm.send(seller, 'trade', 'report', reading(1n, 0n));
    expect(vm.refusal(seller, 'trade', 'changeReporter', [METER, seller.address])).toBe('only a registrar may do this');
    expect(vm.refusal(registrar, 'trade', 'changeReporter', [METER, zeroAddress])).toBe('the reporter is missing');
    expect(vm.refusal(registrar, 'trade', 'changeReporter', [SECOND_METER, seller.address])).toBe(
      'this meter is not registered',
    );
  });
});

describe('offers', () => {
  it('state all their terms', () => {
    const vm = market();
    const [meter, periodStart, periodSeconds, energyMwh, price, acceptUntil, settleBy] = termsOf(vm);
    const { output, events } = vm.send(seller, 'trade', 'offer', termsOf(vm));
    expect(output).toBe(1n);
    const terms = { meter, periodStart, periodSeconds, energyMwh, price, acceptUntil, settleBy };
    expect(events).toEqual([
      { contract: 'trade', name: 'Offered', args: { offerId: 1n, seller: shown(seller), ...terms } },
    ]);
    expect(vm.read('trade', 'offers', [1n])).toEqual([
      shown(seller),
      meter,
      periodStart,
      periodSeconds,
      energyMwh,
      price,
      acceptUntil,
      settleBy,
      energyMwh,
      0n,
      OFFER_STATES.indexOf('open'),
    ]);
    expect(vm.read('trade', 'offerCount')).toBe(1n);
  });

  it.each<[string, Partial<Terms>]>([
    ['this meter is not registered', { meter: SECOND_METER }],
    ['an offer needs some energy', { energy: 0n }],
    ['a period needs a length', { length: 0n }],
    ['the period ends too late', { start: MAX64, length: 1n }],
    ['acceptUntil is not in the future', { acceptIn: 0n }],
    ['settleBy must follow acceptUntil', { acceptIn: 5n, settleIn: 5n }],
  ])('are refused: %s', (refusal, change) => {
    const vm = market();
    expect(vm.refusal(seller, 'trade', 'offer', termsOf(vm, change))).toBe(refusal);
  });

  it('come only from the household of the meter, for a period not yet read', () => {
    const vm = market();
    expect(vm.refusal(buyer, 'trade', 'offer', termsOf(vm))).toBe("only the meter's household");
    vm.send(gateway, 'trade', 'report', reading(5n, 0n, 1n, 0n, 3601n));
    expect(vm.refusal(seller, 'trade', 'offer', termsOf(vm))).toBe(`PeriodAlreadyRead(${METER}, 3600, 3601)`);
    offer(vm, { start: 3601n });
  });

  it('accept the largest figures that fit', () => {
    const vm = market();
    const id = offer(vm, { start: 0n, length: MAX64, energy: MAX64, price: 2n ** 128n - 1n });
    expect(vm.read<bigint[]>('trade', 'offers', [id]).slice(2, 6)).toEqual([0n, MAX64, MAX64, 2n ** 128n - 1n]);
    expect(vm.refusal(buyer, 'trade', 'accept', [id, MAX64])).toBe(
      `ERC20InsufficientBalance(${shown(buyer)}, ${100n * TOKEN_UNIT}, ${amountOf(MAX64, 2n ** 128n - 1n)})`,
    );
  });

  it('can be cancelled as far as they are not accepted', () => {
    const vm = market();
    const id = offer(vm);
    accept(vm, buyer, id, 400_000n);
    expect(vm.refusal(buyer, 'trade', 'cancelOffer', [id])).toBe("only the offer's seller");
    expect(vm.refusal(seller, 'trade', 'cancelOffer', [9n])).toBe('there is no such offer');
    expect(vm.send(seller, 'trade', 'cancelOffer', [id]).events).toEqual([
      { contract: 'trade', name: 'OfferCancelled', args: { offerId: id, seller: shown(seller), energyMwh: 600_000n } },
    ]);
    expect(vm.read<bigint[]>('trade', 'offers', [id]).slice(8, 10)).toEqual([0n, 600_000n]);
    expect(offerState(vm, id)).toBe('cancelled');
    expect(vm.refusal(seller, 'trade', 'cancelOffer', [id])).toBe('nothing of this offer is left');
    expect(vm.refusal(buyer, 'trade', 'accept', [id, 1n])).toBe('NotEnoughOnOffer(0, 1)');
    expect(state(vm, 1n)).toBe('awaitingReading');
  });

  it('say where they stand', () => {
    const vm = market();
    const id = offer(vm);
    const sold = offer(vm, { energy: 5n });
    accept(vm, buyer, sold, 5n);
    expect([offerState(vm, id), offerState(vm, sold)]).toEqual(['open', 'soldOut']);
    vm.nowS += 100n;
    expect(offerState(vm, id)).toBe('open');
    vm.nowS += 1n;
    expect(offerState(vm, id)).toBe('expired');
    const later = offer(vm);
    vm.send(gateway, 'trade', 'report', reading(5n, 0n));
    expect(offerState(vm, later)).toBe('periodRead');
    expect(() => vm.read('trade', 'offers', [9n])).toThrow('there is no such offer');
  });
});

describe('acceptances', () => {
  it('put floor(energy · price / 150000) in escrow and state all the terms', () => {
    const vm = market();
    const id = offer(vm, { price: 1_000_003n });
    const { output, events } = vm.send(buyer, 'trade', 'accept', [id, 400_001n]);
    const escrow = (400_001n * 1_000_003n) / 150_000n;
    expect(output).toBe(1n);
    expect(events).toEqual([
      {
        contract: 'token',
        name: 'Transfer',
        args: { from: shown(buyer), to: checksumAddress(trade.address), value: escrow },
      },
      {
        contract: 'trade',
        name: 'Accepted',
        args: {
          tradeId: 1n,
          seller: shown(seller),
          buyer: shown(buyer),
          offerId: id,
          meter: METER,
          periodStart: 3600n,
          periodSeconds: 3600n,
          energyMwh: 400_001n,
          price: 1_000_003n,
          escrow,
          settleBy: vm.nowS + 1000n,
        },
      },
    ]);
    expect(vm.read('trade', 'trades', [1n])).toEqual([
      id,
      shown(seller),
      shown(buyer),
      METER,
      3600n,
      3600n,
      400_001n,
      1_000_003n,
      escrow,
      vm.nowS + 1000n,
    ]);
    expect(vm.tokens(trade)).toBe(escrow);
    expect(vm.read<bigint[]>('trade', 'offers', [id])[8]).toBe(599_999n);
    expect(vm.read('trade', 'periodTradeAt', [METER, 3600n, 3600n, 0n])).toBe(1n);
    expect(vm.read('trade', 'periodTradeAt', [METER, 3600n, 3600n, 1n])).toBe(0n);
    expect(vm.read('trade', 'tradeCount')).toBe(1n);
  });

  it('are refused with the reason', () => {
    const vm = market();
    const id = offer(vm);
    expect(vm.refusal(buyer, 'trade', 'accept', [9n, 1n])).toBe('there is no such offer');
    expect(vm.refusal(buyer, 'trade', 'accept', [id, 0n])).toBe('the energy is 0');
    expect(vm.refusal(seller, 'trade', 'accept', [id, 1n])).toBe('seller cannot accept own offer');
    expect(vm.refusal(buyer, 'trade', 'accept', [id, 1_000_001n])).toBe('NotEnoughOnOffer(1000000, 1000001)');
    const poor = testAccount(8);
    expect(vm.refusal(poor, 'trade', 'accept', [id, 150_000n])).toBe(
      `ERC20InsufficientAllowance(${checksumAddress(trade.address)}, 0, ${TOKEN_UNIT})`,
    );
    vm.send(poor, 'token', 'approve', [trade.address, UNLIMITED]);
    expect(vm.refusal(poor, 'trade', 'accept', [id, 150_000n])).toBe(
      `ERC20InsufficientBalance(${shown(poor)}, 0, ${TOKEN_UNIT})`,
    );
    vm.nowS += 100n;
    accept(vm, buyer, id, 1n);
    vm.nowS += 1n;
    expect(vm.refusal(buyer, 'trade', 'accept', [id, 1n])).toBe('the offer has expired');
  });

  it('are refused once the meter is read past the start, when the outcome is known', () => {
    const vm = market();
    const id = offer(vm);
    vm.send(gateway, 'trade', 'report', reading(9n, 0n, 1n, 0n, 3600n));
    accept(vm, buyer, id, 1n);
    vm.send(gateway, 'trade', 'report', reading(9n, 0n, 2n, 3600n, 1n));
    expect(vm.refusal(buyer, 'trade', 'accept', [id, 1n])).toBe(`PeriodAlreadyRead(${METER}, 3600, 3601)`);
  });

  it('of gifts move no token', () => {
    const vm = market();
    const id = offer(vm, { price: 0n });
    expect(vm.send(testAccount(8), 'trade', 'accept', [id, 1_000n]).events).toHaveLength(1);
    vm.send(gateway, 'trade', 'report', reading(500n, 0n));
    const { events } = vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 1n]);
    expect(events.map(({ name }) => name)).toEqual(['Settled']);
    expect(events[0]?.args).toMatchObject({ deliveredMwh: 500n, paid: 0n, returned: 0n });
    expect(state(vm, 1n)).toBe('short');
  });
});

describe('readings', () => {
  it('are numbered, of increasing periods, and readable', () => {
    const vm = market();
    const { events } = vm.send(gateway, 'trade', 'report', reading(9n, 4n));
    expect(events).toEqual([
      {
        contract: 'trade',
        name: 'Reading',
        args: {
          meter: METER,
          periodStart: 3600n,
          reporter: shown(gateway),
          number: 1n,
          periodSeconds: 3600n,
          producedMwh: 9n,
          consumedMwh: 4n,
        },
      },
    ]);
    expect(vm.read('trade', 'readings', [METER, 3600n, 3600n])).toEqual([1n, 9n, 4n, vm.nowS]);
    expect(vm.read('trade', 'readings', [METER, 3600n, 1800n])).toEqual([0n, 0n, 0n, 0n]);
    expect(vm.read('trade', 'periodProgress', [METER, 3600n, 3600n])).toEqual([0n, 0n, 5n]);
    expect(vm.refusal(gateway, 'trade', 'report', reading(9n, 4n))).toBe(`UnexpectedReadingNumber(${METER}, 1, 2)`);
    expect(vm.refusal(gateway, 'trade', 'report', reading(9n, 4n, 3n, 7200n))).toBe(
      `UnexpectedReadingNumber(${METER}, 3, 2)`,
    );
    expect(vm.refusal(gateway, 'trade', 'report', reading(9n, 4n, 2n))).toBe(`PeriodAlreadyRead(${METER}, 3600, 7200)`);
    expect(vm.refusal(gateway, 'trade', 'report', reading(9n, 4n, 2n, 7199n, 10n))).toBe(
      `PeriodAlreadyRead(${METER}, 7199, 7200)`,
    );
    vm.send(gateway, 'trade', 'report', reading(0n, 7n, 2n, 7200n));
    expect(vm.read('trade', 'meters', [METER])).toEqual([shown(seller), shown(gateway), 2n, 10_800n]);
  });

  it('of many meters and periods go in one batch', () => {
    const vm = market();
    vm.send(registrar, 'trade', 'registerMeter', [SECOND_METER, buyer.address, gateway.address]);
    vm.send(gateway, 'trade', 'report', [
      [METER, SECOND_METER, METER],
      [1n, 1n, 2n],
      [0n, 900n, 3600n],
      [3600n, 900n, 3600n],
      [5n, 6n, 7n],
      [1n, 1n, 1n],
    ]);
    expect(vm.read('trade', 'readings', [METER, 3600n, 3600n])).toEqual([2n, 7n, 1n, vm.nowS]);
    expect(vm.read('trade', 'readings', [SECOND_METER, 900n, 900n])).toEqual([1n, 6n, 1n, vm.nowS]);
  });

  it('are refused as a whole when one is wrong', () => {
    const vm = market();
    const lists = [
      [METER, METER],
      [1n, 3n],
      [0n, 3600n],
      [3600n, 3600n],
      [5n, 5n],
      [0n, 0n],
    ];
    expect(vm.refusal(gateway, 'trade', 'report', lists)).toBe(`UnexpectedReadingNumber(${METER}, 3, 2)`);
    expect(vm.read('trade', 'meters', [METER])).toEqual([shown(seller), shown(gateway), 0n, 0n]);
    for (let i = 1; i < 6; i++) {
      const shorter = lists.map((list, j) => (j === i ? list.slice(1) : list));
      expect(vm.refusal(gateway, 'trade', 'report', shorter)).toBe('the lists differ in length');
    }
    expect(vm.refusal(gateway, 'trade', 'report', [[], [], [], [], [], []])).toBe('there is no reading');
    expect(vm.refusal(seller, 'trade', 'report', reading(1n, 0n))).toBe("only the meter's reporter");
    expect(vm.refusal(gateway, 'trade', 'report', reading(1n, 0n, 1n, 0n, 1n, SECOND_METER))).toBe(
      'this meter is not registered',
    );
    expect(vm.refusal(gateway, 'trade', 'report', reading(1n, 0n, 1n, 0n, 0n))).toBe('a period needs a length');
    expect(vm.refusal(gateway, 'trade', 'report', reading(1n, 0n, 1n, MAX64, 1n))).toBe('the period ends too late');
  });
});

describe('settlement', () => {
  it('pays for what was delivered, in order of acceptance, and returns the rest', () => {
    const vm = market();
    const id = offer(vm);
    accept(vm, buyer, id, 600_000n);
    accept(vm, other, id, 300_000n);
    expect(vm.refusal(other, 'trade', 'settle', [METER, 3600n, 3600n, 9n])).toBe('no reading for this period yet');
    vm.send(gateway, 'trade', 'report', reading(800_000n, 50_000n));
    expect(state(vm, 1n)).toBe('readyToSettle');
    const { output, events } = vm.send(testAccount(8), 'trade', 'settle', [METER, 3600n, 3600n, 9n]);
    expect(output).toBe(2n);
    const settled = events.filter(({ name }) => name === 'Settled').map(({ args }) => args);
    expect(settled).toEqual([
      {
        tradeId: 1n,
        seller: shown(seller),
        buyer: shown(buyer),
        deliveredMwh: 600_000n,
        paid: 4n * TOKEN_UNIT,
        returned: 0n,
      },
      {
        tradeId: 2n,
        seller: shown(seller),
        buyer: shown(other),
        deliveredMwh: 150_000n,
        paid: TOKEN_UNIT,
        returned: TOKEN_UNIT,
      },
    ]);
    expect(events.filter(({ name }) => name === 'Transfer')).toHaveLength(3);
    expect([state(vm, 1n), state(vm, 2n)]).toEqual(['settled', 'short']);
    expect([vm.tokens(seller), vm.tokens(buyer), vm.tokens(other), vm.tokens(trade)]).toEqual(
      [5n, 96n, 99n, 0n].map((tokens) => tokens * TOKEN_UNIT),
    );
    expect(vm.read('trade', 'tradeStatus', [2n])).toEqual([
      TRADE_STATES.indexOf('short'),
      150_000n,
      TOKEN_UNIT,
      TOKEN_UNIT,
      1n,
      800_000n,
      50_000n,
      vm.nowS,
      0n,
      7200n,
    ]);
    expect(vm.refusal(other, 'trade', 'settle', [METER, 3600n, 3600n, 9n])).toBe('nothing to settle in this period');
    expect(vm.refusal(other, 'trade', 'refund', [1n])).toBe('this trade is closed already');
  });

  it('goes on where a bounded call stopped', () => {
    const vm = market();
    const id = offer(vm);
    for (let i = 0; i < 5; i++) accept(vm, i % 2 ? buyer : other, id, 100_000n);
    vm.send(gateway, 'trade', 'report', reading(250_000n, 0n));
    expect(vm.refusal(other, 'trade', 'settle', [METER, 3600n, 3600n, 0n])).toBe('maxTrades is 0');
    expect(vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 2n]).output).toBe(2n);
    expect(vm.read('trade', 'periodProgress', [METER, 3600n, 3600n])).toEqual([5n, 2n, 50_000n]);
    expect(vm.read<unknown[]>('trade', 'tradeStatus', [5n])[8]).toBe(2n);
    expect(vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, UNLIMITED]).output).toBe(3n);
    expect([1n, 2n, 3n, 4n, 5n].map((trade) => vm.read<bigint[]>('trade', 'tradeStatus', [trade])[1])).toEqual([
      100_000n,
      100_000n,
      50_000n,
      0n,
      0n,
    ]);
    expect(vm.tokens(trade)).toBe(0n);
  });

  it('does not give used-up energy again when it goes on', () => {
    const vm = market();
    const id = offer(vm);
    for (let i = 0; i < 4; i++) accept(vm, i % 2 ? buyer : other, id, 100_000n);
    vm.send(gateway, 'trade', 'report', reading(200_000n, 0n));
    const progress = [1, 2, 3, 4].map(() => {
      vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 1n]);
      return vm.read('trade', 'periodProgress', [METER, 3600n, 3600n]);
    });
    expect(progress).toEqual([
      [4n, 1n, 100_000n],
      [4n, 2n, 0n],
      [4n, 3n, 0n],
      [4n, 4n, 0n],
    ]);
    expect(vm.tokens(seller)).toBe(2n * amountOf(100_000n));
  });

  it('of a household that consumed more than it produced returns everything', () => {
    const vm = market();
    accept(vm, buyer, offer(vm), 150_000n);
    vm.send(gateway, 'trade', 'report', reading(10n, 11n));
    const { events } = vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 1n]);
    expect(events.at(-1)?.args).toMatchObject({ deliveredMwh: 0n, paid: 0n, returned: TOKEN_UNIT });
    expect(state(vm, 1n)).toBe('short');
  });

  it('shares one reading among all offers of the period, so that no energy is sold twice', () => {
    const vm = market();
    const cheap = offer(vm, { price: TOKEN_UNIT / 2n });
    const dear = offer(vm);
    accept(vm, buyer, dear, 1_000_000n);
    accept(vm, other, cheap, 1_000_000n);
    vm.send(gateway, 'trade', 'report', reading(1_000_000n, 0n));
    vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 9n]);
    expect([state(vm, 1n), state(vm, 2n)]).toEqual(['settled', 'short']);
    expect(vm.tokens(seller)).toBe(amountOf(1_000_000n));
    expect(vm.tokens(other)).toBe(100n * TOKEN_UNIT);
  });

  it('happens for one of two overlapping periods only', () => {
    const vm = market();
    accept(vm, buyer, offer(vm, { start: 3600n, length: 3600n }), 150_000n);
    accept(vm, other, offer(vm, { start: 5400n, length: 3600n }), 150_000n);
    vm.send(gateway, 'trade', 'report', reading(500_000n, 0n));
    expect(vm.refusal(gateway, 'trade', 'report', reading(500_000n, 0n, 2n, 5400n))).toBe(
      `PeriodAlreadyRead(${METER}, 5400, 7200)`,
    );
    vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 9n]);
    expect(vm.refusal(other, 'trade', 'settle', [METER, 5400n, 3600n, 9n])).toBe('no reading for this period yet');
    vm.nowS += 1001n;
    vm.send(other, 'trade', 'refund', [2n]);
    expect(vm.tokens(trade)).toBe(0n);
  });

  it('may come long after settleBy when the reading came in time', () => {
    const vm = market();
    accept(vm, buyer, offer(vm), 150_000n);
    vm.nowS += 1000n;
    vm.send(gateway, 'trade', 'report', reading(500_000n, 0n));
    vm.nowS += 1_000_000n;
    expect(state(vm, 1n)).toBe('readyToSettle');
    expect(vm.refusal(buyer, 'trade', 'refund', [1n])).toBe('there is a reading: settle it');
    vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 9n]);
    expect(state(vm, 1n)).toBe('settled');
  });
});

describe('refunds', () => {
  it('give the escrow back once settleBy has passed without a reading', () => {
    const vm = market();
    accept(vm, buyer, offer(vm), 150_000n);
    vm.nowS += 1000n;
    expect(vm.refusal(other, 'trade', 'refund', [1n])).toBe('settleBy has not passed');
    expect(vm.refusal(other, 'trade', 'refund', [2n])).toBe('there is no such trade');
    vm.nowS += 1n;
    expect(state(vm, 1n)).toBe('refundable');
    expect(vm.send(other, 'trade', 'refund', [1n]).events.at(-1)).toEqual({
      contract: 'trade',
      name: 'Refunded',
      args: { tradeId: 1n, buyer: shown(buyer), escrow: TOKEN_UNIT },
    });
    expect(state(vm, 1n)).toBe('refunded');
    expect(vm.refusal(other, 'trade', 'refund', [1n])).toBe('this trade is closed already');
    expect(vm.tokens(buyer)).toBe(100n * TOKEN_UNIT);
  });

  it('are what a reading after settleBy leads to, through settle as through refund, and it takes no energy', () => {
    const vm = market();
    const early = offer(vm, { settleIn: 500n });
    const late = offer(vm);
    accept(vm, buyer, early, 150_000n);
    accept(vm, buyer, early, 150_000n);
    accept(vm, other, late, 150_000n);
    vm.nowS += 501n;
    vm.send(other, 'trade', 'refund', [1n]);
    vm.send(gateway, 'trade', 'report', reading(150_000n, 0n));
    expect([state(vm, 2n), state(vm, 3n)]).toEqual(['refundable', 'readyToSettle']);
    const { events } = vm.send(other, 'trade', 'settle', [METER, 3600n, 3600n, 9n]);
    expect(events.map(({ name }) => name)).toEqual(['Transfer', 'Refunded', 'Transfer', 'Settled']);
    expect([1n, 2n, 3n].map((id) => state(vm, id))).toEqual(['refunded', 'refunded', 'settled']);
    expect(vm.tokens(buyer)).toBe(100n * TOKEN_UNIT);
    expect(vm.refusal(other, 'trade', 'refund', [2n])).toBe('this trade is closed already');
  });
});

it('names its token', () => {
  const vm = market();
  expect(vm.read<string>('trade', 'token').toLowerCase()).toBe(GENESIS_ADDRESSES.tokenAddress);
});
