import {
  acceptOffer,
  approveTokens,
  attestPurchase,
  buyTokens,
  type DayProfile,
  DEFAULT_ACCEPT_WITHIN_SECONDS,
  DEFAULT_MAX_POWER_W,
  DEFAULT_PRICE,
  DEFAULT_SETTLE_WITHIN_SECONDS,
  decidePurchase,
  deposit,
  formatTokens,
  getTradeRules,
  listOffers,
  listTrades,
  MAX_TRADES_TO_SETTLE,
  needOf,
  type Offer,
  offerEnergy,
  ratingOf,
  readPages,
  registerMeter,
  reportReadings,
  settleTrades,
  surplusOf,
} from '@wattchain/market';
import { type Address, getAddress, type Hash, type Hex, isAddressEqual, stringToHex } from 'viem';
import type { SignerClient } from '../client.js';
import { readingsATransaction } from '../readingParts.js';
import { type HouseholdName, type ParticipantName, participantAccount } from './participants.js';
import type { Sender, SentTransaction } from './sender.js';

/** Transactions that are under way at a time: some blocks' worth, and half of what a pool takes of an account. */
const TRANSACTIONS_AT_A_TIME = 200;
/** Gas for attesting, which cannot be estimated while the deposit that covers it is on its way; what is not used is paid back. */
const ATTEST_GAS = 500_000n;
/** How long a purchase may wait for its block. */
const PURCHASE_WAIT_SECONDS = 3_600n;
/** Most power of a home's connection, W, unless its day shows more. */
const HOME_POWER_W = DEFAULT_MAX_POWER_W;

/** 32 bytes that show as `text`. */
export const labelOf = (text: string): Hex => stringToHex(text, { size: 32 });

/** A household of the day; its place in the list is its home's in the {@link DayProfile}. */
export interface Household {
  readonly account: HouseholdName;
  readonly meter: Hex;
  readonly startTokens: bigint;
  /** The reference of a payment outside the chain, where the tokens are not bought with coins. */
  readonly paidOutside?: string;
}

/** The address of a household's account. */
export const addressOf = (name: ParticipantName): Address => participantAccount(name).address;

/** Something that a participant is to sign and send. */
export interface Step {
  readonly from: ParticipantName;
  readonly what: string;
  readonly action: (client: SignerClient) => Promise<Hash>;
}

const PERIOD_UNITS: Readonly<Record<number, string>> = { 3600: 'hour', 1800: 'half-hour', 900: 'quarter-hour' };

/**
 * The steps of a day on the testbed, for any community. Each step is sent in parts and waited for until every node has it in a block, so
 * that whoever acts next acts on it.
 */
export class TradingDay {
  /** Transactions that come before the trade. */
  readonly preparation: SentTransaction[] = [];

  constructor(
    readonly sender: Sender,
    readonly profile: DayProfile,
    readonly households: readonly Household[],
    readonly progress: (text: string) => void,
  ) {}

  /** A block time that no purchase of the day waits for. */
  private get lastTime(): bigint {
    return BigInt(Math.floor(Date.now() / 1_000)) + PURCHASE_WAIT_SECONDS;
  }

  /** The energy contracts. */
  get contracts() {
    return this.sender.connection('home-1').contracts();
  }

  /** Sends steps in order and waits until all are in blocks. */
  async send(steps: readonly Step[]): Promise<SentTransaction[]> {
    const sent: SentTransaction[] = [];
    for (let start = 0; start < steps.length; start += TRANSACTIONS_AT_A_TIME) {
      const part: SentTransaction[] = [];
      for (const { from, what, action } of steps.slice(start, start + TRANSACTIONS_AT_A_TIME)) {
        part.push(await this.sender.send(from, what, action));
      }
      await this.sender.waitEverywhere(part);
      sent.push(...part);
    }
    return sent;
  }

  /** Meters are registered, every household gets its tokens from the bank, and the trade contract may take what buyers have. */
  async prepare(): Promise<void> {
    const { registryAddress, tradeAddress } = this.contracts;
    const { bonds } = await getTradeRules(this.sender.connection('home-1').client, { tradeAddress });
    const steps: Step[] = this.eachHome(({ account, meter }, home) => {
      const registration = {
        registryAddress,
        meter,
        household: addressOf(account),
        source: addressOf('gateway'),
        isDevice: false,
        ratingMwh: largest(
          ratingOf(HOME_POWER_W, this.profile.periodSeconds),
          ...home.producedMwh,
          ...home.consumedMwh,
        ),
      };
      return {
        from: 'operator-1',
        what: `register the meter of ${account}`,
        action: (client) => registerMeter(client, registration),
      };
    });
    this.households.forEach((household, position) => {
      if (household.startTokens === 0n) return;
      steps.push(...this.issue(household));
      if (this.buys(position) || (bonds && this.sells(position)))
        steps.push(this.allow(household.account, household.startTokens));
    });
    this.progress(`the operators register ${this.households.length} meters; the bank issues ${this.describeStart()} …`);
    this.preparation.push(...(await this.send(steps)));
  }

