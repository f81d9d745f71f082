import { textToBytes } from '@wattchain/core';
import {
  amountOf,
  communityFigures,
  type DayProfile,
  type DayTrade,
  daySeries,
  type EnergyFigures,
  energyFigures,
  formatKwh,
  formatShare,
  formatTokens,
  homesOf,
  homeTotals,
  TOKEN_UNIT,
  tradesByRule,
} from '@wattchain/market';
import type { DayFileContent } from './dayFile.js';
import type { DayLedger } from './dayLedger.js';
import { type DayNetwork, DayRun } from './dayRun.js';
import { householdName, machineOf } from './participants.js';
import type { CommunityCheck, CommunityHome, CommunityPeriod, CommunityResult, DayCosts } from './result.js';
import { addressOf, type Household, labelOf } from './tradingDay.js';

/** Plays a community's day on a network with its households' accounts. Errors: `dayFailed`, with the reason. */
export async function runCommunityDay(
  network: DayNetwork,
  { file, day }: DayFileContent,
  progress: (text: string) => void,
): Promise<CommunityResult> {
  const households = planHouseholds(day);
  const run = await DayRun.begin(network, day, households, progress);
  await run.trade();
  const { ledger, costs } = await run.finish();
  const totals = communityFigures(ledger.community);
  const checks = checkDay(day, ledger, totals, costs);
  return {
    ...costs,
    file,
    date: day.date,
    daysInFile: day.daysInFile,
    ignoredColumns: day.ignoredColumns,
    emptyColumns: day.emptyColumns,
    zone: day.zone,
    periodSeconds: Number(day.periodSeconds),
    homes: describeHomes(ledger, households),
    periods: describePeriods(ledger),
    trades: ledger.trades.length,
    surplusKwh: formatKwh(totals.surplusMwh),
    needKwh: formatKwh(totals.needMwh),
    tradedKwh: formatKwh(totals.soldMwh),
    producedKwh: formatKwh(totals.producedMwh),
    consumedKwh: formatKwh(totals.consumedMwh),
    missingReadings: totals.missing,
    selfSufficiency: {
      alone: formatShare(totals.ownUseMwh, totals.consumedMwh),
      together: formatShare(totals.coveredMwh, totals.consumedMwh),
    },
    selfConsumption: {
      alone: formatShare(totals.ownUseMwh, totals.producedMwh),
      together: formatShare(totals.usedMwh, totals.producedMwh),
    },
    series: daySeries(ledger.profile, ledger.trades),
    checks,
    passed: checks.every(({ holds }) => holds),
  };
}

/** Every home gets an account, and the tokens for all that it may need that day, in whole tokens. */
function planHouseholds(profile: DayProfile): Household[] {
  const meters = meterNames(profile.homes.map(({ name }) => name));
  return profile.homes.map((_, position) => {
    const { needMwh } = homeTotals(profile, [], position);
    const account = householdName(position);
    return {
      account,
      meter: labelOf(meters[position] ?? account),
      startTokens: roundUp(amountOf(needMwh), TOKEN_UNIT),
    };
  });
}

/** What a meter's name has room for on the chain. */
const MAX_METER_BYTES = 31;

/** Meters are called as the file calls their homes, so that everybody sees these names; a long name is cut, and told from its like. */
function meterNames(homes: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return homes.map((home, position) => {
    const cut = cutToBytes(home, MAX_METER_BYTES);
    const mark = ` ${position + 1}`;
    const name = cut === home && !taken.has(cut) ? cut : `${cutToBytes(home, MAX_METER_BYTES - mark.length)}${mark}`;
    taken.add(name);
    return name;
  });
}

/** The beginning of a text that fits so many bytes of UTF-8; a character is never cut in two. */
function cutToBytes(text: string, bytes: number): string {
  let cut = '';
  for (const character of text) {
    if (textToBytes(cut + character).length > bytes) break;
    cut += character;
  }
  return cut;
}

const roundUp = (value: bigint, unit: bigint) => ((value + unit - 1n) / unit) * unit;

