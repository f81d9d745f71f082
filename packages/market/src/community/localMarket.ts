import { type Address, type Log, parseEventLogs, type RpcLog } from 'viem';
import { callAuctionAbi, communityRegistryAbi, gridAbi, peerChoiceAbi } from '../contracts/communityGenerated.js';
import type { Bill, LocalTrades, MemberPeriod } from '../mechanism/common/bills.js';
import type { PriceBand, PriceFraction } from '../mechanism/common/price.js';
import { dynamicCoefficientBills, staticCoefficientBills } from '../mechanism/pools/coefficients.js';
import { midMarketBills } from '../mechanism/pools/midMarket.js';
import { supplyDemandBills } from '../mechanism/pools/supplyDemandRatio.js';
import { ACT_KINDS, actFields, fillFields } from '../orders/orderActs.js';

/** What markets on the shared accounts, the community's registry and the grid tell. */
const EVENTS_ABI = [...callAuctionAbi, ...peerChoiceAbi, ...communityRegistryAbi, ...gridAbi].filter(
  (item) => item.type === 'event',
);

/** A home that takes part. Money units of the community's currency. */
export interface LocalMember {
  readonly owner: Address;
  /** What it has paid so far less what it has got, in all that is settled. */
  readonly billed: bigint;
}

/** An order that stands; the most that a bid pays, the least that an ask takes, money units for 150 Wh. */
export interface LocalOrder {
  /** Place of the member, from 0. */
  readonly member: number;
  readonly side: 'bid' | 'ask';
  readonly energyMwh: bigint;
  readonly price: bigint;
}

/** What a meter showed after the home's own use, mWh; one of the two is 0. */
export interface LocalEnergy {
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
}

/** A period of a market as far as it is known; lists are in the order of the members. */
export interface LocalPeriod {
  readonly start: bigint;
  /** In the order in which they came, without those that were taken back. */
  readonly orders: readonly LocalOrder[];
  /** What members traded with each other by what the market told; `undefined` where it has told nothing, as pools do. */
  readonly trades: readonly LocalTrades[] | undefined;
  /** `undefined` for a meter that has not reported. */
  readonly energies: readonly (LocalEnergy | undefined)[];
}

/** A tariff from a moment of market time on. */
export interface LocalTariff extends PriceBand {
  readonly from: bigint;
}

/** A community's market as its events tell it. */
export interface LocalMarket {
  readonly members: readonly LocalMember[];
  /** By their starts, in the order of time. */
  readonly periods: readonly LocalPeriod[];
  readonly tariffs: readonly LocalTariff[];
  /** Market time up to which all is settled; `undefined` before the first settlement. */
  readonly settledUntil: bigint | undefined;
}

/** A period that is being put together. */
interface Draft {
  readonly acts: (LocalOrder | undefined)[];
  fills: readonly bigint[] | undefined;
  supplied: { buyer: Address; seller: Address; energyMwh: bigint; amount: bigint }[];
  readonly energies: Map<string, LocalEnergy>;
}

/**
 * Puts together what a market's events tell.
 * @param logs of the market, the registry and the grid, in their order; other events are left out
 * @param first the tariff in force from the beginning on, which no event tells
 * @param periodSeconds length of a period
 */