  /** How a household gets its tokens: for coins, or for a payment outside that an operator attests, which covers them by a deposit first. */
  private issue({ account, startTokens: tokens, paidOutside }: Household): Step[] {
    const { bankAddress } = this.contracts;
    if (paidOutside === undefined) {
      // Nobody moves the rates of a testbed that has just begun.
      const purchase = { bankAddress, valueWei: tokens, leastTokens: tokens, until: this.lastTime };
      return [
        {
          from: account,
          what: `${account} buys tokens with coins`,
          action: (client) => buyTokens(client, purchase),
        },
      ];
    }
    const attestation = { bankAddress, to: addressOf(account), tokens, reference: labelOf(paidOutside) };
    return [
      {
        from: 'operator-2',
        what: `deposit the cover of what ${account} has paid outside`,
        action: (client) => deposit(client, { bankAddress, valueWei: tokens }),
      },
      {
        from: 'operator-2',
        what: `attest the outside payment of ${account}`,
        action: (client) => attestPurchase(client, { ...attestation, gas: ATTEST_GAS }),
      },
    ];
  }

  /** Lets the trade contract take so many tokens of a household. */
  allow(account: HouseholdName, tokens: bigint): Step {
    const { tokenAddress, tradeAddress: spender } = this.contracts;
    return {
      from: account,
      what: `${account} allows the trade contract to take tokens`,
      action: (client) => approveTokens(client, { tokenAddress, spender, tokens }),
    };
  }

  private describeStart(): string {
    const amounts = new Set(this.households.map(({ startTokens }) => startTokens));
    const [only = 0n] = amounts;
    return amounts.size === 1
      ? `${formatTokens(only)} tokens to each household`
      : `tokens for the day's needs to ${this.households.filter(({ startTokens }) => startTokens > 0n).length} households`;
  }

  private buys(position: number): boolean {
    const home = this.profile.homes[position];
    return home !== undefined && this.profile.periods.some((_, period) => needOf(home, period) > 0n);
  }

  private sells(position: number): boolean {
    const home = this.profile.homes[position];
    return home !== undefined && this.profile.periods.some((_, period) => surplusOf(home, period) > 0n);
  }

  /** Every home offers the surplus of each period; the homes with needs, one after the other, look at what is on offer and take it. */
  async trade(): Promise<SentTransaction[]> {
    const { tradeAddress } = this.contracts;
    const { client } = this.sender.connection('home-1');
    const [{ timestamp: now }, { gridPrice }] = await Promise.all([
      client.getBlock(),
      getTradeRules(client, { tradeAddress }),
    ]);
    const offers = this.eachHome((household, home) =>
      this.profile.periods.flatMap(({ start, label }, period): Step[] => {
        const energyMwh = surplusOf(home, period);
        if (energyMwh === 0n) return [];
        const offer = {
          tradeAddress,
          meter: household.meter,
          periodStart: start,
          energyMwh,
          price: DEFAULT_PRICE,
          gridPrice,
          acceptUntil: now + DEFAULT_ACCEPT_WITHIN_SECONDS,
          settleBy: now + DEFAULT_SETTLE_WITHIN_SECONDS,
        };
        const what = `offer of ${home.name}, ${label}`;
        return [{ from: household.account, what, action: (signer) => offerEnergy(signer, offer) }];
      }),
    );
    const sellers = this.profile.homes.filter((_, position) => offers[position]?.length);
    const who = sellers.length === 1 ? `${sellers[0]?.name} offers` : `${sellers.length} homes offer`;
    this.progress(`${who} the surplus of ${this.countPeriods(offers.flat().length)} …`);
    await this.send(offers.flat());
    const acceptances: SentTransaction[] = [];
    for (const position of this.profile.homes.keys()) {
      if (this.buys(position)) acceptances.push(...(await this.buy(position)));
    }
    return acceptances;
  }

  /** Something for each home and its household, in order. */
  private eachHome<Result>(
    visit: (household: Household, home: DayProfile['homes'][number], position: number) => Result,
  ): Result[] {
    return this.profile.homes.flatMap((home, position) => {
      const household = this.households[position];
      return household === undefined ? [] : [visit(household, home, position)];
    });
  }

