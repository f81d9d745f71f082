import { newBlockGasLimit } from '@wattchain/core';
import { checksumAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { operators, type TestAccount } from '../../testing/marketVm.js';
import { correctionOf } from '../../testing/registryRoom.js';
import {
  buyer,
  ESCROW,
  FIRST_START,
  gateway,
  meterOf,
  other,
  type RoomRules,
  secondSeller,
  seller,
  startOf,
  stranger,
  TradeRoom,
} from '../../testing/tradeRoom.js';
import { MAX_TRADES_TO_SETTLE } from '../actions/settleTrades.js';
import { TOKEN_UNIT } from '../units.js';

const shown = (account: TestAccount) => checksumAddress(account.address);
const ENT = TOKEN_UNIT;

/** A trade of an offer of the seller: 150,000 mWh are a token. */
function sold(rules: RoomRules, energyMwh: bigint, who = buyer, from = seller): [TradeRoom, bigint] {
  const room = new TradeRoom(rules);
  return [room, room.accept(who, room.offer({}, from), energyMwh)];
}

/** Past the deadline of the offers of the first period. */
const goPastDeadline = (room: TradeRoom) => {
  room.vm.nowS = FIRST_START + 900n + 3_601n;
};

describe("settlement by the seller's meter", () => {
  it('pays the seller for what it delivered, and the buyer all the rest', () => {
    const [room, id] = sold({}, 600_000n);
    expect(room.state(id)).toBe('awaitingReading');
    room.report(seller, 500_000n, 50_000n);
    expect(room.state(id)).toBe('readyToSettle');
    const { output, events } = room.settle(id);
    expect(output).toBe(1n);
    expect(events.at(-1)).toEqual({
      contract: 'trade',
      name: 'Settled',
      args: {
        tradeId: id,
        seller: shown(seller),
        buyer: shown(buyer),
        settledMwh: 450_000n,
        shortMwh: 150_000n,
        paid: 3n * ENT,
        returned: ENT,
        compensation: 0n,
      },
    });
    expect(room.state(id)).toBe('short');
    expect([room.gain(seller), room.gain(buyer)]).toEqual([3n * ENT, -3n * ENT]);
    expect(room.status(id)).toMatchObject({ settledMwh: 450_000n, shortMwh: 150_000n, paidToSeller: 3n * ENT });
  });

  it('goes in the order of acceptance over all offers of the meter, whoever is settled first', () => {
    for (const order of [
      [1n, 2n, 3n],
      [3n, 2n, 1n],
      [2n, 3n, 1n],
    ]) {
      const room = new TradeRoom();
      const [first, second] = [room.offer(), room.offer()];
      room.accept(buyer, first, 300_000n);
      room.accept(other, second, 300_000n);
      room.accept(buyer, second, 300_000n);
      room.report(seller, 450_000n, 0n);
      for (const id of order) room.settle(id);
      expect([1n, 2n, 3n].map((id) => room.status(id).settledMwh)).toEqual([300_000n, 150_000n, 0n]);
      expect(room.vm.tokens(ESCROW)).toBe(0n);
    }
  });

  it('asks no reading of the buyer', () => {
    const [room, id] = sold({}, 600_000n);
    room.report(seller, 700_000n, 0n);
    room.settle(id);
    expect(room.state(id)).toBe('settled');
  });

  it('leaves a sold energy that was consumed at home undelivered', () => {
    const [room, id] = sold({}, 600_000n);
    room.report(seller, 700_000n, 900_000n);
    room.settle(id);
    expect(room.status(id)).toMatchObject({ settledMwh: 0n, shortMwh: 600_000n, returnedToBuyer: 4n * ENT });
  });
});

describe('settle', () => {
  it('closes what it can of a list and leaves the others, and each once', () => {
    const room = new TradeRoom();
    const ready = room.accept(buyer, room.offer(), 150_000n);
    const waiting = room.accept(buyer, room.offer({}, secondSeller), 150_000n);
    room.report(seller, 900_000n, 0n);
    expect(room.settle(waiting, 9n, ready, ready).output).toBe(1n);
    expect([ready, waiting].map((id) => room.state(id))).toEqual(['settled', 'awaitingReading']);
  });

  it('closes as many as one transaction may in the smallest block of a new network, both meters and bonds counted', () => {
    const room = new TradeRoom({ settlement: 'proRata', bonds: true });
    const offerId = room.offer({}, seller);
    const ids = Array.from({ length: MAX_TRADES_TO_SETTLE }, () => room.accept(buyer, offerId, 40_000n));
    room.report(seller, 700_000n, 0n);
    room.report(buyer, 0n, 900_000n);
    const { output, gasUsed } = room.settle(...ids);
    expect(output).toBe(BigInt(MAX_TRADES_TO_SETTLE));
    expect(gasUsed).toBeLessThan(newBlockGasLimit(1));
  });

  it('says of the first trade why there is none that it can close', () => {
    const [room, id] = sold({}, 150_000n);
    const refusal = (...ids: bigint[]) => room.vm.refusal(stranger, 'trade', 'settle', [ids]);
    expect(refusal()).toBe('there is no trade in the list');
    expect(refusal(9n)).toBe('there is no such trade');
    expect(refusal(id)).toBe('TradeNotReady(1, 1)');
    room.report(seller, 900_000n, 0n);
    room.settle(id);
    expect(refusal(id)).toBe('TradeNotReady(1, 6)');
    expect(room.vm.refusal(stranger, 'trade', 'refund', [id])).toBe('this trade is closed already');
  });

  it('waits until a reading is final, after the deadline too', () => {
    const [room, id] = sold({ correctionSeconds: 7_200n }, 150_000n);
    room.report(seller, 900_000n, 0n);
    expect(room.state(id)).toBe('readingNotFinal');
    goPastDeadline(room);
    expect(room.vm.refusal(stranger, 'trade', 'settle', [[id]])).toBe('TradeNotReady(1, 2)');
    expect(room.vm.refusal(stranger, 'trade', 'refund', [id])).toBe('TradeNotReady(1, 2)');
    room.vm.nowS = FIRST_START + 900n + 7_200n;
    room.settle(id);
    expect(room.state(id)).toBe('settled');
  });

  it('settles a corrected reading as it was corrected', async () => {
    const [room, id] = sold({ correctionSeconds: 7_200n }, 600_000n);
    room.report(seller, 0n, 0n);
    const values = { oldProducedMwh: 0n, oldConsumedMwh: 0n, newProducedMwh: 700_000n, newConsumedMwh: 100_000n };
    const correction = { meter: meterOf(seller), periodStart: FIRST_START, correction: 0n, ...values };
    const [registrar] = operators;
    room.vm.send(stranger, 'registry', 'correct', await correctionOf(correction, gateway, registrar));
    room.vm.nowS = FIRST_START + 900n + 7_200n;
    room.settle(id);
    expect(room.status(id)).toMatchObject({ settledMwh: 600_000n, paidToSeller: 4n * ENT });
  });
});

describe('settlement where both meters count', () => {
  it('pro rata: crossed trades as in the published table, 22.5 of 30', () => {
    const room = crossed('proRata');
    room.settle(1n, 2n, 3n);
    expect([1n, 2n, 3n].map((id) => room.status(id).settledMwh)).toEqual([750_000n, 750_000n, 750_000n]);
  });

  it('first come: 10, 5 and 5, each once the earlier trade of the same buyer is closed', () => {
    const room = crossed('firstCome');
    expect([1n, 2n, 3n].map((id) => room.state(id))).toEqual([
      'readyToSettle',
      'waitingForEarlierTrade',
      'readyToSettle',
    ]);
    expect(room.vm.refusal(stranger, 'trade', 'settle', [[2n]])).toBe('TradeNotReady(2, 3)');
    room.settle(3n);
    room.settle(1n);
    room.settle(2n);
    expect([1n, 2n, 3n].map((id) => room.status(id).settledMwh)).toEqual([1_000_000n, 500_000n, 500_000n]);
  });

  /** The published case, a kWh for ten of its units: T1 B1–S1, T2 B1–S2, T3 B2–S1; meters 1.5, 1, 1.5 and 1. */
  function crossed(settlement: 'proRata' | 'firstCome'): TradeRoom {
    const room = new TradeRoom({ settlement });
    const [first, second] = [room.offer({ energyMwh: 2_000_000n }), room.offer({}, secondSeller)];
    room.accept(buyer, first, 1_000_000n);
    room.accept(buyer, second, 1_000_000n);
    room.accept(other, first, 1_000_000n);
    room.report(buyer, 0n, 1_500_000n);
    room.report(other, 0n, 1_000_000n);
    room.report(seller, 1_500_000n, 0n);
    room.report(secondSeller, 1_000_000n, 0n);
    return room;
  }

  it('waits for the reading of the buyer until the deadline, then counts all that it bought as imported', () => {
    const [room, id] = sold({ settlement: 'proRata', bonds: true }, 600_000n);
    room.report(seller, 450_000n, 0n);
    expect(room.state(id)).toBe('awaitingReading');
    goPastDeadline(room);
    expect(room.state(id)).toBe('readyToSettle');
    room.settle(id);
    // Who is silent gets no compensation.
    expect(room.status(id)).toMatchObject({
      settledMwh: 450_000n,
      shortMwh: 0n,
      compensation: 0n,
      paidToSeller: 3n * ENT,
    });
  });

  it('waits until the reading of the buyer is final too', () => {
    const [room, id] = sold({ settlement: 'proRata', correctionSeconds: 600n }, 150_000n);
    room.report(seller, 900_000n, 0n);
    room.vm.nowS += 600n;
    room.report(buyer, 0n, 900_000n);
    expect(room.state(id)).toBe('readingNotFinal');
    room.vm.nowS += 600n;
    expect(room.state(id)).toBe('readyToSettle');
  });

  it.each(['proRata', 'firstCome'] as const)(
    'gives no trade more than its energy where both have more: %s',
    (settlement) => {
      const [room, id] = sold({ settlement }, 150_000n);
      room.report(seller, 900_000n, 0n);
      room.report(buyer, 0n, 900_000n);
      room.settle(id);
      expect(room.status(id)).toMatchObject({
        settledMwh: 150_000n,
        shortMwh: 0n,
        paidToSeller: ENT,
        returnedToBuyer: 0n,
      });
    },
  );

  it('first come keeps the order beyond the deadlines for who was read, whoever calls first', () => {
    const room = new TradeRoom({ settlement: 'firstCome' });
    room.accept(buyer, room.offer({}, secondSeller), 300_000n);
    room.accept(buyer, room.offer(), 300_000n);
    for (const [household, produced, consumed] of [
      [secondSeller, 300_000n, 0n],
      [seller, 300_000n, 0n],
      [buyer, 0n, 400_000n],
    ] as const) {
      room.report(household, produced, consumed);
    }
    goPastDeadline(room);
    expect(room.vm.refusal(stranger, 'trade', 'settle', [[2n]])).toBe('TradeNotReady(2, 3)');
    expect(room.settle(1n, 2n).output).toBe(2n);
    expect([1n, 2n].map((id) => room.status(id).settledMwh)).toEqual([300_000n, 100_000n]);
  });

  it('first come waits for no trade whose seller is silent at its deadline, nor for what is before that one and silent too', () => {
    const room = new TradeRoom({ settlement: 'firstCome' });
    const silent = room.offer({}, secondSeller);
    for (let i = 0; i < 3; i++) room.accept(buyer, silent, 100_000n);
    const late = room.accept(buyer, room.offer(), 300_000n);
    room.report(buyer, 0n, 400_000n);
    room.report(seller, 500_000n, 0n);
    expect(room.state(late)).toBe('waitingForEarlierTrade');
    goPastDeadline(room);
    room.settle(late);
    room.vm.send(stranger, 'trade', 'refund', [3n]);
    expect([1n, 2n, 3n, late].map((id) => room.state(id))).toEqual(['refundable', 'refundable', 'refunded', 'settled']);
  });

  it('first come sells no energy that a bond has paid for once more, and what nothing paid for goes to the next', () => {
    for (const [bonds, settled] of [
      [true, 0n],
      [false, 300_000n],
    ] as const) {
      const room = new TradeRoom({ settlement: 'firstCome', bonds });
      room.accept(buyer, room.offer({}, secondSeller), 300_000n);
      room.accept(buyer, room.offer(), 300_000n);
      room.report(buyer, 0n, 300_000n);
      room.report(secondSeller, 0n, 0n);
      room.report(seller, 500_000n, 0n);
      room.settle(1n, 2n);
      expect(room.status(1n)).toMatchObject({ settledMwh: 0n, shortMwh: 300_000n });
      expect(room.status(2n).settledMwh).toBe(settled);
    }
  });
});

describe('bonds', () => {
  it('pay what the grid takes for the short part beyond the price, and the rest goes back', () => {
    const [room, id] = sold({ bonds: true }, 600_000n);
    room.vm.send(seller, 'trade', 'cancelOffer', room.cancelArgs(1n));
    room.report(seller, 450_000n, 0n);
    room.settle(id);
    expect(room.status(id)).toMatchObject({ paidToSeller: 3n * ENT, returnedToBuyer: ENT, compensation: ENT });
    // 450 Wh for 3 tokens, and 150 Wh of the grid for 2 less the compensation of 1.
    expect([room.gain(seller), room.gain(buyer)]).toEqual([2n * ENT, -2n * ENT]);
    expect(room.vm.tokens(ESCROW)).toBe(0n);
  });

  it('come back whole without fault', () => {
    const [room, id] = sold({ bonds: true }, 1_000_000n);
    room.report(seller, 1_000_000n, 0n);
    room.settle(id);
    expect(room.gain(seller)).toBe((1_000_000n * ENT) / 150_000n);
    expect(room.vm.tokens(ESCROW)).toBe(0n);
  });

  it('come back whole when the buyer has not taken what was delivered', () => {
    const [room, id] = sold({ settlement: 'proRata', bonds: true }, 600_000n);
    room.report(seller, 600_000n, 0n);
    room.report(buyer, 0n, 150_000n);
    room.settle(id);
    expect(room.status(id)).toMatchObject({ settledMwh: 150_000n, shortMwh: 0n, compensation: 0n });
    room.vm.send(seller, 'trade', 'cancelOffer', room.cancelArgs(1n));
    expect([room.gain(seller), room.gain(buyer)]).toEqual([ENT, -ENT]);
  });
});

describe('refunds', () => {
  it('give the escrow back, and the bond pays as if nothing had been delivered', () => {
    const [room, id] = sold({ bonds: true }, 150_000n);
    room.vm.send(seller, 'trade', 'cancelOffer', room.cancelArgs(1n));
    const refund = () => room.vm.refusal(stranger, 'trade', 'refund', [id]);
    room.vm.nowS = FIRST_START + 900n + 3_600n;
    expect(refund()).toBe('TradeNotReady(1, 1)');
    goPastDeadline(room);
    expect(room.state(id)).toBe('refundable');
    expect(room.vm.refusal(stranger, 'trade', 'settle', [[id]])).toBe('TradeNotReady(1, 5)');
    expect(room.vm.refusal(stranger, 'trade', 'refund', [2n])).toBe('there is no such trade');
    expect(room.vm.send(stranger, 'trade', 'refund', [id]).events.at(-1)).toEqual({
      contract: 'trade',
      name: 'Refunded',
      args: { tradeId: id, seller: shown(seller), buyer: shown(buyer), escrow: ENT, compensation: ENT },
    });
    expect(room.state(id)).toBe('refunded');
    expect(refund()).toBe('this trade is closed already');
    expect([room.gain(seller), room.gain(buyer), room.vm.tokens(ESCROW)]).toEqual([-ENT, ENT, 0n]);
  });

  it('compensate a buyer whose meter counts for what it imported, and a silent one for nothing', () => {
    for (const [imported, compensation] of [
      [75_000n, ENT / 2n],
      [undefined, 0n],
    ] as const) {
      const [room, id] = sold({ settlement: 'proRata', bonds: true }, 150_000n);
      if (imported !== undefined) room.report(buyer, 0n, imported);
      goPastDeadline(room);
      room.vm.send(stranger, 'trade', 'refund', [id]);
      expect(room.gain(buyer)).toBe(compensation);
    }
  });

  it('are no longer due once a late reading is there, which counts until somebody is refunded', () => {
    const room = new TradeRoom();
    const id = room.offer();
    const [first, second] = [room.accept(buyer, id, 150_000n), room.accept(other, id, 150_000n)];
    goPastDeadline(room);
    room.vm.send(stranger, 'trade', 'refund', [first]);
    room.report(seller, 300_000n, 0n);
    expect(room.vm.refusal(stranger, 'trade', 'refund', [second])).toBe('TradeNotReady(2, 4)');
    room.settle(second);
    expect([first, second].map((id) => room.state(id))).toEqual(['refunded', 'settled']);
    // A refunded trade keeps its place: there was enough for both.
    expect(room.status(second).settledMwh).toBe(150_000n);
  });

  it('are what a period that was passed over leads to', () => {
    const [room, id] = sold({}, 150_000n);
    room.report(seller, 9n, 0n, 1);
    expect(room.vm.read<{ meterReadUntil: bigint }>('trade', 'tradeStatus', [id]).meterReadUntil).toBe(startOf(2));
    expect(room.state(id)).toBe('awaitingReading');
    goPastDeadline(room);
    room.vm.send(stranger, 'trade', 'refund', [id]);
    expect(room.gain(buyer)).toBe(0n);
  });
});
