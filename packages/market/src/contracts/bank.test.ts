import { zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  ALWAYS,
  ATTESTATION_LIMIT,
  BankRoom,
  BUY_RATE,
  ent,
  NOTICE,
  REDEEM_RATE,
  word,
} from '../../testing/bankRoom.js';
import { TOKEN_UNIT } from '../units.js';

const UNLIMITED = 2n ** 256n - 1n;
const NOBODY = `0x${'00'.repeat(20)}`;

/** A bank in which operator 1 has a deposit for `tokens` tokens to attest. */
function withDeposit(tokens = 1_000n, seats = 2): BankRoom {
  const room = new BankRoom('now', { seats });
  room.send(room.operator(1), 'deposit', [], tokens * REDEEM_RATE);
  return room;
}

describe('buying', () => {
  it('mints floor(value · 10^18 / rate) and covers it', () => {
    const room = new BankRoom('now');
    const alice = room.outsider(1);
    const { output, events } = room.send(alice, 'buy', [0n, ALWAYS], 3_000_001n);
    const tokens = (3_000_001n * TOKEN_UNIT) / BUY_RATE;
    expect(output).toBe(tokens);
    expect(events.map(({ name }) => name)).toEqual(['Transfer', 'Bought']);
    expect(events[1]?.args).toEqual({ buyer: alice, coins: 3_000_001n, tokens, rate: BUY_RATE });
    expect(room.tokens(alice)).toBe(tokens);
    const coinCoverNeeded = (tokens * REDEEM_RATE + TOKEN_UNIT - 1n) / TOKEN_UNIT;
    expect(room.figures()).toEqual({
      tokensIssuedForCoins: tokens,
      tokensIssuedOutside: 0n,
      tokensRedeemedForCoins: 0n,
      tokensPaidOutside: 0n,
      tokensPendingPayout: 0n,
      tokensOutstanding: tokens,
      coinReserve: 3_000_001n,
      coinCoverNeeded,
      coinSurplus: 3_000_001n - coinCoverNeeded,
      coinDeposits: 0n,
    });
  });

  it('is refused below its limit, after its time, and for coins that buy nothing', () => {
    const room = new BankRoom('now', { buyRate: 10n ** 19n });
    const alice = room.outsider(1);
    const buy = (least: bigint, until: bigint, coins: bigint) => room.try(alice, 'buy', [least, until], coins).refusal;
    expect(buy(0n, ALWAYS, 9n)).toBe('too few coins for any token');
    expect(buy(3n, ALWAYS, 20n)).toBe('FewerTokens(tokens 2, least 3)');
    const before = room.now - 1n;
    expect(buy(0n, before, 20n)).toBe(`TooLate(until ${before}, nowIs ${before + 1n})`);
    expect(buy(2n, room.now, 20n)).toBeUndefined();
  });
});

