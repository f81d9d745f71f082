import { zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { BankRoom, ent, NOTICE, REDEEM_RATE, word } from '../../testing/bankRoom.js';

const PENDING = 1n;
const MARKED_PAID = 2n;
const DISPUTED = 3n;
const PAID = 4n;
const CANCELLED = 5n;

/** Outsider 1 has ten tokens and a payout of four of them on its way, number 1. */
function withPayout(seats = 2): BankRoom {
  const room = new BankRoom('now', { seats });
  const alice = room.outsider(1);
  room.buy(alice, 10);
  room.tokenSend(alice, 'approve', [room.bank.address, ent(10)]);
  const { output, events } = room.send(alice, 'redeemOutside', [ent(4), word(0xacc)]);
  expect(output).toBe(1n);
  expect(events.at(-1)?.args).toEqual({ payoutId: 1n, holder: alice, tokens: ent(4), destination: word(0xacc) });
  return room;
}

const described = (room: BankRoom) => [1n, room.outsider(1), ent(4), word(0xacc)] as const;
const payment = (room: BankRoom) => [1n, room.outsider(1), ent(4), word(7)] as const;
const mark = (room: BankRoom, by: string) => room.send(by, 'markPaid', [...described(room), word(7)]);
const stateOf = (room: BankRoom) => room.read('payouts', [1n])[3];

describe('a payout outside', () => {
  it('holds the tokens; marked as paid and not objected to it ends, and its cover is the payer’s', () => {
    const room = withPayout();
    const [alice, second, stranger] = [room.outsider(1), room.operator(2), room.outsider(2)];
    expect([room.tokens(alice), room.tokens(room.bank.address)]).toEqual([ent(6), ent(4)]);
    expect(room.figures()).toMatchObject({ tokensPendingPayout: ent(4), tokensOutstanding: ent(10) });
    expect(room.read('payouts', [1n])).toEqual([alice, ent(4), word(0xacc), PENDING, 0n, zeroHash, 0n, 0n]);
    expect(room.refusal(stranger, 'closePayout', [1n])).toBe('this payout is not marked as paid');
    const closesAt = room.now + NOTICE;
    const marked = mark(room, second);
    expect(marked.events.at(-1)?.args).toEqual({
      payoutId: 1n,
      holder: alice,
      operator: second,
      tokens: ent(4),
      moneyReference: word(7),
      closesAt,
    });
    expect(room.read('payouts', [1n])).toEqual([alice, ent(4), word(0xacc), MARKED_PAID, 2n, word(7), closesAt, 0n]);
    expect(room.figures()).toMatchObject({ tokensOutstanding: ent(10), coinDeposits: 0n });
    room.goTo(closesAt - 1n);
    expect(room.refusal(stranger, 'closePayout', [1n])).toBe(`TooEarly(from ${closesAt}, nowIs ${closesAt - 1n})`);
    const { events } = room.send(stranger, 'closePayout', [1n]);
    const cover = 4n * REDEEM_RATE;
    expect(events.at(-1)?.name).toBe('PayoutPaid');
    expect(events.at(-1)?.args).toEqual({ payoutId: 1n, holder: alice, payer: 2n, tokens: ent(4), cover });
    expect([room.tokens(room.bank.address), room.deposit(2), stateOf(room)]).toEqual([0n, cover, PAID]);
    expect(room.figures()).toMatchObject({ tokensPaidOutside: ent(4), tokensOutstanding: ent(6) });
    expect(room.refusal(stranger, 'closePayout', [1n])).toBe('this payout is not marked as paid');
    expect(room.refusal(alice, 'objectToPayout', payment(room))).toBe('this payout is not marked as paid');
    expect(room.refusal(second, 'decidePayout', [...payment(room), true])).toBe('this payout is not disputed');
  });

  it('gives back its cover rounded down: the reserve never has too little', () => {
    const room = new BankRoom('now', { buyRate: 7n, redeemRate: 7n });
    const [alice, payer] = [room.outsider(1), room.operator(1)];
    room.buy(alice, 10);
    room.tokenSend(alice, 'approve', [room.bank.address, ent(10)]);
    room.send(alice, 'redeemOutside', [ent(1) + 1n, word(1)]);
    room.send(payer, 'markPaid', [1n, alice, ent(1) + 1n, word(1), word(7)]);
    room.goTo(room.now + NOTICE);
    room.send(alice, 'closePayout', [1n]);
    expect(room.deposit(1)).toBe(7n);
    expect(room.figures()).toMatchObject({ coinReserve: 63n, coinCoverNeeded: 63n });
  });

  it('is cancelled by its holder while it is pending', () => {
    const room = withPayout();
    const [alice, bob] = [room.outsider(1), room.outsider(2)];
    const own = [1n, ent(4), word(0xacc)] as const;
    expect(room.refusal(bob, 'cancelPayout', own)).toMatch(/^OtherPayout\(payoutId 1, /);
    expect(room.send(alice, 'cancelPayout', own).events.at(-1)?.args).toEqual({
      payoutId: 1n,
      holder: alice,
      tokens: ent(4),
    });
    expect([room.tokens(alice), stateOf(room)]).toEqual([ent(10), CANCELLED]);
    expect(room.refusal(room.operator(1), 'markPaid', [...described(room), word(7)])).toBe(
      'this payout is not pending',
    );
    expect(room.refusal(alice, 'cancelPayout', own)).toBe('this payout is not pending');
    expect(room.figures()).toMatchObject({ tokensPendingPayout: 0n, tokensPaidOutside: 0n });
  });

  it('is not cancelled once it is marked as paid', () => {
    const room = withPayout();
    mark(room, room.operator(1));
    expect(room.refusal(room.outsider(1), 'cancelPayout', [1n, ent(4), word(0xacc)])).toBe(
      'this payout is not pending',
    );
  });

  it('is refused without amount, destination, allowance, tokens; and marking from others', () => {
    const room = withPayout();
    const [alice, first] = [room.outsider(1), room.operator(1)];
    expect(room.refusal(alice, 'redeemOutside', [0n, word(1)])).toBe('the amount is 0');
    expect(room.refusal(alice, 'redeemOutside', [1n, zeroHash])).toBe('the destination is missing');
    expect(room.refusal(alice, 'redeemOutside', [ent(7), word(1)])).toMatch(/^ERC20InsufficientAllowance/);
    expect(room.refusal(alice, 'markPaid', [...described(room), word(7)])).toBe('only an operator may do this');
    expect(room.refusal(first, 'markPaid', [...described(room), zeroHash])).toBe('the reference is missing');
  });

  it.each([
    ['number', 0, 2n],
    ['holder', 1, `0x${'77'.repeat(20)}`],
    ['amount', 2, ent(5)],
    ['destination', 3, word(0xbad)],
  ])('is not marked as paid by who names another %s', (_, at, other) => {
    const room = withPayout();
    const named = described(room).map((value, i) => (i === at ? other : value));
    expect(room.refusal(room.operator(1), 'markPaid', [...named, word(7)])).toMatch(/^OtherPayout\(/);
    expect(stateOf(room)).toBe(PENDING);
  });
});

describe('an objection', () => {
  it('comes from the holder or another operator than the payer, until the time is over', () => {
    const byHolder = withPayout(3);
    mark(byHolder, byHolder.operator(1));
    expect(byHolder.refusal(byHolder.outsider(2), 'objectToPayout', payment(byHolder))).toBe(
      'only an operator may do this',
    );
    expect(byHolder.refusal(byHolder.operator(1), 'objectToPayout', payment(byHolder))).toBe('the payer cannot object');
    const [alice] = [byHolder.outsider(1)];
    const { events } = byHolder.send(alice, 'objectToPayout', payment(byHolder));
    expect(events[0]?.args).toEqual({ payoutId: 1n, holder: alice, objector: alice });
    expect(stateOf(byHolder)).toBe(DISPUTED);

    const byOperator = withPayout(3);
    mark(byOperator, byOperator.operator(1));
    byOperator.send(byOperator.operator(3), 'objectToPayout', payment(byOperator));
    expect(stateOf(byOperator)).toBe(DISPUTED);
    expect(byOperator.read('payouts', [1n])[7]).toBe(3n);

    const late = withPayout();
    const closesAt = late.now + NOTICE;
    mark(late, late.operator(1));
    late.goTo(closesAt);
    expect(late.refusal(late.outsider(1), 'objectToPayout', payment(late))).toBe(
      `TooLate(until ${closesAt}, nowIs ${closesAt})`,
    );
  });

  it.each([
    ['holder', 1, `0x${'77'.repeat(20)}`],
    ['amount', 2, ent(5)],
    ['reference', 3, word(8)],
  ])('to a payment with another %s is refused, and so is a decision', (_, at, other) => {
    const room = withPayout();
    const [alice, second] = [room.outsider(1), room.operator(2)];
    mark(room, room.operator(1));
    const named = payment(room).map((value, i) => (i === at ? other : value));
    expect(room.refusal(alice, 'objectToPayout', named)).toMatch(/^OtherPayment\(payoutId 1, /);
    room.send(alice, 'objectToPayout', payment(room));
    expect(room.refusal(second, 'decidePayout', [...named, true])).toMatch(/^OtherPayment\(payoutId 1, /);
    expect(stateOf(room)).toBe(DISPUTED);
  });

  it('keeps the payout open, however long, until it is decided', () => {
    const room = withPayout();
    mark(room, room.operator(1));
    room.send(room.outsider(1), 'objectToPayout', payment(room));
    room.goTo(room.now + 100n * NOTICE);
    expect(room.refusal(room.operator(1), 'closePayout', [1n])).toBe('this payout is not marked as paid');
    expect(room.refusal(room.outsider(1), 'cancelPayout', [1n, ent(4), word(0xacc)])).toBe(
      'this payout is not pending',
    );
  });
});

describe('a decision', () => {
  function disputed(): BankRoom {
    const room = withPayout(3);
    mark(room, room.operator(1));
    room.send(room.outsider(1), 'objectToPayout', payment(room));
    return room;
  }

  it('that it was paid is what another operator says, or the holder', () => {
    for (const who of ['another operator', 'the holder']) {
      const room = disputed();
      const judge = who === 'the holder' ? room.outsider(1) : room.operator(2);
      const { events } = room.send(judge, 'decidePayout', [...payment(room), true]);
      expect(events[0]?.args).toEqual({ payoutId: 1n, decidedBy: judge, wasPaid: true });
      expect([stateOf(room), room.deposit(1)]).toEqual([PAID, 4n * REDEEM_RATE]);
    }
  });

  it('that it was not paid is what another operator says, or the payer; then it is pending again', () => {
    for (const seat of [1, 3]) {
      const room = disputed();
      const alice = room.outsider(1);
      room.send(room.operator(seat), 'decidePayout', [...payment(room), false]);
      expect(room.read('payouts', [1n])).toEqual([alice, ent(4), word(0xacc), PENDING, 0n, zeroHash, 0n, 0n]);
      expect(room.deposit(1)).toBe(0n);
      mark(room, room.operator(1));
      room.send(alice, 'objectToPayout', payment(room));
      room.send(room.operator(2), 'decidePayout', [...payment(room), false]);
      room.send(alice, 'cancelPayout', [1n, ent(4), word(0xacc)]);
      expect(room.tokens(alice)).toBe(ent(10));
    }
  });

  it('after the objection of an operator is the holder’s too, and not the objector’s; who can give in', () => {
    for (const [n, by] of ['holder', 'another operator', 'who objected'].entries()) {
      const room = withPayout(3);
      const [alice, second, third] = [room.outsider(1), room.operator(2), room.operator(3)];
      mark(room, room.operator(1));
      room.send(second, 'objectToPayout', payment(room));
      expect(room.refusal(second, 'decidePayout', [...payment(room), false])).toBe('nobody decides for itself');
      expect(room.refusal(room.operator(1), 'decidePayout', [...payment(room), true])).toBe(
        'nobody decides for itself',
      );
      const judge = [alice, third, second][n] ?? by;
      room.send(judge, 'decidePayout', [...payment(room), n === 2]);
      expect(stateOf(room)).toBe(n === 2 ? PAID : PENDING);
      expect(room.read('payouts', [1n])[7]).toBe(n === 2 ? 2n : 0n);
    }
  });

  it('is nobody’s in its own favour, and no stranger’s', () => {
    const room = disputed();
    const decide = (by: string, wasPaid: boolean) => room.refusal(by, 'decidePayout', [...payment(room), wasPaid]);
    expect(decide(room.operator(1), true)).toBe('nobody decides for itself');
    expect(decide(room.outsider(1), false)).toBe('nobody decides for itself');
    expect(decide(room.outsider(2), true)).toBe('only an operator may do this');
  });
});
