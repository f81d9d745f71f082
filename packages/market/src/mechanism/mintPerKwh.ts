import { type Address, scaleByPowerOfTwo, WattchainError } from '@wattchain/core';
import { type MemberPeriod, requireMembers, splitAmount, totalsOf } from './common/bills.js';
import { amountAt, type PriceBand, wholePrice } from './common/price.js';
import { smaller, sum } from './common/split.js';
import { TieOrder } from './common/ties.js';

/** What the bell is where supply meets demand: 1 in sixteen binary digits. */
export const BELL_TOP = 65_536n;

/**
 * How much of an exported unit is minted, in 65536ths: `65536 · 2^(−((S − D) / w)²)`, with the exponent `floor((S − D)² · 65536 / w²)` in
 * sixteen binary digits and the power in the integer arithmetic of the difficulty rule (aserti3-2d). 65536 where local supply S meets
 * demand D, half of it at a distance of w, 0 far away.
 * @param widthMwh w, 1 mWh or more
 * @throws WattchainError `badWidth`
 */
export function bellOf(supplyMwh: bigint, demandMwh: bigint, widthMwh: bigint): bigint {
  if (widthMwh < 1n)
    throw new WattchainError('badWidth', `the width of the bell is ${widthMwh} mWh`, { hint: 'it is 1 mWh or more' });
  const distance = supplyMwh - demandMwh;
  const exponent = (distance * distance * BELL_TOP) / (widthMwh * widthMwh);
  return scaleByPowerOfTwo(BELL_TOP, -exponent);
}

/** What a home has of the coins. A coin stands for 1 kWh and has six digits: its smallest unit is 1 mWh. */
export type CoinBalances = ReadonlyMap<Address, bigint>;

/** A home's period with coins. */
export interface CoinBill {
  readonly owner: Address;
  /** Coins made for its surplus. */
  readonly minted: bigint;
  /** Coins that paid for its need, and are gone. */
  readonly burned: bigint;
  /** Money for what its coins did not cover. */
  readonly paidToSupplier: bigint;
  readonly balance: bigint;
}

/**
 * Coins minted per kilowatt-hour (NRGcoin): a home's surplus mints `floor(mWh · bell(S, D) / 65536)` coins of 1 mWh, S and D being the
 * members' surpluses and needs of the period; a need is paid with coins, which are burned, one for each mWh whatever energy costs, as
 * far as the home had any when the period began, and the rest at the tariff: the community's total, split by energy. What is exported
 * belongs to the grid.
 *
 * Minted ≤ exported; supply = minted − burned. Budget balance: no, coins are a promise of the supplier's. Individual rationality: no, far from
 * balance an export mints nothing. Truthfulness: nothing is stated but the meters. Independence of arrival: yes.
 */
export function settleCoins(
  { periodStart, members }: MemberPeriod,
  { tariff }: Pick<PriceBand, 'tariff'>,
  widthMwh: bigint,
  balances: CoinBalances,
): CoinBill[] {
  requireMembers(members);
  const { needMwh: demand, surplusMwh: supply } = totalsOf(members);
  const bell = bellOf(supply, demand, widthMwh);
  const burned = members.map(({ owner, needMwh }) => smaller(balances.get(owner) ?? 0n, needMwh));
  const imports = members.map(({ needMwh }, index) => needMwh - (burned[index] ?? 0n));
  const total = amountAt(sum(imports), wholePrice(tariff));
  const paid = splitAmount(members, imports, total, new TieOrder(periodStart));
  return members.map(({ owner, surplusMwh }, index) => {
    const minted = (surplusMwh * bell) / BELL_TOP;
    const spent = burned[index] ?? 0n;
    const balance = (balances.get(owner) ?? 0n) + minted - spent;
    return { owner, minted, burned: spent, paidToSupplier: paid[index] ?? 0n, balance };
  });
}
