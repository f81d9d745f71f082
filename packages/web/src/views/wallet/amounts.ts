import { formatKwh, formatTokens, MWH_PER_KWH, MWH_PER_TOKEN } from '@wattchain/market';
import { formatEther } from 'viem';
import { tokens } from '../../format.js';

/** Tokens to the last digit, for what is about to be signed: `5.695593333333333333 ENT`. */
export const exactTokens = (units: bigint): string => `${formatTokens(units)} ENT`;

/** Energy to the last digit: `1.071612 kWh`. */
export const exactKwh = (energyMwh: bigint): string => `${formatKwh(energyMwh).replace(/\.?0+$/, '')} kWh`;

/** Coins to the last digit. */
export const exactCoins = (wei: bigint): string => `${formatEther(wei)} WATT`;

/** Below this a fee says nothing to a person. */
const SMALL_WEI = 10n ** 14n;

/** The bound of a fee; most are far below what a balance shows. */
export function feeText(wei: bigint): string {
  return wei < SMALL_WEI ? 'below 0.0001 WATT' : `at most ${exactCoins(wei)}`;
}

/** What a kilowatt-hour costs at a price for 150 Wh: `6.667 ENT`. */
export const pricePerKwh = (price: bigint): string => tokens((price * MWH_PER_KWH) / MWH_PER_TOKEN);