describe('attested purchases', () => {
  it('take their cover from the deposit of the operator, rounded up, once for a reference', () => {
    const room = withDeposit();
    const [alice, first, second] = [room.outsider(1), room.operator(1), room.operator(2)];
    const amount = ent(6) + 1n;
    const cover = 6n * REDEEM_RATE + 1n;
    const { events } = room.send(first, 'attest', [alice, amount, word(1)]);
    expect(events[1]?.args).toEqual({ operator: first, to: alice, moneyReference: word(1), tokens: amount, cover });
    expect(room.deposit(1)).toBe(1_000n * REDEEM_RATE - cover);
    expect(room.read('referenceUsedBy', [word(1)])).toEqual([1n]);
    expect(room.figures()).toMatchObject({ coinReserve: cover, coinCoverNeeded: cover, coinSurplus: 0n });
    expect(room.refusal(second, 'attest', [alice, 1n, word(1)])).toBe('this reference was used before');
    expect(room.refusal(second, 'attest', [alice, 1n, word(2)])).toBe('DepositTooSmall(available 0, needed 1)');
  });

  it('stay within the limit of the seat, which another operator sets', () => {
    const room = withDeposit();
    const [alice, first, second] = [room.outsider(1), room.operator(1), room.operator(2)];
    room.send(first, 'attest', [alice, ent(600), word(1)]);
    expect(room.read('seatAccounts', [1n])).toEqual([ATTESTATION_LIMIT, ent(600), ent(400), 400n * REDEEM_RATE]);
    expect(room.refusal(first, 'attest', [alice, ent(401), word(2)])).toBe(
      `LimitExceeded(available ${ent(400)}, needed ${ent(401)})`,
    );
    expect(room.refusal(first, 'setLimit', [first, 1n])).toBe('another operator sets a limit');
    expect(room.refusal(first, 'setLimit', [alice, 1n])).toBe('this is not an operator');
    expect(room.refusal(alice, 'setLimit', [first, 1n])).toBe('only an operator may do this');
    const { events } = room.send(second, 'setLimit', [first, ent(599)]);
    expect(events.map(({ args }) => args)).toEqual([{ seat: 1n, operator: first, changedBy: second, limit: ent(599) }]);
    expect(room.refusal(first, 'attest', [alice, 1n, word(2)])).toBe('LimitExceeded(available 0, needed 1)');
    room.send(second, 'setLimit', [first, ent(601)]);
    room.send(first, 'attest', [alice, ent(1), word(2)]);
  });

  it('are refused from others, for nothing, without a reference, to nobody', () => {
    const room = withDeposit();
    const [alice, first] = [room.outsider(1), room.operator(1)];
    expect(room.refusal(alice, 'attest', [alice, 1n, word(1)])).toBe('only an operator may do this');
    expect(room.refusal(first, 'attest', [alice, 0n, word(1)])).toBe('the amount is 0');
    expect(room.refusal(first, 'attest', [alice, 1n, zeroHash])).toBe('the reference is missing');
    expect(room.refusal(first, 'attest', [NOBODY, 1n, word(1)])).toMatch(/^ERC20InvalidReceiver/);
  });
});

describe('redeeming for coins', () => {
  it('burns and pays at the redeem rate, rounded down', () => {
    const room = new BankRoom('now');
    const alice = room.outsider(1);
    room.buy(alice, 10);
    const before = room.coins(alice);
    const amount = ent(4) + 1n;
    const { output, events } = room.send(alice, 'redeem', [amount, 4n * REDEEM_RATE, room.now]);
    expect(output).toBe(4n * REDEEM_RATE);
    expect(events[1]?.args).toEqual({ holder: alice, tokens: amount, coins: 4n * REDEEM_RATE, rate: REDEEM_RATE });
    expect(room.coins(alice) - before).toBe(4n * REDEEM_RATE);
    expect(room.tokens(alice)).toBe(ent(6) - 1n);
  });

  it('is possible for every token that exists, whatever it was issued for', () => {
    const room = withDeposit();
    const [alice, bob] = [room.outsider(1), room.outsider(2)];
    room.buy(alice, 10);
    room.send(room.operator(1), 'attest', [bob, ent(900), word(1)]);
    room.redeem(bob, ent(900));
    room.redeem(alice, ent(10));
    expect(room.figures()).toMatchObject({ tokensOutstanding: 0n, coinCoverNeeded: 0n });
  });

  it('is refused below its limit, after its time, beyond what the holder has, and for no coin', () => {
    const room = new BankRoom('now');
    const [alice, bob] = [room.outsider(1), room.outsider(2)];
    room.buy(alice, 10);
    expect(room.refusal(bob, 'redeem', [ent(1), 0n, ALWAYS])).toMatch(/^ERC20InsufficientBalance/);
    expect(room.refusal(alice, 'redeem', [1n, 0n, ALWAYS])).toBe('too few tokens for any coin');
    expect(room.refusal(alice, 'redeem', [0n, 0n, ALWAYS])).toBe('too few tokens for any coin');
    expect(room.refusal(alice, 'redeem', [ent(1), REDEEM_RATE + 1n, ALWAYS])).toBe(
      `FewerCoins(coins ${REDEEM_RATE}, least ${REDEEM_RATE + 1n})`,
    );
    const before = room.now - 1n;
    expect(room.refusal(alice, 'redeem', [ent(1), 0n, before])).toBe(`TooLate(until ${before}, nowIs ${before + 1n})`);
  });
});

