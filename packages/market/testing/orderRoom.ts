/** A community whose market has orders: homes with meters and money, and whoever hands in what they posted. */
import { type Address, addressOf, bigIntToBytes } from '@wattchain/core';
import { type Hex, numberToHex } from 'viem';
import { COMMUNITY_ARTIFACTS, type CommunityContractName } from '../src/contracts/communityContracts.js';
import { CONTRACT_ARTIFACTS } from '../src/contracts/contracts.js';
import type { Order } from '../src/mechanism/common/orders.js';
import {
  ACT_KINDS,
  actFields,
  actWord,
  type FillFields,
  fillFields,
  type PlacedOrder,
  rankingOf,
} from '../src/orders/orderActs.js';
import { ContractVm, type TestContract } from './contractVm.js';
import type { TestAccount } from './marketVm.js';

/** The n-th account, n from 1; any number of them. */
export function orderAccount(n: number): TestAccount {
  const privateKey = bigIntToBytes(BigInt(n) + (1n << 128n), 32);
  return { address: addressOf(privateKey), privateKey };
}

const people = { registrar: 1, supplier: 2, gridOperator: 3, issuer: 4, gateway: 5, anyone: 6 } as const;
const account = (who: keyof typeof people) => orderAccount(1_000_000 + people[who]);

export const HOUR = 3_600n;
/** One unit of the currency. */
export const UNIT = 10n ** 18n;
/** 0.22 and 0.05 for a kWh. */
export const TARIFF = 33n * 10n ** 15n;
export const FEED_IN = 75n * 10n ** 14n;
/** Blocks in which commitments are opened, where orders are sealed. */
export const REVEAL_BLOCKS = 12n;
/** The gate closes so long before a period. */
export const GATE = 900n;
/** Number of the first period that homes can trade in. */
export const FIRST = 300n;
export const startOf = (number: bigint) => number * HOUR;
const NO_HINT = { tariffEntry: 0n, feeEntry: 0n };

export interface OrderRoomOptions {
  readonly contract: CommunityContractName;
  readonly homes: number;
  /** Of the constructor, behind the rules of markets and orders. */
  readonly args?: readonly unknown[];
  readonly prices?: {
    readonly tariff: bigint;
    readonly feedIn: bigint;
    readonly gridFee?: bigint;
    readonly localFee?: bigint;
  };
  readonly covered?: bigint;
  readonly coveredFee?: bigint;
  readonly deposit?: bigint;
  readonly mostActs?: bigint;
  readonly revealBlocks?: bigint;
  readonly sealDeposit?: bigint;
  /** A rule without orders takes no rules of them. */
  readonly hasOrders?: boolean;
}

export class OrderRoom {
  readonly vm = new ContractVm(startOf(FIRST - 2n));
  readonly market: TestContract;
  readonly homes: readonly TestAccount[];
  readonly #registry: TestContract;
  readonly #money: TestContract;
  readonly #read = new Map<Hex, number>();
  /** What was posted, by period. */
  readonly #acts = new Map<bigint, bigint[]>();
  readonly #fills = new Map<bigint, bigint[]>();
  readonly #deposit: bigint;

