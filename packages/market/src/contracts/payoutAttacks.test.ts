import { describe, expect, it } from 'vitest';
import { BankRoom, ent, gain, NOTICE, REDEEM_RATE, withPayout, word } from '../../testing/bankRoom.js';

// Each attack is tried on the first rules, where it succeeds, and on those of today. The price of a transaction is 0 here, so
// what an account has more than before is what it took.

describe('an operator marks a payout as paid and does not pay', () => {
  it('and the tokens are gone at once, by the first rules', () => {
    const room = withPayout('first');
    const thief = room.operator(1);
    room.send(thief, 'markPaid', [1n, word(7)]);
    expect(room.figures().tokensOutstanding).toBe(ent(16));
    // What backs coins is used up last, so the coins come free with the next payout; with one of all tokens they all do.
    expect(room.refusal(room.outsider(1), 'cancelPayout', [1n])).toBe('this payout is not pending');
    expect(gain(room, thief, () => room.send(thief, 'withdraw', [4n * REDEEM_RATE]))).toBe(4n * REDEEM_RATE);
  });

  it('but the holder objects, and another operator decides', () => {
    const room = withPayout('now');
    const [holder, thief] = [room.outsider(1), room.operator(1)];
    room.send(thief, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    expect(room.deposit(1)).toBe(0n);
    room.send(holder, 'objectToPayout', [1n, holder, ent(4), word(7)]);
    room.goTo(room.now + NOTICE);
    expect(room.refusal(thief, 'closePayout', [1n])).toBe('this payout is not marked as paid');
    room.send(room.operator(2), 'decidePayout', [1n, holder, ent(4), word(7), false]);
    room.send(holder, 'cancelPayout', [1n, ent(4), word(0xacc)]);
    room.redeem(holder, ent(10));
    expect(room.deposit(1)).toBe(0n);
  });

  it('and another operator objects where the holder is silent', () => {
    const room = withPayout('now');
    const holder = room.outsider(1);
    room.send(room.operator(1), 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    room.send(room.operator(2), 'objectToPayout', [1n, holder, ent(4), word(7)]);
    room.goTo(room.now + 5n * NOTICE);
    expect(room.refusal(room.operator(1), 'closePayout', [1n])).toBe('this payout is not marked as paid');
    room.send(holder, 'decidePayout', [1n, holder, ent(4), word(7), false]);
    expect(room.deposit(1)).toBe(0n);
  });

  it('and gets the cover of that payout where nobody objects for the whole notice', () => {
    const room = withPayout('now');
    const [holder, thief] = [room.outsider(1), room.operator(1)];
    room.send(thief, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    room.goTo(room.now + NOTICE);
    room.send(thief, 'closePayout', [1n]);
    expect(room.deposit(1)).toBe(4n * REDEEM_RATE);
    expect(room.figures()).toMatchObject({ tokensOutstanding: ent(16) });
  });
});

describe('a payout that was paid is denied', () => {
  it('by its holder and another operator together, who cost the payer what it paid outside and no coin', () => {
    const room = withPayout('now');
    const [holder, payer] = [room.outsider(1), room.operator(1)];
    room.send(payer, 'deposit', [], 100n);
    room.send(payer, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    room.send(holder, 'objectToPayout', [1n, holder, ent(4), word(7)]);
    room.send(room.operator(2), 'decidePayout', [1n, holder, ent(4), word(7), false]);
    expect(room.deposit(1)).toBe(100n);
    expect(room.figures()).toMatchObject({ tokensOutstanding: ent(20), tokensPendingPayout: ent(4) });
  });
});

describe('an operator denies what another has paid', () => {
  it('but who objects does not decide, and the holder says what came', () => {
    const room = withPayout('now', 3);
    const [payer, thief, holder] = [room.operator(1), room.operator(2), room.outsider(1)];
    room.send(payer, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    room.send(thief, 'objectToPayout', [1n, holder, ent(4), word(7)]);
    expect(room.refusal(thief, 'decidePayout', [1n, holder, ent(4), word(7), false])).toBe('nobody decides for itself');
    room.send(holder, 'decidePayout', [1n, holder, ent(4), word(7), true]);
    expect(room.deposit(1)).toBe(4n * REDEEM_RATE);
  });
});

describe('an operator denies payouts of its own', () => {
  it('but a holder decides nothing for itself, with the key of an operator either', () => {
    const room = new BankRoom('now');
    const [payer, holder] = [room.operator(1), room.operator(2)];
    room.buy(holder, 10);
    room.tokenSend(holder, 'approve', [room.bank.address, ent(10)]);
    room.send(holder, 'redeemOutside', [ent(4), word(0xacc)]);
    room.send(payer, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    room.send(holder, 'objectToPayout', [1n, holder, ent(4), word(7)]);
    expect(room.refusal(holder, 'decidePayout', [1n, holder, ent(4), word(7), false])).toBe(
      'nobody decides for itself',
    );
  });
});
