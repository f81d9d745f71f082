import { type Hex, numberToHex } from 'viem';
import { GENESIS_ADDRESSES } from '../src/contracts/contracts.js';
import { OFFER_STATES, TRADE_STATES } from '../src/contracts/states.js';
import type { TradeRules } from '../src/genesisRules.js';
import { TOKEN_UNIT } from '../src/units.js';
import { MarketVm, operators, RESOLUTION, type TestAccount, testAccount } from './marketVm.js';

/** Meters of the tests are named by their household. */
export const meterOf = (account: TestAccount): Hex => numberToHex(BigInt(account.address), { size: 32 });

/** Two sellers, two buyers, who sends readings of all meters, and somebody who has nothing. */
export const seller = testAccount(3);
export const buyer = testAccount(4);
export const other = testAccount(5);
export const gateway = testAccount(6);
export const secondSeller = testAccount(7);
export const stranger = testAccount(8);

export const PRICE = TOKEN_UNIT;
export const GRID_PRICE = 2n * TOKEN_UNIT;
/** Most that the meters of the tests can show for a period, in mWh. */
export const RATING = 3_000_000n;
/** What each household has in the beginning. */
export const START_TOKENS = 100n * TOKEN_UNIT;
/** Where the tests' first period begins: the first one that has not begun when their meters are registered. */
export const FIRST_START = 1_000_800n;
export const startOf = (period: number) => FIRST_START + BigInt(period) * RESOLUTION;
/** The trade contract, as a holder of tokens. */
export const ESCROW = { address: GENESIS_ADDRESSES.tradeAddress };

/** Rules of a test: where nothing is said, the paper's settlement, no bonds, readings final at once. */
export interface RoomRules extends Partial<TradeRules> {
  readonly correctionSeconds?: bigint;
}

/** An offer as it can be changed for a test. */
export interface OfferArgs {
  readonly meter: Hex;
  readonly periodStart: bigint;
  readonly energyMwh: bigint;
  readonly price: bigint;
  readonly gridPrice: bigint;
  readonly acceptUntil: bigint;
  readonly settleBy: bigint;
}

/** An offer's terms as the contract gives them. */
export interface ReadTerms {
  readonly offerId: bigint;
  readonly seller: string;
  readonly meter: Hex;
  readonly periodStart: bigint;
  readonly price: bigint;
  readonly gridPrice: bigint;
  readonly acceptUntil: bigint;
  readonly settleBy: bigint;
}

/** Where a trade stands, as the contract gives it. */
export interface ReadStatus {
  readonly state: number;
  readonly settledMwh: bigint;
  readonly shortMwh: bigint;
  readonly paidToSeller: bigint;
  readonly returnedToBuyer: bigint;
  readonly compensation: bigint;
}

/** The contracts with meters of all households, who have tokens and let the trade contract take them. */
export class TradeRoom {
  readonly vm: MarketVm;
  readonly #bothCount: boolean;
  readonly #numbers = new Map<Hex, number>();

  constructor({ correctionSeconds = 0n, ...trade }: RoomRules = {}) {
    const settlement = trade.settlement ?? 'sellerMeter';
    this.#bothCount = settlement !== 'sellerMeter';
    this.vm = new MarketVm({
      registry: { resolutionSeconds: RESOLUTION, correctionSeconds, readingLeadSeconds: 0n, marketTimeOffset: 0n },
      trade: {
        bonds: false,
        gridPrice: GRID_PRICE,
        smallestAcceptanceMwh: 1_000n,
        longestSpanSeconds: 86_400n,
        gateSeconds: 0n,
        offerLeadSeconds: 36_000n,
        ...trade,
        settlement,
      },
    });
    for (const household of [seller, secondSeller, buyer, other]) {
      this.register(household);
      this.vm.give(household, START_TOKENS);
      this.vm.send(household, 'token', 'approve', [ESCROW.address, 2n ** 256n - 1n]);
    }
  }

  /** A household's meter, whose readings the gateway sends. */
  register(household: TestAccount): void {
    const args = [meterOf(household), household.address, gateway.address, false, RATING];
    this.vm.send(operators[0], 'registry', 'registerMeter', args);
  }

  /** The arguments of an offer of 1 kWh of the first period: accepted until it begins, settled an hour after it. */
  offerArgs(who: TestAccount, change: Partial<OfferArgs> = {}): unknown[] {
    const periodStart = change.periodStart ?? FIRST_START;
    const args = {
      meter: meterOf(who),
      periodStart,
      energyMwh: 1_000_000n,
      price: PRICE,
      gridPrice: GRID_PRICE,
      acceptUntil: periodStart,
      settleBy: periodStart + RESOLUTION + 3_600n,
      ...change,
    };
    return [args.meter, args.periodStart, args.energyMwh, args.price, args.gridPrice, args.acceptUntil, args.settleBy];
  }

  offer(change: Partial<OfferArgs> = {}, who = seller): bigint {
    return this.vm.send(who, 'trade', 'offer', this.offerArgs(who, change)).output as bigint;
  }

  terms(offerId: bigint): ReadTerms {
    return this.vm.read<[ReadTerms]>('trade', 'offers', [offerId])[0];
  }

  offerState(offerId: bigint): string {
    return OFFER_STATES[this.vm.read<number[]>('trade', 'offers', [offerId])[4] ?? -1] ?? '';
  }

  /** The arguments of an acceptance of an offer as it stands. */
  acceptArgs(who: TestAccount, offerId: bigint, energyMwh: bigint, change: Partial<ReadTerms> = {}): unknown[] {
    return [{ ...this.terms(offerId), ...change }, energyMwh, meterOf(this.#bothCount ? who : nobody)];
  }

  accept(who: TestAccount, offerId: bigint, energyMwh: bigint): bigint {
    return this.vm.send(who, 'trade', 'accept', this.acceptArgs(who, offerId, energyMwh)).output as bigint;
  }

  cancelArgs(offerId: bigint): unknown[] {
    const { meter, periodStart, price } = this.terms(offerId);
    return [offerId, meter, periodStart, price];
  }

  /** Reports a household's reading of a period, once the period is over. */
  report(household: TestAccount, producedMwh: bigint, consumedMwh: bigint, period = 0): void {
    const end = startOf(period + 1);
    if (this.vm.nowS < end) this.vm.nowS = end;
    const meter = meterOf(household);
    const number = (this.#numbers.get(meter) ?? 0) + 1;
    const reading = { meter, number, periodStart: startOf(period), producedMwh, consumedMwh };
    this.vm.send(gateway, 'registry', 'report', [[reading]]);
    this.#numbers.set(meter, number);
  }

  settle(...tradeIds: bigint[]) {
    return this.vm.send(stranger, 'trade', 'settle', [tradeIds]);
  }

  status(tradeId: bigint): ReadStatus {
    return this.vm.read<ReadStatus>('trade', 'tradeStatus', [tradeId]);
  }

  state(tradeId: bigint): string {
    return TRADE_STATES[this.status(tradeId).state] ?? '';
  }

  /** What somebody has more than in the beginning. */
  gain(account: TestAccount): bigint {
    return this.vm.tokens(account) - START_TOKENS;
  }
}

/** Its "meter" is the 0 that names none. */
const nobody: TestAccount = { address: `0x${'00'.repeat(20)}`, privateKey: new Uint8Array(32) };
