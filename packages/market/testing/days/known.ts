/** What a day has come to hold, as those who act see it: the last snapshot in words of their own. */
import type { DayRules, Json, Snapshot } from './script.js';

export interface KnownOffer {
  readonly id: string;
  readonly seller: string;
  readonly meter: string;
  readonly start: bigint;
  readonly terms: Readonly<Record<string, string>>;
  readonly price: string;
  readonly acceptUntil: bigint;
  readonly settleBy: bigint;
  readonly remaining: bigint;
  /** 1 open … 5 period read. */
  readonly state: string;
}

export interface KnownTrade {
  readonly id: string;
  readonly offer: KnownOffer;
  readonly buyer: string;
  readonly meter: string;
  readonly energy: bigint;
  /** 1 awaiting a reading … 8 refunded. */
  readonly state: number;
}

export interface KnownMeter {
  readonly id: string;
  readonly household: string;
  readonly source: string;
  readonly isDevice: boolean;
  readonly rating: bigint;
  readonly number: bigint;
  readonly readUntil: bigint;
}

/** Another source of a meter that is announced. */
export interface KnownSource {
  readonly terms: readonly Json[];
  readonly announcedAt: bigint;
}

export interface KnownReading {
  readonly meter: string;
  readonly start: bigint;
  readonly produced: string;
  readonly consumed: string;
  readonly corrections: string;
  readonly finalFrom: bigint;
}

export interface KnownPayout {
  readonly id: string;
  readonly holder: string;
  readonly amount: string;
  readonly destination: string;
  readonly state: string;
  /** Seat of who marked it as paid. */
  readonly payer: string;
  readonly reference: string;
  readonly closesAt: bigint;
}

/** The world as a block left it, and the time of the next. */
export class Known {
  readonly rules: DayRules;
  readonly nowS: bigint;
  readonly #snapshot: Snapshot;

  constructor(rules: DayRules, snapshot: Snapshot, nowS: bigint) {
    this.rules = rules;
    this.#snapshot = snapshot;
    this.nowS = nowS;
  }

  get marketTime(): bigint {
    const time = this.nowS + BigInt(this.rules.registry.marketTimeOffset);
    return time > 0n ? time : 0n;
  }

  get resolution(): bigint {
    return BigInt(this.rules.registry.resolutionSeconds);
  }

  get notice(): bigint {
    return BigInt(this.rules.council.noticeSeconds);
  }

  values(key: string): readonly string[] {
    const value = this.#snapshot[key];
    return (Array.isArray(value) ? value : value === undefined ? [] : [value]) as readonly string[];
  }

  #below(prefix: string): [string[], readonly string[]][] {
    return Object.keys(this.#snapshot)
      .filter((key) => key.startsWith(prefix))
      .map((key) => [key.slice(prefix.length).split('.'), this.values(key)]);
  }

  tokens(person: string): bigint {
    return BigInt(this.values(`token.balance.${person}`)[0] ?? 0);
  }

  get members(): string[] {
    return this.#below('council.member.').map(([, [key = 'p1']]) => key);
  }

  get offers(): KnownOffer[] {
    return this.#below('trade.offer.').map(([[id = '1'], values]) => offerFrom(id, values));
  }

