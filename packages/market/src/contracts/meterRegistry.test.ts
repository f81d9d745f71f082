import { checksumAddress, type Hex, numberToHex, zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  CHAIN_ID,
  CORRECTION_TIME,
  type MarketVm,
  RESOLUTION,
  TEST_RULES,
  testAccount,
} from '../../testing/marketVm.js';
import {
  asReported,
  device,
  endPeriod,
  FIRST,
  gateway,
  household,
  meterId,
  otherRegistrar,
  PLACE,
  RATING,
  readingOf,
  register,
  registrar,
  registryRoom,
  seenOf,
  signedBy,
  stranger,
} from '../../testing/registryRoom.js';
import { GENESIS_ADDRESSES } from './contracts.js';

const shown = (account: { address: `0x${string}` }) => checksumAddress(account.address);
const thief = testAccount(7);

const kept = (vm: MarketVm, meter: number) => vm.read('registry', 'meters', [meterId(meter)]);
const readingAt = (vm: MarketVm, meter: number, start: bigint) =>
  vm.read('registry', 'readings', [meterId(meter), start]);

describe('meters', () => {
  it('are registered once, by a registrar, with a source and a rating', () => {
    const vm = registryRoom();
    const args = [meterId(3), household.address, device.address, true, RATING];
    expect(vm.refusal(household, 'registry', 'registerMeter', args)).toBe('only a registrar may do this');
    expect(vm.send(otherRegistrar, 'registry', 'registerMeter', args).events).toEqual([
      {
        contract: 'registry',
        name: 'MeterRegistered',
        args: {
          meter: meterId(3),
          household: shown(household),
          source: shown(device),
          isDevice: true,
          ratingMwh: RATING,
          registrar: shown(otherRegistrar),
        },
      },
    ]);
    expect(kept(vm, 3)).toEqual({
      household: shown(household),
      rating: RATING,
      isDevice: true,
      feed: { source: shown(device), lastNumber: 0, readUntil: FIRST },
    });
    expect(vm.read('registry', 'meterOf', [meterId(3)])).toEqual([shown(household), FIRST, RATING]);
    expect(vm.refusal(registrar, 'registry', 'registerMeter', args)).toBe('this meter is registered already');
  });

  it('need an id, a household, a source and a rating of at most 1 GWh', () => {
    const vm = registryRoom();
    const args = [meterId(3), household.address, device.address, true, RATING] as const;
    const refusal = (...changed: readonly unknown[]) => vm.refusal(registrar, 'registry', 'registerMeter', changed);
    expect(refusal(zeroHash, ...args.slice(1))).toBe("the meter's id is missing");
    expect(refusal(args[0], zeroAddress, ...args.slice(2))).toBe('the household is missing');
    expect(refusal(args[0], args[1], zeroAddress, true, RATING)).toBe('the source is missing');
    expect(refusal(...args.slice(0, 4), 0n)).toBe('a rating is 1 mWh to 1 GWh');
    expect(refusal(...args.slice(0, 4), 10n ** 12n + 1n)).toBe('a rating is 1 mWh to 1 GWh');
    vm.send(registrar, 'registry', 'registerMeter', [...args.slice(0, 4), 10n ** 12n]);
  });

  it('say the rules of their registry, and market time with its offset, never below 0', () => {
    const vm = registryRoom({ registry: { ...TEST_RULES.registry, marketTimeOffset: -999_000n } });
    expect(vm.read('registry', 'rules')).toEqual({
      resolutionSeconds: RESOLUTION,
      correctionSeconds: CORRECTION_TIME,
      readingLeadSeconds: 0n,
      marketTimeOffset: -999_000n,
    });
    expect(vm.read('registry', 'marketTime')).toBe(1_000n);
    vm.nowS = 5n;
    expect(vm.read('registry', 'marketTime')).toBe(0n);
    expect(vm.read<string>('registry', 'council').toLowerCase()).toBe(GENESIS_ADDRESSES.councilAddress);
  });
});

it('a period is where the genesis has it on the clock of the chain', () => {
  const registry = { ...TEST_RULES.registry, marketTimeOffset: -100n, readingLeadSeconds: 60n };
  const vm = registryRoom({ registry });
  const start = FIRST + RESOLUTION;
  expect(vm.read('registry', 'periodOf', [meterId(1), start])).toEqual([
    shown(household),
    FIRST - RESOLUTION,
    RATING,
    start + 100n,
    start + 100n + RESOLUTION - 60n,
  ]);
  expect(() => vm.read('registry', 'periodOf', [meterId(1), start + 1n])).toThrow(
    `NotAPeriod(${start + 1n}, ${RESOLUTION})`,
  );
});