describe('deposits', () => {
  it('belong to the seat, and only it withdraws them', () => {
    const room = new BankRoom('now');
    const [alice, first, second] = [room.outsider(1), room.operator(1), room.operator(2)];
    expect(room.send(first, 'deposit', [], 900n).events[0]?.args).toEqual({ seat: 1n, operator: first, coins: 900n });
    room.send(second, 'deposit', [], 50n);
    room.buy(alice, 10);
    expect(room.figures()).toMatchObject({ coinDeposits: 950n, coinReserve: 10n * BUY_RATE });
    expect(room.refusal(second, 'withdraw', [51n])).toBe('DepositTooSmall(available 50, needed 51)');
    expect(room.refusal(alice, 'withdraw', [1n])).toBe('only an operator may do this');
    expect(room.refusal(alice, 'deposit', [], 1n)).toBe('only an operator may do this');
    expect(room.refusal(first, 'withdraw', [0n])).toBe('the amount is 0');
    expect(room.refusal(first, 'deposit')).toBe('no coins were sent');
    const before = room.coins(first);
    expect(room.send(first, 'withdraw', [900n]).events[0]?.args).toEqual({ seat: 1n, operator: first, coins: 900n });
    expect(room.coins(first) - before).toBe(900n);
    expect([room.deposit(1), room.deposit(2)]).toEqual([0n, 50n]);
  });

  it('share equally what covers nothing; what cannot be shared stays', () => {
    const room = new BankRoom('now', { seats: 3 });
    const [alice, second] = [room.outsider(1), room.operator(2)];
    expect(room.refusal(second, 'shareSurplus')).toBe('there is no surplus');
    room.buy(alice, 10);
    const { coinSurplus = 0n } = room.figures();
    expect(coinSurplus).toBe(10n * (BUY_RATE - REDEEM_RATE));
    expect(room.refusal(alice, 'shareSurplus')).toBe('only an operator may do this');
    const each = coinSurplus / 3n;
    expect(room.send(second, 'shareSurplus').events[0]?.args).toEqual({ operator: second, coinsEach: each });
    expect([1, 2, 3].map((seat) => room.deposit(seat))).toEqual([each, each, each]);
    expect(room.figures()).toMatchObject({ coinSurplus: coinSurplus - 3n * each, coinReserve: 10n * REDEEM_RATE + 1n });
  });

  it('are not what anybody adds as cover', () => {
    const room = new BankRoom('now');
    const alice = room.outsider(1);
    expect(room.send(alice, 'addCover', [], 300n).events[0]?.args).toEqual({ from: alice, coins: 300n });
    expect(room.figures()).toMatchObject({ coinReserve: 300n, coinSurplus: 300n, coinDeposits: 0n });
    expect(room.refusal(alice, 'addCover')).toBe('no coins were sent');
  });

  it('stay with the seat when its key changes, and out of reach while it is frozen', () => {
    const room = new BankRoom('now', { seats: 3 });
    const [first, second, third, fresh] = [room.operator(1), room.operator(2), room.operator(3), room.outsider(5)];
    room.send(first, 'deposit', [], 900n);
    const requestedAt = room.now;
    room.councilSend(second, 'requestKeyChange', [first, fresh]);
    room.councilSend(third, 'vetoKeyChange', [first, fresh, requestedAt]);
    for (const key of [first, fresh]) {
      expect(room.refusal(key, 'withdraw', [1n])).toBe('only an operator may do this');
      expect(room.refusal(key, 'attest', [key, 1n, word(1)])).toBe('only an operator may do this');
      expect(room.refusal(key, 'announceRates', [BUY_RATE, 1n])).toBe('only an operator may do this');
    }
    room.councilSend(third, 'voteOnKeyChange', [first, fresh, requestedAt, true]);
    expect(room.refusal(first, 'withdraw', [1n])).toBe('only an operator may do this');
    room.send(fresh, 'withdraw', [900n]);
    expect(room.deposit(1)).toBe(0n);
  });
});

