/** A community with its registry, money and grid, and a market, in the machine; homes join, meters are read, periods are settled. */
import { encodePacked, keccak256, numberToHex } from 'viem';
import { COMMUNITY_ARTIFACTS } from '../src/contracts/communityContracts.js';
import { CONTRACT_ARTIFACTS } from '../src/contracts/contracts.js';
import type { MemberPeriod } from '../src/mechanism/common/bills.js';
import type { PriceBand } from '../src/mechanism/common/price.js';
import { type ContractEvent, ContractVm, type TestArtifact, type TestContract } from './contractVm.js';
import { type TestAccount, testAccount } from './marketVm.js';

/** What the supplier and the grid take in a period, units for 150 Wh. */
export interface TestPrices extends PriceBand {
  readonly gridFee: bigint;
  readonly localFee: bigint;
}

/** What a home's meter shows in a period, mWh. */
export interface TestReading {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/** What a test decides; the rest has values that stop nobody. */
export interface CommunityVmOptions {
  readonly artifact: TestArtifact;
  /** Constructor arguments behind the market's rules. */
  readonly args?: readonly unknown[];
  readonly homes: number;
  /** In force from the first period on, one for each period, the last for all that follow. */
  readonly prices?: readonly TestPrices[];
  /** Money units that each home puts in when it joins, and the supplier before. */
  readonly deposit?: bigint;
  readonly supplierDeposit?: bigint;
  readonly depositFloor?: bigint;
  readonly advanceLimit?: bigint;
  readonly silenceSeconds?: bigint;
}

/** Seconds of a period, and the start of the first one. */
export const STEP = 3_600n;
export const FIRST_PERIOD = 3_600_000n;
/** Seconds of notice of the grid, for corrections of readings. */
export const GRID_NOTICE = 60n;
export const CORRECTION = 30n;
export const RATING = 1_000_000_000_000n;

export const [registrar, secondRegistrar, issuer, supplier, gridOperator, reader, stranger] = [
  testAccount(1),
  testAccount(2),
  testAccount(3),
  testAccount(4),
  testAccount(5),
  testAccount(6),
  testAccount(7),
] as const;

const FLAT: TestPrices = { tariff: 30n * 10n ** 15n, feedIn: 6n * 10n ** 15n, gridFee: 0n, localFee: 0n };

/** The account of a home, from 1. */
export const homeAccount = (home: number): TestAccount => testAccount(100 + home);
/** Its meter. */
export const homeMeter = (home: number) => numberToHex(home, { size: 32 });
/** The start of a period, from 0. */
export const startOf = (period: number): bigint => FIRST_PERIOD + BigInt(period) * STEP;

export class CommunityVm {
  readonly vm: ContractVm;
  readonly registry: TestContract;
  readonly money: TestContract;
  readonly grid: TestContract;
  readonly market: TestContract;
  readonly homes: number;
  readonly #deposit: bigint;
  readonly #prices: readonly TestPrices[];
  readonly #readings: number[] = [];

  /** The homes have joined and the prices are posted; it is the start of the first period. */
  constructor(options: CommunityVmOptions) {
    const { artifact, args = [], homes, prices = [FLAT], deposit = 10n ** 24n } = options;
    this.vm = new ContractVm(FIRST_PERIOD - 2n * GRID_NOTICE);
    this.homes = homes;
    this.#deposit = deposit;
    this.#prices = prices;
    const { vm } = this;
    const council = vm.deploy(CONTRACT_ARTIFACTS.Council, [
      [registrar.address, secondRegistrar.address],
      testAccount(8).address,
      600n,
    ]);
    const rules = {
      resolutionSeconds: STEP,
      correctionSeconds: CORRECTION,
      readingLeadSeconds: 0n,
      marketTimeOffset: 0n,
    };
    this.registry = vm.deploy(COMMUNITY_ARTIFACTS.CommunityRegistry, [
      council.address,
      rules,
      supplier.address,
      gridOperator.address,
    ]);
    this.money = vm.deploy(COMMUNITY_ARTIFACTS.CommunityMoney, [issuer.address, 'USD']);
    const first = prices[0] ?? FLAT;
    this.grid = vm.deploy(COMMUNITY_ARTIFACTS.Grid, [this.registry.address, GRID_NOTICE, first]);
    const marketRules = {
      money: this.money.address,
      registry: this.registry.address,
      grid: this.grid.address,
      depositFloor: options.depositFloor ?? 0n,
      advanceLimit: options.advanceLimit ?? 0n,
      firstPeriod: FIRST_PERIOD,
      silenceSeconds: options.silenceSeconds ?? 7_200n,
    };
    this.market = vm.deploy(artifact, [marketRules, ...args]);
    vm.send(registrar, this.registry, 'describe', [keccak256(encodePacked(['string'], ['input']))]);
    this.postPrices();
    vm.nowS = FIRST_PERIOD;
    this.deposit(supplier, options.supplierDeposit ?? 10n ** 26n);
    for (let home = 1; home <= homes; home += 1) this.join(home);
  }

