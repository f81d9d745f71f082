import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { deployEnergyContracts } from '../genesisFile.js';
import { givenMarketOptions, type InitMarketOptions, marketOf, withMarket } from './initMarket.js';

const [FIRST, SECOND, THIRD, RECOVERY] = ['0a', '0b', '0c', '0d'].map((byte) => `0x${byte.repeat(20)}`) as [
  string,
  string,
  string,
  string,
];
const TWO = ['--operator', FIRST, '--operator', SECOND, '--recovery-key', RECOVERY];

function optionsOf(...words: string[]): InitMarketOptions {
  const command = withMarket(new Command('init').exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse(words, { from: 'user' }).opts();
}

describe('the market of a new network', () => {
  test('has the rules of a pilot where nothing is said', () => {
    const market = marketOf(optionsOf(...TWO));
    expect(market).toEqual({ operators: [FIRST, SECOND], recoveryKey: RECOVERY, registry: {}, trade: {}, bank: {} });
    expect(deployEnergyContracts(market)).toHaveLength(5);
  });

  test('has those that are named', () => {
    const rules = marketOf(
      optionsOf(
        ...['--operator', FIRST, '--operator', SECOND, '--operator', THIRD, '--notice', '2d'],
        ...['--resolution', '30m', '--correction-time', '0s', '--reading-lead', '1h'],
        ...['--settlement', 'first-come', '--no-bonds', '--grid-price', '3', '--smallest-acceptance', '0.01'],
        ...['--longest-span', '3d', '--gate', '-15m', '--offer-lead', '2d'],
        ...['--buy-rate', '2', '--redeem-rate', '1.5', '--attestation-limit', '50'],
      ),
    );
    expect(rules).toEqual({
      operators: [FIRST, SECOND, THIRD],
      noticeSeconds: 172_800n,
      registry: { resolutionSeconds: 1_800n, correctionSeconds: 0n, readingLeadSeconds: 3_600n },
      trade: {
        settlement: 'firstCome',
        bonds: false,
        gridPrice: 3n * 10n ** 18n,
        smallestAcceptanceMwh: 10_000n,
        longestSpanSeconds: 259_200n,
        gateSeconds: -900n,
        offerLeadSeconds: 172_800n,
      },
      bank: { buyRateWei: 2n * 10n ** 18n, redeemRateWei: 15n * 10n ** 17n, attestationLimit: 50n * 10n ** 18n },
    });
    expect(deployEnergyContracts(rules)).toHaveLength(5);
  });

  test.each([
    ['operatorsNeeded', ['--operator', FIRST]],
    ['recoveryKeyNeeded', ['--operator', FIRST, '--operator', SECOND]],
    ['badDuration', [...TWO, '--notice', '0s']],
    ['badDuration', [...TWO, '--gate', '1w']],
    ['badTokenAmount', [...TWO, '--grid-price', 'much']],
  ])('is refused with %s', (code, words) => {
    expect(() => marketOf(optionsOf(...words))).toThrow(expect.objectContaining({ code }));
  });

  test('cannot have what its contracts refuse', () => {
    const market = marketOf(optionsOf(...TWO, '--buy-rate', '1', '--redeem-rate', '2'));
    expect(() => deployEnergyContracts(market)).toThrow(expect.objectContaining({ code: 'badGenesisContract' }));
    expect(() => optionsOf(...TWO, '--settlement', 'lottery')).toThrow('Allowed choices are pro-rata, first-come');
  });

  test('knows which of its options were given', () => {
    expect(givenMarketOptions(optionsOf())).toEqual([]);
    expect(givenMarketOptions(optionsOf(...TWO, '--no-bonds', '--gate', '1h'))).toEqual([
      '--operator',
      '--no-bonds',
      '--recovery-key',
      '--gate',
    ]);
  });
});
