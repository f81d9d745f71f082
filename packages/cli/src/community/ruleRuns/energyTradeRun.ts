import { type Address, type Log, parseAddress } from '@wattchain/core';
import {
  acceptances,
  COMMUNITY_ADDRESSES,
  deployCommunity,
  ENERGY_TRADE_ADDRESS,
  type GenesisContractJson,
  honestSheet,
  MAX_TRADES_TO_SETTLE,
  priceParam,
  type RuleOutcome,
  SETTLEMENTS,
} from '@wattchain/market';
import { BLOCK_GAS, type ChainContract, type CommunityChain, eventsOf } from '../chain.js';
import { balancesOf, blockTimeOf, endOf, registerMeters, reportReadings, requireConserved } from './community.js';
import { contractAt } from './communityMarketRun.js';
import { councilRules, NOTICE_SECONDS, registryRules } from './genesis.js';
import { meterOf, type OnChain, type ReadView, type RuleRun, type RuleRunContext } from './ruleRun.js';

/** Offers close so long before their period. */
const GATE_SECONDS = 3_600n;
/** Longest that a trade waits for its readings. */
const SPAN_SECONDS = 7n * 86_400n;
/** Gas of an offer and of an acceptance at most. */
const ACT_GAS = 500_000;

/** The terms of an offer as an acceptance names them. */
interface Terms {
  readonly offerId: bigint;
  readonly seller: Address;
  readonly meter: string;
  readonly periodStart: bigint;
  readonly price: bigint;
  readonly gridPrice: bigint;
  readonly acceptUntil: bigint;
  readonly settleBy: bigint;
}

/**
 * The paper's market with a bond and both meters: sellers offer the surplus of each period, buyers accept, the gateway reports and
 * settles. Its money is the community's; the supplier's part is not its business.
 */
export class EnergyTradeRun implements RuleRun {
  readonly market: ChainContract = contractAt('EnergyTrade', ENERGY_TRADE_ADDRESS);
  readonly settlementBlocks = 2;
  readonly mostPeriods = Number.POSITIVE_INFINITY;
  readonly notes = [
    'The contract moves the money between neighbours; what each home buys from and sells to the supplier beside it is computed beside the chain.',
  ];
  readonly #money = contractAt('CommunityMoney', COMMUNITY_ADDRESSES.moneyAddress);
  readonly registry: ChainContract = contractAt('CommunityRegistry', COMMUNITY_ADDRESSES.registryAddress);
  readonly #funds: readonly bigint[];
  readonly #gridPrice: bigint;
  /** Of batches that are open, by their first periods. */
  readonly #agreed = new Map<
    number,
    { readonly offers: ReadonlyMap<string, Terms>; readonly trades: readonly bigint[] }
  >();
  /** Of periods whose trades are agreed. */
  readonly #periodOfTrade = new Map<bigint, bigint>();

  constructor(private readonly context: RuleRunContext) {
    const { periods } = context.community;
    this.#gridPrice = periods.prices.reduce((most, { tariff }) => (tariff > most ? tariff : most), 1n);
    this.#funds = periods.owners.map((_, home) => this.#worstOf(home));
  }

  /** All that a home's trades and bonds can need at once. */
  #worstOf(home: number): bigint {
    let energy = 0n;
    for (const { needMwh, surplusMwh } of this.context.community.periods.ofHome(home)) energy += needMwh + surplusMwh;
    return energy * (this.#gridPrice / 150_000n + 1n);
  }

  contracts(): readonly GenesisContractJson[] {
    const { community, roles } = this.context;
    return deployCommunity({
      council: councilRules(this.context),
      registry: registryRules(this.context),
      supplier: roles.supplier.address,
      gridOperator: roles.gridOperator.address,
      money: { issuer: roles.issuer.address, symbol: community.facts.currency },
      grid: { noticeSeconds: NOTICE_SECONDS, first: community.periods.pricesAt(0) },
      others: [
        {
          contract: 'EnergyTrade',
          address: this.market.address,
          args: [
            COMMUNITY_ADDRESSES.moneyAddress,
            COMMUNITY_ADDRESSES.registryAddress,
            COMMUNITY_ADDRESSES.councilAddress,
            {
              settlement: SETTLEMENTS.indexOf('proRata'),
              bonds: true,
              gridPrice: this.#gridPrice,
              smallestAcceptanceMwh: 1n,
              longestSpanSeconds: SPAN_SECONDS,
              gateSeconds: GATE_SECONDS,
              offerLeadSeconds: NOTICE_SECONDS,
            },
          ],
        },
      ],
    });
  }