export function localMarketOf(
  logs: readonly (Log | RpcLog)[],
  first: LocalTariff | undefined,
  periodSeconds: bigint,
): LocalMarket {
  const members: { owner: Address; meter: string; billed: bigint }[] = [];
  const drafts = new Map<bigint, Draft>();
  const tariffs = first === undefined ? [] : [first];
  let settledUntil: bigint | undefined;
  const draftOf = (start: bigint): Draft => {
    const known = drafts.get(start);
    if (known !== undefined) return known;
    const draft: Draft = { acts: [], fills: undefined, supplied: [], energies: new Map() };
    drafts.set(start, draft);
    return draft;
  };
  for (const { eventName, args } of parseEventLogs({ abi: EVENTS_ABI, logs: [...logs], strict: true })) {
    switch (eventName) {
      case 'Joined':
        members[Number(args.number) - 1] = { owner: args.owner, meter: args.meter, billed: 0n };
        break;
      case 'TariffPosted':
        tariffs.push({ from: args.from, tariff: args.tariff, feedIn: args.feedIn });
        break;
      case 'Posted':
        takeAct(draftOf(actFields(args.act).number * periodSeconds), args.act);
        break;
      case 'Cleared':
        draftOf(args.periodStart).fills = args.fills;
        break;
      case 'Supplied':
        draftOf(args.periodStart).supplied.push(args);
        break;
      case 'ReadingsReported':
        args.readings.forEach((word, index) => {
          draftOf(args.from + BigInt(index) * periodSeconds).energies.set(args.meter, energyOf(word));
        });
        break;
      case 'Settled':
        settledUntil = args.until;
        args.changes.forEach((change, place) => {
          const member = members[place];
          if (member !== undefined) member.billed -= change;
        });
        break;
    }
  }
  const starts = [...drafts.keys()].sort((a, b) => (a < b ? -1 : 1));
  return {
    members: members.map(({ owner, billed }) => ({ owner, billed })),
    periods: starts.map((start) => {
      const { acts, fills, supplied, energies } = draftOf(start);
      return {
        start,
        orders: acts.filter((order) => order !== undefined),
        trades: fills === undefined ? suppliedTrades(members, supplied) : filledTrades(members, fills),
        energies: members.map(({ meter }) => energies.get(meter)),
      };
    }),
    tariffs,
    settledUntil,
  };
}

/** An act by its place; what it takes back stands no more. */
function takeAct({ acts }: Draft, word: bigint): void {
  const { member, kind, about, energyMwh, price } = actFields(word);
  if (kind === ACT_KINDS.cancel) acts[Number(about)] = undefined;
  const side = kind === ACT_KINDS.bid ? 'bid' : kind === ACT_KINDS.ask ? 'ask' : undefined;
  acts.push(side === undefined ? undefined : { member: Number(member) - 1, side, energyMwh, price });
}

/** A reading as the registry takes it: produced in bits 64 to 127, consumed below. */
function energyOf(word: bigint): LocalEnergy {
  const [produced, consumed] = [word >> 64n, word & ((1n << 64n) - 1n)];
  return consumed > produced
    ? { needMwh: consumed - produced, surplusMwh: 0n }
    : { needMwh: 0n, surplusMwh: produced - consumed };
}

const noTrades = () => ({ boughtMwh: 0n, soldMwh: 0n, paidToNeighbours: 0n, gotFromNeighbours: 0n });

function filledTrades(members: readonly unknown[], fills: readonly bigint[]): LocalTrades[] {
  const trades = members.map(noTrades);
  for (const word of fills) {
    const { member, kind, energyMwh, amount } = fillFields(word);
    const own = trades[Number(member) - 1];
    if (own === undefined) continue;
    if (kind === ACT_KINDS.bid) {
      own.boughtMwh += energyMwh;
      own.paidToNeighbours += amount;
    } else if (kind === ACT_KINDS.ask) {
      own.soldMwh += energyMwh;
      own.gotFromNeighbours += amount;
    }
  }
  return trades;
}

function suppliedTrades(
  members: readonly { readonly owner: Address }[],
  supplied: Draft['supplied'],
): LocalTrades[] | undefined {
  if (supplied.length === 0) return undefined;
  const trades = members.map(noTrades);
  const of = (owner: Address) => trades[members.findIndex((member) => member.owner === owner)];
  for (const { buyer, seller, energyMwh, amount } of supplied) {
    const [bought, sold] = [of(buyer), of(seller)];
    if (bought === undefined || sold === undefined) continue;
    bought.boughtMwh += energyMwh;
    bought.paidToNeighbours += amount;
    sold.soldMwh += energyMwh;
    sold.gotFromNeighbours += amount;
  }
  return trades;
}

/** The tariff in force when a period begins. */
export function tariffAt({ tariffs }: LocalMarket, start: bigint): LocalTariff | undefined {
  return tariffs.findLast(({ from }) => from <= start);
}

/** How a pool shares, as `poolRules` of the contract answers. */
export interface PoolTerms {
  /** 0 mid-market rate, 1 supply-demand ratio, 2 bill sharing, 3 static and 4 dynamic coefficients. */
  readonly rule: number;
  readonly localBps: bigint;
  readonly coefficients: readonly bigint[];
}