  get trades(): KnownTrade[] {
    const offers = new Map(this.offers.map((offer) => [offer.id, offer]));
    return this.#below('trade.trade.').flatMap(([[id = '1'], values]) => {
      const [offerId = '', buyer = '', meter = '', energy = '0', state = '0'] = values;
      const offer = offers.get(offerId);
      return offer ? [{ id, offer, buyer, meter, energy: BigInt(energy), state: Number(state) }] : [];
    });
  }

  get meters(): KnownMeter[] {
    return this.#below('registry.meter.').map(([[id = ''], values]) => {
      const [household = '', rating = '0', isDevice, source = '', number = '0', readUntil = '0'] = values;
      return {
        id,
        household,
        source,
        isDevice: Boolean(isDevice),
        rating: BigInt(rating),
        number: BigInt(number),
        readUntil: BigInt(readUntil),
      };
    });
  }

  get sources(): KnownSource[] {
    return this.#below('registry.announced.')
      .map(([[meter = '', source = '', isDevice, rating = '0'], [at = '0']]) => ({
        terms: [meter, source, isDevice === '1', rating],
        announcedAt: BigInt(at),
      }))
      .filter(({ announcedAt }) => announcedAt > 0n);
  }

  get readings(): KnownReading[] {
    return this.#below('registry.reading.').map(([[meter = '', start = '0'], values]) => {
      const [produced = '0', consumed = '0', reportedAt = '0', , corrections = '0'] = values;
      const finalFrom = BigInt(reportedAt) + BigInt(this.rules.registry.correctionSeconds);
      return { meter, start: BigInt(start), produced, consumed, corrections, finalFrom };
    });
  }

  get payouts(): KnownPayout[] {
    return this.#below('bank.payout.').map(([[id = ''], values]) => {
      const [holder = '', amount = '', destination = '', state = '', payer = '', reference = '', closesAt = '0'] =
        values;
      return { id, holder, amount, destination, state, payer, reference, closesAt: BigInt(closesAt) };
    });
  }

  /** Standing orders: id, holder, amount, destination, interval, due. */
  get orders(): (readonly string[])[] {
    return this.#below('bank.order.').map(([[id = ''], values]) => [id, ...values]);
  }

  /** Requests of key changes: old and new key, who asked, when, …, and the state last. */
  get keyChanges(): (readonly string[])[] {
    return this.#below('council.change.').map(([keys, values]) => [...keys, ...values]);
  }

  /** Ends of the times in which decisions can be objected to, later than now. */
  get notices(): bigint[] {
    const rates = BigInt(this.values('bank.pending')[2] ?? 0);
    const grid = BigInt(this.values('trade.gridPrice')[2] ?? 0);
    const sources = this.sources.map(({ announcedAt }) => announcedAt);
    const keys = this.keyChanges.map((change) => BigInt(change[3] ?? 0));
    const announced = [rates, grid, ...sources, ...keys].filter((at) => at > 0n).map((at) => at + this.notice);
    return [...announced, ...this.payouts.map(({ closesAt }) => closesAt)].filter((at) => at > this.nowS);
  }

  /** Moments of block time at which something changes, later than now. */
  get moments(): bigint[] {
    const open = this.trades.filter(({ state }) => state < 6);
    return [
      ...this.offers.slice(-2).map(({ acceptUntil }) => acceptUntil),
      ...open.map(({ offer }) => offer.settleBy),
      ...open.map(({ offer }) => offer.start + this.resolution - BigInt(this.rules.registry.marketTimeOffset)),
      ...this.readings.map(({ finalFrom }) => finalFrom),
      ...this.notices,
      ...this.notices.map((at) => at + this.notice),
    ].filter((at) => at > this.nowS);
  }
}

const TERMS = ['seller', 'meter', 'periodStart', 'price', 'gridPrice', 'acceptUntil', 'settleBy'] as const;

function offerFrom(id: string, values: readonly string[]): KnownOffer {
  const terms: Record<string, string> = { offerId: id };
  TERMS.forEach((name, i) => {
    terms[name] = values[i] ?? '0';
  });
  const { seller = '', meter = '', periodStart = '0', price = '0', acceptUntil = '0', settleBy = '0' } = terms;
  return {
    id,
    seller,
    meter,
    start: BigInt(periodStart),
    terms,
    price,
    acceptUntil: BigInt(acceptUntil),
    settleBy: BigInt(settleBy),
    remaining: BigInt(values[8] ?? 0),
    state: values[10] ?? '0',
  };
}

/** Terms as an argument. */
export function termsOf(offer: KnownOffer): Json {
  return offer.terms;
}
