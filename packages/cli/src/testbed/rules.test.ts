import { type DayProfile, PAPER_DAY_START, PAPER_PROFILE } from '@wattchain/market';
import { expect, test } from 'vitest';
import { deployEnergyContracts } from '../genesisFile.js';
import { developmentRules, testbedRules } from './rules.js';

const council = { operators: ['0x0a', '0x0b'].map(whole), recoveryKey: whole('0x0c') };

function whole(start: string): `0x${string}` {
  return `0x${start.slice(2).repeat(20)}`;
}

test("a testbed's genesis stands for 00:00 of the day, and offers and readings may lead by it and the next", () => {
  const genesisSeconds = 1_800_000_000n;
  const { registry, trade, noticeSeconds } = testbedRules(PAPER_PROFILE, { ...council, genesisSeconds });
  expect(registry).toEqual({
    resolutionSeconds: 3_600n,
    correctionSeconds: 0n,
    readingLeadSeconds: 2n * 86_400n,
    marketTimeOffset: PAPER_DAY_START - genesisSeconds,
  });
  expect(trade).toMatchObject({ settlement: 'sellerMeter', bonds: false, gateSeconds: -86_400n });
  expect(noticeSeconds).toBe(60n);
});

test('nothing that a day trades is too small for its market', () => {
  const small: DayProfile = {
    ...PAPER_PROFILE,
    homes: [
      { name: 'a', producedMwh: [7n], consumedMwh: [0n] },
      { name: 'b', producedMwh: [0n], consumedMwh: [3n] },
    ],
  };
  const least = (profile: DayProfile) =>
    testbedRules(profile, { ...council, genesisSeconds: 0n }).trade?.smallestAcceptanceMwh;
  expect([least(PAPER_PROFILE), least(small)]).toEqual([1_000n, 3n]);
});

test('both make contracts; market time of a developer is block time', () => {
  const rules = developmentRules(council);
  expect(rules.registry).toMatchObject({ resolutionSeconds: 900n, marketTimeOffset: 0n });
  for (const market of [rules, testbedRules(PAPER_PROFILE, { ...council, genesisSeconds: 1_800_000_000n })])
    expect(deployEnergyContracts(market)).toHaveLength(5);
  expect(() => deployEnergyContracts({ operators: council.operators })).toThrow(
    expect.objectContaining({ code: 'badGenesisContract', message: expect.stringContaining('recovery key') as string }),
  );
});
