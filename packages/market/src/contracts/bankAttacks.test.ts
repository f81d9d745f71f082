import { describe, expect, it } from 'vitest';
import {
  ALWAYS,
  ATTESTATION_LIMIT,
  BankRoom,
  BUY_RATE,
  ent,
  gain,
  NOTICE,
  REDEEM_RATE,
  type Rules,
  withHolders,
  withPayout,
  word,
} from '../../testing/bankRoom.js';

// Each attack is tried on the first rules, where it succeeds, and on those of today. The price of a transaction is 0 here, so
// what an account has more than before is what it took.

describe('an operator raises the buy rate just before a purchase', () => {
  it('and the buyer gets a thousandth, by the first rules', () => {
    const room = new BankRoom('first');
    room.send(room.operator(1), 'setRates', [1_000n * BUY_RATE, REDEEM_RATE]);
    room.send(room.outsider(1), 'buy', [], 100n * BUY_RATE);
    expect(room.tokens(room.outsider(1))).toBe(ent(1) / 10n);
  });

  it('but a rate needs notice, and a purchase has a limit and a last time', () => {
    const room = new BankRoom('now');
    const buyer = room.outsider(1);
    const announcedAt = room.now;
    const rates = [1_000n * BUY_RATE, REDEEM_RATE] as const;
    room.send(room.operator(1), 'announceRates', rates);
    room.send(room.operator(2), 'confirmRates', [...rates, announcedAt]);
    room.send(buyer, 'buy', [ent(100), room.now], 100n * BUY_RATE);
    expect(room.tokens(buyer)).toBe(ent(100));
    room.goTo(announcedAt + NOTICE);
    room.send(room.operator(1), 'applyRates', [...rates, announcedAt]);
    expect(room.refusal(buyer, 'buy', [ent(99), ALWAYS], 100n * BUY_RATE)).toMatch(/^FewerTokens/);
    expect(room.refusal(buyer, 'buy', [0n, announcedAt], 100n * BUY_RATE)).toMatch(/^TooLate/);
  });
});

describe('an operator sets the redeem rate to 1 and withdraws', () => {
  it('and takes the coins of all holders, by the first rules', () => {
    const room = withHolders('first');
    const thief = room.operator(1);
    const taken = gain(room, thief, () => {
      room.send(thief, 'setRates', [BUY_RATE, 1n]);
      room.send(thief, 'withdraw', [20n * BUY_RATE - 20n]);
    });
    expect(taken).toBe(20n * BUY_RATE - 20n);
  });

  it('but alone it changes no rate and withdraws nothing that covers', () => {
    const room = withHolders('now');
    const thief = room.operator(1);
    const announcedAt = room.now;
    const rates = [BUY_RATE, 1n] as const;
    room.send(thief, 'announceRates', rates);
    expect(room.refusal(thief, 'confirmRates', [...rates, announcedAt])).toBe('another operator confirms rates');
    room.goTo(announcedAt + NOTICE);
    expect(room.refusal(thief, 'applyRates', [...rates, announcedAt])).toMatch(/^no other operator/);
    room.send(thief, 'shareSurplus');
    const share = 10n * (BUY_RATE - REDEEM_RATE);
    expect(room.refusal(thief, 'withdraw', [share + 1n])).toMatch(/^DepositTooSmall/);
    room.redeem(room.outsider(1), ent(10));
    room.redeem(room.outsider(2), ent(10));
  });
});