describe('readings that a reporter sends', () => {
  it('count one after the other, with their event, and say when they are final', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    expect(vm.send(gateway, 'registry', 'report', [[asReported(readingOf(2, 1))]]).events).toEqual([
      {
        contract: 'registry',
        name: 'Reading',
        args: {
          meter: meterId(2),
          periodStart: FIRST,
          source: shown(gateway),
          number: 1,
          producedMwh: 1_900_000n,
          consumedMwh: 800_000n,
        },
      },
    ]);
    expect(readingAt(vm, 2, FIRST)).toEqual({
      produced: 1_900_000n,
      consumed: 800_000n,
      reportedAt: FIRST + RESOLUTION,
      number: 1,
      corrections: 0,
    });
    const asSeen = () => vm.read('registry', 'readingOf', [meterId(2), FIRST]);
    expect(asSeen()).toEqual([shown(household), true, false, 1_900_000n, 800_000n]);
    vm.nowS += CORRECTION_TIME - 1n;
    expect(asSeen()).toEqual([shown(household), true, false, 1_900_000n, 800_000n]);
    vm.nowS += 1n;
    expect(asSeen()).toEqual([shown(household), true, true, 1_900_000n, 800_000n]);
    expect(seenOf(vm, 2, FIRST + RESOLUTION)).toEqual([false, false, 0n, 0n]);
  });

  it('are refused from others, for meters with a device key, without a meter, and empty', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const refusal = (from: typeof gateway, ...batch: ReturnType<typeof readingOf>[]) =>
      vm.refusal(from, 'registry', 'report', [batch.map(asReported)]);
    expect(refusal(stranger, readingOf(2, 1))).toBe(
      `WrongSigner(${meterId(2)}, ${shown(stranger)}, ${shown(gateway)})`,
    );
    expect(refusal(device, readingOf(1, 1))).toBe('this meter reports another way');
    expect(refusal(gateway, readingOf(3, 1))).toBe('this meter is not registered');
    expect(refusal(gateway)).toBe('there is no new reading');
  });

  it('are taken all or none', () => {
    const vm = registryRoom();
    endPeriod(vm, 2);
    const batch = [readingOf(2, 1), readingOf(2, 3)].map(asReported);
    expect(vm.refusal(gateway, 'registry', 'report', [batch])).toBe(`UnexpectedReadingNumber(${meterId(2)}, 3, 2)`);
    expect(readingAt(vm, 2, FIRST)).toMatchObject({ reportedAt: 0n });
    vm.send(gateway, 'registry', 'report', [[readingOf(2, 1), readingOf(2, 2)].map(asReported)]);
    expect(kept(vm, 2)).toMatchObject({ feed: { lastNumber: 2, readUntil: FIRST + 2n * RESOLUTION } });
  });
});

