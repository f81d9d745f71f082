/** Random communities: everything that the market rules can be asked about. */
import type { Address } from '@wattchain/core';
import type {
  AllowanceTerms,
  BaselineDay,
  BookAct,
  FlexibilityPromise,
  FlexibilityTerms,
  Member,
  Order,
  PeerBuyer,
  PeerSeller,
  PriceBand,
  PricedPeriod,
  PriceFraction,
} from '@wattchain/market';
import { Random } from '../days/random.js';

/** What is asked. The periods have the same members; their bands may differ, and bill sharing takes the first. */
export interface Community {
  readonly periodStart: bigint;
  readonly bids: readonly Order[];
  readonly asks: readonly Order[];
  readonly acts: readonly BookAct[];
  readonly sellers: readonly PeerSeller[];
  readonly buyers: readonly PeerBuyer[];
  readonly periods: readonly PricedPeriod[];
  readonly localPrice: PriceFraction;
  readonly coefficients: readonly bigint[];
  readonly terms: AllowanceTerms;
  readonly widthMwh: bigint;
  /** In the order of the members. */
  readonly balances: readonly bigint[];
  readonly ratioBps: bigint;
  readonly hostActs: readonly HostAct[];
  readonly production: Production;
  readonly flexibility: Flexibility;
}

/** What a host, or who has its units, does while a rate is in force and another one may be confirmed. */
export interface HostAct {
  readonly name: 'lock' | 'mint' | 'unlock' | 'redeem' | 'liquidate';
  readonly amount: bigint;
  readonly rateWei: bigint;
  readonly nextRateWei: bigint;
}

/** What a meter produced, from `start` on, in whole hours. */
export interface Production {
  readonly start: bigint;
  readonly resolutionSeconds: bigint;
  readonly remainderMwh: bigint;
  readonly produced: readonly (bigint | undefined)[];
}

export type Flexibility = FlexibilityTerms & {
  readonly promises: readonly FlexibilityPromise[];
  readonly days: readonly BaselineDay[];
};

/** The community of a number; the same seeds give the same one. */
export function randomCommunity(seed: number, number: number): Community {
  return new Maker(new Random(seed, number)).community();
}

class Maker {
  /** Small figures meet and tie, large ones are as in life; of small energies at small prices all money would be 0. */
  readonly #small: 'energies' | 'prices' | 'nothing';

  constructor(readonly random: Random) {
    this.#small = random.oneOf(['energies', 'prices', 'nothing']);
  }