describe('a stranger who sees a rate change buys before it and redeems after it', () => {
  it('and takes what covers the tokens of others, by the first rules', () => {
    const room = withHolders('first');
    const stranger = room.outsider(3);
    const taken = gain(room, stranger, () => {
      room.buy(stranger, 10);
      room.send(room.operator(1), 'setRates', [2n * BUY_RATE, 2n * REDEEM_RATE]);
      room.redeem(stranger, ent(10));
    });
    expect(taken).toBe(10n * (2n * REDEEM_RATE - BUY_RATE));
    expect(room.figures().coinReserve).toBeLessThan(20n * REDEEM_RATE);
  });

  it('but the new redeem rate is at most what it paid', () => {
    const room = withHolders('now');
    const stranger = room.outsider(3);
    expect(room.refusal(room.operator(1), 'announceRates', [2n * BUY_RATE, BUY_RATE + 1n])).toBe(
      'redeem rate is above the buy rate in force',
    );
    const taken = gain(room, stranger, () => {
      room.buy(stranger, 10);
      room.changeRates(2n * BUY_RATE, BUY_RATE);
      room.redeem(stranger, ent(10));
    });
    expect(taken).toBe(0n);
    room.redeem(room.outsider(1), ent(10));
    room.redeem(room.outsider(2), ent(10));
  });

  it('and across two changes no redeem rate rises that the reserve does not cover for everyone', () => {
    const room = new BankRoom('now');
    const [stranger, holder] = [room.outsider(3), room.outsider(1)];
    room.buy(stranger, 10);
    room.changeRates(2n * BUY_RATE, BUY_RATE);
    room.buy(holder, 10);
    const announcedAt = room.now;
    const rates = [2n * BUY_RATE, 2n * BUY_RATE] as const;
    room.send(room.operator(1), 'announceRates', rates);
    room.send(room.operator(2), 'confirmRates', [...rates, announcedAt]);
    room.goTo(announcedAt + NOTICE);
    expect(room.refusal(stranger, 'applyRates', [...rates, announcedAt])).toMatch(/^CoverTooSmall/);
    room.redeem(stranger, ent(10));
    room.redeem(holder, ent(10));
    expect(room.figures()).toMatchObject({ tokensOutstanding: 0n, coinReserve: 10n * BUY_RATE });
  });
});

describe('an operator attests tokens to itself and redeems them', () => {
  it('and takes the coins of those who paid coins, by the first rules', () => {
    const room = withHolders('first');
    const thief = room.operator(1);
    const taken = gain(room, thief, () => {
      room.send(thief, 'attest', [thief, ent(20), word(1)]);
      room.redeem(thief, ent(20));
    });
    expect(taken).toBe(20n * REDEEM_RATE);
  });

  it('but gets back its own deposit', () => {
    const room = withHolders('now');
    const thief = room.operator(1);
    expect(room.refusal(thief, 'attest', [thief, ent(20), word(1)])).toMatch(/^DepositTooSmall/);
    const taken = gain(room, thief, () => {
      room.send(thief, 'deposit', [], 20n * REDEEM_RATE);
      room.send(thief, 'attest', [thief, ent(20), word(1)]);
      room.redeem(thief, ent(20));
    });
    expect(taken).toBe(0n);
    room.redeem(room.outsider(1), ent(10));
    room.redeem(room.outsider(2), ent(10));
  });
});

describe('a miner orders the transactions of a block', () => {
  it('and each exchange brings what was asked for at least, or does not happen', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const order of orders) {
      const room = withHolders('now');
      const [holder, buyer] = [room.outsider(1), room.outsider(3)];
      const announcedAt = room.now;
      const rates = [2n * BUY_RATE, 1n] as const;
      room.send(room.operator(1), 'announceRates', rates);
      room.send(room.operator(2), 'confirmRates', [...rates, announcedAt]);
      room.goTo(announcedAt + NOTICE);
      const acts = [
        () => room.try(buyer, 'buy', [ent(10), ALWAYS], 10n * BUY_RATE),
        () => room.try(holder, 'redeem', [ent(10), 10n * REDEEM_RATE, ALWAYS]),
        () => room.try(room.operator(1), 'applyRates', [...rates, announcedAt]),
      ];
      const before = room.coins(holder);
      for (const n of order) acts[n]?.();
      const isBefore = (n: number) => order.indexOf(n) < order.indexOf(2);
      expect(room.tokens(buyer)).toBe(isBefore(0) ? ent(10) : 0n);
      expect(room.coins(holder) - before).toBe(isBefore(1) ? 10n * REDEEM_RATE : 0n);
    }
  });
});