  private countPeriods(count: number): string {
    const unit = PERIOD_UNITS[Number(this.profile.periodSeconds)] ?? 'period';
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }

  /** A buyer decides from its own need in each period and what is on offer for it. */
  private async buy(position: number): Promise<SentTransaction[]> {
    const home = this.profile.homes[position];
    const household = this.households[position];
    if (home === undefined || household === undefined) return [];
    const { tradeAddress } = this.contracts;
    const { client } = this.sender.connectionOf(household.account);
    const self = addressOf(household.account);
    const onOffer = new Map<bigint, Offer[]>();
    const open = await readPages((page) => listOffers(client, { tradeAddress, state: 'open', ...page }));
    const sellers = this.households.map(({ account }) => addressOf(account));
    for (const offer of inOrderOfSellers(open, sellers)) {
      if (isAddressEqual(offer.seller, self)) continue;
      onOffer.set(offer.periodStart, [...(onOffer.get(offer.periodStart) ?? []), offer]);
    }
    const steps: Step[] = [];
    this.profile.periods.forEach(({ start, label }, period) => {
      let openMwh = needOf(home, period);
      for (const offer of onOffer.get(start) ?? []) {
        const energyMwh = decidePurchase(openMwh, offer.remainingMwh);
        if (energyMwh === 0n) continue;
        openMwh -= energyMwh;
        steps.push({
          from: household.account,
          what: `${home.name} accepts energy of ${label}`,
          action: (signer) => acceptOffer(signer, { tradeAddress, offer, energyMwh }),
        });
      }
    });
    const periods = new Set(steps.map(({ what }) => what)).size;
    this.progress(
      periods === 0
        ? `${home.name} finds nothing on offer when it needs energy`
        : `${home.name} accepts energy of ${this.countPeriods(periods)} …`,
    );
    return this.send(steps);
  }

  /**
   * The gateway reports the day of all meters; then every seller settles its trades, in parts that fit a block.
   * @param measured what the meters show, where it is not what the day promises
   */
  async settle(measured: DayProfile = this.profile): Promise<void> {
    const { registryAddress, tradeAddress } = this.contracts;
    const readings = this.eachHome(({ meter }, _, position) =>
      measured.periods.map(({ start }, period) => ({
        meter,
        number: BigInt(period + 1),
        periodStart: start,
        producedMwh: measured.homes[position]?.producedMwh[period] ?? 0n,
        consumedMwh: measured.homes[position]?.consumedMwh[period] ?? 0n,
      })),
    ).flat();
    this.progress(`the gateway reports ${readings.length} readings of ${this.households.length} meters …`);
    const { client } = this.sender.connection('home-1');
    for (const part of inParts(readings, await readingsATransaction(client, 'plain'))) {
      // One after the other: the node's estimate for the next needs the numbers of this one.
      await this.send([
        {
          from: 'gateway',
          what: 'readings of the day',
          action: (client) => reportReadings(client, { registryAddress, readings: part }),
        },
      ]);
    }
    const ready = await readPages((page) => listTrades(client, { tradeAddress, state: 'readyToSettle', ...page }));
    const steps = this.households.flatMap(({ account, meter }): Step[] => {
      const own = ready.filter((trade) => trade.meter === meter).map(({ tradeId }) => tradeId);
      return inParts(own, MAX_TRADES_TO_SETTLE).map((tradeIds) => ({
        from: account,
        what: `settlement of ${tradeIds.length} trades of ${account}`,
        action: (signer) => settleTrades(signer, { tradeAddress, tradeIds }),
      }));
    });
    const periods = new Set(ready.map(({ periodStart }) => periodStart)).size;
    this.progress(`the trades of ${this.countPeriods(periods)} are settled …`);
    await this.send(steps);
  }
}

const largest = (...energies: readonly bigint[]) => energies.reduce((most, energy) => (energy > most ? energy : most));

function inParts<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

/**
 * Offers in the order of their sellers, in which the paper's rule takes them: on the chain they have the order in which miners heard of them.
 * Those of nobody in the list come last; those of one seller stay as they are.
 */
export function inOrderOfSellers<T extends Pick<Offer, 'seller'>>(
  offers: readonly T[],
  sellers: readonly Address[],
): T[] {
  const places = new Map(sellers.map((seller, place) => [getAddress(seller), place]));
  const placeOf = ({ seller }: T) => places.get(getAddress(seller)) ?? sellers.length;
  return [...offers].sort((one, other) => placeOf(one) - placeOf(other));
}