  community(): Community {
    const { random } = this;
    const members = this.#owners(1 + random.below(7));
    const periods = this.#many(1 + random.below(3), () => this.#period(members));
    const [sellers, buyers] = [this.#owners(random.below(5)), this.#owners(random.below(5))];
    return {
      periodStart: this.#start(),
      // Dearer than the asks on the whole, so that many meet.
      bids: this.#orders().map((order) => ({ ...order, price: order.price + this.#price() })),
      asks: this.#orders(),
      acts: this.#acts(random.below(9)),
      sellers: sellers.map((owner) => this.#seller(owner, buyers)),
      buyers: buyers.map((owner) => this.#buyer(owner, sellers)),
      periods,
      localPrice: { numerator: this.#price(), denominator: random.between(1n, 3n) },
      coefficients: members.map((_, index) => (index === 0 ? 1n : random.between(0n, 9n))),
      terms: this.#terms(members),
      widthMwh: random.between(1n, this.#small === 'energies' ? 60n : 20_000_000n),
      balances: members.map(() => this.#energy()),
      ratioBps: random.between(10_000n, 20_000n),
      hostActs: this.#hostActs(),
      production: this.#production(),
      flexibility: this.#flexibility(),
    };
  }

  #many<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  /** Different ones. */
  #owners(count: number): Address[] {
    const first = this.random.between(1n, 10n ** 30n);
    return Array.from(
      { length: count },
      (_, index): Address => `0x${(first + BigInt(index)).toString(16).padStart(40, '0')}`,
    );
  }

  #start(): bigint {
    return this.random.between(0n, 2n ** 33n) * 900n;
  }

  #energy(): bigint {
    return this.random.between(0n, this.#small === 'energies' ? 12n : 9_000_000n);
  }

  #price(): bigint {
    if (this.#small === 'prices') return this.random.between(0n, 6n);
    return this.random.oneIn(2) ? this.random.between(0n, 4n) * 10n ** 16n : this.random.between(0n, 10n ** 17n);
  }

  #band(): PriceBand {
    const [a, b] = [this.#price(), this.#price()];
    return a < b ? { tariff: b, feedIn: a } : { tariff: a, feedIn: b };
  }

  #order(owner: Address): Order {
    return { owner, energyMwh: this.#energy() + 1n, price: this.#price() };
  }

  /** Now and then two of one owner. */
  #orders(): Order[] {
    const owners = this.#owners(this.random.below(8));
    const [first] = owners;
    return (first !== undefined && this.random.oneIn(3) ? [...owners, first] : owners).map((owner) =>
      this.#order(owner),
    );
  }

  #acts(count: number): BookAct[] {
    const acts: BookAct[] = [];
    const placed: number[] = [];
    for (const owner of this.#owners(count)) {
      const number = this.random.oneIn(5) ? this.random.pick(placed) : undefined;
      if (number === undefined) placed.push(acts.length);
      acts.push(
        number === undefined
          ? { side: this.random.oneOf(['bid', 'ask']), place: this.#order(owner) }
          : { cancel: number },
      );
    }
    return acts;
  }

  #seller(owner: Address, buyers: readonly Address[]): PeerSeller {
    const reservedFor = this.random.oneIn(4) ? buyers.filter(() => this.random.oneIn(2)) : [];
    return { owner, surplusMwh: this.#energy(), price: this.#price(), reservedFor };
  }

  #buyer(owner: Address, sellers: readonly Address[]): PeerBuyer {
    const ranks = this.#many(this.random.below(4), () => {
      const chosen = sellers.filter(() => this.random.oneIn(2));
      const full = 10_000 / Math.max(1, chosen.length);
      return chosen.map((seller) => ({
        seller,
        shareBps: this.random.oneIn(3) ? this.random.below(Math.floor(full)) : Math.floor(full),
        maxPrice: this.#price() + this.#price(),
      }));
    });
    return { owner, needMwh: this.#energy(), ranks };
  }

  #period(owners: readonly Address[]): PricedPeriod {
    const members = owners.map((owner): Member => {
      const energyMwh = this.random.oneIn(5) ? 0n : this.#energy();
      const isBuyer = this.random.oneIn(2);
      return { owner, needMwh: isBuyer ? energyMwh : 0n, surplusMwh: isBuyer ? 0n : energyMwh };
    });
    return { periodStart: this.#start(), members, band: this.#band() };
  }

  /** Rates move far, so that bonds break; amounts are near to what there is. */
  #hostActs(): HostAct[] {
    const { random } = this;
    const isSmall = this.#small === 'energies';
    const unit = isSmall ? 1n : 10n ** 15n;
    let rateWei = isSmall ? 10n ** 18n : random.between(1n, 10n ** 18n);
    const lock = { name: 'lock', amount: random.between(20n, 60n) * unit, rateWei, nextRateWei: 0n } as const;
    const acts = this.#many(4 + random.below(9), (): HostAct => {
      if (random.oneIn(3)) rateWei = (rateWei * random.between(50n, 250n)) / 100n + 1n;
      const name = random.oneOf<HostAct['name']>(['lock', 'mint', 'mint', 'redeem', 'redeem', 'unlock', 'liquidate']);
      const amount = random.between(0n, name === 'mint' ? 30n : 10n) * unit + random.between(0n, 2n);
      return { name, amount, rateWei, nextRateWei: random.oneIn(4) ? rateWei * 2n : 0n };
    });
    return [lock, ...acts];
  }

  #production(): Production {
    const resolutionSeconds = this.random.oneOf([900n, 1_800n, 3_600n]);
    const periods = (1 + this.random.below(4)) * Number(3_600n / resolutionSeconds);
    const produced = this.#many(periods, () =>
      this.random.oneIn(8) ? undefined : this.random.between(0n, 3_000_000n),
    );
    const remainderMwh = this.random.between(0n, 999_999n);
    return { start: this.random.between(0n, 2n ** 20n) * 3_600n, resolutionSeconds, remainderMwh, produced };
  }

  #flexibility(): Flexibility {
    const { random } = this;
    const baselineDays = random.between(1n, 5n);
    const net = () => this.#energy() - this.#energy();
    const wantedMwh = this.#energy() + 1n;
    return {
      isMore: random.oneIn(2),
      wantedMwh,
      price: this.#price(),
      penaltyPrice: this.#price(),
      baselineDays,
      promises: this.#many(1 + random.below(5), () => ({
        promisedMwh: random.between(1n, wantedMwh),
        baselineSumMwh: net() * baselineDays + random.between(0n, baselineDays - 1n),
        netMwh: random.oneIn(6) ? undefined : net(),
      })),
      days: this.#many(random.below(8), () => ({ netMwh: net(), hasPromised: random.oneIn(4) })),
    };
  }

  #terms(owners: readonly Address[]): AllowanceTerms {
    const contracts = owners.map((owner) => ({
      owner,
      allowanceMwh: this.#energy() * 2n,
      calledMwh: this.random.oneIn(2) ? 0n : this.#energy(),
    }));
    return {
      contracts,
      price: this.#price(),
      cashBackPrice: this.#price(),
      serviceIncome: this.random.between(0n, 10n ** 18n),
      forecastMwh: contracts.reduce((sum, { allowanceMwh }) => sum + allowanceMwh, 0n),
    };
  }
}
