import { fromHex, genesisToJson, keccak256, parseGenesis, textToBytes, toHex } from '@wattchain/core';
import { verifyCode } from '@wattchain/vm';
import { describe, expect, it } from 'vitest';
import { testAccount } from '../testing/marketVm.js';
import {
  BANK_ADDRESS,
  CONTRACT_ARTIFACTS,
  COUNCIL_ADDRESS,
  ENERGY_TOKEN_ADDRESS,
  ENERGY_TRADE_ADDRESS,
  METER_REGISTRY_ADDRESS,
} from './contracts/contracts.js';
import { deployForGenesis } from './genesisContracts.js';

const [first, second, recovery] = [testAccount(1), testAccount(2), testAccount(7)] as const;
const council = { members: [first.address, second.address], recoveryKey: recovery.address };
const bank = { buyRateWei: 7n, redeemRateWei: 6n, attestationLimits: [5n, 0n] };
const options = { council, bank };
const word = (value: string) => `0x${value.replace('0x', '').padStart(64, '0')}`;

/** Slot of an immutable variable (docs/solidity.md). */
const immutable = (name: string) => toHex(keccak256(textToBytes(`wattchain.immutable${name}`)));

describe('the contracts of a genesis', () => {
  it('stand as their constructors leave them, at their addresses', () => {
    const [token, bank, trade, registry, council] = deployForGenesis(options);
    expect(token).toEqual({
      name: 'EnergyToken',
      address: ENERGY_TOKEN_ADDRESS,
      code: CONTRACT_ARTIFACTS.EnergyToken.code,
      storage: { [immutable('issuer')]: word(BANK_ADDRESS) },
    });
    expect([bank, trade, registry, council].map((contract) => contract?.address)).toEqual([
      BANK_ADDRESS,
      ENERGY_TRADE_ADDRESS,
      METER_REGISTRY_ADDRESS,
      COUNCIL_ADDRESS,
    ]);
    const kept = (contract: { storage: object } | undefined) => Object.values(contract?.storage ?? {});
    for (const address of [ENERGY_TOKEN_ADDRESS, COUNCIL_ADDRESS]) expect(kept(bank)).toContain(word(address));
    for (const address of [ENERGY_TOKEN_ADDRESS, COUNCIL_ADDRESS]) expect(kept(trade)).toContain(word(address));
    // The registry shares its word with settings of the market.
    expect(kept(trade).filter((kept) => String(kept).endsWith(METER_REGISTRY_ADDRESS.slice(2)))).toHaveLength(1);
    // Offset of market time, lead, time for corrections and resolution of a pilot share the first word.
    expect(registry?.storage).toEqual({
      [word('0x1')]: word(COUNCIL_ADDRESS),
      [word('0x0')]: word((86_400n * 2n ** 64n + 900n).toString(16)),
    });
    expect(council?.storage).toMatchObject({
      [immutable('noticeSeconds')]: word((86_400).toString(16)),
      [word('0x0')]: word(recovery.address),
      [word('0x1')]: word('0x2'),
    });
  });

  it('are what a genesis file takes, and verify', () => {
    const contracts = deployForGenesis({ ...options, addresses: { tokenAddress: `0x${'ab'.repeat(20)}` } });
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
    [{ bank: { ...bank, redeemRateWei: 8n } }, 'the Bank contract refuses its start: redeem rate is above buy rate'],
    [
      { bank: { ...bank, buyRateWei: 0n, redeemRateWei: 0n } },
      'the Bank contract refuses its start: a rate cannot be 0',
    ],
    [
      { council: { ...council, members: [first.address, first.address] } },
      'the Council contract refuses its start: the members must differ',
    ],
    [
      { addresses: { bankAddress: `0x${'00'.repeat(20)}` } },
      "the EnergyToken contract refuses its start: the bank's address is missing",
    ],
    [
      { council: { members: council.members } },
      'the Council contract refuses its start: two members need a recovery key',
    ],
    [
      { council: { ...council, noticeSeconds: 0n } },
      'the Council contract refuses its start: a notice is 1 second to 90 days',
    ],
    [{ registry: { resolutionSeconds: 0n } }, 'resolutionSeconds of the MeterRegistry contract is 0'],
    [{ registry: { resolutionSeconds: 86_401n } }, 'resolutionSeconds of the MeterRegistry contract is 86401'],
    [{ registry: { correctionSeconds: -1n } }, 'correctionSeconds of the MeterRegistry contract is -1'],
    [
      { registry: { readingLeadSeconds: 2n ** 63n } },
      `readingLeadSeconds of the MeterRegistry contract is ${2n ** 63n}`,
    ],
    [
      { addresses: { tokenAddress: `0x${'00'.repeat(20)}` } },
      "the Bank contract refuses its start: the token's address is missing",
    ],
  ])('are refused with the reason: %o', (change, message) => {
    expect(() => deployForGenesis({ ...options, ...change })).toThrow(
      expect.objectContaining({ code: 'badGenesisContract', message }),
    );
  });

  it('refuse addresses that are none', () => {
    expect(() => deployForGenesis({ ...options, addresses: { bankAddress: 'bank' } })).toThrow(
      expect.objectContaining({ code: 'badAddress' }),
    );
  });
});
