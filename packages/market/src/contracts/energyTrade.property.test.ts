import { assert } from '@wattchain/core';
import fc from 'fast-check';
import { type Hex, numberToHex } from 'viem';
import { expect, it } from 'vitest';
import { MarketVm, operators, testAccount } from '../../testing/marketVm.js';
import {
  escrowOf,
  type ModelOffer,
  type ModelReading,
  type ModelTrade,
  remainingOf,
  resultOf,
} from '../../testing/tradeModel.js';
import { TOKEN_UNIT } from '../units.js';
import { GENESIS_ADDRESSES } from './contracts.js';
import { TRADE_STATES } from './states.js';

const people = [3, 4, 5].map(testAccount);
const gateway = testAccount(6);
const METERS: readonly Hex[] = [1, 2].map((n) => numberToHex(n, { size: 32 }));
const START_TOKENS = 50n * TOKEN_UNIT;

/** Every second one overlaps its neighbours on purpose: no meter can read both. */
const PERIODS = Array.from({ length: 6 }, (_, i) => ({ start: BigInt(5 * i), length: 10n }));

// Small values are what fast-check prefers, and here they would be refused most of the time.
const upTo = (max: bigint) => fc.noBias(fc.bigInt({ min: 0n, max }));
const energy = fc.noBias(fc.bigInt({ min: 1n, max: 900_000n }));
const meter = fc.nat(1);
const period = fc.nat(PERIODS.length - 1);
const pick = fc.noBias(fc.nat(1_000));
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('offer' as const),
      meter,
      period,
      energy,
      price: upTo(2n * TOKEN_UNIT),
      acceptIn: upTo(300n),
      settleAfter: upTo(600n),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('accept' as const), who: fc.nat(2), offer: pick, energy: upTo(300_000n) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), who: fc.nat(2), offer: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      trade: pick,
      meter,
      period,
      produced: upTo(700_000n),
      consumed: upTo(400_000n),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), reading: pick, max: fc.bigInt(1n, 3n) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refund' as const), trade: pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.bigInt(1n, 80n) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The contracts and the model side by side; every step says whether the contract should take it. */
class Pair {
  readonly vm = new MarketVm();
  readonly offers: ModelOffer[] = [];
  readonly trades: ModelTrade[] = [];
  readonly readings = new Map<string, ModelReading>();
  readonly readUntil = [0n, 0n];
  readonly numbers = [0n, 0n];
  readonly closed = new Set<number>();

  constructor() {
    const { vm } = this;
    // Meter 1 belongs to the first person, meter 2 to the second; all three buy.
    METERS.forEach((meter, i) => {
      vm.send(operators[0], 'trade', 'registerMeter', [meter, people[i]?.address, gateway.address]);
    });
    for (const person of people) {
      vm.give(person, START_TOKENS);
      vm.send(person, 'token', 'approve', [GENESIS_ADDRESSES.tradeAddress, 2n ** 256n - 1n]);
    }
  }

  run(step: Step): void {
    const { vm } = this;
    if (step.kind === 'wait') vm.nowS += step.seconds;
    else if (step.kind === 'offer') this.#offer(step);
    else if (step.kind === 'accept') this.#accept(step);
    else if (step.kind === 'cancel') this.#cancel(step);
    else if (step.kind === 'report') this.#report(this.#aim(step));
    else if (step.kind === 'settle') {
      const [meter, period] = this.#places([...this.readings.keys()], step.reading) ?? [0, 0];
      this.#settle(meter, period, step.max);
    } else this.#refund(1 + (step.trade % (this.trades.length + 1)));
  }

