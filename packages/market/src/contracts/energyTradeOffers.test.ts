import { checksumAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { operators, RESOLUTION, type TestAccount } from '../../testing/marketVm.js';
import {
  buyer,
  ESCROW,
  FIRST_START,
  GRID_PRICE,
  gateway,
  meterOf,
  type OfferArgs,
  other,
  PRICE,
  RATING,
  secondSeller,
  seller,
  startOf,
  stranger,
  TradeRoom,
} from '../../testing/tradeRoom.js';
import { TOKEN_UNIT } from '../units.js';
import { GENESIS_ADDRESSES } from './contracts.js';

const shown = (account: TestAccount) => checksumAddress(account.address);
const NOW = 1_000_000n;

describe('offers', () => {
  it('state all their terms', () => {
    const room = new TradeRoom();
    const terms = {
      meter: meterOf(seller),
      periodStart: FIRST_START,
      price: PRICE,
      gridPrice: GRID_PRICE,
      acceptUntil: FIRST_START,
      settleBy: FIRST_START + RESOLUTION + 3_600n,
    };
    const { output, events } = room.vm.send(seller, 'trade', 'offer', room.offerArgs(seller));
    expect(output).toBe(1n);
    expect(events).toEqual([
      {
        contract: 'trade',
        name: 'Offered',
        args: { offerId: 1n, seller: shown(seller), energyMwh: 1_000_000n, ...terms },
      },
    ]);
    expect(room.vm.read('trade', 'offers', [1n])).toEqual([
      { offerId: 1n, seller: shown(seller), ...terms },
      1_000_000n,
      1_000_000n,
      0n,
      1,
    ]);
    expect(room.vm.read('trade', 'offerCount')).toBe(1n);
  });

  it.each<[string, Partial<OfferArgs>]>([
    ["only the meter's household", { meter: meterOf(stranger) }],
    ["only the meter's household", { meter: meterOf(buyer) }],
    ['TooLittleEnergy(999, 1000)', { energyMwh: 999n }],
    [`AboveRating(${RATING + 1n}, ${RATING})`, { energyMwh: RATING + 1n }],
    ['PriceRoundsToNothing(1000, 149)', { price: 149n }],
    [`GridPriceDiffers(${GRID_PRICE - 1n}, ${GRID_PRICE})`, { gridPrice: GRID_PRICE - 1n }],
    [`NotAPeriod(${FIRST_START + 1n}, 900)`, { periodStart: FIRST_START + 1n }],
    [
      `PeriodTooFarAhead(${NOW + 36_800n}, ${NOW + 36_000n})`,
      { periodStart: NOW + 36_800n, acceptUntil: FIRST_START, settleBy: NOW + 40_000n },
    ],
    ['acceptUntil is not in the future', { acceptUntil: NOW }],
    [`ClosesTooLate(${FIRST_START + 1n}, ${FIRST_START})`, { acceptUntil: FIRST_START + 1n }],
    ['settleBy must follow acceptUntil', { settleBy: FIRST_START }],
    [`SettlesTooLate(${NOW + 86_401n}, ${NOW + 86_400n})`, { settleBy: NOW + 86_401n }],
    [
      `SettlesTooEarly(${FIRST_START + RESOLUTION - 1n}, ${FIRST_START + RESOLUTION})`,
      { settleBy: FIRST_START + RESOLUTION - 1n },
    ],
  ])('are refused: %s', (refusal, change) => {
    const room = new TradeRoom();
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller, change))).toBe(refusal);
  });

  it('are taken at each of these bounds', () => {
    const room = new TradeRoom();
    room.offer({ energyMwh: 1_000n, price: 150n });
    room.offer({ energyMwh: RATING, price: 0n });
    room.offer({ price: 2n ** 96n - 1n });
    room.offer({ periodStart: NOW + 35_900n, acceptUntil: NOW + 35_900n, settleBy: NOW + 86_400n });
    room.offer({ acceptUntil: NOW + 1n, settleBy: FIRST_START + RESOLUTION });
  });

  it('close a stated time before their period, or after its beginning where the market says so', () => {
    const early = new TradeRoom({ gateSeconds: 300n });
    const late = FIRST_START - 299n;
    expect(early.vm.refusal(seller, 'trade', 'offer', early.offerArgs(seller, { acceptUntil: late }))).toBe(
      `ClosesTooLate(${late}, ${late - 1n})`,
    );
    early.offer({ acceptUntil: late - 1n });
    const testbed = new TradeRoom({ gateSeconds: -86_400n });
    testbed.offer({ acceptUntil: FIRST_START + 3_000n });
  });

  it('are for a period that was not read', () => {
    const room = new TradeRoom({ gateSeconds: -86_400n });
    room.offer();
    room.report(seller, 5n, 0n);
    const late = { acceptUntil: room.vm.nowS + 1n, settleBy: room.vm.nowS + 9_000n };
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller, late))).toBe(
      `PeriodAlreadyRead(${meterOf(seller)}, ${FIRST_START}, ${startOf(1)})`,
    );
    expect(room.offerState(1n)).toBe('periodRead');
    room.offer({ ...late, periodStart: startOf(1) });
  });

  it('say where they stand', () => {
    const room = new TradeRoom();
    const id = room.offer({ acceptUntil: NOW + 100n });
    const sold = room.offer({ energyMwh: 5_000n });
    room.accept(buyer, sold, 5_000n);
    expect([room.offerState(id), room.offerState(sold)]).toEqual(['open', 'soldOut']);
    room.vm.nowS += 100n;
    expect(room.offerState(id)).toBe('open');
    room.vm.nowS += 1n;
    expect(room.offerState(id)).toBe('expired');
    expect(() => room.terms(9n)).toThrow('there is no such offer');
  });

  it('can be cancelled by their seller as far as they are not accepted, by all that was signed', () => {
    const room = new TradeRoom();
    const id = room.offer();
    room.accept(buyer, id, 400_000n);
    const [, meter, start, price] = room.cancelArgs(id);
    const cancel = (args: readonly unknown[], who = seller) => room.vm.refusal(who, 'trade', 'cancelOffer', args);
    expect(cancel([id, meter, start, price], buyer)).toBe("only the offer's seller");
    expect(cancel([9n, meter, start, price])).toBe('there is no such offer');
    expect(cancel([id, meterOf(other), start, price])).toMatch(/^TermDiffers\(meter, /);
    expect(cancel([id, meter, startOf(1), price])).toBe(`TermDiffers(periodStart, ${startOf(1)}, ${FIRST_START})`);
    expect(cancel([id, meter, start, PRICE + 1n])).toBe(`TermDiffers(price, ${PRICE + 1n}, ${PRICE})`);
    expect(room.vm.send(seller, 'trade', 'cancelOffer', room.cancelArgs(id)).events).toEqual([
      {
        contract: 'trade',
        name: 'OfferCancelled',
        args: { offerId: id, seller: shown(seller), energyMwh: 600_000n, bond: 0n },
      },
    ]);
    expect(room.vm.read<bigint[]>('trade', 'offers', [id]).slice(2, 4)).toEqual([0n, 600_000n]);
    expect(room.offerState(id)).toBe('cancelled');
    expect(cancel(room.cancelArgs(id))).toBe('nothing of this offer is left');
    expect(room.vm.refusal(buyer, 'trade', 'accept', room.acceptArgs(buyer, id, 1_000n))).toBe(
      'NotEnoughOnOffer(0, 1000)',
    );
    expect(room.state(1n)).toBe('awaitingReading');
  });
});