  /** Registers a home's meter and has it join. */
  join(home: number, deposit = this.#deposit): void {
    this.register(home);
    const account = homeAccount(home);
    this.fund(account, deposit);
    const number = this.vm.read<bigint>(this.market, 'memberCount') + 1n;
    this.vm.send(account, this.market, 'join', [homeMeter(home), deposit, number]);
  }

  register(home: number): void {
    const args = [homeMeter(home), homeAccount(home).address, reader.address, false, RATING];
    this.vm.send(registrar, this.registry, 'registerMeter', args);
    this.#readings[home] = 0;
  }

  /** Gives money, and lets the market take it. */
  fund(account: TestAccount, units: bigint): void {
    if (units === 0n) return;
    this.vm.send(issuer, this.money, 'mint', [account.address, units]);
    this.vm.send(account, this.money, 'approve', [this.market.address, units]);
  }

  deposit(account: TestAccount, units: bigint): void {
    if (units === 0n) return;
    this.fund(account, units);
    this.vm.send(account, this.market, 'deposit', [account.address, units]);
  }

  /** Posts what differs from the period before; it must still be time. */
  postPrices(): void {
    const tariffs: object[] = [];
    const fees: object[] = [];
    this.#prices.forEach((price, period) => {
      const before = this.#prices[period - 1];
      if (before === undefined) return;
      const from = startOf(period);
      if (price.tariff !== before.tariff || price.feedIn !== before.feedIn)
        tariffs.push({ from, tariff: price.tariff, feedIn: price.feedIn });
      if (price.gridFee !== before.gridFee || price.localFee !== before.localFee)
        fees.push({ from, gridFee: price.gridFee, localFee: price.localFee });
    });
    if (tariffs.length > 0) this.vm.send(supplier, this.grid, 'postTariffs', [tariffs]);
    if (fees.length > 0) this.vm.send(gridOperator, this.grid, 'postFees', [fees]);
  }

  pricesOf(period: number): TestPrices {
    return this.#prices[period] ?? this.#prices.at(-1) ?? FLAT;
  }

  /** Reads the meters of homes (all) for periods from one on, when these have ended; `readings` period by period, home by home. */
  report(
    period: number,
    readings: readonly (readonly TestReading[])[],
    homes = Array.from({ length: this.homes }, (_, i) => i + 1),
  ): ContractEvent[] {
    const end = startOf(period + readings.length);
    if (this.vm.nowS < end) this.vm.nowS = end;
    const batch = homes.map((home, index) => {
      const firstNumber = (this.#readings[home] ?? 0) + 1;
      this.#readings[home] = firstNumber + readings.length - 1;
      const words = readings.map((ofPeriod) => {
        const { producedMwh, consumedMwh } = ofPeriod[index] as TestReading;
        return (producedMwh << 64n) | consumedMwh;
      });
      return { meter: homeMeter(home), firstNumber, from: startOf(period), readings: words };
    });
    return [...this.vm.send(reader, this.registry, 'reportSeries', [batch]).events];
  }

  /** Settles periods once their readings are final. */
  settle(period: number, count: number, by = stranger) {
    this.vm.nowS += CORRECTION;
    return this.vm.send(by, this.market, 'settle', this.settleArgs(period, count));
  }

  settleArgs(period: number, count: number): readonly unknown[] {
    const hint = this.vm.read(this.grid, 'hintOf', [startOf(period)]);
    return [hint, startOf(period), BigInt(count)];
  }

  /** Balance of an account in the market. */
  balance(account: { readonly address: string }): bigint {
    return this.vm.read<readonly bigint[]>(this.market, 'accountOf', [account.address])[0] ?? 0n;
  }

  /** What the supplier owes to it. */
  owed(account: { readonly address: string }): bigint {
    return this.vm.read<readonly bigint[]>(this.market, 'accountOf', [account.address])[2] ?? 0n;
  }

  balances(): bigint[] {
    return Array.from({ length: this.homes }, (_, i) => this.balance(homeAccount(i + 1)));
  }

  /** Money that the market holds, and the sum of its accounts. */
  audit(): readonly [held: bigint, sum: bigint] {
    return this.vm.read<readonly [bigint, bigint]>(this.market, 'audit');
  }

  /** Readings as members of periods that the pure rules take. */
  membersOf(period: number, readings: readonly TestReading[]): MemberPeriod {
    return {
      periodStart: startOf(period),
      members: readings.map(({ producedMwh, consumedMwh }, index) => ({
        owner: homeAccount(index + 1).address,
        needMwh: consumedMwh > producedMwh ? consumedMwh - producedMwh : 0n,
        surplusMwh: producedMwh > consumedMwh ? producedMwh - consumedMwh : 0n,
      })),
    };
  }
}
