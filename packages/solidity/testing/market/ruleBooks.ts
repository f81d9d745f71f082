/**
 * The first rules of trading energy and those of today, each with the same things happening under them: offers, acceptances, readings,
 * settlements. Every trade of the paper's day is among them, without a bond and by the seller's meter.
 */
import type { Address } from '@wattchain/core';
import type { AbiInput } from '@wattchain/vm';
import { PACKAGE_FOLDER } from '../compileForEvm.js';
import { address, constructorArguments, type Person, word } from './scenario.js';

/** A contract of a rule book, in the order of deployment. */
export interface RuleContract {
  readonly name: string;
  readonly args: (places: ReadonlyMap<string, Address>) => readonly AbiInput[];
}

/** A transaction; the same `row` in both books is the same act. */
export interface RuleStep {
  /** Steps without one prepare others. */
  readonly row?: string;
  readonly from: Person;
  readonly contract: string;
  readonly function: string;
  readonly args: readonly AbiInput[];
  /** In wei. */
  readonly value?: bigint;
  /** Seconds after the start. */
  readonly at: number;
}

/** Contracts, and what is done with them. */
export interface RuleBook {
  readonly name: string;
  /** Of the sources. */
  readonly folder: string;
  readonly contracts: readonly RuleContract[];
  readonly steps: (startS: bigint, places: ReadonlyMap<string, Address>) => readonly RuleStep[];
}

const TOKEN = 10n ** 18n;
const UNLIMITED = 2n ** 256n - 1n;
const HOUR = 3_600n;
const DAY = 86_400n;
const ENERGY = 1_071_612n;
const METER = word(0xa1);
const OTHER_METER = word(0xa2);
const ZERO = `0x${'00'.repeat(20)}`;
const NO_METER = word(0);

/** Settings of a market of today: how trades settle, and whether sellers put in bonds. */
export interface MarketSettings {
  readonly settlement: 0 | 1 | 2;
  readonly bonds: boolean;
}

/** What both books are asked for; each says how it is done under its rules. */
interface Acts {
  readonly offer: (hour: bigint, energy: bigint) => Act;
  readonly accept: (offerId: bigint, hour: bigint, buyer: 'buyer' | 'neighbour', energy: bigint) => Act;
  readonly cancel: (offerId: bigint, hour: bigint) => Act;
  readonly report: (
    readings: readonly (readonly [meter: string, number: number, hour: bigint, produced: bigint, consumed: bigint])[],
  ) => Act;
  readonly settle: (hour: bigint, tradeIds: readonly bigint[]) => Act;
  readonly refund: (tradeId: bigint) => Act;
  readonly register: (meter: string, household: Person) => Act;
}

type Act = Pick<RuleStep, 'contract' | 'function' | 'args'>;

/** What happens, in the order of the table. */
function story(acts: Acts, places: ReadonlyMap<string, Address>): RuleStep[] {
  const by = (from: Person, at: number, act: Act, row?: string): RuleStep => ({
    ...(row === undefined ? {} : { row }),
    from,
    at,
    ...act,
  });
  const trade = places.get('EnergyTrade') ?? ZERO;
  const token = (name: string, args: readonly AbiInput[]): Act => ({ contract: 'EnergyToken', function: name, args });
  const people: readonly Person[] = ['buyer', 'neighbour', 'seller'];
  return [
    ...people.flatMap((person) => [
      by('operator', 1, token('mint', [address(person), 1_000n * TOKEN])),
      by(person, 1, token('approve', [trade, UNLIMITED])),
    ]),
    by('operator', 1, acts.register(METER, 'seller'), 'registerMeter'),
    by('operator', 1, acts.register(OTHER_METER, 'buyer')),
    by('operator', 1, acts.register(word(0xa3), 'neighbour')),
    by('seller', 10, acts.offer(8n, ENERGY)),
    by('seller', 10, acts.offer(8n, ENERGY), 'offer'),
    by('buyer', 20, acts.accept(1n, 8n, 'buyer', 854_339n), 'accept, the first of its period'),
    by('neighbour', 20, acts.accept(1n, 8n, 'neighbour', 117_273n), 'accept'),
    by('buyer', 20, acts.accept(2n, 8n, 'buyer', 217_273n)),
    by('seller', 30, acts.cancel(2n, 8n), 'cancelOffer'),
    by(
      'gateway',
      40,
      acts.report([
        [OTHER_METER, 1, 8n, 0n, 1_100_000n],
        [word(0xa3), 1, 8n, 0n, 500_000n],
      ]),
    ),
    by('gateway', 40, acts.report([[METER, 1, 8n, 1_716_000n, 644_388n]]), 'report, the first of a meter'),
    by('neighbour', 50, acts.settle(8n, [1n, 2n, 3n]), 'settle three trades'),
    by('seller', 60, acts.offer(9n, ENERGY)),
    by('buyer', 60, acts.accept(3n, 9n, 'buyer', ENERGY)),
    by('gateway', 70, acts.report([[OTHER_METER, 2, 9n, 0n, 1_100_000n]])),
    by('gateway', 70, acts.report([[METER, 2, 9n, 1_000_000n, 500_000n]]), 'report'),
    by('neighbour', 80, acts.settle(9n, [4n]), 'settle one trade, short'),
    by('seller', 90, acts.offer(10n, ENERGY)),
    by('buyer', 90, acts.accept(4n, 10n, 'buyer', 300_000n)),
    by(
      'gateway',
      95,
      acts.report([
        [METER, 3, 11n, 9n, 4n],
        [OTHER_METER, 3, 10n, 5n, 6n],
        [OTHER_METER, 4, 11n, 7n, 8n],
      ]),
      'report three readings',
    ),
    by('neighbour', 40_001, acts.refund(5n), 'refund'),
  ];
}

