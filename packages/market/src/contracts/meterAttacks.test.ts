import { assert } from '@wattchain/core';
import { type AbiValue, Sandbox, type SandboxContract } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { artifactOf } from '../../testing/bankRoom.js';
import { NOTICE, RESOLUTION, testAccount } from '../../testing/marketVm.js';
import {
  asReported,
  correctionOf,
  device,
  endPeriod,
  FIRST,
  gateway,
  household,
  meterId,
  otherRegistrar,
  RATING,
  readingOf,
  registrar,
  registryRoom,
  seenOf,
  signedBy,
} from '../../testing/registryRoom.js';
import { meterRegistryAbi } from './generated.js';

// Each attack is tried on the first rules, where it succeeds, and on those of today.

/** Meter 1 by the first rules: registered by the first account, of the third, reported by the fourth. */
class FirstRules {
  readonly sandbox = new Sandbox();
  readonly trade: SandboxContract;
  readonly registrar: string;
  readonly reporter: string;
  readonly thief: string;

  constructor() {
    const [first, second, owner, reporter, thief] = this.sandbox.accounts;
    assert(first && second && owner && reporter && thief, 'a sandbox has ten accounts');
    this.trade = this.sandbox.deploy(artifactOf('first', 'EnergyTrade'), [thief, first, second], { from: first });
    [this.registrar, this.reporter, this.thief] = [first, reporter, thief];
    this.trade.send('registerMeter', [meterId(1), owner, reporter], { from: first });
  }

  report(from: string, number: bigint, start: bigint, produced: bigint, seconds = RESOLUTION): void {
    this.trade.send('report', [[meterId(1)], [number], [start], [seconds], [produced], [0n]], { from });
  }

  reading(start: bigint, seconds = RESOLUTION): readonly AbiValue[] {
    return this.trade.call('readings', [meterId(1), start, seconds]) as readonly AbiValue[];
  }
}

/** Names of a contract's functions. */
const functionsOf = (abi: readonly { readonly type: string; readonly name?: string }[]) =>
  abi.flatMap((entry) => (entry.type === 'function' ? [entry.name] : []));

describe('one reading of a period at 2^63', () => {
  it('kills the meter, by the first rules', () => {
    const room = new FirstRules();
    room.report(room.reporter, 1n, 2n ** 63n, 0n);
    expect(() => room.report(room.reporter, 2n, 1_000n * RESOLUTION, 1n)).toThrow('PeriodAlreadyRead');
  });

  it('but market time refuses it, and the meter goes on', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const far = 2n ** 63n - (2n ** 63n % RESOLUTION);
    const batch = (periodStart: bigint) => [[asReported(readingOf(2, 1, { periodStart }))]];
    expect(vm.refusal(gateway, 'registry', 'report', batch(far))).toMatch(/^ReadingTooEarly/);
    vm.send(gateway, 'registry', 'report', batch(FIRST));
  });
});

describe('a reading of 2^63 mWh, of 1970, of 2^62 seconds', () => {
  it('counts, by the first rules', () => {
    const room = new FirstRules();
    room.report(room.reporter, 1n, 0n, 2n ** 63n, 2n ** 62n);
    expect(room.reading(0n, 2n ** 62n)[1]).toBe(2n ** 63n);
  });

  it('but is beyond the rating, before the meter was there, and of no period', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const refusal = (changes: object) =>
      vm.refusal(gateway, 'registry', 'report', [[asReported(readingOf(2, 1, changes))]]);
    expect(refusal({ producedMwh: 2n ** 63n })).toMatch(/^BeyondRating/);
    expect(refusal({ periodStart: 0n })).toMatch(/^PeriodAlreadyRead/);
    expect(refusal({ periodStart: FIRST + 1n })).toMatch(/^NotAPeriod/);
  });
});