describe('bounds of a reading; each was open on the first rules', () => {
  const report = (vm: MarketVm, changes: Partial<ReturnType<typeof readingOf>>) => {
    const result = vm.try(gateway, 'registry', 'report', [[asReported(readingOf(2, 1, changes))]]);
    return result.refusal;
  };

  it('a period of 1970, when the meter was not there, is refused', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    expect(report(vm, { periodStart: 0n })).toBe(`PeriodAlreadyRead(${meterId(2)}, 0, ${FIRST})`);
    expect(report(vm, { periodStart: FIRST - RESOLUTION })).toBe(
      `PeriodAlreadyRead(${meterId(2)}, ${FIRST - RESOLUTION}, ${FIRST})`,
    );
  });

  it('a period at 2^62 or 2^63 s, which cut a meter off for ever, is refused, and the meter goes on', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const latest = FIRST + RESOLUTION;
    for (const power of [62n, 63n]) {
      const start = 2n ** power - (2n ** power % RESOLUTION);
      expect(report(vm, { periodStart: start })).toBe(
        `ReadingTooEarly(${meterId(2)}, ${start + RESOLUTION}, ${latest})`,
      );
    }
    const last = 2n ** 64n - (2n ** 64n % RESOLUTION);
    expect(report(vm, { periodStart: last })).toBe(`ReadingTooEarly(${meterId(2)}, ${last + RESOLUTION}, ${latest})`);
    expect(report(vm, {})).toBeUndefined();
  });

  it('energy beyond the rating, as 2^63 mWh, is refused on either side', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    for (const energy of [RATING + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(report(vm, { producedMwh: energy })).toBe(`BeyondRating(${meterId(2)}, ${energy}, ${RATING})`);
      expect(report(vm, { consumedMwh: energy })).toBe(`BeyondRating(${meterId(2)}, ${energy}, ${RATING})`);
    }
    expect(report(vm, { producedMwh: RATING, consumedMwh: RATING })).toBeUndefined();
  });

  it('a period that is none of the resolution, so an hour and its quarter, is refused', () => {
    const vm = registryRoom();
    endPeriod(vm, 2);
    for (const start of [FIRST + 1n, FIRST + RESOLUTION / 2n]) {
      expect(report(vm, { periodStart: start })).toBe(`NotAPeriod(${start}, ${RESOLUTION})`);
    }
  });

  it('a period that has not ended by market time is refused, and one beyond the lead where there is one', () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    vm.nowS -= 1n;
    expect(report(vm, {})).toBe(`ReadingTooEarly(${meterId(2)}, ${FIRST + RESOLUTION}, ${vm.nowS})`);
    const lead = 2n * RESOLUTION;
    const leading = registryRoom({ registry: { ...TEST_RULES.registry, readingLeadSeconds: lead } });
    endPeriod(leading, 1);
    expect(report(leading, { periodStart: FIRST + 3n * RESOLUTION })).toBe(
      `ReadingTooEarly(${meterId(2)}, ${FIRST + 4n * RESOLUTION}, ${leading.nowS + lead})`,
    );
    expect(report(leading, { periodStart: FIRST + 2n * RESOLUTION })).toBeUndefined();
  });

  it('a gap in the numbers, a number twice, and a period that was passed are refused', () => {
    const vm = registryRoom();
    endPeriod(vm, 3);
    expect(report(vm, { number: 2n })).toBe(`UnexpectedReadingNumber(${meterId(2)}, 2, 1)`);
    expect(report(vm, { periodStart: FIRST + RESOLUTION })).toBeUndefined();
    expect(report(vm, { periodStart: FIRST + 2n * RESOLUTION })).toBe(`UnexpectedReadingNumber(${meterId(2)}, 1, 2)`);
    for (const start of [FIRST, FIRST + RESOLUTION]) {
      expect(report(vm, { number: 2n, periodStart: start })).toBe(
        `PeriodAlreadyRead(${meterId(2)}, ${start}, ${FIRST + 2n * RESOLUTION})`,
      );
    }
  });
});

