/** Random calls of the energy contracts, aimed so that trades come about, are settled short, and are refunded. */
import type { AbiEntry, AbiInput } from '@wattchain/vm';
import type { Random } from '../random.js';
import type { MarketCall } from './builds.js';
import { address, CONTRACTS, type ContractName, PERSONS, type Person, type Places, word } from './scenario.js';

type FunctionEntry = Extract<AbiEntry, { readonly type: 'function' }>;

/** A call that may be refused. */
export interface RandomCall extends MarketCall {
  /** Seconds since the call before. */
  readonly waitS: number;
}

interface OfferedPeriod {
  readonly meter: string;
  readonly start: bigint;
  readonly length: bigint;
}

const TOKEN = 10n ** 18n;
const MAX64 = 2n ** 64n - 1n;
const MAX256 = 2n ** 256n - 1n;
const AMOUNTS = [0n, 1n, TOKEN, 5n * TOKEN, 20n * TOKEN, 50n * TOKEN, 10_000n * TOKEN, MAX256];
const COINS = [0n, 1n, 1_000_000n, 2_000_000n, 50_000_000n, 2n ** 70n];

/** How often a function is called, 1 when it is not here. */
const WEIGHTS: Readonly<Record<string, number>> = {
  buy: 3,
  attest: 3,
  approve: 4,
  registerMeter: 2,
  offer: 20,
  accept: 40,
  report: 16,
  settle: 16,
  refund: 10,
  cancelOffer: 3,
  offers: 4,
  trades: 3,
  tradeStatus: 12,
  periodProgress: 3,
  redeem: 4,
  redeemOutside: 6,
  markPaid: 4,
  cancelPayout: 3,
  setStandingOrder: 5,
  runStandingOrders: 8,
  transfer: 3,
  figures: 3,
};

/** Who usually calls a function; once in eight times somebody else does. */
const USUAL: readonly (readonly [RegExp, readonly Person[]])[] = [
  [/^report$/, ['gateway']],
  [
    /^(registerMeter|changeReporter|markPaid|runStandingOrders|set(Rates|Limit)|attest|withdraw)$/,
    ['operator', 'otherOperator'],
  ],
  [/^(offer|cancelOffer)$/, ['seller']],
  [/^accept$/, ['buyer', 'neighbour', 'operator']],
  [/^(mint|burn)$/, PERSONS],
];

/** Draws calls and remembers what has been offered and read. */
export class RandomCalls {
  readonly #random: Random;
  readonly #functions: readonly { readonly contract: ContractName; readonly entry: FunctionEntry }[];
  readonly #places: Places;
  readonly #offered: OfferedPeriod[] = [];
  readonly #readingNumbers = new Map<AbiInput, bigint>();
  #trades = 0;
  #readings = 0;