/**
 * What members of a pool trade with each other in a period that all meters have reported, by the rule that its contract settles it by;
 * `undefined` where that is not known, and for bill sharing, which has no trades.
 */
export function poolTrades(
  { members }: LocalMarket,
  { start, energies }: LocalPeriod,
  band: PriceBand | undefined,
  { rule, localBps, coefficients }: PoolTerms,
): readonly Bill[] | undefined {
  if (band === undefined || energies.length === 0 || energies.some((energy) => energy === undefined)) return undefined;
  const period: MemberPeriod = {
    periodStart: start,
    members: members.map(({ owner }, place) => ({
      owner: owner.toLowerCase() as Address,
      ...(energies[place] as LocalEnergy),
    })),
  };
  const { tariff, feedIn } = band;
  const price: PriceFraction = { numerator: feedIn * WHOLE_BPS + (tariff - feedIn) * localBps, denominator: WHOLE_BPS };
  switch (rule) {
    case 0:
      return midMarketBills(period, band);
    case 1:
      return supplyDemandBills(period, band);
    case 3:
      return staticCoefficientBills(period, band, price, sharesOf(coefficients, members.length));
    case 4:
      return dynamicCoefficientBills(period, band, price);
    default:
      return undefined;
  }
}

const WHOLE_BPS = 10_000n;

const sharesOf = (coefficients: readonly bigint[], size: number) =>
  Array.from({ length: size }, (_, place) => (coefficients.length === 0 ? 1n : (coefficients[place] ?? 0n)));

/** What was metered as orders: in markets without orders a need counts at the tariff, a surplus at the feed-in price. */
export function meteredOrders({ energies }: LocalPeriod, band: PriceBand | undefined): LocalOrder[] {
  if (band === undefined) return [];
  return energies.flatMap((energy, member): LocalOrder[] => {
    if (energy === undefined) return [];
    const { needMwh, surplusMwh } = energy;
    if (needMwh > 0n) return [{ member, side: 'bid', energyMwh: needMwh, price: band.tariff }];
    return surplusMwh > 0n ? [{ member, side: 'ask', energyMwh: surplusMwh, price: band.feedIn }] : [];
  });
}

/** A step of a curve: its price from where the one before it ends to `untilMwh`. */
export interface CurveStep {
  readonly untilMwh: bigint;
  readonly price: bigint;
}

/** The curve of one side: bids from the dearest, asks from the cheapest, energies added up. */
export function curveOf(orders: readonly LocalOrder[], side: LocalOrder['side']): CurveStep[] {
  const inOrder = orders
    .filter((order) => order.side === side && order.energyMwh > 0n)
    .sort((a, b) => (a.price === b.price ? 0 : a.price < b.price === (side === 'ask') ? -1 : 1));
  let untilMwh = 0n;
  return inOrder.map(({ energyMwh, price }) => {
    untilMwh += energyMwh;
    return { untilMwh, price };
  });
}

/** What neighbours traded together; mean prices in money units for a kilowatt-hour, rounded down, where there is any energy. */
export interface LocalTotals {
  readonly tradedMwh: bigint;
  readonly buyersPay: bigint | undefined;
  readonly sellersGet: bigint | undefined;
}

export function localTotals(trades: readonly LocalTrades[]): LocalTotals {
  const sum = (of: (trade: LocalTrades) => bigint) => trades.reduce((total, trade) => total + of(trade), 0n);
  const [bought, sold] = [sum(({ boughtMwh }) => boughtMwh), sum(({ soldMwh }) => soldMwh)];
  const perKwh = (amount: bigint, mwh: bigint) => (mwh === 0n ? undefined : (amount * MWH_PER_KWH) / mwh);
  return {
    tradedMwh: sold,
    buyersPay: perKwh(
      sum(({ paidToNeighbours }) => paidToNeighbours),
      bought,
    ),
    sellersGet: perKwh(
      sum(({ gotFromNeighbours }) => gotFromNeighbours),
      sold,
    ),
  };
}

const MWH_PER_KWH = 1_000_000n;
