import { describe, expect, it } from 'vitest';
import { BankRoom, BUY_RATE, ent, NOTICE, REDEEM_RATE, word } from '../../testing/bankRoom.js';

const NEXT = [2_100_000n, 2_000_000n] as const;

/** Rates announced by operator 1, and what names the announcement. */
function announced(room: BankRoom, rates: readonly [bigint, bigint] = NEXT): readonly [bigint, bigint, bigint] {
  const announcedAt = room.now;
  room.send(room.operator(1), 'announceRates', rates);
  return [...rates, announcedAt];
}

describe('rates', () => {
  it('are announced, confirmed, and in force after the notice', () => {
    const room = new BankRoom('now');
    const [first, second, stranger] = [room.operator(1), room.operator(2), room.outsider(1)];
    expect(room.read('rates')).toEqual([BUY_RATE, REDEEM_RATE]);
    expect(room.read('pendingRates')).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
    room.send(stranger, 'addCover', [], 10n ** 9n);
    const announcedAt = room.now;
    const [from, until] = [announcedAt + NOTICE, announcedAt + 2n * NOTICE];
    expect(room.send(first, 'announceRates', NEXT).events[0]?.args).toEqual({
      operator: first,
      buyRate: NEXT[0],
      redeemRate: NEXT[1],
      inForceFrom: from,
    });
    const pending = [...NEXT, announcedAt] as const;
    expect(room.read('pendingRates')).toEqual([...NEXT, 1n, announcedAt, 1n, 0n, from, until]);
    expect(room.refusal(stranger, 'applyRates', pending)).toBe('no other operator has confirmed these rates');
    expect(room.refusal(first, 'confirmRates', pending)).toBe('another operator confirms rates');
    expect(room.refusal(stranger, 'confirmRates', pending)).toBe('only an operator may do this');
    expect(room.send(second, 'confirmRates', pending).events[0]?.name).toBe('RatesConfirmed');
    expect(room.refusal(second, 'confirmRates', pending)).toBe('these rates are confirmed already');
    expect(room.read('pendingRates')).toEqual([...NEXT, 2n, announcedAt, 1n, 2n, from, until]);
    room.goTo(from - 1n);
    expect(room.refusal(stranger, 'applyRates', pending)).toBe(`TooEarly(from ${from}, nowIs ${from - 1n})`);
    expect(room.read('pendingRates')[2]).toBe(3n);
    expect(room.send(stranger, 'applyRates', pending).events[0]?.args).toEqual({
      buyRate: NEXT[0],
      redeemRate: NEXT[1],
    });
    expect(room.read('rates')).toEqual(NEXT);
    expect(room.read('pendingRates')).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
    expect(room.refusal(stranger, 'applyRates', pending)).toBe('OtherRates(buyRate 0, redeemRate 0, announcedAt 0)');
  });

  it('are refused unsound, and above what a token costs until then', () => {
    const room = new BankRoom('now');
    const announce = (buy: bigint, redeem: bigint, by = room.operator(1)) =>
      room.refusal(by, 'announceRates', [buy, redeem]);
    expect(announce(7n, 8n)).toBe('redeem rate is above buy rate');
    expect(announce(7n, 0n)).toBe('a rate cannot be 0');
    expect(announce(3n * BUY_RATE, BUY_RATE + 1n)).toBe('redeem rate is above the buy rate in force');
    expect(announce(7n, 7n, room.outsider(1))).toBe('only an operator may do this');
    announced(room, [3n * BUY_RATE, BUY_RATE]);
    expect(announce(7n, 7n, room.operator(2))).toBe('other rates are announced');
  });

  it.each([
    ['buy rate', 0],
    ['redeem rate', 1],
    ['time', 2],
  ])('are named by every act: another %s is refused', (_, at) => {
    const room = new BankRoom('now');
    const pending = announced(room);
    const other = pending.map((value, i) => (i === at ? value + 1n : value));
    const refused = `OtherRates(buyRate ${pending[0]}, redeemRate ${pending[1]}, announcedAt ${pending[2]})`;
    expect(room.refusal(room.operator(2), 'confirmRates', other)).toBe(refused);
    expect(room.refusal(room.operator(2), 'retractRates', other)).toBe(refused);
    room.send(room.operator(2), 'confirmRates', pending);
    room.goTo(pending[2] + NOTICE);
    expect(room.refusal(room.operator(2), 'applyRates', other)).toBe(refused);
  });

  it('are taken back by any operator, and then others can be announced', () => {
    const room = new BankRoom('now', { seats: 3 });
    const pending = announced(room);
    room.send(room.operator(2), 'confirmRates', pending);
    expect(room.refusal(room.outsider(1), 'retractRates', pending)).toBe('only an operator may do this');
    room.send(room.operator(3), 'retractRates', pending);
    room.goTo(pending[2] + NOTICE);
    expect(room.refusal(room.outsider(1), 'applyRates', pending)).toMatch(/^OtherRates/);
    announced(room, [5n, 4n]);
  });

  it('lapse after twice the notice, and make way for others', () => {
    const room = new BankRoom('now');
    const [second] = [room.operator(2)];
    const pending = announced(room);
    room.send(second, 'confirmRates', pending);
    const last = pending[2] + 2n * NOTICE;
    room.goTo(last);
    expect(room.refusal(second, 'announceRates', [5n, 4n])).toBe('other rates are announced');
    expect(room.refusal(second, 'applyRates', pending)).toBe(`TooLate(until ${last}, nowIs ${last + 1n})`);
    expect(room.read('pendingRates')[2]).toBe(4n);
    const next = announced(room, [5n, 4n]);
    room.goTo(next[2] + 2n * NOTICE + 1n);
    expect(room.refusal(second, 'confirmRates', next)).toMatch(/^TooLate/);
  });

  it('come into force only when the reserve covers every token at them', () => {
    const room = new BankRoom('now');
    const alice = room.outsider(1);
    room.buy(alice, 10);
    room.send(room.operator(1), 'shareSurplus');
    const pending = announced(room);
    room.send(room.operator(2), 'confirmRates', pending);
    room.goTo(pending[2] + NOTICE);
    const [available, needed] = [10n * REDEEM_RATE, 10n * NEXT[1]];
    const refused = `CoverTooSmall(available ${available}, needed ${needed})`;
    expect(room.refusal(alice, 'applyRates', pending)).toBe(refused);
    room.send(room.operator(1), 'deposit', [], needed);
    expect(room.refusal(alice, 'applyRates', pending)).toBe(refused);
    room.send(alice, 'addCover', [], needed - available);
    room.send(alice, 'applyRates', pending);
    expect(room.figures()).toMatchObject({ coinReserve: needed, coinCoverNeeded: needed });
  });

  it('that are confirmed keep the cover that they will need', () => {
    const room = new BankRoom('now');
    room.buy(room.outsider(1), 10);
    room.send(room.outsider(1), 'addCover', [], 2n);
    const pending = announced(room);
    room.send(room.operator(2), 'confirmRates', pending);
    room.send(room.operator(1), 'shareSurplus');
    expect(room.figures()).toMatchObject({ coinReserve: 10n * NEXT[1], coinDeposits: 2n });
    room.goTo(pending[2] + NOTICE);
    room.send(room.operator(1), 'applyRates', pending);
  });

  it('that fall leave the holders the notice to redeem at those in force', () => {
    const room = new BankRoom('now');
    const [alice, bob] = [room.outsider(1), room.outsider(2)];
    room.buy(alice, 10);
    room.buy(bob, 10);
    const pending = announced(room, [BUY_RATE, 1n]);
    room.send(room.operator(2), 'confirmRates', pending);
    room.goTo(pending[2] + NOTICE - 1n);
    expect(room.send(alice, 'redeem', [ent(10), 10n * REDEEM_RATE, room.now]).output).toBe(10n * REDEEM_RATE);
    room.send(alice, 'applyRates', pending);
    expect(room.send(bob, 'redeem', [ent(10), 0n, room.now]).output).toBe(10n);
  });

  it('need the agreement of another seat, not of another key of the same seat', () => {
    const room = new BankRoom('now', { seats: 3 });
    const pending = announced(room);
    const [first, fresh] = [room.operator(1), room.outsider(5)];
    const requestedAt = room.now;
    room.councilSend(room.operator(2), 'requestKeyChange', [first, fresh]);
    room.councilSend(room.operator(3), 'voteOnKeyChange', [first, fresh, requestedAt, true]);
    expect(room.refusal(fresh, 'confirmRates', pending)).toBe('another operator confirms rates');
    expect(room.refusal(first, 'confirmRates', pending)).toBe('only an operator may do this');
    expect(room.refusal(fresh, 'attest', [fresh, 1n, word(1)])).toMatch(/^DepositTooSmall/);
  });
});
