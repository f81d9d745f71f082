import {
  acceptOffer,
  approveTokens,
  attestPurchase,
  buyTokens,
  type DayProfile,
  DEFAULT_ACCEPT_WITHIN_SECONDS,
  DEFAULT_PRICE,
  DEFAULT_SETTLE_WITHIN_SECONDS,
  decidePurchase,
  formatTokens,
  listOffers,
  listTrades,
  needOf,
  type Offer,
  offerEnergy,
  registerMeter,
  reportReadings,
  settlePeriod,
  surplusOf,
} from '@wattchain/market';
import { type Address, type Hash, type Hex, isAddressEqual, stringToHex } from 'viem';
import type { SignerClient } from '../client.js';
import { type HouseholdName, type ParticipantName, participantAccount } from './participants.js';
import type { Sender, SentTransaction } from './sender.js';

/** Transactions that are under way at a time: about what a block of 30 million gas holds, and half of what a pool takes of an account. */
const TRANSACTIONS_AT_A_TIME = 200;
/** Readings of one transaction: 192 bytes of data each, and a transaction holds 64 KiB. */
const READINGS_A_TRANSACTION = 200;
/** Trades of one meter and period that one settlement closes: a buyer each. */
const MAX_TRADES_A_SETTLEMENT = 32n;

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

/** An acceptance and the settlement that it waits for. */
export interface Acceptance {
  /** Key of its meter and period. */
  readonly period: string;
  readonly transaction: SentTransaction;
}

/** Something that a participant is to sign and send. */
interface Step {
  readonly from: ParticipantName;
  readonly what: string;
  readonly action: (client: SignerClient) => Promise<Hash>;
}

const PERIOD_UNITS: Readonly<Record<number, string>> = { 3600: 'hour', 1800: 'half-hour', 900: 'quarter-hour' };