describe('standing orders', () => {
  const DAY = 86_400n;

  function withOrder(tokens = 100n): BankRoom {
    const room = new BankRoom('now');
    const alice = room.outsider(1);
    room.buy(alice, tokens);
    room.tokenSend(alice, 'approve', [room.bank.address, ent(100)]);
    const nextDue = room.now + DAY;
    const { output, events } = room.send(alice, 'setStandingOrder', [ent(30), DAY, word(0xacc)]);
    expect(output).toBe(1n);
    expect(events[0]?.args).toEqual({
      orderId: 1n,
      holder: alice,
      tokens: ent(30),
      intervalSeconds: DAY,
      destination: word(0xacc),
      nextDue,
    });
    return room;
  }

  const dueOf = (room: BankRoom) => room.read('standingOrders', [1n])[4] as bigint;

  it('pay once when due and keep their rhythm; missed dates are not made up', () => {
    const room = withOrder();
    const [alice, first] = [room.outsider(1), room.operator(1)];
    const due = dueOf(room);
    room.goTo(due - 1n);
    expect(room.send(first, 'runStandingOrders', [[1n]])).toMatchObject({ output: 0n, events: [] });
    const { output, events } = room.send(first, 'runStandingOrders', [[1n, 1n, 9n]]);
    expect(output).toBe(1n);
    expect(events.map(({ name }) => name)).toEqual(['Transfer', 'PayoutRequested', 'StandingOrderPaid']);
    expect(events.at(-1)?.args).toEqual({ orderId: 1n, payoutId: 1n, nextDue: due + DAY });
    expect(room.read('payouts', [1n])).toEqual([alice, ent(30), word(0xacc), 1n, 0n, zeroHash, 0n, 0n]);
    const marks = (states: bigint, first = 1n) => room.read('standingOrdersIn', [states, first])[0];
    const [waiting, dueNow, cancelled] = [2n, 4n, 8n];
    expect([waiting, dueNow, cancelled].map((states) => marks(states))).toEqual([1n, 0n, 0n]);
    room.goTo(due + 3n * DAY + 5n);
    expect([waiting, dueNow, cancelled, waiting | dueNow].map((states) => marks(states))).toEqual([0n, 1n, 0n, 1n]);
    expect(room.send(room.operator(2), 'runStandingOrders', [[1n]]).output).toBe(1n);
    expect(dueOf(room)).toBe(due + 4n * DAY);
    // Of the payouts both are pending (1); from the second on there is one.
    const payouts = (states: bigint, first = 1n) => room.read('payoutsIn', [states, first])[0];
    room.send(alice, 'cancelPayout', [1n, ent(30), word(0xacc)]);
    expect([2n, 32n, 34n, 4n].map((states) => payouts(states))).toEqual([2n, 1n, 3n, 0n]);
    expect([payouts(2n, 2n), payouts(2n, 3n), marks(waiting, 2n)]).toEqual([1n, 0n, 0n]);
    expect(() => payouts(2n, 0n)).toThrow('ids run from 1');
    room.send(alice, 'cancelStandingOrder', [1n, ent(30), word(0xacc)]);
    expect([waiting, dueNow, cancelled].map((states) => marks(states))).toEqual([0n, 0n, 1n]);
    expect(room.tokens(alice)).toBe(ent(70));
  });

  it('that are not covered wait and are named, and do not stop the others', () => {
    const room = withOrder(29n);
    const [alice, bob, first] = [room.outsider(1), room.outsider(2), room.operator(1)];
    room.buy(bob, 5);
    room.tokenSend(bob, 'approve', [room.bank.address, UNLIMITED]);
    expect(room.send(bob, 'setStandingOrder', [ent(5), DAY, word(2)]).output).toBe(2n);
    room.goTo(room.now + DAY);
    const { output, events } = room.send(first, 'runStandingOrders', [[1n, 2n]]);
    expect(output).toBe(1n);
    expect(events[0]?.name).toBe('StandingOrderUncovered');
    expect(events[0]?.args).toEqual({ orderId: 1n, available: ent(29), needed: ent(30) });
    expect(events.at(-1)?.args).toMatchObject({ orderId: 2n, payoutId: 1n });
    room.buy(alice, 100);
    expect(room.send(first, 'runStandingOrders', [[1n, 2n]]).output).toBe(1n);
    room.tokenSend(alice, 'approve', [room.bank.address, 7n]);
    room.goTo(room.now + DAY);
    expect(room.send(first, 'runStandingOrders', [[1n]]).events[0]?.args).toMatchObject({ available: 7n });
  });

  it('can be cancelled by their holder, who says which one', () => {
    const room = withOrder();
    const [alice, bob] = [room.outsider(1), room.outsider(2)];
    const order = [1n, ent(30), word(0xacc)] as const;
    expect(room.refusal(bob, 'cancelStandingOrder', order)).toMatch(/^OtherStandingOrder\(orderId 1, /);
    expect(room.refusal(alice, 'cancelStandingOrder', [1n, ent(31), word(0xacc)])).toMatch(/^OtherStandingOrder/);
    expect(room.refusal(alice, 'cancelStandingOrder', [1n, ent(30), word(1)])).toMatch(/^OtherStandingOrder/);
    expect(room.send(alice, 'cancelStandingOrder', order).events[0]?.args).toEqual({ orderId: 1n, holder: alice });
    room.goTo(room.now + DAY);
    expect(room.send(room.operator(1), 'runStandingOrders', [[1n]])).toMatchObject({ output: 0n, events: [] });
    expect(room.refusal(alice, 'cancelStandingOrder', order)).toBe('this standing order is cancelled');
  });

  it('are refused incomplete, and runs from others', () => {
    const room = withOrder();
    const alice = room.outsider(1);
    expect(room.refusal(alice, 'setStandingOrder', [0n, DAY, word(1)])).toBe('the amount is 0');
    expect(room.refusal(alice, 'setStandingOrder', [1n, 0n, word(1)])).toBe('the interval is 0');
    expect(room.refusal(alice, 'setStandingOrder', [1n, DAY, zeroHash])).toBe('the destination is missing');
    expect(room.refusal(alice, 'runStandingOrders', [[1n]])).toBe('only an operator may do this');
  });
});

it('is refused without token or council, for one seat and for seventeen', () => {
  const rules = { seats: 2 };
  expect(() => new BankRoom('now', { ...rules, redeemRate: 0n })).toThrow(/a rate cannot be 0/);
  expect(() => new BankRoom('now', { ...rules, redeemRate: BUY_RATE + 1n })).toThrow(/redeem rate is above buy rate/);
  const { bank, token, council } = new BankRoom('now');
  const room = new BankRoom('now');
  const deploy = (args: Parameters<typeof room.sandbox.deploy>[1]) => room.sandbox.deploy(bank.artifact, args);
  const places = [token.address, council?.address ?? ''] as const;
  expect(() => deploy([NOBODY, places[1], [1n, 1n], 1n, 1n])).toThrow(/the token's address is missing/);
  expect(() => deploy([places[0], NOBODY, [1n, 1n], 1n, 1n])).toThrow(/the council's address is missing/);
  for (const count of [0, 1, 17]) {
    const limits = Array.from({ length: count }, () => 1n);
    expect(() => deploy([...places, limits, 1n, 1n])).toThrow(/limits are for 2 to 16 seats/);
  }
  expect(room.read('token')).toEqual([room.token.address]);
  expect(room.read('council')).toEqual([room.council?.address]);
  expect(NOTICE).toBe(room.council?.call('noticeSeconds'));
});
