import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ACTS, act, actOf, oneOf, type Step, steps, waitUntilDue, whoMay } from '../../testing/bankActs.js';
import { BankRoom, ent, NOTICE } from '../../testing/bankRoom.js';
import { TOKEN_UNIT } from '../units.js';

const UNLIMITED = 2n ** 256n - 1n;
const ALL = Object.keys(ACTS);
const FOLLOW: Readonly<Record<string, string>> = { announceRates: 'confirmRates', objectToPayout: 'decidePayout' };

/** Rates of a few wei: what is rounded the wrong way shows. */
const RATES = { buyRate: 7n, redeemRate: 5n } as const;

/** A bank of three operators whose people have allowed it to take tokens. */
function openRoom(): { readonly room: BankRoom; readonly people: readonly string[] } {
  const room = new BankRoom('now', { seats: 3, ...RATES });
  const people = [...room.operators, room.outsider(1), room.outsider(2), room.outsider(3)];
  for (const person of people) room.tokenSend(person, 'approve', [room.bank.address, UNLIMITED]);
  return { room, people };
}

function expectCovered(room: BankRoom, people: readonly string[]): void {
  const figures = room.figures();
  const { tokensOutstanding = 0n, coinReserve = 0n, coinDeposits, tokensPendingPayout } = figures;
  const [, redeemRate = 0n] = room.read('rates') as bigint[];
  const needed = (tokensOutstanding * redeemRate + TOKEN_UNIT - 1n) / TOKEN_UNIT;
  expect(figures.coinCoverNeeded).toBe(needed);
  expect(coinReserve).toBeGreaterThanOrEqual(needed);
  expect(figures.coinSurplus).toBe(coinReserve - needed);
  const deposits = room.operators.reduce((sum, _, i) => sum + room.deposit(i + 1), 0n);
  expect(coinDeposits).toBe(deposits);
  expect(deposits + coinReserve).toBe(room.coins(room.bank.address));
  const supply = room.token.call('totalSupply');
  const held = people.reduce((sum, person) => sum + room.tokens(person), room.tokens(room.bank.address));
  expect(supply).toBe(tokensOutstanding);
  expect(held).toBe(supply);
  expect(room.tokens(room.bank.address)).toBe(tokensPendingPayout);
}

/** A change of keys that a veto freezes, and votes on it, as far as the council allows. */
function changeKeys(room: BankRoom, { pick, yes }: Step): void {
  const [key, other, third] = [0, 1, 2].map((n) => oneOf(room.operators, pick + n)) as [string, string, string];
  const fresh = room.outsider(4 + (pick % 2));
  const requestedAt = room.now;
  room.councilTry(other, 'requestKeyChange', [key, fresh]);
  room.councilTry(third, 'vetoKeyChange', [key, fresh, requestedAt]);
  room.councilTry(third, 'voteOnKeyChange', [key, fresh, requestedAt, yes]);
}

it('covers every token, and counts every coin, whatever anybody does', () => {
  const done = new Set<string>();
  fc.assert(
    fc.property(steps(40, 120), (sequence) => {
      const { room, people } = openRoom();
      for (const operator of room.operators) room.send(operator, 'deposit', [], 40n * RATES.buyRate);
      for (const person of people) room.buy(person, 10);
      for (const step of sequence) {
        room.sandbox.advance(step.wait);
        if (step.act % 29 === 0) changeKeys(room, step);
        const name = actOf(step);
        waitUntilDue(room, name, step);
        const who = step.who % 3 === 0 ? oneOf(people, step.pick) : whoMay(room, people, name, step);
        if (act(room, who, name, step)) done.add(name);
        // Else rates would seldom come into force, and disputes to an end.
        const next = FOLLOW[name];
        if (next !== undefined && step.pick % 4 > 0) {
          for (const key of room.operators) if (act(room, key, next, step)) done.add(next);
        }
        expectCovered(room, people);
      }
    }),
    { numRuns: 12, seed: 13, endOnFailure: true },
  );
  // The sequences are those of the seed: every function has succeeded in them.
  expect([...done].sort()).toEqual(ALL.toSorted());
});