describe('a reorganisation moves a number to another', () => {
  /** Payouts of outsiders 1 and 2, in the order of the names. */
  function payoutsOf(rules: Rules, order: readonly number[]): BankRoom {
    const room = withHolders(rules);
    for (const n of order) {
      room.tokenSend(room.outsider(n), 'approve', [room.bank.address, ent(10)]);
      room.send(room.outsider(n), 'redeemOutside', [ent(4), word(n)]);
    }
    return room;
  }

  it('and the payment of one holder burns the tokens of another, by the first rules', () => {
    const room = payoutsOf('first', [2, 1]);
    // Signed where payout 1 was that of outsider 1.
    room.send(room.operator(1), 'markPaid', [1n, word(7)]);
    expect(room.read('payouts', [1n])).toEqual([room.outsider(2), ent(4), word(2), 2n, word(7)]);
  });

  it('but an act is for the payout that it describes', () => {
    const room = payoutsOf('now', [2, 1]);
    const one = room.outsider(1);
    expect(room.refusal(room.operator(1), 'markPaid', [1n, one, ent(4), word(1), word(7)])).toMatch(/^OtherPayout/);
    expect(room.refusal(one, 'cancelPayout', [1n, ent(4), word(1)])).toMatch(/^OtherPayout/);
    expect(room.read('payouts', [1n])[3]).toBe(1n);
  });

  it('and a holder cancels another order of its own, by the first rules', () => {
    const room = withHolders('first');
    const holder = room.outsider(1);
    for (const n of [2, 1]) room.send(holder, 'setStandingOrder', [ent(n), 60n, word(n)]);
    room.send(holder, 'cancelStandingOrder', [1n]);
    expect(room.read('standingOrders', [1n])).toMatchObject([holder, ent(2), word(2), 60n, 0n]);
  });

  it('but an act is for the standing order that it describes', () => {
    const room = withHolders('now');
    const holder = room.outsider(1);
    for (const n of [2, 1]) room.send(holder, 'setStandingOrder', [ent(n), 60n, word(n)]);
    expect(room.refusal(holder, 'cancelStandingOrder', [1n, ent(1), word(1)])).toMatch(/^OtherStandingOrder/);
    room.send(holder, 'cancelStandingOrder', [2n, ent(1), word(1)]);
  });
});

