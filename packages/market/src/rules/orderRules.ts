import { clearMcAfee } from '../mechanism/auction/mcafee.js';
import { clearPayAsBid } from '../mechanism/auction/payAsBid.js';
import { clearUniform } from '../mechanism/auction/uniform.js';
import { billsWithSupplier, type LocalTrade, localOfClearing, localOfTrades } from '../mechanism/common/bills.js';
import type { Clearing, Order, OrderSheet } from '../mechanism/common/orders.js';
import { amountAt, type PriceFraction } from '../mechanism/common/price.js';
import { type BookAct, continuousBook } from '../mechanism/continuousBook.js';
import { honestSheet, orderSheet } from './agents.js';
import { billsOfDeviation } from './deviation.js';
import type { Agents, MarketPeriod } from './marketPeriods.js';
import type { MarketRule, RuleClaims, RuleInput, RuleParams } from './marketRule.js';
import { priceParam, wordParam } from './params.js';
import { type PeriodOutcome, settleByPeriod } from './spanBills.js';

/** A clearing with its prices, where there is one price a side. */
type PricedClearing = Clearing & {
  readonly buyPrice?: PriceFraction | undefined;
  readonly sellPrice?: PriceFraction | undefined;
};

/** Clears one sheet; what the contract CallAuction does by its parameter. */
export const CLEARINGS = {
  uniform: (sheet: OrderSheet): PricedClearing => {
    const clearing = clearUniform(sheet);
    return { ...clearing, buyPrice: clearing.price, sellPrice: clearing.price };
  },
  mcafee: (sheet: OrderSheet): PricedClearing => clearMcAfee(sheet),
  payAsBid: (sheet: OrderSheet): PricedClearing => clearPayAsBid(sheet),
} as const;

const AUCTION_CLAIMS: RuleClaims = {
  budgetBalance: 'yes',
  individualRationality: 'yes, to 1 unit of rounding',
  truthfulness: 'no',
  independenceOfArrival: 'yes',
};

const AUCTION = {
  company: 'Brooklyn Microgrid / TransActive Grid',
  contract: 'CallAuction',
  claims: AUCTION_CLAIMS,
  // Whether orders can be read before the gate closes: no matter to what the rule makes of them.
  defaults: { orders: 'open' },
} as const;

/** Call auction at one price. */
export const CALL_AUCTION_UNIFORM: MarketRule = {
  ...AUCTION,
  name: 'callAuction:uniform',
  title: 'call auction, one price',
  settle: (input) => auctioned(input, 'uniform'),
};

/** McAfee's call auction. */
export const CALL_AUCTION_MCAFEE: MarketRule = {
  ...AUCTION,
  name: 'callAuction:mcafee',
  title: 'call auction, McAfee',
  claims: {
    ...AUCTION_CLAIMS,
    budgetBalance: 'yes, with the fund',
    truthfulness: 'for orders of one size, one to an owner: yes; else no',
  },
  settle: (input) => auctioned(input, 'mcafee'),
};

/** Call auction in pairs. */
export const CALL_AUCTION_PAY_AS_BID: MarketRule = {
  ...AUCTION,
  name: 'callAuction:payAsBid',
  title: 'call auction, pay as bid',
  claims: { ...AUCTION_CLAIMS, individualRationality: 'yes, to 1 unit of rounding a pair' },
  settle: (input) => auctioned(input, 'payAsBid'),
};

function auctioned({ periods, agents, params }: RuleInput, kind: keyof typeof CLEARINGS) {
  wordParam(params, 'orders', ['open', 'sealed']);
  return settleByPeriod(periods, (period): PeriodOutcome => {
    const sheet = orderSheet(period, agents);
    const clearing = CLEARINGS[kind](sheet);
    const bills = billsOfDeviation(period, localOfClearing(period.members, sheet, clearing));
    const { toFund, buyPrice, sellPrice } = clearing;
    return { bills, toFund, buyPrice, sellPrice };
  });
}

