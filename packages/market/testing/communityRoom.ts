/** A community's council, registry and money, and meters whose readings a gateway reports, for tests of what is built on them. */
import { type Hex, numberToHex } from 'viem';
import { COMMUNITY_ARTIFACTS, type CommunityContractName } from '../src/contracts/communityContracts.js';
import { CONTRACT_ARTIFACTS } from '../src/contracts/contracts.js';
import { type ContractResult, ContractVm, type TestContract } from './contractVm.js';
import { operators, recovery, type TestAccount, testAccount } from './marketVm.js';

/** Where the tests begin: the first hour of a day. */
export const BEGIN = 40n * 86_400n;
export const HOUR = 3_600n;
export const DAY = 86_400n;
/** Seconds of notice. */
export const NOTICE = 600n;
/** Most that a meter can show for a period, mWh. */
export const RATING = 100_000_000n;

export const supplier = testAccount(11);
export const gridOperator = testAccount(12);
export const gateway = testAccount(13);
export const stranger = testAccount(14);
export const issuer = testAccount(15);
/** The n-th household, from 1. */
export const home = (n: number): TestAccount => testAccount(20 + n);
/** Its meter. */
export const meterOf = (n: number): Hex => numberToHex(n, { size: 32 });

/** What of a registry's rules differs. */
export interface CommunityRoomRules {
  readonly resolutionSeconds?: bigint;
  readonly correctionSeconds?: bigint;
}

/** A reading as it is reported; nothing for a period that is skipped. */
export type TestReading = { readonly producedMwh: bigint; readonly consumedMwh: bigint } | undefined;

/** The room: time begins at {@link BEGIN}. */
export class CommunityRoom {
  readonly vm = new ContractVm(BEGIN);
  readonly council: TestContract;
  readonly registry: TestContract;
  readonly money: TestContract;
  readonly resolution: bigint;
  readonly #numbers = new Map<number, number>();

  constructor({ resolutionSeconds = HOUR, correctionSeconds = 0n }: CommunityRoomRules = {}) {
    this.resolution = resolutionSeconds;
    const members = operators.map(({ address }) => address);
    this.council = this.vm.deploy(CONTRACT_ARTIFACTS.Council, [members, recovery.address, NOTICE]);
    const rules = { resolutionSeconds, correctionSeconds, readingLeadSeconds: 0n, marketTimeOffset: 0n };
    this.registry = this.deploy('CommunityRegistry', [
      this.council.address,
      rules,
      supplier.address,
      gridOperator.address,
    ]);
    this.vm.send(operators[0], this.registry, 'describe', [numberToHex(1, { size: 32 })]);
    this.money = this.deploy('CommunityMoney', [issuer.address, 'USD']);
  }

  deploy(name: CommunityContractName, args: readonly unknown[]): TestContract {
    return this.vm.deploy(COMMUNITY_ARTIFACTS[name], args);
  }

  /** The n-th household's meter. */
  register(n: number): void {
    const args = [meterOf(n), home(n).address, gateway.address, false, RATING];
    this.vm.send(operators[0], this.registry, 'registerMeter', args);
  }

  /** Readings of a meter for periods from `start` on, when they are over. */
  report(n: number, start: bigint, readings: readonly TestReading[]): void {
    const made = readings.flatMap((reading, index) => {
      if (reading === undefined) return [];
      const number = (this.#numbers.get(n) ?? 0) + 1;
      this.#numbers.set(n, number);
      return [{ meter: meterOf(n), number, periodStart: start + BigInt(index) * this.resolution, ...reading }];
    });
    this.atLeast(start + BigInt(readings.length) * this.resolution);
    if (made.length > 0) this.vm.send(gateway, this.registry, 'report', [made]);
  }

  /** Moves the clock on, never back. */
  atLeast(timeS: bigint): void {
    if (this.vm.nowS < timeS) this.vm.nowS = timeS;
  }

  /** Gives money, and lets a contract take it. */
  give(to: TestAccount, amount: bigint, spender?: TestContract): void {
    this.vm.send(issuer, this.money, 'mint', [to.address, amount]);
    if (spender !== undefined) this.vm.send(to, this.money, 'approve', [spender.address, 2n ** 256n - 1n]);
  }

  moneyOf({ address }: Pick<TestAccount, 'address'>): bigint {
    return this.vm.read<bigint>(this.money, 'balanceOf', [address]);
  }
}

/** The events of a name that a transaction wrote, by their values. */
export function eventsOf(result: ContractResult, name: string): Readonly<Record<string, unknown>>[] {
  return result.refusal === undefined
    ? result.events.filter((event) => event.name === name).map(({ args }) => args)
    : [];
}