  async setUp(chain: CommunityChain): Promise<void> {
    const { community, roles } = this.context;
    registerMeters(chain, this.registry, this.context);
    community.homes.forEach(({ address }, home) => {
      chain.send(roles.issuer, this.#money, 'mint', [address, this.#funds[home] ?? 0n]);
    });
    await chain.seal(0n);
    community.homes.forEach((home, index) => {
      chain.send(home, this.#money, 'approve', [this.market.address, this.#funds[index] ?? 0n]);
    });
    await chain.seal(0n);
  }

  async open(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { start } = this.context.community.periods.described(first);
    const offers = await this.#offer(chain, first, count, blockTimeOf(this.context, start) - 2n * GATE_SECONDS);
    this.#agreed.set(first, { offers, trades: await this.#accept(chain, first, count, offers) });
  }

  async play(chain: CommunityChain, first: number, count: number): Promise<void> {
    const { community, roles } = this.context;
    const { offers = new Map<string, Terms>(), trades = [] } = this.#agreed.get(first) ?? {};
    this.#agreed.delete(first);
    reportReadings(chain, this.registry, this.context, { first, count });
    await chain.seal(blockTimeOf(this.context, endOf(community, first + count - 1)));
    for (let at = 0; at < trades.length; at += MAX_TRADES_TO_SETTLE)
      chain.send(roles.gateway, this.market, 'settle', [trades.slice(at, at + MAX_TRADES_TO_SETTLE)], BLOCK_GAS);
    await chain.seal(0n);
    await this.#takeBack(chain, offers);
  }

  /** Every home offers what it states of each period; the terms by period and seller. */
  async #offer(chain: CommunityChain, first: number, count: number, at: bigint): Promise<Map<string, Terms>> {
    const { community, params } = this.context;
    const priceOf = priceParam(params, 'price');
    const byOwner = new Map(community.homes.map((home) => [home.address, home]));
    for (let period = first; period < first + count; period++) {
      const one = community.periods.at(period);
      const { numerator, denominator } = priceOf(one.prices);
      const price = numerator / denominator;
      const acceptUntil = blockTimeOf(this.context, one.periodStart) - GATE_SECONDS;
      for (const ask of honestSheet(one, community.agents).asks) {
        const seller = byOwner.get(ask.owner);
        if (seller === undefined || ask.price > price) continue;
        const meter = meterOf(ask.owner);
        const settleBy = acceptUntil + SPAN_SECONDS / 2n;
        const args = [meter, one.periodStart, ask.energyMwh, price, this.#gridPrice, acceptUntil, settleBy];
        chain.send(seller, this.market, 'offer', args, ACT_GAS);
      }
    }
    const included = await chain.seal(at);
    const terms = included.flatMap(({ receipt }) => eventsOf<Terms>(this.market, 'Offered', receipt.logs));
    return new Map(terms.map((one) => [`${one.periodStart} ${one.seller.toLowerCase()}`, one]));
  }

  /** Every buyer takes what it needs from what is on offer, in its turn; numbers of the trades. */
  async #accept(
    chain: CommunityChain,
    first: number,
    count: number,
    offers: ReadonlyMap<string, Terms>,
  ): Promise<bigint[]> {
    const { community, params } = this.context;
    const byOwner = new Map(community.homes.map((home) => [home.address, home]));
    for (let period = first; period < first + count; period++) {
      const one = community.periods.at(period);
      for (const { seller, buyer, energyMwh } of acceptances(one, community.agents, params)) {
        const [from, terms] = [byOwner.get(buyer), offers.get(`${one.periodStart} ${seller}`)];
        if (from === undefined || terms === undefined) continue;
        const { offerId, meter, periodStart, price, gridPrice, acceptUntil, settleBy } = terms;
        const named = { offerId, seller, meter, periodStart, price, gridPrice, acceptUntil, settleBy };
        chain.send(from, this.market, 'accept', [named, energyMwh, meterOf(buyer)], ACT_GAS);
      }
    }
    const included = await chain.seal(0n);
    return included.flatMap(({ receipt }) =>
      eventsOf<{ tradeId: bigint }>(this.market, 'Accepted', receipt.logs).map(({ tradeId }) => tradeId),
    );
  }

  /** The bond of what nobody took comes back when the offer is cancelled. */
  async #takeBack(chain: CommunityChain, offers: ReadonlyMap<string, Terms>): Promise<void> {
    const byOwner = new Map(this.context.community.homes.map((home) => [home.address, home]));
    for (const { offerId, seller, meter, periodStart, price } of offers.values()) {
      const owner = byOwner.get(parseAddress(seller));
      const [, , remainingMwh] = chain.read<readonly [unknown, bigint, bigint]>(this.market, 'offers', [offerId]);
      if (owner === undefined || remainingMwh === 0n) continue;
      chain.send(owner, this.market, 'cancelOffer', [offerId, meter, periodStart, price], ACT_GAS);
    }
    await chain.seal(0n);
  }

  audit(read: ReadView): void {
    const owners = [...this.context.community.homes.map(({ address }) => address), this.market.address];
    const held = balancesOf(read, this.#money, owners).reduce((sum, units) => sum + units, 0n);
    requireConserved(read<bigint>(this.#money, 'totalSupply'), held);
  }

  compare(read: ReadView, { bills }: RuleOutcome): OnChain {
    const owners = this.context.community.homes.map(({ address }) => address);
    return {
      what: 'paid to neighbours less got from them',
      paid: balancesOf(read, this.#money, owners).map((balance, home) => (this.#funds[home] ?? 0n) - balance),
      billed: bills.map(({ paidToNeighbours, gotFromNeighbours }) => paidToNeighbours - gotFromNeighbours),
    };
  }

  periodsOf(logs: readonly Log[]): readonly bigint[] {
    const agreed = eventsOf<{ tradeId: bigint; periodStart: bigint }>(this.market, 'Accepted', logs);
    for (const { tradeId, periodStart } of agreed) this.#periodOfTrade.set(tradeId, periodStart);
    return eventsOf<{ tradeId: bigint }>(this.market, 'Settled', logs).flatMap(({ tradeId }) => {
      const period = this.#periodOfTrade.get(tradeId);
      this.#periodOfTrade.delete(tradeId);
      return period === undefined ? [] : [period];
    });
  }
}