describe('readings that a device signs', () => {
  it('are brought by anyone', async () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const signed = await signedBy(device, readingOf(1, 1));
    const { events } = vm.send(stranger, 'registry', 'reportSigned', [[signed]]);
    expect(events[0]).toMatchObject({ name: 'Reading', args: { source: shown(device), number: 1 } });
    expect(seenOf(vm, 1)).toEqual([true, false, 1_900_000n, 800_000n]);
  });

  it('count once: a replay is refused, before and after the next one', async () => {
    const vm = registryRoom();
    endPeriod(vm, 2);
    const first = await signedBy(device, readingOf(1, 1));
    const second = await signedBy(device, readingOf(1, 2));
    vm.send(gateway, 'registry', 'reportSigned', [[first]]);
    const replay = (...batch: (typeof first)[]) => vm.refusal(gateway, 'registry', 'reportSigned', [batch]);
    expect(replay(first)).toBe('there is no new reading');
    vm.send(gateway, 'registry', 'reportSigned', [[second]]);
    for (const batch of [[first], [second], [first, second, first]]) {
      expect(replay(...batch)).toBe('there is no new reading');
    }
    expect(kept(vm, 1)).toMatchObject({ feed: { lastNumber: 2 } });
  });

  it('do not stop each other: one that a stranger brings first is passed over, and the others of the batch count', async () => {
    const vm = registryRoom();
    register(vm, 3, thief, true);
    endPeriod(vm, 1);
    const batch = [await signedBy(device, readingOf(1, 1)), await signedBy(thief, readingOf(3, 1))] as const;
    vm.send(stranger, 'registry', 'reportSigned', [[batch[0]]]);
    const { events } = vm.send(gateway, 'registry', 'reportSigned', [batch]);
    expect(events).toMatchObject([{ name: 'Reading', args: { meter: meterId(3) } }]);
  });

  it('are not stopped by a household that uses its number for another reading first', async () => {
    const vm = registryRoom();
    register(vm, 3, thief, true);
    endPeriod(vm, 2);
    const batch = [await signedBy(device, readingOf(1, 1)), await signedBy(thief, readingOf(3, 1))];
    const other = await signedBy(thief, readingOf(3, 1, { periodStart: FIRST + RESOLUTION }));
    vm.send(stranger, 'registry', 'reportSigned', [[other]]);
    vm.send(gateway, 'registry', 'reportSigned', [batch]);
    expect(seenOf(vm, 1)).toEqual([true, false, 1_900_000n, 800_000n]);
    expect(seenOf(vm, 3)).toEqual([false, false, 0n, 0n]);
  });

  it('stand for what was signed alone: the gateway can change no figure, period, number or meter', async () => {
    const vm = registryRoom();
    vm.send(registrar, 'registry', 'registerMeter', [meterId(3), household.address, device.address, true, RATING]);
    endPeriod(vm, 2);
    const { reading, signature } = await signedBy(device, readingOf(1, 1));
    for (const change of [
      { producedMwh: reading.producedMwh - 1n },
      { consumedMwh: 0n },
      { periodStart: FIRST + RESOLUTION },
      { number: 2 },
      { meter: meterId(3) },
    ]) {
      const refusal = vm.refusal(gateway, 'registry', 'reportSigned', [
        [{ reading: { ...reading, ...change }, signature }],
      ]);
      expect(
        refusal,
        JSON.stringify(change, (_, value) => String(value)),
      ).toMatch(/^WrongSigner/);
    }
  });

  it('are refused when signed for another chain, another registry, or by another key', async () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    for (const signed of [
      await signedBy(device, readingOf(1, 1), { ...PLACE, chainId: CHAIN_ID + 1 }),
      await signedBy(device, readingOf(1, 1), { ...PLACE, registryAddress: GENESIS_ADDRESSES.tradeAddress }),
      await signedBy(thief, readingOf(1, 1)),
    ]) {
      expect(vm.refusal(gateway, 'registry', 'reportSigned', [[signed]])).toMatch(/^WrongSigner/);
    }
  });

  it('need one of the two forms of a signature, and one at all: high s and zeros are refused', async () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const { reading, signature } = await signedBy(device, readingOf(1, 1));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const top = 2n ** 255n;
    const bring = (changed: { r: Hex; vs: Hex }) =>
      vm.refusal(gateway, 'registry', 'reportSigned', [[{ reading, signature: changed }]]);
    const word = (value: bigint) => numberToHex(value, { size: 32 });
    const tooHigh = "the signature's s is too high";
    expect(bring({ ...signature, vs: word(order / 2n + 1n) })).toBe(tooHigh);
    expect(bring({ ...signature, vs: word(top + order / 2n + 1n) })).toBe(tooHigh);
    const nobody = `WrongSigner(${meterId(1)}, ${zeroAddress}, ${shown(device)})`;
    expect(bring({ r: zeroHash, vs: zeroHash })).toBe(nobody);
    expect(bring({ r: signature.r, vs: zeroHash })).toBe(nobody);
    expect(bring({ r: zeroHash, vs: signature.vs })).toBe(nobody);
    expect(bring({ r: word(order), vs: signature.vs })).toBe(nobody);
    expect(bring({ ...signature, vs: word(BigInt(signature.vs) ^ top) })).toMatch(/^WrongSigner/);
  });

  it('are refused for a meter whose reporter sends them', async () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const signed = await signedBy(gateway, readingOf(2, 1));
    expect(vm.refusal(stranger, 'registry', 'reportSigned', [[signed]])).toBe('this meter reports another way');
    expect(vm.refusal(stranger, 'registry', 'reportSigned', [[]])).toBe('there is no new reading');
  });

  it('of an unregistered meter are refused, though its source is 0 as the signer of nothing is', async () => {
    const vm = registryRoom();
    endPeriod(vm, 1);
    const signature = { r: zeroHash, vs: zeroHash };
    const reading = asReported(readingOf(9, 1));
    expect(vm.refusal(stranger, 'registry', 'reportSigned', [[{ reading, signature }]])).toBe(
      'this meter is not registered',
    );
  });
});
