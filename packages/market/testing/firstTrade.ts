import { assert } from '@wattchain/core';
import { type AbiInput, type AbiValue, Sandbox, type SandboxContract } from '@wattchain/vm';
import { numberToHex } from 'viem';
import { TOKEN_UNIT } from '../src/units.js';
import { artifactOf } from './bankRoom.js';

/** Seconds of an hour, and of the periods here. */
export const HOUR = 3_600n;
const METER = numberToHex(0xa1, { size: 32 });

/** Terms of an offer by the first rules. */
export interface FirstOffer {
  readonly start: bigint;
  readonly length: bigint;
  readonly energyMwh: bigint;
  readonly price: bigint;
  readonly acceptIn: bigint;
  readonly settleIn: bigint;
}

/** The trade contract of the first rules, for tests of what was wrong with them. Transactions are a second apart. */
export class FirstTrade {
  readonly sandbox = new Sandbox();
  readonly #token: SandboxContract;
  readonly #trade: SandboxContract;
  #readings = 0n;

  constructor() {
    const [bank, registrar] = [this.who(0), this.who(1)];
    this.#token = this.sandbox.deploy(artifactOf('first', 'EnergyToken'), [bank]);
    this.#trade = this.sandbox.deploy(artifactOf('first', 'EnergyTrade'), [this.#token.address, bank, registrar]);
    this.send(registrar, 'registerMeter', [METER, this.seller, registrar]);
    for (const person of [this.seller, this.buyer, this.other]) {
      this.#token.send('mint', [person, 100n * TOKEN_UNIT], { from: bank });
      this.#token.send('approve', [this.#trade.address, 2n ** 256n - 1n], { from: person });
    }
  }

  who(n: number): string {
    const account = this.sandbox.accounts[n];
    assert(account !== undefined, 'a sandbox has ten accounts');
    return account;
  }

  get seller(): string {
    return this.who(2);
  }

  get buyer(): string {
    return this.who(3);
  }

  /** Another household, or a second account of the seller. */
  get other(): string {
    return this.who(4);
  }

  /** Block time of the next transaction. */
  get now(): bigint {
    return BigInt(this.sandbox.timeS + 1);
  }

  send(from: string, name: string, args: readonly AbiInput[]) {
    return this.#trade.send(name, args, { from });
  }

  /** 1 kWh of the hour from 1:00 at a token for 150 Wh, unless it is said otherwise. */
  offer(change: Partial<FirstOffer> = {}): bigint {
    const offer = {
      start: HOUR,
      length: HOUR,
      energyMwh: 1_000_000n,
      price: TOKEN_UNIT,
      acceptIn: 100n,
      settleIn: 1_000n,
      ...change,
    };
    const { start, length, energyMwh, price, acceptIn, settleIn } = offer;
    const deadlines = [this.now + acceptIn, this.now + settleIn];
    return this.send(this.seller, 'offer', [METER, start, length, energyMwh, price, ...deadlines]).output as bigint;
  }

  accept(from: string, offerId: bigint, energyMwh: bigint): bigint {
    return this.send(from, 'accept', [offerId, energyMwh]).output as bigint;
  }

  report(producedMwh: bigint, start = HOUR, length = HOUR): void {
    this.#readings += 1n;
    this.send(this.who(1), 'report', [[METER], [this.#readings], [start], [length], [producedMwh], [0n]]);
  }

  settle(maxTrades = 100n, start = HOUR, length = HOUR) {
    return this.send(this.buyer, 'settle', [METER, start, length, maxTrades]);
  }

  refund(tradeId: bigint): void {
    this.send(this.buyer, 'refund', [tradeId]);
  }

  /** State, delivered, paid, returned and further figures of a trade. */
  status(tradeId: bigint): readonly AbiValue[] {
    return this.#trade.call('tradeStatus', [tradeId]) as readonly AbiValue[];
  }

  /** What somebody has more than in the beginning. */
  gain(person: string): bigint {
    return (this.#token.call('balanceOf', [person]) as bigint) - 100n * TOKEN_UNIT;
  }
}
