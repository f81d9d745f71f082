import { WattchainError } from '@wattchain/core';
import { holdsAt, minuteOf } from '../input/calendar.js';
import { excess, smaller, sum } from '../mechanism/common/split.js';
import type { HomeProfile } from '../profile/dayProfile.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import type { PeriodPrices } from '../rules/marketPeriods.js';
import { formatKwh } from '../units.js';
import type { Assets, Battery, Car, ConnectionLimit } from './assetsFile.js';
import { MILLION } from './assetsFile.js';

/** What assets do with a home's energy over a span, mWh. */
export interface AssetFlows {
  readonly home: string;
  /** Into the battery, out of it, lost in it, in it at the beginning and at the end: into = out of + lost + end − beginning. */
  readonly chargedMwh: bigint;
  readonly dischargedMwh: bigint;
  readonly lostMwh: bigint;
  readonly startMwh: bigint;
  readonly endMwh: bigint;
  /** Into cars, and what their windows were too short for. */
  readonly carsMwh: bigint;
  readonly missedMwh: bigint;
  /** Production that the connection did not let out. */
  readonly curtailedMwh: bigint;
  /** What the home took beyond its connection's limit in all: its load is not changed. */
  readonly beyondLimitMwh: bigint;
}

/** Readings with assets behind the meters. */
export interface Dispatch {
  readonly series: CommunitySeries;
  readonly homes: readonly AssetFlows[];
  readonly notes: readonly string[];
}

/** A home in dispatch: its periods, and what limits them. */
interface Home {
  readonly profile: HomeProfile;
  readonly battery: Battery | undefined;
  readonly cars: readonly Car[];
  readonly importLimitMwh: bigint | undefined;
  readonly exportLimitMwh: bigint | undefined;
}

/** Energy of a power over a period, mWh, rounded down. */
export const energyOver = (powerW: bigint, seconds: bigint): bigint => (powerW * 1_000n * seconds) / 3_600n;

/**
 * What meters show with batteries, cars and limits behind them, computed once from readings and prices, before any rule. Cars are charged first,
 * then batteries take surplus and cover needs, then a connection's limit curtails what is left. A charge is consumption of its period and a
 * discharge production: energy that goes through a battery is in both sums. A battery never feeds the grid.
 * @param prices by period
 * @throws WattchainError `badAssets` for a home that is not in the series
 */
export function dispatch(series: CommunitySeries, assets: Assets, prices: readonly PeriodPrices[]): Dispatch {
  requireHomes(series, assets);
  const flows: AssetFlows[] = [];
  const notes: string[] = [];
  const homes = series.homes.map((profile) => {
    const home = homeOf(profile, assets, series.periodSeconds);
    if (home === undefined) return profile;
    const done = dispatchHome(home, series, prices);
    flows.push(done.flows);
    const { beyondLimitMwh, missedMwh } = done.flows;
    if (beyondLimitMwh > 0n)
      notes.push(`${profile.name} takes more than its connection lets in: its load alone is beyond the limit`);
    if (missedMwh > 0n) notes.push(`${profile.name}'s car is not full at the end of all its windows`);
    return done.profile;
  });
  if (flows.length > 0) notes.unshift(summaryOf(flows));
  return { series: { ...series, homes }, homes: flows, notes };
}

/** What a reader of results must know: that readings are modelled in part, and by how much. */
function summaryOf(flows: readonly AssetFlows[]): string {
  const total = (part: (flow: AssetFlows) => bigint) => formatKwh(sum(flows.map(part)));
  return (
    `Assets behind the meters are modelled, before any rule: batteries took ${total(({ chargedMwh }) => chargedMwh)} kWh and gave ` +
    `${total(({ dischargedMwh }) => dischargedMwh)} kWh, cars took ${total(({ carsMwh }) => carsMwh)} kWh, connections curtailed ` +
    `${total(({ curtailedMwh }) => curtailedMwh)} kWh; both sums of readings hold what goes through a battery.`
  );
}

function requireHomes({ homes }: CommunitySeries, { batteries, cars, connections }: Assets): void {
  const names = new Set(homes.map(({ name }) => name));
  const stray = [...batteries, ...cars, ...connections].find(({ home }) => !names.has(home));
  if (stray === undefined) return;
  throw new WattchainError('badAssets', `there is no home called ${stray.home.slice(0, 64)}`, {
    values: { home: stray.home },
    hint: `homes are ${[...names].join(', ').slice(0, 400)}`,
  });
}

function homeOf(profile: HomeProfile, assets: Assets, seconds: bigint): Home | undefined {
  const own = <Item extends { readonly home: string }>(items: readonly Item[]) =>
    items.filter(({ home }) => home === profile.name);
  const [battery] = own(assets.batteries);
  const cars = own(assets.cars);
  const [limit] = own<ConnectionLimit>(assets.connections);
  if (battery === undefined && cars.length === 0 && limit === undefined) return undefined;
  const over = (powerW: bigint | undefined) => (powerW === undefined ? undefined : energyOver(powerW, seconds));
  return { profile, battery, cars, importLimitMwh: over(limit?.importW), exportLimitMwh: over(limit?.exportW) };
}