  constructor(options: OrderRoomOptions) {
    const { vm } = this;
    const { prices = { tariff: TARIFF, feedIn: FEED_IN }, deposit = 1_000n * UNIT } = options;
    this.#deposit = deposit;
    const council = vm.deploy(CONTRACT_ARTIFACTS.Council, [
      [account('registrar').address, account('issuer').address],
      account('anyone').address,
      600n,
    ]);
    const rules = { resolutionSeconds: HOUR, correctionSeconds: 0n, readingLeadSeconds: 0n, marketTimeOffset: 0n };
    const [supplier, gridOperator] = [account('supplier'), account('gridOperator')];
    this.#registry = vm.deploy(COMMUNITY_ARTIFACTS.CommunityRegistry, [
      council.address,
      rules,
      supplier.address,
      gridOperator.address,
    ]);
    this.#money = vm.deploy(COMMUNITY_ARTIFACTS.CommunityMoney, [account('issuer').address, 'EUR']);
    const first = { gridFee: 0n, localFee: 0n, ...prices };
    const grid = vm.deploy(COMMUNITY_ARTIFACTS.Grid, [this.#registry.address, 7n * 86_400n, first]);
    const marketRules = {
      money: this.#money.address,
      registry: this.#registry.address,
      grid: grid.address,
      depositFloor: 0n,
      advanceLimit: 100n * UNIT,
      firstPeriod: startOf(FIRST),
      silenceSeconds: 86_400n,
    };
    const orderRules = {
      gateSeconds: GATE,
      coveredTariff: options.covered ?? prices.tariff,
      coveredFee: options.coveredFee ?? 0n,
      mostActs: options.mostActs ?? 1_536n,
      revealBlocks: options.revealBlocks ?? 0n,
      sealDeposit: options.sealDeposit ?? 0n,
    };
    const own = options.hasOrders === false ? [] : [orderRules];
    this.market = vm.deploy(COMMUNITY_ARTIFACTS[options.contract], [marketRules, ...own, ...(options.args ?? [])]);
    vm.send(account('registrar'), this.#registry, 'describe', [numberToHex(1, { size: 32 })]);
    this.fund(supplier, 1_000_000n * UNIT);
    vm.send(supplier, this.market, 'deposit', [supplier.address, 1_000_000n * UNIT]);
    this.homes = Array.from({ length: options.homes }, (_, i) => orderAccount(i + 1));
    this.homes.forEach((home, i) => {
      const args = [meterOf(home), home.address, account('gateway').address, false, 10n ** 9n];
      vm.send(account('registrar'), this.#registry, 'registerMeter', args);
      this.fund(home, deposit);
      vm.send(home, this.market, 'join', [meterOf(home), deposit, BigInt(i + 1)]);
    });
  }

  /** Money that the market may take. */
  fund(to: TestAccount, amount: bigint): void {
    this.vm.send(account('issuer'), this.#money, 'mint', [to.address, amount]);
    this.vm.send(to, this.#money, 'approve', [this.market.address, 2n ** 256n - 1n]);
  }

  home(n: number): TestAccount {
    return this.homes[n - 1] as TestAccount;
  }

  get anyone(): TestAccount {
    return account('anyone');
  }

  // ---- Orders

  bid(n: number, energyMwh: bigint, price: bigint, number = FIRST): bigint {
    return actWord({ member: BigInt(n), kind: ACT_KINDS.bid, number, energyMwh, price });
  }

  ask(n: number, energyMwh: bigint, price: bigint, number = FIRST): bigint {
    return actWord({ member: BigInt(n), kind: ACT_KINDS.ask, number, energyMwh, price });
  }

  cancel(n: number, about: number, number = FIRST): bigint {
    return actWord({ member: BigInt(n), kind: ACT_KINDS.cancel, about: BigInt(about), number });
  }

  /** Posts acts of a home, and reads what the market tells of them. */
  post(n: number, ...acts: readonly bigint[]): { readonly gasUsed: number } {
    return this.note(this.vm.send(this.home(n), this.market, 'post', [acts]));
  }

  reveal(n: number, openings: readonly unknown[], number = FIRST): void {
    this.note(this.vm.send(this.home(n), this.market, 'reveal', [number, openings]));
  }

  note<
    Result extends {
      readonly events: readonly { readonly name: string; readonly args: Readonly<Record<string, unknown>> }[];
    },
  >(result: Result): Result {
    for (const { name, args } of result.events) {
      if (name !== 'Posted') continue;
      const act = args.act as bigint;
      const { number } = actFields(act);
      this.#acts.set(number, [...this.acts(number), act]);
    }
    return result;
  }

  acts(number = FIRST): readonly bigint[] {
    return this.#acts.get(number) ?? [];
  }

  ownerOf(member: bigint): Address {
    return this.home(Number(member)).address;
  }

  /** Orders of a period that were not taken back by their owners, by side. */
  standing(number = FIRST, acts = this.acts(number)): { readonly bids: PlacedOrder[]; readonly asks: PlacedOrder[] } {
    const fields = acts.map(actFields);
    const gone = new Set<number>();
    fields.forEach(({ kind, about, member }, place) => {
      const order = fields[Number(about)];
      if (kind === ACT_KINDS.cancel && Number(about) < place && order?.member === member) gone.add(Number(about));
    });
    const side = (kind: bigint) =>
      fields.flatMap(({ kind: own, member, energyMwh, price }, place): PlacedOrder[] =>
        own === kind && !gone.has(place) ? [{ owner: this.ownerOf(member), energyMwh, price, place }] : [],
      );
    return { bids: side(ACT_KINDS.bid), asks: side(ACT_KINDS.ask) };
  }

  closeGate(number = FIRST): void {
    const closed = startOf(number) - GATE;
    if (this.vm.nowS < closed) this.vm.nowS = closed;
  }

  rankingArgs(number = FIRST): bigint[] {
    const { bids, asks } = this.standing(number);
    return rankingOf(startOf(number), bids, asks);
  }

  /** What `clear` takes: of a call auction with its ranking. */
  clearArgs(number = FIRST, ranking: readonly (readonly bigint[])[] = [this.rankingArgs(number)]): unknown[] {
    return [number, NO_HINT, this.acts(number), ...ranking];
  }

  /** Closes the gate and has the period cleared. */
  clear(args = this.clearArgs()): {
    readonly gasUsed: number;
    readonly fills: FillFields[];
    readonly trades: readonly bigint[];
  } {
    const number = args[0] as bigint;
    this.closeGate(number);
    const { gasUsed, events } = this.vm.send(this.anyone, this.market, 'clear', args);
    const told = (name: string, field: string) =>
      (events.find((event) => event.name === name)?.args[field] ?? []) as readonly bigint[];
    this.#fills.set(number, [...told('Cleared', 'fills')]);
    return { gasUsed, fills: told('Cleared', 'fills').map(fillFields), trades: told('Traded', 'trades') };
  }

  fills(number = FIRST): readonly bigint[] {
    return this.#fills.get(number) ?? [];
  }

  // ---- Meters and money

  /** Reports what meters show of a period, home by home: positive what is needed, negative what is left over. */
  report(nets: readonly bigint[], number = FIRST): void {
    if (this.vm.nowS < startOf(number + 1n)) this.vm.nowS = startOf(number + 1n);
    const batch = this.homes.map((home, i) => {
      const net = nets[i] ?? 0n;
      const meter = meterOf(home);
      const firstNumber = (this.#read.get(meter) ?? 0) + 1;
      this.#read.set(meter, firstNumber);
      const word = net < 0n ? -net << 64n : net;
      return { meter, firstNumber, from: startOf(number), readings: [word] };
    });
    this.vm.send(account('gateway'), this.#registry, 'reportSeries', [batch]);
  }

  settle(fills = [this.fills()], number = FIRST) {
    return this.vm.send(this.anyone, this.market, 'settle', this.settleArgs(fills, number));
  }

  settleArgs(fills: readonly (readonly bigint[])[] = [this.fills()], number = FIRST): unknown[] {
    return [NO_HINT, startOf(number), fills];
  }

  accountOf(owner: { readonly address: Address } | Address): { readonly balance: bigint; readonly locked: bigint } {
    const address = typeof owner === 'string' ? owner : owner.address;
    const [balance, locked] = this.vm.read<[bigint, bigint, bigint]>(this.market, 'accountOf', [address]);
    return { balance, locked };
  }

  /** What a home has more than in the beginning. */
  gain(n: number): bigint {
    return this.accountOf(this.home(n)).balance - this.#deposit;
  }

  get fundBalance(): bigint {
    return this.accountOf(this.market).balance;
  }

  /** Whether accounts sum to what is held. */
  isBalanced(): boolean {
    const [held, sum] = this.vm.read<[bigint, bigint]>(this.market, 'audit');
    return held === sum;
  }

  hint = NO_HINT;
}

export const meterOf = (home: TestAccount): Hex => numberToHex(BigInt(home.address), { size: 32 });

/** An order as the pure rules take it. */
export const plain = ({ owner, energyMwh, price }: Order): Order => ({ owner, energyMwh, price });
