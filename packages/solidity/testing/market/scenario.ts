/** One of everything that costs gas in the energy contracts, as a list of calls. */
import { type Address, addressOf } from '@wattchain/core';
import type { AbiInput } from '@wattchain/vm';

/** In the order of their deployment. */
export const CONTRACTS = ['EnergyToken', 'Bank', 'EnergyTrade'] as const;
export type ContractName = (typeof CONTRACTS)[number];

/** Where the contracts stand. */
export type Places = Readonly<Record<ContractName, Address>>;

/** People of the scenario, by their number among the senders. */
export const PEOPLE = {
  deployer: 0,
  operator: 1,
  otherOperator: 2,
  seller: 3,
  buyer: 4,
  neighbour: 5,
  gateway: 6,
} as const;
export type Person = keyof typeof PEOPLE;
export const PERSONS = Object.keys(PEOPLE) as readonly Person[];

/** Where the coins of a person are. */
export function address(person: Person): Address {
  return addressOf(new Uint8Array(32).fill(PEOPLE[person] + 1));
}

/** A transaction. */
export interface Step {
  /** The row of the table; steps without one prepare others. */
  readonly row?: string;
  readonly from: Person;
  readonly contract: ContractName;
  readonly function: string;
  readonly args: readonly AbiInput[];
  /** In wei. */
  readonly value?: bigint;
  /** Seconds after the start. */
  readonly at: number;
}

const TOKEN = 10n ** 18n;
const BUY_RATE = 2_000_000n;
const REDEEM_RATE = 1_900_000n;
const UNLIMITED = 2n ** 256n - 1n;
const HOUR = 3_600n;
const ENERGY = 1_071_612n;

/** A `bytes32` that ends with a number. */
export const word = (n: number) => `0x${n.toString(16).padStart(64, '0')}`;
const METER = word(0xa1);
const OTHER_METER = word(0xa2);

/** Arguments of the constructors. */
export function constructorArguments(contract: ContractName, places: Places): readonly AbiInput[] {
  const operators = [address('operator'), address('otherOperator')] as const;
  if (contract === 'EnergyToken') return [places.Bank];
  if (contract === 'EnergyTrade') return [places.EnergyToken, ...operators];
  const limit = 1_000n * TOKEN;
  return [places.EnergyToken, operators[0], limit, operators[1], limit, BUY_RATE, REDEEM_RATE];
}

