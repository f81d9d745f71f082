import { checksumAddress, zeroHash } from 'viem';
import { expect, it } from 'vitest';
import {
  CHAIN_ID,
  CORRECTION_TIME,
  type MarketVm,
  NOTICE,
  RESOLUTION,
  recovery,
  TEST_RULES,
  testAccount,
} from '../../testing/marketVm.js';
import {
  asReported,
  correctionOf,
  device,
  endPeriod,
  FIRST,
  gateway,
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
import type { MeterCorrection } from '../actions/signCorrection.js';
import { GENESIS_ADDRESSES } from './contracts.js';

const shown = (account: { address: `0x${string}` }) => checksumAddress(account.address);
const thief = testAccount(7);

/** Meter 1 has said 1.9 kWh produced and 0.8 kWh consumed for its first period. */
async function withReading(rules: Parameters<typeof registryRoom>[0] = {}): Promise<MarketVm> {
  const vm = registryRoom(rules);
  endPeriod(vm, 1);
  vm.send(gateway, 'registry', 'reportSigned', [[await signedBy(device, readingOf(1, 1))]]);
  return vm;
}

const correction = (changes: Partial<MeterCorrection> = {}): MeterCorrection => ({
  meter: meterId(1),
  periodStart: FIRST,
  correction: 0n,
  oldProducedMwh: 1_900_000n,
  oldConsumedMwh: 800_000n,
  newProducedMwh: 1_000_000n,
  newConsumedMwh: 800_000n,
  ...changes,
});

/** Why this correction is refused, or `undefined`. */
const refused = (vm: MarketVm, args: readonly unknown[]) => vm.try(stranger, 'registry', 'correct', args).refusal;

it('a wrong reading is corrected by its device and a registrar together, both in the event (on the first rules it stood for ever)', async () => {
  const vm = await withReading();
  const { events } = vm.send(stranger, 'registry', 'correct', await correctionOf(correction(), device, otherRegistrar));
  expect(events).toEqual([
    {
      contract: 'registry',
      name: 'Corrected',
      args: {
        meter: meterId(1),
        periodStart: FIRST,
        registrar: shown(otherRegistrar),
        source: shown(device),
        oldProducedMwh: 1_900_000n,
        oldConsumedMwh: 800_000n,
        newProducedMwh: 1_000_000n,
        newConsumedMwh: 800_000n,
      },
    },
  ]);
  expect(seenOf(vm, 1)).toEqual([true, false, 1_000_000n, 800_000n]);
  expect(vm.read('registry', 'readings', [meterId(1), FIRST])).toMatchObject({ number: 1, corrections: 1 });
});

it('a reporter corrects for a meter without a device key', async () => {
  const vm = registryRoom();
  endPeriod(vm, 1);
  vm.send(gateway, 'registry', 'report', [[asReported(readingOf(2, 1))]]);
  const change = correction({ meter: meterId(2) });
  expect(refused(vm, await correctionOf(change, gateway, registrar))).toBeUndefined();
});

it('neither a registrar nor a device corrects alone, nor two registrars, nor two devices', async () => {
  const vm = await withReading();
  const noRegistrar = 'no registrar has signed it';
  expect(refused(vm, await correctionOf(correction(), registrar, registrar))).toMatch(/^WrongSigner/);
  expect(refused(vm, await correctionOf(correction(), registrar, otherRegistrar))).toMatch(/^WrongSigner/);
  expect(refused(vm, await correctionOf(correction(), device, device))).toBe(noRegistrar);
  expect(refused(vm, await correctionOf(correction(), device, thief))).toBe(noRegistrar);
  expect(refused(vm, await correctionOf(correction(), registrar, device))).toMatch(/^WrongSigner/);
  const nothing = { r: zeroHash, vs: zeroHash };
  const [change, bySource, byRegistrar] = await correctionOf(correction(), device, registrar);
  expect(refused(vm, [change, nothing, byRegistrar])).toMatch(/^WrongSigner/);
  expect(refused(vm, [change, bySource, nothing])).toBe(noRegistrar);
});

it('a registrar whose key is the source of a meter needs another registrar', async () => {
  const vm = registryRoom();
  register(vm, 3, registrar, true);
  endPeriod(vm, 1);
  vm.send(gateway, 'registry', 'reportSigned', [[await signedBy(registrar, readingOf(3, 1))]]);
  const change = correction({ meter: meterId(3) });
  expect(refused(vm, await correctionOf(change, registrar, registrar))).toBe('no registrar has signed it');
  expect(refused(vm, await correctionOf(change, registrar, otherRegistrar))).toBeUndefined();
});

it('the key of a registrar that a veto has frozen corrects nothing', async () => {
  const vm = await withReading();
  const { address } = registrar;
  vm.send(recovery, 'council', 'requestKeyChange', [address, thief.address]);
  vm.send(otherRegistrar, 'council', 'vetoKeyChange', [address, thief.address, vm.nowS]);
  expect(refused(vm, await correctionOf(correction(), device, registrar))).toBe('no registrar has signed it');
  expect(refused(vm, await correctionOf(correction(), device, otherRegistrar))).toBeUndefined();
});

it('is not replayed: neither the same one, nor one back and again', async () => {
  const vm = await withReading();
  const there = await correctionOf(correction(), device, registrar);
  const back = await correctionOf(
    correction({ correction: 1n, oldProducedMwh: 1_000_000n, newProducedMwh: 1_900_000n }),
    device,
    registrar,
  );
  expect(refused(vm, back)).toBe(`AnotherReading(${meterId(1)}, 0, 1900000, 800000)`);
  expect(refused(vm, there)).toBeUndefined();
  expect(refused(vm, there)).toBe(`AnotherReading(${meterId(1)}, 1, 1000000, 800000)`);
  expect(refused(vm, back)).toBeUndefined();
  expect(refused(vm, there)).toBe(`AnotherReading(${meterId(1)}, 2, 1900000, 800000)`);
  expect(refused(vm, back)).toBe(`AnotherReading(${meterId(1)}, 2, 1900000, 800000)`);
});

it('names what it corrects: with other old values, for another meter, chain or registry it is refused', async () => {
  const vm = await withReading();
  for (const change of [{ oldProducedMwh: 1n }, { oldConsumedMwh: 1n }, { correction: 1n }]) {
    expect(refused(vm, await correctionOf(correction(change), device, registrar))).toMatch(/^AnotherReading/);
  }
  register(vm, 3, device, true);
  vm.nowS += RESOLUTION;
  vm.send(gateway, 'registry', 'reportSigned', [
    [await signedBy(device, readingOf(3, 1, { periodStart: FIRST + RESOLUTION }))],
  ]);
  const [change, ...signatures] = await correctionOf(correction(), device, registrar);
  const swapped = { ...change, meter: meterId(3), periodStart: FIRST + RESOLUTION };
  expect(refused(vm, [swapped, ...signatures])).toMatch(/^WrongSigner/);
  for (const place of [
    { ...PLACE, chainId: CHAIN_ID + 1 },
    { ...PLACE, registryAddress: GENESIS_ADDRESSES.bankAddress },
  ]) {
    expect(refused(vm, await correctionOf(correction(), device, registrar, place))).toMatch(/^WrongSigner/);
  }
  for (const other of [{ newProducedMwh: 0n }, { newConsumedMwh: 0n }]) {
    expect(refused(vm, [{ ...change, ...other }, ...signatures])).toMatch(/^WrongSigner/);
  }
});

it('stays within the rating, a period and a registered meter', async () => {
  const vm = await withReading();
  const over = correction({ newProducedMwh: RATING + 1n });
  expect(refused(vm, await correctionOf(over, device, registrar))).toBe(
    `BeyondRating(${meterId(1)}, ${RATING + 1n}, ${RATING})`,
  );
  const overConsumed = correction({ newConsumedMwh: 2n ** 63n });
  expect(refused(vm, await correctionOf(overConsumed, device, registrar))).toMatch(/^BeyondRating/);
  const askew = correction({ periodStart: FIRST + 1n });
  expect(refused(vm, await correctionOf(askew, device, registrar))).toBe(`NotAPeriod(${FIRST + 1n}, ${RESOLUTION})`);
  const unknown = correction({ meter: meterId(9) });
  expect(refused(vm, await correctionOf(unknown, device, registrar))).toBe('this meter is not registered');
});

it('comes before the reading is final; a correction does not put that off', async () => {
  const vm = await withReading();
  const reportedAt = vm.nowS;
  vm.nowS = reportedAt + CORRECTION_TIME - 1n;
  expect(refused(vm, await correctionOf(correction(), device, registrar))).toBeUndefined();
  vm.nowS += 1n;
  const again = correction({ correction: 1n, oldProducedMwh: 1_000_000n, newProducedMwh: 1_100_000n });
  expect(refused(vm, await correctionOf(again, device, registrar))).toBe(
    `ReadingIsFinal(${meterId(1)}, ${FIRST}, ${reportedAt + CORRECTION_TIME})`,
  );
  expect(seenOf(vm, 1)).toEqual([true, true, 1_000_000n, 800_000n]);
});

it('with no time for corrections a reading is final at once', async () => {
  const vm = await withReading({ registry: { ...TEST_RULES.registry, correctionSeconds: 0n } });
  expect(seenOf(vm, 1)).toEqual([true, true, 1_900_000n, 800_000n]);
  expect(refused(vm, await correctionOf(correction(), device, registrar))).toMatch(/^ReadingIsFinal/);
});

it('a skipped period comes in by the same door, once, and is final later (on the first rules it was lost)', async () => {
  const vm = registryRoom();
  endPeriod(vm, 3);
  vm.send(gateway, 'registry', 'reportSigned', [
    [await signedBy(device, readingOf(1, 1, { periodStart: FIRST + RESOLUTION }))],
  ]);
  vm.nowS += CORRECTION_TIME;
  const late = correction({ oldProducedMwh: 0n, oldConsumedMwh: 0n });
  const brought = await correctionOf(late, device, registrar);
  expect(refused(vm, brought)).toBeUndefined();
  expect(seenOf(vm, 1)).toEqual([true, false, 1_000_000n, 800_000n]);
  expect(vm.read('registry', 'readings', [meterId(1), FIRST])).toEqual({
    produced: 1_000_000n,
    consumed: 800_000n,
    reportedAt: vm.nowS,
    number: 0,
    corrections: 1,
  });
  expect(refused(vm, brought)).toBe(`AnotherReading(${meterId(1)}, 1, 1000000, 800000)`);
  vm.nowS += CORRECTION_TIME;
  expect(seenOf(vm, 1)).toEqual([true, true, 1_000_000n, 800_000n]);
  expect(vm.read('registry', 'meters', [meterId(1)])).toMatchObject({
    feed: { lastNumber: 1, readUntil: FIRST + 2n * RESOLUTION },
  });
});

it('a period that is still to be read does not come in by the door of corrections', async () => {
  const vm = await withReading();
  endPeriod(vm, 2);
  const ahead = correction({ periodStart: FIRST + RESOLUTION, oldProducedMwh: 0n, oldConsumedMwh: 0n });
  expect(refused(vm, await correctionOf(ahead, device, registrar))).toBe('this period was not skipped');
});

it('after a change of the source the new one signs, the old one no more', async () => {
  const vm = await withReading({ registry: { ...TEST_RULES.registry, correctionSeconds: 10n * CORRECTION_TIME } });
  const news = testAccount(8);
  const args = [meterId(1), news.address, true, RATING];
  vm.send(registrar, 'registry', 'announceSource', args);
  vm.nowS += NOTICE;
  vm.send(stranger, 'registry', 'applySource', args);
  expect(refused(vm, await correctionOf(correction(), device, registrar))).toBe(
    `WrongSigner(${meterId(1)}, ${shown(device)}, ${shown(news)})`,
  );
  expect(refused(vm, await correctionOf(correction(), news, registrar))).toBeUndefined();
});
