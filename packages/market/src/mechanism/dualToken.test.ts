import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeds, shuffled } from '../../testing/marketArbitraries.js';
import { actOnBond, type BondAct, type BondTerms, bondNeeded, type HostBook, worthOf } from './dualToken.js';

const UNIT = 10n ** 18n;
const terms: BondTerms = { rateWei: 2n * UNIT, ratioBps: 15_000n };
const NEW: HostBook = { bondWei: 0n, units: 0n };

/** The book after acts that are all taken, and what the last one paid. */
function after(
  book: HostBook,
  acts: readonly BondAct[],
  by = terms,
): { readonly book: HostBook; readonly paidWei: bigint } {
  return acts.reduce(
    (before, act) => {
      const result = actOnBond(before.book, act, by);
      assert(result.refusal === undefined, `taken, not ${result.refusal}`);
      return result;
    },
    { book, paidWei: 0n },
  );
}

const amount = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 10n ** 24n }));
const rate = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 10n ** 20n }));
/** A bond that may cover its units or not. */
const open: fc.Arbitrary<HostBook> = fc.record({ bondWei: amount, units: amount });
const ratioBps = fc.bigInt({ min: 10_000n, max: 30_000n });

describe("a host's unit of account", () => {
  // By hand: a unit costs 2 coins, the bond is one and a half times that.
  it('100 units need a bond of 300 coins; what is beyond that is unlocked', () => {
    const { book } = after(NEW, [{ lock: 310n * UNIT }, { mint: 100n * UNIT }]);
    expect(bondNeeded(book.units, terms.rateWei, terms.ratioBps)).toBe(300n * UNIT);
    expect(actOnBond(book, { mint: 4n * UNIT }, terms)).toEqual({ refusal: 'bondTooSmall' });
    expect(actOnBond(book, { unlock: 10n * UNIT + 1n }, terms)).toEqual({ refusal: 'bondTooSmall' });
    expect(after(book, [{ unlock: 10n * UNIT }])).toEqual({
      book: { ...book, bondWei: 300n * UNIT },
      paidWei: 10n * UNIT,
    });
  });

  it('is redeemed at the rate; a coin that is worth a third makes the bond too small, and each unit brings its share of it', () => {
    const { book } = after(NEW, [{ lock: 300n * UNIT }, { mint: 100n * UNIT }]);
    expect(after(book, [{ redeem: 10n * UNIT }]).paidWei).toBe(20n * UNIT);
    const fallen = { ...terms, rateWei: 6n * UNIT };
    expect(worthOf(book, 10n * UNIT, fallen)).toBe(30n * UNIT);
    const { book: liquidated } = after(book, [{ liquidate: true }], fallen);
    expect(liquidated.claim).toEqual({ wei: 300n * UNIT, units: 100n * UNIT });
    expect(actOnBond(liquidated, { mint: 1n }, fallen)).toEqual({ refusal: 'liquidated' });
    expect(actOnBond(liquidated, { lock: 1n }, fallen)).toEqual({ refusal: 'liquidated' });
    expect(actOnBond(liquidated, { liquidate: true }, fallen)).toEqual({ refusal: 'liquidated' });
    expect(actOnBond(liquidated, { unlock: 1n }, fallen)).toEqual({ refusal: 'bondTooSmall' });
  });

  it('a bond that is below its ratio but covers the units pays them in full, and the host has the rest', () => {
    const { book } = after(NEW, [{ lock: 300n * UNIT }, { mint: 100n * UNIT }]);
    const fallen = { ...terms, rateWei: (5n * UNIT) / 2n };
    const { book: liquidated } = after(book, [{ liquidate: true }], fallen);
    expect(after(liquidated, [{ unlock: 50n * UNIT }], fallen).book.bondWei).toBe(250n * UNIT);
    expect(actOnBond(liquidated, { unlock: 50n * UNIT + 1n }, fallen)).toEqual({ refusal: 'bondTooSmall' });
    // Later rates change nothing any more.
    expect(worthOf(liquidated, 100n * UNIT, { ...terms, rateWei: 1n })).toBe(250n * UNIT);
  });

  it('a confirmed rate that is dearer counts at once for what the host does, and not for who redeems', () => {
    const { book } = after(NEW, [{ lock: 310n * UNIT }, { mint: 100n * UNIT }]);
    const ahead = { ...terms, nextRateWei: 3n * UNIT };
    expect(actOnBond(book, { unlock: 1n }, ahead)).toEqual({ refusal: 'bondTooSmall' });
    expect(actOnBond(book, { mint: 1n }, ahead)).toEqual({ refusal: 'bondTooSmall' });
    expect(actOnBond(book, { liquidate: true }, ahead)).toEqual({ refusal: 'bondCovers' });
    expect(worthOf(book, UNIT, ahead)).toBe(2n * UNIT);
    // A cheaper one does not count before its time.
    expect(actOnBond(book, { mint: 10n * UNIT }, { ...terms, nextRateWei: UNIT })).toEqual({ refusal: 'bondTooSmall' });
  });

  it('budget balance, yes: nothing is paid but out of the bond, and it covers what it must after every act', () => {
    const act = fc.oneof<fc.Arbitrary<BondAct>[]>(
      fc.record({ lock: amount }),
      fc.record({ mint: amount }),
      fc.record({ unlock: amount }),
      fc.record({ redeem: amount }),
      fc.constant<BondAct>({ liquidate: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(act, rate, rate), { maxLength: 30 }), ratioBps, (acts, ratio) => {
        let [book, locked, paid] = [NEW, 0n, 0n];
        for (const [act, rateWei, nextRateWei] of acts) {
          const by = { rateWei, nextRateWei, ratioBps: ratio };
          const before = book;
          const result = actOnBond(book, act, by);
          if (result.refusal !== undefined) continue;
          book = result.book;
          paid += result.paidWei;
          if ('lock' in act) locked += act.lock;
          expect(book.bondWei).toBe(locked - paid);
          expect(book.bondWei >= 0n && book.units >= 0n).toBe(true);
          // A bond that is there cannot be used up before its units are.
          expect(book.units === 0n || book.bondWei > 0n).toBe(true);
          if ('mint' in act || 'unlock' in act) expectCovered(book, by);
          if ('redeem' in act && before.bondWei >= bondNeeded(before.units, rateWei, ratio))
            expectCovered(book, { ...by, nextRateWei: 0n });
        }
      }),
    );
  });

  function expectCovered(book: HostBook, { rateWei, nextRateWei = 0n, ratioBps: ratio }: BondTerms): void {
    const dearer = nextRateWei > rateWei ? nextRateWei : rateWei;
    const needed =
      book.claim === undefined
        ? bondNeeded(book.units, dearer, ratio)
        : (book.units * book.claim.wei + book.claim.units - 1n) / book.claim.units;
    expect(book.bondWei >= needed).toBe(true);
  }

  it('nobody gains by being first: a redemption never lowers what stands behind the units that are left', () => {
    fc.assert(
      fc.property(open, fc.nat(10_000), rate, ratioBps, (book, part, rateWei, ratio) => {
        const some = (book.units * BigInt(part)) / 10_000n;
        if (some === 0n || some === book.units) return;
        const { book: left } = after(book, [{ redeem: some }], { rateWei, ratioBps: ratio });
        // bond' / units' ≥ bond / units
        expect(left.bondWei * book.units >= book.bondWei * left.units).toBe(true);
      }),
    );
  });

  it('independence of arrival, yes: in whatever order units of a bond that is not enough are redeemed, each gets its share, to one wei an act', () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 2, maxLength: 7 }),
        amount,
        seeds,
        fc.boolean(),
        (parts, bond, order, first) => {
          const units = parts.reduce((sum, part) => sum + part, 0n);
          const by = { rateWei: 10n ** 70n, ratioBps: 10_000n };
          const start = { bondWei: bond, units };
          const book = first ? after(start, [{ liquidate: true }], by).book : start;
          const { moved } = shuffled(parts, order);
          let left = book;
          for (const part of moved) {
            const { book: next, paidWei } = after(left, [{ redeem: part }], by);
            const share = (bond * part) / units;
            if (first) expect(paidWei).toBe(share);
            else expect(paidWei >= share && paidWei <= share + BigInt(parts.length)).toBe(true);
            left = next;
          }
          expect(left.units).toBe(0n);
        },
      ),
    );
  });

  it('individual rationality, no: a coin that loses more than the ratio covers leaves a unit below what it cost', () => {
    const { book } = after(NEW, [{ lock: 300n * UNIT }, { mint: 100n * UNIT }]);
    const fallen = { ...terms, rateWei: 6n * UNIT };
    expect(worthOf(book, UNIT, fallen) < fallen.rateWei).toBe(true);
  });
});
