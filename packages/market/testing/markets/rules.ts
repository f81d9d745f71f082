/** What the rules make of a community, as the reference writes it: decimal texts, in the reference's names. */
import {
  actOnBond,
  type BaselinePeriod,
  type Bill,
  type BondAct,
  baselineSum,
  type Clearing,
  clearMcAfee,
  clearPayAsBid,
  clearUniform,
  continuousBook,
  dynamicCoefficientBills,
  feedInBill,
  type HostBook,
  issueCertificates,
  matchPeers,
  midMarketBills,
  netMeteringBill,
  type PricedPeriod,
  settleAllowances,
  settleCoins,
  settleFlexibility,
  sharedBills,
  staticCoefficientBills,
  supplyDemandBills,
  timeOfUseBill,
  totalOf,
} from '@wattchain/market';
import type { Community, HostAct, Production } from './community.js';

/** Values that JSON can hold, numbers as decimal texts. */
export type Texts = string | readonly Texts[] | { readonly [name: string]: Texts };

export function rulesOf(community: Community): Texts {
  const { periods, localPrice, coefficients, terms, widthMwh, flexibility } = community;
  const first = periods[0] as PricedPeriod;
  const balances = new Map(first.members.map(({ owner }, index) => [owner, community.balances[index] ?? 0n]));
  const fills = ({ bids, asks, toFund }: Clearing) => ({ bids, asks, toFund });
  return texts({
    uniform: fills(clearUniform(community)),
    mcafee: fills(clearMcAfee(community)),
    payAsBid: fills(clearPayAsBid(community)),
    continuousBook: continuousBook(community.acts),
    peerChoice: matchPeers(community),
    midMarket: midMarketBills(first, first.band),
    supplyDemandRatio: supplyDemandBills(first, first.band),
    billSharing: sharedBills(periods, first.band),
    dynamicCoefficients: dynamicCoefficientBills(first, first.band, localPrice),
    staticCoefficients: staticCoefficientBills(first, first.band, localPrice, coefficients),
    allowancePool: settleAllowances(periods, terms),
    mintPerKwh: settleCoins(first, first.band, widthMwh, balances),
    dualToken: bondOf(community),
    certificates: certificatesOf(community.production),
    flexibilityCall: {
      baselineSum: baselineSum(flexibility.days, flexibility.baselineDays),
      ...settleFlexibility(flexibility, flexibility.promises),
    },
    baselines: first.members.map((_, index) => baselinesOf(periods, index)),
  });
}

/** What every act leaves, or why it is refused. */
function bondOf({ hostActs, ratioBps }: Community): unknown[] {
  let book: HostBook = { bondWei: 0n, units: 0n };
  return hostActs.map(({ name, amount, rateWei, nextRateWei }) => {
    const result = actOnBond(book, bondAct(name, amount), { rateWei, nextRateWei, ratioBps });
    if (result.refusal !== undefined) return result.refusal;
    book = result.book;
    return { bondWei: book.bondWei, units: book.units, paidWei: result.paidWei };
  });
}

function bondAct(name: HostAct['name'], amount: bigint): BondAct {
  return name === 'liquidate' ? { liquidate: true } : ({ [name]: amount } as unknown as BondAct);
}

function certificatesOf({ start, resolutionSeconds, remainderMwh, produced }: Production): unknown {
  const periods = produced.map((producedMwh, index) => ({
    periodStart: start + BigInt(index) * resolutionSeconds,
    producedMwh,
  }));
  return issueCertificates(remainderMwh, periods, resolutionSeconds);
}

function baselinesOf(periods: readonly PricedPeriod[], index: number): Record<string, bigint> {
  const own = periods.map(({ members, band }): BaselinePeriod => {
    const { needMwh = 0n, surplusMwh = 0n } = members[index] ?? {};
    return { needMwh, surplusMwh, band };
  });
  const owner = periods[0]?.members[index]?.owner as Bill['owner'];
  return {
    feedIn: totalOf(feedInBill(owner, own)),
    netMetering: totalOf(netMeteringBill(owner, own)),
    timeOfUse: totalOf(timeOfUseBill(owner, own)),
  };
}

/** Numbers as decimal texts. */
export function texts(value: unknown): Texts {
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, texts(item)]));
  return String(value);
}

/** Where two of such values differ, with both; `undefined` where they are equal. */
export function differenceAt(ours: Texts | undefined, theirs: Texts | undefined, path = ''): string | undefined {
  if (typeof ours !== 'object' || typeof theirs !== 'object')
    return ours === theirs ? undefined : `${path}: the rules say ${show(ours)}, the reference ${show(theirs)}`;
  const [left, right] = [new Map(Object.entries(ours)), new Map(Object.entries(theirs))];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const found = differenceAt(left.get(name), right.get(name), path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const show = (value: Texts | undefined) => (value === undefined ? 'nothing' : JSON.stringify(value));
