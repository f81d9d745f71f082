import { toHex, WattchainError } from '@wattchain/core';
import type { ChainContract, CommunityChain } from '../chain.js';
import type { PreparedCommunity } from '../prepare.js';
import { meterOf, type ReadView, type RuleRunContext } from './ruleRun.js';

/** Readings that one transaction brings at most: 32 bytes each of 64 KiB. */
const READINGS_A_TRANSACTION = 1_000;
/** Block gas that a report may take, and that a reading in it takes at most. */
const REPORT_GAS = 25_000_000;
const READING_GAS = REPORT_GAS / READINGS_A_TRANSACTION;

/** The registry is told which inputs the run has, then of every meter. */
export function registerMeters(
  chain: CommunityChain,
  registry: ChainContract,
  { community, roles }: RuleRunContext,
): void {
  const [registrar] = roles.registrars;
  chain.send(registrar, registry, 'describe', [toHex(community.digest)]);
  community.homes.forEach(({ address }, home) => {
    const rating = largestReading(community, home);
    chain.send(registrar, registry, 'registerMeter', [meterOf(address), address, roles.gateway.address, false, rating]);
  });
}

/** The most that a home's meter shows for a period, mWh; at least 1. */
export function largestReading({ periods }: PreparedCommunity, home: number): bigint {
  const profile = periods.series.homes[home];
  const most = (values: readonly bigint[]) =>
    values.reduce((largest, value) => (value > largest ? value : largest), 1n);
  return profile === undefined ? 1n : most([most(profile.producedMwh), most(profile.consumedMwh)]);
}

/** The gateway reports periods that follow each other, of all meters. */
export function reportReadings(
  chain: CommunityChain,
  registry: ChainContract,
  { community, roles }: RuleRunContext,
  span: { readonly first: number; readonly count: number },
): void {
  const { periods, homes } = community;
  const from = periods.described(span.first).start;
  const series = homes.map(({ address }, home) => ({
    meter: meterOf(address),
    firstNumber: span.first + 1,
    from,
    readings: Array.from({ length: span.count }, (_, index) => readingWord(community, home, span.first + index)),
  }));
  const most = Math.min(READINGS_A_TRANSACTION, chain.blockGas / READING_GAS);
  const perTransaction = Math.max(1, Math.floor(most / span.count));
  for (let first = 0; first < series.length; first += perTransaction)
    chain.send(roles.gateway, registry, 'reportSeries', [series.slice(first, first + perTransaction)], REPORT_GAS);
}

/** Produced and consumed in one word, as the registry takes them. */
function readingWord({ periods }: PreparedCommunity, home: number, period: number): bigint {
  const { producedMwh = [], consumedMwh = [] } = periods.series.homes[home] ?? {};
  return ((producedMwh[period] ?? 0n) << 64n) | (consumedMwh[period] ?? 0n);
}

/** Block time of a moment of market time, seconds. */
export const blockTimeOf = ({ shiftSeconds }: RuleRunContext, marketSeconds: bigint) => marketSeconds + shiftSeconds;

/** End of a period in market time. */
export function endOf({ periods }: PreparedCommunity, period: number): bigint {
  return periods.described(period).start + periods.series.periodSeconds;
}

/** @throws WattchainError `runFailed` when what is held is not what the accounts say */
export function requireConserved(held: bigint, accounts: bigint): void {
  if (held === accounts) return;
  throw new WattchainError(
    'runFailed',
    `money is not conserved: the accounts sum to ${accounts}, ${held} units are held`,
    {
      values: { held, accounts },
      hint: 'this is a fault of a contract: report it with the command and its files',
    },
  );
}

/** Balances of a token's holders. */
export function balancesOf(read: ReadView, money: ChainContract, owners: readonly string[]): bigint[] {
  return owners.map((owner) => read<bigint>(money, 'balanceOf', [owner]));
}