describe('bonds', () => {
  it('are the difference to the grid price for every mWh, rounded up, and go with the offer', () => {
    const room = new TradeRoom({ bonds: true });
    const id = room.offer({ price: PRICE - 1n });
    const unit = (GRID_PRICE - PRICE + 1n) / 150_000n + 1n;
    expect(room.vm.tokens(ESCROW)).toBe(1_000_000n * unit);
    expect(room.gain(seller)).toBe(-1_000_000n * unit);
    room.accept(buyer, id, 400_000n);
    const escrow = (400_000n * (PRICE - 1n)) / 150_000n;
    const { events } = room.vm.send(seller, 'trade', 'cancelOffer', room.cancelArgs(id));
    expect(events.at(-1)?.args).toMatchObject({ bond: 600_000n * unit });
    expect(room.vm.tokens(ESCROW)).toBe(400_000n * unit + escrow);
    expect(room.vm.read<unknown[]>('trade', 'trades', [1n]).slice(4)).toEqual([escrow, 400_000n * unit]);
  });

  it('are none where the grid is not dearer', () => {
    const room = new TradeRoom({ bonds: true });
    room.offer({ price: GRID_PRICE });
    room.offer({ price: GRID_PRICE + 1n });
    expect(room.vm.tokens(ESCROW)).toBe(0n);
  });

  it('refuse an offer of a seller who has not got them', () => {
    const room = new TradeRoom({ bonds: true });
    room.vm.send(seller, 'token', 'transfer', [other.address, room.vm.tokens(seller)]);
    expect(room.vm.refusal(seller, 'trade', 'offer', room.offerArgs(seller))).toMatch(/^ERC20InsufficientBalance/);
  });

  it('come back by cancelling after the offer has expired', () => {
    const room = new TradeRoom({ bonds: true });
    const id = room.offer();
    room.vm.nowS += 90_000n;
    expect(room.offerState(id)).toBe('expired');
    room.vm.send(seller, 'trade', 'cancelOffer', room.cancelArgs(id));
    expect(room.gain(seller)).toBe(0n);
  });
});