  constructor(random: Random, abis: Readonly<Record<ContractName, readonly AbiEntry[]>>, places: Places) {
    this.#random = random;
    this.#places = places;
    this.#functions = CONTRACTS.flatMap((contract) =>
      abis[contract].flatMap((entry) =>
        entry.type === 'function' ? Array.from({ length: WEIGHTS[entry.name] ?? 1 }, () => ({ contract, entry })) : [],
      ),
    );
  }

  /** What comes first: people have tokens and have approved them, three meters are registered. */
  start(): RandomCall[] {
    const people: readonly Person[] = ['seller', 'buyer', 'neighbour', 'operator'];
    const meters: readonly (readonly [number, Person])[] = [
      [1, 'seller'],
      [2, 'buyer'],
      [3, 'seller'],
    ];
    return [
      ...people.flatMap((from) => [
        this.#call(from, 'Bank', 'buy', [], 100n * 2_000_000n),
        this.#call(from, 'EnergyToken', 'approve', [this.#places.Bank, MAX256]),
        this.#call(from, 'EnergyToken', 'approve', [this.#places.EnergyTrade, MAX256]),
      ]),
      ...meters.map(([n, household]) =>
        this.#call('operator', 'EnergyTrade', 'registerMeter', [word(n), address(household), address('gateway')]),
      ),
    ];
  }

  #call(from: Person, contract: ContractName, name: string, args: readonly AbiInput[], value = 0n): RandomCall {
    return { from, contract, function: name, args, value, waitS: 0 };
  }

  /** @param nowS block time in seconds */
  draw(nowS: bigint): RandomCall {
    const { contract, entry } = this.#random.pick(this.#functions);
    const usual = USUAL.find(([names]) => names.test(entry.name))?.[1];
    const from = this.#random.pick(usual === undefined || this.#random.oneIn(8) ? PERSONS : usual);
    const value = entry.stateMutability === 'payable' ? this.#random.pick(COINS) : 0n;
    return {
      from,
      contract,
      function: entry.name,
      args: this.#arguments(entry, nowS),
      value,
      waitS: this.#random.oneIn(12) ? this.#random.pick([1, 5, 60, 300, 900]) : 0,
    };
  }

  /** Takes note of a call that succeeded. */
  note({ function: name, args }: RandomCall): void {
    if (name === 'offer') {
      const [meter, start, length] = args as [string, bigint, bigint];
      this.#offered.push({ meter, start, length });
    } else if (name === 'accept') this.#trades += 1;
    else if (name === 'report') {
      const [meters] = args as [readonly string[]];
      this.#readings += meters.length;
      for (const meter of meters) this.#readingNumbers.set(meter, (this.#readingNumbers.get(meter) ?? 0n) + 1n);
    }
  }

  #arguments({ name, inputs }: FunctionEntry, nowS: bigint): AbiInput[] {
    if (this.#offered.length > 0 && !this.#random.oneIn(6)) {
      const { meter, start, length } = this.#offered[
        this.#offered.length - 1 - this.#random.below(Math.min(4, this.#offered.length))
      ] as OfferedPeriod;
      if (name === 'report' && this.#random.oneIn(2)) {
        const number = (this.#readingNumbers.get(meter) ?? 0n) + 1n;
        return [
          [meter],
          [number],
          [start],
          [length],
          [this.#argument('producedMwh', 'uint64', nowS)],
          [this.#argument('consumedMwh', 'uint64', nowS)],
        ];
      }
      const asked = ['periodStart', 'periodSeconds'].every((field) => inputs.some((input) => input.name === field));
      if (asked && name !== 'offer')
        return [meter, start, length, ...inputs.slice(3).map((input) => this.#argument(input.name, input.type, nowS))];
    }
    const count = this.#random.oneIn(8) ? 0 : 1 + this.#random.below(3);
    return inputs.map((input) => {
      if (!input.type.endsWith('[]')) return this.#argument(input.name, input.type, nowS);
      const length = this.#random.oneIn(40) ? this.#random.below(4) : count;
      return Array.from({ length }, () => this.#argument(input.name, input.type.slice(0, -2), nowS));
    });
  }

  #argument(name: string, type: string, nowS: bigint): AbiInput {
    const random = this.#random;
    if (type === 'address') {
      return random.pick([...PERSONS.map(address), ...Object.values(this.#places), `0x${'00'.repeat(20)}`]);
    }
    if (name === 'meter' || name === 'meterIds') return word(random.oneIn(6) ? random.below(5) : random.pick([1, 3]));
    if (type === 'bytes32') return word(random.below(60));
    if (name === 'offerId') return BigInt(Math.max(0, this.#offered.length - random.below(4)));
    if (name === 'tradeId') return BigInt(random.below(this.#trades + 2));
    if (/Id/.test(name)) return BigInt(random.below(8));
    if (name === 'numbers') return BigInt(random.below(6));
    if (/^periodStart/.test(name))
      return random.oneIn(12) ? MAX64 : BigInt(10 * (this.#readings + random.below(8)) + (random.oneIn(8) ? 5 : 0));
    if (name === 'periodSeconds') return random.pick([10n, 10n, 10n, 10n, 20n, 0n]);
    if (name === 'acceptUntil') return nowS + BigInt(random.below(1_500));
    if (name === 'settleBy') return nowS + BigInt(100 + random.below(2_500));
    if (name === 'intervalSeconds') return random.pick([0n, 50n, 100n, MAX64]);
    if (name === 'energyMwh')
      return random.oneIn(8) ? random.pick([0n, MAX64]) : random.pick([1n, 300_000n, 450_001n, 900_000n]);
    if (/Mwh/.test(name)) return random.pick([0n, 1n, 300_000n, 450_001n, 900_000n]);
    if (name === 'price') return random.oneIn(12) ? 2n ** 128n - 1n : random.pick([0n, TOKEN / 3n, TOKEN, TOKEN, 1n]);
    if (name === 'maxTrades') return BigInt(random.oneIn(12) ? 0 : 1 + random.below(3));
    if (name === 'position') return BigInt(random.below(3));
    if (/Rate/.test(name)) return random.pick([1_900_000n, 2_000_000n, 2_000_000n, 2_100_000n, 0n]);
    if (name === 'coins') return random.pick([0n, 1_000n, 100_000n, 10n ** 9n]);
    return random.pick(AMOUNTS);
  }
}