describe('a thief with one operator key', () => {
  it('empties the bank, by the first rules', () => {
    const room = withHolders('first');
    room.send(room.operator(2), 'deposit', [], 10n ** 9n);
    const thief = room.operator(1);
    const taken = gain(room, thief, () => {
      room.send(thief, 'attest', [thief, ATTESTATION_LIMIT, word(1)]);
      room.redeem(thief, ent(20) + (10n ** 9n * ent(1)) / REDEEM_RATE);
    });
    expect(taken).toBeGreaterThan(10n ** 9n);
  });

  it('takes the deposit of its seat, its share of a surplus, and not a coin more', () => {
    const room = withHolders('now');
    const thief = room.operator(1);
    room.send(thief, 'deposit', [], 700n);
    room.send(room.operator(2), 'deposit', [], 10n ** 9n);
    const share = 10n * (BUY_RATE - REDEEM_RATE);
    const taken = gain(room, thief, () => {
      room.send(thief, 'shareSurplus');
      room.send(thief, 'withdraw', [700n + share]);
    });
    expect(taken).toBe(700n + share);
    expect(room.refusal(thief, 'withdraw', [1n])).toBe('DepositTooSmall(available 0, needed 1)');
    expect(room.deposit(2)).toBe(10n ** 9n + share);
    room.redeem(room.outsider(1), ent(10));
    room.redeem(room.outsider(2), ent(10));
  });

  it('is stopped by a change of the key, and what its seat has is there for the new key', () => {
    const room = withPayout('now');
    const [holder, thief, other, fresh] = [room.outsider(1), room.operator(1), room.operator(2), room.outsider(5)];
    room.send(thief, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    const requestedAt = room.now;
    room.councilSend(other, 'requestKeyChange', [thief, fresh]);
    room.councilSend(room.recovery, 'vetoKeyChange', [thief, fresh, requestedAt]);
    room.goTo(requestedAt + NOTICE);
    room.send(thief, 'closePayout', [1n]);
    expect(room.refusal(thief, 'withdraw', [1n])).toBe('only an operator may do this');
    room.councilSend(room.recovery, 'voteOnKeyChange', [thief, fresh, requestedAt, true]);
    expect(room.refusal(thief, 'withdraw', [1n])).toBe('only an operator may do this');
    room.send(fresh, 'withdraw', [4n * REDEEM_RATE]);
  });
});

describe('a frozen key', () => {
  it('moves no money, and stops no holder from redeeming', () => {
    const room = withPayout('now');
    const [holder, frozen, fresh] = [room.outsider(1), room.operator(1), room.outsider(5)];
    room.send(frozen, 'deposit', [], 10n ** 9n);
    const requestedAt = room.now;
    room.councilSend(room.operator(2), 'requestKeyChange', [frozen, fresh]);
    room.councilSend(room.recovery, 'vetoKeyChange', [frozen, fresh, requestedAt]);
    const acts = [
      ['withdraw', [1n]],
      ['attest', [frozen, 1n, word(1)]],
      ['markPaid', [1n, holder, ent(4), word(0xacc), word(7)]],
      ['announceRates', [BUY_RATE, 1n]],
      ['shareSurplus', []],
      ['setLimit', [room.operator(2), 1n]],
      ['runStandingOrders', [[1n]]],
    ] as const;
    for (const key of [frozen, fresh]) {
      for (const [name, args] of acts) expect(room.refusal(key, name, args)).toBe('only an operator may do this');
    }
    room.redeem(holder, ent(6));
    room.buy(holder, 3);
    room.send(holder, 'cancelPayout', [1n, ent(4), word(0xacc)]);
    expect(room.deposit(1)).toBe(10n ** 9n);
  });
});

describe('two operators together', () => {
  it('take what covers the tokens of who stays after the notice, and of nobody who leaves in time', () => {
    const room = withHolders('now');
    const [first, second, leaves, stays] = [room.operator(1), room.operator(2), room.outsider(1), room.outsider(2)];
    const rates = [BUY_RATE, 1n] as const;
    const announcedAt = room.now;
    room.send(first, 'announceRates', rates);
    room.send(second, 'confirmRates', [...rates, announcedAt]);
    room.send(first, 'shareSurplus');
    const margin = 20n * (BUY_RATE - REDEEM_RATE);
    expect(room.deposit(1) + room.deposit(2)).toBe(margin);
    room.goTo(announcedAt + NOTICE - 1n);
    expect(gain(room, leaves, () => room.redeem(leaves, ent(10)))).toBe(10n * REDEEM_RATE);
    room.send(first, 'applyRates', [...rates, announcedAt]);
    room.send(first, 'shareSurplus');
    expect(room.deposit(1) + room.deposit(2)).toBe(margin + 10n * (REDEEM_RATE - 1n));
    expect(gain(room, stays, () => room.redeem(stays, ent(10)))).toBe(10n);
  });

  it('delay a payout until its cover is little, which the payer has seen announced', () => {
    const room = withPayout('now', 3);
    const [payer, second, third, holder] = [room.operator(1), room.operator(2), room.operator(3), room.outsider(1)];
    room.send(payer, 'markPaid', [1n, holder, ent(4), word(0xacc), word(7)]);
    const announcedAt = room.now;
    const rates = [BUY_RATE, 1n] as const;
    room.send(second, 'announceRates', rates);
    room.send(third, 'confirmRates', [...rates, announcedAt]);
    // Without an objection it is closed before any rate that was announced later.
    expect(room.read('payouts', [1n])[6]).toBeLessThan(announcedAt + NOTICE);
    room.send(third, 'objectToPayout', [1n, holder, ent(4), word(7)]);
    room.goTo(announcedAt + NOTICE);
    room.send(third, 'applyRates', [...rates, announcedAt]);
    room.send(second, 'decidePayout', [1n, holder, ent(4), word(7), true]);
    expect(room.deposit(1)).toBe(4n);
  });

  it('take everything at once, by the first rules, even one of them', () => {
    const room = withHolders('first');
    const taken = gain(room, room.operator(2), () => {
      room.send(room.operator(1), 'setRates', [BUY_RATE, 1n]);
      room.send(room.operator(2), 'withdraw', [20n * BUY_RATE - 20n]);
    });
    expect(taken).toBe(20n * BUY_RATE - 20n);
  });
});