describe('acceptances', () => {
  it('put floor(energy · price / 150000) in escrow and state all the terms', () => {
    const room = new TradeRoom();
    const id = room.offer({ price: 1_000_003n });
    const { output, events } = room.vm.send(buyer, 'trade', 'accept', room.acceptArgs(buyer, id, 400_001n));
    const escrow = (400_001n * 1_000_003n) / 150_000n;
    expect(output).toBe(1n);
    const terms = {
      meter: meterOf(seller),
      periodStart: FIRST_START,
      price: 1_000_003n,
      gridPrice: GRID_PRICE,
      settleBy: FIRST_START + RESOLUTION + 3_600n,
    };
    expect(events).toEqual([
      {
        contract: 'token',
        name: 'Transfer',
        args: { from: shown(buyer), to: checksumAddress(ESCROW.address), value: escrow },
      },
      {
        contract: 'trade',
        name: 'Accepted',
        args: {
          tradeId: 1n,
          seller: shown(seller),
          buyer: shown(buyer),
          offerId: id,
          energyMwh: 400_001n,
          buyerMeter: zeroHash,
          ...terms,
        },
      },
    ]);
    expect(room.vm.read('trade', 'trades', [1n])).toEqual([
      { offerId: id, seller: shown(seller), acceptUntil: FIRST_START, ...terms },
      shown(buyer),
      400_001n,
      zeroHash,
      escrow,
      0n,
    ]);
    expect(room.vm.tokens(ESCROW)).toBe(escrow);
    expect(room.vm.read('trade', 'sums', [meterOf(seller), FIRST_START])).toEqual([400_001n, 0n, 0n, 0n]);
    expect(room.vm.read('trade', 'tradeCount')).toBe(1n);
  });

  it.each([
    ['seller', secondSeller.address],
    ['meter', meterOf(secondSeller)],
    ['periodStart', startOf(1)],
    ['price', PRICE + 1n],
    ['gridPrice', GRID_PRICE + 1n],
    ['acceptUntil', FIRST_START - 1n],
    ['settleBy', FIRST_START + 9_000n],
  ] as const)('name the %s that they rely on', (term, value) => {
    const room = new TradeRoom();
    const id = room.offer();
    const stored = room.terms(id)[term];
    expect(room.vm.refusal(buyer, 'trade', 'accept', room.acceptArgs(buyer, id, 5_000n, { [term]: value }))).toBe(
      `TermDiffers(${term}, ${BigInt(value)}, ${BigInt(stored)})`,
    );
  });

  it('are refused with the reason', () => {
    const room = new TradeRoom();
    const id = room.offer();
    const refusal = (who: TestAccount, energy: bigint, change = {}) =>
      room.vm.refusal(who, 'trade', 'accept', room.acceptArgs(who, id, energy, change));
    expect(refusal(buyer, 5_000n, { offerId: 9n })).toBe('there is no such offer');
    expect(refusal(buyer, 0n)).toBe('the energy is 0');
    expect(refusal(buyer, 999n)).toBe('TooLittleEnergy(999, 1000)');
    expect(refusal(seller, 5_000n)).toBe('seller cannot accept own offer');
    expect(refusal(buyer, 1_000_001n)).toBe('NotEnoughOnOffer(1000000, 1000001)');
    const allowance = `ERC20InsufficientAllowance(${checksumAddress(ESCROW.address)}, 0, ${TOKEN_UNIT})`;
    expect(refusal(stranger, 150_000n)).toBe(allowance);
    room.vm.send(stranger, 'token', 'approve', [ESCROW.address, 2n ** 256n - 1n]);
    expect(refusal(stranger, 150_000n)).toBe(`ERC20InsufficientBalance(${shown(stranger)}, 0, ${TOKEN_UNIT})`);
    const args = room.acceptArgs(buyer, id, 5_000n);
    expect(room.vm.refusal(buyer, 'trade', 'accept', [...args.slice(0, 2), meterOf(buyer)])).toBe(
      "only the seller's meter counts here",
    );
    room.vm.nowS = FIRST_START;
    room.accept(buyer, id, 1_000n);
    room.vm.nowS += 1n;
    expect(refusal(buyer, 5_000n)).toBe('the offer has expired');
  });

  it('may take a rest that is smaller than the smallest part, but not for nothing', () => {
    const room = new TradeRoom();
    const id = room.offer({ energyMwh: 1_500n, price: 150n });
    room.accept(buyer, id, 1_000n);
    expect(room.vm.refusal(other, 'trade', 'accept', room.acceptArgs(other, id, 499n))).toBe(
      'TooLittleEnergy(499, 1000)',
    );
    expect(room.vm.refusal(other, 'trade', 'accept', room.acceptArgs(other, id, 500n))).toBe(
      'PriceRoundsToNothing(500, 150)',
    );
    const paid = room.offer({ energyMwh: 1_500n, price: 300n });
    room.accept(buyer, paid, 1_000n);
    room.accept(other, paid, 500n);
    expect(room.offerState(paid)).toBe('soldOut');
  });

  it('of gifts move no token', () => {
    const room = new TradeRoom({ bonds: false });
    const id = room.offer({ price: 0n });
    expect(room.vm.send(stranger, 'trade', 'accept', room.acceptArgs(stranger, id, 1_000n)).events).toHaveLength(1);
    room.report(seller, 500n, 0n);
    const { events } = room.settle(1n);
    expect(events.map(({ name }) => name)).toEqual(['Settled']);
    expect(events[0]?.args).toMatchObject({ settledMwh: 500n, shortMwh: 500n, paid: 0n, returned: 0n });
    expect(room.state(1n)).toBe('short');
  });
});