/** Everything that happens, in order. */
export function steps(startS: bigint, places: Places): readonly Step[] {
  const offer = (row: string | undefined, hour: bigint, energy: bigint, at: number): Step => ({
    ...named(row),
    from: 'seller',
    contract: 'EnergyTrade',
    function: 'offer',
    args: [METER, hour * HOUR, HOUR, energy, TOKEN, startS + 10_000n, startS + 20_000n],
    at,
  });
  const accept = (row: string | undefined, from: Person, id: bigint, energy: bigint, at: number): Step => ({
    ...named(row),
    from,
    contract: 'EnergyTrade',
    function: 'accept',
    args: [id, energy],
    at,
  });
  const report = (
    row: string,
    readings: readonly (readonly [string, bigint, bigint, bigint, bigint])[],
    at: number,
  ): Step => ({
    row,
    from: 'gateway',
    contract: 'EnergyTrade',
    function: 'report',
    args: [
      readings.map(([meter]) => meter),
      readings.map(([, number]) => number),
      readings.map(([, , hour]) => hour * HOUR),
      readings.map(() => HOUR),
      readings.map(([, , , produced]) => produced),
      readings.map(([, , , , consumed]) => consumed),
    ],
    at,
  });
  const settle = (row: string, hour: bigint, at: number): Step => ({
    row,
    from: 'neighbour',
    contract: 'EnergyTrade',
    function: 'settle',
    args: [METER, hour * HOUR, HOUR, 100n],
    at,
  });
  const bank = (
    row: string | undefined,
    from: Person,
    name: string,
    args: readonly AbiInput[],
    at: number,
    value = 0n,
  ): Step => ({
    ...named(row),
    from,
    contract: 'Bank',
    function: name,
    args,
    value,
    at,
  });
  const token = (row: string | undefined, from: Person, name: string, args: readonly AbiInput[], at: number): Step => ({
    ...named(row),
    from,
    contract: 'EnergyToken',
    function: name,
    args,
    at,
  });
  const register = (row: string | undefined, meter: string, household: Person): Step => ({
    ...named(row),
    from: 'operator',
    contract: 'EnergyTrade',
    function: 'registerMeter',
    args: [meter, address(household), address('gateway')],
    at: 1,
  });
  return [
    bank('buy, the first time', 'buyer', 'buy', [], 1, 100n * BUY_RATE),
    bank('buy', 'buyer', 'buy', [], 1, 100n * BUY_RATE),
    bank('attest', 'operator', 'attest', [address('neighbour'), 50n * TOKEN, word(1)], 1),
    token('transfer to a new holder', 'buyer', 'transfer', [address('seller'), 5n * TOKEN], 1),
    token('transfer', 'buyer', 'transfer', [address('seller'), 5n * TOKEN], 1),
    token('approve', 'buyer', 'approve', [places.EnergyTrade, UNLIMITED], 1),
    token(undefined, 'neighbour', 'approve', [places.EnergyTrade, 40n * TOKEN], 1),
    token(undefined, 'seller', 'approve', [address('gateway'), 9n * TOKEN], 1),
    token('transferFrom', 'gateway', 'transferFrom', [address('seller'), address('buyer'), TOKEN], 1),
    register('registerMeter', METER, 'seller'),
    register(undefined, OTHER_METER, 'buyer'),
    {
      row: 'changeReporter',
      from: 'operator',
      contract: 'EnergyTrade',
      function: 'changeReporter',
      args: [OTHER_METER, address('seller')],
      at: 1,
    },
    {
      from: 'operator',
      contract: 'EnergyTrade',
      function: 'changeReporter',
      args: [OTHER_METER, address('gateway')],
      at: 1,
    },
    offer('offer, the first', 8n, ENERGY, 10),
    offer('offer', 8n, ENERGY, 10),
    accept('accept, the first of its period', 'buyer', 1n, 854_339n, 20),
    accept('accept', 'buyer', 1n, 117_273n, 20),
    accept('accept with an allowance that is used up', 'neighbour', 2n, 217_273n, 20),
    { row: 'cancelOffer', from: 'seller', contract: 'EnergyTrade', function: 'cancelOffer', args: [2n], at: 30 },
    report('report, the first of a meter', [[METER, 1n, 8n, 1_716_000n, 644_388n]], 40),
    settle('settle three trades', 8n, 50),
    offer(undefined, 9n, ENERGY, 60),
    accept(undefined, 'buyer', 3n, ENERGY, 60),
    report('report', [[METER, 2n, 9n, 1_000_000n, 500_000n]], 70),
    settle('settle one trade, short', 9n, 80),
    offer(undefined, 10n, ENERGY, 90),
    accept(undefined, 'buyer', 4n, 300_000n, 90),
    accept(undefined, 'buyer', 4n, 300_000n, 90),
    report(
      'report three readings',
      [
        [METER, 3n, 11n, 9n, 4n],
        [OTHER_METER, 1n, 10n, 5n, 6n],
        [OTHER_METER, 2n, 11n, 7n, 8n],
      ],
      95,
    ),
    { row: 'refund', from: 'neighbour', contract: 'EnergyTrade', function: 'refund', args: [5n], at: 20_001 },
    bank('redeem', 'buyer', 'redeem', [3n * TOKEN], 20_010),
    token(undefined, 'buyer', 'approve', [places.Bank, 90n * TOKEN], 20_010),
    bank('redeemOutside', 'buyer', 'redeemOutside', [2n * TOKEN, word(0xacc)], 20_010),
    bank(undefined, 'buyer', 'redeemOutside', [2n * TOKEN, word(0xacc)], 20_010),
    bank('markPaid', 'operator', 'markPaid', [1n, word(7)], 20_010),
    bank('cancelPayout', 'buyer', 'cancelPayout', [2n], 20_010),
    bank('setStandingOrder', 'buyer', 'setStandingOrder', [TOKEN, 86_400n, word(0xacc)], 20_020),
    bank(undefined, 'buyer', 'setStandingOrder', [1_000_000n * TOKEN, 86_400n, word(0xacc)], 20_020),
    bank('runStandingOrders, one due', 'operator', 'runStandingOrders', [[1n]], 120_000),
    bank('runStandingOrders, one due, one uncovered', 'operator', 'runStandingOrders', [[1n, 2n, 3n]], 220_000),
    bank('cancelStandingOrder', 'buyer', 'cancelStandingOrder', [1n], 220_010),
    bank('setRates', 'operator', 'setRates', [BUY_RATE + 1n, REDEEM_RATE], 220_010),
    bank('setLimit', 'operator', 'setLimit', [address('otherOperator'), 2_000n * TOKEN], 220_010),
    bank('deposit', 'seller', 'deposit', [], 220_010, 1_000n),
    bank('withdraw', 'operator', 'withdraw', [1_000n], 220_010),
  ];
}

const named = (row: string | undefined) => (row === undefined ? {} : { row });
