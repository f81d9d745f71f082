import { readFileSync } from 'node:fs';
import { type Address, assert, contractAddress, parseAddress, WattchainError } from '@wattchain/core';
import { compileSolidity } from '@wattchain/solidity';
import {
  type AbiInput,
  type AbiValue,
  type Artifact,
  Sandbox,
  type SandboxContract,
  type SandboxEvent,
} from '@wattchain/vm';
import { numberToHex } from 'viem';
import { TOKEN_UNIT } from '../src/units.js';

/** Wei for a token in the tests. */
export const BUY_RATE = 2_000_000n;
export const REDEEM_RATE = 1_900_000n;
/** Tokens that each seat may attest in the tests. */
export const ATTESTATION_LIMIT = 1_000n * TOKEN_UNIT;
/** Seconds. */
export const NOTICE = 1_000n;
/** Never too late. */
export const ALWAYS = 2n ** 64n - 1n;

const FOLDERS = { first: '../../../bench/contracts/first', now: '../contracts' } as const;
/** The rules before and after everything was covered. */
export type Rules = keyof typeof FOLDERS;

const artifacts = new Map<string, Artifact>();

/** A contract of the rules, compiled once. */
export function artifactOf(rules: Rules, name: string): Artifact {
  const key = `${rules}/${name}`;
  const known = artifacts.get(key);
  if (known !== undefined) return known;
  const read = (file: string) => readFileSync(new URL(`${FOLDERS[rules]}/${file}`, import.meta.url), 'utf8');
  const { artifacts: built } = compileSolidity({ name: `${name}.sol`, text: read(`${name}.sol`) }, read);
  const artifact = built.find(({ contract }) => contract === name);
  assert(artifact !== undefined, `${name}.sol has a contract of its name`);
  artifacts.set(key, artifact);
  return artifact;
}

/** A word of 32 bytes, for references and destinations. */
export const word = (n: number) => numberToHex(n, { size: 32 });

/** Token units of whole tokens. */
export const ent = (tokens: number | bigint) => BigInt(tokens) * TOKEN_UNIT;

type FigureName =
  | `tokens${'IssuedForCoins' | 'IssuedOutside' | 'RedeemedForCoins' | 'PaidOutside' | 'PendingPayout' | 'Outstanding'}`
  | `coin${'Reserve' | 'CoverNeeded' | 'Surplus' | 'Deposits'}`;
/** What the bank tells of itself, by name; the first rules tell some of it. */
export type Figures = Readonly<Partial<Record<FigureName, bigint>>>;

/** What happened, or in words why not. */
export type Attempt =
  | {
      readonly refusal?: undefined;
      readonly output: AbiValue | undefined;
      readonly events: readonly SandboxEvent[];
      readonly gasUsed: number;
    }
  | { readonly refusal: string };

export interface BankRoomOptions {
  /** Default 2. */
  readonly seats?: number;
  readonly buyRate?: bigint;
  readonly redeemRate?: bigint;
}

/** Token, bank and, by today's rules, council in a sandbox, with the people who use them. Transactions are a second apart. */
export class BankRoom {
  readonly sandbox = new Sandbox();
  readonly operators: readonly string[];
  readonly #outsiders: readonly string[];
  /** Owns nothing else. */
  readonly recovery: string;
  /** Of the beginning, like the next. */
  readonly buyRate: bigint;
  readonly redeemRate: bigint;
  readonly token: SandboxContract;
  readonly bank: SandboxContract;
  /** There is none by the first rules. */
  readonly council: SandboxContract | undefined;

  constructor(
    readonly rules: Rules,
    { seats = 2, buyRate = BUY_RATE, redeemRate = REDEEM_RATE }: BankRoomOptions = {},
  ) {
    const { accounts } = this.sandbox;
    const [deployer, recovery] = [accounts[9], accounts[8]];
    assert(deployer !== undefined && recovery !== undefined, 'a sandbox has ten accounts');
    this.operators = accounts.slice(0, seats);
    this.#outsiders = accounts.slice(seats, 8);
    this.recovery = recovery;
    this.buyRate = buyRate;
    this.redeemRate = redeemRate;
    const options = { from: deployer };
    const place = (n: number): Address => contractAddress(parseAddress(deployer), n);
    if (rules === 'now') {
      this.council = this.sandbox.deploy(artifactOf('now', 'Council'), [this.operators, recovery, NOTICE], options);
    }
    const bankAddress = place(rules === 'now' ? 2 : 1);
    this.token = this.sandbox.deploy(artifactOf(rules, 'EnergyToken'), [bankAddress], options);
    const limits = this.operators.map(() => ATTESTATION_LIMIT);
    const council = this.council?.address ?? '';
    const first = this.operators.flatMap((operator) => [operator, ATTESTATION_LIMIT]);
    const args: AbiInput[] =
      rules === 'now'
        ? [this.token.address, council, limits, buyRate, redeemRate]
        : [this.token.address, ...first, buyRate, redeemRate];
    this.bank = this.sandbox.deploy(artifactOf(rules, 'Bank'), args, options);
    assert(parseAddress(this.bank.address) === bankAddress, 'the bank stands where the token looks for it');
  }