function dispatchHome(
  home: Home,
  series: CommunitySeries,
  prices: readonly PeriodPrices[],
): { profile: HomeProfile; flows: AssetFlows } {
  const { profile, battery, importLimitMwh, exportLimitMwh } = home;
  const consumed = [...profile.consumedMwh];
  const produced = [...profile.producedMwh];
  const cars = home.cars.map((car) => chargeCar(car, { consumed, produced, importLimitMwh, series, prices }));
  const run =
    battery === undefined ? undefined : runBattery(battery, { consumed, produced, importLimitMwh, series, prices });
  let [curtailedMwh, beyondLimitMwh] = [0n, 0n];
  for (let period = 0; period < consumed.length; period += 1) {
    const net = (consumed[period] ?? 0n) - (produced[period] ?? 0n);
    if (exportLimitMwh !== undefined) {
      const cut = excess(-net, exportLimitMwh);
      produced[period] = (produced[period] ?? 0n) - cut;
      curtailedMwh += cut;
    }
    if (importLimitMwh !== undefined) beyondLimitMwh += excess(net, importLimitMwh);
  }
  return {
    profile: { name: profile.name, consumedMwh: consumed, producedMwh: produced },
    flows: {
      home: profile.name,
      chargedMwh: run?.charged ?? 0n,
      dischargedMwh: run?.discharged ?? 0n,
      lostMwh: run?.lost ?? 0n,
      startMwh: battery?.startMwh ?? 0n,
      endMwh: run?.stored ?? 0n,
      carsMwh: sum(cars.map(({ charged }) => charged)),
      missedMwh: sum(cars.map(({ missed }) => missed)),
      curtailedMwh,
      beyondLimitMwh,
    },
  };
}

/** A home's periods while assets change them. */
interface Meter {
  readonly consumed: bigint[];
  readonly produced: bigint[];
  readonly importLimitMwh: bigint | undefined;
  readonly series: CommunitySeries;
  readonly prices: readonly PeriodPrices[];
}

/** What the connection lets in beside what the home takes already; `undefined` without a limit. */
function roomFor({ consumed, produced, importLimitMwh }: Meter, period: number): bigint | undefined {
  if (importLimitMwh === undefined) return undefined;
  return excess(importLimitMwh + (produced[period] ?? 0n), consumed[period] ?? 0n);
}

/** Energy of the grid in a period, with its fee: units for 150 Wh. */
const costOf = ({ prices }: Meter, period: number): bigint =>
  (prices[period]?.tariff ?? 0n) + (prices[period]?.gridFee ?? 0n);

function chargeCar(car: Car, meter: Meter): { charged: bigint; missed: bigint } {
  const most = energyOver(car.powerW, meter.series.periodSeconds);
  let [charged, missed] = [0n, 0n];
  for (const window of windowsOf(car, meter.series)) {
    const order =
      car.when === 'first'
        ? window
        : [...window].sort((a, b) =>
            costOf(meter, a) < costOf(meter, b) ? -1 : costOf(meter, a) > costOf(meter, b) ? 1 : a - b,
          );
    let left = car.energyMwh;
    for (const period of order) {
      const room = roomFor(meter, period);
      const energy = smaller(left, room === undefined ? most : smaller(most, room));
      meter.consumed[period] = (meter.consumed[period] ?? 0n) + energy;
      charged += energy;
      left -= energy;
      if (left === 0n) break;
    }
    missed += left;
  }
  return { charged, missed };
}

/** Periods of each window: those that follow each other in its hours, of a window that begins on one of its days. */
function windowsOf({ window }: Car, { periods }: CommunitySeries): number[][] {
  const windows: number[][] = [];
  let open: number[] | undefined;
  let isInside = false;
  periods.forEach(({ label, date }, index) => {
    const moment = { date, minuteOfDay: minuteOf(label) };
    const wasInside = isInside;
    isInside = holdsAt({ hours: window.hours }, moment);
    if (!isInside) return;
    // A window that is open when the series begins is not whole, and nobody knows what was charged in it before.
    if (moment.minuteOfDay === window.hours[0] || (!wasInside && index > 0)) {
      open = holdsAt({ days: window.days }, moment) ? [] : undefined;
      if (open !== undefined) windows.push(open);
    } else if (!wasInside) open = undefined;
    open?.push(index);
  });
  return windows;
}

function runBattery(
  battery: Battery,
  meter: Meter,
): { charged: bigint; discharged: bigint; lost: bigint; stored: bigint } {
  const most = energyOver(battery.powerW, meter.series.periodSeconds);
  let [charged, discharged, lost, stored] = [0n, 0n, 0n, battery.startMwh];
  for (let period = 0; period < meter.consumed.length; period += 1) {
    const net = (meter.consumed[period] ?? 0n) - (meter.produced[period] ?? 0n);
    const { isCheap, isDear } = signalOf(battery, meter, period);
    // What can be taken without more than the capacity being stored.
    const free = ((battery.capacityMwh - stored) * MILLION) / battery.efficiency;
    const surplus = excess(-net, 0n);
    const room = roomFor(meter, period);
    const wanted = isCheap ? (room === undefined ? most : smaller(most, room)) : surplus;
    const charge = smaller(smaller(wanted, most), free);
    if (charge > 0n) {
      const kept = (charge * battery.efficiency) / MILLION;
      meter.consumed[period] = (meter.consumed[period] ?? 0n) + charge;
      charged += charge;
      stored += kept;
      lost += charge - kept;
    } else if (isDear && net > 0n) {
      const discharge = smaller(smaller(net, most), stored);
      meter.produced[period] = (meter.produced[period] ?? 0n) + discharge;
      discharged += discharge;
      stored -= discharge;
    }
  }
  return { charged, discharged, lost, stored };
}

function signalOf(
  { signal }: Battery,
  meter: Meter,
  period: number,
): { readonly isCheap: boolean; readonly isDear: boolean } {
  if (signal === undefined) return { isCheap: false, isDear: true };
  // Prices are for 150 Wh, three twentieths of a kilowatt-hour.
  const cost = costOf(meter, period) * 20n;
  return { isCheap: cost <= signal.chargeBelow * 3n, isDear: cost >= signal.dischargeAbove * 3n };
}