/** The rules that were replaced. */
export const FIRST_RULES: RuleBook = {
  name: 'first rules',
  folder: `${PACKAGE_FOLDER}/../../bench/contracts/first`,
  contracts: [
    { name: 'EnergyToken', args: () => [address('operator')] },
    {
      name: 'EnergyTrade',
      args: (places) =>
        constructorArguments('EnergyTrade', { EnergyToken: places.get('EnergyToken') ?? ZERO } as never),
    },
  ],
  steps: (startS, places) => {
    const trade = (name: string, args: readonly AbiInput[]): Act => ({ contract: 'EnergyTrade', function: name, args });
    return story(
      {
        offer: (hour, energy) =>
          trade('offer', [METER, hour * HOUR, HOUR, energy, TOKEN, startS + 20_000n, startS + 40_000n]),
        accept: (offerId, _hour, _buyer, energy) => trade('accept', [offerId, energy]),
        cancel: (offerId) => trade('cancelOffer', [offerId]),
        report: (readings) =>
          trade('report', [
            readings.map(([meter]) => meter),
            readings.map(([, number]) => number),
            readings.map(([, , hour]) => hour * HOUR),
            readings.map(() => HOUR),
            readings.map(([, , , produced]) => produced),
            readings.map(([, , , , consumed]) => consumed),
          ]),
        settle: (hour) => trade('settle', [METER, hour * HOUR, HOUR, 100n]),
        refund: (tradeId) => trade('refund', [tradeId]),
        register: (meter, household) => trade('registerMeter', [meter, address(household), address('gateway')]),
      },
      places,
    );
  },
};

/** The rules of today, with some settings. */
export function rulesOfToday(name: string, { settlement, bonds }: MarketSettings): RuleBook {
  const at = (places: ReadonlyMap<string, Address>, contract: string) => places.get(contract) ?? ZERO;
  return {
    name,
    folder: `${PACKAGE_FOLDER}/../market/contracts`,
    contracts: [
      { name: 'EnergyToken', args: () => [address('operator')] },
      {
        name: 'Council',
        args: () => [[address('operator'), address('otherOperator')], address('deployer'), 60n],
      },
      // As on a testbed: its genesis stands for 00:00, readings and offers may lead by a day.
      { name: 'MeterRegistry', args: (places) => [at(places, 'Council'), [HOUR, 0n, DAY, -1_700_000_000n]] },
      {
        name: 'EnergyTrade',
        args: (places) => [
          at(places, 'EnergyToken'),
          at(places, 'MeterRegistry'),
          at(places, 'Council'),
          [settlement, bonds, 2n * TOKEN, 1_000n, 7n * DAY, -DAY, DAY],
        ],
      },
    ],
    steps: (startS, places) => {
      const trade = (name: string, args: readonly AbiInput[]): Act => ({
        contract: 'EnergyTrade',
        function: name,
        args,
      });
      const registry = (name: string, args: readonly AbiInput[]): Act => ({
        contract: 'MeterRegistry',
        function: name,
        args,
      });
      const until = [startS + 20_000n, startS + 40_000n];
      const meters = { buyer: OTHER_METER, neighbour: word(0xa3) };
      return story(
        {
          offer: (hour, energy) => trade('offer', [METER, hour * HOUR, energy, TOKEN, 2n * TOKEN, ...until]),
          accept: (offerId, hour, buyer, energy) =>
            trade('accept', [
              [offerId, address('seller'), METER, hour * HOUR, TOKEN, 2n * TOKEN, ...until],
              energy,
              settlement === 0 ? NO_METER : meters[buyer],
            ]),
          cancel: (offerId, hour) => trade('cancelOffer', [offerId, METER, hour * HOUR, TOKEN]),
          report: (readings) =>
            registry('report', [
              readings.map(([meter, number, hour, ...energies]) => [meter, number, hour * HOUR, ...energies]),
            ]),
          settle: (_hour, tradeIds) => trade('settle', [tradeIds]),
          refund: (tradeId) => trade('refund', [tradeId]),
          register: (meter, household) =>
            registry('registerMeter', [meter, address(household), address('gateway'), false, 10n ** 10n]),
        },
        places,
      );
    },
  };
}

/** The rules of today as the paper's day has them. */
export const PAPER_RULES = rulesOfToday("today, the paper's", { settlement: 0, bonds: false });

/** The acts of one trade that is made, read and settled by itself. */
export const ACTS_OF_A_TRADE = ['offer', 'accept', 'report', 'settle one trade, short'] as const;