  /** An operator, seat n. */
  operator(n: number): string {
    const key = this.operators[n - 1];
    assert(key !== undefined, `there is an operator ${n}`);
    return key;
  }

  /** Somebody without a seat, n from 1. */
  outsider(n: number): string {
    const key = this.#outsiders[n - 1];
    assert(key !== undefined, `there is an outsider ${n}`);
    return key;
  }

  /** Block time of the next transaction. */
  get now(): bigint {
    return BigInt(this.sandbox.timeS + 1);
  }

  /** Lets time pass: the next transaction is in a block of this time. */
  goTo(time: bigint): void {
    this.sandbox.advance(Number(time - this.now));
  }

  try(from: string, name: string, args: readonly AbiInput[] = [], value = 0n): Attempt {
    return this.#attempt(this.bank, from, name, args, value);
  }

  /** Runs a function of the bank, which must succeed. */
  send(from: string, name: string, args: readonly AbiInput[] = [], value = 0n) {
    return this.bank.send(name, args, { from, value });
  }

  /** Why the bank refuses; it must. */
  refusal(from: string, name: string, args: readonly AbiInput[] = [], value = 0n): string {
    const { refusal } = this.try(from, name, args, value);
    assert(refusal !== undefined, `${name} should have been refused`);
    return refusal;
  }

  /** Runs a function of the token. */
  tokenSend(from: string, name: string, args: readonly AbiInput[]) {
    return this.token.send(name, args, { from });
  }

  /** Runs a function of the council. */
  councilSend(from: string, name: string, args: readonly AbiInput[]) {
    assert(this.council !== undefined, 'there is a council by the rules of today');
    return this.council.send(name, args, { from });
  }

  /** Whether the council did it. */
  councilTry(from: string, name: string, args: readonly AbiInput[]): boolean {
    assert(this.council !== undefined, 'there is a council by the rules of today');
    return this.#attempt(this.council, from, name, args, 0n).refusal === undefined;
  }

  /** Several results of a view. */
  read(name: string, args: readonly AbiInput[] = []): readonly AbiValue[] {
    const result = this.bank.call(name, args);
    return Array.isArray(result) ? result : [result as AbiValue];
  }

  /** Token units. */
  tokens(owner: string): bigint {
    return this.token.call('balanceOf', [owner]) as bigint;
  }

  coins(owner: string): bigint {
    return this.sandbox.balance(owner);
  }

  /** Wei in the deposit of a seat. */
  deposit(seat: number): bigint {
    return this.read('seatAccounts', [BigInt(seat)])[3] as bigint;
  }

  figures(): Figures {
    const entry = this.bank.artifact.abi.find((item) => item.type === 'function' && item.name === 'figures');
    assert(entry?.type === 'function', 'the bank has figures');
    const values = this.read('figures');
    return Object.fromEntries(entry.outputs.map(({ name }, i) => [name, values[i] as bigint]));
  }

  /** Buys whole tokens, by whichever rules. */
  buy(from: string, tokens: number | bigint): void {
    const [rate] = this.read('rates') as bigint[];
    assert(rate !== undefined, 'there is a buy rate');
    this.send(from, 'buy', this.rules === 'now' ? [0n, ALWAYS] : [], BigInt(tokens) * rate);
  }

  /** Redeems token units, by whichever rules. */
  redeem(from: string, tokens: bigint): void {
    this.send(from, 'redeem', this.rules === 'now' ? [tokens, 0n, ALWAYS] : [tokens]);
  }

  /** Announces rates, confirms them, and brings them into force after the notice. */
  changeRates(buyRate: bigint, redeemRate: bigint): void {
    const announcedAt = this.now;
    this.send(this.operator(1), 'announceRates', [buyRate, redeemRate]);
    this.send(this.operator(2), 'confirmRates', [buyRate, redeemRate, announcedAt]);
    this.goTo(announcedAt + NOTICE);
    this.send(this.outsider(1), 'applyRates', [buyRate, redeemRate, announcedAt]);
  }

  #attempt(contract: SandboxContract, from: string, name: string, args: readonly AbiInput[], value: bigint): Attempt {
    try {
      return contract.send(name, args, { from, value });
    } catch (error) {
      if (error instanceof WattchainError && error.code === 'reverted') {
        return { refusal: error.message.split('\n')[0] ?? '' };
      }
      throw error;
    }
  }
}

/** What somebody's coins are more after an act than before. */
export function gain(room: BankRoom, who: string, act: () => void): bigint {
  const before = room.coins(who);
  act();
  return room.coins(who) - before;
}

/** Ten tokens each of outsiders 1 and 2, bought. */
export function withHolders(rules: Rules, seats = 2): BankRoom {
  const room = new BankRoom(rules, { seats });
  room.buy(room.outsider(1), 10);
  room.buy(room.outsider(2), 10);
  return room;
}

/** A payout of four tokens of outsider 1. */
export function withPayout(rules: Rules, seats = 2): BankRoom {
  const room = withHolders(rules, seats);
  room.tokenSend(room.outsider(1), 'approve', [room.bank.address, ent(10)]);
  room.send(room.outsider(1), 'redeemOutside', [ent(4), word(0xacc)]);
  return room;
}