function describeHomes({ profile, community, accounts }: DayLedger, households: readonly Household[]): CommunityHome[] {
  const homes = homesOf(community);
  return households.map(({ account }, position) => {
    const totals = energyFigures(homes.find(({ owner }) => owner === addressOf(account))?.periods ?? []);
    const tokens = accounts[position];
    return {
      name: profile.homes[position]?.name ?? account,
      account,
      machine: machineOf(account),
      producedKwh: formatKwh(totals.producedMwh),
      consumedKwh: formatKwh(totals.consumedMwh),
      ownUseKwh: formatKwh(totals.ownUseMwh),
      soldKwh: formatKwh(totals.soldMwh),
      unsoldKwh: formatKwh(totals.surplusMwh - totals.soldMwh),
      boughtKwh: formatKwh(totals.boughtMwh),
      fromGridKwh: formatKwh(totals.needMwh - totals.boughtMwh),
      startTokens: formatTokens(tokens?.start ?? 0n),
      endTokens: formatTokens(tokens?.end ?? 0n),
    };
  });
}

/** What each home sold and bought in each period, with its tokens at the period's end. */
function describePeriods({ profile, trades, accounts }: DayLedger): CommunityPeriod[] {
  const units = accounts.map(({ start }) => start);
  return profile.periods.map(({ label }, period) => {
    const sold = profile.homes.map(() => 0n);
    const bought = profile.homes.map(() => 0n);
    for (const { seller, buyer, energyMwh, paid } of trades.filter((trade) => trade.period === period)) {
      sold[seller] = (sold[seller] ?? 0n) + energyMwh;
      bought[buyer] = (bought[buyer] ?? 0n) + energyMwh;
      units[seller] = (units[seller] ?? 0n) + paid;
      units[buyer] = (units[buyer] ?? 0n) - paid;
    }
    return {
      start: label,
      homes: profile.homes.map((home, position) => ({
        producedKwh: formatKwh(home.producedMwh[period] ?? 0n),
        consumedKwh: formatKwh(home.consumedMwh[period] ?? 0n),
        soldKwh: formatKwh(sold[position] ?? 0n),
        boughtKwh: formatKwh(bought[position] ?? 0n),
        tokens: formatTokens(units[position] ?? 0n),
      })),
    };
  });
}

/** What must hold of any day. */
function checkDay(
  plan: DayProfile,
  { profile, trades, accounts }: DayLedger,
  totals: EnergyFigures,
  costs: DayCosts,
): CommunityCheck[] {
  const expected = tradesByRule(plan);
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  const [issued, held] = [sum(accounts.map(({ start }) => start)), sum(accounts.map(({ end }) => end))];
  const isRead = plan.homes.every(
    (home, position) =>
      sameEnergies(home.producedMwh, profile.homes[position]?.producedMwh) &&
      sameEnergies(home.consumedMwh, profile.homes[position]?.consumedMwh),
  );
  return [
    { what: "the meters' readings on the chain are the file's", holds: isRead },
    {
      what: `the trades are those of the paper's rule, computed without a chain: ${expected.length}`,
      holds: sameTrades(trades, expected),
    },
    {
      what: `energy sold ${formatKwh(totals.soldMwh)} kWh = bought ${formatKwh(totals.boughtMwh)} kWh ≤ surplus ${formatKwh(totals.surplusMwh)} kWh`,
      holds: totals.soldMwh === totals.boughtMwh && totals.soldMwh <= totals.surplusMwh,
    },
    {
      what: `tokens conserved: ${formatTokens(issued)} ENT issued, ${formatTokens(held)} ENT held at the end`,
      holds: issued === held,
    },
    { what: 'all four nodes have the same head and the same state root', holds: costs.headsAgree },
  ];
}

function sameEnergies(planned: readonly bigint[], read: readonly bigint[] | undefined): boolean {
  return planned.every((energy, period) => energy === read?.[period]);
}

/** Whether two lists hold the same trades; settlements come in the order of sellers, the rule's in that of buyers. */
function sameTrades(got: readonly DayTrade[], expected: readonly DayTrade[]): boolean {
  const keysOf = (trades: readonly DayTrade[]) =>
    trades.map(({ period, seller, buyer, energyMwh, paid }) => [period, seller, buyer, energyMwh, paid].join()).sort();
  const keys = keysOf(got);
  return got.length === expected.length && keysOf(expected).every((key, index) => key === keys[index]);
}