/** What a party without help has in the end: tokens redeemed, payouts cancelled, deposit withdrawn. */
function liquidate(room: BankRoom, who: string, seat: number | undefined): void {
  const end = room.now + 3n * NOTICE;
  for (const pass of [0, 1]) {
    if (pass === 1) room.goTo(end);
    const count = Number(room.read('payoutCount')[0]);
    for (let id = 1; id <= count; id += 1) {
      const step = { act: 0, who: 0, amount: 0n, pick: id, yes: false, wait: 0 };
      for (const name of ['cancelPayout', 'closePayout', 'redeemAll']) act(room, who, name, step);
    }
    act(room, who, 'redeemAll', NO_STEP);
    act(room, who, 'shareSurplus', NO_STEP);
    if (seat !== undefined) act(room, who, 'withdraw', { ...NO_STEP, pick: seat - 1 });
  }
}
const NO_STEP: Step = { act: 0, who: 0, amount: 0n, pick: 0, yes: false, wait: 0 };

/** Others' tokens, a payout of one of them that its holder watches, deposits, and no surplus to share. */
function openWithOthers(): BankRoom {
  const { room } = openRoom();
  for (const n of [1, 2]) room.buy(room.outsider(n), 10);
  for (const seat of [2, 3]) room.send(room.operator(seat), 'deposit', [], 40n * RATES.buyRate);
  room.send(room.operator(2), 'shareSurplus');
  room.send(room.operator(1), 'withdraw', [room.deposit(1)]);
  return room;
}

it('gives an operator no more coins than it put in, by acts of its own', () => {
  fc.assert(
    fc.property(steps(10, 50), (sequence) => {
      const room = openWithOthers();
      const thief = room.operator(1);
      const before = room.coins(thief);
      const { coinSurplus = 0n } = room.figures();
      room.send(thief, 'deposit', [], 30n * RATES.buyRate);
      for (const step of sequence) {
        room.sandbox.advance(step.wait);
        const name = actOf(step);
        waitUntilDue(room, name, step);
        act(room, thief, name, step);
      }
      liquidate(room, thief, 1);
      expect(room.coins(thief) - before).toBeLessThanOrEqual(coinSurplus);
      for (const n of [1, 2]) room.redeem(room.outsider(n), ent(10));
      expect(room.coins(room.bank.address)).toBeGreaterThanOrEqual(room.deposit(2) + room.deposit(3));
    }),
    { numRuns: 15, interruptAfterTimeLimit: 60_000 },
  );
});

it('gives a stranger no more coins than it put in, across a change of rates that it sees coming', () => {
  const rate = fc.bigInt({ min: 1n, max: 3n * RATES.buyRate });
  fc.assert(
    fc.property(steps(6, 30), steps(6, 30), rate, rate, (earlier, later, buyRate, redeemRate) => {
      const room = openWithOthers();
      const stranger = room.outsider(3);
      const before = room.coins(stranger);
      const play = (sequence: readonly Step[]) => {
        for (const step of sequence) {
          room.sandbox.advance(step.wait % 20);
          act(room, stranger, actOf(step), step);
        }
      };
      const announcedAt = room.now;
      const rates = [buyRate, redeemRate, announcedAt] as const;
      const isAnnounced = room.try(room.operator(1), 'announceRates', [buyRate, redeemRate]).refusal === undefined;
      expect(isAnnounced).toBe(redeemRate <= buyRate && redeemRate <= RATES.buyRate);
      if (isAnnounced) room.send(room.operator(2), 'confirmRates', rates);
      play(earlier);
      if (isAnnounced) {
        room.send(room.operator(3), 'addCover', [], 50n * RATES.buyRate);
        room.goTo(announcedAt + NOTICE > room.now ? announcedAt + NOTICE : room.now);
        room.send(room.operator(3), 'applyRates', rates);
      }
      play(later);
      liquidate(room, stranger, undefined);
      expect(room.coins(stranger)).toBeLessThanOrEqual(before);
      const [, redeem = 0n] = room.read('rates') as bigint[];
      for (const n of [1, 2]) {
        const had = room.coins(room.outsider(n));
        room.redeem(room.outsider(n), ent(10));
        expect(room.coins(room.outsider(n)) - had).toBe(10n * redeem);
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 60_000 },
  );
});
