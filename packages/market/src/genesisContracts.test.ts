import { fromHex, genesisToJson, keccak256, parseGenesis, textToBytes, toHex } from '@wattchain/core';
import { verifyCode } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { testAccount } from '../testing/marketVm.js';
import { CONTRACT_ARTIFACTS } from './contracts/contracts.js';
import { BANK_ADDRESS, deployForGenesis, ENERGY_TOKEN_ADDRESS, ENERGY_TRADE_ADDRESS } from './genesisContracts.js';

const [first, second] = [testAccount(1), testAccount(2)] as const;
const options = {
  operators: [
    { address: first.address, attestationLimit: 5n },
    { address: second.address, attestationLimit: 0n },
  ],
  buyRateWei: 7n,
  redeemRateWei: 6n,
} as const;
const word = (value: string) => `0x${value.replace('0x', '').padStart(64, '0')}`;

/** Slot of an immutable variable (docs/solidity.md). */
const immutable = (name: string) => toHex(keccak256(textToBytes(`wattchain.immutable${name}`)));

describe('the contracts of a genesis', () => {
  it('stand as their constructors leave them, at their addresses', () => {
    const [token, bank, trade] = deployForGenesis(options);
    expect(token).toEqual({
      name: 'EnergyToken',
      address: ENERGY_TOKEN_ADDRESS,
      code: CONTRACT_ARTIFACTS.EnergyToken.code,
      storage: { [immutable('issuer')]: word(BANK_ADDRESS) },
    });
    expect([bank?.address, trade?.address]).toEqual([BANK_ADDRESS, ENERGY_TRADE_ADDRESS]);
    // Token, operators and rates, and the one limit that is not 0 in its map.
    expect(Object.values(bank?.storage ?? {}).sort()).toEqual(
      [ENERGY_TOKEN_ADDRESS, first.address, second.address, '0x7', '0x6', '0x5'].map(word).sort(),
    );
    expect(trade?.storage).toEqual({
      [immutable('energyToken')]: word(ENERGY_TOKEN_ADDRESS),
      [immutable('registrarA')]: word(first.address),
      [immutable('registrarB')]: word(second.address),
    });
  });

  it('are what a genesis file takes, and verify', () => {
    const contracts = deployForGenesis({ ...options, tokenAddress: `0x${'ab'.repeat(20)}` });
    const genesis = parseGenesis({
      name: 'with contracts',
      chainId: 77,
      timestampMs: 0,
      blockIntervalMs: 1000,
      firstTarget: '0x01',
      largestTarget: '0x01',
      blockGasLimit: 1,
      blockByteLimit: 100_000,
      minGasPriceWei: '0',
      blockRewardWei: '0',
      confirmations: 12,
      testbed: false,
      contracts,
    });
    expect(genesisToJson(genesis).contracts).toEqual([...contracts].sort((a, b) => (a.address < b.address ? -1 : 1)));
    for (const { code } of contracts) expect(verifyCode(fromHex(code)).fault).toBeUndefined();
  });

  it.each([
    [{ redeemRateWei: 8n }, 'the Bank contract refuses its start: redeem rate is above buy rate'],
    [{ buyRateWei: 0n, redeemRateWei: 0n }, 'the Bank contract refuses its start: a rate cannot be 0'],
    [
      { operators: [options.operators[0], options.operators[0]] as const },
      'the Bank contract refuses its start: the operators must differ',
    ],
    [
      { bankAddress: `0x${'00'.repeat(20)}` },
      "the EnergyToken contract refuses its start: the bank's address is missing",
    ],
    [{ tokenAddress: `0x${'00'.repeat(20)}` }, "the Bank contract refuses its start: the token's address is missing"],
  ])('are refused with the reason: %o', (change, message) => {
    expect(() => deployForGenesis({ ...options, ...change })).toThrow(
      expect.objectContaining({ code: 'badGenesisContract', message }),
    );
  });

  it('refuse addresses that are none', () => {
    expect(() => deployForGenesis({ ...options, bankAddress: 'bank' })).toThrow(
      expect.objectContaining({ code: 'badAddress' }),
    );
  });
});