/** Continuous double auction. */
export const CONTINUOUS_BOOK: MarketRule = {
  name: 'continuousBook',
  title: 'continuous book',
  company: 'power exchanges; gsy-e’s two-sided market',
  contract: 'ContinuousBook',
  claims: { budgetBalance: 'yes', individualRationality: 'yes', truthfulness: 'no', independenceOfArrival: 'no' },
  defaults: { arrival: 'sellersFirst' },
  settle: ({ periods, agents, params }) => {
    const arrival = wordParam(params, 'arrival', ['sellersFirst', 'buyersFirst']);
    return settleByPeriod(periods, (period) => {
      const { bids, asks } = orderSheet(period, agents);
      const trades = bookTrades(bookActs(bids, asks, arrival));
      return { bills: billsOfDeviation(period, localOfTrades(period.members, trades)) };
    });
  },
};

/** The acts of a period, home by home, one side after the other. */
export function bookActs(bids: readonly Order[], asks: readonly Order[], arrival: string): BookActs {
  const place = (orders: readonly Order[], side: 'bid' | 'ask') =>
    orders.map((order) => ({ place: order, side }) as const);
  const [first, second] = [place(asks, 'ask'), place(bids, 'bid')];
  return arrival === 'sellersFirst' ? [...first, ...second] : [...second, ...first];
}

/** Orders alone: nobody takes one back. */
export type BookActs = readonly Extract<BookAct, { readonly place: Order }>[];

function bookTrades(acts: BookActs): LocalTrade[] {
  return continuousBook(acts).trades.map(({ resting, incoming, energyMwh, amount }) => {
    const [one, other] = [acts[resting], acts[incoming]] as [BookActs[number], BookActs[number]];
    const [seller, buyer] = one.side === 'ask' ? [one, other] : [other, one];
    return { seller: seller.place.owner, buyer: buyer.place.owner, energyMwh, amount };
  });
}

/** The paper's trade: sellers offer at a price, buyers accept. */
export const ENERGY_TRADE: MarketRule = {
  name: 'energyTrade',
  title: 'offers and acceptances',
  company: 'Cali & Fifield 2019: the paper',
  contract: 'EnergyTrade',
  claims: { budgetBalance: 'yes', individualRationality: 'yes', truthfulness: 'no', independenceOfArrival: 'no' },
  defaults: { price: 'middle' },
  settle: ({ periods, agents, params }) =>
    settleByPeriod(periods, (period) => ({ bills: billsOfTrades(period, acceptances(period, agents, params)) })),
};

/**
 * What is accepted in a period: the homes with a need take, in their order, from the offers in the order of theirs, as the paper's
 * households do, where their limits allow. Every seller that takes the price or less offers at it, rounded down to a unit.
 */
export function acceptances(period: MarketPeriod, agents: Agents, params: RuleParams): LocalTrade[] {
  const { numerator, denominator } = priceParam(params, 'price')(period.prices);
  const price = numerator / denominator;
  const { bids, asks } = honestSheet(period, agents);
  const offers = asks.filter((ask) => ask.price <= price).map(({ owner, energyMwh }) => ({ owner, left: energyMwh }));
  const trades: LocalTrade[] = [];
  for (const bid of bids) {
    if (bid.price < price) continue;
    let open = bid.energyMwh;
    for (const offer of offers) {
      const energyMwh = offer.left < open ? offer.left : open;
      if (energyMwh === 0n) continue;
      open -= energyMwh;
      offer.left -= energyMwh;
      const amount = amountAt(energyMwh, { numerator: price, denominator: 1n });
      trades.push({ seller: offer.owner, buyer: bid.owner, energyMwh, amount });
    }
  }
  return trades;
}

/** Bills of trades between two, with the supplier's rest. */
export function billsOfTrades(period: MarketPeriod, trades: readonly LocalTrade[]) {
  return billsWithSupplier(period, localOfTrades(period.members, trades), period.prices);
}