describe('a thief with the key of a registrar', () => {
  it('takes every meter at once, by the first rules', () => {
    const room = new FirstRules();
    room.trade.send('changeReporter', [meterId(1), room.thief], { from: room.registrar });
    room.report(room.thief, 1n, 0n, 10n ** 9n);
    expect(room.reading(0n)[1]).toBe(10n ** 9n);
    expect(functionsOf(room.trade.artifact.abi)).not.toContain('requestKeyChange');
  });

  it('but has to wait, is stopped by the household, and loses the key to the council', () => {
    const vm = registryRoom();
    const thief = testAccount(7);
    const terms = [meterId(1), thief.address, false, RATING];
    vm.send(registrar, 'registry', 'announceSource', terms);
    expect(vm.refusal(registrar, 'registry', 'applySource', terms)).toMatch(/^NotInForceNow/);
    vm.send(household, 'registry', 'stopSource', terms);
    const keys = [registrar.address, testAccount(8).address];
    vm.send(otherRegistrar, 'council', 'requestKeyChange', keys);
    const requestedAt = vm.nowS;
    vm.send(testAccount(20), 'council', 'vetoKeyChange', [...keys, requestedAt]);
    expect(vm.refusal(registrar, 'registry', 'announceSource', terms)).toBe('only a registrar may do this');
    vm.nowS += NOTICE;
    vm.send(testAccount(20), 'council', 'voteOnKeyChange', [...keys, requestedAt, true]);
    vm.send(testAccount(8), 'registry', 'announceSource', terms);
  });
});

describe('a gateway that reports what no meter has measured', () => {
  it('is believed, by the first rules', () => {
    const room = new FirstRules();
    room.report(room.reporter, 1n, 0n, 10n ** 9n);
    expect(room.reading(0n)[1]).toBe(10n ** 9n);
  });

  it('but cannot change a figure that the device has signed, nor bring it twice', async () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const { reading, signature } = await signedBy(device, readingOf(1, 1));
    const forged = { reading: { ...reading, producedMwh: RATING }, signature };
    expect(vm.refusal(gateway, 'registry', 'reportSigned', [[forged]])).toMatch(/^WrongSigner/);
    expect(vm.refusal(gateway, 'registry', 'report', [[forged.reading]])).toBe('this meter reports another way');
    vm.send(gateway, 'registry', 'reportSigned', [[{ reading, signature }]]);
    expect(vm.refusal(gateway, 'registry', 'reportSigned', [[{ reading, signature }]])).toBe('there is no new reading');
  });
});

describe('a wrong reading, and a period that was passed over', () => {
  it('stand for ever, by the first rules', () => {
    const room = new FirstRules();
    room.report(room.reporter, 1n, RESOLUTION, 5n);
    expect(functionsOf(room.trade.artifact.abi)).not.toContain('correct');
    expect(() => room.report(room.reporter, 2n, RESOLUTION, 4n)).toThrow('PeriodAlreadyRead');
    expect(() => room.report(room.reporter, 2n, 0n, 4n)).toThrow('PeriodAlreadyRead');
  });

  it('but are put right by device and registrar together', async () => {
    expect(functionsOf(meterRegistryAbi)).toContain('correct');
    const vm = registryRoom();
    endPeriod(vm, 2);
    const read = readingOf(1, 1, { periodStart: FIRST + RESOLUTION, producedMwh: 5n, consumedMwh: 0n });
    vm.send(gateway, 'registry', 'reportSigned', [[await signedBy(device, read)]]);
    for (const [periodStart, oldProducedMwh] of [
      [FIRST + RESOLUTION, 5n],
      [FIRST, 0n],
    ] as const) {
      const change = { meter: meterId(1), periodStart, correction: 0n, oldProducedMwh, oldConsumedMwh: 0n };
      const correction = { ...change, newProducedMwh: 4n, newConsumedMwh: 0n };
      vm.send(gateway, 'registry', 'correct', await correctionOf(correction, device, registrar));
      expect(seenOf(vm, 1, periodStart)).toEqual([true, false, 4n, 0n]);
    }
  });
});