  #places(periods: readonly string[], number: number): [number, number] | undefined {
    if (periods.length === 0) return undefined;
    const [meter, period] = at(periods, number % periods.length)
      .split(' ')
      .map(Number);
    return [meter ?? 0, period ?? 0];
  }

  /** Three readings of four are for a period that was sold, the others anywhere. */
  #aim(step: Extract<Step, { kind: 'report' }>): Extract<Step, { kind: 'report' }> {
    const sold = this.trades.map(({ offer }) => offer.period);
    const place = step.trade % 4 === 0 ? undefined : this.#places(sold, step.trade);
    return place === undefined ? step : { ...step, meter: place[0], period: place[1] };
  }

  #expectTaken(isTaken: boolean, result: { readonly refusal?: string | undefined }, what: string): boolean {
    expect(result.refusal === undefined, `${what}: ${result.refusal}`).toBe(isTaken);
    return isTaken;
  }

  #offer(step: Extract<Step, { kind: 'offer' }>): void {
    const { vm } = this;
    const { start, length } = at(PERIODS, step.period);
    const acceptUntil = vm.nowS + step.acceptIn;
    const settleBy = acceptUntil + step.settleAfter;
    const args = [METERS[step.meter], start, length, step.energy, step.price, acceptUntil, settleBy];
    const result = vm.try(at(people, step.meter), 'trade', 'offer', args);
    const isTaken = step.acceptIn > 0n && step.settleAfter > 0n && start >= at(this.readUntil, step.meter);
    if (!this.#expectTaken(isTaken, result, 'offer')) return;
    const id = this.offers.length + 1;
    const period = `${step.meter} ${step.period}`;
    const { energy, price } = step;
    this.offers.push({ id, period, start, price, acceptUntil, settleBy, energy, cancelled: 0n });
  }

  #accept({ who, offer: number, energy }: Extract<Step, { kind: 'accept' }>): void {
    const { vm } = this;
    if (this.offers.length === 0) return;
    // Recent offers are the ones that can still be accepted.
    const offer = at(this.offers, this.offers.length - 1 - (number % Math.min(3, this.offers.length)));
    const meter = Number(offer.period[0]);
    const trade: ModelTrade = { id: this.trades.length + 1, offer, buyer: who, energy };
    const isTaken =
      energy > 0n &&
      who !== meter &&
      vm.nowS <= offer.acceptUntil &&
      offer.start >= at(this.readUntil, meter) &&
      energy <= remainingOf(offer, this.trades) &&
      escrowOf(trade) <= vm.tokens(at(people, who));
    const result = vm.try(at(people, who), 'trade', 'accept', [BigInt(offer.id), energy]);
    if (this.#expectTaken(isTaken, result, 'accept')) this.trades.push(trade);
  }

  #cancel({ who, offer: number }: Extract<Step, { kind: 'cancel' }>): void {
    if (this.offers.length === 0) return;
    const offer = at(this.offers, number % this.offers.length);
    const rest = remainingOf(offer, this.trades);
    const isTaken = Number(offer.period[0]) === who && rest > 0n;
    const result = this.vm.try(at(people, who), 'trade', 'cancelOffer', [BigInt(offer.id)]);
    if (this.#expectTaken(isTaken, result, 'cancel')) offer.cancelled += rest;
  }

  #report({ meter, period, produced, consumed }: Extract<Step, { kind: 'report' }>): void {
    const { vm } = this;
    const { start, length } = at(PERIODS, period);
    const number = at(this.numbers, meter) + 1n;
    const args = [[METERS[meter]], [number], [start], [length], [produced], [consumed]];
    const isTaken = start >= at(this.readUntil, meter);
    if (!this.#expectTaken(isTaken, vm.try(gateway, 'trade', 'report', args), 'report')) return;
    this.numbers[meter] = number;
    this.readUntil[meter] = start + length;
    const deliverable = produced > consumed ? produced - consumed : 0n;
    this.readings.set(`${meter} ${period}`, { deliverable, reportedAt: vm.nowS });
  }

  #settle(meter: number, period: number, max: bigint): void {
    const { start, length } = at(PERIODS, period);
    const result = this.vm.try(at(people, 2), 'trade', 'settle', [METERS[meter], start, length, max]);
    if (result.refusal !== undefined) return;
    for (const { name, args } of result.events) {
      if (name === 'Settled' || name === 'Refunded') this.#close(Number(args.tradeId));
    }
  }

  #refund(id: number): void {
    const result = this.vm.try(at(people, 2), 'trade', 'refund', [BigInt(id)]);
    const trade = this.trades[id - 1];
    const isTaken =
      trade !== undefined &&
      !this.closed.has(id) &&
      resultOf(trade, this.trades, this.readings, this.vm.nowS)?.kind === 'refunded';
    if (this.#expectTaken(isTaken, result, 'refund')) this.#close(id);
  }

  #close(id: number): void {
    expect(this.closed.has(id), `trade ${id} is closed once`).toBe(false);
    this.closed.add(id);
  }

  /** Tokens and trades are as the model says, now. */
  check(): void {
    const { vm } = this;
    const expected = people.map(() => START_TOKENS);
    let inEscrow = 0n;
    for (const trade of this.trades) {
      const escrow = escrowOf(trade);
      const seller = Number(trade.offer.period[0]);
      expected[trade.buyer] = at(expected, trade.buyer) - escrow;
      const result = resultOf(trade, this.trades, this.readings, vm.nowS);
      const [state = -1, delivered, toSeller, toBuyer] = vm.read<[number, bigint, bigint, bigint]>(
        'trade',
        'tradeStatus',
        [BigInt(trade.id)],
      );
      if (!this.closed.has(trade.id)) {
        inEscrow += escrow;
        const open = { settled: 'readyToSettle', refunded: 'refundable', none: 'awaitingReading' } as const;
        expect(TRADE_STATES[state]).toBe(open[result?.kind ?? 'none']);
        continue;
      }
      assert(result !== undefined, `trade ${trade.id} was closed before it was decided`);
      expect([delivered, toSeller, toBuyer]).toEqual([result.delivered, result.toSeller, result.toBuyer]);
      expect(result.toSeller + result.toBuyer).toBe(escrow);
      expected[seller] = at(expected, seller) + result.toSeller;
      expected[trade.buyer] = at(expected, trade.buyer) + result.toBuyer;
    }
    const balances = people.map((person) => vm.tokens(person));
    expect(balances).toEqual(expected);
    expect(vm.tokens({ address: GENESIS_ADDRESSES.tradeAddress })).toBe(inEscrow);
    const supply = vm.read('token', 'totalSupply');
    expect(supply).toBe(3n * START_TOKENS);
    expect(balances.reduce((sum, balance) => sum + balance, inEscrow)).toBe(supply);
  }

  /** After the last deadline every trade can be closed, and nothing stays in escrow. */
  finish(): void {
    this.vm.nowS += 10_000n;
    for (const meter of [0, 1]) for (const period of PERIODS.keys()) this.#settle(meter, period, 100n);
    for (const { id } of this.trades) this.#refund(id);
    expect(this.closed.size).toBe(this.trades.length);
    this.check();
    expect(this.vm.tokens({ address: GENESIS_ADDRESSES.tradeAddress })).toBe(0n);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  assert(item !== undefined, `there is an item ${index}`);
  return item;
}

it('never loses, creates or misplaces a token, however offers, acceptances, readings, settlements and refunds mix', () => {
  const ends = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 80, size: 'max' }), (steps) => {
      const pair = new Pair();
      for (const [i, step] of steps.entries()) {
        pair.run(step);
        if (i % 5 === 0) pair.check();
      }
      pair.finish();
      for (const { id } of pair.trades) {
        const state = TRADE_STATES[pair.vm.read<number[]>('trade', 'tradeStatus', [BigInt(id)])[0] ?? -1] ?? '';
        ends.set(state, (ends.get(state) ?? 0) + 1);
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 40_000 },
  );
  // The runs must reach what they are for.
  for (const state of ['settled', 'short', 'refunded']) expect(ends.get(state) ?? 0, state).toBeGreaterThan(0);
});