describe('where both meters count, acceptances', () => {
  const room = () => new TradeRoom({ settlement: 'proRata' });

  it('name a meter of the buyer that was not read beyond the start', () => {
    const both = room();
    const id = both.offer();
    const [terms] = both.acceptArgs(buyer, id, 5_000n);
    for (const meter of [zeroHash, meterOf(other), meterOf(stranger), meterOf(seller)]) {
      expect(both.vm.refusal(buyer, 'trade', 'accept', [terms, 5_000n, meter])).toBe('only a meter of the buyer');
    }
    both.accept(buyer, id, 5_000n);
    expect(both.vm.read<unknown[]>('trade', 'trades', [1n])[3]).toBe(meterOf(buyer));
    expect(both.vm.read('trade', 'sums', [meterOf(buyer), FIRST_START])).toEqual([0n, 5_000n, 0n, 0n]);
  });

  it('end with the reading of either meter', () => {
    const both = new TradeRoom({ settlement: 'proRata', gateSeconds: -86_400n });
    const id = both.offer({ acceptUntil: FIRST_START + 3_000n });
    both.report(buyer, 0n, 9_000n);
    expect(both.vm.refusal(buyer, 'trade', 'accept', both.acceptArgs(buyer, id, 5_000n))).toBe(
      `PeriodAlreadyRead(${meterOf(buyer)}, ${FIRST_START}, ${startOf(1)})`,
    );
    both.accept(other, id, 5_000n);
    both.report(seller, 9_000n, 0n);
    expect(both.vm.refusal(other, 'trade', 'accept', both.acceptArgs(other, id, 5_000n))).toBe(
      `PeriodAlreadyRead(${meterOf(seller)}, ${FIRST_START}, ${startOf(1)})`,
    );
  });
});

it('names its token, registry and rules', () => {
  const { vm } = new TradeRoom();
  expect(vm.read<string>('trade', 'token').toLowerCase()).toBe(GENESIS_ADDRESSES.tokenAddress);
  expect(vm.read<string>('trade', 'registry').toLowerCase()).toBe(GENESIS_ADDRESSES.registryAddress);
  expect(vm.read('trade', 'rules')).toEqual({
    settlement: 0,
    bonds: false,
    gridPrice: GRID_PRICE,
    smallestAcceptanceMwh: 1_000,
    longestSpanSeconds: 86_400,
    gateSeconds: 0,
    offerLeadSeconds: 36_000,
  });
  expect(vm.refusal(gateway, 'trade', 'offer', new TradeRoom().offerArgs(seller))).toBe("only the meter's household");
  expect(operators).toHaveLength(2);
});