const periodKey = (meter: Hex, start: bigint) => `${meter}@${start}`;

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
    const { bankAddress, tokenAddress, tradeAddress } = this.contracts;
    const steps: Step[] = [];
    for (const { account, meter } of this.households) {
      const registration = { tradeAddress, meter, household: addressOf(account), reporter: addressOf('gateway') };
      steps.push({
        from: 'operator-1',
        what: `register the meter of ${account}`,
        action: (client) => registerMeter(client, registration),
      });
    }
    this.households.forEach(({ account, startTokens: tokens, paidOutside }, position) => {
      if (tokens === 0n) return;
      steps.push(
        paidOutside === undefined
          ? {
              from: account,
              what: `${account} buys tokens with coins`,
              action: (client) => buyTokens(client, { bankAddress, valueWei: tokens }),
            }
          : {
              from: 'operator-2',
              what: `attest the outside payment of ${account}`,
              action: (client) =>
                attestPurchase(client, {
                  bankAddress,
                  to: addressOf(account),
                  tokens,
                  reference: labelOf(paidOutside),
                }),
            },
      );
      if (!this.buys(position)) return;
      steps.push({
        from: account,
        what: `${account} allows the trade contract to take tokens`,
        action: (client) => approveTokens(client, { tokenAddress, spender: tradeAddress, tokens }),
      });
    });
    this.progress(`the operators register ${this.households.length} meters; the bank issues ${this.describeStart()} …`);
    this.preparation.push(...(await this.send(steps)));
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

  /** Every home offers the surplus of each period; the homes with needs, one after the other, look at what is on offer and take it. */
  async trade(): Promise<Acceptance[]> {
    const { tradeAddress } = this.contracts;
    const { client } = this.sender.connection('home-1');
    const now = (await client.getBlock()).timestamp;
    const { periodSeconds } = this.profile;
    const offers = this.eachHome((household, home) =>
      this.profile.periods.flatMap(({ start, label }, period): Step[] => {
        const energyMwh = surplusOf(home, period);
        if (energyMwh === 0n) return [];
        const offer = {
          tradeAddress,
          meter: household.meter,
          periodStart: start,
          periodSeconds,
          energyMwh,
          price: DEFAULT_PRICE,
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
    const acceptances: Acceptance[] = [];
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
  private async buy(position: number): Promise<Acceptance[]> {
    const home = this.profile.homes[position];
    const household = this.households[position];
    if (home === undefined || household === undefined) return [];
    const { tradeAddress } = this.contracts;
    const { client } = this.sender.connectionOf(household.account);
    const self = addressOf(household.account);
    const onOffer = new Map<bigint, Offer[]>();
    for (const offer of await listOffers(client, { tradeAddress, state: 'open' })) {
      if (isAddressEqual(offer.seller, self)) continue;
      onOffer.set(offer.periodStart, [...(onOffer.get(offer.periodStart) ?? []), offer]);
    }
    const steps: (Step & { readonly period: string })[] = [];
    this.profile.periods.forEach(({ start, label }, period) => {
      let openMwh = needOf(home, period);
      for (const { offerId, meter, remainingMwh } of onOffer.get(start) ?? []) {
        const energyMwh = decidePurchase(openMwh, remainingMwh);
        if (energyMwh === 0n) continue;
        openMwh -= energyMwh;
        steps.push({
          from: household.account,
          what: `${home.name} accepts energy of ${label}`,
          action: (signer) => acceptOffer(signer, { tradeAddress, offerId, energyMwh }),
          period: periodKey(meter, start),
        });
      }
    });
    const periods = new Set(steps.map(({ what }) => what)).size;
    this.progress(
      periods === 0
        ? `${home.name} finds nothing on offer when it needs energy`
        : `${home.name} accepts energy of ${this.countPeriods(periods)} …`,
    );
    const sent = await this.send(steps);
    return sent.map((transaction, index) => ({ period: steps[index]?.period ?? '', transaction }));
  }

  /** The gateway reports the day of all meters; then every period with trades is settled, by its seller, in the order of periods. */
  async settle(): Promise<Map<string, SentTransaction>> {
    const { tradeAddress } = this.contracts;
    const { periodSeconds, periods } = this.profile;
    const readings = this.eachHome(({ meter }, home) =>
      periods.map(({ start }, period) => ({
        meter,
        number: BigInt(period + 1),
        periodStart: start,
        periodSeconds,
        producedMwh: home.producedMwh[period] ?? 0n,
        consumedMwh: home.consumedMwh[period] ?? 0n,
      })),
    ).flat();
    this.progress(`the gateway reports ${readings.length} readings of ${this.households.length} meters …`);
    for (let start = 0; start < readings.length; start += READINGS_A_TRANSACTION) {
      const part = readings.slice(start, start + READINGS_A_TRANSACTION);
      // One after the other: the node's estimate for the next needs the numbers of this one.
      await this.send([
        {
          from: 'gateway',
          what: 'readings of the day',
          action: (client) => reportReadings(client, { tradeAddress, readings: part }),
        },
      ]);
    }
    const due = await this.periodsToSettle();
    const steps = due.map(({ household, start, label }) => ({
      from: household.account,
      what: `settlement of ${household.account}, ${label}`,
      action: (client: SignerClient) =>
        settlePeriod(client, {
          tradeAddress,
          meter: household.meter,
          periodStart: start,
          periodSeconds,
          maxTrades: MAX_TRADES_A_SETTLEMENT,
        }),
    }));
    this.progress(`the trades of ${this.countPeriods(steps.length)} are settled …`);
    const sent = await this.send(steps);
    return new Map(
      due.flatMap(({ household, start }, index) => {
        const transaction = sent[index];
        return transaction === undefined ? [] : [[periodKey(household.meter, start), transaction] as const];
      }),
    );
  }

  private async periodsToSettle() {
    const { client } = this.sender.connection('home-1');
    const { tradeAddress } = this.contracts;
    const trades = await listTrades(client, { tradeAddress, state: 'readyToSettle' });
    const ready = new Set(trades.map(({ meter, periodStart }) => periodKey(meter, periodStart)));
    return this.profile.periods.flatMap(({ start, label }) =>
      this.households
        .filter(({ meter }) => ready.has(periodKey(meter, start)))
        .map((household) => ({ household, start, label })),
    );
  }
}
