import { assert } from '@wattchain/core';
import { TOKEN_UNIT } from '../units.js';
import { smaller } from './common/split.js';

/** A ratio of 1, in hundredths of a per cent. */
export const RATIO_ONE = 10_000n;

/** What a host's unit of account goes by. */
export interface BondTerms {
  /** Wei for a whole unit, 1 or more. */
  readonly rateWei: bigint;
  /** A rate that is confirmed and not yet in force. */
  readonly nextRateWei?: bigint;
  /** How large the bond must be beside what the units are worth, hundredths of a per cent, 10000 or more. */
  readonly ratioBps: bigint;
}

/** A host's bond in wei and its units in circulation; both 0 in the beginning. */
export interface HostBook {
  readonly bondWei: bigint;
  readonly units: bigint;
  /** Of a liquidated host: what all units of that moment bring together. */
  readonly claim?: { readonly wei: bigint; readonly units: bigint };
}

/** What a host, and whoever has units of it, can do. */
export type BondAct =
  | { readonly lock: bigint }
  | { readonly mint: bigint }
  | { readonly unlock: bigint }
  | { readonly redeem: bigint }
  | { readonly liquidate: true };

/** Why an act is refused. */
export type BondRefusal = 'liquidated' | 'bondTooSmall' | 'bondCovers' | 'tooManyUnits';

/** A host's book after an act with the wei that it pays out, or why it is refused. */
export type BondResult =
  | { readonly book: HostBook; readonly paidWei: bigint; readonly refusal?: undefined }
  | { readonly refusal: BondRefusal };

/** What the bond must be: `ceil(ceil(units · rate / 10^18) · ratio / 10^4)` wei. */
export function bondNeeded(units: bigint, rateWei: bigint, ratioBps: bigint): bigint {
  return ceilDivide(ceilDivide(units * rateWei, TOKEN_UNIT) * ratioBps, RATIO_ONE);
}

/**
 * What units bring: at the rate in force, or their share of the bond where that is less, rounded down; of a liquidated host their share of
 * its claim. At most `bondWei / units` each, so a redemption never lowers what stands behind the units that are left.
 */
export function worthOf({ bondWei, units, claim }: HostBook, some: bigint, { rateWei }: BondTerms): bigint {
  assert(some > 0n && some <= units, `${some} of ${units} units`);
  if (claim !== undefined) return (some * claim.wei) / claim.units;
  return smaller((some * rateWei) / TOKEN_UNIT, (bondWei * some) / units);
}

/**
 * A host's unit of account against a bond in coins (Power Ledger's two tokens): coins are locked and units made against them, as long as
 * the bond covers all of them at the ratio, by the dearer of the rate in force and one that is confirmed; coins beyond that can be unlocked;
 * units are redeemed for coins; and a bond below the ratio at the rate in force can be liquidated by anyone: then no unit is made any more, each one
 * brings the same whenever it is redeemed, and the host has what is beyond that.
 *
 * Budget balance: yes, nothing is paid but out of the bond. Individual rationality: no, a coin that loses more than the ratio covers leaves
 * units below what they cost. Truthfulness: nothing is stated by who gains, the rate is the council's. Independence of arrival: yes, to
 * 1 wei each, at one rate.
 */
export function actOnBond(book: HostBook, act: BondAct, terms: BondTerms): BondResult {
  const { bondWei, units, claim } = book;
  if ('lock' in act) {
    return claim === undefined ? done({ ...book, bondWei: bondWei + act.lock }) : { refusal: 'liquidated' };
  }
  if ('mint' in act) {
    if (claim !== undefined) return { refusal: 'liquidated' };
    const after = units + act.mint;
    return bondWei < neededAhead(after, terms) ? { refusal: 'bondTooSmall' } : done({ ...book, units: after });
  }
  if ('unlock' in act) {
    const needed = claim === undefined ? neededAhead(units, terms) : ceilDivide(units * claim.wei, claim.units);
    if (bondWei < needed + act.unlock) return { refusal: 'bondTooSmall' };
    return done({ ...book, bondWei: bondWei - act.unlock }, act.unlock);
  }
  if ('redeem' in act) {
    if (act.redeem > units || act.redeem === 0n) return { refusal: 'tooManyUnits' };
    const paidWei = worthOf(book, act.redeem, terms);
    return done({ ...book, bondWei: bondWei - paidWei, units: units - act.redeem }, paidWei);
  }
  if (claim !== undefined) return { refusal: 'liquidated' };
  if (bondWei >= bondNeeded(units, terms.rateWei, terms.ratioBps)) return { refusal: 'bondCovers' };
  const cover = ceilDivide(units * terms.rateWei, TOKEN_UNIT);
  return done({ ...book, claim: { wei: smaller(cover, bondWei), units } });
}

/** At the dearer of the rate in force and a confirmed one: a host gains nothing by acting ahead of what is known. */
function neededAhead(units: bigint, { rateWei, nextRateWei = 0n, ratioBps }: BondTerms): bigint {
  return bondNeeded(units, nextRateWei > rateWei ? nextRateWei : rateWei, ratioBps);
}

function done(book: HostBook, paidWei = 0n): BondResult {
  return { book, paidWei };
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
