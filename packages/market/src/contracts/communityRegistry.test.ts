import { zeroHash } from 'viem';
import { expect, it } from 'vitest';
import {
  CORRECTION,
  CommunityVm,
  gridOperator,
  homeAccount,
  homeMeter,
  RATING,
  reader,
  registrar,
  startOf,
  stranger,
  supplier,
} from '../../testing/communityVm.js';
import { testAccount } from '../../testing/marketVm.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';

const community = (homes = 2) => new CommunityVm({ artifact: COMMUNITY_ARTIFACTS.Pool, args: [0, 0n, [], []], homes });
const INPUT = `0x${'12'.repeat(32)}`;
const word = (producedMwh: bigint, consumedMwh: bigint) => (producedMwh << 64n) | consumedMwh;
const packed = (producedMwh: bigint, consumedMwh: bigint, flags: bigint) =>
  (producedMwh << 192n) | (consumedMwh << 128n) | flags;

it('says first of all, and once, which input its readings come from', () => {
  const { vm } = community(0);
  const rules = { resolutionSeconds: 3_600n, correctionSeconds: 0n, readingLeadSeconds: 0n, marketTimeOffset: 0n };
  const council = vm.read<`0x${string}`>(community(0).registry, 'council');
  const args = [council, rules, supplier.address, gridOperator.address];
  const registry = vm.deploy(COMMUNITY_ARTIFACTS.CommunityRegistry, args);
  const meter = [homeMeter(1), homeAccount(1).address, reader.address, false, RATING];
  expect(vm.refusal(registrar, registry, 'registerMeter', meter)).toBe('the input is not described yet');
  expect(vm.refusal(stranger, registry, 'describe', [INPUT])).toBe('only a registrar may do this');
  expect(vm.refusal(registrar, registry, 'describe', [zeroHash])).toBe("the input's hash is missing");
  expect(vm.send(registrar, registry, 'describe', [INPUT]).events.map(({ name }) => name)).toEqual(['Described']);
  expect(vm.refusal(registrar, registry, 'describe', [INPUT])).toBe('the input is described already');
  vm.send(registrar, registry, 'registerMeter', meter);
  expect(vm.read(registry, 'description')).toBe(INPUT);
  for (const parties of [
    [supplier.address, supplier.address],
    [`0x${'00'.repeat(20)}`, gridOperator.address],
  ])
    expect(() => vm.deploy(COMMUNITY_ARTIFACTS.CommunityRegistry, [council, rules, ...parties])).toThrow('is missing');
});

it('takes series of readings as it takes one after the other, and gives many at once', () => {
  const { vm, registry } = community();
  const series = (changes: object = {}) => [
    [{ meter: homeMeter(1), firstNumber: 1, from: startOf(0), readings: [word(5n, 7n), word(0n, 9n)], ...changes }],
  ];
  const report = (changes: object = {}, by = reader) => vm.try(by, registry, 'reportSeries', series(changes)).refusal;
  expect(report()).toBe(`ReadingTooEarly(${homeMeter(1)}, ${startOf(2)}, ${startOf(0)})`);
  vm.nowS = startOf(2);
  expect(report({}, stranger)).toMatch(/^WrongSigner/);
  expect(report({ firstNumber: 2 })).toBe(`UnexpectedReadingNumber(${homeMeter(1)}, 2, 1)`);
  expect(report({ from: startOf(0) - 1n })).toMatch(/^NotAPeriod/);
  expect(report({ readings: [] })).toBe('there is no new reading');
  expect(report({ readings: [1n << 128n] })).toBe('a reading has two numbers of 64 bits');
  expect(report({ readings: [word(RATING + 1n, 0n)] })).toMatch(/^BeyondRating/);
  expect(report({ meter: homeMeter(7) })).toBe('this meter is not registered');
  expect(vm.refusal(reader, registry, 'reportSeries', [[]])).toBe('there is no new reading');
  expect(report()).toBeUndefined();
  expect(report({ firstNumber: 3 })).toMatch(/^PeriodAlreadyRead/);
  const device = [homeMeter(9), homeAccount(2).address, testAccount(9).address, true, RATING];
  vm.send(registrar, registry, 'registerMeter', device);
  expect(report({ meter: homeMeter(9) }, testAccount(9))).toBe('this meter reports another way');
  // The next one alone, as of old.
  const single = { meter: homeMeter(1), number: 3, periodStart: startOf(2), producedMwh: 1n, consumedMwh: 2n };
  vm.nowS = startOf(3);
  vm.send(reader, registry, 'report', [[single]]);
  const all = () => vm.read<readonly bigint[]>(registry, 'readingsOf', [startOf(0), 3n, [homeMeter(1), homeMeter(2)]]);
  expect(all()).toEqual([packed(5n, 7n, 3n), 0n, packed(0n, 9n, 3n), 0n, packed(1n, 2n, 1n), 0n]);
  vm.nowS += CORRECTION;
  expect(all()[4]).toBe(packed(1n, 2n, 3n));
  expect(vm.read(registry, 'readingOf', [homeMeter(1), startOf(1)])).toMatchObject(
    [homeAccount(1).address, true, true, 0n, 9n].map((v, i) => (i === 0 ? expect.anything() : v)),
  );
  expect(
    vm
      .read<readonly unknown[]>(registry, 'terms')
      .slice(0, 2)
      .map((value) => String(value).toLowerCase()),
  ).toEqual([supplier.address, gridOperator.address]);
});

it('a day of a meter in a series costs half of what single readings cost', () => {
  const { vm, registry } = community();
  vm.nowS = startOf(24);
  const day = Array.from({ length: 24 }, (_, k) => ({ producedMwh: 1_000n * BigInt(k), consumedMwh: 500_000n }));
  const series = {
    meter: homeMeter(1),
    firstNumber: 1,
    from: startOf(0),
    readings: day.map(({ producedMwh, consumedMwh }) => word(producedMwh, consumedMwh)),
  };
  const together = vm.send(reader, registry, 'reportSeries', [[series]]).gasUsed;
  const singles = day.map((reading, k) => ({
    meter: homeMeter(2),
    number: k + 1,
    periodStart: startOf(k),
    ...reading,
  }));
  const apart = vm.send(reader, registry, 'report', [singles]).gasUsed;
  expect(together / apart).toBeLessThan(0.6);
});
