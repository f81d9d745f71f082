import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ModelTrade, TradeModel } from '../../testing/tradeModel.js';
import {
  buyer,
  ESCROW,
  GRID_PRICE,
  RATING,
  START_TOKENS,
  secondSeller,
  seller,
  startOf,
  stranger,
  TradeRoom,
} from '../../testing/tradeRoom.js';
import { SETTLEMENTS, type Settlement } from '../genesisRules.js';
import { allotPeriod } from '../settlement/allotPeriod.js';
import { amountOf, TOKEN_UNIT } from '../units.js';
import { TRADE_STATES } from './states.js';

const people = [seller, secondSeller, buyer];
const PERIODS = 3;
const SMALLEST = 1_000n;

// Small values are what fast-check prefers, and here they would be refused most of the time.
const upTo = (max: bigint) => fc.noBias(fc.bigInt({ min: 0n, max }));
const who = fc.noBias(fc.nat(2));
const period = fc.noBias(fc.nat(PERIODS - 1));
const pick = fc.noBias(fc.nat(1_000));
const kind = <K extends string, T>(name: K, fields: { [F in keyof T]: fc.Arbitrary<T[F]> }) =>
  fc.record<T>(fields).map((values) => ({ kind: name, ...values }));
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: kind('offer', {
      who,
      period,
      energy: upTo(900_000n),
      price: upTo(3n * TOKEN_UNIT),
      settleAfter: upTo(2_000n),
    }),
  },
  { weight: 10, arbitrary: kind('accept', { who, offer: pick, energy: upTo(400_000n) }) },
  { weight: 1, arbitrary: kind('cancel', { who, offer: pick }) },
  { weight: 4, arbitrary: kind('report', { who, produced: upTo(900_000n), consumed: upTo(900_000n) }) },
  { weight: 4, arbitrary: kind('settle', { trades: fc.array(pick, { minLength: 1, maxLength: 3 }) }) },
  { weight: 3, arbitrary: kind('refund', { trade: pick }) },
  { weight: 4, arbitrary: kind('wait', { seconds: fc.noBias(fc.bigInt(1n, 700n)) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Kind<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** The contracts and the model side by side; every step says whether the contract should take it. */
class Pair {
  readonly room: TradeRoom;
  readonly model: TradeModel;
  readonly read = [0, 0, 0];

  constructor(
    settlement: Settlement,
    bonds: boolean,
    readonly correctionSeconds: bigint,
  ) {
    // Acceptances go on after the period has begun, so that readings of one side can come before them.
    this.room = new TradeRoom({ settlement, bonds, correctionSeconds, gateSeconds: -600n });
    this.model = new TradeModel({ settlement, bonds });
  }

  run(step: Step): void {
    if (step.kind === 'wait') this.room.vm.nowS += step.seconds;
    else if (step.kind === 'offer') this.#offer(step);
    else if (step.kind === 'accept') this.#accept(step);
    else if (step.kind === 'cancel') this.#cancel(step);
    else if (step.kind === 'report') this.report(step);
    else if (step.kind === 'settle')
      this.settle(step.trades.map((pick) => 1 + (pick % (this.model.trades.length + 1))));
    else this.refund(1 + (step.trade % (this.model.trades.length + 1)));
  }

  #expectTaken(isTaken: boolean, result: { readonly refusal?: string | undefined }, what: string): boolean {
    expect(result.refusal === undefined, `${what}: ${result.refusal}`).toBe(isTaken);
    return isTaken;
  }

  #offer({ who, period, energy, price, settleAfter }: Kind<'offer'>): void {
    const { vm } = this.room;
    const person = at(people, who);
    const [acceptUntil, settleBy] = [startOf(period) + 600n, startOf(period + 1) + settleAfter];
    const [periodStart, gridPrice] = [startOf(period), GRID_PRICE];
    const change = { periodStart, energyMwh: energy, price, gridPrice, acceptUntil, settleBy };
    const offer = {
      id: this.model.offers.length + 1,
      seller: who,
      period,
      price,
      gridPrice,
      acceptUntil,
      settleBy,
      energyMwh: energy,
      cancelledMwh: 0n,
    };
    const isTaken =
      energy >= SMALLEST &&
      energy <= RATING &&
      (price === 0n || amountOf(SMALLEST, price) > 0n) &&
      this.#isUnread(who, period) &&
      acceptUntil > vm.nowS &&
      this.model.bond(energy, offer) <= vm.tokens(person);
    const result = vm.try(person, 'trade', 'offer', this.room.offerArgs(person, change));
    if (this.#expectTaken(isTaken, result, 'offer')) this.model.offers.push(offer);
  }

  #isUnread(who: number, period: number): boolean {
    return at(this.read, who) <= period;
  }

  #accept({ who, offer: number, energy }: Kind<'accept'>): void {
    const { offers, trades, rules } = this.model;
    if (offers.length === 0) return;
    // Recent offers are the ones that can still be accepted.
    const offer = at(offers, offers.length - 1 - (number % Math.min(3, offers.length)));
    const rest = this.model.remaining(offer);
    const isTaken =
      energy > 0n &&
      energy <= rest &&
      (energy >= SMALLEST || energy === rest) &&
      (offer.price === 0n || amountOf(energy, offer.price) > 0n) &&
      who !== offer.seller &&
      this.room.vm.nowS <= offer.acceptUntil &&
      this.#isUnread(offer.seller, offer.period) &&
      (rules.settlement === 'sellerMeter' || this.#isUnread(who, offer.period)) &&
      amountOf(energy, offer.price) <= this.room.vm.tokens(at(people, who));
    const args = this.room.acceptArgs(at(people, who), BigInt(offer.id), energy);
    const result = this.room.vm.try(at(people, who), 'trade', 'accept', args);
    if (!this.#expectTaken(isTaken, result, 'accept')) return;
    trades.push({ id: trades.length + 1, offer, buyer: who, energyMwh: energy });
  }

  #cancel({ who, offer: number }: Kind<'cancel'>): void {
    const { offers } = this.model;
    if (offers.length === 0) return;
    const offer = at(offers, number % offers.length);
    const rest = this.model.remaining(offer);
    const args = this.room.cancelArgs(BigInt(offer.id));
    const result = this.room.vm.try(at(people, who), 'trade', 'cancelOffer', args);
    if (this.#expectTaken(offer.seller === who && rest > 0n, result, 'cancel')) offer.cancelledMwh = rest;
  }

  /** The next period of a household, or the one after, when it is over. */
  report({ who, produced, consumed }: Omit<Kind<'report'>, 'kind'>): void {
    const { vm } = this.room;
    const period = at(this.read, who);
    if (period >= PERIODS || vm.nowS < startOf(period + 1)) return;
    this.room.report(at(people, who), produced, consumed, period);
    this.read[who] = period + 1;
    const finalFrom = vm.nowS + this.correctionSeconds;
    this.model.readings.set(`${who} ${period}`, { producedMwh: produced, consumedMwh: consumed, finalFrom });
  }

  #isIn(trade: ModelTrade | undefined, state: 'readyToSettle' | 'refundable'): trade is ModelTrade {
    return trade !== undefined && trade.end === undefined && this.model.stateOf(trade, this.room.vm.nowS) === state;
  }

  settle(ids: readonly number[]): void {
    const result = this.room.vm.try(stranger, 'trade', 'settle', [ids.map(BigInt)]);
    let closed = 0n;
    for (const id of ids) {
      const trade = this.model.trades[id - 1];
      if (!this.#isIn(trade, 'readyToSettle')) continue;
      this.model.close(trade);
      closed += 1n;
    }
    if (this.#expectTaken(closed > 0n, result, `settle ${ids}`)) expect(result).toMatchObject({ output: closed });
  }

  refund(id: number): void {
    const trade = this.model.trades[id - 1];
    const result = this.room.vm.try(stranger, 'trade', 'refund', [BigInt(id)]);
    const isTaken = this.#isIn(trade, 'refundable');
    if (this.#expectTaken(isTaken, result, `refund ${id}`) && trade !== undefined) this.model.close(trade);
  }

  /** Tokens and trades are as the model says, now, and no meter gave or took more than it shows. */
  check(): void {
    const { room, model } = this;
    const expected = people.map(() => START_TOKENS);
    const pay = (who: number, tokens: bigint) => {
      expected[who] = at(expected, who) + tokens;
    };
    for (const offer of model.offers) pay(offer.seller, -model.bond(offer.energyMwh - offer.cancelledMwh, offer));
    for (const trade of model.trades) {
      const { offer, buyer, energyMwh, end } = trade;
      pay(buyer, -amountOf(energyMwh, offer.price));
      const { state, ...figures } = room.status(BigInt(trade.id));
      if (end === undefined) {
        expect(TRADE_STATES[state]).toBe(model.stateOf(trade, room.vm.nowS));
        continue;
      }
      const closed = end.settledMwh < energyMwh ? 'short' : 'settled';
      expect(TRADE_STATES[state]).toBe(end.isRefund ? 'refunded' : closed);
      const { settledMwh, shortMwh, paid, returned, compensation, bondBack } = end;
      expect(figures).toMatchObject({
        settledMwh,
        shortMwh,
        paidToSeller: paid,
        returnedToBuyer: returned,
        compensation,
      });
      pay(offer.seller, paid + bondBack);
      pay(buyer, returned + compensation);
    }
    expect(people.map((person) => room.vm.tokens(person))).toEqual(expected);
    expect(room.vm.tokens(ESCROW)).toBe(model.held());
    expect(expected.reduce((sum, balance) => sum + balance, model.held())).toBe(3n * START_TOKENS);
    this.#checkEnergy();
  }

  #checkEnergy(): void {
    const { trades, rules } = this.model;
    for (let period = 0; period < PERIODS; period++) {
      for (const who of people.keys()) {
        const reading = this.model.reading(who, period);
        if (reading === undefined) continue;
        const settled = (isOne: (trade: ModelTrade) => boolean) =>
          trades
            .filter((trade) => trade.offer.period === period && isOne(trade))
            .reduce((sum, { end }) => sum + (end?.settledMwh ?? 0n), 0n);
        const net = reading.producedMwh - reading.consumedMwh;
        expect(settled(({ offer }) => offer.seller === who)).toBeLessThanOrEqual(net > 0n ? net : 0n);
        // What was settled while the buyer was silent is out of its reading's reach.
        if (rules.settlement === 'sellerMeter' || this.#wasSilent(who, period)) continue;
        expect(settled(({ buyer }) => buyer === who)).toBeLessThanOrEqual(net < 0n ? -net : 0n);
      }
    }
  }

  #wasSilent(who: number, period: number): boolean {
    const reading = this.model.reading(who, period);
    assert(reading !== undefined, 'there is a reading');
    return this.model.trades.some((trade) => {
      const { offer, buyer } = trade;
      return buyer === who && offer.period === period && reading.finalFrom - this.correctionSeconds > offer.settleBy;
    });
  }

  /** After the last deadline every trade can be closed and every bond taken back, and nothing stays behind. */
  finish(): void {
    this.room.vm.nowS = startOf(PERIODS + 1) + 10_000n;
    for (const { id } of this.model.trades) {
      for (const close of [() => this.settle([id]), () => this.refund(id)]) close();
    }
    for (const offer of this.model.offers) this.#cancel({ kind: 'cancel', who: offer.seller, offer: offer.id - 1 });
    expect(this.model.trades.filter(({ end }) => end === undefined)).toEqual([]);
    this.check();
    expect(this.room.vm.tokens(ESCROW)).toBe(0n);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  assert(item !== undefined, `there is an item ${index}`);
  return item;
}

const MARKETS = SETTLEMENTS.flatMap((settlement) => [true, false].map((bonds) => [settlement, bonds] as const));

describe.each(MARKETS)('a market that settles by %s, bonds: %s', (settlement, bonds) => {
  it('never loses, creates or misplaces a token, however offers, acceptances, readings, settlements and refunds mix', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 40, maxLength: 90, size: 'max' }),
        fc.boolean(),
        (steps, isFinalAtOnce) => {
          const pair = new Pair(settlement, bonds, isFinalAtOnce ? 0n : 500n);
          for (const [i, step] of steps.entries()) {
            pair.run(step);
            if (i % 10 === 0) pair.check();
          }
          pair.finish();
          for (const { id } of pair.model.trades) {
            const state = pair.room.state(BigInt(id));
            ends.set(state, (ends.get(state) ?? 0) + 1);
          }
        },
      ),
      { numRuns: 6, seed: 5 },
    );
    // The runs must reach what they are for, which is why their seed is given.
    for (const state of ['short', 'refunded']) expect(ends.get(state) ?? 0, state).toBeGreaterThan(0);
  });

  it('gives every trade what the whole period gives it, in whatever order they are closed', () => {
    const trade = fc.record({ from: fc.nat(1), by: fc.nat(2), energy: fc.noBias(fc.bigInt(SMALLEST, 300_000n)) });
    const reading = fc.record({ produced: upTo(900_000n), consumed: upTo(900_000n) });
    const trades = fc.array(
      trade.filter(({ from, by }) => from !== by),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        trades,
        fc.array(reading, { minLength: 3, maxLength: 3 }),
        fc.infiniteStream(pick),
        (made, meters, picks) => {
          const room = new TradeRoom({ settlement, bonds, gateSeconds: -600n });
          const offers = [seller, secondSeller].map((one) => room.offer({ energyMwh: 2_000_000n }, one));
          for (const { from, by, energy } of made) room.accept(at(people, by), at(offers, from), energy);
          for (const [i, { produced, consumed }] of meters.entries()) room.report(at(people, i), produced, consumed);
          const expected = allotPeriod(
            settlement,
            made.map(({ from, by, energy }) => ({
              sellerMeter: String(from),
              buyerMeter: String(by),
              energyMwh: energy,
              isBonded: bonds,
            })),
            new Map(
              meters.map(({ produced, consumed }, i) => [String(i), { producedMwh: produced, consumedMwh: consumed }]),
            ),
          );
          const open = made.map((_, i) => BigInt(i + 1));
          while (open.length > 0) {
            const ready = open.filter((id) => room.state(id) === 'readyToSettle');
            expect(ready.length).toBeGreaterThan(0);
            const id = at(ready, (picks.next().value ?? 0) % ready.length);
            room.settle(id);
            open.splice(open.indexOf(id), 1);
          }
          const got = made.map((_, i) => {
            const { settledMwh, shortMwh } = room.status(BigInt(i + 1));
            return { settledMwh, shortMwh };
          });
          expect(got).toEqual(expected);
        },
      ),
      { numRuns: 5 },
    );
  });
});
